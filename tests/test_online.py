import itertools
import math
import tracemalloc

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from softmax_edu import logsumexp, softmax
from softmax_edu.online import (
    Running,
    attention_in_blocks,
    logsumexp_of,
    logsumexp_of_stream,
    merge,
    start,
    update,
)

NAN, INF = np.nan, np.inf
EPS = np.finfo(np.float64).eps

properties = settings(derandomize=True, deadline=None, max_examples=80)
some_logits = st.lists(st.just(-INF) | st.floats(-1000, 1000), max_size=8)


def _state(logits):
    return update(start(), np.array(logits, float))


def _agree(a, b):
    """Whether two states are the same, up to the rounding of a few operations."""
    np.testing.assert_array_equal(a.top, b.top)
    np.testing.assert_allclose(a.total, b.total, rtol=16 * EPS)


def _exact(logits):
    with mpmath.workdps(60):
        return float(mpmath.log(mpmath.fsum(mpmath.exp(mpmath.mpf(float(z))) for z in logits)))


def _directly(Q, K, V, mask=None):
    """Attention as it is defined, by the softmax of chapter 1."""
    scores = Q @ K.T / np.sqrt(Q.dtype.type(Q.shape[1]))
    if mask is not None:
        scores = np.where(mask, scores, -INF)
    return softmax(scores) @ V


def _problem(m=7, C=11, d=5, n=3, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    sizes = ((m, d), (C, d), (C, n))
    Q, K, V = (rng.normal(size=size) for size in sizes)
    return scale * Q, K, V


# Log-sum-exp of a stream


def test_state_by_hand():
    # z = [log 2, log 6] then [log 8]: the sums are 8/6 of e^top = 6, then 16/8 of e^top = 8
    first = _state(np.log([2, 6]))
    np.testing.assert_allclose(first, [math.log(6), 8 / 6], rtol=4 * EPS)
    second = update(first, np.log([8]))
    np.testing.assert_allclose(second, [math.log(8), 2], rtol=4 * EPS)
    np.testing.assert_allclose(logsumexp_of(second), math.log(16), rtol=4 * EPS)


def test_a_state_is_not_changed_by_use():
    state = update(start((2,)), [[1.0], [2.0]])
    before = Running(state.top.copy(), state.total.copy())
    update(state, [[5.0], [6.0]])
    merge(state, state)
    logsumexp_of(state)
    np.testing.assert_array_equal(state, before)


def test_a_block_is_not_changed():
    block = np.array([3.0, 1.0])
    update(start(), block)
    np.testing.assert_array_equal(block, [3, 1])


@properties
@given(some_logits)
def test_the_start_changes_nothing(logits):
    state = _state(logits)
    for merged in (merge(start(), state), merge(state, start())):
        np.testing.assert_array_equal(merged, state)


@properties
@given(some_logits, some_logits, some_logits)
def test_merge_is_associative(a, b, c):
    a, b, c = _state(a), _state(b), _state(c)
    _agree(merge(merge(a, b), c), merge(a, merge(b, c)))


@properties
@given(some_logits, some_logits)
def test_merge_is_commutative(a, b):
    np.testing.assert_array_equal(merge(_state(a), _state(b)), merge(_state(b), _state(a)))


@properties
@given(some_logits, some_logits)
def test_merging_states_is_joining_their_logits(a, b):
    _agree(merge(_state(a), _state(b)), _state(a + b))


@properties
@given(st.lists(some_logits, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_neither_the_cuts_nor_the_order_of_a_stream_matter(blocks, random):
    expected = logsumexp_of(_state([*itertools.chain(*blocks)]))
    random.shuffle(blocks)
    np.testing.assert_allclose(logsumexp_of_stream(blocks), expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("scale", [0.01, 1, 30, 1000])
@pytest.mark.parametrize("order", ["random", "rising", "falling"])
@pytest.mark.parametrize("block_size", [1, 7, 400])
def test_a_stream_is_as_exact_as_60_digits_rounded(scale, order, block_size):
    z = np.random.default_rng(0).uniform(-scale, scale, size=400)
    z = {"random": z, "rising": np.sort(z), "falling": -np.sort(-z)}[order]
    result = logsumexp_of_stream(z[i : i + block_size] for i in range(0, 400, block_size))
    # the sum of 400 terms is rounded 400 times, its logarithm and the last sum once each
    np.testing.assert_allclose(result, _exact(z), rtol=2 * EPS, atol=100 * EPS)


@pytest.mark.parametrize("peer", [logsumexp, scipy.special.logsumexp])
def test_many_streams_side_by_side_agree_with_the_whole(peer):
    z = np.random.default_rng(0).normal(size=(4, 3, 50)) * 100
    state = start((4, 3))
    for block in np.split(z, [1, 20, 20, 37], axis=-1):
        state = update(state, block)
    assert state.top.shape == state.total.shape == (4, 3)
    np.testing.assert_allclose(logsumexp_of(state), peer(z, axis=-1), rtol=1e-14)


def test_a_stream_of_batches_gives_one_result_per_row():
    z = np.random.default_rng(0).normal(size=(5, 20))
    result = logsumexp_of_stream(np.split(z, [3, 11], axis=1))
    np.testing.assert_allclose(result, logsumexp(z), rtol=1e-14)


def test_masked_logits_contribute_nothing_and_leave_no_nan():
    state = _state([-INF, -INF])
    np.testing.assert_array_equal(state, [-INF, 0])
    assert logsumexp_of(state) == -INF
    assert logsumexp_of(update(state, [3.0])) == 3
    assert logsumexp_of_stream([[-INF], [], [5.0], [-INF, -INF]]) == 5


@pytest.mark.parametrize("top", [1000.0, -1000.0, 1e308, -1e308])
def test_extreme_logits_neither_overflow_nor_vanish(top):
    assert logsumexp_of_stream([[top], [top]]) == top + math.log(2)
    assert logsumexp_of_stream([[-top], [top]]) == abs(top)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8, np.bool_])
def test_narrow_numbers_are_added_up_in_float64(dtype):
    ones = np.ones(5000, dtype)  # 5000 ones stop at 2048 in float16
    result = logsumexp_of_stream(ones.reshape(50, 100))
    np.testing.assert_allclose(result, 1 + math.log(5000), rtol=2 * EPS)
    assert result.dtype == np.float64


def test_a_generator_is_read_once_and_one_block_at_a_time():
    read = []

    def blocks():
        for i in itertools.count():
            if i == 3:
                return
            read.append(i)
            yield np.array([float(i)])

    np.testing.assert_allclose(logsumexp_of_stream(blocks()), logsumexp([0, 1, 2]))
    assert read == [0, 1, 2]


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ([1.0, NAN], r"block holds nan at index \(1,\)"),
        ([INF], "block holds inf"),
        (3.0, "single number"),
        ([[1.0], [2.0]], r"block has shape \(2, 1\); for a state of shape \(\)"),
    ],
)
def test_a_bad_block_is_named(block, message):
    with pytest.raises(ValueError, match=message):
        update(start(), block)


