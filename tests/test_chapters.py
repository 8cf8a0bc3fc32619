"""Each chapter has the form that readers learn to expect: sections, questions, exercises."""

import re

import pytest
import render

CHAPTERS = [path for path in render.chapters() if path.parent == render.NOTEBOOKS]

SECTIONS = ["Check it", "Summary", "Test yourself", "Exercises", "Further reading"]
QUESTION = re.compile(r"^\*\*Question (\d+)\.\*\*", re.M)
OPTION = re.compile(r"^- \*\*([A-D])\*\* (?!is (?:right|wrong):)", re.M)
ANSWER = re.compile(
    r"^:::\{admonition\} Answer to question (\d+)\n:class: dropdown tip\n(.*?)^:::$", re.M | re.S
)
REASON = re.compile(r"^- \*\*([A-D])\*\* is (right|wrong): \S", re.M)


def form_problems(text):
    """List what a chapter lacks of its form."""
    headings = re.findall(r"^## (.+)$", text, re.M)
    problems = []
    if headings[-len(SECTIONS) :] != SECTIONS:
        problems.append(f"it should close with the sections {', '.join(SECTIONS)}")
    if "{admonition} In this chapter" not in text:
        problems.append("it does not say what the reader will do and needs")
    if len(re.findall(r'^ +name: "?fig-\d\d-', text, re.M)) < 2:
        problems.append("it has fewer than two figures")
    exercises = re.findall(r"^:{3,}\{exercise\}.*\n:label: (\S+)$", text, re.M)
    solutions = re.findall(r"^:{3,}\{solution\} (\S+)\n:class: dropdown$", text, re.M)
    if len(exercises) < 4:
        problems.append(f"it has {len(exercises)} exercises, at least 4 are wanted")
    if sorted(exercises) != sorted(solutions):
        problems.append("its exercises and folded solutions do not correspond")
    return problems + question_problems(text)


def question_problems(text):
    """Find self-test questions without a reason for every option, or not one right answer."""
    section = text.partition("\n## Test yourself\n")[2].partition("\n## ")[0]
    _, *parts = QUESTION.split(section)
    numbers, bodies = list(map(int, parts[::2])), parts[1::2]
    problems = []
    if not 3 <= len(numbers) <= 5 or numbers != list(range(1, len(numbers) + 1)):
        problems.append(f"its questions are {numbers}; there should be 3 to 5, in order")
    for number, body in zip(numbers, bodies, strict=True):
        answer = ANSWER.search(body)
        if not answer or int(answer[1]) != number:
            problems.append(f"question {number} has no folded answer")
            continue
        options = OPTION.findall(body[: answer.start()])
        reasons = REASON.findall(answer[2])
        if len(options) < 3 or options != [letter for letter, _ in reasons]:
            problems.append(f"question {number} needs 3 or 4 options, with a reason for each")
        if [verdict for _, verdict in reasons].count("right") != 1:
            problems.append(f"question {number} should have one right answer")
    return problems


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_has_its_form(path):
    problems = form_problems(path.read_text(encoding="utf-8"))
    assert not problems, f"{path.stem}: {'; '.join(problems)}"


def test_right_answers_stand_in_every_place():
    """A reader who always says B should not pass."""
    letters = [
        letter
        for path in CHAPTERS
        for letter, verdict in REASON.findall(path.read_text(encoding="utf-8"))
        if verdict == "right"
    ]
    assert max(map(letters.count, "ABCD")) <= len(letters) / 2


GOOD = CHAPTERS[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("## Summary", "## Sumary", "close with the sections"),
        ("{admonition} In this chapter", "{note}", "what the reader will do"),
        ("name: fig-01", "nome: fig-01", "two figures"),
        (":label: ex-01", ":lable: ex-01", "at least 4"),
        ("{solution} ex-01", "{solution} ex-02", "do not correspond"),
        ("**Question 2.**", "**Question 3.**", "in order"),
        ("Answer to question 1", "Answer", "no folded answer"),
        (":class: dropdown tip", ":class: tip", "no folded answer"),
        ("- **B** is", "- **A** is", "a reason for each"),
        ("is wrong:", "is right:", "one right answer"),
        ("is right:", "is wrong:", "one right answer"),
    ],
)
def test_guard_sees_a_planted_fault(old, new, complaint):
    assert old in GOOD
    assert any(complaint in problem for problem in form_problems(GOOD.replace(old, new)))
