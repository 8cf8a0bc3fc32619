import math

import numpy as np
import pytest
import scipy.special
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

import softmax_edu
from softmax_edu import (
    cross_entropy,
    cross_entropy_and_gradient,
    cross_entropy_gradient,
    numerical_gradient,
    one_hot,
    regression,
    relative_error,
    softmax,
    stable,
)

NAN, INF = np.nan, np.inf
EPS = np.finfo(np.float64).eps
LOSSES = [cross_entropy, cross_entropy_gradient, cross_entropy_and_gradient]
FLOATS = [np.float16, np.float32, np.float64, np.longdouble]


def _flat(result):
    """Lay the one or two results of a loss function out as one vector."""
    parts = result if isinstance(result, tuple) else (result,)
    return np.concatenate([np.ravel(part) for part in parts])


def _task(m, num_classes, seed=0, scale=2.0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(m, num_classes)) * scale
    return logits, rng.integers(num_classes, size=m), rng.dirichlet(np.ones(num_classes), size=m)


def _loss_in_plain_python(row, target):
    top = max(row)
    log_total = top + math.log(math.fsum(math.exp(z - top) for z in row))
    return math.fsum(y * (log_total - z) for y, z in zip(target, row, strict=True) if y)


# one_hot


def test_one_hot_by_hand():
    assert one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot(1, 2).tolist() == [0, 1]
    assert one_hot([True, False], 2).tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3), (2, 0, 3)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, np.bool_])
def test_one_hot_has_one_1_per_label_where_the_label_says(shape, dtype):
    labels = np.random.default_rng(0).integers(4, size=shape)
    targets = one_hot(labels, 4, dtype)
    assert targets.shape == (*shape, 4)
    assert targets.dtype == dtype
    np.testing.assert_array_equal(targets.astype(int).sum(axis=-1), 1)
    np.testing.assert_array_equal(targets.argmax(axis=-1), labels)


def test_one_hot_keeps_a_place_for_absent_classes():
    assert one_hot([0, 1], 5).shape == (2, 5)


@pytest.mark.parametrize("num_classes", [0, -1, 2.0, "3", None])
def test_one_hot_needs_a_positive_number_of_classes(num_classes):
    with pytest.raises(ValueError, match=r"num_classes is .*; it must be a positive integer"):
        one_hot([], num_classes)


def _ask_one_hot(labels):
    return one_hot(labels, 3)


def _ask_loss(labels):
    return cross_entropy(np.zeros((*np.shape(labels), 3)), labels)


@pytest.mark.parametrize("f", [_ask_one_hot, _ask_loss])
@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 3], ValueError, r"labels holds 3 at index \(1,\); with 3 .* between 0 and 2"),
        ([[0, 1], [-1, 2]], ValueError, r"labels holds -1 at index \(1, 0\); .* between 0 and 2"),
        (np.array([255], np.uint8), ValueError, r"labels holds 255 at index \(0,\)"),
        ([0.0, 1.5], TypeError, r"labels holds 1.5 at index \(1,\); class numbers are integers"),
        ([0.0, NAN], TypeError, r"labels holds nan at index \(1,\)"),
        ([0.0, 1.0], TypeError, r"labels has dtype float64; .* labels.astype\(int\)"),
        (["cat"], TypeError, "labels has dtype <U3; class numbers are integers"),
        ([1j], TypeError, "labels has dtype complex128"),
        (np.ma.array([0, 1], mask=[0, 1]), TypeError, "labels is a masked array; leave the masked"),
    ],
)
def test_labels_that_are_no_class_numbers_are_named_with_index_and_remedy(
    f, labels, error, message
):
    with pytest.raises(error, match=message):
        f(labels)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])
def test_labels_of_any_integer_type_give_the_same(dtype):
    logits, _, _ = _task(40, 300)
    labels = np.arange(40) * 3
    for f in LOSSES:
        np.testing.assert_array_equal(
            _flat(f(logits, labels.astype(dtype))), _flat(f(logits, labels))
        )


# cross_entropy: values by hand, invariants, oracles


def test_a_uniform_prediction_costs_log_c():
    for num_classes in (1, 2, 4, 10, 1000):
        np.testing.assert_allclose(
            cross_entropy(np.zeros((3, num_classes)), [0] * 3), math.log(num_classes), rtol=2 * EPS
        )


