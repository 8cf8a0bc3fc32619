"""The numbers that the book's sources print, each to the digit printed."""

import math
import re
from pathlib import Path

import mpmath
import numpy as np
import pytest

from softmax_edu import (
    cross_entropy,
    cross_entropy_gradient,
    hardmax,
    logsumexp,
    numerical_gradient,
    one_hot,
    softmax,
    softmax_jacobian,
)

Z = np.array([5.0, 2.0, -1.0, 3.0])
NATS = np.log([0.3, 0.2, 0.1, 0.4])  # logits whose softmax is [.3, .2, .1, .4]


def _rounds_to(values, printed, decimals):
    """Whether each value, rounded as it is printed, is what is printed."""
    np.testing.assert_array_equal(np.round(values, decimals), printed)


def test_the_temporary_vector_and_its_sum():
    _rounds_to(np.exp(Z), [148.4132, 7.3891, 0.3679, 20.0855], 4)
    _rounds_to(np.exp(Z).sum(), 176.2556, 4)
    _rounds_to(np.exp(logsumexp(Z)), 176.2556, 4)


def test_its_softmax():
    _rounds_to(softmax(Z), [0.842034, 0.041922, 0.002087, 0.113957], 6)
    _rounds_to(softmax(Z), [0.842, 0.042, 0.002, 0.114], 3)


def test_its_entropy():
    probs = softmax(Z)
    _rounds_to(-(probs * np.log(probs)).sum(), 0.53814, 5)
    _rounds_to(cross_entropy(Z, probs), 0.53814, 5)


@pytest.mark.parametrize(
    ("temperature", "printed"),
    [(2, [0.6095, 0.1360, 0.0303, 0.2242]), (10, [0.3217, 0.2383, 0.1766, 0.2634])],
)
def test_its_softmax_at_other_temperatures(temperature, printed):
    _rounds_to(softmax(Z, temperature=temperature), printed, 4)


def test_its_loss_and_gradient_with_class_2_true():
    _rounds_to(cross_entropy(Z, 1), 3.171935, 6)
    _rounds_to(cross_entropy_gradient(Z, 1), [0.842034, -0.958078, 0.002087, 0.113957], 6)


def test_the_loss_and_gradient_of_a_cat_that_is_20_percent_certain():
    _rounds_to(cross_entropy(NATS, 1), 1.609438, 6)
    _rounds_to(cross_entropy(NATS, [0, 1, 0, 0]), 1.609438, 6)
    _rounds_to(cross_entropy_gradient(NATS, 1), [0.3, -0.8, 0.1, 0.4], 12)


def test_the_loss_of_a_cat_that_is_90_percent_certain():
    _rounds_to(cross_entropy(np.log([0.05, 0.9, 0.02, 0.03]), 1), 0.105361, 6)


@pytest.mark.parametrize(
    ("num_classes", "printed"),
    [(2, 0.693147), (4, 1.386294), (10, 2.302585), (50_257, 10.824905)],
)
def test_the_cost_of_an_untrained_model(num_classes, printed):
    _rounds_to(cross_entropy(np.zeros((2, num_classes)), [0, 1]), printed, 6)


@pytest.mark.parametrize(
    ("num_classes", "printed"), [(2, 0.3133), (4, 0.7437), (10, 1.4612), (1000, 5.9095)]
)
def test_the_floor_of_the_loss_after_softmax_twice(num_classes, printed):
    certain = one_hot(0, num_classes)  # the best that probabilities can be
    _rounds_to(cross_entropy(certain, 0), printed, 4)
    _rounds_to(math.log(1 + (num_classes - 1) / math.e), printed, 4)
    probs = np.random.default_rng(0).dirichlet(np.ones(num_classes), size=50)
    assert (cross_entropy(probs, np.zeros(50, int), reduction="none") > printed).all()


def test_two_classes_reduce_to_the_sigmoid_of_the_difference():
    gradient = cross_entropy_gradient([0.3, 1.5], 1)
    sigmoid = 1 / (1 + math.exp(-(1.5 - 0.3)))
    np.testing.assert_allclose(softmax([0.3, 1.5]), [1 - sigmoid, sigmoid], rtol=1e-15)
    np.testing.assert_allclose(gradient, [1 - sigmoid, sigmoid - 1], rtol=1e-15)


