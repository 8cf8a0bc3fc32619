"""Train the over-confident network of chapter 11 and store its logits for the figure.

    python tools/train_overconfident.py

Writes src/softmax_edu/figures/overconfident.json: logits and labels of the held-out digits.
"""

import json

import numpy as np

from softmax_edu.data import digits
from softmax_edu.figures.reliability import FILE, packed
from softmax_edu.network import logits_of, mlp, train


def held_out():
    """Train as chapter 11 does, on 300 digits with one label in four wrong.

    Returns
    -------
    logits : (400, 10) array
        For digits that the network has not seen.
    labels : (400,) array
    """
    data = digits()
    X = np.concatenate([data.X_train, data.X_test])  # (1797, 64)
    labels = np.concatenate([data.labels_train, data.labels_test])  # (1797,)
    rng = np.random.default_rng(112)
    seen, held, _ = np.split(rng.permutation(len(X)), [300, 700])
    wrong = rng.random(len(seen)) < 0.25
    others = (labels[seen] + rng.integers(1, 10, size=len(seen))) % 10  # never the true digit
    given = np.where(wrong, others, labels[seen])  # (300,)
    options = {"epochs": 200, "batch_size": 32, "learning_rate": 0.1, "momentum": 0.9}
    network = train(mlp(rng), X[seen], given, rng=rng, **options).network
    return logits_of(network, X[held]), labels[held]


if __name__ == "__main__":
    logits, labels = held_out()
    content = {"logits": packed(logits), "labels": "".join(map(str, labels))}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")
