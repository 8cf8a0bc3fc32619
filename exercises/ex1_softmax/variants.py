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


# Some classes are forbidden


def where_with_loops(logits, allowed):
    m, num_classes = logits.shape
    probs = np.zeros((m, num_classes))
    for i in range(m):
        classes = [j for j in range(num_classes) if allowed[i, j]]
        if not classes:
            continue
        largest = max(logits[i, j] for j in classes)
        total = sum(math.exp(logits[i, j] - largest) for j in classes)
        for j in classes:
            probs[i, j] = math.exp(logits[i, j] - largest) / total
    return probs


def where_row_by_row(logits, allowed):
    probs = np.zeros_like(logits, dtype=float)
    for row, scores, mask in zip(probs, logits, allowed, strict=True):
        if mask.any():
            t = np.exp(scores[mask] - scores[mask].max())
            row[mask] = t / t.sum()
    return probs


def where_with_minus_infinity(logits, allowed):
    z = np.where(allowed, logits, -np.inf)
    largest = z.max(axis=1, keepdims=True)
    largest[~allowed.any(axis=1)] = 0
    t = np.exp(z - largest)
    total = t.sum(axis=1, keepdims=True)
    return np.divide(t, total, out=np.zeros_like(t), where=total > 0)


def where_cleaned_up(logits, allowed):
    z = np.where(allowed, logits, -np.inf)
    with np.errstate(invalid="ignore"):
        t = np.exp(z - z.max(axis=1, keepdims=True))
        return np.nan_to_num(t / t.sum(axis=1, keepdims=True))


def where_very_low(logits, allowed):
    z = np.where(allowed, logits, -1e30)
    t = np.exp(z - np.max(z, axis=-1)[:, None])
    return np.where(allowed, t / np.sum(t, axis=-1)[:, None], 0)


def where_in_the_reductions(logits, allowed):
    largest = np.max(logits, axis=1, keepdims=True, where=allowed, initial=-1e300)
    t = np.exp(logits - largest, where=allowed, out=np.zeros(logits.shape))
    return t / np.where(allowed.any(axis=1, keepdims=True), t.sum(axis=1, keepdims=True), 1)


def where_non_empty_rows(logits, allowed):
    busy = allowed.any(axis=1)
    z = np.where(allowed[busy], logits[busy], -np.inf)
    probs = np.zeros(logits.shape)
    probs[busy] = np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
    return probs


def where_with_masked_arrays(logits, allowed):
    z = np.ma.masked_array(logits, mask=~allowed)
    t = np.ma.exp(z - z.max(axis=1, keepdims=True))
    return (t / t.sum(axis=1, keepdims=True)).filled(0)


def where_with_einsum(logits, allowed):
    z = np.where(allowed, logits, -np.inf)
    largest = np.maximum(z.max(axis=1), -1e100)
    t = np.exp(z - largest[:, np.newaxis])
    return np.einsum("ij,i->ij", t, 1 / np.fmax(np.einsum("ij->i", t), 1))


def where_as_lists(logits, allowed):
    result = []
    for scores, mask in zip(logits.tolist(), allowed.tolist(), strict=True):
        largest = max((z for z, yes in zip(scores, mask, strict=True) if yes), default=0)
        t = [math.exp(z - largest) if yes else 0.0 for z, yes in zip(scores, mask, strict=True)]
        total = sum(t)
        result.append([x / total if total else 0.0 for x in t])
    return result


def where_in_float32(logits, allowed):
    z = np.where(allowed, logits, -np.inf)
    largest = np.where(allowed.any(axis=1), z.max(axis=1), 0)
    t = np.exp((z - largest[:, None]).astype(np.float32))
    return t / np.maximum(t.sum(axis=1, keepdims=True), np.float32(1e-30))


def where_in_a_copy(logits, allowed):
    z = logits.copy()
    z[~allowed] = -np.inf
    some = allowed.any(axis=1)
    z[some] -= z[some].max(axis=1)[:, None]
    np.exp(z, out=z)
    z[some] /= z[some].sum(axis=1, keepdims=True)
    return z


