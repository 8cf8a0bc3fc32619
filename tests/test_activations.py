import math

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from softmax_edu import (
    hardmax,
    log_softmax,
    logsumexp,
    numerical_gradient,
    sigmoid,
    softmax,
    softmax_jacobian,
    stable,
)

NAN, INF = np.nan, np.inf
EPS = np.finfo(np.float64).eps
ROW_WISE = [softmax, log_softmax, hardmax]  # one result per logit
ALL = [*ROW_WISE, logsumexp]
FLOATS = [np.float16, np.float32, np.float64, np.longdouble]
PEERS = [
    (softmax, scipy.special.softmax),
    (log_softmax, scipy.special.log_softmax),
    (logsumexp, scipy.special.logsumexp),
]

logit_arrays = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, max_side=6), elements=st.floats(-900, 900)
)
properties = settings(derandomize=True, deadline=None, max_examples=60)


def _softmax_in_plain_python(row):
    top = max(row)
    exps = [math.exp(z - top) for z in row]
    return [e / math.fsum(exps) for e in exps]


# Values by hand and invariants


def test_softmax_of_log_odds_is_those_odds():
    np.testing.assert_allclose(softmax(np.log([1, 2, 5])), [1 / 8, 2 / 8, 5 / 8], rtol=4 * EPS)


def test_log_softmax_and_logsumexp_of_log_odds():
    z = np.log([1, 2, 5])
    np.testing.assert_allclose(logsumexp(z), math.log(8), rtol=2 * EPS)
    np.testing.assert_allclose(log_softmax(z), np.log([1 / 8, 2 / 8, 5 / 8]), rtol=4 * EPS)


@properties
@given(logit_arrays, st.data())
def test_softmax_is_a_distribution_along_its_axis(z, data):
    axis = data.draw(st.integers(-z.ndim, z.ndim - 1))
    probs = softmax(z, axis=axis)
    assert probs.shape == z.shape
    assert (probs >= 0).all()
    np.testing.assert_allclose(probs.sum(axis=axis), 1, rtol=10 * EPS)


@properties
@given(hnp.arrays(np.int64, (3, 5), elements=st.integers(-500, 500)), st.integers(-3000, 3000))
def test_softmax_is_unchanged_by_a_constant_shift(z, shift):
    np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=8 * EPS, atol=1e-320)
    np.testing.assert_allclose(logsumexp(z + shift), logsumexp(z) + shift, rtol=1e-12, atol=1e-12)


@properties
@given(logit_arrays, st.randoms(use_true_random=False))
def test_softmax_does_not_care_about_the_order_of_classes(z, random):
    order = list(range(z.shape[-1]))
    random.shuffle(order)
    np.testing.assert_allclose(
        softmax(z[..., order]), softmax(z)[..., order], rtol=8 * EPS, atol=1e-320
    )


@properties
@given(logit_arrays)
def test_logsumexp_lies_between_the_maximum_and_the_maximum_plus_log_c(z):
    top, result = z.max(axis=-1), logsumexp(z)
    slack = 4 * EPS * (1 + np.abs(top))
    assert (result >= top - slack).all()
    assert (result <= top + math.log(z.shape[-1]) + slack).all()


@properties
@given(logit_arrays)
def test_softmax_keeps_the_order_of_the_scores(z):
    assert np.array_equal(
        np.take_along_axis(softmax(z), z.argmax(-1, keepdims=True), -1).ravel(),
        softmax(z).max(axis=-1).ravel(),
    )


def test_logsumexp_is_never_shift_invariant():
    # A widely used textbook asserts g(x + b) = g(x); it is g(x) + b.
    z = np.array([5.0, 2.0, -1.0, 3.0])
    np.testing.assert_allclose(logsumexp(z + 3) - logsumexp(z), 3, rtol=1e-14)


# Independent oracles


@pytest.mark.parametrize("scale", [0.1, 3, 250, 1000])
def test_softmax_agrees_with_plain_python(scale):
    z = np.random.default_rng(0).normal(size=(20, 6)) * scale
    expected = [_softmax_in_plain_python(row) for row in z.tolist()]
    np.testing.assert_allclose(softmax(z), expected, rtol=1e-12, atol=1e-320)


@pytest.mark.parametrize(("ours", "peer"), PEERS)
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
@pytest.mark.parametrize("num_classes", [1, 2, 10, 70])
def test_every_axis_agrees_with_scipy(ours, peer, axis, num_classes):
    shape = [3, 4, 5]
    shape[axis] = num_classes
    z = np.random.default_rng(0).normal(size=shape) * 100
    np.testing.assert_allclose(ours(z, axis=axis), peer(z, axis=axis), rtol=3e-13, atol=1e-15)


