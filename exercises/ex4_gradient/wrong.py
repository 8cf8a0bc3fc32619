"""The mistakes of the catalogue once more, each written in another style: all must lose points."""

import math

import numpy as np


def softmax_of(z):
    t = [math.exp(score - max(z)) for score in z]
    return np.array(t) / sum(t)


def true_minus_expected(logits, labels, T):
    leads = []
    for z, y in zip(logits, labels, strict=True):
        leads.append(z[y] - softmax_of(z / T) @ z)
    return leads


def reversed_sign(logits, labels, temperature):
    p = np.array([softmax_of(z / temperature) for z in logits])
    errors = p - np.eye(logits.shape[1])[labels]
    return (errors * logits).sum() / len(labels) / temperature**2


def by_the_inverse(logits, labels, temperature):
    errors = np.array([softmax_of(z / temperature) for z in logits])
    errors[np.arange(len(labels)), labels] -= 1
    return np.einsum("ij,ij->", errors, logits) / len(logits)


def divided_once(logits, labels, temperature):
    leads = true_minus_expected(logits, labels, temperature)
    return np.average(np.array(leads) / temperature)


def divided_thrice(logits, labels, temperature):
    leads = true_minus_expected(logits, labels, temperature)
    return sum(leads) / len(leads) / temperature**3


def summed(logits, labels, temperature):
    return sum(lead / temperature**2 for lead in true_minus_expected(logits, labels, temperature))


def at_one(logits, labels, temperature):
    leads = true_minus_expected(logits, labels, 1)
    return sum(leads) / len(leads) / temperature**2


def of_the_truth(logits, labels, temperature):
    total = 0.0
    for z, y in zip(logits, labels, strict=True):
        total += z[y] / temperature / temperature
    return total / len(labels)


def of_plain_means(logits, labels, temperature):
    centred = logits - logits.mean(axis=1, keepdims=True)
    return np.average(np.choose(labels, centred.T)) / temperature**2


def by_the_scores(logits, labels, temperature):
    dlogits = np.array([softmax_of(z / temperature) for z in logits])
    dlogits[np.arange(len(labels)), labels] -= 1
    return dlogits / (temperature * len(labels))


def overflown(logits, labels, temperature):
    t = np.exp(logits / temperature)
    expected = (t / t.sum(axis=1)[:, None] * logits).sum(axis=1)
    return np.average(np.choose(labels, logits.T) - expected) / temperature**2


def plain_difference(logits, labels, epsilon):
    C = logits.shape[1]
    rows = []
    for z, y in zip(logits, labels, strict=True):
        target = np.full(C, epsilon / C)
        target[y] += 1 - epsilon
        rows.append(softmax_of(z) - target)
    return np.array(rows)


def without_m(logits, labels, epsilon):
    return plain_difference(logits, labels, epsilon)


def over_entries(logits, labels, epsilon):
    m, C = logits.shape
    return [[entry / m / C for entry in row] for row in plain_difference(logits, labels, epsilon)]


def downhill(logits, labels, epsilon):
    return np.negative(plain_difference(logits, labels, epsilon)) / len(logits)


def without_spread(logits, labels, epsilon):
    dlogits = np.array([softmax_of(z) for z in logits])
    for i, y in enumerate(labels):
        dlogits[i, y] -= 1 - epsilon
    return dlogits / len(dlogits)


def over_the_others(logits, labels, epsilon):
    dlogits = np.array([softmax_of(z) for z in logits]) - epsilon / (logits.shape[1] - 1)
    for i, y in enumerate(labels):
        dlogits[i, y] += epsilon / (logits.shape[1] - 1) - (1 - epsilon)
    return dlogits / len(dlogits)


def truth_without_share(logits, labels, epsilon):
    targets = np.full(logits.shape, epsilon / logits.shape[1])
    targets[np.arange(len(labels)), labels] = 1 - epsilon
    return np.array([softmax_of(z) - y for z, y in zip(logits, targets, strict=True)]) / len(labels)


def of_smoothed_probs(logits, labels, epsilon):
    m, C = logits.shape
    dlogits = np.array([(1 - epsilon) * softmax_of(z) + epsilon / C for z in logits])
    dlogits[range(m), labels] -= 1
    return dlogits / m


def of_all_columns(logits, labels, epsilon):
    m, C = logits.shape
    occurs = np.isin(np.arange(C), labels)
    probs = np.array([softmax_of(z) for z in logits])
    return (probs - np.where(occurs, 1 - epsilon + epsilon / C, epsilon / C)) / m


