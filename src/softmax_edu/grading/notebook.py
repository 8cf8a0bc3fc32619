"""Grade one notebook: the learner's cells run in the sandbox, the tests outside of it.

The tests are the teacher's text, always taken from the source. They see the learner's functions
as functions that are computed in the sandbox, and nothing but data comes back.
"""

import ast
import builtins
import copy
import io
import re
import traceback
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

from softmax_edu.exercises import NotYet
from softmax_edu.grading import sandbox
from softmax_edu.grading.answers import Answers, BrokenError, LostError, RaisedError
from softmax_edu.grading.sandbox import Limits, Wall
from softmax_edu.grading.wire import NotPlainError

Cell = Any


@dataclass
class Graded:
    """What became of one submission."""

    student: str
    problem: str = ""  # why it could not be graded; empty if it could
    scores: dict[str, float | None] = field(default_factory=dict)  # None: for a person to give
    unanswered: list[str] = field(default_factory=list)  # written answers that were left as given
    notebook: str = ""  # the autograded notebook
    remarks: list[str] = field(default_factory=list)  # what was repaired, and what was stopped
    doubt: str = ""  # why its points may be too few, through no fault of the learner's


def name_of(cell: Cell) -> str | None:
    """Return the grade_id of a cell, if it has one."""
    about = cell.metadata.get("nbgrader")
    return about.get("grade_id") if isinstance(about, dict) else None


def read(data: bytes) -> NotebookNode:
    """Read a notebook of any format up to version 4.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    NotebookNode

    Raises
    ------
    ValueError
        If it is none, with what is wrong in words for a teacher.
    """
    if not data.strip():
        raise ValueError("the file is empty")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the file is not text in UTF-8") from None
    try:
        notebook = nbformat.reads(text, as_version=4)
        for cell in notebook.cells:
            cell.source = str(cell.source)
            cell.metadata = nbformat.from_dict(dict(cell.get("metadata") or {}))
            if cell.cell_type not in ("code", "markdown", "raw"):
                raise ValueError(f"it has a cell of type {cell.cell_type}")
    except RecursionError:
        raise ValueError("the file is nested too deeply to be a notebook") from None
    except Exception as error:  # whatever nbformat says about whatever it was given
        version = "newer" in str(error) or "version" in str(error).lower()
        what = (
            "a notebook of a format that is not known" if version else "cut off, or not a notebook"
        )
        raise ValueError(f"the file is {what}") from None
    return notebook


def repair(submission: NotebookNode, source: NotebookNode) -> list[str]:
    """Bring a submission into the form of its source, in place; say what had to be done.

    The teacher's cells are those of the source, wherever they were changed, deleted or copied.
    Of a duplicated answer the last one counts. Cells that learners added stay.

    Parameters
    ----------
    submission, source : NotebookNode

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If no answer of the source is in the submission.
    """
    given = {name: cell for cell in source.cells if (name := name_of(cell))}
    order = list(given)
    answers = {name for name, cell in given.items() if utils.is_solution(cell)}
    remarks = []
    seen: set[str] = set()
    cells = []
    for cell in reversed(submission.cells):
        name = name_of(cell)
        if name is not None and (name not in given or name in seen):
            if name in seen:
                remarks.append(f"{_called(name)} was there more than once; the last one counts")
            cell.metadata.pop("nbgrader")
            name = None
        if name is not None:
            seen.add(name)
            if name not in answers:
                if utils.is_grade(given[name]) and cell.source != _released(given[name]):
                    remarks.append(f"{_called(name)} was changed and is as it was given again")
                cell = copy.deepcopy(given[name])
            else:
                if cell.cell_type != given[name].cell_type:
                    cell = _as_type(cell, given[name].cell_type)
                cell.metadata = copy.deepcopy(given[name].metadata)
        elif "nbgrader" in cell.metadata:
            cell.metadata.pop("nbgrader")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
    if not seen & answers:
        raise ValueError("it has no answer to this assignment; is it another one's notebook?")
    cells.reverse()
    for position, name in enumerate(order):
        if name in seen:
            continue
        if utils.is_solution(given[name]) or utils.is_grade(given[name]):
            remarks.append(f"{_called(name)} was missing")
        before = [i for i, cell in enumerate(cells) if name_of(cell) in order[:position]]
        cell = copy.deepcopy(given[name])
        if name in answers:
            cell.source = ""
        cells.insert(before[-1] + 1 if before else 0, cell)
    submission.cells = cells
    return remarks


def _called(name: str) -> str:
    """Say which cell it is, as a learner knows it."""
    for ending, words in (("-check", "the check of"), ("-hidden", "the hidden test of")):
        if name.endswith(ending):
            return f"{words} {name.removesuffix(ending).replace('-', '_')}"
    return f"the answer {name}"


def _released(cell: Cell) -> str:
    """Return a cell of the source as learners got it: without its hidden tests."""
    lines, hidden = [], False
    for line in str(cell.source).splitlines():
        hidden = hidden or "### BEGIN HIDDEN TESTS" in line
        if not hidden:
            lines.append(line)
        hidden = hidden and "### END HIDDEN TESTS" not in line
    return "\n".join(lines)