@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_logsumexp_keeps_its_axis_if_asked(axis):
    z = np.arange(12.0).reshape(3, 4)
    kept = logsumexp(z, axis, keepdims=True)
    assert kept.ndim == 2
    assert kept.shape[axis] == 1
    np.testing.assert_array_equal(kept.squeeze(axis), logsumexp(z, axis))


def test_logsumexp_of_one_row_is_a_scalar():
    assert isinstance(logsumexp([1.0, 2.0]), np.float64)
    assert isinstance(logsumexp(np.ones(2, np.float16)), np.float16)
    assert logsumexp([1.0, 2.0], keepdims=True).shape == (1,)


# Extremes


@pytest.mark.parametrize("dtype", FLOATS)
def test_logits_of_1000_do_not_overflow(dtype):
    z = np.array([[1000, -1000, 1000], [-1000, -1000, -1000]], dtype)
    rtol = np.finfo(dtype).eps + EPS
    np.testing.assert_array_equal(softmax(z)[0].astype(float), [0.5, 0, 0.5])
    np.testing.assert_allclose(softmax(z)[1], 1 / 3, rtol=rtol)
    expected = [1000 + math.log(2), -1000 + math.log(3)]
    np.testing.assert_allclose(logsumexp(z), expected, rtol=rtol)
    np.testing.assert_allclose(
        log_softmax(z)[0, :2], [-math.log(2), -2000 - math.log(2)], rtol=rtol
    )


@pytest.mark.parametrize("z", [[1.7e308, -1.7e308], [1e308, -1e308], [-1e308, -1.7e308]])
def test_the_largest_floats_give_certainty_without_a_warning(z):
    assert softmax(z).tolist() == [1.0, 0.0]
    assert softmax(z, temperature=0.5).tolist() == [1.0, 0.0]
    assert logsumexp(z) == z[0]
    assert log_softmax(z)[0] == 0


@pytest.mark.parametrize("num_classes", [1, 2, 3, 65, 1000])
@pytest.mark.parametrize("value", [0, 7, -300, 1e5])
def test_ties_share_evenly(num_classes, value):
    z = np.full(num_classes, float(value))
    np.testing.assert_allclose(softmax(z), 1 / num_classes, rtol=4 * EPS)
    np.testing.assert_allclose(log_softmax(z), -math.log(num_classes), rtol=4 * EPS, atol=0)


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_a_masked_class_has_probability_0_and_the_others_are_as_if_it_were_not_there(offset):
    z = np.array([1.0, -INF, 2.0, -INF]) + offset
    others = z[[0, 2]]
    assert softmax(z)[[1, 3]].tolist() == [0, 0]
    np.testing.assert_allclose(softmax(z)[[0, 2]], softmax(others), rtol=2 * EPS)
    assert log_softmax(z)[[1, 3]].tolist() == [-INF, -INF]
    np.testing.assert_allclose(log_softmax(z)[[0, 2]], log_softmax(others), rtol=4 * EPS)
    np.testing.assert_allclose(logsumexp(z), logsumexp(others), rtol=2 * EPS)
    assert hardmax(z).tolist() == [0, 0, 1, 0]


def test_a_class_alone_is_certain():
    z = [[-INF, 3.0, -INF], [-INF, -INF, -1e5]]
    assert softmax(z).tolist() == [[0, 1, 0], [0, 0, 1]]
    assert np.isneginf(log_softmax(z)).sum() == 4
    assert log_softmax(z).max(axis=1).tolist() == [0, 0]
    assert logsumexp(z).tolist() == [3.0, -1e5]


@pytest.mark.parametrize("f", ALL)
@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([1, NAN], "logits row 1 holds NaN"),
        ([1, INF], r"logits row 1 holds \+inf"),
        ([-INF, INF], r"logits row 1 holds \+inf"),
        ([-INF, -INF], "logits row 1 is -inf in every class"),
    ],
)
def test_a_row_without_an_answer_is_an_error_that_says_why(f, row, message):
    for policy in ("raise", "propagate"):
        if policy == "propagate" and np.isnan(row).any():
            continue
        with pytest.raises(ValueError, match=message):
            f([[1.0, 2.0], row], nan_policy=policy)


