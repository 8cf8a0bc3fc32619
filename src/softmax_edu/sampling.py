"""Draw classes from logits, and cut logits down to those that sampling may choose."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmax_edu.activations import softmax
from softmax_edu.stable import Array, Labels, Rows, restore, row_tops, rows_of

Size = int | tuple[int, ...] | None


def sample(rng: np.random.Generator, logits: ArrayLike, size: Size = None) -> Labels:
    """Draw class numbers with the probabilities softmax(logits): a dart at the stacked bars.

    Parameters
    ----------
    rng : np.random.Generator
    logits : (..., C) array_like
        Scores; -inf marks a class that is never drawn. For a temperature T pass logits / T.
    size : int or tuple of int, optional
        How many draws for each row; by default one.

    Returns
    -------
    (*size, ...) array of int
        From 0 to C - 1; a NumPy scalar for one draw from one row. Draws are independent.

    Raises
    ------
    TypeError
        If `rng` is no Generator, or `logits` not an array of real numbers.
    ValueError
        If a row of logits is empty, or holds +inf, only -inf, or NaN.

    References
    ----------
    Devroye, *Non-Uniform Random Variate Generation*, 1986, section III.2 (inversion).

    Examples
    --------
    >>> draws = sample(np.random.default_rng(0), [5, 2, -1, 3], size=10_000)
    >>> np.bincount(draws) / 10_000
    array([0.8452, 0.042 , 0.0018, 0.111 ])
    """
    _check_rng(rng)
    given = rows_of(logits)
    cumulative = softmax(given.z.astype(np.float64, copy=False)).cumsum(axis=1)
    # The last sum may miss 1 by rounding: a dart at its own total always hits a bar, and
    # searching from the right never stops at a bar of no height.
    darts = rng.random((*_draws(size), len(cumulative))) * cumulative[:, -1]
    picks = np.empty(darts.shape, np.intp)
    for row, bars in enumerate(cumulative):
        picks[..., row] = np.searchsorted(bars, darts[..., row], side="right")
    return _in_shape(picks, given, size)


def gumbel_max(rng: np.random.Generator, logits: ArrayLike, size: Size = None) -> Labels:
    """Draw class numbers with the probabilities softmax(logits): the largest logit plus noise.

    The noise is standard Gumbel, one number for each class and draw. Nothing is exponentiated or
    summed, so logits could arrive in blocks; the price is C random numbers for each draw.

    Parameters
    ----------
    rng, logits, size
        As for `sample`.

    Returns
    -------
    (*size, ...) array of int
        As from `sample`; it is another stream of draws from the same distribution.

    Raises
    ------
    TypeError, ValueError
        As for `sample`.

    References
    ----------
    Maddison, Tarlow and Minka, "A* sampling", NeurIPS 2014, section 2.

    Examples
    --------
    >>> draws = gumbel_max(np.random.default_rng(0), [5, 2, -1, 3], size=10_000)
    >>> np.bincount(draws) / 10_000
    array([0.8403, 0.0404, 0.0024, 0.1169])
    """
    _check_rng(rng)
    given = rows_of(logits)
    row_tops(given.z)  # names a row that has no largest logit
    noise = rng.gumbel(size=(*_draws(size), *given.z.shape))
    return _in_shape((given.z + noise).argmax(axis=-1), given, size)


def keep_top_k(logits: ArrayLike, k: int) -> Array:
    """Rule out all but the k largest logits of each row.

    Parameters
    ----------
    logits : (..., C) array_like
        Scores; -inf marks a class that is ruled out already.
    k : int
        From 1 to C. Of equal logits the first ones are kept, so that never more than k are.

    Returns
    -------
    array of the shape of `logits`
        The logits that were kept; the others are -inf. Softmax of it shares the probability of
        what was cut among the rest, in proportion.

    Raises
    ------
    TypeError, ValueError
        As for `sample`; and if `k` is not an integer from 1 to C.

    References
    ----------
    Fan, Lewis and Dauphin, "Hierarchical neural story generation", ACL 2018.

    Examples
    --------
    >>> keep_top_k([5, 2, -1, 3], k=2)
    array([  5., -inf, -inf,   3.])
    """
    given = rows_of(logits)
    row_tops(given.z)
    num_classes = given.shape[-1]
    if not isinstance(k, int | np.integer) or not 1 <= k <= num_classes:
        raise ValueError(f"k is {k!r}; it must be an integer from 1 to {num_classes}")
    order = _largest_first(given.z)
    return _keep(given, order, np.broadcast_to(np.arange(num_classes) < k, order.shape))


def keep_nucleus(logits: ArrayLike, p: float) -> Array:
    """Rule out all but the smallest set of likeliest classes whose probabilities reach p.

    Parameters
    ----------
    logits : (..., C) array_like
        Scores; -inf marks a class that is ruled out already.
    p : float
        Above 0, and at most 1, which keeps everything. The class that crosses p is kept, so at
        least one is; of equal logits the first ones come first. A set that meets p exactly may
        grow by one class through rounding.

    Returns
    -------
    array of the shape of `logits`
        The logits that were kept; the others are -inf.

    Raises
    ------
    TypeError, ValueError
        As for `sample`; and if `p` does not lie in (0, 1].

    References
    ----------
    Holtzman, Buys, Du, Forbes and Choi, "The curious case of neural text degeneration",
    ICLR 2020, section 3.1.

    Examples
    --------
    >>> keep_nucleus([5, 2, -1, 3], p=0.9)
    array([  5., -inf, -inf,   3.])
    """
    given = rows_of(logits)
    if np.ndim(p) != 0 or not 0 < p <= 1:
        raise ValueError(f"p is {p!r}; it must lie above 0 and be at most 1")
    probs = softmax(given.z.astype(np.float64, copy=False))
    order = _largest_first(given.z)
    mass = np.take_along_axis(probs, order, axis=1).cumsum(axis=1)
    before = np.concatenate([np.zeros((len(mass), 1)), mass[:, :-1]], axis=1)
    return _keep(given, order, (before < p) | (p == 1))


def _check_rng(rng: np.random.Generator) -> None:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}; it must be a Generator, np.random.default_rng(seed)")


def _draws(size: Size) -> tuple[int, ...]:
    """Write the number of draws as a shape."""
    return () if size is None else size if isinstance(size, tuple) else (size,)


def _in_shape(picks: Labels, given: Rows, size: Size) -> Labels:
    """Give draws, one column per row of logits, the shape of the caller's rows."""
    shaped: Labels = picks.reshape((*_draws(size), *given.shape[:-1]))
    return shaped[()]


def _largest_first(z: Array) -> Labels:
    """Order the classes of each row, the first of equal ones first."""
    order: Labels = np.argsort(-z, axis=1, kind="stable")
    return order


def _keep(given: Rows, order: Labels, kept: NDArray[np.bool_]) -> Array:
    """Set to -inf what is not kept; `kept` refers to the classes in the given order."""
    mask = np.empty(given.z.shape, np.bool_)
    np.put_along_axis(mask, order, kept, axis=1)
    return restore(np.where(mask, given.z, -np.inf), given, axis=-1)
