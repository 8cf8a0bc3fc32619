"""The mistakes of the catalogue once more, each written in another style: all must lose points."""

import math

import numpy as np


def lse(z):
    return max(z) + math.log(sum(math.exp(score - max(z)) for score in z))


def over_the_others(logits, labels, epsilon):
    losses = []
    for z, y in zip(logits, labels, strict=True):
        of_class = [lse(z) - score for score in z]
        others = sum(of_class) - of_class[y]
        losses.append((1 - epsilon) * of_class[y] + epsilon * others / (len(z) - 1))
    return losses


def truth_without_share(logits, labels, epsilon):
    targets = np.full(logits.shape, epsilon / logits.shape[1])
    targets[np.arange(len(labels)), labels] = 1 - epsilon
    gaps = np.logaddexp.reduce(logits, axis=1)[:, None] - logits
    return np.einsum("ij,ij->i", targets, gaps)


def not_shared(logits, labels, epsilon):
    gaps = np.logaddexp.reduce(logits, axis=1, keepdims=True) - logits
    return (1 - epsilon) * gaps[range(len(labels)), labels] + epsilon * gaps.sum(axis=1)


def of_smoothed_probs(logits, labels, epsilon):
    losses = []
    for z, y in zip(logits, labels, strict=True):
        prob = math.exp(z[y] - lse(z))
        losses.append(-math.log((1 - epsilon) * prob + epsilon / len(z)))
    return np.array(losses)


def of_rounded_probs(logits, labels, epsilon):
    t = np.exp(logits.T - logits.max(axis=1))
    log_probs = np.log(t / t.sum(axis=0)).T
    truths = log_probs[np.arange(len(labels)), labels]
    return -(1 - epsilon) * truths - epsilon * log_probs.mean(axis=1)


def with_small_number(logits, labels, epsilon):
    t = np.exp(logits.T - logits.max(axis=1))
    log_probs = np.log(t / t.sum(axis=0) + 1e-12).T
    truths = log_probs[np.arange(len(labels)), labels]
    return -(1 - epsilon) * truths - epsilon * log_probs.mean(axis=1)


def without_shift(logits, labels, epsilon):
    losses = []
    for t, y in zip(np.exp(logits), labels, strict=True):
        surprises = -np.log(t / sum(t))
        losses.append((1 - epsilon) * surprises[y] + epsilon * np.mean(surprises))
    return np.array(losses)


def lse_without_shift(logits, labels, epsilon):
    log_probs = logits - np.log(np.einsum("ij->i", np.e**logits))[:, None]
    truths = np.take_along_axis(log_probs, labels[:, None], axis=1)[:, 0]
    return -((1 - epsilon) * truths + epsilon * log_probs.mean(axis=1))


def shifted_once(logits, labels, epsilon):
    Z = logits - np.max(logits)
    log_probs = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    truths = log_probs[np.arange(len(labels)), labels]
    return -(1 - epsilon) * truths - epsilon * log_probs.mean(axis=1)


def half_shifted(logits, labels, epsilon):
    losses = np.zeros(len(labels))
    for i, (z, y) in enumerate(zip(logits, labels, strict=True)):
        losses[i] = lse(z - max(z)) - (1 - epsilon) * z[y] - epsilon * z.mean()
    return losses


def plain_losses(logits, labels):
    return np.array([lse(z) - z[y] for z, y in zip(logits, labels, strict=True)])


def divided_by_m(logits, labels, weights):
    total = 0.0
    for loss, y in zip(plain_losses(logits, labels), labels, strict=True):
        total += weights[y] * loss
    return total / len(labels)


def divided_by_all_weights(logits, labels, weights):
    normalized = weights / sum(weights)
    return normalized[labels] @ plain_losses(logits, labels)


def unweighted(logits, labels, weights):
    targets = np.eye(len(weights))[labels]
    gaps = np.logaddexp.reduce(logits, axis=1, keepdims=True) - logits
    return (targets * gaps).sum() / len(labels)


def by_position(logits, labels, weights):
    return np.einsum("i,i->", plain_losses(logits, labels), weights) / np.einsum("i->", weights)


def of_the_guess(logits, labels, weights):
    guesses = [max(range(len(z)), key=z.__getitem__) for z in logits.tolist()]
    return np.average(plain_losses(logits, labels), weights=[weights[g] for g in guesses])


