"""Right answers in many styles: all of them must get full marks."""

import math

import numpy as np


def by_temperature_with_loops(logits, labels, temperature):
    total = 0.0
    for z, y in zip(logits, labels, strict=True):
        t = [math.exp((score - max(z)) / temperature) for score in z]
        expected = sum(a * score for a, score in zip(t, z, strict=True)) / sum(t)
        total += z[y] - expected
    return total / len(labels) / temperature**2


def by_temperature_of_gaps(logits, labels, temperature):
    gaps = logits - logits[np.arange(len(labels)), labels][:, None]
    scaled = gaps / temperature
    probs = np.exp(scaled - np.logaddexp.reduce(scaled, axis=1)[:, None])
    return -(probs * gaps).sum() / gaps.shape[0] / temperature**2


def by_temperature_through_the_scores(logits, labels, temperature):
    scaled = logits / temperature
    t = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    dscaled = t / t.sum(axis=1, keepdims=True)
    dscaled[np.arange(len(labels)), labels] -= 1
    dscaled /= len(labels)
    return (dscaled * -scaled / temperature).sum()


def by_temperature_with_einsum(logits, labels, temperature):
    Z = logits - np.max(logits, axis=1, keepdims=True)
    t = np.exp(Z / temperature)
    probs = np.einsum("ij,i->ij", t, 1 / np.einsum("ij->i", t))
    errors = np.eye(Z.shape[1])[labels] - probs
    return np.einsum("ij,ij->", errors, Z) / (len(Z) * temperature**2)


def by_temperature_of_lists(logits, labels, temperature):
    terms = []
    for z, y in zip(logits.tolist(), labels.tolist(), strict=True):
        leads = [z[y] - score for score in z]
        t = [math.exp((score - max(z)) / temperature) for score in z]
        terms += [a / math.fsum(t) * lead for a, lead in zip(t, leads, strict=True)]
    return math.fsum(terms) / (len(logits) * temperature * temperature)


def by_temperature_in_float32(logits, labels, temperature):
    T = np.float32(temperature)
    Z = (logits - logits.max(axis=1, keepdims=True)).astype(np.float32)
    t = np.exp(Z / T)
    expected = (t * Z).sum(axis=1) / t.sum(axis=1)
    return (Z[np.arange(len(labels)), labels] - expected).mean() / T / T


def by_temperature_through_its_inverse(logits, labels, temperature):
    inverse = 1 / temperature
    Z = inverse * (logits.T - logits.max(axis=1))
    t = np.exp(Z)
    expected = np.sum(t * logits.T, axis=0) / np.sum(t, axis=0)
    slope = np.mean(expected - np.choose(labels, logits.T))
    return slope * -(inverse**2)


def by_temperature_averaged(logits, labels, temperature):
    shifted = logits - np.amax(logits, axis=1, keepdims=True)
    expected = np.average(shifted, axis=1, weights=np.exp(shifted / temperature))
    truths = np.take_along_axis(shifted, labels[:, None], axis=1).ravel()
    return np.average(truths - expected) / np.square(temperature)


def by_temperature_of_log_probs(logits, labels, temperature):
    # the expected score and the true one, both taken relative to log-sum-exp
    scaled = logits / temperature
    lse = np.logaddexp.reduce(scaled, axis=1)
    losses = lse - scaled[np.arange(len(labels)), labels]
    mean = (np.exp(scaled - lse[:, None]) * (scaled - lse[:, None])).sum(axis=1)
    return np.sum(-losses - mean) / len(labels) / temperature


def by_temperature_differences(logits, labels, temperature):
    def cost(T):
        gaps = logits - logits[np.arange(len(labels)), labels][:, np.newaxis]
        return np.logaddexp.reduce(gaps / T, axis=1).mean()

    h = 1e-5
    return (cost(temperature + h) - cost(temperature - h)) / (2 * h)


def by_temperature_row_by_row(logits, labels, temperature):
    def slope(z, y):
        p = np.exp(z / temperature - np.logaddexp.reduce(z / temperature))
        p[y] -= 1
        return -(p @ (z - z[0])) / temperature**2

    return np.mean([slope(z, y) for z, y in zip(logits, labels, strict=True)])