def test_blocks_of_no_numbers_are_refused():
    with pytest.raises(TypeError, match="block has dtype complex128"):
        update(start(), [1j])


def test_states_of_different_shapes_do_not_merge():
    with pytest.raises(ValueError, match=r"\(2,\) and \(\)"):
        merge(start((2,)), start())


def test_a_stream_without_blocks_is_refused():
    with pytest.raises(ValueError, match="blocks is empty"):
        logsumexp_of_stream([])


# Attention


def test_attention_by_hand():
    # d = 4, so the dot products 4 log 2, 2 log 2, 0 are halved: weights 4/7, 2/7, 1/7
    Q = np.array([[2 * math.log(2), 0, 0, 0]])
    K = np.array([[2.0, 0, 0, 0], [1, 5, 0, 0], [0, 0, 7, 0]])
    V = np.array([[7.0, 0], [0, 7], [14, -7]])
    for block_size in (1, 2, 3, 10):
        result = attention_in_blocks(Q, K, V, block_size=block_size)
        np.testing.assert_allclose(result, [[4 + 2, 2 - 1]], rtol=8 * EPS)


@pytest.mark.parametrize("block_size", [1, 2, 4, 11, 100])
@pytest.mark.parametrize("scale", [0.1, 1, 1000])
def test_attention_agrees_with_its_definition(block_size, scale):
    Q, K, V = _problem(scale=scale)
    result = attention_in_blocks(Q, K, V, block_size=block_size)
    np.testing.assert_allclose(result, _directly(Q, K, V), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("block_size", [1, 3, 11])
def test_masked_attention_agrees_with_its_definition(block_size):
    Q, K, V = _problem()
    mask = np.random.default_rng(1).random((7, 11)) < 0.3
    mask[:, 10] = True  # whole blocks are masked for some queries, but no query has no key
    result = attention_in_blocks(Q, K, V, block_size=block_size, mask=mask)
    np.testing.assert_allclose(result, _directly(Q, K, V, mask), rtol=1e-12, atol=1e-14)


def test_causal_attention_does_not_see_the_future():
    Q, K, V = _problem(m=6, C=6)
    causal = np.tri(6, dtype=bool)
    before = attention_in_blocks(Q, K, V, block_size=2, mask=causal)
    K[4:], V[4:] = 99, -99
    after = attention_in_blocks(Q, K, V, block_size=2, mask=causal)
    np.testing.assert_array_equal(after[:4], before[:4])
    np.testing.assert_allclose(before[0], V[0], rtol=4 * EPS)  # the first sees only itself


@properties
@given(
    hnp.arrays(np.float64, (3, 4), elements=st.floats(-50, 50)),
    hnp.arrays(np.float64, (6, 4), elements=st.floats(-50, 50)),
    st.integers(1, 7),
)
def test_every_output_is_a_mean_of_values(Q, K, block_size):
    V = np.arange(6.0)[:, None]
    result = attention_in_blocks(Q, K, V, block_size=block_size)
    assert (result >= 0).all()
    assert (result <= 5 * (1 + 8 * EPS)).all()
    ones = attention_in_blocks(Q, K, np.ones((6, 2)), block_size=block_size)
    np.testing.assert_allclose(ones, 1, rtol=16 * EPS)


def test_attention_does_not_care_about_the_order_of_keys():
    Q, K, V = _problem()
    order = np.random.default_rng(2).permutation(11)
    expected = attention_in_blocks(Q, K, V, block_size=4)
    shuffled = attention_in_blocks(Q, K[order], V[order], block_size=4)
    np.testing.assert_allclose(shuffled, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_attention_keeps_the_type(dtype):
    Q, K, V = (a.astype(dtype) for a in _problem())
    result = attention_in_blocks(Q, K, V, block_size=4)
    assert result.dtype == dtype
    wide = _directly(*(a.astype(np.longdouble) for a in (Q, K, V)))
    tolerance = 4 * np.finfo(dtype).eps + 40 * np.finfo(np.result_type(dtype, np.float32)).eps
    np.testing.assert_allclose(result, wide, rtol=0, atol=float(tolerance))


def test_attention_in_float16_does_not_overflow_at_scores_of_400_000():
    Q = np.full((1, 100), 200, np.float16)
    K = np.stack([np.full(100, 200, np.float16), np.zeros(100, np.float16)])
    result = attention_in_blocks(Q, K, np.array([[1], [2]], np.float16), block_size=1)
    np.testing.assert_array_equal(result, [[1]])


def test_memory_grows_with_the_block_not_with_the_keys():
    rng = np.random.default_rng(0)
    peaks = []
    for C in (1000, 4000):
        Q, K, V = rng.normal(size=(500, 8)), rng.normal(size=(C, 8)), rng.normal(size=(C, 8))
        tracemalloc.start()
        attention_in_blocks(Q, K, V, block_size=50)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
    assert peaks[1] < 8 * 500 * 4000 / 5  # a fifth of one matrix of all scores


def test_a_query_without_any_key_is_named():
    Q, K, V = _problem(m=3, C=4)
    mask = np.ones((3, 4), bool)
    mask[1] = False
    with pytest.raises(ValueError, match="query 1 may look at no key"):
        attention_in_blocks(Q, K, V, block_size=2, mask=mask)
    with pytest.raises(ValueError, match="query 0"):
        attention_in_blocks(Q, K[:0], V[:0], block_size=2)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"Q": np.ones((7, 4))}, ValueError, r"\(7, 4\), \(11, 5\) and \(11, 3\)"),
        ({"V": np.ones((10, 3))}, ValueError, r"must be \(m, d\), \(C, d\) and \(C, n\)"),
        ({"Q": np.ones(5)}, ValueError, r"Q has shape \(5,\)"),
        ({"K": np.full((11, 5), NAN)}, ValueError, r"K holds nan at index \(0, 0\)"),
        ({"V": np.full((11, 3), INF)}, ValueError, "V holds inf"),
        ({"Q": np.full((7, 5), 1e300), "K": np.full((11, 5), 1e300)}, ValueError, "Q @ K.T holds"),
        ({"K": np.ones((11, 5), complex)}, TypeError, "K has dtype complex128"),
        ({"block_size": 0}, ValueError, "block_size is 0"),
        ({"block_size": 2.0}, ValueError, "block_size is 2.0"),
        ({"mask": np.ones((7, 11))}, TypeError, "mask has dtype float64"),
        ({"mask": np.ones((11, 7), bool)}, ValueError, r"mask has shape \(11, 7\)"),
    ],
)
def test_bad_arguments_of_attention_are_named(changes, error, message):
    Q, K, V = _problem()
    arguments = {"Q": Q, "K": K, "V": V, "block_size": 4, **changes}
    with pytest.raises(error, match=message):
        attention_in_blocks(**arguments)


def test_arguments_of_attention_are_not_changed():
    arrays = _problem()
    copies = [a.copy() for a in arrays]
    attention_in_blocks(*arrays, block_size=4, mask=np.ones((7, 11), bool))
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
