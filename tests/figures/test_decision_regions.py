"""Softmax regression in the page: cost, gradient, steps and regions."""

import json
import subprocess

import numpy as np
import pytest
import traitlets
from agreement import NODE, assert_close

from softmax_edu.figures import DecisionRegions
from softmax_edu.figures.modules import FOLDER
from softmax_edu.regression import Parameters, gradient_descent, predict

RUN = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const figure = await import(pathToFileURL(process.argv[1]));
const state = JSON.parse(readFileSync(0, "utf8"));
"""


def run(program, state):
    """Run a program that has the functions of the figure's module, and a state."""
    result = subprocess.run(
        [NODE, "--input-type=module", "-e", RUN + program, "--", FOLDER / "decision_regions.js"],
        input=json.dumps(state),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def random_state(rng, scale=1.0):
    return {
        "points": rng.uniform(-3, 3, (24, 2)),
        "labels": rng.integers(3, size=24).tolist(),
        "W": rng.normal(scale=scale, size=(2, 3)),
        "b": rng.normal(scale=scale, size=3),
        "learning_rate": 10 ** rng.uniform(-2, 1.4),
        "l2": rng.uniform(0, 0.3),
    }


def test_script_and_package_compute_the_same(agree):
    rng = np.random.default_rng(1)
    states = [random_state(rng, 10 ** rng.uniform(-2, 1)) for _ in range(300)]
    nothing_known = {"W": np.zeros((2, 3))}
    one_point = {"points": np.ones((24, 2)), "W": [[1e6, 0, 0], [0, 0, 0]]}
    agree(DecisionRegions, [*states, {}, nothing_known, one_point, {"b": [1e6, -1e6, 0]}])


@pytest.mark.parametrize("options", [{}, {"learning_rate": 2}, {"learning_rate": 1, "l2": 0.1}])
def test_200_steps_in_the_page_are_200_steps_of_the_package(options):
    figure = DecisionRegions(**options)
    after = run(
        """
        let now = state;
        for (let i = 0; i < 200; i++) now = { ...now, ...figure.step(now) };
        console.log(JSON.stringify(now));
        """,
        figure.state(),
    )
    descent = gradient_descent(
        figure.points,
        figure.labels,
        3,
        learning_rate=figure.learning_rate,
        l2=figure.l2,
        num_steps=200,
        start=Parameters(np.array(figure.W), np.array(figure.b)),
    )
    assert_close(after["costs"], descent.costs.tolist())
    assert_close(after["W"], descent.params.W.tolist())
    assert_close(after["b"], descent.params.b.tolist())


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({}, range(500, 501)),
        ({"learning_rate": 5}, range(100, 499)),  # arrives
        ({"learning_rate": 30, "l2": 0.1}, range(2, 20)),  # runs away
        ({"learning_rate": 30}, range(500, 501)),  # zigzags
    ],
)
def test_training_stops(options, steps):
    figure = DecisionRegions(running=True, **options)
    after = run(
        """
        let now = state;
        while (now.running) now = { ...now, ...figure.step(now) };
        console.log(JSON.stringify(now));
        """,
        figure.state(),
    )
    assert len(after["costs"]) in steps
    DecisionRegions(**after)  # and Python takes where it ended


def test_points_dragged_apart_are_learned_even_at_the_largest_rate():
    centres = [[-2, -2], [2, -2], [0, 2.5]]
    points = 0.3 * np.array(DecisionRegions().points) + np.repeat(centres, 8, axis=0)
    figure = DecisionRegions(points=points.clip(-3, 3), learning_rate=30, running=True)
    after = run(
        """
        let now = state;
        while (now.running) now = { ...now, ...figure.step(now) };
        console.log(JSON.stringify(now));
        """,
        figure.state(),
    )
    assert after["costs"][-1] < 0.001
    assert DecisionRegions(**after).accuracy == 1


def contains(polygon, places):
    """Say of each place whether it lies to the left of every edge."""
    start = np.array(polygon).reshape(-1, 2)
    edges = np.roll(start, -1, axis=0) - start
    ways = places[:, None] - start  # (places, corners, 2)
    turns = edges[:, 0] * ways[..., 1] - edges[:, 1] * ways[..., 0]
    return (turns >= 0).all(axis=1) & (len(polygon) > 0)


def area(polygon):
    (x, y), (u, v) = np.array(polygon).T, np.roll(polygon, -1, axis=0).T
    return float((x * v - y * u).sum()) / 2


def test_regions_hold_the_points_that_the_package_puts_there():
    rng = np.random.default_rng(2)
    for _ in range(20):
        figure = DecisionRegions(**random_state(rng))
        polygons = run("console.log(JSON.stringify(figure.regions(state)));", figure.state())
        areas = [area(polygon) for polygon in polygons if polygon]
        np.testing.assert_allclose(sum(areas), 6.4**2)
        places = rng.uniform(-3.2, 3.2, (500, 2))
        answers = predict(Parameters(np.array(figure.W), np.array(figure.b)), places)
        inside = np.array([contains(polygon, places) for polygon in polygons])  # (3, 500)
        np.testing.assert_array_equal(inside, np.arange(3)[:, None] == answers)


def test_equal_logits_leave_the_plane_to_the_first_class():
    figure = DecisionRegions(W=np.zeros((2, 3)))
    polygons = run("console.log(JSON.stringify(figure.regions(state)));", figure.state())
    assert [len(polygon) for polygon in polygons] == [4, 0, 0]
    assert figure.accuracy == 1 / 3


def test_reading_tells_how_training_goes(agree):
    lost = {"W": [[900, 0, -900], [0, 0, 0]]}
    arrived = {"points": [[0, 0]] * 24, "labels": [0, 1, 2] * 8, "W": np.zeros((2, 3))}
    _, (start, risen, lost, arrived) = agree(
        DecisionRegions, [{}, {"costs": [1.0]}, lost, {**arrived, "costs": [1.2, 1.1]}]
    )
    assert start["reading"] == (
        "After 0 steps the cost is 2.204 and the gradient has length 1.259. In the region of their "
        "class: 4 of 24 points. To treat all classes alike would cost less: log 3 = 1.10."
    )
    assert risen["reading"].startswith("After 1 step the cost")
    assert risen["reading"].endswith("if a step did that, the rate is too large.")
    assert "run away" in lost["reading"]
    assert "training has arrived" in arrived["reading"]


def test_only_the_chosen_point_stops_the_tab_key(agree):
    _, (result,) = agree(DecisionRegions, [{"chosen": 7}])
    stops = [part.split('"')[0] for part in result["markup"].split('role="slider" tabindex="')[1:]]
    assert stops == ["0" if i == 6 else "-1" for i in range(24)]


def test_outputs_follow_the_inputs_and_can_be_observed():
    figure = DecisionRegions()
    seen = []
    figure.observe(lambda change: seen.append(change["new"]), "cost")
    figure.W = np.zeros((2, 3))
    np.testing.assert_allclose(seen, [np.log(3)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": np.zeros((23, 2))},
        {"points": np.full((24, 2), 4)},
        {"labels": [3] * 24},
        {"W": np.zeros((3, 2))},
        {"W": np.full((2, 3), np.nan)},
        {"learning_rate": 31},
        {"chosen": 0},
    ],
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        DecisionRegions(**wrong)
