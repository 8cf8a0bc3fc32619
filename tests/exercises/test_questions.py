"""What the exercises ask, and what the check says to a wrong answer."""

import json
import re
import textwrap
from itertools import combinations

import assignments
import exercise_suite as suite
import numpy as np
import pytest
import store_answers

from softmax_edu.exercises import QUESTIONS, NotYet, check
from softmax_edu.exercises.question import Mistake
from softmax_edu.misconceptions import differ, outcome

ASKED = suite.asked()
MISTAKES = [
    pytest.param(question, mistake, id=mistake.name)
    for question in QUESTIONS.values()
    for mistake in question.mistakes
]
CHAPTERS = {path.stem for path in (assignments.ROOT / "notebooks").glob("[0-9][0-9]_*.md")}


def said_by_check(program, question):
    with pytest.raises(NotYet) as failure, np.errstate(all="ignore"):
        check(suite.renamed(program, question.name))
    return str(failure.value)


def test_the_questions_are_those_of_the_assignments():
    assert [question for _, question in ASKED] == list(dict.fromkeys(q for _, q in ASKED))
    assert {question for _, question in ASKED} == set(QUESTIONS)


@pytest.mark.parametrize("assignment", assignments.names())
def test_the_stored_answers_are_those_of_the_solutions(assignment):
    stored = json.loads((store_answers.TARGET / f"{assignment}.json").read_text(encoding="utf-8"))
    computed = json.loads(store_answers.compute(assignment))
    message = f"stale; mend with: python tools/store_answers.py {assignment}"
    assert {name: list(probes) for name, probes in stored.items()} == {
        name: list(probes) for name, probes in computed.items()
    }, message
    for name, probes in stored.items():
        for what, answer in probes.items():
            theirs = computed[name][what]
            parts = (
                zip(answer.values(), theirs.values(), strict=True)
                if isinstance(answer, dict)
                else [(answer, theirs)]
            )
            for a, b in parts:
                np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12, err_msg=message)


@pytest.mark.parametrize(("assignment", "question"), ASKED)
def test_every_mistake_is_written_in_two_styles(assignment, question):
    names = {mistake.name for mistake in QUESTIONS[question].mistakes}
    written = set(assignments.programs(assignment, "wrong").WRONG)
    others = {m.name for a, q in ASKED if a == assignment for m in QUESTIONS[q].mistakes} - names
    assert names <= written
    assert written <= names | others, "a second style of a mistake that is not in the catalogue"
    assert len(names) >= 5


@pytest.mark.parametrize(("question", "mistake"), MISTAKES)
def test_a_mistake_is_seen_where_it_says(question, mistake):
    wrong = outcome(mistake.wrong, question.probes[mistake.exposed_by])
    assert differ(wrong, question.answer(mistake.exposed_by), question.tolerance)
    assert mistake.chapter in CHAPTERS


@pytest.mark.parametrize(("question", "mistake"), MISTAKES)
def test_the_check_names_the_mistake(question, mistake):
    said = said_by_check(mistake.wrong, question)
    assert f"This was tried: {mistake.exposed_by}." in said
    words = f"{mistake.why} {mistake.fix} See chapter {int(mistake.chapter[:2])}."
    assert said.endswith(textwrap.fill(words, 80))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_no_two_mistakes_behave_alike(question):
    for one, other in combinations(question.mistakes, 2):
        with np.errstate(all="ignore"):
            assert any(
                differ(outcome(one.wrong, given), outcome(other.wrong, given), question.tolerance)
                for given in question.probes.values()
            ), (one.name, other.name)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_arguments_of_the_probes_are_those_that_are_announced(question):
    assert all(len(given) == len(question.arguments) for given in question.probes.values())
    assert 5 <= len(question.probes) <= 12


def test_names_of_mistakes_are_unique():
    names = [param.values[1].name for param in MISTAKES]
    assert len(names) == len(set(names))


def test_texts_are_whole_sentences():
    for param in MISTAKES:
        mistake: Mistake = param.values[1]
        for text in (mistake.why, mistake.fix):
            assert re.fullmatch(r"(?:[A-Z0-9“]|[a-z.]+\().*[.!?]", text), text


# What the check says when it knows no such mistake

QUESTION = QUESTIONS["column_softmax"]
BUT = [
    (lambda logits, temperature: None, "is the return statement missing?"),
    (lambda logits, temperature: [1, 2], "The result has shape (2,), where (4, 3) is right."),
    (lambda logits, temperature: [[1], [1, 2]], "rows of different lengths"),
    (lambda logits, temperature: "softmax", "not made of real numbers"),
    (lambda logits, temperature: (logits, logits), "It returns 2 results, where 1 are right."),
    (lambda logits, temperature: 0 * logits, "The result is 0 in every entry."),
    (lambda logits, temperature: logits + np.nan, "contains nan"),
    (lambda logits: logits, "It stops with TypeError"),
    (lambda logits, temperature: 1 / 0, "It stops with ZeroDivisionError"),
    (lambda logits, temperature: exit(3), "It stops with SystemExit"),
    (
        lambda logits, temperature: -2 * QUESTION.answer("three examples of four classes").value,
        "-2 times",
    ),
]


@pytest.mark.parametrize(("program", "words"), BUT)
def test_an_unknown_mistake_is_described_and_no_more(program, words):
    def column_softmax(*arguments):
        return program(*arguments)

    with pytest.raises(NotYet) as failure:
        check(column_softmax)
    assert words in str(failure.value)
    assert "See chapter" not in str(failure.value)


def test_an_answer_that_is_not_written_says_so():
    def column_softmax(logits, temperature):
        raise NotImplementedError

    with pytest.raises(NotYet, match=r"^column_softmax is not written yet\.$"):
        check(column_softmax)


def test_an_answer_that_calls_the_package_is_refused():
    from softmax_edu import softmax

    namespace = {"softmax": softmax}
    exec(
        "def column_softmax(logits, temperature):\n"
        "    return softmax(logits, axis=0, temperature=temperature)",
        namespace,
    )
    with pytest.raises(NotYet, match=r"uses softmax of softmax_edu.*NumPy alone"):
        check(namespace["column_softmax"])


def test_a_function_of_another_name_is_told_which_names_there_are():
    with pytest.raises(ValueError, match=r"no exercise asks for my_softmax.*column_softmax"):
        check(suite.renamed(abs, "my_softmax"))


def test_jupyter_shows_no_traceback():
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell()
    shell.run_cell("from softmax_edu.exercises import check")
    shell.run_cell("def column_softmax(logits, temperature):\n    return logits")
    with capture_output() as captured:
        shell.run_cell("check(column_softmax)")
    assert "column_softmax is not right yet." in captured.stdout
    assert "Traceback" not in captured.stdout + captured.stderr
    assert "checking.py" not in captured.stdout