@pytest.mark.parametrize("f", ALL)
@pytest.mark.parametrize("offset", [0.0, 50.0, 1000.0])
def test_propagated_nan_stays_in_its_row(f, offset):
    z = np.array([[50.0, 0.0, 1.0], [NAN, 1.0, 2.0], [3.0, 3.0, -INF]])
    z[:, 0] += offset
    result = f(z, nan_policy="propagate")
    assert np.isnan(result[1]).all()
    np.testing.assert_allclose(result[[0, 2]], f(z[[0, 2]]), rtol=2 * EPS)


@pytest.mark.parametrize("temperature", [0.5, 3.0])
def test_propagated_nan_stays_in_its_row_at_any_temperature(temperature):
    probs = softmax([[NAN, 1.0], [1.0, 2.0]], temperature=temperature, nan_policy="propagate")
    assert np.isnan(probs[0]).all()
    np.testing.assert_array_equal(probs[1], softmax([1.0, 2.0], temperature=temperature))


@pytest.mark.parametrize("f", [*ALL, sigmoid])
def test_a_misspelt_nan_policy_is_refused_also_without_nan(f):
    with pytest.raises(ValueError, match="nan_policy is 'omit'; it must be 'raise' or 'propagate'"):
        f([1.0, 2.0], nan_policy="omit")


# Input of every kind


def test_scipy_wraps_small_integers_around_and_we_do_not():
    z = np.array([127, -128, 0], np.int8)  # 127 - (-128) is -1 in eight bits
    np.testing.assert_allclose(scipy.special.softmax(z), [0.269, 0.731, 0], rtol=0, atol=5e-4)
    np.testing.assert_allclose(softmax(z), softmax([127.0, -128.0, 0.0]), rtol=0)
    assert softmax(z)[0] == 1


@pytest.mark.parametrize("f", [*ALL, sigmoid])
@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])
def test_integers_and_bools_of_any_width_are_float64(f, dtype):
    values = [[1, 0, 1]] if dtype == "?" else [[100, 0, 127], [3, 4, 5]]
    z = np.array(values, dtype)
    result = f(z)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, f(z.astype(np.float64)))


@pytest.mark.parametrize("f", [*ALL, sigmoid, softmax_jacobian])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", [1, 500])
def test_the_result_has_the_type_of_the_input(f, dtype, size):
    z = (size * np.array([[1, -0.5, 0.25], [0, 0, 1]])).astype(dtype)
    result = f(z)
    assert result.dtype == dtype
    expected = f(z.astype(np.float64))
    rtol, atol = 20 * np.finfo(dtype).eps + 20 * EPS, np.finfo(dtype).tiny
    np.testing.assert_allclose(result.astype(float), expected, rtol=rtol, atol=atol)


@pytest.mark.parametrize("f", [*ALL, sigmoid])
@pytest.mark.parametrize("size", [1, 40])
def test_float16_is_the_float32_result_rounded(f, size):
    z = (np.random.default_rng(0).normal(size=(50, 7)) * size).astype(np.float16)
    np.testing.assert_array_equal(f(z), f(z.astype(np.float32)).astype(np.float16))


@pytest.mark.parametrize("f", [*ALL, sigmoid])
@pytest.mark.parametrize(
    "values",
    [[1j, 2], ["a", "b"], [None, 1], np.ma.array([1.0, 2.0], mask=[True, False])],
    ids=["complex", "string", "object", "masked"],
)
def test_what_is_not_an_array_of_real_numbers_is_refused(f, values):
    with pytest.raises(TypeError, match=r"must hold real numbers|is a masked array"):
        f(values)


@pytest.mark.parametrize("f", ALL)
@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3)])
def test_no_rows_give_no_rows(f, shape):
    expected = shape[:-1] if f is logsumexp else shape
    assert f(np.zeros(shape)).shape == expected
    if f is softmax:
        assert softmax(np.zeros(shape), temperature=2).shape == shape


@pytest.mark.parametrize("f", ALL)
@pytest.mark.parametrize("bad", [np.zeros((3, 0)), 1.0])
def test_an_axis_of_classes_is_needed(f, bad):
    with pytest.raises(ValueError, match=r"no classes|single number"):
        f(bad)


