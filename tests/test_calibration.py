import math

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from softmax_edu import cross_entropy, numerical_gradient, softmax
from softmax_edu.calibration import (
    bootstrap_interval,
    brier_score,
    expected_calibration_error,
    fit_temperature,
    reliability_bins,
)

NAN, INF = np.nan, np.inf
FLOATS = [np.float16, np.float32, np.float64, np.longdouble]


def _task(m=500, num_classes=5, seed=0, scale=3.0, temperature=2.0):
    """Make logits, and labels that are honest at the given temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(m, num_classes)) * scale
    steps = softmax(logits, temperature=temperature).cumsum(axis=1)
    labels = (rng.random((m, 1)) < steps / steps[:, -1:]).argmax(axis=1)
    return logits, labels


def _bins_in_plain_python(probs, labels, num_bins):
    """Sort examples into bins one by one; list (count, confidence, accuracy) or None."""
    members = [[] for _ in range(num_bins)]
    for p, label in zip(probs.tolist(), labels.tolist(), strict=True):
        confidence = max(p)
        b = next(
            b for b in range(num_bins) if b + 1 == num_bins or confidence <= (b + 1) / num_bins
        )
        members[b].append((confidence, p.index(confidence) == label))
    return [
        (len(each), math.fsum(c for c, _ in each) / len(each), sum(r for _, r in each) / len(each))
        if each
        else None
        for each in members
    ]


def _at_confidence(values, dtype=np.float64):
    """Give rows of two classes whose first, with label 0, has the given probabilities."""
    p = np.array(values, dtype)
    return np.stack([p, 1 - p], axis=1), np.zeros(len(p), int)


# reliability_bins


def test_bins_by_hand():
    probs = [[0.9, 0.1], [0.05, 0.95], [0.4, 0.6], [0.7, 0.3]]
    bins = reliability_bins(probs, [0, 0, 1, 0], num_bins=5)
    np.testing.assert_array_equal(bins.edges, [0, 0.2, 0.4, 0.6, 0.8, 1])
    assert bins.counts.tolist() == [0, 0, 1, 1, 2]
    np.testing.assert_allclose(bins.confidence, [NAN, NAN, 0.6, 0.7, 0.925], rtol=1e-15)
    np.testing.assert_array_equal(bins.accuracy, [NAN, NAN, 1, 1, 0.5])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("num_bins", [5, 10, 15, 20, 100])
def test_a_confidence_on_an_edge_belongs_to_the_lower_bin(dtype, num_bins):
    for edge in range((num_bins + 1) // 2 + 1, num_bins + 1):
        probs, labels = _at_confidence([np.array(edge / num_bins, dtype)], dtype)
        counts = reliability_bins(probs, labels, num_bins).counts
        assert counts.argmax() == edge - 1
        above = np.nextafter(probs[0, 0], dtype(2))
        if edge < num_bins:
            probs, labels = _at_confidence([above], dtype)
            assert reliability_bins(probs, labels, num_bins).counts.argmax() == edge


@pytest.mark.parametrize("num_bins", [1, 2, 7, 15, 100])
@pytest.mark.parametrize("num_classes", [1, 2, 10])
def test_bins_agree_with_plain_python(num_bins, num_classes):
    logits, labels = _task(300, num_classes)
    probs = softmax(logits)
    bins = reliability_bins(probs, labels, num_bins)
    expected = _bins_in_plain_python(probs, labels, num_bins)
    assert len(bins.edges) == num_bins + 1
    for b, each in enumerate(expected):
        if each is None:
            assert bins.counts[b] == 0
            assert np.isnan(bins.confidence[b])
            assert np.isnan(bins.accuracy[b])
        else:
            found = bins.counts[b], bins.confidence[b], bins.accuracy[b]
            np.testing.assert_allclose(found, each, rtol=1e-13)


def test_bins_agree_with_scikit_learn_on_two_classes():
    logits, labels = _task(2000, 2)
    probs = softmax(logits)
    hit = probs.argmax(axis=1) == labels
    accuracy, confidence = calibration_curve(hit, probs.max(axis=1), n_bins=12, strategy="uniform")
    bins = reliability_bins(probs, labels, 12)
    np.testing.assert_allclose(bins.accuracy[bins.counts > 0], accuracy, rtol=1e-13)
    np.testing.assert_allclose(bins.confidence[bins.counts > 0], confidence, rtol=1e-13)


def test_of_equal_probabilities_the_first_is_the_answer():
    probs = [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]]
    assert np.nanmax(reliability_bins(probs, [0, 0], 3).accuracy) == 1
    assert np.nanmax(reliability_bins(probs, [1, 1], 3).accuracy) == 0


@pytest.mark.parametrize("dtype", FLOATS)
def test_counts_cover_all_examples_and_means_lie_in_their_bins(dtype):
    logits, labels = _task(1000, 10, scale=5)
    bins = reliability_bins(softmax(logits.astype(dtype)), labels, 15)
    assert bins.counts.sum() == 1000
    full = bins.counts > 0
    slack = 2 * np.finfo(dtype).eps
    assert (bins.edges[:-1][full] - slack < bins.confidence[full]).all()
    assert (bins.confidence[full] <= bins.edges[1:][full] + slack).all()
    assert bins.accuracy.dtype == bins.confidence.dtype == np.float64


def test_certain_rows_fall_into_the_last_bin():
    probs = softmax([[1000.0, -1000], [0, 1000], [-INF, 3]])
    bins = reliability_bins(probs, [0, 0, 1], 15)
    assert bins.counts.tolist() == [0] * 14 + [3]
    np.testing.assert_allclose([bins.confidence[-1], bins.accuracy[-1]], [1, 2 / 3])


def test_rounding_above_1_stays_in_the_last_bin():
    bins = reliability_bins(np.array([[1 + 1e-9, 0.0]]), [0], 10)
    assert bins.counts[-1] == 1


# expected_calibration_error


def test_the_calibration_error_by_hand():
    probs, labels = _at_confidence([0.9] * 10 + [0.6] * 5)
    labels[[7, 8, 9, 13, 14]] = 1  # 7 of 10 right at 0.9, 3 of 5 at 0.6
    np.testing.assert_allclose(expected_calibration_error(probs, labels), 10 / 15 * 0.2, rtol=1e-14)


@pytest.mark.parametrize("num_bins", [1, 5, 15, 100])
def test_the_calibration_error_agrees_with_plain_python(num_bins):
    logits, labels = _task(700, 4)
    probs = softmax(logits)
    bins = filter(None, _bins_in_plain_python(probs, labels, num_bins))
    expected = sum(count / 700 * abs(accuracy - confidence) for count, confidence, accuracy in bins)
    error = expected_calibration_error(probs, labels, num_bins)
    np.testing.assert_allclose(error, expected, rtol=1e-12)
    assert type(error) is float


def test_certain_and_right_has_error_0_certain_and_wrong_1():
    probs = np.eye(3)
    assert expected_calibration_error(probs, [0, 1, 2]) == 0
    assert expected_calibration_error(probs, [1, 2, 0]) == 1


def test_one_bin_gives_the_gap_between_accuracy_and_mean_confidence():
    logits, labels = _task()
    probs = softmax(logits)
    gap = (probs.argmax(axis=1) == labels).mean() - probs.max(axis=1).mean()
    np.testing.assert_allclose(expected_calibration_error(probs, labels, 1), abs(gap), rtol=1e-12)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(1, 60), st.integers(2, 6), st.integers(0, 1000), st.integers(1, 20))
def test_splitting_every_bin_never_lowers_the_error(m, num_classes, seed, num_bins):
    logits, labels = _task(m, num_classes, seed)
    probs = softmax(logits)
    coarse = expected_calibration_error(probs, labels, num_bins)
    for pieces in (2, 3):
        assert coarse <= expected_calibration_error(probs, labels, pieces * num_bins) + 1e-12
    assert 0 <= coarse <= 1


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(1, 50), st.integers(2, 5), st.integers(0, 1000))
def test_the_order_of_examples_and_of_classes_does_not_matter(m, num_classes, seed):
    logits, labels = _task(m, num_classes, seed)
    probs = softmax(logits)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(m), rng.permutation(num_classes)
    renamed = np.argsort(columns)[labels]
    for measure in (expected_calibration_error, brier_score):
        value = measure(probs, labels)
        np.testing.assert_allclose(measure(probs[rows], labels[rows]), value, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(
            measure(probs[:, columns], renamed), value, rtol=1e-9, atol=1e-12
        )
        twice = measure(np.tile(probs, (2, 1)), np.tile(labels, 2))
        np.testing.assert_allclose(twice, value, rtol=1e-9, atol=1e-12)


def test_noise_alone_makes_the_error_of_a_calibrated_model_about_as_large_as_the_formula_says():
    # sqrt(2 / pi) sum_b sqrt(sum of p (1 - p) in bin b) / m, the mean size of a normal number
    logits, _ = _task(1000, 4, scale=1)
    probs = softmax(logits)
    rng = np.random.default_rng(1)
    steps = probs.cumsum(axis=1)
    errors = [
        expected_calibration_error(probs, (rng.random((1000, 1)) < steps).argmax(axis=1))
        for _ in range(200)
    ]
    confidence = probs.max(axis=1)
    variances = np.bincount((confidence * 15).astype(int), confidence * (1 - confidence))
    expected = math.sqrt(2 / math.pi) * np.sqrt(variances).sum() / 1000
    np.testing.assert_allclose(np.mean(errors), expected, rtol=0.08)


# brier_score


def test_the_brier_score_by_hand():
    np.testing.assert_allclose(brier_score([[0.3, 0.2, 0.1, 0.4]], [1]), 0.9, rtol=1e-15)
    np.testing.assert_allclose(brier_score([[0.5, 0.5], [1, 0]], [0, 0]), 0.25, rtol=1e-15)


def test_the_brier_score_runs_from_0_for_certain_and_right_to_2_for_certain_and_wrong():
    assert brier_score(np.eye(3), [0, 1, 2]) == 0
    assert brier_score(np.eye(3), [1, 2, 0]) == 2
    np.testing.assert_allclose(brier_score(np.full((7, 4), 0.25), [2] * 7), 3 / 4)


def test_the_brier_score_agrees_with_scikit_learn():
    logits, labels = _task(300, 5)
    probs = softmax(logits)
    peer = sklearn.metrics.brier_score_loss(labels, probs, labels=range(5), scale_by_half=False)
    np.testing.assert_allclose(brier_score(probs, labels), peer, rtol=1e-13)
    two, y = softmax(logits[:, :2]), labels % 2
    half = sklearn.metrics.brier_score_loss(y, two[:, 1])  # of the second class alone
    np.testing.assert_allclose(brier_score(two, y), 2 * half, rtol=1e-13)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(2, 6), st.integers(0, 1000))
def test_the_brier_score_is_proper(num_classes, seed):
    rng = np.random.default_rng(seed)
    truth, stated = rng.dirichlet(np.ones(num_classes), size=2)

    def expected_score(p):
        by_class = [brier_score([p], [j]) for j in range(num_classes)]
        return float(truth @ by_class)

    assert expected_score(truth) < expected_score(stated)


def test_the_brier_score_is_calibration_plus_what_is_left_open():
    rng = np.random.default_rng(0)
    statements = rng.dirichlet(np.ones(3), size=4)
    which, labels = rng.integers(4, size=200), rng.integers(3, size=200)
    total = 0.0
    for k in range(4):
        shares = np.bincount(labels[which == k], minlength=3) / (which == k).sum()
        part = ((statements[k] - shares) ** 2).sum() + 1 - (shares**2).sum()
        total += (which == k).mean() * part
    np.testing.assert_allclose(brier_score(statements[which], labels), total, rtol=1e-13)


# What is no probability, and labels that do not fit


MEASURES = [reliability_bins, expected_calibration_error, brier_score]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("probs", "labels", "error", "message"),
    [
        ([[5, 2, -1, 3]], [1], ValueError, r"probs holds -1.0 at index \(0, 2\); use softmax"),
        ([[0.5, 0.5], [5, 2]], [0, 1], ValueError, "probs row 1 sums to 7, not 1; use softmax"),
        ([[0.5, NAN]], [1], ValueError, r"probs holds nan at index \(0, 1\)"),
        ([[INF, 0.5]], [1], ValueError, "probs row 0 sums to inf"),
        ([0.5, 0.5], [1, 0], ValueError, r"probs has shape \(2,\); it must be \(m, C\)"),
        (np.zeros((0, 3)), [], ValueError, r"probs has shape \(0, 3\)"),
        (np.zeros((3, 0)), [0] * 3, ValueError, r"probs has shape \(3, 0\)"),
        ([[0.5, 0.5]], [0, 1], ValueError, r"labels has shape \(2,\); .* must be \(1,\)"),
        ([[0.5, 0.5]], [[1, 0]], ValueError, r"labels has shape \(1, 2\)"),
        ([[0.5, 0.5]], [2], ValueError, r"labels holds 2 at index \(0,\); .* between 0 and 1"),
        ([[0.5, 0.5]], [0.0], TypeError, "labels has dtype float64"),
        ([[1j, 0]], [0], TypeError, "probs has dtype complex128"),
    ],
)
def test_measures_name_what_is_wrong_with_probs_or_labels(measure, probs, labels, error, message):
    with pytest.raises(error, match=message):
        measure(probs, labels)


@pytest.mark.parametrize("num_bins", [0, -3, 2.5, "15", None])
@pytest.mark.parametrize("measure", MEASURES[:2])
def test_bins_come_in_a_positive_number(measure, num_bins):
    with pytest.raises(ValueError, match=r"num_bins is .*; it must be a positive integer"):
        measure([[0.5, 0.5]], [0], num_bins)


def test_measures_leave_their_input_alone():
    logits, labels = _task(20)
    probs = softmax(logits)
    before = logits.copy(), probs.copy(), labels.copy()
    for measure in MEASURES:
        measure(probs, labels)
    fit_temperature(logits, labels)
    bootstrap_interval(np.mean, logits, rng=np.random.default_rng(0), num_resamples=3)
    for now, then in zip((logits, probs, labels), before, strict=True):
        np.testing.assert_array_equal(now, then)


# fit_temperature


@pytest.mark.parametrize(
    ("num_classes", "lead", "wrong"), [(2, 4.0, 1), (4, 3.0, 2), (10, 8.0, 3), (1000, 0.5, 9)]
)
def test_the_temperature_of_equal_leads_by_hand(num_classes, lead, wrong):
    # The confidence must be the accuracy q: exp(lead / T) = q (C - 1) / (1 - q).
    logits = np.zeros((10, num_classes))
    logits[:, 0] = lead
    q = 1 - wrong / 10
    T = fit_temperature(logits, [1] * wrong + [0] * (10 - wrong))
    np.testing.assert_allclose(T, lead / math.log(q * (num_classes - 1) / (1 - q)), rtol=1e-12)
    np.testing.assert_allclose(softmax(logits, temperature=T)[:, 0], q, rtol=1e-12)
    assert type(T) is float


@pytest.mark.parametrize("num_classes", [2, 3, 10, 100])
@pytest.mark.parametrize("scale", [0.3, 3, 30])
def test_the_temperature_agrees_with_a_search_by_scipy(num_classes, scale):
    logits, labels = _task(400, num_classes, scale=scale)
    found = scipy.optimize.minimize_scalar(
        lambda u: cross_entropy(logits * math.exp(u), labels),
        bounds=(-7, 7),
        method="bounded",
        options={"xatol": 1e-9},
    )
    T = fit_temperature(logits, labels)
    np.testing.assert_allclose(T, math.exp(-found.x), rtol=1e-6)
    assert cross_entropy(logits / T, labels) <= found.fun + 1e-14


def test_the_temperature_finds_the_one_that_made_the_labels():
    for temperature in (0.4, 1.0, 5.0):
        logits, labels = _task(40_000, 4, temperature=temperature)
        np.testing.assert_allclose(fit_temperature(logits, labels), temperature, rtol=0.05)


def _mostly_right(m, num_classes, seed):
    """Make labels that know something, and at least one mistake: there is an optimum."""
    logits, labels = _task(m, num_classes, seed, temperature=1.0)
    labels = np.where(np.arange(m) % 4 == 0, logits.argmin(axis=1), logits.argmax(axis=1))
    return logits, labels


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(3, 60), st.integers(2, 8), st.integers(0, 1000))
def test_at_the_best_temperature_the_expected_logit_is_the_true_one(m, num_classes, seed):
    logits, labels = _mostly_right(m, num_classes, seed)
    try:
        T = fit_temperature(logits, labels)
    except ValueError:
        return
    expected = (softmax(logits, temperature=T) * logits).sum(axis=1).mean()
    np.testing.assert_allclose(expected, logits[np.arange(m), labels].mean(), rtol=0, atol=1e-13)
    slope = numerical_gradient(lambda a: cross_entropy(a * logits, labels), 1 / T)
    np.testing.assert_allclose(slope, 0, atol=1e-7)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 1000), st.floats(-12, 12), st.floats(-5, 5))
def test_the_temperature_has_the_unit_of_the_logits_and_ignores_shifts(seed, exponent, shift):
    logits, labels = _task(50, 4, seed)
    T = fit_temperature(logits, labels)
    unit = 10.0**exponent
    np.testing.assert_allclose(fit_temperature(unit * logits, labels), unit * T, rtol=1e-11)
    shifts = shift * np.arange(50)[:, None]  # a number of its own for every example
    np.testing.assert_allclose(fit_temperature(logits + shifts, labels), T, rtol=1e-8)


def test_the_temperature_keeps_every_answer():
    logits, labels = _task(300, 10)
    cooled = softmax(logits, temperature=fit_temperature(logits, labels))
    np.testing.assert_array_equal(cooled.argmax(axis=1), logits.argmax(axis=1))


@pytest.mark.parametrize("unit", [1e-305, 1e-3, 1e3, 1e305])
def test_the_temperature_of_extreme_logits(unit):
    logits = np.array([[4.0, 0.0]] * 10) * unit
    T = fit_temperature(logits, [0] * 9 + [1])
    np.testing.assert_allclose(T / unit, 4 / math.log(9), rtol=1e-12)
    np.testing.assert_allclose(
        fit_temperature([[1000.0, -1000]] * 4, [0, 0, 0, 1]), 2000 / math.log(3), rtol=1e-12
    )


def test_the_temperature_of_gaps_of_very_different_size():
    # One example decides at 1e6, the other at 1e-6: Newton alone would leave the valley.
    logits = [[1e6, 0.0], [1e6, 0.0], [1e-6, 0.0]]
    T = fit_temperature(logits, [0, 1, 0])
    expected = (softmax(logits, temperature=T) * logits).sum()
    np.testing.assert_allclose(expected, 1e6 + 1e-6, rtol=1e-13)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float16, 2e-3), (np.float32, 1e-6)])
def test_the_temperature_of_short_floats_is_found_in_float64(dtype, rtol):
    logits, labels = _task(300, 5)
    T = fit_temperature(logits.astype(dtype), labels)
    np.testing.assert_allclose(T, fit_temperature(logits, labels), rtol=rtol)
    assert fit_temperature(logits.astype(dtype).astype(float), labels) == T


@pytest.mark.parametrize(
    "logits", [[[3.0, 0], [0, 1]], [[2.0, 2], [0, 5]], [[0.0, 0], [0, 0]], [[7.0], [7.0]]]
)
def test_without_a_mistake_there_is_no_best_temperature(logits):
    labels = np.argmax(logits, axis=1)
    with pytest.raises(ValueError, match="every true class has the largest logit, so T would go"):
        fit_temperature(logits, labels)


@pytest.mark.parametrize("labels", [[1, 1, 0], [1, 0, 0], [1, 1, 1]])
def test_a_model_that_knows_nothing_has_no_best_temperature(labels):
    with pytest.raises(ValueError, match="no more than the mean logit on average"):
        fit_temperature([[1.0, 0.0], [1.0, 0.0], [0.0, 0.5]], labels)


@pytest.mark.parametrize(
    ("logits", "labels", "error", "message"),
    [
        ([[0.0, -INF], [1, 2]], [0, 0], ValueError, r"logits holds -inf at index \(0, 1\)"),
        ([[0.0, 1], [NAN, 2]], [0, 0], ValueError, r"logits holds nan at index \(1, 0\)"),
        ([1.0, 2.0], [0, 1], ValueError, r"logits has shape \(2,\); it must be \(m, C\)"),
        (np.zeros((0, 2)), [], ValueError, r"logits has shape \(0, 2\)"),
        ([[0.0, 1]], 1, ValueError, r"labels has shape \(\); .* it must be \(1,\)"),
        ([[0.0, 1]], [-1], ValueError, "labels holds -1"),
        ([["a", "b"]], [0], TypeError, "logits has dtype"),
    ],
)
def test_fit_temperature_names_what_is_wrong(logits, labels, error, message):
    with pytest.raises(error, match=message):
        fit_temperature(logits, labels)


# bootstrap_interval


def test_the_interval_of_a_mean_is_that_of_the_standard_error():
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    for level, quantile in [(0.95, 1.960), (0.68, 0.994)]:
        low, high = bootstrap_interval(np.mean, x, rng=rng, num_resamples=4000, level=level)
        se = x.std() / math.sqrt(400)
        reach = [x.mean() - quantile * se, x.mean() + quantile * se]
        np.testing.assert_allclose([low, high], reach, atol=0.1 * se)


def test_the_interval_agrees_with_scipy():
    x = np.random.default_rng(0).exponential(size=100)
    ours = bootstrap_interval(np.median, x, rng=np.random.default_rng(1), num_resamples=5000)
    peer = scipy.stats.bootstrap(
        (x,), np.median, n_resamples=5000, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    np.testing.assert_allclose(ours, peer, atol=0.02)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(200):
        right = rng.random(300) < 0.8
        low, high = bootstrap_interval(np.mean, right, rng=rng, num_resamples=200, level=0.9)
        covered += low <= 0.8 <= high
    assert 0.83 < covered / 200 < 0.96


def test_arrays_are_resampled_by_the_same_rows():
    x = np.arange(50.0)
    pairs = np.stack([x, 2 * x], axis=1)

    def difference(a, b):
        assert a.shape == (50,)
        assert b.shape == (50, 2)
        return np.abs(b[:, 0] - a).max() + np.abs(b[:, 1] - 2 * a).max()

    interval = bootstrap_interval(difference, x, pairs, rng=np.random.default_rng(0))
    assert interval == (0, 0)


def test_the_interval_follows_from_the_generator():
    x = np.random.default_rng(0).normal(size=30)
    first, again, other = (
        bootstrap_interval(np.mean, x, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert all(type(end) is float for end in first)


def test_a_constant_has_an_interval_of_no_width_and_a_lower_level_a_narrower_one():
    rng = np.random.default_rng
    assert bootstrap_interval(np.mean, [3, 3, 3], rng=rng(0)) == (3, 3)
    x = rng(0).normal(size=40)
    wide = bootstrap_interval(np.mean, x, rng=rng(1), level=0.99)
    narrow = bootstrap_interval(np.mean, x, rng=rng(1), level=0.5)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_noise_raises_the_calibration_error_of_every_resample():
    logits, labels = _task(1000, 4, scale=1, temperature=1.0)  # calibrated: the truth is 0
    low, high = bootstrap_interval(
        expected_calibration_error,
        softmax(logits),
        labels,
        rng=np.random.default_rng(0),
        num_resamples=200,
    )
    assert 0 < low < high


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ((), {}, r"arrays have shapes \[\]; give one or more"),
        (([],), {}, "at least 1"),
        ((3.0,), {}, r"arrays have shapes \[\(\)\]"),
        (([1, 2], [1, 2, 3]), {}, "of the same number of rows"),
        (([1, 2],), {"num_resamples": 0}, "num_resamples is 0; it must be a positive integer"),
        (([1, 2],), {"num_resamples": 2.5}, "num_resamples is 2.5"),
        (([1, 2],), {"level": 95}, "level is 95; it must lie between 0 and 1"),
        (([1, 2],), {"level": 0.0}, "level is 0.0"),
        (([1, NAN],), {}, "statistic is nan on a resample; it must be finite"),
    ],
)
def test_bootstrap_interval_names_what_is_wrong(arrays, options, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(
            lambda *samples: np.mean(samples[0]), *arrays, rng=np.random.default_rng(0), **options
        )
