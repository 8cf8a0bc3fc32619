"""Right answers in many styles: all of them must get full marks."""

import math

import numpy as np

# No and yes. None of these computes in float32, which cannot hold exp(-700).


def probs_with_loops(scores):
    probs = np.empty((len(scores), 2))
    for i, s in enumerate(scores):
        t = math.exp(-abs(s))
        probs[i] = (t / (1 + t), 1 / (1 + t)) if s >= 0 else (1 / (1 + t), t / (1 + t))
    return probs


def probs_as_lists(scores):
    rows = []
    for s in scores.tolist():
        t = math.exp(-abs(s))
        row = [t / (1 + t), 1 / (1 + t)]
        rows.append(row if s > 0 else row[::-1])
    return rows


def probs_of_two_signs(scores):
    def sigmoid(s):
        t = np.exp(-np.abs(s))
        return np.where(s < 0, t, 1) / (1 + t)

    return np.stack([sigmoid(-scores), sigmoid(scores)], axis=1)


def probs_overflowing_to_zero(scores):
    with np.errstate(over="ignore"):
        return np.column_stack([1 / (1 + np.exp(scores)), 1 / (1 + np.exp(-scores))])


def probs_by_softmax(scores):
    z = np.stack([np.zeros(len(scores)), scores], axis=1)
    t = np.exp(z - z.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True)


def probs_by_softmax_of_halves(scores):
    z = np.outer(scores, [-0.5, 0.5])
    t = np.exp(z - np.abs(scores)[:, np.newaxis] / 2)
    return t / np.sum(t, axis=-1, keepdims=True)


def probs_by_logaddexp(scores):
    return np.exp(-np.logaddexp(0, scores[:, None] * [1, -1]))


def probs_by_sorting_out(scores):
    probs = np.zeros((scores.size, 2))
    high = scores > 0
    probs[high, 0] = np.exp(-scores[high]) / (1 + np.exp(-scores[high]))
    probs[high, 1] = 1 / (1 + np.exp(-scores[high]))
    probs[~high, 0] = 1 / (1 + np.exp(scores[~high]))
    probs[~high, 1] = np.exp(scores[~high]) / (1 + np.exp(scores[~high]))
    return probs


def probs_with_einsum(scores):
    t = np.exp(np.minimum(np.einsum("i,j->ij", scores, np.array([-1.0, 1.0])), 0))
    return np.einsum("ij,i->ij", t, 1 / np.einsum("ij->i", t))


def probs_smaller_first(scores):
    smaller = np.exp(-np.abs(scores)) / (1 + np.exp(-np.abs(scores)))
    return np.where((scores > 0)[:, None], np.c_[smaller, 1 - smaller], np.c_[1 - smaller, smaller])


def probs_by_rows(scores):
    t = np.exp(-abs(scores))
    rows = np.vstack([np.where(scores > 0, t, 1), np.where(scores > 0, 1, t)])
    return (rows / (1 + t)).T


def probs_with_vectorize(scores):
    small = np.vectorize(lambda s: math.exp(min(s, 0)) / (1 + math.exp(-abs(s))), otypes=[float])
    return small(np.array([-scores, scores]).T)


# The logarithms of both


def logs_with_loops(scores):
    logs = np.zeros((len(scores), 2))
    for i in range(len(scores)):
        for j, s in enumerate([-scores[i], scores[i]]):
            logs[i, j] = min(s, 0) - math.log1p(math.exp(-abs(s)))
    return logs


def logs_as_lists(scores):
    def log_sigmoid(s):
        return -math.log1p(math.exp(-s)) if s > 0 else s - math.log1p(math.exp(s))

    return [[log_sigmoid(-s), log_sigmoid(s)] for s in scores.tolist()]


def logs_by_log_softmax(scores):
    z = np.stack([np.zeros(len(scores)), scores], axis=1)
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def logs_by_logaddexp(scores):
    no = -np.logaddexp(0, scores)
    return np.stack([no, scores + no], axis=1)


def logs_by_two_logaddexps(scores):
    return np.column_stack([-np.logaddexp(scores, 0), -np.logaddexp(0, -scores)])


def logs_by_softplus(scores):
    both = np.array([scores, -scores]).T
    return -(np.maximum(both, 0) + np.log(1 + np.exp(-np.abs(both))))


def logs_in_float32(scores):
    s = scores.astype(np.float32)
    log_1p = np.log1p(np.exp(-np.abs(s)))
    return np.stack([np.minimum(-s, 0) - log_1p, np.minimum(s, 0) - log_1p], axis=1)


