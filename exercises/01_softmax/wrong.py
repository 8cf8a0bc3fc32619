"""The mistakes of the catalogue once more, each written in another style: all must lose points."""

import numpy as np


def along_rows(logits, temperature):
    return np.array([(t := np.exp((z - max(z)) / temperature)) / sum(t) for z in logits])


def over_the_matrix(logits, temperature):
    t = [[np.exp((z - np.max(logits)) / temperature) for z in row] for row in logits]
    return np.array(t) / np.sum(t)


def transposed(logits, temperature):
    rows = logits.T / temperature
    t = np.exp(rows - rows.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True)


def without_shift(logits, temperature):
    t = np.e ** (logits / temperature)
    return np.einsum("ij,j->ij", t, 1 / np.einsum("ij->j", t))


def shifted_once(logits, temperature):
    largest = max(map(max, logits))
    columns = [np.exp((column - largest) / temperature) for column in logits.T]
    return np.stack([t / t.sum() for t in columns], axis=1)


def multiplied(logits, temperature):
    z = temperature * logits
    return np.exp(z - np.logaddexp.reduce(z, axis=0))


def without_temperature(logits, temperature):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=0))


def cooled_after(logits, temperature):
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=0))
    return np.array([row / temperature for row in probs])


def shift_not_cooled(logits, temperature):
    columns = [np.exp(z / temperature - max(z)) for z in logits.T]
    return np.stack([t / t.sum() for t in columns], axis=1)


def in_place(logits, temperature):
    for j in range(logits.shape[1]):
        logits[:, j] = logits[:, j] - logits[:, j].max()
    t = np.exp(logits / temperature)
    return t / t.sum(axis=0)


WRONG = {
    "column_softmax_along_rows": along_rows,
    "column_softmax_over_the_matrix": over_the_matrix,
    "column_softmax_transposed": transposed,
    "column_softmax_without_shift": without_shift,
    "column_softmax_shifted_once": shifted_once,
    "column_softmax_multiplied": multiplied,
    "column_softmax_without_temperature": without_temperature,
    "column_softmax_cooled_after": cooled_after,
    "column_softmax_shift_not_cooled": shift_not_cooled,
    "column_softmax_in_place": in_place,
}
