import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softmax_edu import stable


def test_integers_become_float64_before_any_arithmetic():
    for dtype in (np.bool_, np.int8, np.uint8, np.int16, np.uint32, np.int64, np.uint64):
        floats = stable.as_floats(np.array([1, 0], dtype))
        assert floats.dtype == np.float64
        assert floats.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats_are_passed_on_without_a_copy(dtype):
    given_array = np.ones(3, dtype)
    assert stable.as_floats(given_array) is given_array


@pytest.mark.parametrize(
    "values",
    [[1 + 2j], ["1"], [None], np.array([1, 2], object), np.array([b"x"])],
    ids=["complex", "string", "None", "object", "bytes"],
)
def test_what_is_not_a_real_number_is_named(values):
    with pytest.raises(TypeError, match=r"scores has dtype .*; it must hold real numbers"):
        stable.as_floats(values, "scores")


def test_a_masked_array_is_refused_with_the_remedy():
    with pytest.raises(TypeError, match=r"z is a masked array; .* -inf"):
        stable.as_floats(np.ma.array([1.0, 2.0], mask=[0, 1]), "z")


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_rows_of_and_restore_undo_each_other(axis):
    logits = np.arange(24.0).reshape(2, 3, 4)
    rows = stable.rows_of(logits, axis)
    assert rows.z.shape == (24 // logits.shape[axis], logits.shape[axis])
    np.testing.assert_array_equal(rows.z[0], np.moveaxis(logits, axis, -1)[0, 0])
    np.testing.assert_array_equal(stable.restore(rows.z, rows, axis), logits)


def test_float16_is_computed_in_float32_and_given_back_as_float16():
    rows = stable.rows_of(np.ones((2, 3), np.float16))
    assert rows.z.dtype == np.float32
    assert stable.restore(rows.z, rows, -1).dtype == np.float16


@pytest.mark.parametrize(
    ("logits", "axis", "error", "message"),
    [
        (3.0, -1, ValueError, "logits is a single number; it needs an axis of classes"),
        ([1.0], 1, ValueError, r"axis 1 does not exist: logits has shape \(1,\)"),
        ([[1.0]], -3, ValueError, r"axis -3 does not exist: logits has shape \(1, 1\)"),
        (np.zeros((2, 0)), -1, ValueError, r"no classes: shape \(2, 0\) is empty along axis -1"),
        (np.zeros((0, 2)), 0, ValueError, r"no classes: shape \(0, 2\) is empty along axis 0"),
        ([[1.0]], None, TypeError, "axis is None; it must be one integer"),
        ([[1.0]], (0, 1), TypeError, r"axis is \(0, 1\); it must be one integer"),
    ],
)
def test_a_wrong_axis_of_classes_is_explained(logits, axis, error, message):
    with pytest.raises(error, match=message):
        stable.rows_of(logits, axis)


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((5, stable.BLOCK_ELEMENTS // 2), [2, 2, 1]),
        ((2, stable.BLOCK_ELEMENTS + 1), [1, 1]),
        ((3, 2), [3]),
        ((0, 2), []),
    ],
)
def test_blocks_cover_each_row_once_within_the_limit(shape, sizes):
    slices = list(stable.blocks(np.broadcast_to(0.0, shape)))
    assert [s.stop - s.start for s in slices] == sizes
    assert [i for s in slices for i in range(s.start, s.stop)] == list(range(shape[0]))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(1, 700), st.sampled_from([np.float32, np.float64]), st.booleans())
def test_row_sums_agree_with_the_exact_sum(num_classes, dtype, by_columns):
    rng = np.random.default_rng(num_classes)
    rows = rng.random((3, num_classes)).astype(dtype)
    exact = [math.fsum(row.tolist()) for row in rows]
    # 5.5 is a measure of its own: adding 500 numbers one after the other gives 20 and more.
    limit = 5.5 * np.finfo(dtype).eps
    sums = stable.row_sums(np.asfortranarray(rows) if by_columns and num_classes < 64 else rows)
    assert sums.shape == (3,)
    assert sums.dtype == dtype
    np.testing.assert_allclose(sums, exact, rtol=limit)