def of_all_columns(logits, labels, weights):
    gaps = np.logaddexp.reduce(logits, axis=1, keepdims=True) - logits
    total = 0.0
    for y in labels:
        total += weights[y] * gaps[:, y].sum()
    return total / weights[labels].sum()


def of_class_means(logits, labels, weights):
    counts = np.bincount(labels, minlength=len(weights))
    shares = weights[labels] / counts[labels]
    return shares @ plain_losses(logits, labels) / weights[counts > 0].sum()


def of_rounded_truths(logits, labels, weights):
    t = np.exp(logits.T - logits.max(axis=1))
    probs = np.choose(labels, t / t.sum(axis=0))
    return np.average(-np.log(probs), weights=weights[labels])


def naive_cost(logits, labels, weights):
    probs = np.array([t / sum(t) for t in np.exp(logits)])
    return np.average(-np.log(np.choose(labels, probs.T)), weights=weights[labels])


def in_place(logits, labels, weights):
    total = weights.sum()
    for c in range(len(weights)):
        weights[c] = weights[c] / total
    return np.average(plain_losses(logits, labels), weights=weights[labels])


def mean_of_each(logits, labels):
    return sum(np.exp(plain_losses(logits, labels))) / len(labels)


def in_bits(logits, labels):
    return np.exp2(np.average(plain_losses(logits, labels)))


def upside_down(logits, labels):
    return math.exp(-sum(plain_losses(logits, labels)) / len(labels))


def of_the_sum(logits, labels):
    return np.prod(np.exp(plain_losses(logits, labels)))


def over_entries(logits, labels):
    return np.exp(plain_losses(logits, labels).sum() / logits.size)


def of_the_columns(logits, labels):
    gaps = np.logaddexp.reduce(logits, axis=1, keepdims=True) - logits
    return np.exp(np.take(gaps, labels, axis=1).mean())


def by_product(logits, labels):
    product = 1.0
    for loss in plain_losses(logits, labels):
        product = product * math.exp(-loss)
    return 1 / np.power(product, 1 / len(labels))


def of_rounded(logits, labels):
    t = np.exp(logits.T - logits.max(axis=1))
    probs = np.choose(labels, t / t.sum(axis=0))
    return np.exp(np.log(1 / probs).mean())


def naive(logits, labels):
    probs = np.array([t[y] / sum(t) for t, y in zip(np.exp(logits), labels, strict=True)])
    return np.exp(-np.log(probs).sum() / len(probs))


def unshifted(logits, labels):
    t = np.exp(logits)
    truths = np.log(t.sum(axis=1)) - np.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
    return np.e ** np.average(truths)


WRONG = {
    "smoothed_losses_over_the_others": over_the_others,
    "smoothed_losses_truth_without_share": truth_without_share,
    "smoothed_losses_not_shared": not_shared,
    "smoothed_losses_of_smoothed_probs": of_smoothed_probs,
    "smoothed_losses_of_rounded_probs": of_rounded_probs,
    "smoothed_losses_with_small_number": with_small_number,
    "smoothed_losses_without_shift": without_shift,
    "smoothed_losses_lse_without_shift": lse_without_shift,
    "smoothed_losses_shifted_once": shifted_once,
    "smoothed_losses_half_shifted": half_shifted,
    "weighted_cost_divided_by_m": divided_by_m,
    "weighted_cost_divided_by_all_weights": divided_by_all_weights,
    "weighted_cost_unweighted": unweighted,
    "weighted_cost_by_position": by_position,
    "weighted_cost_of_the_guess": of_the_guess,
    "weighted_cost_of_all_columns": of_all_columns,
    "weighted_cost_of_class_means": of_class_means,
    "weighted_cost_of_rounded_probs": of_rounded_truths,
    "weighted_cost_without_shift": naive_cost,
    "weighted_cost_in_place": in_place,
    "perplexity_mean_of_each": mean_of_each,
    "perplexity_in_bits": in_bits,
    "perplexity_upside_down": upside_down,
    "perplexity_of_the_sum": of_the_sum,
    "perplexity_over_entries": over_entries,
    "perplexity_of_all_columns": of_the_columns,
    "perplexity_by_product": by_product,
    "perplexity_of_rounded_probs": of_rounded,
    "perplexity_without_shift": naive,
    "perplexity_lse_without_shift": unshifted,
}