@pytest.mark.parametrize("f", [*ALL, sigmoid])
@pytest.mark.parametrize("size", [1, 600])
@pytest.mark.parametrize(
    "view",
    [
        np.asfortranarray,
        lambda z: z[::-1, ::-1],
        lambda z: np.repeat(z, 2, axis=1)[:, ::2],
        lambda z: np.broadcast_to(z[0], (4, 7)),
        lambda z: z.T.copy().T,
        lambda z: z.astype(">f8"),
        lambda z: z.tolist(),
        lambda z: tuple(map(tuple, z)),
    ],
    ids=[
        "fortran",
        "negative",
        "strided",
        "broadcast",
        "transposed",
        "big-endian",
        "list",
        "tuple",
    ],
)
def test_memory_layout_does_not_matter(f, size, view):
    z = view(np.random.default_rng(1).normal(size=(4, 7)) * size)
    contiguous = np.array(z, dtype=np.float64, order="C")
    np.testing.assert_array_equal(f(z), f(contiguous))


@pytest.mark.parametrize("f", ALL)
@pytest.mark.parametrize("num_classes", [3, 30, 100])
@pytest.mark.parametrize("scale", [1, 200])
def test_rows_in_a_batch_are_as_each_row_alone(f, num_classes, scale):
    z = np.random.default_rng(2).normal(size=(40, num_classes)) * scale
    alone = np.stack([f(row) for row in z])
    np.testing.assert_allclose(f(z), alone, rtol=16 * EPS, atol=1e-15 if f is logsumexp else 1e-320)


@pytest.mark.parametrize("f", ALL)
def test_a_huge_row_does_not_disturb_its_neighbours(f):
    z = np.random.default_rng(3).normal(size=(20, 5))
    z[3] += 60 * np.arange(5)
    batch = np.vstack([z, [[1e300, 0, 0, -1e300, 5]]])
    np.testing.assert_allclose(f(batch)[:-1], f(z), rtol=16 * EPS)


@pytest.mark.parametrize("f", ALL)
@pytest.mark.parametrize("num_classes", [7, 90])
@pytest.mark.parametrize("offset", [0, 400])
def test_more_rows_than_one_block_are_computed_alike(f, num_classes, offset, monkeypatch):
    z = np.random.default_rng(4).normal(size=(100, num_classes)) * 9 + offset
    whole = f(z)
    monkeypatch.setattr(stable, "BLOCK_ELEMENTS", 3 * num_classes)
    assert len(list(stable.blocks(z))) == 34
    atol = 4 * EPS if f is log_softmax else 0  # sums in another order: 1 + eps may be 1
    np.testing.assert_allclose(f(z), whole, rtol=8 * EPS, atol=atol)