def test_the_norm_of_the_jacobian_is_at_most_one_half():
    assert np.linalg.norm(softmax_jacobian(Z), 2) < 0.5
    np.testing.assert_allclose(np.linalg.norm(softmax_jacobian([0.0, 0.0]), 2), 0.5, rtol=1e-15)
    np.testing.assert_allclose(softmax_jacobian(Z).sum(axis=1), 0, rtol=0, atol=1e-16)


def test_zero_sum_errors_make_the_gradients_of_the_weights_sum_to_zero():
    # The columns of dW in the sources, where classes are rows, are the rows of X.T @ dlogits.
    rng = np.random.default_rng(0)
    X, logits = rng.normal(size=(6, 3)), rng.normal(size=(6, 4))
    dW = X.T @ cross_entropy_gradient(logits, rng.integers(4, size=6))
    np.testing.assert_allclose(dW.sum(axis=1), 0, rtol=0, atol=1e-15)


def test_the_least_loss_with_label_smoothing_and_the_gap_where_it_is():
    gap = math.log(0.91 / 0.01)  # the target is .91 for the true class and .01 for the others
    _rounds_to(gap, 4.51086, 5)

    def loss(gap):
        return cross_entropy([gap, *[0.0] * 9], 0, label_smoothing=0.1)

    _rounds_to(loss(gap), 0.500288, 6)
    assert loss(gap) < min(loss(gap - 0.01), loss(gap + 0.01))
    np.testing.assert_allclose(numerical_gradient(loss, gap), 0, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("name", "bits", "largest_exponent", "printed"),
    [
        ("float16", 11, 15, 11.0899),
        ("bfloat16", 8, 127, 88.7189),
        ("float32", 24, 127, 88.7228),
        ("float64", 53, 1023, 709.7827),
    ],
)
def test_where_exp_overflows(name, bits, largest_exponent, printed):
    largest = mpmath.mpf(2) ** largest_exponent * (2 - mpmath.mpf(2) ** (1 - bits))
    if name != "bfloat16":
        assert float(np.finfo(name).max) == float(largest)
        with np.errstate(over="ignore"):
            below, above = np.exp(np.array([printed - 0.01, printed + 0.01], name))
        assert np.isfinite(below)
        assert np.isinf(above)
    _rounds_to(float(mpmath.log(largest)), printed, 4)


@pytest.mark.parametrize(("step", "low", "high"), [(1e-5, 5e-12, 5e-11), (1e-12, 3e-5, 5e-4)])
def test_the_error_of_the_gradient_check(step, low, high):
    # About 2e-11 at 1e-5 and 1.8e-4 at 1e-12: rounding differs a little between machines.
    slope = numerical_gradient(lambda z: cross_entropy(z, 1), Z, step)
    error = np.abs(slope - cross_entropy_gradient(Z, 1)).max()
    assert low < error < high


def test_a_well_known_lecture_shows_a_wrong_softmax():
    probs = softmax([12.5, 0.6, -23])
    np.testing.assert_allclose(probs, [1, 6.8e-6, 3.8e-16], rtol=1e-2)
    assert np.abs(probs - [0.9, 0.09, 0.01]).max() > 0.08


def test_log_of_p_plus_a_constant_goes_negative_and_saturates():
    _rounds_to(-math.log(0 + 1e-5), 11.5, 1)
    assert -math.log(1 + 1e-5) < 0


def test_landing_page_shows_the_right_numbers():
    page = (Path(__file__).parents[1] / "book" / "index.md").read_text(encoding="utf-8")
    rows = {}
    for line in re.findall(r"^\|(.*)\|$", page, re.M):
        name, *cells = (cell.strip().replace("\N{MINUS SIGN}", "-") for cell in line.split("|"))
        rows[name.split(":")[0]] = [float(cell) for cell in cells if re.fullmatch(r"[-\d.]+", cell)]
    z = np.array(rows["score $z$"])
    exps = np.exp(z)
    np.testing.assert_allclose(rows["$e^z$"], [*exps, exps.sum()], atol=5e-4)
    np.testing.assert_allclose(rows["softmax"], [*softmax(z), 1], atol=5e-4)
    np.testing.assert_allclose(rows["hardmax"], [*hardmax(z), 1])
