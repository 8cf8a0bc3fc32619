"""What the tests of the grader share: a course with one assignment, and ways to hand in."""

import copy
import os

import assignments
import nbformat
import pytest
from hostile import GOOD, NAME, QUESTION

from softmax_edu.grading import sandbox


@pytest.fixture(scope="session", autouse=True)
def wall():
    """Leave the tests out where there is no sandbox, but never in CI."""
    if why := sandbox.problem("bubblewrap"):
        message = f"no sandbox: {why}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)


@pytest.fixture(scope="session")
def source():
    """Return the teacher's notebook, of one question."""
    notebook = assignments.read(NAME)
    keep = ("intro", "setup", "shift-and-scale")
    notebook.cells = [cell for cell in notebook.cells if cell.id.startswith((QUESTION, *keep))]
    return notebook


@pytest.fixture(scope="session")
def hand_in(source):
    """Return a function: a submission with this answer, as bytes."""

    def hand_in(answer=GOOD, change=lambda cells: cells):
        notebook = copy.deepcopy(source)
        for cell in notebook.cells:
            if cell.id == QUESTION:
                cell.source = answer
            elif cell.metadata.nbgrader.solution:
                cell.source = "Because only differences count."
            elif "HIDDEN TESTS" in cell.source:
                cell.source = cell.source.split("### BEGIN HIDDEN")[0].rstrip("\n")
        notebook.cells = change(notebook.cells)
        return nbformat.writes(notebook).encode()

    return hand_in