@pytest.mark.parametrize("num_classes", [1, 2, 16, 17, 31, 33, 64, 65, 511, 512, 513])
def test_row_sums_leave_no_entry_out_and_change_none(num_classes):
    rows = np.tile(2.0 ** (np.arange(num_classes) % 40), (2, 1))
    before = rows.copy()
    assert stable.row_sums(rows).tolist() == before.sum(axis=1).tolist()  # exact in float64
    np.testing.assert_array_equal(rows, before)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ([1.0, np.nan], "holds NaN; find where it comes from, or pass nan_policy='propagate'"),
        ([np.inf, 1.0], r"holds \+inf, and inf / inf is undefined"),
        ([-np.inf, -np.inf], "is -inf in every class; leave at least one class unmasked"),
    ],
)
def test_a_row_without_a_largest_logit_is_named(row, why):
    with pytest.raises(ValueError, match=f"logits row 12 {why}"):
        stable.row_tops(np.array([[0.0, -np.inf], [3.0, 4.0], row]), first_row=10)


def test_the_first_wrong_row_is_the_one_named():
    with pytest.raises(ValueError, match="row 1 is -inf"):
        stable.row_tops(np.array([[0.0], [-np.inf], [np.inf]]))


def test_propagating_nan_still_refuses_infinity():
    rows = np.array([[np.nan, 1.0], [np.inf, 1.0]])
    with pytest.raises(ValueError, match=r"row 1 holds \+inf"):
        stable.row_tops(rows, nan_policy="propagate")
    assert np.isnan(stable.row_tops(rows[:1], nan_policy="propagate")).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exp_of_difference_undoes_the_rounding_of_the_subtraction(dtype):
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 3, (200, 1)).astype(dtype)
    shift = (rng.normal(0, 1, (200, 1)) + 40).astype(dtype)
    ours = stable.exp_of_difference(rows, shift)
    plain = np.exp(rows - shift)
    with mpmath.workdps(50):
        exact = [
            mpmath.exp(mpmath.mpf(float(x)) - mpmath.mpf(float(s)))
            for x, s in zip(rows[:, 0], shift[:, 0], strict=True)
        ]
        error, plain_error = (
            max(
                abs(float(mpmath.mpf(float(e)) / x - 1))
                for e, x in zip(exps[:, 0], exact, strict=True)
            )
            for exps in (ours, plain)
        )
    eps = np.finfo(dtype).eps
    assert error < 2.5 * eps < 4 * eps < plain_error


def test_exp_of_a_gap_beyond_the_largest_float_is_zero_without_a_warning():
    rows = np.array([[1.7e308, -1.7e308, -np.inf]])
    assert stable.exp_of_difference(rows, rows[:, :1]).tolist() == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize(("dtype", "limit"), [(np.float32, 35.4), (np.float64, 283.9)])
def test_stable_exp_shifts_only_where_exp_is_not_safe(dtype, limit):
    # limit is 0.4 log(largest float): .4 * 88.7228 and .4 * 709.7827
    for size, shifted in ((limit - 0.2, False), (limit + 0.2, True)):
        for sign in (1, -1):
            block = np.array([[sign * size, 0.0]], dtype)
            exps, shift = stable.stable_exp(block, slice(0, 1))
            top = block.max() if shifted else 0
            assert shift.tolist() == [top]
            np.testing.assert_allclose(exps, np.exp(block - top), rtol=3 * np.finfo(dtype).eps)


@pytest.mark.parametrize("size", [1.0, 1000.0])
def test_stable_exp_writes_where_it_is_told_and_leaves_the_logits(size):
    logits = size * np.arange(6.0).reshape(3, 2)
    before, out = logits.copy(), np.empty((2, 2))
    exps, _ = stable.stable_exp(logits, slice(1, 3), out=out)
    assert exps is out
    np.testing.assert_array_equal(logits, before)


def test_odds_by_hand():
    exps = np.array([[1.0, 2.0, 4.0], [0.0, 5.0, 0.0]])
    odds, rest, chosen = stable.odds_against(exps, np.array([2, 0]))
    assert odds.tolist() == [0.75, np.inf]
    assert rest.tolist() == [3.0, 5.0]
    assert chosen.tolist() == [4.0, 0.0]
    assert exps.tolist() == [[1.0, 2.0, 0.0], [0.0, 5.0, 0.0]]


def test_entries_are_addressed_in_place_or_not_at_all():
    with pytest.raises(ValueError, match="copy"):
        stable.flat_entries(np.zeros((3, 2), order="F"), np.zeros(3, int))
