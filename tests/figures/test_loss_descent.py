"""Loss and gradient of a prediction, and steps down the gradient."""

import numpy as np
import pytest
import traitlets

from softmax_edu import cross_entropy, numerical_gradient
from softmax_edu.figures import LossDescent


def test_script_and_package_compute_the_same(agree):
    rng = np.random.default_rng(5)
    states = [
        {
            "logits": rng.uniform(-10, 10, 4),
            "truth": int(rng.integers(4)),
            "step_size": 10 ** rng.uniform(-1, 1),
            "label_smoothing": rng.choice([0, 0.05, 0.5]),
            "path": rng.uniform(-10, 10, (rng.integers(5), 4)).tolist(),
        }
        for _ in range(300)
    ]
    ties = [{"logits": [0, 0, 0, 0]}, {"logits": [10, -10, -10, 10], "truth": 2}]
    sure = [{"logits": [-10, 10, -10, -10]}, {"logits": [100, -100, 100, 0], "step_size": 10}]
    longest = [{"path": np.zeros((40, 4)).tolist()}]
    agree(LossDescent, [*states, *ties, *sure, *longest])


def test_reading_says_loss_gradient_and_what_a_step_would_do(agree):
    _, (result, walked) = agree(LossDescent, [{}, {"path": [[5, 2, -1, 3], [0, 1, 0, 0]]}])
    assert result["reading"] == (
        "The prediction gives the truth, cat, 0.042, and the loss is 3.172. The gradient is "
        "other 0.842, cat \N{MINUS SIGN}0.958, dog 0.002, chick 0.114; its sum is 0. "
        "A step of size 1.00 against it changes the loss to 1.662."
    )
    assert walked["reading"].startswith("After 2 steps the prediction gives")


@pytest.mark.parametrize("smoothing", [0, 0.3])
def test_gradient_is_the_slope_of_the_loss(smoothing):
    figure = LossDescent(logits=[1, -2, 0.5, 3], truth=3, label_smoothing=smoothing)
    slopes = numerical_gradient(
        lambda z: cross_entropy(z, 3, label_smoothing=smoothing), np.array(figure.logits)
    )
    np.testing.assert_allclose(figure.gradient, slopes, atol=1e-9)


def test_steps_lead_down_to_the_least_loss_and_keep_the_sum():
    figure = LossDescent(label_smoothing=0.1, step_size=3)
    for _ in range(200):
        figure.logits = figure.stepped
    np.testing.assert_allclose(figure.loss, figure.least_loss, rtol=1e-9)
    np.testing.assert_allclose(figure.probabilities, figure.target, atol=1e-6)
    assert figure.least_loss > 0.3
    np.testing.assert_allclose(sum(figure.logits), 9)


def test_a_step_that_is_too_long_raises_the_loss():
    figure = LossDescent(logits=[0, 0, 0, 0], label_smoothing=0.5, step_size=10)
    assert figure.loss_after > figure.loss
    figure.step_size = 3.9  # below 4 no step does
    assert figure.loss_after < figure.loss


def test_outputs_follow_the_inputs_and_can_be_observed():
    figure = LossDescent()
    seen = []
    figure.observe(lambda change: seen.append(change["new"]), "loss")
    figure.logits = [0, 0, 0, 0]
    np.testing.assert_allclose(seen, [np.log(4)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"truth": 4},
        {"truth": 0.5},
        {"step_size": 0},
        {"label_smoothing": 1},
        {"logits": [1, 2, 3]},
        {"path": [[1, 2]]},
        {"path": np.zeros((41, 4)).tolist()},
    ],
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        LossDescent(**wrong)
