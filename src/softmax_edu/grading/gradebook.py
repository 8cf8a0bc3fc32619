"""Write results into nbgrader's gradebook; only one process ever does."""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
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

    def save(self, assignment: str, graded: Graded) -> None:
        """Save one result. What could not be graded is left for a person, and is not 0."""
        self.book.update_or_create_student(graded.student)
        submission = self.book.update_or_create_submission(assignment, graded.student)
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

    def scores(self, assignment: str, student: str) -> dict[str, tuple[float | None, float, str]]:
        """Return by cell: the score, by hand where there is one; the most; a person's comment."""
        submission = self.book.find_submission(assignment, student)
        found = {}
        for notebook in submission.notebooks:
            comments = {comment.name: comment.comment or "" for comment in notebook.comments}
            for grade in notebook.grades:
                given = grade.manual_score if grade.manual_score is not None else grade.auto_score
                found[grade.name] = (given, grade.max_score, comments.get(grade.name, ""))
        return found
