"""Right answers in many styles: all of them must get full marks."""

import math

import numpy as np


def with_loops(logits, temperature):
    probs = np.empty(logits.shape)
    for j in range(logits.shape[1]):
        largest = max(logits[i, j] for i in range(logits.shape[0]))
        t = [math.exp((logits[i, j] - largest) / temperature) for i in range(logits.shape[0])]
        for i in range(logits.shape[0]):
            probs[i, j] = t[i] / sum(t)
    return probs


def column_by_column(logits, temperature):
    def softmax(z):
        t = np.exp((z - z.max()) / temperature)
        return t / t.sum()

    return np.array([softmax(column) for column in logits.T]).T


def along_an_axis(logits, temperature):
    def softmax(z):
        t = np.exp((z - np.max(z)) / temperature)
        return t / np.sum(t)

    return np.apply_along_axis(softmax, 0, logits)


def by_transposing(logits, temperature):
    rows = logits.T / temperature
    t = np.exp(rows - rows.max(axis=1, keepdims=True))
    return (t / t.sum(axis=1, keepdims=True)).T


def with_log_sum_exp(logits, temperature):
    z = logits / temperature
    largest = z.max(axis=0)
    return np.exp(z - (largest + np.log(np.exp(z - largest).sum(axis=0))))


def with_logaddexp(logits, temperature):
    z = logits / temperature
    return np.exp(z - np.logaddexp.reduce(z, axis=0))


def with_einsum(logits, temperature):
    t = np.exp((logits - logits.max(axis=0)) / temperature)
    return np.einsum("ij,j->ij", t, 1 / np.einsum("ij->j", t))


def as_lists(logits, temperature):
    columns = []
    for column in logits.T.tolist():
        t = [math.exp((z - max(column)) / temperature) for z in column]
        columns.append([x / sum(t) for x in t])
    return [list(row) for row in zip(*columns, strict=True)]


def in_float32(logits, temperature):
    shifted = (logits - logits.max(axis=0)).astype(np.float32)
    t = np.exp(shifted / np.float32(temperature))
    return t / t.sum(axis=0)


def by_differences(logits, temperature):
    differences = (logits[np.newaxis] - logits[:, np.newaxis]) / temperature  # (C, C, m)
    with np.errstate(over="ignore"):
        return 1 / np.exp(differences).sum(axis=1)


def into_a_copy(logits, temperature):
    z = np.array(logits, dtype=float)
    z -= z.max(axis=0)
    z /= temperature
    np.exp(z, out=z)
    z /= z.sum(axis=0)
    return z


VARIANTS = {
    "column_softmax": [
        with_loops,
        column_by_column,
        along_an_axis,
        by_transposing,
        with_log_sum_exp,
        with_logaddexp,
        with_einsum,
        as_lists,
        in_float32,
        by_differences,
        into_a_copy,
    ],
}
