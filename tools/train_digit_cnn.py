"""Train the network of chapter 9 and store it for the figure that reads digits.

    python tools/train_digit_cnn.py

Writes src/softmax_edu/figures/digit_cnn.json: the weights, and pictures to begin with.
"""

import json

import numpy as np

from softmax_edu import softmax
from softmax_edu.data import NUM_DIGITS, digits
from softmax_edu.figures.digit_reader import FILE, as_text, packed
from softmax_edu.network import cnn, logits_of, train


def trained():
    """Train as chapter 9 does: one generator draws the start, then the shuffling."""
    split = digits()
    rng = np.random.default_rng(90)
    return train(cnn(rng), split.X_train, split.labels_train, rng=rng, epochs=20).network


def chosen(network):
    """Choose held-out pictures: the first of each digit, and two that go wrong.

    Returns
    -------
    dict of str to (64,) array
        By name; the last letter of a name is the true digit.
    """
    X, labels = digits()[2:]
    probs = softmax(logits_of(network, X))  # (m, C)
    wrong = probs.argmax(axis=1) != labels  # (m,)
    doubtful = probs.max(axis=1).argmin()
    surest = np.where(wrong, probs.max(axis=1), 0).argmax()
    first = {str(digit): (labels == digit).argmax() for digit in range(NUM_DIGITS)}
    numbers = first | {
        f"a doubtful {labels[doubtful]}": doubtful,
        f"a misread {labels[surest]}": surest,
    }
    return {name: X[i] for name, i in numbers.items()}


if __name__ == "__main__":
    network = trained()
    images = {name: as_text(16 * image) for name, image in chosen(network).items()}
    content = {"examples": images, "weights": packed(network)}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")