@pytest.mark.parametrize("f", ALL)
def test_an_error_names_the_row_also_in_a_later_block(f):
    z = np.zeros((3 * stable.BLOCK_ELEMENTS // 1000, 1000))
    z[700, 3] = INF
    with pytest.raises(ValueError, match="logits row 700 "):
        f(z)


# Temperature


@pytest.mark.parametrize("temperature", [1e-3, 0.5, 1, 2, 10, 1e4, np.float32(2), 1e300])
@pytest.mark.parametrize("axis", [0, 1])
def test_temperature_divides_the_logits(temperature, axis):
    z = np.array([[5.0, 2, -1, 3], [700, 600, 0, -5]])
    expected = scipy.special.softmax(z / float(temperature), axis=axis)
    np.testing.assert_allclose(
        softmax(z, axis, temperature=temperature), expected, rtol=1e-10, atol=1e-300
    )


def test_a_cold_softmax_is_hardmax_and_a_hot_one_uniform():
    z = [5.0, 2.0, -1.0, 5.0]
    cold = softmax(z, temperature=1e-308)
    np.testing.assert_array_equal(cold, hardmax(z, ties="share"))
    np.testing.assert_allclose(softmax(z, temperature=1e16), 0.25, rtol=1e-15)


@pytest.mark.parametrize("dtype", FLOATS)
def test_temperature_keeps_the_type(dtype):
    assert softmax(np.ones(3, dtype), temperature=2).dtype == dtype


@pytest.mark.parametrize("temperature", [0, -1.0, INF, -INF, NAN, [1.0], np.ones(2)])
def test_a_temperature_that_is_not_positive_and_finite_is_refused(temperature):
    with pytest.raises(ValueError, match=r"temperature is .*; it must be a positive finite number"):
        softmax([1.0, 2.0], temperature=temperature)


@pytest.mark.parametrize(
    ("row", "message"), [([1, NAN], "row 1 holds NaN"), ([INF, 0], r"row 1 holds \+inf")]
)
def test_temperature_does_not_hide_which_row_is_wrong(row, message):
    with pytest.raises(ValueError, match=message):
        softmax([[0.0, 0.0], row], temperature=2)


# Hardmax


def test_hardmax_gives_all_to_the_first_or_shares():
    z = [[5, 2, -1, 3], [2, 7, 7, 7]]
    assert hardmax(z).tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    np.testing.assert_allclose(hardmax(z, ties="share")[1], [0, 1 / 3, 1 / 3, 1 / 3], rtol=EPS)
    assert hardmax(np.transpose(z), axis=0).T.tolist() == hardmax(z).tolist()


@properties
@given(hnp.arrays(np.int8, (3, 4), elements=st.integers(-2, 2)))
def test_hardmax_agrees_with_argmax(z):
    np.testing.assert_array_equal(hardmax(z), np.eye(4)[z.argmax(axis=1)])
    shared = hardmax(z, ties="share")
    np.testing.assert_allclose(shared.sum(axis=1), 1, rtol=4 * EPS)
    np.testing.assert_array_equal(shared > 0, z == z.max(axis=1, keepdims=True))


def test_hardmax_names_a_wrong_way_with_ties():
    with pytest.raises(ValueError, match="ties is 'last'; it must be 'first' or 'share'"):
        hardmax([1, 2], ties="last")


# Sigmoid


def test_sigmoid_by_hand():
    scores = [0.0, math.log(3), -math.log(3), INF, -INF, -745.0, 40.0]
    expected = [0.5, 0.75, 0.25, 1.0, 0.0, 5e-324, 1.0]
    np.testing.assert_allclose(sigmoid(scores), expected, rtol=2 * EPS)


@properties
@given(st.floats(-700, 700))
def test_sigmoid_is_the_first_of_two_classes(score):
    np.testing.assert_allclose(sigmoid(score), softmax([score, 0.0])[0], rtol=8 * EPS)
    np.testing.assert_allclose(sigmoid(score) + sigmoid(-score), 1, rtol=2 * EPS)
    np.testing.assert_allclose(sigmoid(score), scipy.special.expit(score), rtol=4 * EPS)


def test_sigmoid_keeps_any_shape():
    assert np.ndim(sigmoid(0.0)) == 0
    assert sigmoid(np.zeros((2, 0, 3))).shape == (2, 0, 3)


def test_sigmoid_names_where_nan_is_or_passes_it_on():
    scores = [[0.0, 1.0], [2.0, NAN]]
    with pytest.raises(ValueError, match=r"scores holds NaN at index \(1, 1\)"):
        sigmoid(scores)
    assert np.isnan(sigmoid(scores, nan_policy="propagate")).tolist() == [
        [False] * 2,
        [False, True],
    ]


# Jacobian and gradients


@pytest.mark.parametrize("num_classes", [1, 2, 5])
def test_the_jacobian_is_the_derivative_of_softmax(num_classes):
    z = np.random.default_rng(5).normal(size=num_classes)
    np.testing.assert_allclose(
        softmax_jacobian(z), numerical_gradient(softmax, z), rtol=1e-8, atol=1e-10
    )


def test_the_jacobian_by_hand():
    # p = [1/4, 3/4]
    expected = [[3 / 16, -3 / 16], [-3 / 16, 3 / 16]]
    np.testing.assert_allclose(softmax_jacobian([0.0, math.log(3)]), expected, rtol=4 * EPS)


@properties
@given(logit_arrays)
def test_the_jacobian_is_symmetric_with_rows_that_sum_to_0_and_norm_at_most_a_half(z):
    jacobian = softmax_jacobian(z)
    assert jacobian.shape == (*z.shape, z.shape[-1])
    np.testing.assert_array_equal(jacobian, np.swapaxes(jacobian, -1, -2))
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0, rtol=0, atol=4 * EPS)
    assert (np.linalg.eigvalsh(jacobian) > -1e-15).all()
    assert np.linalg.norm(jacobian, 2, axis=(-2, -1)).max() <= 0.5 + 4 * EPS


def test_a_batch_of_jacobians_is_one_for_each_row():
    z = np.random.default_rng(6).normal(size=(2, 3, 4))
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(
            softmax_jacobian(z)[index], softmax_jacobian(z[index]), rtol=1e-14, atol=1e-17
        )


def test_the_gradient_of_logsumexp_is_softmax():
    z = np.array([5.0, 2.0, -1.0, 3.0])
    np.testing.assert_allclose(numerical_gradient(logsumexp, z), softmax(z), rtol=1e-8)
