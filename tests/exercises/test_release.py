"""What learners and readers get: no solution, no hidden test, nothing that leads to one."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import assignments
import nbformat
import pytest
import release

NAMES = assignments.names()
SITE = assignments.ROOT / "_build" / "html"
CANARY = re.compile(r"canary ([0-9a-f]{8}-[\w-]+)")
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN", "MARK SCHEME")


def released(name):
    return nbformat.read(release.RELEASE / f"{name}.ipynb", as_version=4)


def canaries():
    return [
        canary
        for name in NAMES
        for cell in assignments.read(name).cells
        for canary in CANARY.findall(cell.source)
    ]


def secret_lines():
    """List the lines of solutions and hidden tests that stand nowhere else."""
    lines, open_ = set(), set()
    for name in NAMES:
        for cell in assignments.read(name).cells:
            hidden = [
                *assignments.SOLUTION.findall(cell.source),
                *assignments.HIDDEN.findall(cell.source),
            ]
            for part in hidden:
                lines |= {line.strip() for line in part.splitlines()}
        for cell in released(name).cells:
            open_ |= {line.strip() for line in cell.source.splitlines()}
    # A short line, such as "return probs", may stand anywhere.
    return {line for line in lines - open_ if len(line) >= 30}


def test_every_hidden_block_has_a_canary_of_its_own():
    hidden = [
        part
        for name in NAMES
        for cell in assignments.read(name).cells
        for part in assignments.HIDDEN.findall(cell.source)
    ]
    assert all(len(CANARY.findall(part)) == 1 for part in hidden)
    assert len(set(canaries())) == len(hidden) >= 12


def texts_of_release():
    yield from sorted(release.RELEASE.glob("*.ipynb"))


def texts_of_site():
    """List every file of the site that could hold text: pages, sources, scripts, search index."""
    for path in sorted(SITE.rglob("*")):
        if path.is_file() and path.suffix not in (".png", ".woff2", ".pdf", ".epub", ".ico"):
            yield path


@pytest.mark.parametrize("texts", [texts_of_release, texts_of_site])
def test_nothing_secret_is_published(texts):
    """Search canaries, markers and lines of solutions in the text, and in the text of JSON."""
    secrets = [*canaries(), *MARKERS]
    lines = secret_lines()
    assert len(lines) > 30
    found, read = [], 0
    for path in texts():
        text = path.read_text(encoding="utf-8", errors="replace")
        read += 1
        found += [(path.name, secret) for secret in secrets if secret in text]
        if path.suffix in (".ipynb", ".html") and "exercises" in str(path):
            plain = "\n".join(_strings(json.loads(text))) if path.suffix == ".ipynb" else text
            found += [(path.name, line) for line in lines if line in plain]
    assert read >= len(NAMES)
    assert not found


def _strings(value):
    if isinstance(value, str):
        yield value
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _strings(part)


def test_the_package_holds_no_solution():
    package = assignments.ROOT / "src" / "softmax_edu"
    text = "\n".join(p.read_text(encoding="utf-8") for p in package.rglob("*.py"))
    assert not [canary for canary in canaries() if canary in text]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder for one course with all sets: nbgrader takes seconds to start another."""
    return tmp_path_factory.mktemp("made")


@pytest.mark.parametrize("name", NAMES)
def test_the_release_is_that_of_the_source(name, made, monkeypatch, capsys):
    monkeypatch.setattr(release, "COURSE", made / "course")
    monkeypatch.setattr(release, "RELEASE", made / "release")
    release.release([name])
    same = (made / "release" / f"{name}.ipynb").read_bytes() == (
        assignments.FOLDER / f"{name}.ipynb"
    ).read_bytes()
    assert same, f"exercises/{name}.ipynb is not that of its source; run: make release"


@pytest.mark.parametrize("name", NAMES)
def test_the_source_survives_jupytext(name, tmp_path):
    path = tmp_path / "assignment.md"
    shutil.copy(assignments.FOLDER / name / "assignment.md", path)
    for command in (["--to", "ipynb"], ["--to", "md:myst"]):
        source = path if command[1] == "ipynb" else path.with_suffix(".ipynb")
        subprocess.run(
            [sys.executable, "-m", "jupytext", *command, str(source)],
            check=True,
            capture_output=True,
        )
    before = assignments.read(name)
    after = assignments.read_file(path)
    assert [(c.source, c.metadata) for c in after.cells] == [
        (c.source, c.metadata) for c in before.cells
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_learners_get_asks_for_answers_and_runs_up_to_the_first(name):
    notebook = released(name)
    names = [cell.metadata.nbgrader.grade_id for cell in notebook.cells]
    assert len(names) == len(set(names))
    answers = [c for c in notebook.cells if c.metadata.nbgrader.solution]
    assert all(
        "raise NotImplementedError()" in c.source or c.source == "YOUR ANSWER HERE" for c in answers
    )
    assert sum(c.cell_type == "markdown" for c in answers) >= 1
    assert {c.metadata.nbgrader.grade_id for c in notebook.cells} >= {"intro", "setup"}


def test_there_are_six():
    assert len(NAMES) >= 6
    assert {path.stem for path in Path(release.RELEASE).glob("*.ipynb")} == set(NAMES)