def smoothed_with_loops(logits, labels, epsilon):
    m, C = logits.shape
    dlogits = np.zeros((m, C))
    for i in range(m):
        largest = max(logits[i])
        total = sum(math.exp(z - largest) for z in logits[i])
        for j in range(C):
            target = epsilon / C + (1 - epsilon if j == labels[i] else 0)
            dlogits[i, j] = (math.exp(logits[i, j] - largest) / total - target) / m
    return dlogits


def smoothed_from_targets(logits, labels, epsilon):
    num_classes = logits.shape[1]
    targets = (1 - epsilon) * np.eye(num_classes)[labels] + epsilon / num_classes
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = t / t.sum(axis=1, keepdims=True)
    return (probs - targets) / len(logits)


def smoothed_with_logaddexp(logits, labels, epsilon):
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    targets = np.full(probs.shape, epsilon / probs.shape[1])
    targets[range(len(labels)), labels] += 1 - epsilon
    return np.subtract(probs, targets) * (1 / len(labels))


def smoothed_with_einsum(logits, labels, epsilon):
    m, C = logits.shape
    t = np.exp(logits - logits.max(axis=1)[:, None])
    probs = np.einsum("ij,i->ij", t, 1 / np.einsum("ij->i", t))
    mixing = (1 - epsilon) * np.eye(C) + epsilon / C
    return (probs - np.einsum("ik,kj->ij", np.eye(C)[labels], mixing)) / m


def smoothed_as_lists(logits, labels, epsilon):
    rows = []
    for z, y in zip(logits.tolist(), labels.tolist(), strict=True):
        t = [math.exp(score - max(z)) for score in z]
        row = [a / math.fsum(t) - epsilon / len(z) for a in t]
        row[y] -= 1 - epsilon
        rows.append([entry / len(labels) for entry in row])
    return rows


def smoothed_in_float32(logits, labels, epsilon):
    t = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float32))
    targets = np.full(t.shape, epsilon / t.shape[1], dtype=np.float32)
    targets[np.arange(len(labels)), labels] += np.float32(1 - epsilon)
    return (t / t.sum(axis=1, keepdims=True) - targets) / np.float32(len(t))


def smoothed_by_columns(logits, labels, epsilon):
    Z = logits.T - logits.max(axis=1)
    probs = np.exp(Z) / np.exp(Z).sum(axis=0)
    C, m = Z.shape
    truth = np.arange(C)[:, None] == labels
    return ((probs - epsilon / C - (1 - epsilon) * truth) / m).T


def smoothed_of_two_gradients(logits, labels, epsilon):
    m, C = logits.shape
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = t / t.sum(axis=1, keepdims=True)
    one_hot = np.zeros((m, C))
    np.put_along_axis(one_hot, labels[:, None], 1, axis=1)
    return ((1 - epsilon) * (probs - one_hot) + epsilon * (probs - 1 / C)) / m


def smoothed_through_the_jacobian(logits, labels, epsilon):
    # by log-softmax, whose Jacobian has the rows e_i - p
    m, C = logits.shape
    dlogits = np.empty((m, C))
    for i, (z, y) in enumerate(zip(logits, labels, strict=True)):
        p = np.exp(z - np.logaddexp.reduce(z))
        target = np.where(np.arange(C) == y, 1 - epsilon + epsilon / C, epsilon / C)
        dlogits[i] = -target @ (np.eye(C) - p) / m
    return dlogits


def smoothed_with_masks(logits, labels, epsilon):
    true = labels[:, np.newaxis] == np.arange(logits.shape[1])
    odds = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    difference = odds / np.sum(odds, axis=-1, keepdims=True) - epsilon / true.shape[1]
    return np.where(true, difference - 1 + epsilon, difference) / true.shape[0]


def smoothed_row_by_row(logits, labels, epsilon):
    def gradient(z, y):
        t = np.exp(z - z.max())
        dz = t / t.sum() - epsilon / z.size
        dz[y] += epsilon - 1
        return dz

    return np.stack([gradient(z, y) for z, y in zip(logits, labels, strict=True)]) / len(labels)


def back_with_loops(logits, dprobs):
    m, C = logits.shape
    dlogits = np.zeros((m, C))
    for r in range(m):
        t = [math.exp(z - max(logits[r])) for z in logits[r]]
        p = [a / sum(t) for a in t]
        for j in range(C):
            for i in range(C):
                dlogits[r, j] += dprobs[r, i] * p[i] * ((i == j) - p[j])
    return dlogits


