"""The mistakes of the catalogue once more, each written in another style: all must lose points."""

import math

import numpy as np

# No and yes


def probs_swapped(scores):
    return np.exp(-np.logaddexp(0, np.outer(scores, [-1, 1])))


def probs_transposed(scores):
    return [np.exp(-np.logaddexp(0, scores)), np.exp(-np.logaddexp(0, -scores))]


def probs_one_column(scores):
    return [math.exp(min(s, 0)) / (1 + math.exp(-abs(s))) for s in scores]


def probs_overflow(scores):
    t = np.exp(np.c_[np.zeros(len(scores)), scores])
    return t / t.sum(axis=1, keepdims=True)


def probs_size_only(scores):
    rows = []
    for s in scores:
        t = math.exp(-abs(s))
        rows.append([t / (1 + t), 1 / (1 + t)])
    return rows


def probs_lead_doubled(scores):
    yes = (1 + np.tanh(scores)) / 2
    return np.column_stack([1 - yes, yes])


def probs_two_sigmoids(scores):
    probs = np.full((len(scores), 2), 0.5)
    probs[:, 1] = np.exp(-np.logaddexp(0, -scores))
    return probs


def probs_over_the_batch(scores):
    yes = np.exp(scores - np.logaddexp.reduce(scores))
    return np.array([[1 - p, p] for p in yes])


def probs_in_place(scores):
    probs = np.empty((len(scores), 2))
    probs[:, 1] = np.exp(-np.logaddexp(0, -scores))
    scores *= -1
    probs[:, 0] = np.exp(-np.logaddexp(0, -scores))
    return probs


# The logarithms of both


def logs_of_one_minus(scores):
    p = np.exp(-np.logaddexp(0, -scores))
    return np.log(np.array([1 - p, p]).T)


def logs_of_rounded(scores):
    return np.log(np.exp(-np.logaddexp(0, np.outer(scores, [1, -1]))))


def logs_overflow(scores):
    return np.log(np.column_stack([1 / (1 + np.e**scores), 1 / (1 + np.e**-scores)]))


def logs_of_clipped(scores):
    p = np.exp(-np.logaddexp(0, -scores))
    return np.log(np.stack([1 - p, p], axis=1) + 1e-12)


def logs_minus_overflow(scores):
    t = np.exp(scores)
    return np.array([[-np.log(1 + x), s - np.log(1 + x)] for s, x in zip(scores, t, strict=True)])


def logs_losses(scores):
    return np.column_stack([np.logaddexp(0, scores), np.logaddexp(0, -scores)])


def logs_swapped(scores):
    z = np.c_[scores, np.zeros(len(scores))]
    return z - np.logaddexp.reduce(z, axis=1, keepdims=True)


def logs_transposed(scores):
    return [-np.logaddexp(0, scores), -np.logaddexp(0, -scores)]


def logs_confident_only(scores):
    return np.array([[-s, 0] if s > 0 else [0, s] for s in scores])


def logs_no_logarithm(scores):
    return np.exp(-np.logaddexp(0, np.outer(scores, [1, -1])))


# When yes is cheaper


def threshold_swapped(cost_false_alarm, cost_miss):
    return math.log(cost_miss) - math.log(cost_false_alarm)


def threshold_of_probability(cost_false_alarm, cost_miss):
    return 1 / (1 + cost_miss / cost_false_alarm)


def threshold_odds(cost_false_alarm, cost_miss):
    p = cost_false_alarm / (cost_false_alarm + cost_miss)
    return p / (1 - p)


def threshold_log_probability(cost_false_alarm, cost_miss):
    return math.log(cost_false_alarm) - math.log(cost_false_alarm + cost_miss)


def threshold_difference(cost_false_alarm, cost_miss):
    return -np.subtract(cost_miss, cost_false_alarm)


def threshold_zero(cost_false_alarm, cost_miss):
    return math.log(0.5 / (1 - 0.5))


def threshold_decimal(cost_false_alarm, cost_miss):
    return math.log(cost_false_alarm / cost_miss, 10)