def logs_with_einsum(scores):
    signed = np.einsum("i,j->ij", scores, np.array([1.0, -1.0]))
    return -np.logaddexp(np.zeros_like(signed), signed)


def logs_by_reducing(scores):
    z = np.c_[np.zeros(scores.shape), scores]
    return z - np.logaddexp.reduce(z, axis=1, keepdims=True)


def logs_sorted_out(scores):
    logs = np.empty((len(scores), 2))
    winner = (scores > 0).astype(int)
    doubt = np.log1p(np.exp(-np.abs(scores)))
    logs[np.arange(len(scores)), winner] = -doubt
    logs[np.arange(len(scores)), 1 - winner] = -np.abs(scores) - doubt
    return logs


def logs_where_safe(scores):
    def log_sigmoid(s):
        t = np.exp(-np.abs(s))
        return np.where(s < 0, s, 0) + np.log(1 / (1 + t))

    return np.concatenate([[log_sigmoid(-scores)], [log_sigmoid(scores)]]).transpose()


def logs_base_two(scores):
    return -np.log(2) * np.logaddexp2(0, np.outer(scores, [1, -1]) / np.log(2))


# When yes is cheaper


def threshold_difference_of_logs(cost_false_alarm, cost_miss):
    return math.log(cost_false_alarm) - math.log(cost_miss)


def threshold_with_math(cost_false_alarm, cost_miss):
    return math.log(cost_false_alarm / cost_miss)


def threshold_negative(cost_false_alarm, cost_miss):
    return -np.log(cost_miss / cost_false_alarm)


def threshold_from_probability(cost_false_alarm, cost_miss):
    p = cost_false_alarm / (cost_false_alarm + cost_miss)
    return np.log(p / (1 - p))


def threshold_from_both_probabilities(cost_false_alarm, cost_miss):
    p = np.array([cost_miss, cost_false_alarm]) / (cost_false_alarm + cost_miss)
    return np.diff(np.log(p))[0]


def threshold_base_two(cost_false_alarm, cost_miss):
    return np.log2(cost_false_alarm / cost_miss) / np.log2(np.e)


def threshold_in_float32(cost_false_alarm, cost_miss):
    return np.log(np.float32(cost_false_alarm) / np.float32(cost_miss))


def threshold_as_array(cost_false_alarm, cost_miss):
    return np.asarray(np.log(cost_false_alarm) - np.log(cost_miss))


def threshold_by_halving(cost_false_alarm, cost_miss):
    low, high = -60.0, 60.0
    while high - low > 1e-9:
        s = (low + high) / 2
        p = 1 / (1 + math.exp(-s))
        if (1 - p) * cost_false_alarm > p * cost_miss:
            low = s
        else:
            high = s
    return low


def threshold_by_newton(cost_false_alarm, cost_miss):
    s = 0.0
    for _ in range(200):  # the price of yes minus the price of no falls as s grows
        p = 1 / (1 + np.exp(-s))
        excess = (1 - p) * cost_false_alarm - p * cost_miss
        slope = p * (1 - p) * (cost_false_alarm + cost_miss)
        s += np.clip(excess / slope, -1, 1)
    return s


def threshold_by_artanh(cost_false_alarm, cost_miss):
    difference, total = cost_false_alarm - cost_miss, cost_false_alarm + cost_miss
    return 2 * np.arctanh(difference / total)


def threshold_with_einsum(cost_false_alarm, cost_miss):
    return np.einsum("i,i->", [1.0, -1.0], np.log([cost_false_alarm, cost_miss]))


# Many classes become two


def merged_with_loops(logits, group):
    scores = []
    for row in logits:
        sides = []
        for side in (True, False):
            z = [row[j] for j in range(len(row)) if group[j] == side]
            sides.append(max(z) + math.log(sum(math.exp(x - max(z)) for x in z)))
        scores.append(sides[0] - sides[1])
    return np.array(scores)


def merged_as_lists(logits, group):
    def log_sum_exp(z):
        return max(z) + math.log(math.fsum(math.exp(x - max(z)) for x in z))

    pairs = [list(zip(row, group.tolist(), strict=True)) for row in logits.tolist()]
    return [
        log_sum_exp([z for z, yes in row if yes]) - log_sum_exp([z for z, yes in row if not yes])
        for row in pairs
    ]


def merged_by_reducing(logits, group):
    inside = np.logaddexp.reduce(logits[:, group], axis=1)
    return inside - np.logaddexp.reduce(logits[:, ~group], axis=1)


