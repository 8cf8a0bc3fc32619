"""Log-sum-exp and attention in one pass: scores arrive in blocks and are never held together."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmax_edu.stable import Array, as_floats, first_index

Floats = NDArray[np.float64]


class Running(NamedTuple):
    """What a stream of logits leaves behind; its log-sum-exp is top + log(total).

    Both parts are float64 arrays of one shape, one entry for each stream that runs in parallel.
    """

    top: Floats  # the largest logit so far, -inf before the first
    total: Floats  # the sum of exp(logit - top), 0 before the first


def start(shape: tuple[int, ...] = ()) -> Running:
    """Begin one stream, or an array of streams side by side.

    Parameters
    ----------
    shape : tuple of int
        Of the array of streams; () for one, (m,) for one per row of a batch.

    Returns
    -------
    Running
        The state that has seen nothing: merging it with another changes nothing.

    References
    ----------
    Milakov and Gimelshein, "Online normalizer calculation for softmax", arXiv:1805.02867, 2018.

    Examples
    --------
    >>> print(*start())
    -inf 0.0
    """
    return Running(np.full(shape, -np.inf), np.zeros(shape))


def update(state: Running, block: ArrayLike) -> Running:
    """Take in the next logits of each stream.

    Parameters
    ----------
    state : Running
        What came before; it is not changed.
    block : (..., b) array_like
        b more logits for each stream, where (...) is the shape of the state; b may differ from
        block to block. -inf contributes nothing. Computed in float64.

    Returns
    -------
    Running

    Raises
    ------
    TypeError
        If `block` is not an array of real numbers.
    ValueError
        If `block` holds NaN or +inf, or does not fit the state.

    References
    ----------
    Milakov and Gimelshein, arXiv:1805.02867, 2018, section 3.

    Examples
    --------
    >>> state = update(start(), [2.0, -1.0])
    >>> print(f"{state.top} {state.total:.4f}")
    2.0 1.0498
    >>> state = update(state, [5.0, 3.0])
    >>> print(f"{state.top} {state.total:.4f}")
    5.0 1.1876
    """
    logits = as_floats(block, "block").astype(np.float64, copy=False)
    if logits.ndim == 0:
        raise ValueError("block is a single number; it needs an axis of logits")
    _check_logits(logits, "block")
    if logits.shape[:-1] != np.shape(state.top):
        raise ValueError(
            f"block has shape {logits.shape}; for a state of shape {np.shape(state.top)}"
            f" it must be {(*np.shape(state.top), 'b')} with any b"
        )
    top = logits.max(axis=-1, initial=-np.inf)
    return merge(state, Running(top, _exp_gap(logits, top[..., None]).sum(axis=-1)))


def merge(a: Running, b: Running) -> Running:
    """Join what two parts of a stream left behind, in any order.

    Parameters
    ----------
    a, b : Running
        States of the same shape; neither is changed.

    Returns
    -------
    Running
        The state after both parts. In exact arithmetic the operation is associative and
        commutative, so a stream may be cut anywhere and its parts run at the same time.

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    Milakov and Gimelshein, arXiv:1805.02867, 2018, section 3.1.

    Examples
    --------
    >>> both = merge(update(start(), [2.0, -1.0]), update(start(), [5.0, 3.0]))
    >>> print(f"{logsumexp_of(both):.4f}")
    5.1719
    """
    if np.shape(a.top) != np.shape(b.top):
        raise ValueError(
            f"the states have shapes {np.shape(a.top)} and {np.shape(b.top)}; they must agree"
        )
    top = np.maximum(a.top, b.top)
    return Running(top, a.total * _exp_gap(a.top, top) + b.total * _exp_gap(b.top, top))


def logsumexp_of(state: Running) -> Floats:
    r"""Finish a stream: :math:`\log \sum_j e^{z_j}` over all logits it has seen.

    Parameters
    ----------
    state : Running

    Returns
    -------
    array of the shape of the state
        In nats; a NumPy scalar for one stream. -inf if nothing but -inf has come, or nothing.

    References
    ----------
    Milakov and Gimelshein, arXiv:1805.02867, 2018.

    Examples
    --------
    >>> print(f"{logsumexp_of(update(start(), [1000.0, 1000.0])):.4f}")
    1000.6931
    """
    with np.errstate(divide="ignore"):  # the logarithm of an empty sum is -inf
        logs: Floats = state.top + np.log(state.total)
    return logs


def logsumexp_of_stream(blocks: Iterable[ArrayLike]) -> Floats:
    r"""Compute :math:`\log \sum_j e^{z_j}` of logits that are read once, block by block.

    Parameters
    ----------
    blocks : iterable of (..., b) array_like
        All of the same shape but for the last axis. Only one is held at a time.

    Returns
    -------
    array of shape (...)
        In nats; a NumPy scalar for blocks with one axis.

    Raises
    ------
    TypeError, ValueError
        As for `update`; and if there is no block.

    References
    ----------
    Milakov and Gimelshein, arXiv:1805.02867, 2018.

    Examples
    --------
    >>> print(f"{logsumexp_of_stream([[5.0, 2.0], [-1.0], [3.0]]):.4f}")
    5.1719
    """
    state = None
    for block in blocks:
        if state is None:
            state = start(np.shape(block)[:-1])
        state = update(state, block)
    if state is None:
        raise ValueError("blocks is empty; it must hold at least one block of logits")
    return logsumexp_of(state)


def attention_in_blocks(
    Q: ArrayLike,
    K: ArrayLike,
    V: ArrayLike,
    *,
    block_size: int,
    mask: ArrayLike | None = None,
) -> Array:
    r"""Compute :math:`\operatorname{softmax}(Q K^\top / \sqrt d)\, V`, a block of keys at a time.

    Parameters
    ----------
    Q : (m, d) array_like
        One query per row.
    K : (C, d) array_like
        One key per row; the keys play the part of the classes.
    V : (C, n) array_like
        The value that belongs to each key.
    block_size : int
        How many keys are looked at together. Memory grows with m times this, not with m times C.
    mask : (m, C) array_like of bool, optional
        True where a query may look at a key, as in PyTorch's `scaled_dot_product_attention`
        (its `MultiheadAttention` means the opposite).

    Returns
    -------
    (m, n) array
        For each query a weighted mean of the values, of the common floating-point type of Q, K
        and V; float16 is computed in float32.

    Raises
    ------
    TypeError
        If Q, K or V is not an array of real numbers, or `mask` not one of bools.
    ValueError
        If shapes do not match; if a number is not finite, or a dot product overflows; if the
        mask leaves a query without any key; if `block_size` is not a positive integer.

    References
    ----------
    Rabe and Staats, "Self-attention does not need O(n^2) memory", arXiv:2112.05682, 2021;
    Dao et al., "FlashAttention", NeurIPS 2022, section 3.1.

    Examples
    --------
    >>> Q, K, V = [[0.0, 0.0]], [[1, 0], [0, 1], [1, 1]], [[10], [20], [60]]
    >>> attention_in_blocks(Q, K, V, block_size=2)
    array([[30.]])
    >>> attention_in_blocks(Q, K, V, block_size=2, mask=[[True, True, False]])
    array([[15.]])
    """
    queries, keys, values = _as_matrix(Q, "Q"), _as_matrix(K, "K"), _as_matrix(V, "V")
    if queries.shape[1] != keys.shape[1] or len(keys) != len(values):
        raise ValueError(
            f"Q, K and V have the shapes {queries.shape}, {keys.shape} and {values.shape};"
            " they must be (m, d), (C, d) and (C, n)"
        )
    if not isinstance(block_size, int | np.integer) or block_size < 1:
        raise ValueError(f"block_size is {block_size!r}; it must be a positive integer")
    allowed = None if mask is None else _as_mask(mask, (len(queries), len(keys)))
    dtype = np.result_type(queries, keys, values)
    wide = np.result_type(dtype, np.float32)
    scaled = queries.astype(wide) / wide.type(queries.shape[1]) ** 0.5
    top = np.full(len(queries), -np.inf, wide)
    total = np.zeros_like(top)
    weighted = np.zeros((len(queries), values.shape[1]), wide)
    for first in range(0, len(keys), block_size):
        block = slice(first, first + block_size)
        with np.errstate(over="ignore", invalid="ignore"):
            scores = scaled @ keys[block].T  # (m, block_size)
        _check_logits(scores, "Q @ K.T")
        if allowed is not None:
            scores[~allowed[:, block]] = -np.inf
        new_top = np.maximum(top, scores.max(axis=1))
        fade = _exp_gap(top, new_top)  # what was added up so far was relative to the old maximum
        exps = _exp_gap(scores, new_top[:, None])
        total = total * fade + exps.sum(axis=1)
        weighted = weighted * fade[:, None] + exps @ values[block]
        top = new_top
    if not total.all():
        raise ValueError(f"query {int(total.argmin())} may look at no key; leave it at least one")
    return (weighted / total[:, None]).astype(dtype, copy=False)


@np.errstate(over="ignore")  # a gap beyond the largest float is -inf, whose exp is the right 0
def _exp_gap(logits: Array, top: Array) -> Array:
    """Compute exp(logits - top) where no logit exceeds top; where top is -inf, that is 0."""
    exps: Array = np.exp(logits - np.where(np.isneginf(top), 0, top))  # -inf - (-inf) is NaN
    return exps


def _check_logits(logits: Array, name: str) -> None:
    """Refuse what no sum of exponentials can be made of."""
    wrong = np.isnan(logits) | np.isposinf(logits)
    if wrong.any():
        where = first_index(wrong)
        raise ValueError(f"{name} holds {logits[where]} at index {where}; logits are below +inf")


def _as_matrix(values: ArrayLike, name: str) -> Array:
    """Return Q, K or V as floating-point numbers, or say why that cannot be."""
    matrix = as_floats(values, name)
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise ValueError(f"{name} has shape {matrix.shape}; it needs rows and columns")
    if not np.isfinite(matrix).all():
        where = first_index(~np.isfinite(matrix))
        raise ValueError(f"{name} holds {matrix[where]} at index {where}; it must be finite")
    return matrix


def _as_mask(mask: ArrayLike, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the mask as bools: numbers could mean True or something to add."""
    allowed = np.asarray(mask)
    if allowed.dtype != np.bool_:
        raise TypeError(f"mask has dtype {allowed.dtype}; it must hold bools, True for 'may look'")
    if allowed.shape != shape:
        raise ValueError(f"mask has shape {allowed.shape}; for these Q and K it must be {shape}")
    return allowed
