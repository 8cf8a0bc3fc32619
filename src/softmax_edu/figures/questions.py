"""Read self-test questions: a TOML file beside each chapter, checked before anybody sees it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from softmax_edu.figures.short_markdown import to_html

LETTERS = "ABCDEFGH"

# What each kind of table may hold, and of which type it is.
Types = tuple[type, ...]
WORD: Types = (str,)
NUMBER: Types = (int, Decimal)
TRUTH: Types = (bool,)
TABLES: Types = (list,)
QUESTION = {
    **{"text": WORD, "kind": WORD, "option": TABLES},
    **{"answer": NUMBER, "tolerance": NUMBER, "unit": WORD, "why": WORD, "mistake": TABLES},
}
OPTION = {"text": WORD, "why": WORD, "right": TRUTH}
MISTAKE = {"value": NUMBER, "why": WORD}
NAMES = {WORD: "a text", NUMBER: "a number", TRUTH: "true or false", TABLES: "a list of tables"}


@dataclass(frozen=True)
class Option:
    """Something that can be answered, and what there is to say about it; texts are HTML."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question; the options of a number are its answer, then the mistakes that are known."""

    text: str
    kind: str  # "one", "several" or "number"
    options: tuple[Option, ...]
    tolerance: float = 0.0
    unit: str = ""

    @property
    def key(self) -> dict[str, Any]:
        """What a script needs to judge an answer."""
        if self.kind == "number":
            answer, *mistakes = (float(option.text) for option in self.options)
            return {
                "kind": self.kind,
                "right": answer,
                "tolerance": self.tolerance,
                "mistakes": mistakes,
            }
        right = (letter for letter, o in zip(LETTERS, self.options, strict=False) if o.right)
        return {"kind": self.kind, "right": "".join(right)}


def read_questions(path: Path) -> list[Question]:
    """Read the questions of a chapter.

    Parameters
    ----------
    path : Path
        A file of tables ``[[question]]``. Each has a ``text``. A choice has tables
        ``[[question.option]]`` with ``text``, ``why``, and ``right = true`` where it is right; its
        ``kind`` is ``"one"`` or ``"several"``, by how many are right unless it is stated. A number
        has an ``answer``, a ``tolerance``, a ``why``, perhaps a ``unit``, and tables
        ``[[question.mistake]]`` with a ``value`` that learners arrive at and ``why`` it is wrong.

    Returns
    -------
    list of Question

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If something in it is missing, unknown or contradictory; the message says in which
        question, and what would be right.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"looked for the questions in {path.name}, in the folder {path.parent.resolve()}, "
            "and they are not there; run the notebook from its own folder"
        )
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, source: str) -> list[Question]:
    """Read questions from a text; ``source`` is what messages call it."""
    try:
        # Decimal keeps a number as it is written: 1.040 has three digits that count.
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{source} is not TOML: {error}") from None
    if list(content) != ["question"] or not isinstance(content["question"], list):
        raise ValueError(f"{source} should hold tables [[question]] and nothing else")
    questions = []
    for number, table in enumerate(content["question"], 1):
        try:
            questions.append(_question(table))
        except ValueError as error:
            raise ValueError(f"{source}, question {number}: {error}") from None
    return questions


def _question(table: Mapping[str, Any]) -> Question:
    _check(table, QUESTION, needed=["text"])
    if "answer" in table or table.get("kind") == "number":
        return _number(table)
    for name in ("tolerance", "unit", "why", "mistake"):
        if name in table:
            raise ValueError(f"{name} belongs to a question with an answer that is a number")
    options = []
    for letter, each in zip(LETTERS, table.get("option", []), strict=False):
        _check(each, OPTION, needed=["text", "why"], where=f"option {letter}: ")
        options.append(
            Option(to_html(each["text"]), each.get("right", False), to_html(each["why"]))
        )
    if len({option.text for option in options}) != len(options):
        raise ValueError("two options say the same")
    if len(options) < 2:
        raise ValueError(f"it has {len(options)} options; it needs 2 or more, or an answer")
    right = sum(option.right for option in options)
    kind = table.get("kind", "one" if right == 1 else "several")
    if kind not in ("one", "several"):
        raise ValueError(f'there is no kind "{kind}"; there are "one", "several" and "number"')
    if not right:
        raise ValueError("no option is right; mark one with right = true")
    if kind == "one" and right > 1:
        raise ValueError(f'{right} options are right; of kind "one" exactly 1 should be')
    return Question(to_html(table["text"]), kind, tuple(options))


def _number(table: Mapping[str, Any]) -> Question:
    if table.get("kind", "number") != "number" or "option" in table:
        raise ValueError("a question with an answer that is a number has neither options nor kind")
    _check(table, QUESTION, needed=["text", "answer", "tolerance", "why"])
    tolerance = float(table["tolerance"])
    if tolerance < 0:
        raise ValueError(f"the tolerance is {tolerance}; it should be 0 or more")
    options = [Option(str(table["answer"]), True, to_html(table["why"]))]
    for position, each in enumerate(table.get("mistake", []), 1):
        _check(each, MISTAKE, needed=["value", "why"], where=f"mistake {position}: ")
        for other in options:
            if abs(float(each["value"]) - float(other.text)) <= 2 * tolerance:
                raise ValueError(
                    f"mistake {position}: {each['value']} cannot be told from {other.text} "
                    f"with a tolerance of {tolerance}"
                )
        options.append(Option(str(each["value"]), False, to_html(each["why"])))
    unit = to_html(table.get("unit", ""))
    return Question(to_html(table["text"]), "number", tuple(options), tolerance, unit)


def _check(
    table: Mapping[str, Any],
    known: Mapping[str, Types],
    needed: list[str],
    where: str = "",
) -> None:
    """Compare a table with what it may hold."""
    for name, value in table.items():
        if name not in known:
            raise ValueError(f"{where}{name} is unknown; known are {', '.join(known)}")
        if type(value) not in known[name]:
            raise ValueError(f"{where}{name} should be {NAMES[known[name]]}, it is {value!r}")
        if isinstance(value, str) and not value.strip():
            raise ValueError(f"{where}{name} is empty")
    for name in needed:
        if name not in table:
            raise ValueError(f"{where}{name} is missing")
