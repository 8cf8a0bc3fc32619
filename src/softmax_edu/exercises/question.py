"""A question wants one function: it has inputs to try it on, and mistakes to look for."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from softmax_edu.misconceptions.outcomes import Outcome, outcome

_ANSWERS = Path(__file__).with_name("answers")


@dataclass(frozen=True)
class Mistake:
    """A wrong program for a question, and what to say to whoever wrote it.

    What it does there needs no words: the check shows what was called and what came back.
    """

    wrong: Callable[..., Any]
    exposed_by: str  # the probe on which it goes wrong
    why: str  # what the program does instead
    fix: str
    chapter: str  # the notebook that explains it

    @property
    def name(self) -> str:
        """Return the name of the wrong program, which no other mistake has."""
        return self.wrong.__name__


@dataclass(frozen=True, eq=False)
class Question:
    """A function that a learner writes, inputs to try it on, and mistakes to look for.

    Of a graded question the package holds the right answers for the probes only, as numbers
    in ``answers/``: a program that computes them would be the solution.
    ``tools/store_answers.py`` writes them.
    """

    name: str  # of the function
    takes: str  # such as "logits (C, m), temperature -> probs (C, m)"
    probes: Mapping[str, tuple[Any, ...]]  # what is special about an input -> the arguments
    mistakes: tuple[Mistake, ...] = ()
    tolerance: float = 2e-6  # enough for float32; more where an answer takes many steps
    right: Callable[..., Any] | None = None  # a right program, where nothing is graded

    def __post_init__(self) -> None:
        frozen = {what: tuple(map(_frozen, given)) for what, given in self.probes.items()}
        object.__setattr__(self, "probes", MappingProxyType(frozen))

    @property
    def arguments(self) -> list[str]:
        """Name the arguments, in order."""
        inside = self.takes.partition(" -> ")[0]
        return [part.split()[0] for part in _outside_brackets(inside)]

    @property
    def is_graded(self) -> bool:
        """Tell whether the right program is the learner's secret to find."""
        return self.right is None

    def answer(self, what: str) -> Outcome:
        """Return what a right program does on one of the probes."""
        if self.right is not None:
            return outcome(self.right, self.probes[what])
        return Outcome(_read(_stored()[self.name][what]), None, False)


def _frozen(argument: Any) -> Any:
    """Turn a list into an array that nobody can write into."""
    if isinstance(argument, list):
        argument = np.array(argument)
        argument.setflags(write=False)
    return argument


def _outside_brackets(text: str) -> list[str]:
    """Cut at the commas that no bracket holds: "X (m, n), rate" has two parts."""
    parts, depth = [""], 0
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


@cache
def _stored() -> dict[str, dict[str, Any]]:
    answers: dict[str, dict[str, Any]] = {}
    for path in _ANSWERS.glob("*.json"):
        answers |= json.loads(path.read_text(encoding="utf-8"))
    return answers


def _read(stored: Any) -> Any:
    """Return a stored answer: an object is several results, a list is an array."""
    if isinstance(stored, dict):
        return tuple(map(_read, stored.values()))
    return np.array(stored) if isinstance(stored, list) else stored