def test_the_loss_is_minus_the_log_of_the_true_probability():
    z = np.log([[0.3, 0.2, 0.1, 0.4]])
    np.testing.assert_allclose(cross_entropy(z, [1]), -math.log(0.2), rtol=4 * EPS)
    np.testing.assert_allclose(
        cross_entropy_gradient(z, [1]), [[0.3, -0.8, 0.1, 0.4]], rtol=4 * EPS
    )


@pytest.mark.parametrize("scale", [0.1, 3, 100, 1000])
@pytest.mark.parametrize("num_classes", [2, 10, 80])
def test_the_loss_agrees_with_plain_python_and_scipy(scale, num_classes):
    logits, labels, targets = _task(30, num_classes, scale=scale)
    for y, distribution in ((labels, one_hot(labels, num_classes)), (targets, targets)):
        losses = cross_entropy(logits, y, reduction="none")
        by_hand = [
            _loss_in_plain_python(z, p)
            for z, p in zip(logits.tolist(), distribution.tolist(), strict=True)
        ]
        np.testing.assert_allclose(losses, by_hand, rtol=1e-12, atol=1e-13 * scale)
        peer = -(distribution * scipy.special.log_softmax(logits, axis=1)).sum(axis=1)
        np.testing.assert_allclose(losses, peer, rtol=1e-12, atol=1e-13 * scale)


def test_the_cost_agrees_with_scikit_learn():
    logits, labels, _ = _task(50, 6)
    expected = sklearn.metrics.log_loss(labels, softmax(logits), labels=range(6))
    np.testing.assert_allclose(cross_entropy(logits, labels), expected, rtol=1e-14)


@pytest.mark.parametrize("y", ["labels", "targets"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_mean_and_sum_are_those_of_the_single_losses(y, smoothing):
    logits, labels, targets = _task(7, 5)
    y = labels if y == "labels" else targets
    losses = cross_entropy(logits, y, reduction="none", label_smoothing=smoothing)
    assert losses.shape == (7,)
    for reduction, expected in (("mean", losses.mean()), ("sum", losses.sum())):
        cost = cross_entropy(logits, y, reduction=reduction, label_smoothing=smoothing)
        assert isinstance(cost, float)
        np.testing.assert_allclose(cost, expected, rtol=4 * EPS)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 6), st.sampled_from([0.1, 5.0, 300.0]))
def test_the_loss_is_non_negative_shift_invariant_and_least_at_the_truth(seed, num_classes, scale):
    logits, labels, targets = _task(4, num_classes, seed, scale)
    for y in (labels, targets):
        losses = cross_entropy(logits, y, reduction="none")
        assert (losses >= 0).all()
        moved = cross_entropy(logits + 64, y, reduction="none")
        np.testing.assert_allclose(moved, losses, rtol=1e-9, atol=1e-11)
    entropy = scipy.special.entr(targets).sum(axis=1)
    np.testing.assert_allclose(
        cross_entropy(np.log(targets), targets, reduction="none"), entropy, rtol=1e-12, atol=1e-14
    )
    assert (cross_entropy(logits, targets, reduction="none") >= entropy - 1e-12).all()


def test_labels_and_their_one_hot_targets_give_the_same():
    for scale in (1, 30, 500):
        logits, labels, _ = _task(50, 6, scale=scale)
        for f in LOSSES:
            np.testing.assert_allclose(
                _flat(f(logits, labels)),
                _flat(f(logits, one_hot(labels, 6))),
                rtol=4 * EPS,
                atol=1e-300,
            )


def test_smoothing_is_a_mixture_with_the_uniform_distribution():
    logits, labels, targets = _task(6, 5)
    for y, distribution in ((labels, one_hot(labels, 5)), (targets, targets)):
        mixed = 0.7 * distribution + 0.3 / 5
        for f in LOSSES:
            np.testing.assert_allclose(
                _flat(f(logits, y, label_smoothing=0.3)), _flat(f(logits, mixed)), rtol=1e-13
            )


