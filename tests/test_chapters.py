"""Each chapter has the form that readers learn to expect: sections, questions, exercises."""

import re

import pytest
import render

from softmax_edu.figures.questions import parse, read_questions

CHAPTERS = [path for path in render.chapters() if path.parent == render.NOTEBOOKS]

SECTIONS = ["Check it", "Summary", "Test yourself", "Exercises", "Further reading"]
LABEL = re.compile(r"^\$\$ \((eq-[\w-]+)\)$|^:label: (eq-[\w-]+)$|^ +name: \"?(fig-[\w-]+)", re.M)
LINK = re.compile(r'href="(\d\d_\w+)\.ipynb(?:#([\w-]+))?"')
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.])")


def questions_of(path):
    return read_questions(path.with_suffix(".questions.toml"))


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
    name = re.findall(r"^# (\d+) ", text, re.M)[0].zfill(2)
    section = text.partition("\n## Test yourself\n")[2].partition("\n## ")[0]
    if not re.search(rf'^SelfTest\("{name}_\w+"\)$', section, re.M):
        problems.append("it does not ask its questions")
    return problems


def question_problems(questions, text):
    """List what is missing around questions that are right in themselves."""
    problems = []
    if not 3 <= len(questions) <= 5:
        problems.append(f"there are {len(questions)} questions; there should be 3 to 5")
    folded = "\n".join(re.findall(r"^tags: \[hide-cell\]\n---\n(.*?)^```$", text, re.M | re.S))
    computed = [float(number) for number in NUMBER.findall(folded)]
    for number, question in enumerate(questions, 1):
        if question.kind == "number":
            answer, *mistakes = (float(option.text) for option in question.options)
            if not any(abs(each - abs(answer)) <= question.tolerance for each in computed):
                problems.append(f"the folded cell does not check the answer of question {number}")
            if len(mistakes) < 2:
                problems.append(f"question {number} names fewer than 2 mistakes")
        elif not 3 <= len(question.options) <= 5:
            problems.append(f"question {number} needs 3 to 5 options")
    return problems


def link_problems(questions):
    """Find links of questions that lead nowhere."""
    texts = [each.text for each in questions]
    texts += [part for each in questions for o in each.options for part in (o.text, o.why)]
    sources = {path.stem: path.read_text(encoding="utf-8") for path in CHAPTERS}
    return [
        f"{chapter}#{label}"
        for chapter, label in LINK.findall(" ".join(texts))
        if chapter not in sources
        or (label and label not in {"".join(found) for found in LABEL.findall(sources[chapter])})
    ]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_has_its_form(path):
    problems = form_problems(path.read_text(encoding="utf-8"))
    assert not problems, f"{path.stem}: {'; '.join(problems)}"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_questions_are_checked_and_linked(path):
    questions = questions_of(path)
    problems = question_problems(questions, path.read_text(encoding="utf-8"))
    assert not problems, f"{path.stem}: {'; '.join(problems)}"
    assert not link_problems(questions)


def test_right_answers_stand_in_every_place():
    """A reader who always says B should not pass."""
    letters = [
        question.key["right"]
        for path in CHAPTERS
        for question in questions_of(path)
        if question.kind == "one"
    ]
    assert max(map(letters.count, "ABCD")) <= len(letters) / 2
    assert min(map(letters.count, "ABCD")) >= 3


def test_most_chapters_ask_for_more_than_one_choice():
    kinds = [{question.kind for question in questions_of(path)} for path in CHAPTERS]
    assert sum(bool(each - {"one"}) for each in kinds) >= 8
    assert {"one", "several", "number"} == set().union(*kinds)


def test_no_questions_are_left_of_a_chapter_that_is_gone():
    files = {path.name for path in render.NOTEBOOKS.glob("*.questions.toml")}
    assert files == {path.with_suffix(".questions.toml").name for path in CHAPTERS}


GOOD = CHAPTERS[0].read_text(encoding="utf-8")
GOOD_QUESTIONS = CHAPTERS[0].with_suffix(".questions.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("## Summary", "## Sumary", "close with the sections"),
        ("{admonition} In this chapter", "{note}", "what the reader will do"),
        ("name: fig-01", "nome: fig-01", "two figures"),
        (":label: ex-01", ":lable: ex-01", "at least 4"),
        ("{solution} ex-01", "{solution} ex-02", "do not correspond"),
        ('SelfTest("01', 'SelfTest("02', "does not ask its questions"),
    ],
)
def test_guard_sees_a_planted_fault(old, new, complaint):
    assert old in GOOD
    assert any(complaint in problem for problem in form_problems(GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("answer = 20.1", "answer = 21.1", "does not check the answer of question 2"),
        ("[[question.mistake]]\nvalue = 3\nwhy", "remark", "fewer than 2 mistakes"),
        (
            "[[question]]\n",
            "[[question]]\ntext='?'\nanswer=1\ntolerance=0\nwhy='?'\n" * 2 + "[[question]]\n",
            "there are 12",
        ),
    ],
)
def test_guard_sees_a_planted_fault_in_the_questions(old, new, complaint):
    assert old in GOOD_QUESTIONS
    questions = parse(GOOD_QUESTIONS.replace(old, new).replace("remark", "#"), "planted")
    assert any(complaint in problem for problem in question_problems(questions, GOOD))


@pytest.mark.parametrize("target", ["01_softmax.ipynb#eq-01-shifty", "01_softmx.ipynb#eq-01-shift"])
def test_guard_sees_a_link_that_leads_nowhere(target):
    assert "01_softmax.ipynb#eq-01-shift" in GOOD_QUESTIONS
    planted = GOOD_QUESTIONS.replace("01_softmax.ipynb#eq-01-shift", target)
    assert link_problems(parse(planted, "planted"))
