"""Where exp meets the range of floating-point numbers: the one place that keeps it finite.

Every function here works on *rows*: a two-dimensional array with one example
per row and the classes on the last axis. `activations` and `losses` are
written in terms of three of them:

- `rows_of` checks an array of logits and lays it out as rows,
- `stable_exp` takes exponentials that never overflow,
- `odds_against` compares one class with all the others.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]
NanPolicy = Literal["raise", "propagate"]

# A block fits into a processor's cache: what one step writes, the next still finds there.
BLOCK_ELEMENTS = 2**18
FEW_CLASSES = 64


def as_floats(values: ArrayLike, name: str = "logits") -> Array:
    """Return the values as a floating-point array, or say why that cannot be.

    Integers and bools of any width become float64 *before* any arithmetic:
    127 - (-128) wraps around in int8.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; mask a class by a logit of -inf instead")
    array = np.asarray(values)
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} has dtype {array.dtype}; it must hold real numbers")
    floats: Array = array
    return floats


class Rows(NamedTuple):
    """Logits laid out as rows, and what is needed to give a result the caller's form."""

    z: Array  # (number of rows, C), a view where the layout allows it
    shape: tuple[int, ...]  # of the logits, the class axis moved to the end
    dtype: np.dtype[np.floating[Any]]  # of the logits; float16 is computed in float32


def check_nan_policy(nan_policy: NanPolicy) -> None:
    """Refuse a misspelt policy, also where no NaN would ask for it."""
    if nan_policy not in ("raise", "propagate"):
        raise ValueError(f"nan_policy is {nan_policy!r}; it must be 'raise' or 'propagate'")