def test_smoothing_keeps_the_sum_of_unnormalised_weights():
    logits, _, targets = _task(6, 5)
    for f in LOSSES:
        once, thrice = (
            f(logits, k * targets, label_smoothing=0.3, normalized=False) for k in (1, 3)
        )
        np.testing.assert_allclose(_flat(thrice), 3 * _flat(once), rtol=1e-12, atol=1e-15)


def test_complete_smoothing_forgets_the_truth():
    logits, labels, _ = _task(6, 5)
    for f in LOSSES:
        np.testing.assert_allclose(
            _flat(f(logits, labels, label_smoothing=1)),
            _flat(f(logits, np.full((6, 5), 0.2))),
            rtol=1e-13,
        )


# Gradient


@pytest.mark.parametrize("m", [1, 5])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("labels", {}),
        ("labels", {"label_smoothing": 0.1}),
        ("targets", {}),
        ("targets", {"label_smoothing": 0.3}),
        ("weights", {"normalized": False}),
        ("weights", {"normalized": False, "label_smoothing": 0.2}),
    ],
)
def test_the_gradient_is_the_derivative_of_the_loss(m, reduction, kind, options):
    logits, labels, targets = _task(m, 4)
    weights = 3 * targets * np.arange(m)[:, None] + targets**2
    y = {"labels": labels, "targets": targets, "weights": weights}[kind]
    options = {**options, "reduction": reduction}
    slope = numerical_gradient(lambda z: cross_entropy(z, y, **options), logits)
    if reduction == "none":  # each loss depends on its own row only
        assert np.count_nonzero(np.abs(slope).max(axis=2) > 1e-12) == m
        slope = slope[np.arange(m), np.arange(m)]
    dlogits = cross_entropy_gradient(logits, y, **options)
    assert relative_error(dlogits, slope) < 1e-9
    loss, both = cross_entropy_and_gradient(logits, y, **options)
    np.testing.assert_array_equal(both, dlogits)
    np.testing.assert_allclose(loss, cross_entropy(logits, y, **options), rtol=4 * EPS)
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, rtol=0, atol=1e-14)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_the_gradient_is_prediction_minus_truth(reduction):
    logits, labels, targets = _task(5, 4)
    share = 5 if reduction == "mean" else 1
    for y, distribution in ((labels, one_hot(labels, 4)), (targets, targets)):
        np.testing.assert_allclose(
            cross_entropy_gradient(logits, y, reduction=reduction),
            (softmax(logits) - distribution) / share,
            rtol=1e-13,
            atol=1e-16,
        )


def test_unnormalised_weights_have_the_gradient_sum_of_y_times_prediction_minus_y():
    logits, _, targets = _task(5, 4)
    weights = targets * np.array([[0.0], [0.5], [1], [2], [70]])
    expected = weights.sum(axis=1, keepdims=True) * softmax(logits) - weights
    options = {"normalized": False, "reduction": "sum"}
    np.testing.assert_allclose(
        cross_entropy_gradient(logits, weights, **options), expected, rtol=1e-13, atol=1e-14
    )
    losses = cross_entropy(logits, weights, normalized=False, reduction="none")
    assert losses[0] == 0
    single = cross_entropy(logits, targets, reduction="none")
    np.testing.assert_allclose(losses, single * [0, 0.5, 1, 2, 70], rtol=1e-13)


def test_a_mean_of_halves_is_not_the_mean_of_unequal_parts():
    logits, labels, _ = _task(5, 4)
    parts = [cross_entropy(logits[i], labels[i]) for i in (slice(0, 4), slice(4, 5))]
    whole = cross_entropy(logits, labels)
    np.testing.assert_allclose((4 * parts[0] + parts[1]) / 5, whole, rtol=1e-14)
    assert abs(np.mean(parts) - whole) > 1e-3


# Extremes


@pytest.mark.parametrize("dtype", FLOATS)
def test_logits_of_1000_cost_what_they_should(dtype):
    z = np.array([[1000, -1000, 0], [1000, -1000, 0]], dtype)
    losses = cross_entropy(z, [1, 0], reduction="none").astype(float)
    np.testing.assert_array_equal(losses, [2000, 0])
    dlogits = cross_entropy_gradient(z, [1, 0], reduction="none").astype(float)
    np.testing.assert_array_equal(dlogits, [[1, -1, 0], [0, 0, 0]])
    targets = np.array([[0.5, 0.5, 0], [0, 0.25, 0.75]], dtype)
    np.testing.assert_array_equal(cross_entropy(z, targets, reduction="none"), [1000, 1250])


