"""Each notebook is what its source and the package give, complete, and free of the machine.

The guards are functions that list problems. nbval checks the printed values, but it passes a
notebook whose outputs were stripped and ignores pictures; the guards do not.
"""

import ast
import base64
import copy
import io
import re
from itertools import count
from pathlib import Path

import nbformat
import numpy as np
import pytest
import render
from PIL import Image

import softmax_edu

CHAPTERS = render.chapters()
MAX_LINES = 20
MAX_WIDTH = 92  # what a laptop shows without scrolling inside the cell

MACHINE = {
    "an absolute path": r"(?<![\w/])/(?:home|root|tmp|usr|Users)/|[A-Z]:\\|site-packages",
    "a memory address": r"\bat 0x[0-9a-f]+",
    "a NumPy scalar's type (print it formatted)": r"\bnp\.(?:float|int|bool)\d*\(",
}


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def source(request):
    """One chapter's source."""
    return request.param


def read(source):
    """Read the stored notebook beside a source."""
    path = source.with_suffix(".ipynb")
    if not path.exists():
        pytest.fail(f"{path.name} is missing; run: make render")
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    """List the code cells with their number, as Jupyter counts them."""
    return list(enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1))


def without_pictures(notebook):
    """Return a copy in which every picture is empty: its bytes depend on the processor."""
    result = copy.deepcopy(notebook)
    for _, cell in code_cells(result):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = ""
    return result


# The guards


def pair_problems(stored, made):
    """Compare the stored cells with those that the source makes."""
    problems = []
    if len(stored.cells) != len(made.cells):
        problems.append(f"{len(stored.cells)} cells stored, {len(made.cells)} in the source")
    for number, (a, b) in enumerate(zip(stored.cells, made.cells, strict=False), start=1):
        for part in ("cell_type", "source", "metadata", "id"):
            if a[part] != b[part]:
                problems.append(f"cell {number} differs from the source in its {part}")
    return problems


def execution_problems(notebook):
    """Find cells that did not run once, in order, from the first to the last."""
    return [
        f"code cell {number} has the execution count {cell.execution_count}"
        for number, cell in code_cells(notebook)
        if cell.execution_count != number
    ]


def output_problems(notebook):
    """Find what a reader should not see, and what another machine would print differently."""
    problems = []
    for number, cell in code_cells(notebook):
        if "execution" in cell.metadata:
            problems.append(f"code cell {number} stores timings")
        for output in cell.outputs:
            kind = output.get("name", output.output_type)
            if kind in ("stderr", "error"):
                problems.append(f"code cell {number} stores {kind} output")
            data = output.get("data", {})
            texts = [output.get("text", ""), *(v for k, v in data.items() if "image" not in k)]
            for text in map(str, texts):
                problems += [
                    f"code cell {number} prints {what}: {match.group()}"
                    for what, pattern in MACHINE.items()
                    if (match := re.search(pattern, text))
                ]
    return problems


def figure_problems(notebook):
    """Find figures without caption, name or alt text, and pictures that are missing or blank."""
    problems = []
    for number, cell in code_cells(notebook):
        mystnb = cell.metadata.get("mystnb", {})
        figure, image = mystnb.get("figure", {}), mystnb.get("image", {})
        pictures = [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]
        # A live figure says in words what it shows.
        live = any(
            'class="live-figure"' in o.get("data", {}).get("text/html", "") for o in cell.outputs
        )
        if (pictures or mystnb) and not (
            figure.get("caption") and figure.get("name") and (image.get("alt") or live)
        ):
            problems.append(f"code cell {number} needs a figure caption, name and alt text")
        draws = (figure and not live) or "subplots(" in cell.source or "plt.figure(" in cell.source
        if draws and not pictures:
            problems.append(f"code cell {number} is a figure without a picture")
        for picture in pictures:
            try:
                pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("L"))
            except OSError:
                problems.append(f"the picture of code cell {number} cannot be read")
                continue
            if np.ptp(pixels) < 50:
                problems.append(f"the picture of code cell {number} is blank")
    return problems


def length_problems(notebook):
    """Find cells that are too long to take in at once, or too wide for the page."""
    problems = []
    for number, cell in code_cells(notebook):
        lines = cell.source.splitlines()
        if len(lines) > MAX_LINES:
            problems.append(f"code cell {number} has {len(lines)} lines, at most {MAX_LINES}")
        if max(map(len, lines), default=0) > MAX_WIDTH:
            problems.append(f"code cell {number} is wider than {MAX_WIDTH} characters")
    return problems


