"""The first figure: scores and temperature to softmax and hardmax."""

import numpy as np
import pytest
import traitlets

from softmax_edu.figures import SoftmaxExplorer


def test_script_and_package_compute_the_same(agree):
    rng = np.random.default_rng(1)
    states = [
        {
            "logits": rng.uniform(-5, 8, 4),
            "temperature": 10 ** rng.uniform(-1.3, 1.3),
            "scale": rng.uniform(0.1, 5),
            "shift": rng.uniform(-20, 20),
        }
        for _ in range(300)
    ]
    ties = [{"logits": [2, 2, 2, 2]}, {"logits": [1, 3, 3, 0], "temperature": 0.05}]
    agree(SoftmaxExplorer, [*states, *ties, {"logits": [8, -5, 8, -5], "scale": 5}])


def test_reading_names_every_class_and_the_winner(agree):
    _, (result,) = agree(SoftmaxExplorer, [{}])
    assert result["reading"] == (
        "At temperature 1.00 softmax gives other 0.842, cat 0.042, dog 0.002, chick 0.114; "
        "hardmax gives everything to other."
    )


def test_outputs_follow_the_inputs_and_can_be_observed():
    figure = SoftmaxExplorer()
    seen = []
    figure.observe(lambda change: seen.append(change["new"]), "probabilities")
    figure.logits = [0, 0, 0, 0]
    assert seen == [[0.25] * 4]
    assert figure.probabilities == [0.25] * 4


@pytest.mark.parametrize(
    "wrong",
    [{"temperature": 0}, {"logits": [1, 2]}, {"logits": [1, 2, 3, 99]}, {"shift": "far"}],
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        SoftmaxExplorer(**wrong)


def test_unknown_inputs_are_named():
    with pytest.raises(TypeError, match=r"has no temprature; it has labels, logits"):
        SoftmaxExplorer(temprature=2)


def test_outputs_cannot_be_set():
    with pytest.raises(traitlets.TraitError, match="read-only"):
        SoftmaxExplorer().probabilities = [1, 0, 0, 0]