@pytest.mark.parametrize("gap", [1e308, 1.7e308])
def test_a_gap_beyond_the_largest_float_is_an_infinite_loss_without_a_warning(gap):
    loss, dlogits = cross_entropy_and_gradient([gap, -gap], 1)
    assert loss == INF
    assert dlogits.tolist() == [1.0, -1.0]
    assert cross_entropy([gap, -gap], 0) == 0


def test_float16_losses_are_added_in_float32():
    z = np.zeros((40_000, 8), np.float16)
    labels = np.zeros(40_000, int)
    # The sum, 83177.7, is beyond float16; the mean of float16 losses would be 2.0801.
    np.testing.assert_allclose(
        cross_entropy(z, labels, reduction="sum"), 4e4 * math.log(8), rtol=1e-6
    )
    np.testing.assert_allclose(cross_entropy(z, labels), math.log(8), rtol=1e-6)
    assert cross_entropy(z, labels, reduction="none").dtype == np.float16


@pytest.mark.parametrize("offset", [0.0, 2000.0])
def test_a_masked_class_costs_nothing_unless_it_is_true(offset):
    z = np.array([[1.0, -INF, 2.0]] * 2) + offset
    others = z[:, [0, 2]]
    np.testing.assert_array_equal(
        cross_entropy(z, [0, 1], reduction="none"), [cross_entropy(others[0], 0), INF]
    )
    targets = np.array([[0.25, 0, 0.75], [0.5, 0.5, 0]])
    losses, dlogits = cross_entropy_and_gradient(z, targets, reduction="none")
    np.testing.assert_allclose(
        losses, [cross_entropy(others[0], targets[0, [0, 2]]), INF], rtol=4 * EPS
    )
    np.testing.assert_allclose(dlogits, softmax(z) - targets, rtol=1e-15, atol=4 * EPS)
    assert cross_entropy(z, [1, 1]) == INF
    assert cross_entropy(z, [0, 0], label_smoothing=0.1) == INF  # each class is true a little


def test_ties_leave_the_gradient_exact():
    dlogits = cross_entropy_gradient(np.zeros((2, 4)), [0, 3], reduction="sum")
    assert dlogits.tolist() == [[-0.75, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, -0.75]]


@pytest.mark.parametrize("kind", ["labels", "targets"])
@pytest.mark.parametrize("offset", [0.0, 900.0])
def test_propagated_nan_stays_in_its_row(kind, offset):
    logits, labels, targets = _task(4, 3)
    logits += offset
    y = labels if kind == "labels" else targets
    clean_loss, clean = cross_entropy_and_gradient(logits, y, reduction="none")
    logits[2, 1] = NAN
    options = {"reduction": "none", "nan_policy": "propagate"}
    loss, dlogits = cross_entropy_and_gradient(logits, y, **options)
    assert np.isnan(loss).tolist() == [False, False, True, False]
    assert np.isnan(dlogits[2]).all()
    np.testing.assert_allclose(loss[[0, 1, 3]], clean_loss[[0, 1, 3]], rtol=1e-14)
    np.testing.assert_allclose(dlogits[[0, 1, 3]], clean[[0, 1, 3]], rtol=1e-13)
    np.testing.assert_array_equal(cross_entropy(logits, y, **options), loss)
    np.testing.assert_array_equal(cross_entropy_gradient(logits, y, **options), dlogits)


# Input of every kind


@pytest.mark.parametrize("f", LOSSES)
@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([1, NAN], "logits row 1 holds NaN"),
        ([1, INF], r"logits row 1 holds \+inf"),
        ([-INF, -INF], "logits row 1 is -inf in every class"),
    ],
)
def test_a_row_without_an_answer_is_an_error_that_says_why(f, row, message):
    for y in ([0, 1], [[1, 0], [0.5, 0.5]]):
        with pytest.raises(ValueError, match=message):
            f([[1.0, 2.0], row], y)


