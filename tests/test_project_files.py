"""What surrounds the code keeps its word: guide, citation, workflow, container, licences."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import render
import test_chapters
import test_notebooks
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8"))
COMMANDS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.M))

GUIDES = ["CONTRIBUTING.md", "book/forks.md"]
# What the walks of the guide make.
MADE = re.compile(r"15_lead|/odds\.|test_odds|public|equivalent\.toml|_build|\.venv|gh-pages")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def called(text):
    """List what is called with make."""
    return [
        target
        for command in re.findall(r"\bmake((?: [a-z]+)+)", text)
        for target in command.split()
    ]


def code(text):
    """Return what is set as code: blocks in the shell's language, and words inside a line."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)
    prose = re.sub(r"^( *)(`{3,}).*?^\1\2$", "", text, flags=re.S | re.M)
    return blocks + re.findall(r"`([^`\n]+)`", prose)


# Citation and licences


def test_citation_is_that_of_the_book_and_the_package():
    assert CITATION["title"] == CONFIG["title"]
    assert [author["name"] for author in CITATION["authors"]] == [CONFIG["author"]]
    assert CITATION["version"] == PROJECT["version"]
    assert PROJECT["license"] == f"{CITATION['license']} AND CC-BY-4.0"
    assert "CC-BY-4.0" in CITATION["message"]  # a list of licences would let readers choose one


def test_each_licence_is_there_and_says_what_it_is():
    assert read("LICENSE").startswith("BSD 3-Clause License")
    text = read("LICENSE-TEXT.md")
    assert "Attribution 4.0 International Public License" in text
    assert "Creative Commons may be contacted at" in text
    assert "(LICENSE)" in text


# What the guides name


@pytest.mark.parametrize("guide", GUIDES)
def test_guide_names_commands_that_exist(guide):
    assert (wanted := {c for part in code(read(guide)) for c in called(part)})
    assert wanted <= COMMANDS


@pytest.mark.parametrize("guide", GUIDES)
def test_guide_names_files_that_exist(guide):
    """A path is what has a slash or a known ending; capitals and stars stand for something."""
    words = {word.strip("\"'") for part in code(read(guide)) for word in part.split()}
    paths = {
        word
        for word in words
        if re.fullmatch(r"[\w.*/-]+", word)
        and re.search(r"/|\.(?:md|toml|yml|cff|py|js|css|svg|lock)$", word)
        and not re.match(r"[/.]|s/|\d", word)
        and not MADE.search(word)
    }
    assert len(paths) > 10
    missing = [p for p in paths if not list(ROOT.glob(re.sub(r"\b[A-Z]+\b(?!\.)", "*", p)))]
    hidden = {w for w in words if re.match(r"\.[a-z]+/", w) and not MADE.search(w)}
    assert not missing + [word for word in hidden if not (ROOT / word).exists()]


@pytest.mark.parametrize("guide", GUIDES)
def test_guide_selects_tests_that_exist(guide):
    names = " ".join(
        re.findall(r"\w+", "".join(p.stem + read(p) for p in ROOT.glob("tests/**/test_*.py")))
    )
    for words in re.findall(r'-k (?:"([^"]+)"|(\w+))', read(guide)):
        for word in "".join(words).split(" or "):
            assert word in names or word in ("15_lead", "odds"), word


# The walks of the guide


def test_chapter_to_start_from_is_complete(tmp_path):
    text, questions = (
        read(f"book/template/chapter.{kind}").replace("NN_name", "15_lead").replace("NN", "15")
        for kind in ("md", "questions.toml")
    )
    source = tmp_path / "15_lead.md"
    source.write_text(text, encoding="utf-8")
    source.with_suffix(".questions.toml").write_text(questions, encoding="utf-8")
    assert not test_chapters.form_problems(text)
    assert not test_chapters.question_problems(test_chapters.questions_of(source), text)
    source.with_suffix(".ipynb").write_text(render.render(source), encoding="utf-8")
    notebook = test_notebooks.read(source)
    for guard in ("execution", "output", "figure", "length"):
        assert not getattr(test_notebooks, f"{guard}_problems")(notebook)


