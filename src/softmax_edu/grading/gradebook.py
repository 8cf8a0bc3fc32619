"""Write results into nbgrader's gradebook; only one process ever does."""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells, SaveCells

from softmax_edu.grading.notebook import Graded

# nbgrader calls alembic, which lies beside this Python, also where no environment is active.
if shutil.which("alembic") is None:
    beside = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join((beside, os.environ.get("PATH", os.defpath)))


def address(url: str | None, course: Path) -> str:
    """Return the gradebook's address for SQLAlchemy: SQLite in the course's folder by default."""
    if url is None:
        return f"sqlite:///{(course / 'gradebook.db').resolve()}"
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def register(url: str, assignment: str, source_text: str) -> None:
    """Make the gradebook know an assignment and its cells, as nbgrader does when it releases it.

    Raises
    ------
    RuntimeError
        If cells were added or removed and there are submissions already.
    """
    with Gradebook(url) as book:
        book.update_or_create_assignment(assignment)
    notebook: Any = nbformat.reads(source_text, as_version=4)
    about = {"notebook": assignment, "assignment": assignment, "db_url": url}
    resources: Any = {"nbgrader": about}
    for step in (ClearSolutions, LockCells, ComputeChecksums, SaveCells):
        notebook, resources = step().preprocess(notebook, resources)


class Score(NamedTuple):
    """The points of a cell."""

    given: float | None  # None: a person has still to give them
    most: float
    again: bool  # the answer has changed since a person read it


@dataclass
class Marks:
    """What a submission got, by cell."""

    scores: dict[str, Score] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)  # by a person


@contextmanager
def writer(url: str) -> Iterator["Writer"]:
    """Open the gradebook for writing."""
    with Gradebook(url) as book, warnings.catch_warnings():
        # Inside nbgrader, harmless: it builds a submission before it adds it to the session.
        warnings.filterwarnings("ignore", "Object of type .* not in session")
        yield Writer(book)


class Writer:
    """Saves results; what was given by hand stays."""

    def __init__(self, book: Any):
        self.book = book

    def save(self, assignment: str, graded: Graded, handed_in: str = "") -> None:
        """Save one result. What could not be graded is left for a person, and is not 0."""
        self.book.update_or_create_student(graded.student)
        about: dict[str, Any] = {}
        with suppress(ValueError):  # the time is nbgrader's, if nobody has written into its file
            about = {"timestamp": utils.parse_utc(handed_in)} if handed_in else {}
        submission = self.book.update_or_create_submission(assignment, graded.student, **about)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                score = graded.scores.get(grade.name)
                grade.auto_score = score
                grade.needs_manual_grade = score is None or grade.manual_score is not None
            for comment in notebook.comments:
                if graded.problem:
                    comment.auto_comment = f"Ungraded: {graded.problem}"
                elif comment.name in graded.unanswered:
                    comment.auto_comment = "No response."
                else:
                    comment.auto_comment = None
        self.book.db.commit()

    def marks(self, assignment: str, student: str) -> Marks:
        """Return what is in the gradebook now, with what persons have given."""
        submission = self.book.find_submission(assignment, student)
        marks = Marks()
        for notebook in submission.notebooks:
            for comment in notebook.comments:
                if comment.manual_comment:
                    marks.comments[comment.name] = comment.manual_comment
            for grade in notebook.grades:
                given = grade.manual_score if grade.manual_score is not None else grade.auto_score
                if given is not None:
                    given += grade.extra_credit or 0
                again = given is not None and bool(grade.needs_manual_grade)
                marks.scores[grade.name] = Score(given, grade.max_score, again)
        return marks