@pytest.mark.parametrize("f", LOSSES)
@pytest.mark.parametrize(
    ("logits", "y", "message"),
    [
        (np.zeros((2, 3)), [0], r"y has shape \(1,\); .* must be \(2,\) .* or \(2, 3\)"),
        (np.zeros((2, 3)), [[0], [1]], r"y has shape \(2, 1\)"),
        (np.zeros((2, 3)), 0, r"y has shape \(\)"),
        (np.zeros(3), [0], r"y has shape \(1,\); .* must be \(\) .* or \(3,\)"),
        (np.zeros((1, 2)), [[0.5, 0.4]], "targets row 0 sums to 0.9, not 1; divide by the sum"),
        (np.zeros((2, 2)), [[0, 1], [1, 1]], "row 1 sums to 2, not 1; .* normalized=False"),
        (np.zeros((2, 2)), [[0, 1], [1.5, -0.5]], r"targets holds -0.5 at index \(1, 1\);"),
        (np.zeros((1, 2)), [[NAN, 1]], r"targets holds nan at index \(0, 0\)"),
        (np.zeros((1, 2)), [[INF, 1]], r"targets holds inf at index \(0, 0\)"),
        (np.zeros((0, 3)), [], "there are no examples to average"),
        (np.zeros((2, 0)), [0, 0], "no classes"),
        (0.0, 0, "single number"),
    ],
)
def test_a_truth_that_does_not_fit_is_explained(f, logits, y, message):
    with pytest.raises(ValueError, match=message):
        f(logits, y)


@pytest.mark.parametrize("bad", [[[-1.0, 2.0]], [[NAN, 1.0]], [[INF, 0.0]]])
def test_weights_that_need_not_sum_to_1_must_still_be_finite_and_at_least_0(bad):
    with pytest.raises(ValueError, match=r"targets holds .* finite and at least 0"):
        cross_entropy([[0.0, 0.0]], bad, normalized=False)


@pytest.mark.parametrize("f", LOSSES)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reduction": "avg"}, "reduction is 'avg'; it must be 'mean', 'sum' or 'none'"),
        ({"label_smoothing": -0.1}, r"label_smoothing is -0.1; it must lie in \[0, 1\]"),
        ({"label_smoothing": 1.1}, "label_smoothing is 1.1"),
        ({"label_smoothing": NAN}, "label_smoothing is nan"),
        ({"nan_policy": "omit"}, "nan_policy is 'omit'"),
    ],
)
def test_an_option_without_such_a_value_is_refused(f, options, message):
    with pytest.raises(ValueError, match=message):
        f([0.0, 0.0], 0, **options)


@pytest.mark.parametrize("f", LOSSES)
@pytest.mark.parametrize("where", ["logits", "targets"])
@pytest.mark.parametrize(
    "values",
    [np.array([[1j, 1]]), np.array([["0", "1"]]), np.array([[None, 1]]), np.ma.array([[0.0, 1.0]])],
    ids=["complex", "string", "object", "masked"],
)
def test_what_is_not_an_array_of_real_numbers_is_refused_by_name(f, where, values):
    logits, y = (values, [0]) if where == "logits" else ([[0.0, 0.0]], values)
    with pytest.raises(TypeError, match=f"{where} (has dtype|is a masked array)"):
        f(logits, y)


def test_targets_may_miss_a_sum_of_1_by_rounding_of_their_own_type():
    third = np.full((1, 3), 1 / 3)
    for dtype in (np.float16, np.float32, np.float64):
        np.testing.assert_allclose(
            cross_entropy(np.zeros((1, 3)), third.astype(dtype)), math.log(3), rtol=1e-3
        )
    with pytest.raises(ValueError, match="sums to"):
        cross_entropy(np.zeros((1, 3)), third * (1 + 1e-6))


def test_no_examples_add_up_to_nothing():
    for y in (np.zeros(0, int), [], np.zeros((0, 3))):
        assert cross_entropy(np.zeros((0, 3)), y, reduction="sum") == 0
        assert cross_entropy(np.zeros((0, 3)), y, reduction="none").shape == (0,)
        assert cross_entropy_gradient(np.zeros((0, 3)), y, reduction="sum").shape == (0, 3)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kind", ["labels", "targets"])
