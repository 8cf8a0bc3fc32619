"""Cross-entropy of logits against class numbers or distributions, and its gradient."""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from softmax_edu.stable import (
    Array,
    Labels,
    NanPolicy,
    Rows,
    as_floats,
    blocks,
    first_index,
    flat_entries,
    odds_against,
    rows_of,
    stable_exp,
)

Reduction = Literal["mean", "sum", "none"]


def one_hot(labels: ArrayLike, num_classes: int, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Write class numbers as rows that hold a single 1.

    Parameters
    ----------
    labels : (...) array_like of int
        Class numbers from 0 to num_classes - 1.
    num_classes : int
        C. It is asked for because a class may be absent from `labels`.
    dtype : data type
        Of the result.

    Returns
    -------
    targets : (..., C) array

    Raises
    ------
    TypeError
        If `labels` does not hold integers.
    ValueError
        If a label is negative or not below `num_classes`; if that is not a positive integer.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.4 (1-of-K coding).

    Examples
    --------
    >>> one_hot([2, 0], num_classes=3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    if not isinstance(num_classes, int | np.integer) or num_classes < 1:
        raise ValueError(f"num_classes is {num_classes!r}; it must be a positive integer")
    checked = _check_labels(labels, num_classes)
    targets = np.zeros((*checked.shape, num_classes), dtype)
    np.put_along_axis(targets, checked[..., None], 1, axis=-1)
    return targets


def cross_entropy(
    logits: ArrayLike,
    y: ArrayLike,
    *,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
    normalized: bool = True,
    nan_policy: NanPolicy = "raise",
) -> float | Array:
    r"""Measure how wrong predictions are: :math:`L = -\sum_j y_j \log \hat y_j`, in nats.

    Parameters
    ----------
    logits : (..., C) array_like
        Scores before softmax, never probabilities. A class at -inf costs +inf if it is true.
    y : (...) array_like of int, or (..., C) array_like
        The truth: class numbers, or one distribution over the classes per example.
    reduction : {"mean", "sum", "none"}
        The mean over all examples, which is the cost J; their sum; or each loss.
    label_smoothing : float
        Between 0 and 1: the share of the truth that is spread evenly over all C classes.
    normalized : bool
        Whether distributions must sum to 1. With False any non-negative weights are
        accepted, and the gradient is (sum of y) times y_hat, minus y.
    nan_policy : {"raise", "propagate"}
        Whether a NaN logit is an error or makes the loss of its row NaN.

    Returns
    -------
    float, or array of the shape of `logits` without the classes for "none"
        Non-negative, and accurate also when it is tiny.

    Raises
    ------
    TypeError
        If `logits` is no array of real numbers; if labels are not integers.
    ValueError
        If shapes do not match; if a label is negative or not below C; if a target is
        negative or a row of targets does not sum to 1; if there are no examples to average;
        if a row of logits holds +inf, only -inf, or NaN; if an option has no such value.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, sections 3.13 and 6.2.2;
    for smoothing: Szegedy et al., "Rethinking the Inception architecture", 2016.

    Examples
    --------
    >>> print(f"{cross_entropy([5, 2, -1, 3], 1):.6f}")
    3.171935
    >>> print(f"{cross_entropy([[0, 0, 0, 0]], [[0.1, 0.2, 0.3, 0.4]]):.6f}")
    1.386294
    """
    task = _check(logits, y, reduction, label_smoothing, normalized, nan_policy)
    losses, _ = _evaluate(task, want_gradient=False)
    return _reduce(losses, task)


def cross_entropy_gradient(
    logits: ArrayLike,
    y: ArrayLike,
    *,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
    normalized: bool = True,
    nan_policy: NanPolicy = "raise",
) -> Array:
    r"""Compute the gradient of `cross_entropy` with respect to the logits: :math:`\hat y - y`.

    Parameters
    ----------
    logits, y, reduction, label_smoothing, normalized, nan_policy
        As for `cross_entropy`.

    Returns
    -------
    dlogits : array of the shape of `logits`
        For "mean" it includes the 1/m of the cost J; for "sum" and "none" each row is
        the gradient of its own loss, dz. Rows sum to 0.

    Raises
    ------
    TypeError, ValueError
        As for `cross_entropy`.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, 2006, equation 4.109.

    Examples
    --------
    >>> cross_entropy_gradient([5, 2, -1, 3], 1).round(3)
    array([ 0.842, -0.958,  0.002,  0.114])
    """
    task = _check(logits, y, reduction, label_smoothing, normalized, nan_policy)
    _, dlogits = _evaluate(task, want_gradient=True)
    return dlogits


def cross_entropy_and_gradient(
    logits: ArrayLike,
    y: ArrayLike,
    *,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
    normalized: bool = True,
    nan_policy: NanPolicy = "raise",
) -> tuple[float | Array, Array]:
    """Compute `cross_entropy` and `cross_entropy_gradient` from one set of exponentials.

    Parameters
    ----------
    logits, y, reduction, label_smoothing, normalized, nan_policy
        As for `cross_entropy`.

    Returns
    -------
    loss : float or array
        As from `cross_entropy`.
    dlogits : array
        As from `cross_entropy_gradient`.

    Raises
    ------
    TypeError, ValueError
        As for `cross_entropy`.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.4.

    Examples
    --------
    >>> cost, dlogits = cross_entropy_and_gradient([[0.0, 0.0], [0.0, 0.0]], [0, 1])
    >>> print(f"{cost:.6f}")
    0.693147
    >>> dlogits
    array([[-0.25,  0.25],
           [ 0.25, -0.25]])
    """
    task = _check(logits, y, reduction, label_smoothing, normalized, nan_policy)
    losses, dlogits = _evaluate(task, want_gradient=True)
    return _reduce(losses, task), dlogits


class _Task(NamedTuple):
    """Checked arguments; of labels and targets, one is None."""

    logits: Rows
    labels: Labels | None  # (number of rows,)
    targets: Array | None  # (number of rows, C)
    reduction: Reduction
    nan_policy: NanPolicy


@np.errstate(over="ignore")  # a loss beyond the largest float is infinite
def _evaluate(task: _Task, want_gradient: bool) -> tuple[Array, Array]:
    """Compute each row's loss and, if wanted, the gradient of the reduced loss."""
    z, shape, dtype = task.logits
    losses = np.empty(len(z), z.dtype)
    dlogits = np.empty_like(z, order="C") if want_gradient else z
    count = len(z) if task.reduction == "mean" else 1
    for rows in blocks(z):
        exps, shift = stable_exp(
            z, rows, task.nan_policy, out=dlogits[rows] if want_gradient else None
        )
        # Each loss is taken relative to one class: the true one, or the likeliest.
        classes = exps.argmax(axis=1) if task.labels is None else task.labels[rows]
        odds, rest, chosen = odds_against(exps, classes)
        losses[rows] = np.log1p(odds)
        _mend_underflow(losses[rows], z[rows], shift, classes, rest, chosen)
        if want_gradient:
            total = (rest + chosen) * count
            exps /= total[:, None]
            flat, index = flat_entries(exps, classes)
            flat[index] = -rest / total  # p - 1, without the subtraction
        if task.targets is not None:
            _weigh_losses(losses[rows], z[rows], classes, task.targets[rows])
            if want_gradient:
                _weigh_gradient(exps, classes, task.targets[rows], count)
    return (
        losses.reshape(shape[:-1]),
        dlogits.reshape(shape).astype(dtype, copy=False),
    )


def _mend_underflow(
    losses: Array, z: Array, shift: Array, classes: Labels, rest: Array, chosen: Array
) -> None:
    """Where exp of a shifted logit underflowed, take its loss from the logit itself."""
    lost = np.flatnonzero(chosen < np.sqrt(np.finfo(z.dtype).tiny))
    if lost.size == 0:
        return
    losses[lost] = np.log(rest[lost]) + (shift[lost] - z[lost, classes[lost]])


def _weigh_losses(losses: Array, z: Array, classes: Labels, targets: Array) -> None:
    """Turn the losses of the given classes into those of target distributions."""
    gaps = z[np.arange(len(z)), classes][:, None] - z
    gaps[targets == 0] = 0  # a masked class costs nothing where it is not expected
    losses *= targets.sum(axis=1)
    losses += (targets * gaps).sum(axis=1)


def _weigh_gradient(gradient: Array, classes: Labels, targets: Array, count: int) -> None:
    """Turn the gradient for the given classes into that for target distributions."""
    mass = targets.sum(axis=1)
    gradient *= mass[:, None]
    weights = targets / count
    # For one-hot targets exactly 0: p - 1 keeps its digits.
    weights[np.arange(len(weights)), classes] -= mass / count
    gradient -= weights


@np.errstate(over="ignore")
def _reduce(losses: Array, task: _Task) -> float | Array:
    """Reduce the losses as asked; only single losses are cut to float16."""
    if task.reduction == "mean":
        return float(losses.sum()) / losses.size
    if task.reduction == "sum":
        return float(losses.sum())
    return losses.astype(task.logits.dtype, copy=False)[()]


def _check(
    logits: ArrayLike,
    y: ArrayLike,
    reduction: Reduction,
    label_smoothing: float,
    normalized: bool,
    nan_policy: NanPolicy,
) -> _Task:
    """Check all arguments and lay them out as rows."""
    rows = rows_of(logits, nan_policy=nan_policy)
    num_classes = rows.shape[-1]
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction is {reduction!r}; it must be 'mean', 'sum' or 'none'")
    if reduction == "mean" and len(rows.z) == 0:
        raise ValueError(f"logits has shape {rows.shape}: there are no examples to average")
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing is {label_smoothing!r}; it must lie in [0, 1]")
    labels, targets = None, None
    if np.shape(y) == rows.shape[:-1]:
        labels = _check_labels(y, num_classes).reshape(-1)
        if label_smoothing:
            targets = one_hot(labels, num_classes, rows.z.dtype)
            labels = None
    elif np.shape(y) == rows.shape:
        targets = _check_targets(y, normalized).reshape(-1, num_classes).astype(rows.z.dtype)
    else:
        raise ValueError(
            f"y has shape {np.shape(y)}; for logits of shape {rows.shape} it must be"
            f" {rows.shape[:-1]} (class numbers) or {rows.shape} (distributions)"
        )
    if targets is not None and label_smoothing:
        mass = targets.sum(axis=1, keepdims=True)
        targets = (1 - label_smoothing) * targets + label_smoothing / num_classes * mass
    return _Task(rows, labels, targets, reduction, nan_policy)


def _check_labels(labels: ArrayLike, num_classes: int) -> Labels:
    """Return labels as integers from 0 to num_classes - 1, or say which is none."""
    if isinstance(labels, np.ma.MaskedArray):
        raise TypeError("labels is a masked array; leave the masked examples out instead")
    array = np.asarray(labels)
    if array.size == 0:
        return array.astype(np.intp)
    if array.dtype.kind == "f" and (array != np.floor(array)).any():
        where = first_index(array != np.floor(array))
        raise TypeError(f"labels holds {array[where]} at index {where}; class numbers are integers")
    if array.dtype.kind not in "iub":
        raise TypeError(
            f"labels has dtype {array.dtype}; class numbers are integers"
            " (for whole floats: labels.astype(int))"
        )
    if array.min() < 0 or array.max() >= num_classes:
        where = first_index((array < 0) | (array >= num_classes))
        raise ValueError(
            f"labels holds {array[where]} at index {where};"
            f" with {num_classes} classes it must lie between 0 and {num_classes - 1}"
        )
    return array.astype(np.intp, copy=False)


def _check_targets(targets: ArrayLike, normalized: bool) -> Array:
    """Return targets as floats, or say which row is no distribution."""
    array = as_floats(targets, "targets")
    if not (np.isfinite(array).all() and (array >= 0).all()):
        where = first_index(~(np.isfinite(array) & (array >= 0)))
        raise ValueError(
            f"targets holds {array[where]} at index {where};"
            " probabilities and weights are finite and at least 0"
        )
    mass = array.sum(axis=-1, dtype=np.float64).reshape(-1)
    wrong = np.abs(mass - 1) > np.sqrt(np.finfo(array.dtype).eps)
    if normalized and wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"targets row {row} sums to {mass[row]:.6g}, not 1; divide by the sum,"
            " or pass normalized=False if the weights are meant"
        )
    return array
