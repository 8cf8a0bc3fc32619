"""Questions that answer at once, with the reason for every option."""

import html
import json
from pathlib import Path
from typing import Any

import traitlets

from softmax_edu.figures.live_figure import LiveFigure, output
from softmax_edu.figures.questions import LETTERS, Question, read_questions

# Where an installed package keeps the chapters' questions: on Colab the notebook comes alone.
BROUGHT = Path(__file__).parents[1] / "_book" / "notebooks"

# JupyterLab would take the arrow keys, unless the focused element itself asks it not to.
KEYS = 'data-lm-suppress-shortcuts="true"'


class SelfTest(LiveFigure, module="self_test.js"):
    """Answer the questions of a chapter, and learn why.

    Parameters
    ----------
    chapter : str
        Such as ``"06_gradient"``: the questions are in ``06_gradient.questions.toml``.
    folder : str or Path
        Where this file is; by default the folder of the notebook. If it is not there, the one
        that an installed package brings is taken.

    Attributes
    ----------
    answers : list
        What has been answered, for each question in its order: a letter such as ``"B"``, letters
        such as ``"AC"``, a number, or None. It can be set too.
    right : list
        For each question True, False or None.
    score : int
        How many answers are right.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If something is wrong with a question; the message says what would be right.

    Examples
    --------
    >>> test = SelfTest("06_gradient", folder="notebooks")
    >>> test.answers = ["C", -0.06, None, "A", None]
    >>> test.score, test.right
    (2, [True, True, None, False, None])
    """

    chapter = traitlets.Unicode().tag(sync=True)
    key = traitlets.List(traitlets.Dict()).tag(sync=True)
    answers = traitlets.List(traitlets.Any()).tag(sync=True)
    markup = traitlets.Unicode().tag(sync=True)

    right = output()
    score = output()

    def __init__(self, chapter: str, *, folder: str | Path = ".") -> None:
        name = f"{chapter}.questions.toml"
        path, inside = Path(folder, name), BROUGHT / name
        if inside.exists() and not path.exists():
            path = inside
        questions = read_questions(path)
        super().__init__(
            chapter=chapter,
            key=[question.key for question in questions],
            answers=[None] * len(questions),
            markup=markup(chapter, questions),
        )

    def numbers(self) -> dict[str, Any]:
        right = [is_right(*pair) for pair in zip(self.key, self.answers, strict=True)]
        return {"right": right, "score": right.count(True)}

    def state(self) -> dict[str, Any]:
        # The questions themselves stand in the page already.
        return {name: value for name, value in super().state().items() if name != "markup"}

    def static_html(self) -> str:
        state = html.escape(json.dumps(self.state(), ensure_ascii=False))
        return (
            f'<div class="live-figure" data-figure="self_test" data-state="{state}">'
            f"{self.markup}</div>"
        )

    def __repr__(self) -> str:
        return f"SelfTest({self.chapter!r})"

    @traitlets.validate("answers")
    def _answers_fit(self, proposal: Any) -> Any:
        answers = proposal["value"]
        if len(answers) != len(self.key):
            raise traitlets.TraitError(
                f"answers should have {len(self.key)} entries, one for each question; "
                f"it has {len(answers)}"
            )
        for number, (key, answer) in enumerate(zip(self.key, answers, strict=True), 1):
            wanted = float | int if key["kind"] == "number" else str
            if answer is not None and (not isinstance(answer, wanted) or isinstance(answer, bool)):
                kind = "a number" if wanted is not str else "a text of letters"
                raise traitlets.TraitError(
                    f"answers to question {number} should be {kind}, or None; not {answer!r}"
                )
        return answers


def is_right(key: dict[str, Any], answer: Any) -> bool | None:
    """Judge an answer; None is none yet. The script does the same."""
    if answer is None:
        return None
    if key["kind"] == "number":
        # a hair more, since 0.3 - 0.1 is not 0.2 in floating-point numbers
        return bool(abs(answer - key["right"]) <= key["tolerance"] + 1e-9 * abs(key["right"]))
    return bool(answer == key["right"])


def markup(chapter: str, questions: list[Question]) -> str:
    """Return the questions as HTML: without a script the reasons are there, folded."""
    parts = [_question(chapter, number, each) for number, each in enumerate(questions, 1)]
    return (
        "".join(parts)
        + '<p class="score"><span class="reading"></span> '
        + f'<button type="button" class="again" {KEYS}>Start again</button></p>'
    )


def _question(chapter: str, number: int, question: Question) -> str:
    names = [
        _shown(option.text) if question.kind == "number" else letter
        for letter, option in zip(LETTERS, question.options, strict=False)
    ]
    ways = (
        _number_field(question)
        if question.kind == "number"
        else _options(f"{chapter}-{number}", question)
    )
    check = f'<button type="button" class="check" {KEYS}>Check</button>'
    hint = " <em>More than one may be right.</em>" if question.kind == "several" else ""
    reasons = "".join(
        f'<li><span class="sign" aria-hidden="true">{"✓" if option.right else "✗"}</span> '
        f"<b>{name}</b> is {'right' if option.right else 'wrong'}: {option.why}</li>"
        for name, option in zip(names, question.options, strict=True)
    )
    return (
        f'<section class="question" data-kind="{question.kind}"><fieldset>'
        f"<legend><b>Question {number}.</b> {question.text}{hint}</legend>"
        f"{ways}{'' if question.kind == 'one' else check}</fieldset>"
        '<section class="verdict"></section>'
        f"<details><summary>Answer to question {number}</summary><ul>{reasons}</ul></details>"
        "</section>"
    )


def _options(group: str, question: Question) -> str:
    kind = "radio" if question.kind == "one" else "checkbox"
    return "".join(
        f'<label><input type="{kind}" name="{group}" value="{letter}" {KEYS}/> '
        f"<b>{letter}</b> <span>{option.text}</span></label>"
        for letter, option in zip(LETTERS, question.options, strict=False)
    )


def _number_field(question: Question) -> str:
    unit = f" <span>{question.unit}</span>" if question.unit else ""
    return (
        f'<label><span>Your number</span> <input type="text" autocomplete="off" {KEYS}/>'
        f"{unit}</label>"
    )


def _shown(number: str) -> str:
    """Write a number as the book does, with a true minus sign."""
    return number.replace("-", "\N{MINUS SIGN}")