def first_index(wrong: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the index of the first True, as plain integers for a message."""
    return tuple(int(i) for i in np.unravel_index(wrong.argmax(), wrong.shape))


def rows_of(logits: ArrayLike, axis: int = -1, nan_policy: NanPolicy = "raise") -> Rows:
    """Check logits of any shape and lay them out as rows."""
    check_nan_policy(nan_policy)
    array = as_floats(logits)
    if array.ndim == 0:
        raise ValueError("logits is a single number; it needs an axis of classes")
    if not isinstance(axis, int | np.integer):
        raise TypeError(f"axis is {axis!r}; it must be one integer, the axis of the classes")
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"axis {axis} does not exist: logits has shape {array.shape}")
    moved = array if axis == -1 else np.moveaxis(array, axis, -1)
    if moved.shape[-1] == 0:
        raise ValueError(f"logits has no classes: shape {array.shape} is empty along axis {axis}")
    z = moved.reshape(-1, moved.shape[-1])
    if array.dtype == np.float16:
        z = z.astype(np.float32)
    return Rows(z, moved.shape, array.dtype)


def restore(rows: Array, like: Rows, axis: int) -> Array:
    """Give rows, one number per logit, the shape, axis and type of the caller's logits."""
    result = rows.reshape(like.shape).astype(like.dtype, copy=False)
    return result if axis == -1 else np.moveaxis(result, -1, axis)


def blocks(rows: Array) -> Iterator[slice]:
    """Cut the rows into slices of about BLOCK_ELEMENTS numbers each."""
    step = max(1, BLOCK_ELEMENTS // rows.shape[1])
    for start in range(0, len(rows), step):
        yield slice(start, min(start + step, len(rows)))


def row_sums(rows: Array) -> Array:
    """Sum each row: (rows, C) to (rows,)."""
    while 16 < rows.shape[1] <= 512:
        # Half is added to half, so that rounding grows with log C; NumPy's sum does so for many.
        half = rows.shape[1] // 2
        folded = rows[:, :half] + rows[:, half : 2 * half]
        folded[:, : rows.shape[1] % 2] += rows[:, 2 * half :]
        rows = folded
    # NumPy is slow at summing many short rows; a product with ones is the same sum.
    few = rows.shape[1] <= 16
    sums: Array = rows @ np.ones(rows.shape[1], rows.dtype) if few else rows.sum(axis=1)
    return sums


def by_columns(rows: Array) -> Array:
    """Copy rows; few classes are stored column by column, where a maximum per row is fast."""
    return np.array(rows, order="F" if rows.shape[1] <= FEW_CLASSES else "C")


def row_tops(rows: Array, first_row: int = 0, nan_policy: NanPolicy = "raise") -> Array:
    """Return the largest logit of each row, shape (rows, 1), or name the row that has none.

    The maximum tells all: it is NaN if any entry is, +inf if any entry is,
    and -inf only if every entry is.
    """
    tops: Array = rows.max(axis=1, keepdims=True)
    if len(rows) == 0 or (-np.inf < tops.min() and tops.max() < np.inf):
        return tops
    wrong = ~np.isfinite(tops[:, 0])
    if nan_policy == "propagate":
        wrong &= ~np.isnan(tops[:, 0])
    if wrong.any():
        row = int(wrong.argmax())
        top = tops[row, 0]
        if np.isnan(top):
            why = "holds NaN; find where it comes from, or pass nan_policy='propagate'"
        elif top > 0:
            why = "holds +inf, and inf / inf is undefined; give large finite logits instead"
        else:
            why = "is -inf in every class; leave at least one class unmasked"
        raise ValueError(f"logits row {first_row + row} {why}")
    return tops


@np.errstate(over="ignore")  # a gap beyond the largest float is -inf, whose exp is the right 0
def exp_of_difference(rows: Array, shift: Array) -> Array:
    """Compute exp(rows - shift) without the rounding error of the subtraction."""
    difference = rows - shift
    with np.errstate(invalid="ignore"):  # -inf - (-inf), for masked classes
        back = difference - rows
        # What the subtraction rounded away (Knuth's two-sum): exp(d + lost) = exp(d) (1 + lost).
        lost = (rows - (difference - back)) - (shift + back)
    lost[np.isneginf(difference)] = 0
    exps: Array = np.exp(difference)
    lost *= exps
    exps += lost
    return exps


def stable_exp(
    logits: Array, rows: slice, nan_policy: NanPolicy = "raise", out: Array | None = None
) -> tuple[Array, Array]:
    """Compute exp(logits[rows] - shift) so that neither it nor a ratio of two overflows.

    Returns
    -------
    exps : (rows, C) array
        `out` where that is given.
    shift : (rows,) array
        0 where exp is safe as it stands, else the largest logit of each row.
    """
    block = logits[rows]
    limit = 0.4 * np.log(np.finfo(block.dtype).max)  # 283 in float64, 35 in float32
    low = block.min()
    masked = low == -np.inf
    if masked:  # a masked class is 0 with and without a shift: look at the others
        low = block.min(where=block > -np.inf, initial=limit)
    if -limit < low and block.max() < limit:
        exps = np.exp(block, out=out, order="C")
        if not masked or row_sums(exps).all():  # a row of only -inf is named below
            return exps, np.zeros(len(block), block.dtype)
    block = by_columns(block)
    tops = row_tops(block, rows.start, nan_policy)
    out = np.empty_like(block, order="C") if out is None else out
    out[...] = exp_of_difference(block, tops)
    return out, tops[:, 0]


def flat_entries(rows: Array, classes: Labels) -> tuple[Array, Labels]:
    """Address one entry per row: flat[index] is rows[i, classes[i]], but faster."""
    flat = rows.reshape(-1, copy=False)  # an error, rather than a copy, if it cannot be a view
    return flat, np.arange(len(rows)) * rows.shape[1] + classes


def odds_against(exps: Array, classes: Labels) -> tuple[Array, Array, Array]:
    """Compare one class of each row with all the others; overwrites `exps` at those classes.

    Since p = e / (e + rest), the odds against the class are (1 - p) / p = rest / e,
    and -log p = log1p(rest / e). Nothing is subtracted, so a tiny 1 - p keeps its digits.

    Returns
    -------
    odds, rest, chosen : (rows,) arrays
        rest / chosen, the sum of the other exponentials, and that of the class.
    """
    flat, index = flat_entries(exps, classes)
    chosen = flat[index]
    flat[index] = 0
    rest = row_sums(exps)
    with np.errstate(divide="ignore", over="ignore"):  # an impossible class: infinite odds
        return rest / chosen, rest, chosen