@pytest.mark.parametrize("size", [1, 300])
def test_single_losses_and_gradient_have_the_type_of_the_logits(dtype, kind, size):
    logits, labels, targets = _task(5, 4)
    logits = (logits * size).astype(dtype)
    y = labels if kind == "labels" else targets
    losses, dlogits = cross_entropy_and_gradient(logits, y, reduction="none")
    assert losses.dtype == dlogits.dtype == dtype
    want, slope = cross_entropy_and_gradient(logits.astype(np.float64), y, reduction="none")
    rtol = 40 * np.finfo(dtype).eps + 40 * EPS
    np.testing.assert_allclose(losses.astype(float), want, rtol=rtol, atol=np.finfo(dtype).tiny)
    np.testing.assert_allclose(dlogits.astype(float), slope, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("f", LOSSES)
@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "?"])
def test_integer_logits_and_targets_are_float64(f, dtype):
    logits = np.array([[1, 0, 1]] if dtype == "?" else [[100, 0, 127]], dtype)
    for y in ([1], np.array([[0, 1, 0]], dtype)):
        np.testing.assert_array_equal(
            _flat(f(logits, y)), _flat(f(logits.astype(float), np.asarray(y)))
        )


@pytest.mark.parametrize("f", LOSSES)
@pytest.mark.parametrize("kind", ["labels", "targets"])
@pytest.mark.parametrize("size", [1, 600])
@pytest.mark.parametrize(
    "view",
    [
        np.asfortranarray,
        lambda a: a[::-1][::-1],
        lambda a: np.flip(a, axis=-1)[..., ::-1],
        lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
        lambda a: a.tolist(),
        lambda a: a.astype(a.dtype.newbyteorder()),
    ],
    ids=["fortran", "negative rows", "negative", "strided", "list", "big-endian"],
)
def test_memory_layout_does_not_matter(f, kind, size, view):
    logits, labels, targets = _task(6, 5, scale=size)
    y = labels if kind == "labels" else targets
    if kind == "labels" and view(y[:0]) is y[:0]:
        return
    np.testing.assert_array_equal(_flat(f(view(logits), view(y))), _flat(f(logits, y)))


@pytest.mark.parametrize("kind", ["labels", "targets"])
def test_more_axes_are_more_examples(kind):
    logits, labels, targets = _task(6, 4)
    y = labels if kind == "labels" else targets
    deep = y.reshape(2, 3, *y.shape[1:])
    for reduction in ("mean", "sum", "none"):
        options = {"reduction": reduction}
        loss, dlogits = cross_entropy_and_gradient(logits.reshape(2, 3, 4), deep, **options)
        flat_loss, flat = cross_entropy_and_gradient(logits, y, **options)
        np.testing.assert_array_equal(np.ravel(loss), np.ravel(flat_loss))
        assert dlogits.shape == (2, 3, 4)
        np.testing.assert_array_equal(dlogits.reshape(6, 4), flat)
    one, gradient = cross_entropy_and_gradient(logits[0], y[0])
    np.testing.assert_allclose(one, cross_entropy(logits, y, reduction="none")[0], rtol=8 * EPS)
    assert isinstance(one, float)
    assert gradient.shape == (4,)


@pytest.mark.parametrize("kind", ["labels", "targets"])
@pytest.mark.parametrize("offset", [0.0, 400.0])
def test_more_rows_than_one_block_are_computed_alike(kind, offset, monkeypatch):
    logits, labels, targets = _task(50, 7)
    logits += offset
    y = labels if kind == "labels" else targets
    whole = [_flat(f(logits, y, reduction=r)) for f in LOSSES for r in ("mean", "none")]
    monkeypatch.setattr(stable, "BLOCK_ELEMENTS", 21)
    parts = [_flat(f(logits, y, reduction=r)) for f in LOSSES for r in ("mean", "none")]
    for part, all_at_once in zip(parts, whole, strict=True):
        np.testing.assert_allclose(part, all_at_once, rtol=1e-12)
    logits[37, 0] = INF
    with pytest.raises(ValueError, match=r"logits row 37 holds \+inf"):
        cross_entropy(logits, y)


