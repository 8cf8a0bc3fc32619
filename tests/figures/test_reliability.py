"""Confidence against accuracy while a temperature cools the logits."""

import json

import numpy as np
import pytest
import train_overconfident
import traitlets

from softmax_edu import cross_entropy, softmax
from softmax_edu.calibration import expected_calibration_error, fit_temperature
from softmax_edu.figures import Reliability
from softmax_edu.figures.reliability import FILE, packed, unpacked


def test_script_and_package_compute_the_same_at_every_place_of_the_slider(agree):
    positions = np.linspace(np.log10(0.2), np.log10(20), 201)
    figures, _ = agree(Reliability, [{"temperature": float(f"{10**p:.3g}")} for p in positions])
    assert len({figure.accuracy for figure in figures}) == 1


def test_script_and_package_compute_the_same_for_any_bins_and_extremes(agree):
    rng = np.random.default_rng(8)
    states = [
        {"temperature": float(10 ** rng.uniform(-0.69, 1.3)), "num_bins": int(rng.integers(1, 51))}
        for _ in range(50)
    ]
    agree(Reliability, [*states, {"temperature": 0.2}, {"temperature": 20}, {"num_bins": 1}])


def test_edge_of_two_bins_belongs_to_the_lower_in_both(agree):
    ties = packed([[3, 3, -300], [0, 9, 9], [2, 0, 1], [0, 1, 0], [5, 0, 0]])  # two at one half
    (figure,), _ = agree(Reliability, [{"logits": ties, "labels": "01210", "num_bins": 2}])
    assert figure.counts == [2, 3]


def test_button_fits_the_temperature_of_the_package(agree):
    (figure,), (result,) = agree(Reliability, [{}])
    logits, labels, _ = unpacked(figure.logits, figure.labels)
    best = fit_temperature(logits, labels)
    np.testing.assert_allclose(figure.fitted_temperature, best, rtol=1e-9)
    assert result["values"]["fitted_temperature"] == figure.fitted_temperature
    assert f"Fit T: {best:.2f}" in result["markup"]
    figure.temperature = best
    costs = [cross_entropy(logits / t, labels) for t in (0.99 * best, 1.01 * best)]
    assert figure.cost < min(costs)


def test_file_is_what_training_gives_again():
    shipped = json.loads(FILE.read_text(encoding="utf-8"))
    logits, labels, _ = unpacked(shipped["logits"], shipped["labels"])
    again, labels_again = train_overconfident.held_out()
    np.testing.assert_array_equal(labels, labels_again)
    assert FILE.stat().st_size < 15_000
    # Another processor rounds a sum differently, and 200 epochs let it grow.
    pair = [softmax(z) for z in (logits, again)]
    accuracies = [(probs.argmax(axis=1) == labels).mean() for probs in pair]
    np.testing.assert_allclose(*accuracies, atol=0.02)
    np.testing.assert_allclose(*(expected_calibration_error(p, labels) for p in pair), atol=0.03)
    np.testing.assert_allclose(*(fit_temperature(z, labels) for z in (logits, again)), rtol=0.1)


def test_packing_keeps_hundredths():
    logits = np.random.default_rng(8).uniform(-327, 327, (7, 3))
    text = packed(logits)
    np.testing.assert_allclose(unpacked(text, "0120210")[0], logits, atol=0.005 + 1e-12)
    with pytest.raises(ValueError, match="between -327 and 327"):
        packed([[400.0]])
    with pytest.raises(ValueError, match="between -327 and 327"):
        packed([[np.nan]])


def test_reading_says_what_the_diagram_shows(agree):
    _, (before, cold) = agree(Reliability, [{}, {"temperature": 20}])
    assert before["reading"] == (
        "At temperature 1.00 the network is right in 0.675 of 400 answers, and its mean "
        "confidence is 0.891: too bold by 0.216. With 15 bins the ECE is 0.224; the cost is "
        "1.702 and the Brier score 0.528."
    )
    assert "too modest by" in cold["reading"]


def test_long_data_stay_out_of_sight():
    assert repr(Reliability()) == (
        "Reliability(temperature=1, num_bins=15, fitted_temperature=2.961)"
    )


def test_outputs_follow_the_inputs_and_can_be_observed():
    figure = Reliability()
    seen = []
    figure.observe(lambda change: seen.append(change["new"]), "ece")
    figure.temperature = figure.fitted_temperature
    assert len(seen) == 1
    assert seen[0] < 0.1 < 0.2 < Reliability().ece


@pytest.mark.parametrize(
    "wrong", [{"temperature": 0.1}, {"num_bins": 0}, {"num_bins": 2.5}, {"fitted_temperature": 2.0}]
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        Reliability(**wrong)
