import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from softmax_edu import softmax
from softmax_edu.sampling import gumbel_max, keep_nucleus, keep_top_k, sample

NAN, INF = np.nan, np.inf
Z = np.array([5.0, 2.0, -1.0, 3.0])
DRAW = [sample, gumbel_max]
CUT = [(keep_top_k, 1), (keep_nucleus, 0.9)]
ALL = [
    *[lambda z, f=f: f(np.random.default_rng(0), z) for f in DRAW],
    *[lambda z, f=f, x=x: f(z, x) for f, x in CUT],
]

properties = settings(derandomize=True, deadline=None, max_examples=80)
logit_arrays = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=3, max_side=7),
    elements=st.floats(-900, 900) | st.sampled_from([0.0, 1.0, 2.0]),  # with ties
)


def _kept(logits):
    return np.isfinite(logits)


# Draws


@pytest.mark.parametrize("draw", DRAW)
@pytest.mark.parametrize("z", [Z, Z / 3, np.zeros(6), np.array([7.0, 0, 0, 0])])
def test_frequencies_are_those_of_softmax(draw, z):
    counts = np.bincount(draw(np.random.default_rng(1), z, size=20_000), minlength=len(z))
    # a right sampler fails one time in a million; the seed is fixed
    assert scipy.stats.chisquare(counts, 20_000 * scipy.special.softmax(z)).pvalue > 1e-6


@pytest.mark.parametrize("draw", DRAW)
def test_a_wrong_distribution_would_be_noticed(draw):
    counts = np.bincount(draw(np.random.default_rng(1), Z / 1.1, size=20_000), minlength=4)
    assert scipy.stats.chisquare(counts, 20_000 * softmax(Z)).pvalue < 1e-6


@pytest.mark.parametrize("draw", DRAW)
def test_one_class_is_certain(draw):
    rng = np.random.default_rng(0)
    assert (draw(rng, [0.0], size=50) == 0).all()
    assert (draw(rng, [-INF, 3.0, -INF], size=500) == 1).all()
    assert (draw(rng, [0.0, 1000.0], size=500) == 1).all()
    assert (draw(rng, [-1000.0, -2000.0], size=500) == 0).all()


@pytest.mark.parametrize("draw", DRAW)
def test_a_masked_class_is_never_drawn_even_at_the_ends(draw):
    z = [-INF, 0.0, -INF, 0.0, -INF]
    assert set(draw(np.random.default_rng(0), z, size=3000).tolist()) == {1, 3}


def test_a_dart_at_the_very_edge_hits_a_bar():
    class Edge(np.random.Generator):
        """Throws the largest and the smallest number that `random` can give."""

        value = 0.0

        def random(self, size=None):
            return np.full(size, self.value)

    edge = Edge(np.random.PCG64(0))
    z = np.array([-INF, *np.zeros(59), -INF])
    assert softmax(z).cumsum()[-1] < 1 - 2.0**-53  # as a sum of rounded shares may be
    for edge.value, expected in [(0.0, 1), (1 - 2.0**-53, 59)]:
        assert sample(edge, z) == expected
    assert sample(edge, np.array([0, -20], np.float32)) == 1  # in float32 no dart would hit it


@pytest.mark.parametrize("draw", DRAW)
def test_shapes_are_draws_then_rows(draw):
    z = np.zeros((2, 3, 5))
    rng = np.random.default_rng(0)
    assert draw(rng, z).shape == (2, 3)
    assert draw(rng, z, size=4).shape == (4, 2, 3)
    assert draw(rng, z, size=(6, 4)).shape == (6, 4, 2, 3)
    assert draw(rng, z, size=()).shape == (2, 3)
    assert draw(rng, z[:0]).shape == (0, 3)
    assert isinstance(draw(rng, z[0, 0]), np.integer)


@pytest.mark.parametrize("draw", DRAW)
def test_each_row_follows_its_own_logits(draw):
    z = np.array([[9.0, 0, 0], [0, 9, 0], [0, 0, 9]])
    picks = draw(np.random.default_rng(0), z, size=2000)
    np.testing.assert_allclose((picks == [0, 1, 2]).mean(axis=0), softmax(z)[0, 0], atol=0.005)


