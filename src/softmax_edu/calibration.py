"""Whether probabilities can be believed: how calibration is measured, and mended by one number."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmax_edu.losses import one_hot
from softmax_edu.progress import track
from softmax_edu.stable import Array, as_floats, first_index

Floats = NDArray[np.float64]


class ReliabilityBins(NamedTuple):
    """Examples grouped by confidence: what a reliability diagram shows."""

    edges: Floats  # (num_bins + 1,), from 0 to 1; bin b is edges[b] < confidence <= edges[b + 1]
    counts: NDArray[np.intp]  # (num_bins,)
    confidence: Floats  # (num_bins,), the mean in each bin; NaN in an empty one
    accuracy: Floats  # (num_bins,), the share of right answers; NaN in an empty one


def reliability_bins(probs: ArrayLike, labels: ArrayLike, num_bins: int = 15) -> ReliabilityBins:
    """Group examples by the confidence of their answer, in bins of equal width.

    The answer is the likeliest class, the first of equals, and its probability is the
    confidence. A confidence on the edge of two bins belongs to the lower one.

    Parameters
    ----------
    probs : (m, C) array_like
        What softmax returns; rows sum to 1.
    labels : (m,) array_like of int
        True classes, from 0 to C - 1.
    num_bins : int
        How many bins, at least 1.

    Returns
    -------
    ReliabilityBins
        The edges of the bins, and the count, mean confidence and accuracy of each.

    Raises
    ------
    TypeError
        If `probs` is no array of real numbers; if labels are not integers.
    ValueError
        If `probs` is not of shape (m, C) with m and C at least 1, or a row is no
        distribution; if labels do not match; if `num_bins` is not a positive integer.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", 2017, section 2.

    Examples
    --------
    >>> bins = reliability_bins([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]], [0, 1, 0], num_bins=2)
    >>> bins.counts
    array([0, 3])
    >>> bins.confidence.round(3), bins.accuracy.round(3)
    (array([  nan, 0.767]), array([  nan, 0.667]))
    """
    if not isinstance(num_bins, int | np.integer) or num_bins < 1:
        raise ValueError(f"num_bins is {num_bins!r}; it must be a positive integer")
    checked, targets = _check(probs, labels)
    answers = checked.argmax(axis=1)[:, None]  # (m, 1)
    confidence = np.take_along_axis(checked, answers, axis=1)[:, 0]  # (m,)
    right = np.take_along_axis(targets, answers, axis=1)[:, 0]  # (m,), 1 or 0
    edges = np.arange(num_bins + 1) / num_bins
    # The edges in the type of the probabilities: 0.6 in float32 is not above 0.6 there either.
    inner = edges[1:-1].astype(confidence.dtype)
    bin_of = np.searchsorted(inner, confidence, side="left")
    confidence = confidence.astype(np.float64)
    counts = np.bincount(bin_of, minlength=num_bins)
    with np.errstate(invalid="ignore"):  # 0 / 0: an empty bin has no mean
        mean_confidence = np.bincount(bin_of, confidence, num_bins) / counts
        accuracy = np.bincount(bin_of, right, num_bins) / counts
    return ReliabilityBins(edges, counts, mean_confidence, accuracy)


def expected_calibration_error(probs: ArrayLike, labels: ArrayLike, num_bins: int = 15) -> float:
    r"""Average the gap between confidence and accuracy: :math:`\sum_b \frac{m_b}{m} |a_b - c_b|`.

    Each bin counts by its share of the examples. The value depends on the number of
    bins, and on a finite sample even a perfectly calibrated model is above 0.

    Parameters
    ----------
    probs, labels, num_bins
        As for `reliability_bins`.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        As for `reliability_bins`.

    References
    ----------
    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", 2015; Guo et al., 2017, equation 3.

    Examples
    --------
    >>> probs = [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]
    >>> print(f"{expected_calibration_error(probs, [0, 1, 0], num_bins=2):.3f}")
    0.100
    """
    bins = reliability_bins(probs, labels, num_bins)
    gaps = np.abs(bins.accuracy - bins.confidence)
    return float((bins.counts * gaps)[bins.counts > 0].sum() / bins.counts.sum())


def brier_score(probs: ArrayLike, labels: ArrayLike) -> float:
    r"""Average the squared error of the probabilities: :math:`\frac1m \sum_i \|\hat y - y\|^2`.

    Parameters
    ----------
    probs : (m, C) array_like
        What softmax returns; rows sum to 1.
    labels : (m,) array_like of int
        True classes, from 0 to C - 1.

    Returns
    -------
    float
        Between 0 and 2, summed over all classes as in the source. For two classes some
        libraries return half of it.

    Raises
    ------
    TypeError, ValueError
        As for `reliability_bins`.

    References
    ----------
    Brier, "Verification of forecasts expressed in terms of probability", 1950.

    Examples
    --------
    >>> print(f"{brier_score([[0.3, 0.2, 0.1, 0.4]], [1]):.2f}")
    0.90
    """
    checked, targets = _check(probs, labels)
    return float(((checked - targets) ** 2).sum(axis=1).mean())


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """Find the temperature that makes the cross-entropy of softmax(logits / T) least.

    Fit it on examples that the model was not trained on. The cost is convex in 1/T, so
    there is one optimum; it is where the expected logit equals the true one on average.

    Parameters
    ----------
    logits : (m, C) array_like
        Finite scores before softmax.
    labels : (m,) array_like of int
        True classes, from 0 to C - 1.

    Returns
    -------
    float
        T > 0: above 1 where the model was over-confident.

    Raises
    ------
    TypeError
        If `logits` is no array of real numbers; if labels are not integers.
    ValueError
        If shapes or labels do not fit, or a logit is not finite; if there is no optimum,
        because every true class has the largest logit (T would go to 0), or because true
        classes have on average no more than the mean logit (T would grow without limit).

    References
    ----------
    Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", 2017,
    section 4.2.

    Examples
    --------
    Nine of ten answers right, and a lead of 4 each: the odds should be 9, so T = 4 / log 9.

    >>> T = fit_temperature([[4.0, 0.0]] * 10, [0] * 9 + [1])
    >>> print(f"{T:.4f} {4 / np.log(9):.4f}")
    1.8205 1.8205
    """
    z = as_floats(logits).astype(np.float64)
    targets = _targets(z, labels, "logits")
    if not np.isfinite(z).all():
        where = first_index(~np.isfinite(z))
        raise ValueError(f"logits holds {z[where]} at index {where}; they must be finite")
    # How far each class trails the likeliest, in units of the largest such gap. T has the
    # unit of the logits, so the size of the logits does not matter to what follows.
    size = np.abs(z).max() or 1.0
    z /= size
    gaps = z.max(axis=1, keepdims=True) - z  # (m, C), at most 2
    largest = gaps.max() or 1.0
    gaps /= largest
    behind = float((targets * gaps).sum(axis=1).mean())  # the mean gap of the true class
    advantage = float(gaps.mean()) - behind  # minus the slope at 1/T = 0
    if behind == 0:
        raise ValueError(
            "every true class has the largest logit, so T would go to 0;"
            " fit on held-out examples, more of them, until some answers are wrong"
        )
    if advantage <= 0:
        raise ValueError(
            "the true classes have no more than the mean logit on average, so T would grow"
            " without limit; check that labels belong to logits"
        )
    return float(size * (largest / _root(gaps, behind, advantage)))


def _root(gaps: Floats, behind: float, advantage: float) -> float:
    """Solve slope(a) = 0 for a = 1/T: Newton's steps, kept inside a bracket of the root."""
    # The slope grows by at most 1/4, the largest variance of gaps between 0 and 1; and the
    # expected gap is at most (C - 1) / (e a), because x exp(-a x) is at most 1 / (e a).
    low, high = 4 * advantage, (gaps.shape[1] - 1) / (np.e * behind)
    a, last_step = np.sqrt(low * high), np.inf
    for _ in range(200):
        probs = np.exp(-a * gaps)  # (m, C), the likeliest class has exp(0): nothing overflows
        probs /= probs.sum(axis=1, keepdims=True)
        expected = (probs * gaps).sum(axis=1)  # (m,)
        slope = behind - expected.mean()
        curvature = ((probs * gaps**2).sum(axis=1) - expected**2).mean()
        low, high = (a, high) if slope < 0 else (low, a)
        step = -slope / curvature if curvature > 0 else np.inf
        if not (low <= a + step <= high and abs(step) <= last_step / 2):
            step = np.sqrt(low * high) - a  # Newton leaves the bracket, or is slow: halve it
        a, last_step = a + step, abs(step)
        if last_step <= 1e-14 * a:
            break
    return float(a)


