"""Chapter 9: a drawn digit, and what the trained network makes of it."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import train_digit_cnn
import traitlets
from agreement import NODE

from softmax_edu.data import digits
from softmax_edu.figures import DigitReader
from softmax_edu.figures.digit_reader import FILE, as_text, example_images, packed, trained_network
from softmax_edu.figures.modules import FOLDER
from softmax_edu.network import cnn, logits_of


def test_script_and_package_compute_the_same(agree):
    rng = np.random.default_rng(9)
    random = rng.integers(17, size=(100, 64))
    sparse = random * (rng.uniform(size=(100, 64)) < 0.2)
    held_out = np.rint(16 * digits().X_test[:80])
    one_cell = 16 * np.eye(64, dtype=int)[::7]
    extremes = [np.zeros(64), np.full(64, 16), *example_images().values()]
    agree(DigitReader, [{"image": x} for x in [*random, *sparse, *held_out, *one_cell, *extremes]])


def test_weights_of_another_network_are_used_by_script_and_package(agree):
    rng = np.random.default_rng(4)
    drawn = cnn(rng)
    drawn = (*drawn[:-1], type(drawn[-1])(rng.normal(size=(64, 10)), rng.normal(size=10)))
    (figure,), _ = agree(DigitReader, [{"weights": packed(drawn)}])
    np.testing.assert_allclose(
        figure.logits, logits_of(drawn, [np.array(figure.image) / 16])[0], rtol=1e-4, atol=1e-4
    )


def test_shipped_weights_are_what_the_training_of_chapter_9_gives():
    X, labels = digits()[2:]
    again, shipped = (logits_of(net, X) for net in (train_digit_cnn.trained(), trained_network()))
    # Another processor rounds differently; over the training that grows about 10,000-fold.
    np.testing.assert_allclose(shipped, again, atol=1e-3)
    assert (shipped.argmax(axis=1) == labels).mean() == pytest.approx(0.967, abs=0.004)


def test_file_is_small_and_its_examples_are_what_their_names_say():
    assert FILE.stat().st_size < 12_000
    chosen = train_digit_cnn.chosen(trained_network())
    images = example_images()
    assert list(images) == list(chosen)
    X, labels = digits()[2:]
    for name, image in images.items():
        np.testing.assert_array_equal(image / 16, chosen[name])  # counts of ink: exactly
        (found,) = np.flatnonzero((chosen[name] == X).all(axis=1))  # so it was held out
        assert labels[found] == int(name[-1])
        assert as_text(image) == json.loads(FILE.read_text(encoding="utf-8"))["examples"][name]


def test_the_first_ten_are_read_and_the_last_two_are_not():
    figure = DigitReader()
    for name, image in example_images().items():
        figure.image = image
        assert (figure.digit == int(name[-1])) == (len(name) == 1), name
    assert max(figure.probabilities) > 0.99, "the misread one is misread with confidence"


def test_reading_admits_doubt_mistakes_and_empty_paper(agree):
    images = example_images()
    wanted = [images["5"], images["a doubtful 8"], images["a misread 2"], np.zeros(64)]
    _, results = agree(DigitReader, [{"image": image} for image in wanted])
    sure, doubtful, misread, empty = (result["reading"] for result in results)
    assert sure == (
        "Somebody wrote this as a 5. The network reads a 5, with a probability of "
        "more than 0.999; next comes an 8, with less than 0.001."
    )
    assert "The network is in doubt: it reads a 9, with a probability of 0.50" in doubtful
    assert doubtful.endswith("next comes an 8, with 0.414. That is wrong.")
    assert "in doubt" not in misread
    assert misread.endswith("next comes a 2, with 0.004. That is wrong.")
    assert empty.startswith("Nothing is drawn, and still softmax must share out 1. ")


def test_reading_says_how_little_the_truth_got_where_it_is_not_even_second(agree):
    five = example_images()["5"]
    _, (result,) = agree(DigitReader, [{"image": five, "examples": {"an odd 7": as_text(five)}}])
    assert result["reading"].startswith("Somebody wrote this as a 7. The network reads a 5")
    assert result["reading"].endswith("That is wrong: a 7 gets less than 0.001.")


def draw(strokes, **values):
    """Let the script draw; return the state after each stroke."""
    result = subprocess.run(
        [NODE, "--no-warnings", Path(__file__).with_name("stroke.mjs"), FOLDER],
        input=json.dumps({"state": DigitReader(**values).state(), "strokes": strokes}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(result.stdout)


def bitmap(ink):
    """Lay the bits of all blocks out as a drawing, (32, 32)."""
    bits = np.array(ink)[:, None] >> np.arange(16) & 1  # (64, 16)
    return bits.reshape(8, 8, 4, 4).transpose(0, 2, 1, 3).reshape(32, 32)


def test_the_picture_counts_the_ink_in_blocks_as_the_training_data_were_made():
    strokes = [([16, 2], [16, 30]), ([3, 5], [29, 5]), ([-4, 12], [2, 40])]
    for state in draw(strokes, image=[0] * 64):
        drawing = bitmap(state["ink"])
        blocks = drawing.reshape(8, 4, 8, 4).sum(axis=(1, 3))
        np.testing.assert_array_equal(blocks.ravel(), state["image"])
        DigitReader(**state)  # takes what the script made
    (line,) = draw(strokes[:1], image=[0] * 64)
    assert set(bitmap(line["ink"]).sum(axis=1)) <= {0, 2, 4}  # a line 4 pixels wide
    assert (bitmap(line["ink"])[3:29, 14:18] == 1).all()


def test_ink_is_drawn_where_only_counts_are_known():
    far = [[-50, -50], [-50, -50]]  # touches nothing
    for image in example_images().values():
        (state,) = draw([far], image=image)
        assert state["image"] == image.tolist()


def test_the_rubber_takes_away_what_the_pen_has_drawn():
    full, stroke = [16] * 64, ([16, 16], [16, 16])
    (rubbed,) = draw([stroke], image=full, rubber=True)
    (drawn,) = draw([stroke], image=[0] * 64)
    np.testing.assert_array_equal(16 - np.array(rubbed["image"]), drawn["image"])
    assert 12 < sum(drawn["image"]) < 21  # a dot


def test_python_sets_the_picture_and_observes_the_answer():
    figure, seen = DigitReader(), []
    figure.observe(lambda change: seen.append(change["new"]), "digit")
    for name in "770":
        figure.image = example_images()[name]
    assert seen == [7, 0]
    assert len(figure.logits) == len(figure.probabilities) == 10
    assert "weights" not in repr(figure)
    assert figure.weights not in figure.static_html().split("<table>")[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"image": [0] * 63},
        {"image": [17] + [0] * 63},
        {"image": [0.5] + [0] * 63},
        {"ink": [1 << 16] + [0] * 63},
        {"cursor": [8, 0]},
        {"weights": "AAAAAA=="},
        {"weights": "AAA"},
    ],
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        DigitReader(**wrong)
