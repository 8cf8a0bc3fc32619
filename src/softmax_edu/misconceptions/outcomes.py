"""Run a program on copies of its arguments, and compare what came of it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np


class Outcome(NamedTuple):
    """What a call returned, what it raised if it did, and whether it changed its arguments."""

    value: Any
    error: Exception | SystemExit | None
    changed: bool


def outcome(program: Callable[..., Any], arguments: Sequence[Any]) -> Outcome:
    """Call a program on copies of the arguments; exceptions and NumPy's warnings are caught.

    Parameters
    ----------
    program : callable
    arguments : sequence
        Arrays and numbers, as in `Misconception.exposed_by`.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> outcome(lambda x: 1 / x, [np.array([0.0, 4.0])]).value
    array([ inf, 0.25])
    >>> outcome(lambda x: x[9], [np.array([0.0, 4.0])]).error
    IndexError('index 9 is out of bounds for axis 0 with size 2')
    """
    given = [np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]
    value, error = None, None
    with np.errstate(all="ignore"):
        try:
            value = program(*given)
        except (Exception, SystemExit) as raised:  # whatever a wrong program may raise
            error = raised
    changed = any(
        isinstance(a, np.ndarray) and not np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in zip(arguments, given, strict=True)
    )
    return Outcome(value, error, changed)


def differ(a: Outcome, b: Outcome, tolerance: float = 1e-6) -> bool:
    """Say whether two outcomes are told apart.

    Parameters
    ----------
    a, b : Outcome
    tolerance : float
        The largest difference between two numbers that count as equal. NaN equals NaN.

    Returns
    -------
    bool
        True if one of the calls raised and the other did not, if one changed its
        arguments, or if the values differ in shape or by more than the tolerance.
        A value that is not made of real numbers, such as None, differs from every other.

    Examples
    --------
    >>> half = outcome(lambda x: x / 2, [1.0])
    >>> differ(half, outcome(lambda x: x / 2 + 1e-9, [1.0]))
    False
    >>> differ(half, outcome(lambda x: x / 3, [1.0]))
    True
    """
    if (a.error is None) != (b.error is None) or a.changed != b.changed:
        return True
    if a.error is not None:
        return False
    first, second = _arrays(a.value), _arrays(b.value)
    if first is None or second is None or [x.shape for x in first] != [y.shape for y in second]:
        return True
    return not all(
        np.allclose(x, y, rtol=0, atol=tolerance, equal_nan=True)
        for x, y in zip(first, second, strict=True)
    )


def _arrays(value: Any) -> list[np.ndarray] | None:
    """List the arrays of a result, or nothing if one of its parts is not made of real numbers."""
    try:
        arrays = [np.asarray(part) for part in (value if isinstance(value, tuple) else (value,))]
    except ValueError:  # rows of different lengths
        return None
    return arrays if all(array.dtype.kind in "biuf" for array in arrays) else None
