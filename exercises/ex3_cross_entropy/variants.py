"""Right answers in many styles: all of them must get full marks."""

import math

import numpy as np


def losses_with_loops(logits, labels, epsilon):
    m, C = logits.shape
    losses = np.zeros(m)
    for i in range(m):
        largest = max(logits[i])
        lse = largest + math.log(sum(math.exp(z - largest) for z in logits[i]))
        for j in range(C):
            target = epsilon / C
            if j == labels[i]:
                target += 1 - epsilon
            losses[i] += target * (lse - logits[i, j])
    return losses


def losses_from_targets(logits, labels, epsilon):
    num_classes = logits.shape[1]
    targets = np.full(logits.shape, epsilon / num_classes)
    targets[np.arange(len(labels)), labels] += 1 - epsilon
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -(targets * log_probs).sum(axis=1)


def losses_with_logaddexp(logits, labels, epsilon):
    lse = np.logaddexp.reduce(logits, axis=1)
    of_truth = logits[range(len(labels)), labels]
    return lse - (1 - epsilon) * of_truth - epsilon * logits.mean(axis=1)


def losses_with_einsum(logits, labels, epsilon):
    C = logits.shape[1]
    targets = (1 - epsilon) * np.eye(C)[labels] + epsilon / C
    lse = logits.max(axis=1)
    lse = lse + np.log(np.einsum("ij->i", np.exp(logits - lse[:, np.newaxis])))
    return lse - np.einsum("ij,ij->i", targets, logits)


def losses_as_a_list(logits, labels, epsilon):
    losses = []
    for z, y in zip(logits.tolist(), labels.tolist(), strict=True):
        rest = math.log(math.fsum(math.exp(score - max(z)) for score in z))
        log_probs = [score - max(z) - rest for score in z]
        mean = math.fsum(log_probs) / len(z)
        losses.append(-(1 - epsilon) * log_probs[y] - epsilon * mean)
    return losses


def losses_in_float32(logits, labels, epsilon):
    shifted = (logits - logits.max(axis=1, keepdims=True)).astype(np.float32)
    lse = np.log(np.exp(shifted).sum(axis=1))
    of_truth = shifted[np.arange(len(labels)), labels]
    share = np.float32(epsilon)
    return lse - (1 - share) * of_truth - share * shifted.mean(axis=1)


def losses_by_columns(logits, labels, epsilon):
    Z = logits.T - logits.max(axis=1)
    log_probs = Z - np.log(np.exp(Z).sum(axis=0))
    return -(1 - epsilon) * np.choose(labels, log_probs) - epsilon * log_probs.mean(axis=0)


def losses_of_two_truths(logits, labels, epsilon):
    def losses_if(true):
        rivals = logits - np.take_along_axis(logits, true[:, np.newaxis], axis=1)
        return np.logaddexp.reduce(rivals, axis=1)

    m, C = logits.shape
    anything = np.mean([losses_if(np.full(m, c)) for c in range(C)], axis=0)
    return (1 - epsilon) * losses_if(labels) + epsilon * anything


def losses_by_gaps(logits, labels, epsilon):
    gaps = logits - logits[np.arange(len(labels)), labels][:, None]
    largest = gaps.max(axis=1)
    one_hot_losses = largest + np.log(np.exp(gaps - largest[:, None]).sum(axis=1))
    return one_hot_losses - epsilon * gaps.mean(axis=1)


def losses_row_by_row(logits, labels, epsilon):
    def loss(z, y):
        log_probs = z - np.logaddexp.reduce(z)
        return -np.average([log_probs[y], log_probs.mean()], weights=[1 - epsilon, epsilon])

    return np.array([loss(z, y) for z, y in zip(logits, labels, strict=True)])


def losses_with_masks(logits, labels, epsilon):
    C = logits.shape[1]
    true = np.arange(C) == labels.reshape(-1, 1)
    log_probs = logits - np.max(logits, axis=1, keepdims=True)
    log_probs = log_probs - np.log(np.sum(np.exp(log_probs), axis=1, keepdims=True))
    targets = np.where(true, 1 - epsilon + epsilon / C, epsilon / C)
    return np.negative(np.multiply(targets, log_probs)).sum(-1)


def cost_with_loops(logits, labels, weights):
    total, mass = 0.0, 0.0
    for i, y in enumerate(labels):
        largest = max(logits[i])
        lse = largest + math.log(sum(math.exp(z - largest) for z in logits[i]))
        total += weights[y] * (lse - logits[i, y])
        mass += weights[y]
    return total / mass


def cost_with_average(logits, labels, weights):
    losses = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels]
    return np.average(losses, weights=weights[labels])


def cost_from_targets(logits, labels, weights):
    targets = np.zeros(logits.shape)
    targets[np.arange(len(labels)), labels] = weights[labels]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -(targets * log_probs).sum() / targets.sum()


def cost_with_einsum(logits, labels, weights):
    one_hot = np.eye(len(weights))[labels]
    shares = one_hot @ weights
    Z = logits - np.amax(logits, axis=1)[:, None]
    losses = np.log(np.einsum("ij->i", np.exp(Z))) - np.einsum("ij,ij->i", one_hot, Z)
    return np.einsum("i,i->", shares / shares.sum(), losses)


def cost_class_by_class(logits, labels, weights):
    total, mass = 0.0, 0.0
    for c, weight in enumerate(weights):
        Z = logits[labels == c]
        total += weight * (np.logaddexp.reduce(Z, axis=1) - Z[:, c]).sum()
        mass += weight * len(Z)
    return total / mass