def functions(tree):
    """Name the functions and classes that a piece of code defines."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def package_functions():
    """Name everything that a module of the package defines, whether public or not."""
    modules = Path(softmax_edu.__file__).parent.glob("*.py")
    return set().union(*(functions(ast.parse(p.read_text(encoding="utf-8"))) for p in modules))


def agreement(tree):
    """Name the package's functions that an assertion mentions, as softmax_edu.NAME."""
    names = set()
    for node in ast.walk(tree):
        asserts = isinstance(node, ast.Assert) or (
            isinstance(node, ast.Call) and "assert_" in ast.unparse(node.func)
        )
        if asserts:
            names |= set(re.findall(r"\bsoftmax_edu\.(?:\w+\.)*(\w+)", ast.unparse(node)))
    return names


def definition_problems(notebooks, package):
    """Find functions that two chapters define, or that the package has and nobody compared."""
    problems, home = [], {}
    for chapter, notebook in notebooks.items():
        cells = [ast.parse(cell.source) for _, cell in code_cells(notebook)]
        for number, tree in enumerate(cells, start=1):
            for name in sorted(functions(tree)):
                where = f"{chapter}, code cell {number}: {name}"
                if home.setdefault(name, chapter) != chapter:
                    problems.append(f"{where} is also defined in {home[name]}; give it a new name")
                compared = set().union(*map(agreement, cells[number - 1 :]))
                if name in package and name not in compared:
                    problems.append(f"{where} is in the package; assert softmax_edu.{name} agrees")
    return problems


# The chapters, held to them


def test_there_are_chapters():
    assert CHAPTERS


def test_notebook_is_made_from_its_source(source):
    problems = pair_problems(read(source), render.to_notebook(source))
    first = problems[0] if problems else ""  # each cell further on may differ too
    assert not first, f"{source.stem}: {first}; edit the .md and run: make render"


def test_notebook_was_rendered_for_the_present_source_and_package(source):
    current = render.stored_digests().get(source.stem) == render.digest(source)
    assert current, f"{source.stem} changed, or the package or the lock did; run: make render"


@pytest.mark.parametrize("guard", [execution_problems, output_problems, figure_problems])
def test_notebook_is_complete_and_clean(source, guard):
    problems = guard(read(source))
    assert not problems, f"{source.stem}: {problems}; mend the .md and run: make render"


def test_cells_are_short(source):
    """In the source: this needs no rendering, which takes minutes."""
    problems = length_problems(render.to_notebook(source))
    assert not problems, f"{source.stem}: {problems}"


def test_nothing_is_defined_twice():
    notebooks = {path.stem: read(path) for path in CHAPTERS}
    assert not definition_problems(notebooks, package_functions())


def test_no_digest_or_notebook_is_left_of_a_chapter_that_is_gone():
    names = {path.stem for path in CHAPTERS}
    assert set(render.stored_digests()) <= names
    assert {path.stem for path in render.NOTEBOOKS.glob("*.ipynb")} <= names


def test_rendering_again_gives_the_same_notebook(source):
    first, second = render.render(source), render.render(source)
    same = first == second  # pytest would print both, before the message
    assert same, f"{source.stem} is random: seed it, and print nothing that varies"
    stored = without_pictures(read(source))
    fresh = without_pictures(nbformat.reads(first, as_version=4))
    same = fresh == stored
    assert same, f"{source.stem} is not what its source gives; run: make render"


# The guards, held to planted faults


def cell(source, outputs=(), number=1, metadata=None):
    """Make an executed code cell."""
    return nbformat.v4.new_code_cell(
        source, outputs=list(outputs), execution_count=number, metadata=metadata or {}
    )


def notebook_of(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def printed(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def picture(dot):
    """Make an output with a small white picture that has a dot of this grey."""
    image, file = Image.new("L", (8, 8), 255), io.BytesIO()
    image.putpixel((3, 3), dot)
    image.save(file, "PNG")
    data = {"image/png": base64.b64encode(file.getvalue()).decode()}
    return nbformat.v4.new_output("display_data", data=data)


CAPTIONED = {"mystnb": {"figure": {"name": "fig-a", "caption": "A"}, "image": {"alt": "A"}}}


@pytest.fixture
def good():
    """Read a real chapter that has figures."""
    return read(CHAPTERS[0])


@pytest.mark.parametrize("number", [None, 1, 7])
def test_guard_sees_a_cell_that_did_not_run_in_order(good, number):
    code_cells(good)[1][1].execution_count = number
    assert execution_problems(good)


def test_guard_sees_stripped_pictures(good):
    for _, stripped in code_cells(good):
        stripped.outputs = []
    assert figure_problems(good)


def test_guard_sees_stripped_text(good, monkeypatch):
    """nbval passes this: it compares only outputs that are there."""
    monkeypatch.setattr(render, "render", lambda source: nbformat.writes(good))
    stripped = copy.deepcopy(good)
    for _, each in code_cells(stripped):
        each.outputs = []
    monkeypatch.setitem(globals(), "read", lambda source: stripped)
    with pytest.raises(AssertionError, match="make render"):
        test_rendering_again_gives_the_same_notebook(CHAPTERS[0])


def test_guard_sees_a_notebook_that_differs_from_run_to_run(good, monkeypatch):
    runs = count()
    monkeypatch.setattr(render, "render", lambda source: f"run {next(runs)}")
    with pytest.raises(AssertionError, match="random"):
        test_rendering_again_gives_the_same_notebook(CHAPTERS[0])


@pytest.mark.parametrize("part", ["source", "metadata", "id", "cell_type"])
def test_guard_sees_an_edited_notebook(good, part):
    made = copy.deepcopy(good)
    made.cells[0][part] = {"tags": ["x"]} if part == "metadata" else "changed"
    assert pair_problems(good, made)


def test_guard_sees_a_missing_cell(good):
    assert pair_problems(good, notebook_of(*good.cells[:-1]))


@pytest.mark.parametrize(
    "output",
    [
        printed("careful", name="stderr"),
        nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]),
        printed("saved in /home/me/x"),
        printed("C:\\Users\\me"),
        printed(".venv/lib/site-packages/numpy"),
        printed("<Line2D object at 0x7f12>"),
        nbformat.v4.new_output("execute_result", data={"text/plain": "np.float64(0.5)"}),
    ],
)
def test_guard_sees_what_should_not_be_stored(output):
    assert output_problems(notebook_of(cell("x", [output])))