def threshold_costs_as_scores(cost_false_alarm, cost_miss):
    costs = np.array([cost_miss, cost_false_alarm])
    t = np.exp(costs - costs.max())
    return t[1] / sum(t)


# Many classes become two


def merged_sums(logits, group):
    return logits @ np.where(group, 1, -1)


def merged_means(logits, group):
    return logits @ (group / group.sum() - ~group / (~group).sum())


def merged_largest(logits, group):
    return [max(row[group]) - max(row[~group]) for row in logits]


def merged_probability(logits, group):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)) @ group


def merged_log_probability(logits, group):
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return np.logaddexp.reduce(log_probs[:, group], axis=1)


def merged_opposite(logits, group):
    scores = []
    for row in logits:
        inside, outside = row[group], row[~group]
        lead = max(outside) - max(inside)
        odds = sum(np.exp(outside - max(outside))) / sum(np.exp(inside - max(inside)))
        scores.append(lead + math.log(odds))
    return scores


def merged_without_shift(logits, group):
    t = np.e**logits
    return np.log(t @ group) - np.log(t @ ~group)


def merged_one_shift(logits, group):
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    return np.log(np.einsum("ij,j->i", probs, group)) - np.log(np.einsum("ij,j->i", probs, ~group))


def merged_one_minus(logits, group):
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    p = np.minimum(probs[:, group].sum(axis=1), 1)
    return np.log(p) - np.log1p(-p)


def merged_scores_multiplied(logits, group):
    def log_sum_exp(z):
        tops = z.max(axis=1)
        return tops + np.log(np.exp(z - tops[:, None]).sum(axis=1))

    return log_sum_exp(np.where(group, logits, 0)) - log_sum_exp(np.where(group, 0, logits))


WRONG = {
    "two_class_probs_swapped": probs_swapped,
    "two_class_probs_transposed": probs_transposed,
    "two_class_probs_one_column": probs_one_column,
    "two_class_probs_overflow": probs_overflow,
    "two_class_probs_size_only": probs_size_only,
    "two_class_probs_lead_doubled": probs_lead_doubled,
    "two_class_probs_two_sigmoids": probs_two_sigmoids,
    "two_class_probs_over_the_batch": probs_over_the_batch,
    "two_class_probs_in_place": probs_in_place,
    "log_two_class_probs_of_one_minus": logs_of_one_minus,
    "log_two_class_probs_of_rounded": logs_of_rounded,
    "log_two_class_probs_overflow": logs_overflow,
    "log_two_class_probs_of_clipped": logs_of_clipped,
    "log_two_class_probs_minus_overflow": logs_minus_overflow,
    "log_two_class_probs_losses": logs_losses,
    "log_two_class_probs_swapped": logs_swapped,
    "log_two_class_probs_transposed": logs_transposed,
    "log_two_class_probs_confident_only": logs_confident_only,
    "log_two_class_probs_no_logarithm": logs_no_logarithm,
    "cheapest_threshold_swapped": threshold_swapped,
    "cheapest_threshold_of_probability": threshold_of_probability,
    "cheapest_threshold_odds": threshold_odds,
    "cheapest_threshold_log_probability": threshold_log_probability,
    "cheapest_threshold_difference": threshold_difference,
    "cheapest_threshold_zero": threshold_zero,
    "cheapest_threshold_decimal": threshold_decimal,
    "cheapest_threshold_costs_as_scores": threshold_costs_as_scores,
    "merge_to_two_sums": merged_sums,
    "merge_to_two_means": merged_means,
    "merge_to_two_largest": merged_largest,
    "merge_to_two_probability": merged_probability,
    "merge_to_two_log_probability": merged_log_probability,
    "merge_to_two_opposite": merged_opposite,
    "merge_to_two_without_shift": merged_without_shift,
    "merge_to_two_one_shift": merged_one_shift,
    "merge_to_two_one_minus": merged_one_minus,
    "merge_to_two_scores_multiplied": merged_scores_multiplied,
}