def merged_one_at_a_time(logits, group):
    yes = no = np.full(len(logits), -np.inf)
    for z, inside in zip(logits.T, group, strict=True):
        if inside:
            yes = np.logaddexp(yes, z)
        else:
            no = np.logaddexp(no, z)
    return yes - no


def merged_with_masks(logits, group):
    def log_sum_exp(chosen):
        z = np.where(chosen, logits, -np.inf)
        tops = z.max(axis=1, keepdims=True)
        return (tops + np.log(np.exp(z - tops).sum(axis=1, keepdims=True)))[:, 0]

    return log_sum_exp(group) - log_sum_exp(np.logical_not(group))


def merged_by_log_softmax(logits, group):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    log_yes = np.logaddexp.reduce(log_probs.T[group])
    log_no = np.logaddexp.reduce(log_probs.T[~group])
    return log_yes - log_no


def merged_by_transposing(logits, group):
    yes, no = logits.T[group], logits.T[~group]
    sums = [np.log(np.sum(np.exp(side - np.max(side, 0)), 0)) for side in (yes, no)]
    return np.max(yes, 0) - np.max(no, 0) + sums[0] - sums[1]


def merged_in_float32(logits, group):
    z = (logits - logits.max(axis=1, keepdims=True)).astype(np.float32)
    yes, no = z[:, group], z[:, ~group]
    tops = yes.max(axis=1), no.max(axis=1)
    odds = np.exp(yes - tops[0][:, None]).sum(axis=1) / np.exp(no - tops[1][:, None]).sum(axis=1)
    return tops[0] - tops[1] + np.log(odds)


def merged_with_einsum(logits, group):
    scores = 0
    for sign, side in ((1, group), (-1, ~group)):
        tops = np.where(side, logits, -np.inf).max(axis=1)
        t = np.exp(np.minimum(logits - tops[:, np.newaxis], 0))
        scores = scores + sign * (tops + np.log(np.einsum("ij,j->i", t, side.astype(float))))
    return scores


def merged_along_an_axis(logits, group):
    def score(z):
        yes, no = np.compress(group, z), np.compress(~group, z)
        lead = yes.max() - no.max()
        return lead + np.log(np.exp(yes - yes.max()).sum() / np.exp(no - no.max()).sum())

    return np.apply_along_axis(score, 1, logits)


def merged_by_sorting_columns(logits, group):
    order = np.argsort(~group, kind="stable")
    sides = np.split(logits[:, order], [np.count_nonzero(group)], axis=1)
    tops = [np.amax(side, axis=1, keepdims=True) for side in sides]
    yes, no = (
        top + np.log(np.exp(side - top).sum(axis=1, keepdims=True))
        for side, top in zip(sides, tops, strict=True)
    )
    return (yes - no).ravel()


def merged_from_differences(logits, group):
    # the odds against yes, each class outside compared with the whole group
    yes = logits[:, group]
    against = -(logits[:, ~group][:, :, None] - yes[:, None, :])  # (m, C - k, k)
    leads = np.logaddexp.reduce(against, axis=2)  # (m, C - k)
    return -np.logaddexp.reduce(-leads, axis=1)


VARIANTS = {
    "two_class_probs": [
        probs_with_loops,
        probs_as_lists,
        probs_of_two_signs,
        probs_overflowing_to_zero,
        probs_by_softmax,
        probs_by_softmax_of_halves,
        probs_by_logaddexp,
        probs_by_sorting_out,
        probs_with_einsum,
        probs_smaller_first,
        probs_by_rows,
        probs_with_vectorize,
    ],
    "log_two_class_probs": [
        logs_with_loops,
        logs_as_lists,
        logs_by_log_softmax,
        logs_by_logaddexp,
        logs_by_two_logaddexps,
        logs_by_softplus,
        logs_in_float32,
        logs_with_einsum,
        logs_by_reducing,
        logs_sorted_out,
        logs_where_safe,
        logs_base_two,
    ],
    "cheapest_threshold": [
        threshold_difference_of_logs,
        threshold_with_math,
        threshold_negative,
        threshold_from_probability,
        threshold_from_both_probabilities,
        threshold_base_two,
        threshold_in_float32,
        threshold_as_array,
        threshold_by_halving,
        threshold_by_newton,
        threshold_by_artanh,
        threshold_with_einsum,
    ],
    "merge_to_two": [
        merged_with_loops,
        merged_as_lists,
        merged_by_reducing,
        merged_one_at_a_time,
        merged_with_masks,
        merged_by_log_softmax,
        merged_by_transposing,
        merged_in_float32,
        merged_with_einsum,
        merged_along_an_axis,
        merged_by_sorting_columns,
        merged_from_differences,
    ],
}