def bootstrap_interval(
    statistic: Callable[..., Any],
    *arrays: ArrayLike,
    rng: np.random.Generator,
    num_resamples: int = 1000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Say how far a statistic would vary with other examples: the percentile bootstrap.

    The examples are drawn anew, with replacement, as many as there are, and the statistic
    is computed each time. Of the results, the middle part is the interval.

    Parameters
    ----------
    statistic : callable
        Takes the arrays, returns a number.
    *arrays : (m, ...) array_like
        One example per row; all are resampled by the same rows.
    rng : numpy.random.Generator
        Draws the rows.
    num_resamples : int
        How often.
    level : float
        Between 0 and 1: the share of results inside the interval.

    Returns
    -------
    low, high : float
        A resample adds noise of its own. A statistic that noise raises, such as the
        calibration error, is too high in the resamples, and so is its interval.

    Raises
    ------
    ValueError
        If there is no array or no example, or arrays differ in length; if an option is
        out of its range; if the statistic returns NaN or infinity.

    References
    ----------
    Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 13.

    Examples
    --------
    >>> right = np.repeat([1, 0], [90, 10])  # of 100 answers
    >>> low, high = bootstrap_interval(np.mean, right, rng=np.random.default_rng(0))
    >>> print(f"{low:.2f} to {high:.2f}")
    0.84 to 0.96
    """
    samples = [np.asarray(array) for array in arrays]
    lengths = {sample.shape[0] if sample.ndim else 0 for sample in samples}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(
            f"arrays have shapes {[sample.shape for sample in samples]};"
            " give one or more, of the same number of rows, at least 1"
        )
    if not isinstance(num_resamples, int | np.integer) or num_resamples < 1:
        raise ValueError(f"num_resamples is {num_resamples!r}; it must be a positive integer")
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}; it must lie between 0 and 1")
    m = lengths.pop()
    values = np.empty(num_resamples)
    for k in track(range(num_resamples), "resampling"):
        rows = rng.integers(m, size=m)
        values[k] = statistic(*(sample[rows] for sample in samples))
        if not np.isfinite(values[k]):
            raise ValueError(f"statistic is {values[k]} on a resample; it must be finite")
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _check(probs: ArrayLike, labels: ArrayLike) -> tuple[Array, Floats]:
    """Return probabilities (m, C) and one-hot targets (m, C), or say what is wrong."""
    array = as_floats(probs, "probs")
    targets = _targets(array, labels, "probs")
    if not (array >= 0).all():  # NaN is not either
        where = first_index(~(array >= 0))
        raise ValueError(f"probs holds {array[where]} at index {where}; use softmax(logits)")
    mass = array.sum(axis=1, dtype=np.float64)
    wrong = ~(np.abs(mass - 1) <= np.sqrt(np.finfo(array.dtype).eps))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(f"probs row {row} sums to {mass[row]:.6g}, not 1; use softmax(logits)")
    return array, targets


def _targets(array: Array, labels: ArrayLike, name: str) -> Floats:
    """Return labels as one-hot rows that fit the array, or say what is wrong with either."""
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; it must be (m, C), both at least 1")
    if np.shape(labels) != array.shape[:1]:
        raise ValueError(
            f"labels has shape {np.shape(labels)};"
            f" for {name} of shape {array.shape} it must be {array.shape[:1]}"
        )
    return one_hot(labels, array.shape[1])
