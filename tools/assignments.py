"""The graded assignments: exercises/NN_name/assignment.md, nbgrader's format written as Markdown."""

import re
from pathlib import Path

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
    notebook = jupytext.read(FOLDER / name / "assignment.md")
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
