"""Run a learner's function, compare, and say what went wrong."""

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from softmax_edu.exercises.question import Mistake, Question
from softmax_edu.misconceptions.outcomes import Outcome, differ, outcome

WIDTH = 80  # of what is said


class NotYet(AssertionError):
    """An answer that is not right yet. Jupyter shows what it says, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def check(function: Callable[..., Any]) -> None:
    """Try a function on a few inputs, and name the mistake if it is a known one.

    Parameters
    ----------
    function : callable
        The learner's answer to an exercise, under the name that the exercise gives it; or
        what a reader wrote along the chapters, named after its task in
        `softmax_edu.misconceptions.TASKS`, such as ``softmax`` or ``cross_entropy``.

    Raises
    ------
    NotYet
        If the answer is wrong somewhere. It says what was called, what came back, what is
        right, and, where the function behaves like a mistake of the catalogue on every
        input, which mistake that is and which chapter explains it.
    ValueError
        If there is no exercise and no task of this name.

    Examples
    --------
    >>> import numpy as np
    >>> def column_softmax(logits, temperature):
    ...     t = np.exp(logits / temperature)
    ...     return t / t.sum(axis=1, keepdims=True)
    >>> check(column_softmax)  # doctest: +IGNORE_EXCEPTION_DETAIL, +ELLIPSIS
    Traceback (most recent call last):
    NotYet: column_softmax is not right yet.
    """
    from softmax_edu.exercises import PRACTICE, QUESTIONS

    name = getattr(function, "__name__", repr(function))
    question = QUESTIONS.get(name) or PRACTICE.get(name)
    if question is None:
        raise ValueError(
            f"no exercise asks for {name}; "
            f"a function to check is called one of: {', '.join(sorted(QUESTIONS))}; "
            f"or, along the chapters: {', '.join(sorted(PRACTICE))}"
        )
    foreign = _from_the_package(function) if question.is_graded else None
    if foreign:
        raise NotYet(
            f"{name} uses {foreign} of softmax_edu. "
            "An answer is written with NumPy alone, and graded where nothing else is installed."
        )
    outcomes = {what: outcome(function, given) for what, given in question.probes.items()}
    failed = [what for what, mine in outcomes.items() if _is_wrong(question, what, mine)]
    if all(isinstance(mine.error, NotImplementedError) for mine in outcomes.values()):
        raise NotYet(f"{name} is not written yet.")
    if failed:
        mistake = _diagnosis(question, outcomes)
        what = mistake.exposed_by if mistake and mistake.exposed_by in failed else failed[0]
        raise NotYet(_report(question, what, outcomes[what], mistake))
    print(f"{name}: right on all {len(outcomes)} inputs that were tried.")


def examine(
    function: Callable[..., Any],
    right: Callable[..., Any],
    cases: Mapping[str, tuple[Any, ...]],
    tolerance: float = 2e-6,
) -> None:
    """Compare a function with a right one; for hidden tests, so the inputs are not shown.

    Parameters
    ----------
    function, right : callable
    cases : mapping of str to tuple
        Arguments, by what is special about them, such as ``"a batch of one"``.
    tolerance : float
        The largest difference between two numbers that count as equal.

    Raises
    ------
    NotYet
        At the first case in which the two differ. It names the case and what can be seen
        in the result.

    Examples
    --------
    >>> examine(abs, lambda x: x, {"-2": (-2.0,)})
    Traceback (most recent call last):
    softmax_edu.exercises.checking.NotYet: A hidden test failed: -2. The result has another value.
    """
    for what, given in cases.items():
        mine, theirs = outcome(function, given), outcome(right, given)
        if theirs.error is not None:
            raise RuntimeError(f"the hidden test itself fails: {what}") from theirs.error
        if differ(mine, theirs, tolerance):
            raise NotYet(f"A hidden test failed: {what}. {observe(mine, theirs.value)}")


def observe(mine: Outcome, right: Any) -> str:
    """Say in one sentence what can be seen of a wrong outcome.

    Parameters
    ----------
    mine : Outcome
        Of the learner's function.
    right : array or number, or tuple of them

    Returns
    -------
    str

    Examples
    --------
    >>> observe(Outcome(np.array([[0.5, 0.5]]), None, False), np.array([0.5, 0.5]))
    'The result has shape (1, 2), where (2,) is right.'
    """
    if isinstance(mine.error, NotImplementedError):
        return "It is not written yet."
    if mine.error is not None:
        # A name that is not known, a shape that does not fit: Python's own words are the best.
        return f"It stops with {type(mine.error).__name__}: {mine.error}"
    if mine.changed:
        return "It changes its input; an answer leaves the arguments as they are."
    if mine.value is None:
        return "It returns nothing; is the return statement missing?"
    mine_parts, right_parts = _parts(mine.value), _parts(right)
    if len(mine_parts) != len(right_parts):
        return f"It returns {len(mine_parts)} results, where {len(right_parts)} are right."
    seen = [_seen(a, b) for a, b in zip(mine_parts, right_parts, strict=True)]
    if len(seen) == 1 or not any(seen):
        return f"The result {seen[0] or 'is not exact enough'}."
    numbers = [str(number) for number, what in enumerate(seen, start=1) if not what]
    good = f"Of {len(seen)} results number {' and '.join(numbers)} is right. " if numbers else ""
    number, what = next((n, what) for n, what in enumerate(seen, start=1) if what)
    return f"{good}Result {number} {what}."


def _seen(a: Any, b: Any) -> str:
    """Say what can be seen of a result beside the right one; nothing if they are alike."""
    if a is None:
        return "has rows of different lengths"
    if a.dtype.kind not in "biuf":
        return "is not made of real numbers"
    if a.shape != b.shape:
        return f"has shape {a.shape}, where {b.shape} is right"
    if not np.isfinite(a[np.isfinite(b)]).all():
        bad = "nan" if np.isnan(a).any() else "inf"
        return f"contains {bad}, where a finite number is right"
    if np.allclose(a, b, rtol=1e-5, atol=_TINY, equal_nan=True):
        return ""
    if a.size > 1 and not a.any():
        return "is 0 in every entry"
    if ratio := _ratio(a, b):
        return f"is {ratio} times the right one, in every entry"
    return "has other values" if a.size > 1 else "has another value"


_TINY = 1e-6  # what counts as 0 when two results are set in relation


def _ratio(a: Any, b: Any) -> str:
    """Return the factor by which all of `a` differs from `b`, if there is one that is not 1."""
    ratios = a[np.abs(b) > _TINY] / b[np.abs(b) > _TINY]
    if ratios.size < 2 or np.abs(a[np.abs(b) <= _TINY]).max(initial=0) > _TINY:
        return ""
    one = np.isclose(ratios, ratios[0], rtol=1e-4, atol=0).all()
    return f"{ratios[0]:.4g}" if one and not np.isclose(ratios[0], 1, rtol=1e-4) else ""


def _parts(value: Any) -> list[Any]:
    return [_array(part) for part in (value if isinstance(value, tuple) else (value,))]


def _array(value: Any) -> Any:
    try:
        return np.asarray(value)
    except ValueError:  # rows of different lengths
        return None


def _diagnosis(question: Question, outcomes: Mapping[str, Outcome]) -> Mistake | None:
    """Find the mistake that behaves like the learner's function on every probe.

    If there is none, overflow may hide it: then the probes count where the result is finite.
    """
    tame = [what for what, mine in outcomes.items() if _is_finite(mine)]
    failed = [what for what in tame if _is_wrong(question, what, outcomes[what])]
    for probes in (list(outcomes), tame if len(tame) > 2 and failed else []):
        for mistake in question.mistakes if probes else ():
            if not any(
                differ(
                    outcomes[what],
                    outcome(mistake.wrong, question.probes[what]),
                    question.tolerance,
                )
                for what in probes
            ):
                return mistake
    return None


def _is_wrong(question: Question, what: str, mine: Outcome) -> bool:
    return differ(mine, question.answer(what), question.tolerance)


def _is_finite(mine: Outcome) -> bool:
    if mine.error is not None:
        return False
    parts = _parts(mine.value)
    return all(
        part is not None and part.dtype.kind in "biuf" and np.isfinite(part).all() for part in parts
    )


def _report(question: Question, what: str, mine: Outcome, mistake: Mistake | None) -> str:
    right = question.answer(what)
    given = zip(question.arguments, question.probes[what], strict=True)
    if mistake:
        words = f"{mistake.why} {mistake.fix} See chapter {int(mistake.chapter[:2])}."
    else:
        words = observe(mine, right.value) if right.error is None else "It raises no error."
    return "\n".join(
        [
            f"{question.name} is not right yet. This was tried: {what}.",
            _beside("called with  ", "\n".join(_beside(f"{n} = ", _show(v)) for n, v in given)),
            _beside("returned     ", _show(mine.value) if mine.error is None else "nothing"),
            _beside("right is     ", _show_right(right)),
            textwrap.fill(words, WIDTH),
        ]
    )


def _show_right(right: Outcome) -> str:
    if right.error is not None:
        return f"an error: {type(right.error).__name__}: {right.error}"
    return _show(right.value)


def _beside(head: str, text: str) -> str:
    """Set a text of several lines to the right of its head."""
    return head + text.replace("\n", "\n" + " " * len(head))


def _show(value: Any) -> str:
    """Write a value so that it can be read: a matrix row by row, of a large one the corners."""
    if isinstance(value, tuple):
        return "\n".join(map(_show, value))
    array = _array(value)
    if array is None or array.dtype.kind not in "biuf":
        return textwrap.shorten(repr(value), WIDTH - 20)
    return np.array2string(
        array,
        max_line_width=WIDTH - 20,
        precision=4,
        separator=", ",
        suppress_small=True,
        threshold=40,
        edgeitems=2,
    )


def _from_the_package(function: Callable[..., Any]) -> str | None:
    """Name what a function uses of this package, if it does."""
    code = getattr(function, "__code__", None)
    known = getattr(function, "__globals__", {})
    for name in code.co_names if code else ():
        used = known.get(name)
        home = getattr(used, "__module__", None) or getattr(used, "__name__", "")
        if str(home).partition(".")[0] == "softmax_edu":
            return str(name)
    return None
