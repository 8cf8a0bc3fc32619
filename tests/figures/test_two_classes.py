"""Chapter 3: two scores, their lead, softmax and sigmoid on one curve."""

import numpy as np
import pytest
import traitlets

from softmax_edu.figures import TwoClasses


def test_script_and_package_compute_the_same(agree):
    rng = np.random.default_rng(3)
    states = [
        {
            "logits": rng.uniform(-4, 4, 2),
            "shift": rng.uniform(-4, 4),
            "threshold": rng.uniform(0.01, 0.99),
        }
        for _ in range(300)
    ]
    extremes = [
        {"logits": logits, "shift": shift, "threshold": threshold}
        for logits in ([4, -4], [-4, 4], [0, 0], [4, 4])
        for shift in (-4, 0, 4)
        for threshold in (0.01, 0.5, 0.99)
    ]
    agree(TwoClasses, [*states, *extremes])


def test_softmax_of_both_scores_is_the_sigmoid_of_the_lead_whatever_the_shift(agree):
    _, results = agree(TwoClasses, [{"logits": [1, -0.5], "shift": k} for k in (-4, 0, 2.5)])
    for values in (result["values"] for result in results):
        np.testing.assert_allclose(values["probabilities"][0], values["sigmoid"], rtol=1e-12)
        np.testing.assert_allclose(values["sigmoid"], 1 / (1 + np.exp(-1.5)), rtol=1e-12)
        np.testing.assert_allclose(values["log_odds"], 1.5, rtol=1e-12)


def test_reading_says_the_same_probability_twice_and_who_is_ahead(agree):
    _, results = agree(TwoClasses, [{}, {"logits": [-1, 1], "threshold": 0.1}, {"logits": [1, 1]}])
    words = [result["reading"] for result in results]
    assert words[0] == (
        "Scores 2.00 and \N{MINUS SIGN}1.00: the lead of cat is 3.00. "
        "Softmax of the two scores gives cat 0.953 and dog 0.047; "
        "the sigmoid of the lead alone gives 0.953. "
        "The odds are 20.09 to 1 for cat. "
        "The answer is cat from a probability of 0.50 on, a lead of 0.00: here it is cat."
    )
    assert "7.39 to 1 for dog" in words[1]
    assert "a lead of \N{MINUS SIGN}2.20: here it is cat" in words[1]
    assert "The odds are even. " in words[2]


def test_names_of_classes_are_text_and_never_markup(agree):
    _, (result,) = agree(TwoClasses, [{"labels": ["<b>", "a&b"]}])
    assert "<b>" not in result["markup"]
    assert result["reading"].count("<b>") > 2  # the page sets it as text


def test_outputs_follow_the_threshold():
    figure = TwoClasses(logits=[1, 0])
    seen = []
    figure.observe(lambda change: seen.append(change["new"]), "answer")
    figure.threshold = 0.8  # needs a lead of log 4
    figure.logits = [2, 0]
    assert seen == [1, 0]
    assert figure.boundary == pytest.approx(np.log(4))


@pytest.mark.parametrize(
    "wrong",
    [{"logits": [1]}, {"logits": [5, 0]}, {"labels": ["a"]}, {"threshold": 1}, {"shift": 5}],
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        TwoClasses(**wrong)