@pytest.mark.parametrize("draw", DRAW)
def test_draws_from_different_rows_are_independent(draw):
    a, b = draw(np.random.default_rng(0), np.zeros((2, 2)), size=20_000).T
    assert abs(np.corrcoef(a, b)[0, 1]) < 5 / math.sqrt(20_000)


@pytest.mark.parametrize("draw", DRAW)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8])
def test_narrow_logits_are_drawn_from_in_float64(draw, dtype):
    wide = draw(np.random.default_rng(3), Z, size=100)
    np.testing.assert_array_equal(draw(np.random.default_rng(3), Z.astype(dtype), size=100), wide)


@pytest.mark.parametrize("draw", DRAW)
def test_a_seed_repeats_the_draws(draw):
    a, b = (draw(np.random.default_rng(5), Z, size=20) for _ in range(2))
    np.testing.assert_array_equal(a, b)


def test_the_largest_of_logits_plus_gumbel_noise_is_gumbel_around_logsumexp():
    # What makes the trick work: max(z + g) has the distribution of logsumexp(z) + g.
    noise = np.random.default_rng(0).gumbel(size=(20_000, 4))
    highest = (Z + noise).max(axis=1) - scipy.special.logsumexp(Z)
    assert scipy.stats.kstest(highest, "gumbel_r").pvalue > 1e-6


@pytest.mark.parametrize("draw", DRAW)
def test_a_seed_in_place_of_a_generator_is_refused(draw):
    with pytest.raises(TypeError, match="rng is 0; it must be a Generator"):
        draw(0, Z)


# Cuts


def test_top_k_by_hand():
    np.testing.assert_array_equal(keep_top_k(Z, 2), [5, -INF, -INF, 3])
    np.testing.assert_array_equal(keep_top_k(Z, 4), Z)


def test_nucleus_by_hand():
    z = np.log([0.1, 0.4, 0.3, 0.2])  # in order: .4, .7, .9, 1
    for p, kept in [(0.3, [1]), (0.5, [1, 2]), (0.69, [1, 2]), (0.71, [1, 2, 3]), (1, range(4))]:
        assert np.flatnonzero(_kept(keep_nucleus(z, p))).tolist() == list(kept)


def test_a_nucleus_that_meets_p_exactly_is_complete():
    np.testing.assert_array_equal(_kept(keep_nucleus([3.0, 3.0], 0.5)), [1, 0])


def test_of_equal_logits_the_first_are_kept():
    tied = np.array([1.0, 2.0, 2.0, 1.0, 2.0])
    np.testing.assert_array_equal(_kept(keep_top_k(tied, 2)), [0, 1, 1, 0, 0])
    np.testing.assert_array_equal(_kept(keep_top_k(tied, 4)), [1, 1, 1, 0, 1])
    np.testing.assert_array_equal(_kept(keep_nucleus(np.zeros(8), 0.3)), [1, 1, 1, 0, 0, 0, 0, 0])


@properties
@given(logit_arrays, st.data())
def test_top_k_keeps_k_of_each_row_and_none_that_is_smaller(z, data):
    k = data.draw(st.integers(1, z.shape[-1]))
    kept = _kept(keep_top_k(z, k))
    assert (kept.sum(axis=-1) == k).all()
    least = np.where(kept, z, INF).min(axis=-1)
    assert (np.where(kept, -INF, z).max(axis=-1) <= least).all()


@properties
@given(logit_arrays, st.floats(0.001, 1))
def test_nucleus_reaches_p_and_would_not_without_its_last_class(z, p):
    probs, cut = softmax(z), keep_nucleus(z, p)
    kept = _kept(cut)
    assert (kept.sum(axis=-1) >= 1).all()
    mass = np.where(kept, probs, 0).sum(axis=-1)
    assert (mass >= p - 1e-12).all()
    last = np.where(kept, probs, INF).min(axis=-1)
    assert ((mass - last < p) | (p == 1)).all()
    assert (np.where(kept, 0, probs).max(axis=-1) <= last).all()


