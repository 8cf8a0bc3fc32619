"""The grader is graded: right answers of every style pass, wrong ones and mutants do not."""

import inspect

import assignments
import exercise_suite as suite
import mutants
import numpy as np
import pytest

from softmax_edu.exercises import QUESTIONS

ASKED = suite.asked()
VARIANTS = [
    pytest.param(assignment, question, program, id=f"{question}-{program.__name__}")
    for assignment, question in ASKED
    for program in assignments.programs(assignment, "variants").VARIANTS[question]
]
WRONG = [
    pytest.param(assignment, question, program, id=f"{mistake.name}-{style}")
    for assignment, question in ASKED
    for mistake in QUESTIONS[question].mistakes
    for style, program in enumerate(
        (mistake.wrong, assignments.programs(assignment, "wrong").WRONG[mistake.name]), start=1
    )
]
MUTANTS = [
    pytest.param(assignment, question, what, code, id=f"{question}-{what}")
    for assignment, question in ASKED
    for what, code in mutants.mutants(suite.solution(assignment, question))
]


@pytest.fixture(autouse=True)
def quiet():
    """Let wrong programs overflow in silence."""
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize(("assignment", "question"), ASKED)
def test_the_solution_gets_full_marks(assignment, question):
    function = suite.define(suite.solution(assignment, question), question)
    (got, most), said = suite.grade(assignment, question, function)
    assert got == most > 0, said


@pytest.mark.parametrize(("assignment", "question", "program"), VARIANTS)
def test_no_right_answer_is_rejected(assignment, question, program):
    (got, most), said = suite.grade(assignment, question, suite.renamed(program, question))
    assert got == most, said


@pytest.mark.parametrize(("assignment", "question"), ASKED)
def test_there_are_ten_right_answers_of_different_styles(assignment, question):
    programs = assignments.programs(assignment, "variants").VARIANTS[question]
    assert len({inspect.getsource(program) for program in programs}) >= 10


@pytest.mark.parametrize(("assignment", "question", "program"), WRONG)
def test_no_wrong_answer_is_accepted(assignment, question, program):
    (got, _), said = suite.grade(assignment, question, suite.renamed(program, question))
    assert got == 0, "points were given"
    assert len(said) == 2, "the check and the hidden test must both say what is wrong"


@pytest.mark.parametrize(("assignment", "question", "what", "code"), MUTANTS)
def test_no_mutant_survives(assignment, question, what, code):
    reasons = suite.equivalents(assignment).get(question, {})
    (got, most), _ = suite.grade(assignment, question, suite.define(code, question))
    if what in reasons:
        assert got == most, "it is listed as equivalent, and is not"
    else:
        assert got < most, f"survives; mend the tests, or say why it is right:\n{code}"


@pytest.mark.parametrize(("assignment", "question"), ASKED)
def test_the_mutants_that_are_listed_exist(assignment, question):
    known = {what for what, _ in mutants.mutants(suite.solution(assignment, question))}
    assert set(suite.equivalents(assignment).get(question, {})) <= known
