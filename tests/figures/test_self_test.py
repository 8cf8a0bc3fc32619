"""Self-test questions: read with care, shown safely, judged alike by script and package."""

import json
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import live_figures
import numpy as np
import pytest
import traitlets
from agreement import NODE
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

from softmax_edu.figures import SelfTest, self_test
from softmax_edu.figures.modules import FOLDER
from softmax_edu.figures.questions import parse, read_questions
from softmax_edu.figures.self_test import is_right
from softmax_edu.figures.short_markdown import to_html

CHOICE = """
[[question]]
text = 'Which of $a < b$?'

[[question.option]]
text = 'this'
why = 'it *is* not.'

[[question.option]]
text = 'that'
right = true
why = 'see [chapter 6](06_gradient.ipynb#eq-06-dz).'

[[question.option]]
text = '`none`'
why = 'there is one.'
"""
SEVERAL = CHOICE.replace("why = 'it", "right = true\nwhy = 'it")
NUMBER = r"""
[[question]]
text = 'How much is $1.5 \log 2$?'
answer = 1.040
tolerance = 0.002
unit = 'nats'
why = 'so it is.'

[[question.mistake]]
value = 1.5
why = 'these are bits.'

[[question.mistake]]
value = -1.04
why = 'the sign.'
"""
KEYS = [each.key for each in parse(CHOICE + SEVERAL + NUMBER, "test")]


@pytest.fixture(name="test")
def make_test(tmp_path):
    """Make a self-test of one question of each kind."""
    (tmp_path / "00_try.questions.toml").write_text(CHOICE + SEVERAL + NUMBER, encoding="utf-8")
    return SelfTest("00_try", folder=tmp_path)


def in_node(script, given):
    """Run a script that has the module's functions, `given`, and returns a value."""
    address = (FOLDER / "self_test.js").as_uri()
    program = (
        f"import * as quiz from {json.dumps(address)};"
        f"const given = {json.dumps(given)};"
        f"process.stdout.write(JSON.stringify((() => {{ {script} }})()));"
    )
    result = subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "-"],
        input=program,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


# Reading the file


def test_questions_are_read_as_they_are_written():
    one, several, number = parse(CHOICE + SEVERAL + NUMBER, "test")
    assert [one.kind, several.kind, number.kind] == ["one", "several", "number"]
    assert [option.right for option in one.options] == [False, True, False]
    assert [option.text for option in number.options] == ["1.040", "1.5", "-1.04"]
    assert one.key == {"kind": "one", "right": "B"}
    assert several.key == {"kind": "several", "right": "AB"}
    assert number.key == {
        **{"kind": "number", "right": 1.04, "tolerance": 0.002, "mistakes": [1.5, -1.04]},
    }


def test_a_stated_kind_is_kept():
    (question,) = parse(
        CHOICE.replace("[[question]]\n", '[[question]]\nkind = "several"\n'), "test"
    )
    assert question.kind == "several"
    assert question.key["right"] == "B"


@pytest.mark.parametrize(
    ("good", "old", "new", "complaint"),
    [
        (CHOICE, CHOICE, "", "should hold tables"),
        (CHOICE, "[[question]]", "[[qestion]]\n[[question]]", "should hold tables"),
        (CHOICE, "'this'", "'this", "is not TOML"),
        (CHOICE, "text = 'Which", "txt = 'Which", "question 2: txt is unknown; known are text"),
        (CHOICE, "text = 'this'\n", "", "option A: text is missing"),
        (CHOICE, "why = 'there is one.'", "", "option C: why is missing"),
        (CHOICE, "'there is one.'", "' '", "option C: why is empty"),
        (CHOICE, "right = true", "right = 'yes'", "right should be true or false, it is 'yes'"),
        (CHOICE, "right = true\n", "", "mark one with right = true"),
        (CHOICE, "'that'", "'this'", "say the same"),
        (CHOICE, "'that'", "'by {eq}`eq-a`'", 'question 2: "{eq}" has no meaning'),
        (CHOICE, "[[question]]", '[[question]]\nkind = "any"', 'no kind "any"; there are "one"'),
        (SEVERAL, "[[question]]", '[[question]]\nkind = "one"', "2 options are right"),
        (CHOICE, "[[question]]", "[[question]]\nunit = 'm'", "unit belongs to a question with"),
        (CHOICE, "[[question]]", "[[question]]\nanswer = 3", "neither options nor kind"),
        (CHOICE, CHOICE, "[[question]]\ntext = 'What?'", "0 options; it needs 2 or more"),
        (CHOICE, CHOICE, "[[question]]\ntext = 'What?'\nkind = 'number'", "answer is missing"),
        (NUMBER, "tolerance = 0.002\n", "", "tolerance is missing"),
        (NUMBER, "tolerance = 0.002", "tolerance = -1", "should be 0 or more"),
        (NUMBER, "answer = 1.040", "answer = '1'", "answer should be a number, it is '1'"),
        (NUMBER, "value = 1.5", "value = 1.043", "1.043 cannot be told from 1.040"),
        (NUMBER, "value = 1.5", "value = -1.039", "cannot be told from -1.039"),
        (NUMBER, "value = 1.5\n", "", "mistake 1: value is missing"),
    ],
)
def test_a_fault_is_named_with_its_place(good, old, new, complaint):
    assert old in good
    parse(NUMBER + good, "test.toml")
    with pytest.raises(ValueError, match=re.escape(complaint)) as caught:
        parse(NUMBER * (good is not old) + good.replace(old, new, 1), "test.toml")
    assert "test.toml" in str(caught.value)


