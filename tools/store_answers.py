"""Write the right answers for the probes of the exercises: src/softmax_edu/exercises/answers/.

The programs that compute them are the solutions in exercises/*/assignment.md, which the package
must not contain. Arguments: the assignments to do, such as ex1_softmax; none means all.
"""

import json
import sys
from typing import Any

import assignments
import numpy as np

from softmax_edu.exercises import QUESTIONS

TARGET = assignments.ROOT / "src" / "softmax_edu" / "exercises" / "answers"


def plain(value: Any) -> Any:
    """Turn a result into what JSON can hold: several results become an object."""
    if isinstance(value, tuple):
        return {f"result {number}": plain(part) for number, part in enumerate(value, start=1)}
    return np.asarray(value).tolist()


def compute(assignment: str) -> str:
    """Return the text of the file of an assignment: one probe a line."""
    solved: Any = assignments.solve(assignments.read(assignment))
    blocks = []
    for name in sorted(solved.keys() & QUESTIONS.keys()):
        lines = []
        for what, given in QUESTIONS[name].probes.items():
            copies = (np.copy(a) if isinstance(a, np.ndarray) else a for a in given)
            lines.append(f"  {json.dumps(what)}: {json.dumps(plain(solved[name](*copies)))}")
        blocks.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


if __name__ == "__main__":
    for assignment in sys.argv[1:] or assignments.names():
        path = TARGET / f"{assignment}.json"
        path.write_text(compute(assignment), encoding="utf-8")
        print(path)
