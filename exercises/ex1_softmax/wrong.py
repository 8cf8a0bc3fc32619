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


# Some classes are forbidden


def where_multiplied_after(logits, allowed):
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    probs[~allowed] = 0
    return probs


def where_renormalised_after(logits, allowed):
    rows = []
    for z, mask in zip(logits, allowed, strict=True):
        t = np.exp(z - max(z))
        p = np.where(mask, t / sum(t), 0)
        rows.append(p / sum(p) if any(mask) else p)
    return np.array(rows)


def where_score_zero(logits, allowed):
    z = logits.copy()
    z[~allowed] = 0
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


def where_scores_multiplied(logits, allowed):
    z = np.einsum("ij,ij->ij", logits, allowed)
    return np.array([(t := np.exp(row - max(row))) / sum(t) for row in z])


def where_inverted(logits, allowed):
    probs = np.zeros(logits.shape)
    for i in range(len(logits)):
        if not allowed[i].all():
            z = logits[i][~allowed[i]]
            t = np.exp(z - z.max())
            probs[i, ~allowed[i]] = t / t.sum()
    return probs


def where_empty_row_nan(logits, allowed):
    t = np.zeros(logits.shape)
    for i, mask in enumerate(allowed):
        t[i, mask] = np.exp(logits[i, mask] - max(logits[i, mask], default=0))
    return t / t.sum(axis=1, keepdims=True)


def where_empty_row_uniform(logits, allowed):
    z = np.array(logits)
    z[allowed == False] = -1e12  # noqa: E712
    rows = [np.exp(row - max(row)) for row in z]
    return np.array([t / sum(t) for t in rows])


def where_without_shift(logits, allowed):
    rows = []
    for z, mask in zip(logits, allowed, strict=True):
        t = [np.e**x if yes else 0.0 for x, yes in zip(z, mask, strict=True)]
        rows.append([x / sum(t) for x in t] if any(mask) else t)
    return np.array(rows)


def where_along_columns(logits, allowed):
    probs = np.zeros(logits.shape)
    for j in range(logits.shape[1]):
        mask = allowed[:, j]
        if mask.any():
            t = np.exp(logits[mask, j] - logits[mask, j].max())
            probs[mask, j] = t / t.sum()
    return probs


def where_in_place(logits, allowed):
    probs = np.zeros(logits.shape)
    for i, mask in enumerate(allowed):
        logits[i, np.logical_not(mask)] = -np.inf
        if mask.any():
            probs[i] = np.exp(logits[i] - np.logaddexp.reduce(logits[i]))
    return probs


# Ties share


def hardmax_first(logits):
    probs = np.zeros(logits.shape)
    for i, row in enumerate(logits.tolist()):
        probs[i, row.index(max(row))] = 1
    return probs


def hardmax_not_shared(logits):
    return [[1 if z == max(row) else 0 for z in row] for row in logits]


def hardmax_over_the_matrix(logits):
    probs = np.zeros(logits.shape)
    places = np.nonzero(logits >= np.max(logits))
    probs[places] = 1 / len(places[0])
    return probs


def hardmax_counted_once(logits):
    winners = np.array([z == max(z) for z in logits])
    return winners / np.count_nonzero(winners)


def hardmax_along_columns(logits):
    return np.stack([(z == max(z)) / sum(z == max(z)) for z in logits.T], axis=1)


def hardmax_class_numbers(logits):
    return [int(np.argmax(row)) for row in logits]


def hardmax_nearly_equal(logits):
    largest = np.max(logits, axis=1, keepdims=True)
    winners = np.abs(logits - largest) < 0.01
    return winners / np.sum(winners, axis=1, keepdims=True)


def hardmax_cold(logits):
    z = logits / 0.01
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


def hardmax_keeps_scores(logits):
    return np.array([np.where(z == max(z), z, 0) / sum(z == max(z)) for z in logits])


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
    "softmax_where_multiplied_after": where_multiplied_after,
    "softmax_where_renormalised_after": where_renormalised_after,
    "softmax_where_score_zero": where_score_zero,
    "softmax_where_scores_multiplied": where_scores_multiplied,
    "softmax_where_inverted": where_inverted,
    "softmax_where_empty_row_nan": where_empty_row_nan,
    "softmax_where_empty_row_uniform": where_empty_row_uniform,
    "softmax_where_without_shift": where_without_shift,
    "softmax_where_along_columns": where_along_columns,
    "softmax_where_in_place": where_in_place,
    "shared_hardmax_first": hardmax_first,
    "shared_hardmax_not_shared": hardmax_not_shared,
    "shared_hardmax_over_the_matrix": hardmax_over_the_matrix,
    "shared_hardmax_counted_once": hardmax_counted_once,
    "shared_hardmax_along_columns": hardmax_along_columns,
    "shared_hardmax_class_numbers": hardmax_class_numbers,
    "shared_hardmax_nearly_equal": hardmax_nearly_equal,
    "shared_hardmax_cold": hardmax_cold,
    "shared_hardmax_keeps_scores": hardmax_keeps_scores,
}