def back_with_a_jacobian_for_each_row(logits, dprobs):
    rows = []
    for z, dp in zip(logits, dprobs, strict=True):
        t = np.exp(z - z.max())
        p = t / t.sum()
        rows.append(dp @ (np.diag(p) - np.outer(p, p)))
    return np.array(rows)


def back_in_two_parts(logits, dprobs):
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    parts = probs * dprobs
    return parts - probs * parts.sum(axis=1, keepdims=True)


def back_with_einsum(logits, dprobs):
    t = np.exp(logits - logits.max(axis=1)[:, None])
    p = np.einsum("ij,i->ij", t, 1 / np.einsum("ij->i", t))
    return np.einsum("ij,ij->ij", p, dprobs) - np.einsum("ij,ik,ik->ij", p, p, dprobs)


def back_as_lists(logits, dprobs):
    rows = []
    for z, dp in zip(logits.tolist(), dprobs.tolist(), strict=True):
        t = [math.exp(score - max(z)) for score in z]
        p = [a / math.fsum(t) for a in t]
        expected = math.fsum(a * b for a, b in zip(p, dp, strict=True))
        rows.append([a * (b - expected) for a, b in zip(p, dp, strict=True)])
    return rows


def back_in_float32(logits, dprobs):
    t = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float32))
    probs = t / t.sum(axis=1, keepdims=True)
    d = dprobs.astype(np.float32)
    return probs * (d - (probs * d).sum(axis=1, keepdims=True))


def back_by_columns(logits, dprobs):
    t = np.exp(logits.T - logits.max(axis=1))
    probs, d = t / t.sum(axis=0), dprobs.T
    return (probs * (d - np.sum(probs * d, axis=0))).T


def back_through_the_quotient(logits, dprobs):
    # p = t / s: first to t and to the sum s, then through exp
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    s = t.sum(axis=1, keepdims=True)
    ds = -(dprobs * t).sum(axis=1, keepdims=True) / s**2
    dt = dprobs / s + ds
    return dt * t


def back_with_dot_products(logits, dprobs):
    dlogits = np.zeros(logits.shape)
    for i in range(len(logits)):
        p = np.exp(logits[i] - logits[i].max())
        p /= p.sum()
        dlogits[i] = p * (dprobs[i] - np.dot(p, dprobs[i]))
    return dlogits


def back_by_averages(logits, dprobs):
    t = np.exp(logits - np.amax(logits, axis=-1, keepdims=True))
    expected = np.average(dprobs, axis=-1, weights=t)
    centred = np.subtract(dprobs, expected[..., np.newaxis])
    return np.multiply(t, centred) / np.sum(t, axis=-1, keepdims=True)


def back_by_pairs(logits, dprobs):
    # p_j (d_j - sum_i p_i d_i) = sum_i p_i p_j (d_j - d_i), since the p_i sum to 1
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    dlogits = np.zeros_like(probs)
    for i in range(probs.shape[1]):
        dlogits += probs[:, [i]] * probs * (dprobs - dprobs[:, [i]])
    return dlogits


VARIANTS = {
    "temperature_gradient": [
        by_temperature_with_loops,
        by_temperature_of_gaps,
        by_temperature_through_the_scores,
        by_temperature_with_einsum,
        by_temperature_of_lists,
        by_temperature_in_float32,
        by_temperature_through_its_inverse,
        by_temperature_averaged,
        by_temperature_of_log_probs,
        by_temperature_differences,
        by_temperature_row_by_row,
    ],
    "smoothed_gradient": [
        smoothed_with_loops,
        smoothed_from_targets,
        smoothed_with_logaddexp,
        smoothed_with_einsum,
        smoothed_as_lists,
        smoothed_in_float32,
        smoothed_by_columns,
        smoothed_of_two_gradients,
        smoothed_through_the_jacobian,
        smoothed_with_masks,
        smoothed_row_by_row,
    ],
    "softmax_vjp": [
        back_with_loops,
        back_with_a_jacobian_for_each_row,
        back_in_two_parts,
        back_with_einsum,
        back_as_lists,
        back_in_float32,
        back_by_columns,
        back_through_the_quotient,
        back_with_dot_products,
        back_by_averages,
        back_by_pairs,
    ],
}