def test_guard_sees_timings():
    timed = cell("x", metadata={"execution": {"iopub.status.busy": "2026-01-01"}})
    assert output_problems(notebook_of(timed))


def test_guard_lets_ordinary_output_pass():
    assert not output_problems(notebook_of(cell("x", [printed("m/n = 0.5, p at 0.1, L: 2")])))


@pytest.mark.parametrize(
    ("outputs", "metadata"),
    [
        ([picture(dot=0)], {}),
        ([picture(dot=255)], CAPTIONED),
        ([], CAPTIONED),
        ([nbformat.v4.new_output("display_data", data={"image/png": "AAAA"})], CAPTIONED),
    ],
    ids=["no caption", "blank", "missing", "broken"],
)
def test_guard_sees_a_bad_figure(outputs, metadata):
    assert figure_problems(notebook_of(cell("fig, ax = plt.subplots()", outputs, 1, metadata)))


def test_guard_lets_a_good_figure_pass():
    drawn = cell("fig, ax = plt.subplots()", [picture(dot=0)], 1, CAPTIONED)
    assert not figure_problems(notebook_of(drawn))


def test_guard_sees_a_long_cell():
    assert length_problems(notebook_of(cell("x = 1\n" * (MAX_LINES + 1))))
    assert length_problems(notebook_of(cell("x" * (MAX_WIDTH + 1))))
    assert not length_problems(notebook_of(cell("x = 1\n" * MAX_LINES)))
    assert not length_problems(notebook_of(cell("x" * MAX_WIDTH)))


DERIVED = "def softmax(z):\n    return z"
COMPARED = "np.testing.assert_allclose(softmax(z), softmax_edu.softmax(z))"


def test_guard_sees_a_derivation_that_is_not_compared():
    cells = [cell(DERIVED), cell("print(softmax_edu.softmax(z))")]
    assert definition_problems({"01": notebook_of(*cells)}, {"softmax"})
    # a comparison before the definition compares something else
    assert definition_problems({"01": notebook_of(cell(COMPARED), cell(DERIVED))}, {"softmax"})
    assert not definition_problems({"01": notebook_of(cell(DERIVED), cell(COMPARED))}, {"softmax"})


def test_guard_sees_a_function_that_two_chapters_define():
    twice = {"01": notebook_of(cell("def f(): 0")), "02": notebook_of(cell("def f(): 0"))}
    assert definition_problems(twice, set())


def test_digest_changes_with_source_and_stays_with_none(tmp_path):
    path = tmp_path / "01_a.md"
    path.write_text("a")
    before = render.digest(path)
    assert render.digest(path) == before
    path.write_text("b")
    assert render.digest(path) != before


def test_digest_changes_with_the_questions(tmp_path):
    path = tmp_path / "01_a.md"
    path.write_text("a")
    before = render.digest(path)
    path.with_suffix(".questions.toml").write_text("b")
    assert render.digest(path) != before


def test_a_failing_cell_is_named_shortly(tmp_path):
    path = tmp_path / "01_a.md"
    front = "---\nkernelspec: {name: python3, display_name: P, language: python}\n---\n"
    path.write_text(front + "\n```{code-cell}\nassert 1 + 1 == 3\n```\n")
    text, problem, _ = render.render_timed(path)
    assert text == ""
    assert "assert 1 + 1 == 3" in problem
    assert "AssertionError" in problem
    assert len(problem.splitlines()) < 6