def _as_type(cell: Cell, kind: str) -> Cell:
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return make(cell.source)


def grade(
    student: str,
    data: bytes,
    source_text: str,
    wall: Wall = "bubblewrap",
    limits: Limits | None = None,
) -> Graded:
    """Grade a submission. It returns plain data, and never raises because of a submission.

    Parameters
    ----------
    student : str
    data : bytes
        The notebook as it was handed in.
    source_text : str
        The teacher's notebook, with solutions and hidden tests.
    wall : {"bubblewrap", "pod", "none"}
    limits : Limits, optional

    Returns
    -------
    Graded
    """
    if why := sandbox.problem(wall):
        return Graded(student, problem=f"there is no sandbox on the machine that grades: {why}")
    source = nbformat.reads(source_text, as_version=4)
    try:
        notebook = read(data)
        remarks = repair(notebook, source)
    except ValueError as error:
        return Graded(student, problem=str(error))
    blank = {name_of(cell): _blank(cell) for cell in source.cells if utils.is_solution(cell)}
    try:
        with Answers(wall, limits) as answers:
            _run(notebook, answers)
    except BrokenError as error:
        return Graded(student, problem=str(error))
    remarks += [f"an answer was stopped: {why}" for why in dict.fromkeys(answers.remarks)]
    result = Graded(student, remarks=remarks, doubt=answers.doubt)
    for cell in notebook.cells:
        name = name_of(cell)
        if name is None or not utils.is_grade(cell):
            continue
        result.scores[name], _ = utils.determine_grade(cell)
        if utils.is_solution(cell) and cell.source.strip() in ("", blank[name]):
            result.scores[name] = 0.0
            result.unanswered.append(name)
    _add_rubrics(notebook, source)
    # Learners may print half a character, which no file in UTF-8 can hold.
    result.notebook = nbformat.writes(notebook).encode("utf-8", "replace").decode()
    return result


def _add_rubrics(notebook: NotebookNode, source: NotebookNode) -> None:
    """Put behind each written answer what its reader needs; nbgrader_config.py hides it later."""
    rubrics = {
        name_of(cell): nbformat.v4.new_markdown_cell(
            "---\n**For whoever grades this: a model answer and the rubric**\n\n"
            + re.sub(r"### (?:BEGIN|END) SOLUTION", "", cell.source).strip(),
            metadata={"tags": ["rubric"]},
        )
        for cell in source.cells
        if utils.is_grade(cell) and utils.is_solution(cell)
    }
    cells = [(cell, rubrics.get(name_of(cell))) for cell in notebook.cells]
    notebook.cells = [cell for pair in cells for cell in pair if cell]


def _blank(cell: Cell) -> str:
    return "YOUR ANSWER HERE" if cell.cell_type == "markdown" else ""


def _run(notebook: NotebookNode, answers: Answers) -> None:
    """Run all code cells, in order, and store in each what came of it."""
    given: dict[str, Any] = {"__name__": "__main__"}
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        count += 1
        cell.execution_count = count
        if utils.is_grade(cell) and not utils.is_solution(cell):
            cell.outputs = _test(cell.source, given, answers)
            continue
        cell.outputs = _learn(cell.source, answers)
        if utils.is_locked(cell):  # the teacher's own cell: the tests need what it defines
            exec(compile(cell.source, "<given>", "exec"), given)


def _learn(cell: str, answers: Answers) -> list[Any]:
    """Run a learner's cell in the sandbox; return its outputs."""
    try:
        printed = answers.run(cell)
    except LostError as error:
        return [_error("Stopped", f"this cell was stopped: {error}")]
    except RaisedError as error:
        return [_error(error.kind, str(error))]
    except (NotImplementedError, NameError) as error:
        return [_error(type(error).__name__, str(error))]
    return [nbformat.v4.new_output("stream", name="stdout", text=printed)] if printed else []


def _test(cell: str, given: dict[str, Any], answers: Answers) -> list[Any]:
    """Run a test, outside of the sandbox; whatever goes wrong must leave an error."""
    try:
        tree = ast.parse(cell)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names = dict(given)
        wanted = sorted(used - set(given) - set(dir(builtins)))
        names |= answers.find(wanted)
        with redirect_stdout(io.StringIO()) as said:
            exec(compile(tree, "<test>", "exec"), names)
    except NotYet as error:
        return [_error("NotYet", str(error))]
    except LostError as error:
        return [_error("Stopped", f"the answer was stopped: {error}")]
    except NotPlainError as error:
        return [_error("NotPlain", str(error))]
    except NameError as error:
        return [_error("Missing", f"{error}: the cell that defines it is missing or fails")]
    except Exception as error:
        text = f"{error}".strip() or "the test failed"
        return [_error(type(error).__name__, text[:1000])]
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | BrokenError):
            raise
        return [_error(type(error).__name__, "".join(traceback.format_exception_only(error)))]
    text = said.getvalue()
    return [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []


def _error(kind: str, text: str) -> Any:
    return nbformat.v4.new_output("error", ename=kind, evalue=text, traceback=text.splitlines())