def over_the_batch(logits, labels, epsilon):
    probs = np.stack([softmax_of(column) for column in logits.T], axis=1)
    m, C = logits.shape
    targets = np.where(np.arange(C) == labels[:, None], 1 - epsilon, 0) + epsilon / C
    return probs / m - targets / m


def without_shift(logits, labels, epsilon):
    m, C = logits.shape
    dlogits = np.array([t / sum(t) for t in np.e**logits]) - epsilon / C
    dlogits[np.arange(m), labels] += epsilon - 1
    return dlogits / m


def elementwise(logits, dprobs):
    rows = []
    for z, dp in zip(logits, dprobs, strict=True):
        p = softmax_of(z)
        rows.append(np.diag(np.diag(p) - np.outer(p, p)) * dp)
    return np.array(rows)


def without_expected(logits, dprobs):
    return [dp @ np.diag(softmax_of(z)) for z, dp in zip(logits, dprobs, strict=True)]


def without_probs(logits, dprobs):
    return [dp - softmax_of(z) @ dp for z, dp in zip(logits, dprobs, strict=True)]


def of_the_plain_sum(logits, dprobs):
    return [softmax_of(z) * (dp - sum(dp)) for z, dp in zip(logits, dprobs, strict=True)]


def over_all_rows(logits, dprobs):
    probs = np.array([softmax_of(z) for z in logits])
    return probs * dprobs - probs * np.einsum("ij,ij->", probs, dprobs)


def along_columns(logits, dprobs):
    probs = np.array([softmax_of(z) for z in logits])
    columns = [p * (dp - p @ dp) for p, dp in zip(probs.T, dprobs.T, strict=True)]
    return np.stack(columns, axis=1)


def averaged(logits, dprobs):
    rows = []
    for z, dp in zip(logits, dprobs, strict=True):
        p = softmax_of(z)
        rows.append((np.diag(p) - np.outer(p, p)) @ dp / len(logits))
    return np.array(rows)


def of_the_loss(logits, dprobs):
    return [softmax_of(z) - dp for z, dp in zip(logits, dprobs, strict=True)]


def back_without_shift(logits, dprobs):
    rows = []
    for t, dp in zip(np.exp(logits), dprobs, strict=True):
        p = t / sum(t)
        rows.append(p * (dp - sum(p * dp)))
    return np.array(rows)


def in_place(logits, dprobs):
    dlogits = np.empty(logits.shape)
    for i in range(len(logits)):
        p = softmax_of(logits[i])
        dprobs[i] = dprobs[i] - p @ dprobs[i]
        dlogits[i] = p * dprobs[i]
    return dlogits


WRONG = {
    "temperature_gradient_reversed": reversed_sign,
    "temperature_gradient_by_the_inverse": by_the_inverse,
    "temperature_gradient_divided_once": divided_once,
    "temperature_gradient_divided_thrice": divided_thrice,
    "temperature_gradient_summed": summed,
    "temperature_gradient_at_one": at_one,
    "temperature_gradient_of_the_truth": of_the_truth,
    "temperature_gradient_of_plain_means": of_plain_means,
    "temperature_gradient_by_the_scores": by_the_scores,
    "temperature_gradient_without_shift": overflown,
    "smoothed_gradient_without_m": without_m,
    "smoothed_gradient_over_entries": over_entries,
    "smoothed_gradient_reversed": downhill,
    "smoothed_gradient_without_spread": without_spread,
    "smoothed_gradient_over_the_others": over_the_others,
    "smoothed_gradient_truth_without_share": truth_without_share,
    "smoothed_gradient_of_smoothed_probs": of_smoothed_probs,
    "smoothed_gradient_of_all_columns": of_all_columns,
    "smoothed_gradient_over_the_batch": over_the_batch,
    "smoothed_gradient_without_shift": without_shift,
    "softmax_vjp_elementwise": elementwise,
    "softmax_vjp_without_expected": without_expected,
    "softmax_vjp_without_probs": without_probs,
    "softmax_vjp_of_the_plain_sum": of_the_plain_sum,
    "softmax_vjp_over_the_batch": over_all_rows,
    "softmax_vjp_along_columns": along_columns,
    "softmax_vjp_averaged": averaged,
    "softmax_vjp_of_the_loss": of_the_loss,
    "softmax_vjp_without_shift": back_without_shift,
    "softmax_vjp_in_place": in_place,
}
