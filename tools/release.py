"""Make the course from the exercises: course/ for teachers, exercises/NAME.ipynb for the book.

    course/source/NAME/NAME.ipynb    with solutions and hidden tests
    course/release/NAME/NAME.ipynb   what learners get: nbgrader takes both out
    exercises/NAME.ipynb             the same, as a page of the book

Arguments: the assignments to do, such as ex1_softmax; none means all.
"""

import shutil
import sys
from pathlib import Path

import assignments
import nbformat
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

import softmax_edu.grading.gradebook  # noqa: F401  (it lets nbgrader find its alembic)

COURSE = assignments.ROOT / "course"
RELEASE = assignments.FOLDER


def release(names: list[str]) -> None:
    """Write the sources, let nbgrader make the release of each, and copy it into the book."""
    COURSE.mkdir(exist_ok=True)
    RELEASE.mkdir(exist_ok=True)
    shutil.copy(assignments.FOLDER / "nbgrader_config.py", COURSE)
    nbgrader = course(COURSE)
    for name in names:
        folder = COURSE / "source" / name
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(assignments.read(name), folder / f"{name}.ipynb")
        done = nbgrader.generate_assignment(name, force=True)
        if not done["success"]:
            sys.exit(f"nbgrader could not release {name}:\n{done.get('error') or done['log']}")
        shutil.copy(COURSE / "release" / name / f"{name}.ipynb", RELEASE)
        print(f"{name}: course/source, course/release, exercises/{name}.ipynb", flush=True)


def course(folder: Path):
    """Open a course with nbgrader, as its commands do in that folder."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    config.CourseDirectory.root = str(folder)
    return NbGraderAPI(config=config)


if __name__ == "__main__":
    release(sys.argv[1:] or assignments.names())