@pytest.mark.parametrize("kind", ["labels", "targets"])
def test_a_huge_row_does_not_disturb_its_neighbours(kind):
    logits, labels, targets = _task(20, 5)
    logits[3] = 40 * np.arange(5)
    logits[-1] = [1e300, 0, 0, -1e300, 5]
    y = labels if kind == "labels" else targets
    batch, alone = (
        cross_entropy_and_gradient(logits[:n], y[:n], reduction="none") for n in (20, 19)
    )
    np.testing.assert_allclose(batch[0][:19], alone[0], rtol=16 * EPS)
    np.testing.assert_allclose(batch[1][:19], alone[1], rtol=16 * EPS, atol=EPS)


# Inputs are never changed

LOGITS = np.array([[1.0, 2.0, 3.0], [4.0, 500.0, -600.0]])
TARGETS = np.array([[0.2, 0.3, 0.5], [0.0, 0.0, 1.0]])
LABELS = np.array([2, 0])
PARAMS = regression.Parameters(np.ones((3, 3)), np.arange(3.0))
CALLS = {
    "softmax": [(softmax, LOGITS)],
    "log_softmax": [(softmax_edu.log_softmax, LOGITS)],
    "logsumexp": [(softmax_edu.logsumexp, LOGITS)],
    "hardmax": [(softmax_edu.hardmax, LOGITS)],
    "sigmoid": [(softmax_edu.sigmoid, LOGITS)],
    "softmax_jacobian": [(softmax_edu.softmax_jacobian, LOGITS)],
    "one_hot": [(lambda y: one_hot(y, 3), LABELS)],
    "cross_entropy": [(cross_entropy, LOGITS, y) for y in (LABELS, TARGETS)],
    "cross_entropy_gradient": [(cross_entropy_gradient, LOGITS, y) for y in (LABELS, TARGETS)],
    "cross_entropy_and_gradient": [
        (cross_entropy_and_gradient, LOGITS, y) for y in (LABELS, TARGETS)
    ],
    "numerical_gradient": [(lambda x: numerical_gradient(np.sum, x), LOGITS)],
    "relative_error": [(relative_error, LOGITS, TARGETS)],
}
VARIANTS = {
    "temperature": (lambda z: softmax(z, temperature=2), LOGITS),
    "axis 0": (lambda z: softmax(z, axis=0), LOGITS),
    "smoothing": (
        lambda z, y: cross_entropy_and_gradient(z, y, label_smoothing=0.1), LOGITS, TARGETS,
    ),
    "weights": (lambda z, y: cross_entropy_and_gradient(z, y, normalized=False), LOGITS, TARGETS),
    "predict": (
        lambda W, b, X: regression.predict(regression.Parameters(W, b), X), *PARAMS, TARGETS,
    ),
    "cost": (
        lambda W, b, X, y: regression.cost_and_gradient(
            regression.Parameters(W, b), X, y, l2=0.1
        )[1],
        *PARAMS, TARGETS, LABELS,
    ),
    "descent": (
        lambda W, b, X, y: regression.gradient_descent(
            X, y, 3, num_steps=3, momentum=0.9, start=regression.Parameters(W, b)
        ).params,
        *PARAMS, TARGETS, LABELS,
    ),
    "fit": (lambda X, y: regression.fit(X, y, 3, l2=0.1), TARGETS, LABELS),
}  # fmt: skip


def test_every_public_function_is_among_those_that_must_not_change_their_input():
    assert sorted(CALLS) == sorted(softmax_edu.__all__)


@pytest.mark.parametrize("writeable", [True, False], ids=["writeable", "read-only"])
@pytest.mark.parametrize(
    "call",
    [call for calls in CALLS.values() for call in calls] + list(VARIANTS.values()),
    ids=[name for name, calls in CALLS.items() for _ in calls] + list(VARIANTS),
)
def test_inputs_are_never_changed_in_place(call, writeable):
    f, *inputs = call
    arrays = [array.copy() for array in inputs]
    for array in arrays:
        array.flags.writeable = writeable
    results = f(*arrays)
    for array, original in zip(arrays, inputs, strict=True):
        np.testing.assert_array_equal(array, original)
        for result in results if isinstance(results, tuple) else (results,):
            assert not np.shares_memory(result, array)
