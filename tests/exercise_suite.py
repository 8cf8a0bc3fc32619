"""What the tests of the exercises share: an answer, and the points that it gets for it."""

import tomllib
from functools import cache

import assignments
import numpy as np

from softmax_edu.exercises import NotYet


@cache
def source(assignment):
    """Return an assignment with its solutions and hidden tests."""
    return assignments.read(assignment)


@cache
def equivalents(assignment):
    """Return the mutants that are right too: question -> what was changed -> reason."""
    path = assignments.FOLDER / assignment / "equivalent.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def asked():
    """List pairs of assignment and question."""
    return [
        (assignment, cell.id.replace("-", "_"))
        for assignment in assignments.names()
        for cell in source(assignment).cells
        if cell.metadata["nbgrader"]["solution"] and cell.cell_type == "code"
    ]


def solution(assignment, question):
    """Return the source of the right program."""
    return next(c.source for c in source(assignment).cells if c.id == question.replace("_", "-"))


def define(code, question):
    """Run the source of an answer, return its function."""
    namespace = {"np": np, "__name__": "answer"}
    exec(compile(code, "<answer>", "exec"), namespace)
    return namespace[question]


def renamed(program, question):
    """Give a program the name that the question asks for."""

    def answer(*arguments):
        return program(*arguments)

    answer.__name__ = question
    return answer


def grade(assignment, question, function, visible_only=False):
    """Run the tests of a question as the grader does; return the points, and what was said.

    The points come as a pair: those that were got, and those there are.
    """
    got, most, said = 0, 0, []
    given = {"np": np, question: function, "__name__": "tests"}
    for cell in source(assignment).cells:
        about = cell.metadata["nbgrader"]
        if cell.id == "setup":
            exec(cell.source, given)
        if not about["grade"] or about["solution"]:
            continue
        if not cell.id.startswith(question.replace("_", "-") + "-"):
            continue
        if visible_only and "HIDDEN TESTS" in cell.source:
            continue
        most += about["points"]
        try:
            exec(compile(cell.source, cell.id, "exec"), dict(given))
            got += about["points"]
        except NotYet as failure:
            said.append(str(failure))
    return (got, most), said
