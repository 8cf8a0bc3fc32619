"""The part of the command `softmax-edu` that grades a class."""

import argparse
import sys
from pathlib import Path


def add_grade(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Let the command line take `grade` and its options."""
    grade = commands.add_parser(
        "grade",
        help="grade the submissions of an assignment",
        description="Grade the submissions of an assignment: gradebook, feedback pages, CSV. "
        "Run it again to go on after a stop, or when submissions have come in: what did not "
        "change is not graded again.",
    )
    grade.add_argument(
        "folder",
        type=Path,
        help="nbgrader's submitted folder, a folder of notebooks, or a zip of a course system",
    )
    grade.add_argument("--assignment", required=True, metavar="NAME", help="such as ex1_softmax")
    grade.add_argument(
        "--course",
        type=Path,
        metavar="DIR",
        help="where source/NAME/NAME.ipynb lies and results go (default: the folder's own course)",
    )
    grade.add_argument(
        "--db-url", metavar="URL", help="of the gradebook (default: gradebook.db in the course)"
    )
    grade.add_argument("--workers", type=int, metavar="N", help="processes (default: all cores)")
    grade.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster, for many machines"
    )
    grade.add_argument(
        "--seconds", type=int, default=10, metavar="N", help="for a cell or a call (default: 10)"
    )
    grade.add_argument("--regrade", action="store_true", help="also what did not change")
    wall = grade.add_mutually_exclusive_group()
    wall.add_argument(
        "--trust-submissions",
        action="store_const",
        dest="wall",
        const="none",
        help="run learners' code without a sandbox, with your rights on your files",
    )
    wall.add_argument(
        "--in-pod",
        action="store_const",
        dest="wall",
        const="pod",
        help="this container holds nothing else and is thrown away: it is the sandbox",
    )
    grade.set_defaults(wall="bubblewrap", run=_grade)


def _grade(arguments: argparse.Namespace) -> int:
    try:
        from softmax_edu.grading import course
    except ModuleNotFoundError as error:
        sys.exit(f'{error.name} is missing: python -m pip install "softmax-edu[grading]"')
    return course.grade_class(arguments)
