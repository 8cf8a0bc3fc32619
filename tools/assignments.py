"""The graded assignments: exercises/NN_name/assignment.md, nbgrader's format as Markdown."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import jupytext
import nbformat

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "exercises"
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.S)


def names() -> list[str]:
    """List the assignments in order."""
    return sorted(path.parent.name for path in FOLDER.glob("*/assignment.md"))


def read(name: str) -> nbformat.NotebookNode:
    """Return an assignment as nbgrader's source notebook; cells are named by their grade_id."""
    return read_file(FOLDER / name / "assignment.md")


def read_file(path: Path) -> nbformat.NotebookNode:
    """Do so for any file of this form."""
    notebook = jupytext.read(path)
    for cell in notebook.cells:
        cell.id = cell.metadata["nbgrader"]["grade_id"]
    notebook.metadata.pop("jupytext", None)
    return notebook


def solve(notebook: nbformat.NotebookNode) -> dict[str, object]:
    """Run the cells in which a learner writes, as they are solved here; return what they define."""
    namespace: dict[str, object] = {"__name__": "solution"}
    exec("import numpy as np", namespace)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata["nbgrader"]["solution"]:
            exec(compile(cell.source, cell.id, "exec"), namespace)
    return namespace


@cache
def programs(name: str, file: str) -> ModuleType:
    """Import `variants` (right answers in many styles) or `wrong` of an assignment."""
    path = FOLDER / name / f"{file}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_{file}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