def cost_of_lists(logits, labels, weights):
    losses, shares = [], []
    for z, y in zip(logits.tolist(), labels.tolist(), strict=True):
        losses.append(math.log(math.fsum(math.exp(s - max(z)) for s in z)) + max(z) - z[y])
        shares.append(float(weights[y]))
    products = [share * loss for share, loss in zip(shares, losses, strict=True)]
    return math.fsum(products) / math.fsum(shares)


def cost_in_float32(logits, labels, weights):
    shifted = (logits - logits.max(axis=1, keepdims=True)).astype(np.float32)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    shares = weights.astype(np.float32)[labels]
    return (shares * losses).sum() / shares.sum()


def cost_as_a_product(logits, labels, weights):
    shares = np.take(weights, labels)
    picked = np.take_along_axis(logits, labels[:, None], axis=1).ravel()
    largest = logits.max(axis=1)
    losses = largest - picked + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
    return shares @ losses / np.sum(shares)


def cost_by_columns(logits, labels, weights):
    Z = logits.T - logits.max(axis=1)
    t = np.exp(Z)
    losses = np.log(t.sum(axis=0)) - np.choose(labels, Z)
    return np.dot(weights[labels], losses) / np.bincount(labels, minlength=len(weights)).dot(
        weights
    )


def cost_with_counts(logits, labels, weights):
    sums = np.bincount(
        labels,
        weights=np.logaddexp.reduce(logits, axis=1) - logits[range(len(labels)), labels],
        minlength=len(weights),
    )
    counts = np.bincount(labels, minlength=len(weights))
    return (weights * sums).sum() / (weights * counts).sum()


def cost_of_normalized_shares(logits, labels, weights):
    shares = np.array([weights[y] for y in labels], dtype=float)
    shares /= shares.sum()
    gaps = logits - logits[np.arange(len(labels)), labels, None]
    return sum(s * np.logaddexp.reduce(gap) for s, gap in zip(shares, gaps, strict=True))


def perplexity_with_loops(logits, labels):
    total = 0.0
    for z, y in zip(logits, labels, strict=True):
        largest = max(z)
        total += largest + math.log(sum(math.exp(score - largest) for score in z)) - z[y]
    return math.exp(total / len(labels))


def perplexity_with_logaddexp(logits, labels):
    losses = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels]
    return np.exp(losses.mean())


def perplexity_from_targets(logits, labels):
    targets = np.eye(logits.shape[1])[labels]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return np.exp(-(targets * log_probs).sum() / len(labels))


def perplexity_with_einsum(logits, labels):
    Z = logits - logits.max(axis=1)[:, None]
    sums = np.einsum("ij->i", np.exp(Z))
    truths = np.einsum("ij,ij->i", Z, np.arange(Z.shape[1]) == labels[:, None])
    return np.e ** (np.log(sums) - truths).mean()


def perplexity_of_lists(logits, labels):
    losses = []
    for z, y in zip(logits.tolist(), labels.tolist(), strict=True):
        losses.append(math.log(math.fsum(math.exp(s - max(z)) for s in z)) + max(z) - z[y])
    return math.exp(math.fsum(losses) / len(losses))


def perplexity_in_float32(logits, labels):
    shifted = (logits - logits.max(axis=1, keepdims=True)).astype(np.float32)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    return np.exp(losses.mean())


def perplexity_in_bits(logits, labels):
    Z = logits / np.log(2)
    bits = np.logaddexp2.reduce(Z, axis=1) - Z[np.arange(len(labels)), labels]
    return 2 ** bits.mean()


def perplexity_upside_down(logits, labels):
    Z = logits - logits.max(axis=1, keepdims=True)
    log_probs = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    typical = np.exp(np.take_along_axis(log_probs, labels[:, None], axis=1).mean())
    return 1 / typical


def perplexity_by_roots(logits, labels):
    gaps = logits - logits[np.arange(len(labels)), labels][:, None]
    largest = gaps.max(axis=1)
    sums = np.exp(gaps - largest[:, None]).sum(axis=1)
    m = len(labels)
    return np.exp(largest.sum() / m) * np.prod(sums ** (1 / m))


def perplexity_by_columns(logits, labels):
    Z = logits.T - logits.max(axis=1)
    losses = np.log(np.exp(Z).sum(axis=0)) - np.choose(labels, Z)
    return np.exp(np.sum(losses) / losses.size)


def perplexity_of_a_running_mean(logits, labels):
    J = 0.0
    for k, (z, y) in enumerate(zip(logits, labels, strict=True), start=1):
        loss = np.logaddexp.reduce(z - z[y])
        J += (loss - J) / k
    return np.exp(J)


VARIANTS = {
    "smoothed_losses": [
        losses_with_loops,
        losses_from_targets,
        losses_with_logaddexp,
        losses_with_einsum,
        losses_as_a_list,
        losses_in_float32,
        losses_by_columns,
        losses_of_two_truths,
        losses_by_gaps,
        losses_row_by_row,
        losses_with_masks,
    ],
    "weighted_cost": [
        cost_with_loops,
        cost_with_average,
        cost_from_targets,
        cost_with_einsum,
        cost_class_by_class,
        cost_of_lists,
        cost_in_float32,
        cost_as_a_product,
        cost_by_columns,
        cost_with_counts,
        cost_of_normalized_shares,
    ],
    "perplexity": [
        perplexity_with_loops,
        perplexity_with_logaddexp,
        perplexity_from_targets,
        perplexity_with_einsum,
        perplexity_of_lists,
        perplexity_in_float32,
        perplexity_in_bits,
        perplexity_upside_down,
        perplexity_by_roots,
        perplexity_by_columns,
        perplexity_of_a_running_mean,
    ],
}
