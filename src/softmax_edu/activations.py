"""Softmax and its relatives: functions from scores (logits) to probabilities."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from softmax_edu.stable import (
    Array,
    NanPolicy,
    as_floats,
    blocks,
    by_columns,
    check_nan_policy,
    exp_of_difference,
    first_index,
    odds_against,
    restore,
    row_sums,
    row_tops,
    rows_of,
    stable_exp,
)


def softmax(
    logits: ArrayLike,
    axis: int = -1,
    *,
    temperature: float = 1.0,
    nan_policy: NanPolicy = "raise",
) -> Array:
    r"""Turn scores into probabilities: :math:`\hat y_i = e^{z_i/T} / \sum_j e^{z_j/T}`.

    Parameters
    ----------
    logits : array_like
        Scores of any shape; -inf marks a class that is ruled out.
        Integers and bools become float64; float16 is computed in float32.
    axis : int
        The axis of the classes, the last one by default.
    temperature : float
        T > 0. Above 1 the probabilities move towards uniform, below 1 towards hardmax.
    nan_policy : {"raise", "propagate"}
        Whether a NaN is an error or makes the whole row NaN.

    Returns
    -------
    probs : array of the shape of `logits`
        Non-negative; sums to 1 along `axis`. Of the same floating-point type as `logits`.

    Raises
    ------
    TypeError
        If `logits` is not an array of real numbers (object, complex, masked).
    ValueError
        If the class axis is missing or empty; if a row holds +inf, only -inf, or NaN;
        if `temperature` is not a positive finite number.

    References
    ----------
    J. S. Bridle, "Probabilistic interpretation of feedforward classification network
    outputs", 1990; on rounding: Blanchard, Higham and Higham, IMA J. Numer. Anal. 41(4), 2021.

    Examples
    --------
    >>> softmax([5, 2, -1, 3]).round(3)
    array([0.842, 0.042, 0.002, 0.114])
    >>> softmax([5, 2, -1, 3], temperature=10).round(3)
    array([0.322, 0.238, 0.177, 0.263])
    """
    if np.ndim(temperature) != 0 or not 0 < temperature < np.inf:
        raise ValueError(f"temperature is {temperature!r}; it must be a positive finite number")
    given = rows_of(logits, axis, nan_policy)
    z = given.z
    if temperature != 1:
        z = _cooled(z, temperature, nan_policy)
    probs = np.empty_like(z, order="C")
    for rows in blocks(z):
        exps, _ = stable_exp(z, rows, nan_policy, out=probs[rows])
        exps /= row_sums(exps)[:, None]  # a common shift cancels in this ratio
    return restore(probs, given, axis)


def _cooled(z: Array, temperature: float, nan_policy: NanPolicy) -> Array:
    """Divide the logits by T, each row shifted to a largest logit of 0 so that none overflows."""
    with np.errstate(over="ignore"):  # to -inf, whose probability is the 0 it should be
        cooled = (z - row_tops(z, nan_policy=nan_policy)) / np.float64(temperature)
        return cooled.astype(z.dtype, copy=False)


def log_softmax(logits: ArrayLike, axis: int = -1, *, nan_policy: NanPolicy = "raise") -> Array:
    r"""Compute :math:`\log \hat y_i = z_i - \log \sum_j e^{z_j}` without passing through 0.

    Parameters
    ----------
    logits : array_like
        Scores of any shape; -inf marks a class that is ruled out (its result is -inf).
    axis : int
        The axis of the classes.
    nan_policy : {"raise", "propagate"}
        Whether a NaN is an error or makes the whole row NaN.

    Returns
    -------
    log_probs : array of the shape of `logits`
        In nats, at most 0. A very confident row keeps its digits: the largest
        entry is about -1e-20, say, where subtracting a rounded sum would give 0.

    Raises
    ------
    TypeError, ValueError
        As for `softmax`.

    References
    ----------
    Blanchard, Higham and Higham, IMA J. Numer. Anal. 41(4), 2021, section 4.

    Examples
    --------
    >>> log_softmax([5, 2, -1, 3]).round(3)
    array([-0.172, -3.172, -6.172, -2.172])
    >>> print(log_softmax([50.0, 0.0])[0])
    -1.9287498479639178e-22
    """
    given = rows_of(logits, axis, nan_policy)
    z = given.z
    log_probs = by_columns(z)
    for rows in blocks(z):
        shifted = log_probs[rows]
        tops = row_tops(shifted, rows.start, nan_policy)
        with np.errstate(over="ignore"):  # a gap beyond the largest float is -inf
            shifted -= tops
        totals = row_sums(np.exp(shifted))
        logs = np.log(totals)
        if not totals.min() >= 1.02:  # log(1 + tiny) loses digits: leave out the 1, use log1p
            sure = np.flatnonzero(totals < 1.02)
            exps = exp_of_difference(z[rows][sure], tops[sure])
            logs[sure] = np.log1p(odds_against(exps, exps.argmax(axis=1))[0])
        shifted -= logs[:, None]
    return restore(log_probs, given, axis)


def logsumexp(
    logits: ArrayLike,
    axis: int = -1,
    *,
    keepdims: bool = False,
    nan_policy: NanPolicy = "raise",
) -> Array:
    r"""Compute :math:`\log \sum_j e^{z_j}`, a smooth upper bound of the maximum.

    Parameters
    ----------
    logits : array_like
        Scores of any shape; -inf contributes nothing.
    axis : int
        The axis that is summed over.
    keepdims : bool
        Keep that axis with length 1.
    nan_policy : {"raise", "propagate"}
        Whether a NaN is an error or makes its result NaN.

    Returns
    -------
    array of the shape of `logits` without `axis`
        In nats; a NumPy scalar when `logits` has one axis.

    Raises
    ------
    TypeError, ValueError
        As for `softmax`.

    References
    ----------
    Blanchard, Higham and Higham, IMA J. Numer. Anal. 41(4), 2021.

    Examples
    --------
    >>> print(f"{logsumexp([5, 2, -1, 3]):.4f}")
    5.1719
    >>> print(f"{logsumexp([1000, 1000]):.4f}")
    1000.6931
    """
    z, shape, dtype = rows_of(logits, axis, nan_policy)
    result = np.empty(len(z), z.dtype)
    for rows in blocks(z):
        exps, shift = stable_exp(z, rows, nan_policy)
        logs = np.log(row_sums(exps))
        near_zero = np.flatnonzero(np.abs(logs) < 1)
        if near_zero.size:  # log near 1 loses digits: add the largest logit and log1p of the rest
            exps = exps[near_zero]
            tops = exps.argmax(axis=1)
            top_logits = z[rows][near_zero, tops] - shift[near_zero]
            logs[near_zero] = top_logits + np.log1p(odds_against(exps, tops)[0])
        result[rows] = logs + shift
    result = result.reshape(shape[:-1]).astype(dtype, copy=False)
    return np.expand_dims(result, axis) if keepdims else result[()]


def hardmax(
    logits: ArrayLike,
    axis: int = -1,
    *,
    ties: Literal["first", "share"] = "first",
    nan_policy: NanPolicy = "raise",
) -> Array:
    """Give all the probability to the largest score.

    Parameters
    ----------
    logits : array_like
        Scores of any shape.
    axis : int
        The axis of the classes.
    ties : {"first", "share"}
        Whether the first of several largest scores takes all, as in ONNX, or they
        share equally, which is the limit of softmax as the temperature goes to 0.
    nan_policy : {"raise", "propagate"}
        Whether a NaN is an error or makes the whole row NaN.

    Returns
    -------
    probs : array of the shape of `logits`
        Sums to 1 along `axis`.

    Raises
    ------
    TypeError, ValueError
        As for `softmax`; and if `ties` is neither "first" nor "share".

    References
    ----------
    ONNX operator specification, "Hardmax".

    Examples
    --------
    >>> hardmax([5, 2, -1, 3])
    array([1., 0., 0., 0.])
    >>> hardmax([2, 2, -1, 3, 3], ties="share")
    array([0. , 0. , 0. , 0.5, 0.5])
    """
    if ties not in ("first", "share"):
        raise ValueError(f"ties is {ties!r}; it must be 'first' or 'share'")
    given = rows_of(logits, axis, nan_policy)
    z = given.z
    tops = row_tops(z, nan_policy=nan_policy)
    winners = (z == tops) | np.isnan(tops)
    if ties == "first":
        winners &= winners.cumsum(axis=1) == 1
    probs = winners / winners.sum(axis=1, keepdims=True)
    probs[np.isnan(tops[:, 0])] = np.nan
    return restore(probs, given, axis)


def sigmoid(scores: ArrayLike, *, nan_policy: NanPolicy = "raise") -> Array:
    r"""Turn each score into a probability of its own: :math:`\sigma(s) = 1 / (1 + e^{-s})`.

    Parameters
    ----------
    scores : array_like
        Any shape; log-odds in nats. Infinite scores give exactly 0 or 1.
    nan_policy : {"raise", "propagate"}
        Whether a NaN is an error or gives NaN.

    Returns
    -------
    probs : array of the shape of `scores`
        Between 0 and 1, accurate also where it is tiny. Of the same floating-point type.

    Raises
    ------
    TypeError, ValueError
        If `scores` is not an array of real numbers; if it holds NaN.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, section 3.10.

    Examples
    --------
    >>> sigmoid([-2, 0, 2]).round(3)
    array([0.119, 0.5  , 0.881])
    >>> print(sigmoid(-1000.0))
    0.0
    """
    x = as_floats(scores, "scores")
    check_nan_policy(nan_policy)
    if nan_policy == "raise" and np.isnan(x).any():
        raise ValueError(f"scores holds NaN at index {first_index(np.isnan(x))}")
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    small = np.exp(-np.abs(wide))  # at most 1: it never overflows
    probs: Array = np.where(wide < 0, small, 1) / (1 + small)
    return probs.astype(x.dtype, copy=False)[()]


def softmax_jacobian(logits: ArrayLike) -> Array:
    r"""Compute :math:`\partial \hat y_i / \partial z_j = \hat y_i (\delta_{ij} - \hat y_j)`.

    Parameters
    ----------
    logits : (..., C) array_like
        Scores, classes on the last axis.

    Returns
    -------
    jacobian : (..., C, C) array
        diag(p) - p p^T for each row: symmetric, its rows sum to 0, its norm is at most 1/2.

    Raises
    ------
    TypeError, ValueError
        As for `softmax`.

    References
    ----------
    Bridle, "Probabilistic interpretation of feedforward classification network
    outputs", 1990; for the norm: Böhning, "Multinomial logistic regression algorithm", 1992.

    Examples
    --------
    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    probs = softmax(logits)
    return probs[..., :, None] * (np.eye(probs.shape[-1], dtype=probs.dtype) - probs[..., None, :])