def test_where_only_the_notebook_was_brought_the_package_s_own_questions_are_taken(
    tmp_path, monkeypatch
):
    (tmp_path / "00_try.questions.toml").write_text(CHOICE)
    monkeypatch.setattr(self_test, "BROUGHT", tmp_path)
    assert len(SelfTest("00_try", folder="nowhere").key) == 1


def test_a_missing_file_is_named_with_its_folder(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        read_questions(tmp_path / "00_try.questions.toml")
    assert "00_try.questions.toml, in the folder " + str(tmp_path) in str(caught.value)


# Short texts


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("*a* **b** `c`", "<em>a</em> <strong>b</strong> <code>c</code>"),
        ("[six](06_gradient.ipynb)", '<a href="06_gradient.ipynb">six</a>'),
        ("<b>& <script>alert(1)</script>", "&lt;b&gt;&amp; &lt;script&gt;"),
        ("`<img onerror=x>`", "<code>&lt;img onerror=x&gt;</code>"),
        ("# no\n- list", "# no\n- list"),
    ],
)
def test_short_texts_become_safe_html(text, wanted):
    assert to_html(text).startswith(wanted)
    assert "<script" not in to_html(text)


def test_a_formula_is_mathml_that_keeps_its_latex():
    soup = BeautifulSoup(to_html(r'$a < \text{"b"} \& 1$'), "html.parser")
    assert soup.span["data-tex"] == r'a < \text{"b"} \& 1'
    assert soup.span["class"] == ["math"]
    assert soup.span.math.find("mo", string="<")


def test_a_full_stop_stays_with_its_formula():
    assert 'data-tex="z."' in to_html("It is $z$. So")
    assert 'data-tex="z"' in to_html("It is $z$: so")  # KaTeX would set it as a ratio


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[x](javascript:alert(1))", "lost its partner"),
        ("[x](http://softmax.example)", "should lead to a chapter"),
        ("[x](../../secret)", "should lead to a chapter"),
        ("by {eq}`eq-06-dz`", "{eq}"),
        ("it costs $5", "lost its partner"),
        ("a ` b", "lost its partner"),
        ("a **b", "lost its partner"),
        (r"$\left( z$", "cannot be read"),
        (r"a \hat y", "has no meaning"),
    ],
)
def test_what_a_short_text_cannot_say_is_refused(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        to_html(text)


# The widget


def test_without_a_script_everything_can_be_read(test):
    soup = BeautifulSoup(test.static_html(), "html.parser")
    (figure,) = soup.select("div")  # the page finds its end by the one </div>
    assert [len(each.select("label")) for each in figure.select(".question")] == [3, 3, 1]
    assert [each.text.split(".")[0] for each in figure.select("legend > b")] == [
        *("Question 1", "Question 2", "Question 3"),
    ]
    reasons = [item.text for item in figure.select("details")[2].select("li")]
    assert reasons[0].endswith("1.040 is right: so it is.")
    assert reasons[2].endswith("\N{MINUS SIGN}1.04 is wrong: the sign.")
    assert "More than one" in figure.select("legend")[1].text
    assert json.loads(figure["data-state"]) == {
        **{"chapter": "00_try", "key": KEYS, "answers": [None] * 3},
    }
    assert repr(test) == "SelfTest('00_try')"


def test_choices_are_grouped_labelled_and_reached_by_keyboard(test):
    soup = BeautifulSoup(test.static_html(), "html.parser")
    for question in soup.select(".question"):
        assert question.select_one("fieldset > legend").text.strip()
        assert len({each.get("name") for each in question.select("input")}) == 1
        for each in question.select("input"):
            assert each.find_parent("label").text.strip()
    kinds = [soup.select(".question")[i].input["type"] for i in range(3)]
    assert kinds == ["radio", "checkbox", "text"]


def test_answers_are_judged_and_can_be_observed(test):
    seen = []
    test.observe(lambda change: seen.append(change["new"]), "score")
    test.answers = ["B", "A", None]
    test.answers = ["B", "AB", 1.041]
    assert seen == [1, 3]
    assert test.right == [True, True, True]


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        (["A"], "3 entries"),
        ([1, None, None], "question 1 should be a text"),
        ([None, None, "1"], "question 3 should be a number"),
        ([None, None, True], "question 3 should be a number"),
    ],
)
def test_answers_of_another_form_are_refused(test, answers, complaint):
    with pytest.raises(traitlets.TraitError, match=complaint):
        test.answers = answers


