"""Three scores in a plane, their probabilities in a triangle."""

import re

import numpy as np
import pytest
import traitlets

from softmax_edu.figures import Simplex, modules

DIRECTIONS = np.array([[-np.sqrt(3) / 2, -1 / 2], [np.sqrt(3) / 2, -1 / 2], [0, 1]])


def scores_at(distance, angle):
    """Give scores that the picture shows at this distance from its centre."""
    return 2 / 3 * distance * DIRECTIONS @ [np.cos(angle), np.sin(angle)]


def points(markup, width=640):
    """Read where the two handles stand, in pixels."""
    found = re.findall(r'class="handle .*?left:([-\d.e]+)%;top:([-\d.e]+)%', markup)
    return np.array(found, dtype=float) / 100 * [width, 300]


def test_script_and_package_compute_the_same(agree):
    rng = np.random.default_rng(1)
    states = [
        {
            "logits": scores_at(rng.uniform(0, 5.5), rng.uniform(0, 7)) + rng.uniform(-20, 20),
            "temperature": 10 ** rng.uniform(-1, 1.3),
        }
        for _ in range(300)
    ]
    ties = [[0, 0, 0], [2, 2, 1], [-1, 3, 3], [25, 25, 25]]
    edge = [{"logits": scores_at(5.5, k * np.pi / 6), "temperature": 0.1} for k in range(12)]
    agree(Simplex, [*states, *edge, *({"logits": each} for each in ties)])


def test_the_points_stand_where_scores_and_probabilities_lead(agree):
    (figure,), (result,) = agree(Simplex, [{"logits": [3, 1, 2], "temperature": 2}])
    plane, triangle = points(result["markup"])
    up = np.array([1, -1])  # pixels count downwards
    np.testing.assert_allclose(
        plane, [160, 158] + 112 / 5.5 * up * (np.array(figure.logits) @ DIRECTIONS)
    )
    probs = np.array(figure.probabilities)
    np.testing.assert_allclose(triangle, [480, 196] + 150 * up * (probs @ DIRECTIONS))


def test_adding_to_every_score_moves_no_point(agree):
    _, results = agree(Simplex, [{"logits": [5, 2, 3]}, {"logits": [15, 12, 13]}])
    here, there = (points(result["markup"]) for result in results)
    np.testing.assert_allclose(here, there, atol=1e-9)


def test_reading_says_where_the_path_leads(agree):
    _, (one, two, three) = agree(
        Simplex, [{}, {"logits": [2, 2, 1]}, {"logits": [1, 1, 1], "temperature": 3}]
    )
    assert one["reading"] == (
        "The scores are other 5.0, cat 2.0, chick 3.0. At temperature 1.00 softmax gives "
        "other 0.844, cat 0.042, chick 0.114, with an entropy of 0.52 out of 1.10 nats. "
        "Colder, the point goes to the corner other; hotter, to the centre."
    )
    assert "Colder, the point goes to the middle between other and cat;" in two["reading"]
    assert three["reading"].endswith("All scores are equal: the centre at every temperature.")


def test_path_runs_from_hardmax_to_uniform():
    figure = Simplex(logits=[1, 3, 2])
    np.testing.assert_allclose(figure.path[0], figure.hardmax, atol=1e-9)
    np.testing.assert_allclose(figure.path[-1], [1 / 3] * 3, atol=0.01)
    np.testing.assert_allclose(figure.path[30], figure.probabilities)  # T = 1


def test_outputs_follow_the_inputs_and_can_be_observed():
    figure = Simplex()
    seen = []
    figure.observe(lambda change: seen.append(change["new"]), "hardmax")
    figure.logits = [1, 4, 4]
    assert seen == [[0, 0.5, 0.5]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": 0},
        {"logits": [1, 2]},
        {"logits": [1, 2, 26]},
        {"logits": [0, 0, 5.6]},  # fits each alone, but ends outside of the picture
        {"labels": ["a", "b"]},
    ],
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        Simplex(**wrong)


def test_script_and_style_sheet_stack_the_panels_at_the_same_width():
    narrow = re.search(r"NARROW = (\d+);", modules.source("kit.js"))[1]
    assert f"@container (width < {narrow}px)" in modules.source("figures.css")
