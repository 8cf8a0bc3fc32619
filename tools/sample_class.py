"""Hand in the exercises for a class that does not exist, with right answers and typical mistakes.

    python tools/sample_class.py ex1_softmax 30

writes course/submitted/student_NN/NAME/NAME.ipynb, or into another course that is named after
the number. The same number gives the same class.
"""

import copy
import inspect
import random
import re
import sys
import textwrap
from pathlib import Path

import assignments
import nbformat

from softmax_edu.exercises import QUESTIONS

COURSE = assignments.ROOT / "course"


def as_answer(program, question: str) -> str:
    """Return a program as a learner writes it: under the question's name, with its imports."""
    source = textwrap.dedent(inspect.getsource(program))
    source = source.replace(f"def {program.__name__}(", f"def {question}(", 1)
    source = re.sub(r"  # noqa.*", "", source)
    source = source.replace(": Array", "").replace(": Number", "").replace(" -> Array:", ":")
    return f"import math\n\n{source}" if "math." in source else source


def answers(name: str, random_: random.Random) -> dict[str, str]:
    """Choose an answer to each question: right in two cases of three, else a known mistake."""
    variants = assignments.programs(name, "variants").VARIANTS
    wrong = assignments.programs(name, "wrong").WRONG
    chosen = {}
    for question, right in variants.items():
        mistakes = [wrong[mistake.name] for mistake in QUESTIONS[question].mistakes]
        program = random_.choice(right if random_.random() < 2 / 3 else mistakes)
        chosen[question.replace("_", "-")] = as_answer(program, question)
    return chosen


def submission(released: nbformat.NotebookNode, chosen: dict[str, str]) -> nbformat.NotebookNode:
    """Return the released notebook with answers in it."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        about = cell.metadata["nbgrader"]
        if about["grade_id"] in chosen:
            cell.source = chosen[about["grade_id"]]
        elif about["solution"] and cell.cell_type == "markdown":
            cell.source = "Only differences of scores matter, and a shift leaves them as they are."
    return notebook


def main() -> None:
    """Write the class."""
    name, count = sys.argv[1], int(sys.argv[2])
    course = Path(sys.argv[3]) if len(sys.argv) > 3 else COURSE
    released = nbformat.read(assignments.FOLDER / f"{name}.ipynb", as_version=4)
    for number in range(1, count + 1):
        student = f"student_{number:02}"
        folder = course / "submitted" / student / name
        folder.mkdir(parents=True, exist_ok=True)
        chosen = answers(name, random.Random(f"{name} {number}"))
        nbformat.write(submission(released, chosen), folder / f"{name}.ipynb")
    print(f"{count} submissions are in {course / 'submitted'}")


if __name__ == "__main__":
    main()