def test_script_and_package_judge_alike():
    rng = np.random.default_rng(3)
    around = [1.04, 1.5, -1.04, 1.042, 1.038, 1.0421, 1.0379, 0, 1e9, 1.04 - 0.002]
    answers = [
        [
            rng.choice([None, "A", "B", "C"]),
            rng.choice([None, "A", "AB", "ABC", "BC", "B"]),
            rng.choice([None, *around, *rng.normal(1.04, 0.003, 5)]),
        ]
        for _ in range(300)
    ]
    found = in_node(
        "return given.answers.map((answers) => quiz.default.numbers({ key: given.key, answers }));",
        {"key": KEYS, "answers": answers},
    )
    assert {True, False, None} == {each["right"][2] for each in found}
    for given, values in zip(answers, found, strict=True):
        assert values == _numbers(given)


def _numbers(answers):
    right = [is_right(*pair) for pair in zip(KEYS, answers, strict=True)]
    return {"right": right, "score": right.count(True)}


def test_the_reasons_shown_are_those_that_concern_the_answer():
    cases = [
        *((0, None, []), (0, "C", [2]), (0, "B", [1])),
        *((1, "AB", [0, 1]), (1, "C", [0, 1, 2]), (1, "A", [0, 1])),  # what is missed, too
        *((2, 1.041, [0]), (2, 1.499, [1]), (2, -1.04, [2]), (2, 7, [])),
    ]
    found = in_node(
        "return given.map(([key, answer]) => quiz.judge(key, answer).reasons);",
        [(KEYS[question], answer) for question, answer, _ in cases],
    )
    assert found == [reasons for *_, reasons in cases]


def test_with_no_tolerance_the_answer_itself_is_right():
    key = {"kind": "number", "right": 0, "tolerance": 0, "mistakes": [1]}
    found = in_node("return [0, 1e-12, 1].map((x) => quiz.judge(given, x));", key)
    assert [each["right"] for each in found] == [True, False, False]
    assert [each["reasons"] for each in found] == [[0], [], [1]]
    assert is_right(key, 0)
    assert not is_right(key, 1e-12)


def test_the_verdict_is_said_in_words():
    def comment(question, answer):
        return in_node(
            "return quiz.comment(given[0], given[1], quiz.judge(given[0], given[1]));",
            (KEYS[question], answer),
        )

    assert comment(0, "C") == ""  # the one reason says it
    assert comment(1, "AB") == "✓ Right: A and B."
    assert comment(1, "AC") == "✗ Not right yet. Ticked wrongly: C. Missed: B."
    assert comment(2, 1.5) == ""
    assert comment(2, -7).startswith("✗ \N{MINUS SIGN}7 is not right. Try again")


NUMBERS = [
    *((" 0.75 ", 0.75), ("1e-3", 1e-3), ("1E3", 1000), ("+.5", 0.5), ("3.", 3), ("007", 7)),
    *(("\N{MINUS SIGN}0.5", -0.5), ("\N{EN DASH}2e\N{MINUS SIGN}2", -0.02), ("-0", 0)),
]


def test_numbers_are_read_in_the_ways_people_write_them():
    found = in_node("return given.map(quiz.parse);", [text for text, _ in NUMBERS])
    assert found == [{"value": value} for _, value in NUMBERS]


def test_every_float_that_python_writes_is_read_back():
    rng = np.random.default_rng(4)
    values = (rng.normal(size=300) * 10.0 ** rng.integers(-12, 12, 300)).tolist()
    found = in_node("return given.map((text) => quiz.parse(text).value);", list(map(repr, values)))
    assert found == values


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0,75", "write a decimal point: 0.75"),
        ("-,5", "write a decimal point: -.5"),
        ("", "write a number"),
        ("one", "write a number"),
        ("1/2", "write a number"),
        ("1,000.5", "write a number"),
        ("1 000", "write a number"),
        ("1e999", "write a number"),
        ("0x10", "write a number"),
        ("NaN", "write a number"),
        ("--1", "write a number"),
    ],
)
def test_what_is_no_number_is_explained(text, wanted):
    assert wanted in in_node("return quiz.parse(given);", text)["problem"]


def test_links_lead_to_pages_and_name_formulas_by_their_numbers():
    numbers = {"displaymath": {"equation-eq-06-dz": (6, 1)}, "figure": {"fig-06-step": (6, 1)}}
    app = SimpleNamespace(
        env=SimpleNamespace(toc_fignumbers={"notebooks/06_gradient": numbers}),
        builder=SimpleNamespace(get_relative_uri=lambda _, to: Path(to).name + ".html"),
    )

    def linked(page, target):
        text = to_html(f"[there](06_gradient.ipynb{target})")
        return live_figures.with_site_links(app, f"notebooks/{page}", text)

    assert linked("05_x", "") == '<a href="06_gradient.html">there</a>'
    assert linked("05_x", "#eq-06-dz") == (
        '<a href="06_gradient.html#equation-eq-06-dz">there (6.1)</a>'
    )
    assert linked("06_gradient", "#fig-06-step") == '<a href="#fig-06-step">there</a>'
    with pytest.raises(ExtensionError, match="eq-06-none"):
        linked("05_x", "#eq-06-none")
