"""Softmax in three number formats: the figure computes what NumPy computes."""

import json
import subprocess

import numpy as np
import pytest
import traitlets
from agreement import NODE

from softmax_edu.figures import Overflow
from softmax_edu.figures.modules import FOLDER
from softmax_edu.figures.overflow import softmax_in

RNG = np.random.default_rng(4)
STATES = [
    {
        "logits": RNG.uniform(-30, 30, 4).round(1),
        "scale": 10 ** RNG.uniform(-1, 2.3),
        "shift": float(np.sinh(RNG.uniform(-7.3, 7.3))),
        "subtract_largest": bool(RNG.integers(2)),
    }
    for _ in range(300)
]
EDGES = [
    {"shift": 6},  # finite exponentials, infinite sum
    {"shift": 7},
    {"shift": 800},
    {"shift": -800},
    {"shift": -800, "subtract_largest": True},
    {"logits": [0, 0, 0, 0], "shift": 0},
    {"logits": [0, 0, 0, 0], "shift": -17.32},  # the smallest float16
    {"logits": [0, 0, 0, 0], "shift": 9.704},  # their float16 sum is at the limit
    {"logits": [30, -30, 30, 0], "scale": 200, "subtract_largest": True},
]


def test_script_and_package_compute_the_same_to_the_last_bit_in_short_formats(agree):
    figures, results = agree(Overflow, [*STATES, *EDGES])
    for figure, result in zip(figures, results, strict=True):
        for name in ("exponentials", "sums", "probabilities"):
            script = [np.array(row, dtype=np.float64) for row in result["values"][name]]
            package = [np.array(row) for row in getattr(figure, name)]
            np.testing.assert_array_equal(script[:2], package[:2], err_msg=repr(figure))
            np.testing.assert_allclose(script[2], package[2], rtol=1e-13, err_msg=repr(figure))


@pytest.mark.parametrize(("dtype", "ulps"), [(np.float16, 1), (np.float32, 2)])
def test_exponentials_are_those_of_numpy_up_to_the_last_digit(dtype, ulps):
    scores = np.random.default_rng(4).uniform(-800, 800, 100_000)
    scores[: len(scores) // 2] /= 25  # where float16 has its numbers
    ours, _, _ = softmax_in(dtype, scores, shifted=False)
    with np.errstate(over="ignore", under="ignore"):
        numpys = np.exp(scores.astype(dtype))
    finite = np.isfinite(numpys)
    np.testing.assert_array_equal(finite, np.isfinite(ours))
    np.testing.assert_array_max_ulp(ours[finite], numpys[finite], maxulp=ulps)


@pytest.mark.parametrize(
    ("dtype", "shift"),
    [
        *((np.float16, shift) for shift in (0, 6, 7, -30)),
        *((np.float32, shift) for shift in (0, 84, 90, -120)),
        *((np.float64, shift) for shift in (0, 705, 800, -800)),
    ],
)
def test_numbers_are_those_of_the_naive_program(dtype, shift):
    scores = np.array([5.0, 2.0, -1.0, 3.0]) + shift
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        t = np.exp(scores.astype(dtype))
        naive = t, t.sum(), t / t.sum()
    for ours, numpys in zip(softmax_in(dtype, scores, shifted=False), naive, strict=True):
        np.testing.assert_allclose(ours, numpys, rtol=4 * float(np.finfo(dtype).eps))


def test_half_rounding_is_that_of_numpy():
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float64)
    halves = halves[np.isfinite(halves)]  # every float16, subnormal ones too
    middles = np.sort(halves)[:-1] + np.diff(np.sort(halves)) / 2  # every tie
    around = np.concatenate([np.nextafter(middles, -np.inf), np.nextafter(middles, np.inf)])
    limits = [65504, np.nextafter(65520, 0), 65520, 1e300, 5e-324, 2.0**-25, 2.0**-24]
    values = np.concatenate([halves, middles, around, limits, np.negative(limits)])
    result = subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "-"],
        input=f"""
            import {{ halfRound }} from "{(FOLDER / "overflow.js").as_uri()}";
            const values = {json.dumps(values.tolist())};
            console.log(JSON.stringify(values.map((x) => String(halfRound(x)))));
        """,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    with np.errstate(over="ignore", under="ignore"):
        expected = values.astype(np.float16).astype(np.float64)
    script = np.array([float(text) for text in json.loads(result.stdout)])
    np.testing.assert_array_equal(script, expected)


def test_shift_gives_the_same_probabilities_wherever_the_scores_are_exact():
    for shift in [-800, 0, 6, 800]:  # even float16 holds these scores exactly
        figure = Overflow(shift=shift, subtract_largest=True)
        np.testing.assert_allclose(figure.errors, 0, atol=1e-3)
        assert figure.errors[2] < 1e-15


def test_reading_says_what_became_of_each_format(agree):
    _, results = agree(Overflow, [{}, {"shift": -150}, {"shift": 7, "subtract_largest": True}])
    first, low, shifted = [result["reading"] for result in results]
    assert first == (
        "The scores are 11.0, 8.00, 5.00, 9.00. In float16 each exponential is finite, but their "
        "sum is inf: all get 0. In float32 and float64 the probabilities are right."
    )
    assert "In float16 and float32 all exponentials are rounded to 0, and 0 / 0 is nan." in low
    assert "subtracted first. In every format the probabilities are right." in shifted


def test_picture_marks_what_a_format_cannot_hold(agree):
    _, (sum_lost, all_lost, fine) = agree(Overflow, [{}, {"shift": 800}, {"shift": 0}])
    assert sum_lost["markup"].count('class="inf"') == 1
    assert sum_lost["markup"].count('class="zero"') == 4
    assert all_lost["markup"].count('class="nan"') == 12
    assert "✗" not in fine["markup"]


def test_outputs_follow_the_inputs_and_can_be_observed():
    figure = Overflow()
    seen = []
    figure.observe(lambda change: seen.append(change["new"]), "sums")
    figure.shift = 800
    assert seen == [[np.inf] * 3]
    assert np.isnan(figure.probabilities).all()


@pytest.mark.parametrize(
    "wrong", [{"shift": 801}, {"scale": 0}, {"logits": [1, np.inf, 0, 0]}, {"shift": np.inf}]
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        Overflow(**wrong)