def where_by_differences(logits, allowed):
    z = np.where(allowed, logits, 0.0)
    with np.errstate(over="ignore"):
        against = np.exp(z[:, np.newaxis, :] - z[:, :, np.newaxis])  # (m, C, C)
    against[~np.broadcast_to(allowed[:, np.newaxis, :], against.shape)] = 0
    total = against.sum(axis=2)
    return np.divide(1.0, total, out=np.zeros(logits.shape), where=allowed)


# Ties share


def hardmax_with_loops(logits):
    probs = np.zeros(logits.shape)
    for i, row in enumerate(logits):
        winners = [j for j, z in enumerate(row) if z == max(row)]
        for j in winners:
            probs[i, j] = 1 / len(winners)
    return probs


def hardmax_row_by_row(logits):
    return np.array([(z == z.max()) / np.count_nonzero(z == z.max()) for z in logits])


def hardmax_along_an_axis(logits):
    def share(z):
        winners = np.flatnonzero(z == np.amax(z))
        p = np.zeros(len(z))
        p[winners] = 1 / len(winners)
        return p

    return np.apply_along_axis(share, 1, logits)


def hardmax_as_lists(logits):
    rows = logits.tolist()
    return [[(z == max(row)) / row.count(max(row)) for z in row] for row in rows]


def hardmax_in_float32(logits):
    winners = (logits >= logits.max(axis=1, keepdims=True)).astype(np.float32)
    return winners / winners.sum(axis=1, keepdims=True)


def hardmax_with_einsum(logits):
    winners = np.where(logits < logits.max(axis=1)[:, np.newaxis], 0.0, 1.0)
    return np.einsum("ij,i->ij", winners, 1 / np.einsum("ij->i", winners))


def hardmax_by_transposing(logits):
    columns = logits.T
    winners = columns == columns.max(axis=0)
    return (winners / winners.sum(axis=0)).T


def hardmax_at_the_coldest(logits):
    with np.errstate(over="ignore"):
        t = np.exp((logits - logits.max(axis=1, keepdims=True)) / 1e-300)
    return t / t.sum(axis=1, keepdims=True)


def hardmax_by_places(logits):
    rows, columns = np.nonzero(logits == np.max(logits, axis=1, keepdims=True))
    probs = np.zeros(logits.shape)
    probs[rows, columns] = 1 / np.bincount(rows)[rows]
    return probs


def hardmax_by_sorting(logits):
    largest = np.sort(logits, axis=1)[:, -1:]
    return (logits == largest) / np.sum(logits == largest, axis=1)[:, None]


def hardmax_by_comparing_all(logits):
    beaten = (logits[:, np.newaxis, :] > logits[:, :, np.newaxis]).any(axis=2)
    return np.divide(~beaten, (~beaten).sum(axis=1, keepdims=True))


def hardmax_with_put_along_axis(logits):
    rest, probs = logits.copy(), np.zeros(logits.shape)
    for _ in range(logits.shape[1]):  # argmax finds one winner at a time
        place = rest.argmax(axis=1)[:, np.newaxis]
        won = np.take_along_axis(rest, place, axis=1) == logits.max(axis=1, keepdims=True)
        np.put_along_axis(probs, place, np.maximum(won, np.take_along_axis(probs, place, 1)), 1)
        np.put_along_axis(rest, place, -np.inf, axis=1)
    return probs / probs.sum(axis=1, keepdims=True)


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
    "softmax_where": [
        where_with_loops,
        where_row_by_row,
        where_with_minus_infinity,
        where_cleaned_up,
        where_very_low,
        where_in_the_reductions,
        where_non_empty_rows,
        where_with_masked_arrays,
        where_with_einsum,
        where_as_lists,
        where_in_float32,
        where_in_a_copy,
        where_by_differences,
    ],
    "shared_hardmax": [
        hardmax_with_loops,
        hardmax_row_by_row,
        hardmax_along_an_axis,
        hardmax_as_lists,
        hardmax_in_float32,
        hardmax_with_einsum,
        hardmax_by_transposing,
        hardmax_at_the_coldest,
        hardmax_by_places,
        hardmax_by_sorting,
        hardmax_by_comparing_all,
        hardmax_with_put_along_axis,
    ],
}