@properties
@given(logit_arrays, st.floats(0.001, 1), st.data())
def test_what_is_kept_is_not_changed_and_a_second_cut_does_nothing(z, p, data):
    k = data.draw(st.integers(1, z.shape[-1]))
    cut = keep_top_k(z, k)
    assert ((cut == z) | (cut == -INF)).all()
    np.testing.assert_array_equal(keep_top_k(cut, k), cut)
    cut = keep_nucleus(z, p)
    assert ((cut == z) | (cut == -INF)).all()


def test_p_of_1_keeps_even_what_rounding_would_lose():
    z = np.array([0.0, -50, -1000])  # e^-50 does not change the sum
    np.testing.assert_array_equal(keep_nucleus(z, 1), z)
    np.testing.assert_array_equal(keep_nucleus(z, 1.0), z)


def test_cut_logits_share_the_lost_probability_in_proportion():
    probs = softmax(Z)
    np.testing.assert_allclose(
        softmax(keep_top_k(Z, 2)), np.where([1, 0, 0, 1], probs, 0) / (probs[0] + probs[3])
    )


@pytest.mark.parametrize(("cut", "setting"), [(keep_top_k, 2), (keep_nucleus, 0.95)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_cuts_keep_shape_and_type_and_do_not_change_their_argument(cut, setting, dtype):
    z = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(dtype)
    copy = z.copy()
    result = cut(z, setting)
    assert result.shape == z.shape
    assert result.dtype == dtype
    np.testing.assert_array_equal(z, copy)
    for row in np.ndindex(2, 3):
        np.testing.assert_array_equal(result[row], cut(z[row], setting))


def test_classes_that_are_masked_already_stay_so():
    z = [-INF, 1.0, -INF, 0.0]
    np.testing.assert_array_equal(keep_top_k(z, 3), z)
    np.testing.assert_array_equal(keep_nucleus(z, 1), z)
    np.testing.assert_array_equal(keep_nucleus(z, 0.5), [-INF, 1, -INF, -INF])


@pytest.mark.parametrize("top", [1000.0, -1000.0])
def test_extreme_logits_are_cut_without_nan(top):
    z = np.array([top, -top, top - 1])
    likeliest = max(top, -top)
    for cut in (keep_top_k(z, 1), keep_nucleus(z, 0.5)):
        np.testing.assert_array_equal(cut, np.where(z == likeliest, z, -INF))


def test_top_k_agrees_with_a_loop_over_a_sorted_list():
    rng = np.random.default_rng(0)
    z = rng.integers(5, size=(50, 9)).astype(float)
    for row, cut in zip(z.tolist(), keep_top_k(z, 4), strict=True):
        largest = sorted(range(9), key=lambda i: (-row[i], i))[:4]
        assert np.flatnonzero(_kept(cut)).tolist() == sorted(largest)


@pytest.mark.parametrize("k", [0, 5, -1, 2.0, None])
def test_a_bad_k_is_named(k):
    with pytest.raises(ValueError, match=r"k is .*; it must be an integer from 1 to 4"):
        keep_top_k(Z, k)


@pytest.mark.parametrize("p", [0, 1.5, -0.1, NAN, [0.5, 0.5]])
def test_a_bad_p_is_named(p):
    with pytest.raises(ValueError, match=r"p is .*; it must lie above 0 and be at most 1"):
        keep_nucleus(Z, p)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    ("z", "message"),
    [
        ([[1.0, 2.0], [NAN, 1.0]], "row 1 holds NaN"),
        ([INF, 1.0], "row 0 holds \\+inf"),
        ([[0.0, 1.0], [-INF, -INF]], "row 1 is -inf in every class"),
        ([], "no classes"),
        (3.0, "single number"),
    ],
)
def test_bad_logits_are_named(function, z, message):
    with pytest.raises(ValueError, match=message):
        function(z)
