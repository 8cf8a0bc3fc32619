"""Check a gradient against differences of the function itself."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmax_edu.progress import track


def numerical_gradient(
    f: Callable[[NDArray[np.float64]], Any], x: ArrayLike, step: float = 1e-5
) -> NDArray[np.float64]:
    """Estimate the gradient of f at x by central differences, one entry of x at a time.

    Parameters
    ----------
    f : callable
        Takes a float64 array of the shape of `x`. Returns a number, or an array for a
        Jacobian.
    x : array_like
        Where the gradient is wanted. It is not changed, and f gets a copy.
    step : float
        h > 0 in (f(x + h) - f(x - h)) / 2h. The error is about h^2 from the curvature
        plus 1e-16/h from rounding, so 1e-5 is near the best in float64.

    Returns
    -------
    gradient : float64 array
        Of the shape of f's result followed by the shape of `x`.

    Raises
    ------
    ValueError
        If `step` is not positive and finite, or too small to change an entry of `x`;
        if f returns a value that is not finite.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, 2006, section 8.1.

    Examples
    --------
    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, -3.0]).round(6)
    array([ 2., -6.])
    """
    if not 0 < step < np.inf:
        raise ValueError(f"step is {step!r}; it must be a positive finite number")
    point = np.array(x, dtype=np.float64)
    columns = []
    for index in track(list(np.ndindex(point.shape)), "differences"):
        above, below = point.copy(), point.copy()
        above[index] += step
        below[index] -= step
        distance = above[index] - below[index]  # not 2 * step, because of rounding
        if distance == 0:
            raise ValueError(
                f"step {step:g} is lost in rounding beside {point[index]:g}; take a larger one"
            )
        slope = (np.asarray(f(above), float) - np.asarray(f(below), float)) / distance
        if not np.isfinite(slope).all():
            raise ValueError(f"f is not finite near x[{', '.join(map(str, index))}]")
        columns.append(slope)
    if not columns:
        return np.zeros(point.shape)
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape(columns[0].shape + point.shape)


def relative_error(actual: ArrayLike, expected: ArrayLike) -> float:
    """Measure how far apart two arrays are, as one number: norm of the difference over the norms.

    Parameters
    ----------
    actual, expected : array_like
        Of the same shape.

    Returns
    -------
    float
        ||a - b|| / (||a|| + ||b||), between 0 and 1; 0 when both are zero, NaN when an
        entry is. Below about 1e-7 a gradient is right; above 1e-3 it is wrong.

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    Stanford CS231n course notes, "Gradient checks" (there entry by entry).

    Examples
    --------
    >>> print(f"{relative_error([1.0, 2.0], [1.0, 2.002]):.0e}")
    4e-04
    """
    a, b = np.asarray(actual, float), np.asarray(expected, float)
    if a.shape != b.shape:
        raise ValueError(f"actual has shape {a.shape}, expected has shape {b.shape}")
    scale = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / scale) if scale != 0 else 0.0