def test_figure_and_misconception_of_the_guide_pass_their_tests(tmp_path):
    """In a copy of the package, each put where the guide says."""
    for name in (
        "src",
        "tests",
        "tools",
        "book/_ext",
        "notebooks",
        "conftest.py",
        "pyproject.toml",
    ):
        ignore = shutil.ignore_patterns("__pycache__", "*.ipynb")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    guide = read("CONTRIBUTING.md")
    blocks = re.findall(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```$", guide, re.S | re.M)
    assert len(blocks) == 3
    for name, text in blocks:
        (tmp_path / name).write_text(text, encoding="utf-8")
    figures = tmp_path / "src/softmax_edu/figures/__init__.py"
    put_before(figures, "\n__all__", "from softmax_edu.figures.odds import Odds\n")
    put_before(figures, '    "Overflow",', '    "Odds",\n')
    entry = re.search(r"^def temperature_ignored.*?^\)\n", guide, re.S | re.M)[0]
    variants = tmp_path / "src/softmax_edu/misconceptions/softmax_variants.py"
    put_before(variants, "    BY_ZERO,", "    IGNORED,\n")
    put_before(variants, "ENTRIES = (", entry + "\n")
    tests = ["tests/figures/test_odds.py", "tests/test_misconceptions.py"]
    command = [sys.executable, "-m", "pytest", "-q", *tests, "-k", "odds or temperature_ignored"]
    run = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-o", f"pythonpath={tmp_path / 'src'} "
         + " ".join(str(tmp_path / p) for p in ("tools", "book/_ext", "tests"))],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.search(r"(\d+) passed", run.stdout)[1]) > 10


def put_before(path, mark, text):
    """Put text before the first place of a file where the mark stands."""
    before, found, after = path.read_text(encoding="utf-8").partition(mark)
    assert found, f"{path.name} has no {mark.strip()}"
    path.write_text(before + text + found + after, encoding="utf-8")


# Machines that others run


def test_workflow_and_container_call_commands_that_exist():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    steps = [step.get("run", "") for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    calls = called("\n".join([*steps, container["postCreateCommand"]]))
    calls += called(" ".join(port["label"] for port in container["portsAttributes"].values()))
    assert {"pdf", "epub", "book", "serve", "lab"} <= set(calls) <= COMMANDS
    assert ".ci/run" in steps


def test_container_has_what_the_tests_need():
    wanted = set(re.findall(r"missing\+=\(([\w-]+)\)", read(".ci/run")))
    given = set(json.loads(read(".devcontainer/devcontainer.json"))["postCreateCommand"].split())
    assert wanted - given <= {"make", "git", "python3-venv"}  # of the image itself


def test_workflow_runs_others_code_with_no_right_but_to_read():
    """A test of a change from outside must not find a token that can write."""
    # YAML reads the key `on` as True. `pull_request_target` would give strangers our rights.
    assert WORKFLOW[True] == {
        "push": {"branches": ["main"], "tags": ["v*"]},
        "pull_request": None,
    }
    assert WORKFLOW["permissions"] == {"contents": "read"}
    jobs = WORKFLOW["jobs"]
    assert {name: job.get("permissions") for name, job in jobs.items()} == {
        "test": None,
        "publish": {"contents": "write"},
        "package": {"id-token": "write"},
    }
    checkout = jobs["test"]["steps"][0]
    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"] == {"persist-credentials": False}
    for name in ("publish", "package"):
        script = "\n".join(step.get("run", "") for step in jobs[name]["steps"])
        assert not re.search(r"\b(make|pip|npm|apt-get|\.ci)\b", script)
        assert "container" not in jobs[name]


def test_workflow_publishes_only_what_passed_the_tests():
    jobs = WORKFLOW["jobs"]
    assert "if" not in jobs["test"]
    assert jobs["publish"]["needs"] == "test"
    assert jobs["publish"]["if"] == "github.event_name == 'push'"
    assert jobs["package"]["needs"] == ["test", "publish"]
    wanted = "github.ref_type == 'tag' && vars.PUBLISH_PACKAGE == 'true'"
    assert jobs["package"]["if"] == wanted
    steps = [step for job in jobs.values() for step in job["steps"]]
    assert not [step for step in steps if "continue-on-error" in step]
    given = {s["with"]["name"] for s in steps if "upload-artifact" in s.get("uses", "")}
    taken = {s["with"]["name"] for s in steps if "download-artifact" in s.get("uses", "")}
    assert given == taken == {"site", "package"}
    runs = [step.get("run", "") for step in jobs["test"]["steps"]]
    # make test builds the site anew, so PDF and EPUB come after it.
    assert runs.index("make pdf epub book dist") == 1 + runs.index(".ci/run")


def test_workflow_waits_for_its_elder_and_loses_no_release():
    """A third run in a group replaces the second that waits; a tag has a group of its own."""
    assert WORKFLOW["concurrency"] == {
        "group": "book-${{ github.ref }}",
        "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
    }
    for job in WORKFLOW["jobs"].values():
        assert "concurrency" not in job
        assert 0 < job["timeout-minutes"] <= 120


def test_workflow_names_actions_by_their_content():
    """A tag can be moved to other code, a digest cannot."""
    used = re.findall(r"uses: (.*)", read(".github/workflows/book.yml"))
    assert len(used) == 7
    assert not [one for one in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v[\d.]+", one)]


def test_hooks_run_what_is_there():
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    for hook in hooks[0]["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")
        for path in re.findall(r"tests/\S+", hook["entry"]):
            assert (ROOT / path).exists()
        re.compile(hook.get("files", ""))
