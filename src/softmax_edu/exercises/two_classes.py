"""The questions of the second assignment: two classes, softmax and the sigmoid."""

import numpy as np

from softmax_edu.exercises.question import Mistake, Question
from softmax_edu.misconceptions.misconception import Array, Number

# No and yes


def two_class_probs_swapped(scores: Array) -> Array:
    t = np.exp(-np.abs(scores))
    yes = np.where(scores < 0, t, 1) / (1 + t)
    return np.stack([yes, 1 - yes], axis=1)


def two_class_probs_transposed(scores: Array) -> Array:
    t = np.exp(-np.abs(scores))
    yes = np.where(scores < 0, t, 1) / (1 + t)
    return np.array([1 - yes, yes])


def two_class_probs_one_column(scores: Array) -> Array:
    t = np.exp(-np.abs(scores))
    return np.where(scores < 0, t, 1) / (1 + t)


def two_class_probs_overflow(scores: Array) -> Array:
    t = np.exp(scores)
    return np.stack([1 / (1 + t), t / (1 + t)], axis=1)


def two_class_probs_size_only(scores: Array) -> Array:
    t = np.exp(-np.abs(scores))
    return np.stack([t / (1 + t), 1 / (1 + t)], axis=1)


def two_class_probs_lead_doubled(scores: Array) -> Array:
    z = np.stack([-scores, scores], axis=1)
    t = np.exp(z - z.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True)


def two_class_probs_two_sigmoids(scores: Array) -> Array:
    z = np.stack([np.zeros(len(scores)), scores], axis=1)
    t = np.exp(-np.abs(z))
    return np.where(z < 0, t, 1) / (1 + t)


def two_class_probs_over_the_batch(scores: Array) -> Array:
    t = np.exp(scores - scores.max())
    yes = t / t.sum()
    return np.stack([1 - yes, yes], axis=1)


def two_class_probs_in_place(scores: Array) -> Array:
    negative = scores < 0
    np.abs(scores, out=scores)
    t = np.exp(-scores)
    yes = np.where(negative, t, 1) / (1 + t)
    return np.stack([1 - yes, yes], axis=1)


TWO_CLASS_PROBS = Question(
    name="two_class_probs",
    takes="scores (m,) -> probs (m, 2)",
    probes={
        "three scores": ([3.0, -1.0, 0.5],),
        "two scores": ([1.0, -3.0],),
        "one score": ([-2.0],),
        "the score 0": ([0.0, 0.0, 4.0],),
        "scores of 40": ([40.0, -40.0, 2.0],),
        "scores of 1000 and -1000": ([1000.0, -1000.0, 0.0],),
    },
    mistakes=(
        Mistake(
            wrong=two_class_probs_swapped,
            exposed_by="three scores",
            why="You put the probability of yes into column 0.",
            fix="Column 0 is no, column 1 is yes.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=two_class_probs_transposed,
            exposed_by="three scores",
            why="You stack the two answers as rows: yours has shape (2, m).",
            fix="Stack them as columns, np.stack([no, yes], axis=1).",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=two_class_probs_one_column,
            exposed_by="three scores",
            why="You return the probability of yes alone.",
            fix="Return two columns, no and yes, of shape (m, 2).",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=two_class_probs_overflow,
            exposed_by="scores of 1000 and -1000",
            why="exp(1000) overflows to infinity, and in exp(s) / (1 + exp(s)) infinity over "
            "infinity is not a number.",
            fix="Let only exp(-|s|) occur, which is never more than 1.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=two_class_probs_size_only,
            exposed_by="three scores",
            why="Your result for -1 is the one for 1: you use the size of the score and forget "
            "its sign.",
            fix="Where the score is negative, the two probabilities change places.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=two_class_probs_lead_doubled,
            exposed_by="three scores",
            why="You take softmax of [-s, s]. There yes leads by 2s, so you are too sure.",
            fix="Take the sigmoid of s, or softmax of [0, s], where the lead is s.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=two_class_probs_two_sigmoids,
            exposed_by="three scores",
            why="You take the sigmoids of 0 and of s. The first is always one half, and your rows "
            "do not sum to 1.",
            fix="No has what yes leaves over: the sigmoid of -s.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=two_class_probs_over_the_batch,
            exposed_by="three scores",
            why="You take softmax over the batch, so the examples compete with each other.",
            fix="Take the sigmoid of each score by itself.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=two_class_probs_in_place,
            exposed_by="three scores",
            why="You write into the array that was handed to you, and the caller's scores are "
            "gone.",
            fix="Compute a new array, without out= and without -=.",
            chapter="03_two_classes",
        ),
    ),
)

# The logarithms of both


def log_two_class_probs_of_one_minus(scores: Array) -> Array:
    t = np.exp(-np.abs(scores))
    yes = np.where(scores < 0, t, 1) / (1 + t)
    return np.stack([np.log(1 - yes), np.log(yes)], axis=1)


def log_two_class_probs_of_rounded(scores: Array) -> Array:
    signed = np.stack([-scores, scores], axis=1)
    t = np.exp(-np.abs(signed))
    return np.log(np.where(signed < 0, t, 1) / (1 + t))


def log_two_class_probs_overflow(scores: Array) -> Array:
    return -np.log(1 + np.exp(np.stack([scores, -scores], axis=1)))


def log_two_class_probs_of_clipped(scores: Array) -> Array:
    signed = np.stack([-scores, scores], axis=1)
    t = np.exp(-np.abs(signed))
    return np.log(np.maximum(np.where(signed < 0, t, 1) / (1 + t), 1e-12))


def log_two_class_probs_minus_overflow(scores: Array) -> Array:
    softplus = np.log(1 + np.exp(scores))
    return np.stack([-softplus, scores - softplus], axis=1)


def log_two_class_probs_losses(scores: Array) -> Array:
    signed = np.stack([scores, -scores], axis=1)
    return np.maximum(signed, 0) + np.log1p(np.exp(-np.abs(signed)))


def log_two_class_probs_swapped(scores: Array) -> Array:
    signed = np.stack([scores, -scores], axis=1)
    return np.minimum(signed, 0) - np.log1p(np.exp(-np.abs(signed)))


def log_two_class_probs_transposed(scores: Array) -> Array:
    signed = np.array([-scores, scores])
    return np.minimum(signed, 0) - np.log1p(np.exp(-np.abs(signed)))


def log_two_class_probs_confident_only(scores: Array) -> Array:
    return np.minimum(np.stack([-scores, scores], axis=1), 0)


def log_two_class_probs_no_logarithm(scores: Array) -> Array:
    signed = np.stack([-scores, scores], axis=1)
    t = np.exp(-np.abs(signed))
    return np.where(signed < 0, t, 1) / (1 + t)


LOG_TWO_CLASS_PROBS = Question(
    name="log_two_class_probs",
    takes="scores (m,) -> log_probs (m, 2)",
    probes={
        "three scores": ([3.0, -1.0, 0.5],),
        "two scores": ([1.0, -3.0],),
        "one score": ([-2.0],),
        "the score 0": ([0.0, 0.0, 4.0],),
        "scores of 40": ([40.0, -40.0, 2.0],),
        "scores of 720": ([720.0, -720.0, 2.0],),
        "scores of 1000 and -1000": ([1000.0, -1000.0, 0.0],),
    },
    mistakes=(
        Mistake(
            wrong=log_two_class_probs_of_one_minus,
            exposed_by="scores of 40",
            why="1 - sigmoid(40) is rounded to 0, and the logarithm of 0 is -inf.",
            fix="1 - sigmoid(s) is sigmoid(-s): no subtraction, and no digits lost.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=log_two_class_probs_of_rounded,
            exposed_by="scores of 1000 and -1000",
            why="exp(-1000) is rounded to 0, and the logarithm of 0 is -inf. The logarithm itself, "
            "about -1000, is an ordinary number.",
            fix="Do the logarithm on paper: log sigmoid(s) is -log(1 + exp(-s)), and "
            "np.logaddexp(0, -s) computes log(1 + exp(-s)) safely.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=log_two_class_probs_overflow,
            exposed_by="scores of 720",
            why="exp(720) overflows to infinity, and so the logarithm of your probability is -inf.",
            fix="np.logaddexp(0, s) computes log(1 + exp(s)) without overflow.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=log_two_class_probs_of_clipped,
            exposed_by="scores of 40",
            why="You keep the probabilities above a small number, such as 1e-12. That hides the "
            "-inf, but at 40 and at 1000 the result is the same wrong number.",
            fix="Do the logarithm on paper: log sigmoid(s) is -log(1 + exp(-s)).",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=log_two_class_probs_minus_overflow,
            exposed_by="scores of 720",
            why="exp(720) overflows to infinity, and s minus infinity is -inf: both columns say "
            "that the answer is impossible.",
            fix="Use np.logaddexp(0, s), which is safe, or -np.logaddexp(0, -s) for yes.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=log_two_class_probs_losses,
            exposed_by="three scores",
            why="Your numbers are above 0: they are the losses, -log of the probabilities.",
            fix="Leave out the minus sign; the logarithm of a probability is never above 0.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=log_two_class_probs_swapped,
            exposed_by="three scores",
            why="You put the logarithm for yes into column 0.",
            fix="Column 0 is no, column 1 is yes: log sigmoid(-s), log sigmoid(s).",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=log_two_class_probs_transposed,
            exposed_by="three scores",
            why="You stack the two answers as rows: yours has shape (2, m).",
            fix="Stack them as columns, np.stack([no, yes], axis=1).",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=log_two_class_probs_confident_only,
            exposed_by="three scores",
            why="min(0, s) is close to log sigmoid(s) for large scores only. At s = 0 you say 0, "
            "where log(1/2) is right.",
            fix="Subtract log(1 + exp(-|s|)) as well.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=log_two_class_probs_no_logarithm,
            exposed_by="three scores",
            why="You return the probabilities themselves.",
            fix="Return their logarithms, computed from the scores.",
            chapter="03_two_classes",
        ),
    ),
)

# When yes is cheaper


def cheapest_threshold_swapped(cost_false_alarm: float, cost_miss: float) -> Number:
    return np.log(cost_miss / cost_false_alarm)


def cheapest_threshold_of_probability(cost_false_alarm: float, cost_miss: float) -> float:
    return cost_false_alarm / (cost_false_alarm + cost_miss)


def cheapest_threshold_odds(cost_false_alarm: float, cost_miss: float) -> float:
    return cost_false_alarm / cost_miss


def cheapest_threshold_log_probability(cost_false_alarm: float, cost_miss: float) -> Number:
    return np.log(cost_false_alarm / (cost_false_alarm + cost_miss))


def cheapest_threshold_difference(cost_false_alarm: float, cost_miss: float) -> float:
    return cost_false_alarm - cost_miss


def cheapest_threshold_zero(cost_false_alarm: float, cost_miss: float) -> float:
    return 0.0


def cheapest_threshold_decimal(cost_false_alarm: float, cost_miss: float) -> Number:
    return np.log10(cost_false_alarm / cost_miss)


def cheapest_threshold_costs_as_scores(cost_false_alarm: float, cost_miss: float) -> Number:
    return 1 / (1 + np.exp(cost_miss - cost_false_alarm))


CHEAPEST_THRESHOLD = Question(
    name="cheapest_threshold",
    takes="cost_false_alarm, cost_miss -> score",
    probes={
        "a false alarm costs 9, a miss 1": (9.0, 1.0),
        "a false alarm costs 1, a miss 20": (1.0, 20.0),
        "both cost 5": (5.0, 5.0),
        "small costs": (0.02, 0.03),
        "whole numbers": (3, 4),
        "a false alarm costs 1000, a miss 2": (1000.0, 2.0),
    },
    mistakes=(
        Mistake(
            wrong=cheapest_threshold_swapped,
            exposed_by="a false alarm costs 9, a miss 1",
            why="You have the two costs swapped: where false alarms are dear, you say yes sooner.",
            fix="The dearer a false alarm, the higher the score at which you dare to say yes.",
            chapter="11_calibration",
        ),
        Mistake(
            wrong=cheapest_threshold_of_probability,
            exposed_by="a false alarm costs 9, a miss 1",
            why="Your number is the threshold for the probability.",
            fix="The score with the probability p is log(p / (1 - p)).",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=cheapest_threshold_odds,
            exposed_by="a false alarm costs 9, a miss 1",
            why="Your number is the threshold for the odds, p / (1 - p).",
            fix="The score is the logarithm of the odds.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=cheapest_threshold_log_probability,
            exposed_by="a false alarm costs 9, a miss 1",
            why="Your number is the logarithm of the probability, so it is never above 0.",
            fix="The score is the logarithm of the odds, log(p / (1 - p)).",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=cheapest_threshold_difference,
            exposed_by="a false alarm costs 9, a miss 1",
            why="You subtract the costs, so the threshold depends on the currency: in cents it "
            "would be 100 times as far from 0.",
            fix="Write down what each answer costs on average at the probability p, and find where "
            "the two are equal. Only the ratio of the costs is left.",
            chapter="11_calibration",
        ),
        Mistake(
            wrong=cheapest_threshold_zero,
            exposed_by="a false alarm costs 9, a miss 1",
            why="You say yes when yes is likelier than no, whatever the mistakes cost.",
            fix="Write down what each answer costs on average at the probability p, and find where "
            "the two are equal.",
            chapter="11_calibration",
        ),
        Mistake(
            wrong=cheapest_threshold_decimal,
            exposed_by="a false alarm costs 9, a miss 1",
            why="You take the logarithm to the base 10, but the sigmoid is made with the number e.",
            fix="Take the natural logarithm, np.log.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=cheapest_threshold_costs_as_scores,
            exposed_by="a false alarm costs 9, a miss 1",
            why="You take softmax of the costs. Costs are not scores: their logarithms would be.",
            fix="Write down what each answer costs on average at the probability p, and find where "
            "the two are equal.",
            chapter="11_calibration",
        ),
    ),
)

# Many classes become two


def merge_to_two_sums(logits: Array, group: Array) -> Array:
    return logits[:, group].sum(axis=1) - logits[:, ~group].sum(axis=1)


def merge_to_two_means(logits: Array, group: Array) -> Array:
    return logits[:, group].mean(axis=1) - logits[:, ~group].mean(axis=1)


def merge_to_two_largest(logits: Array, group: Array) -> Array:
    return logits[:, group].max(axis=1) - logits[:, ~group].max(axis=1)


def merge_to_two_probability(logits: Array, group: Array) -> Array:
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    return t[:, group].sum(axis=1) / t.sum(axis=1)


def merge_to_two_log_probability(logits: Array, group: Array) -> Array:
    tops = logits.max(axis=1)
    inside = np.logaddexp.reduce(logits[:, group], axis=1)
    return inside - tops - np.log(np.exp(logits - tops[:, None]).sum(axis=1))


def merge_to_two_opposite(logits: Array, group: Array) -> Array:
    one, other = (np.logaddexp.reduce(logits[:, side], axis=1) for side in (group, ~group))
    return other - one


def merge_to_two_without_shift(logits: Array, group: Array) -> Array:
    t = np.exp(logits)
    return np.log(t[:, group].sum(axis=1)) - np.log(t[:, ~group].sum(axis=1))


def merge_to_two_one_shift(logits: Array, group: Array) -> Array:
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.log(t[:, group].sum(axis=1)) - np.log(t[:, ~group].sum(axis=1))


def merge_to_two_one_minus(logits: Array, group: Array) -> Array:
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = t[:, group].sum(axis=1) / t.sum(axis=1)
    return np.log(p / (1 - p))


def merge_to_two_scores_multiplied(logits: Array, group: Array) -> Array:
    inside = np.logaddexp.reduce(logits * group, axis=1)
    return inside - np.logaddexp.reduce(logits * ~group, axis=1)


MERGE_TO_TWO = Question(
    name="merge_to_two",
    takes="logits (m, C), group (C,) -> scores (m,)",
    probes={
        "two examples, two of four classes": (
            [[5.0, 2.0, -1.0, 3.0], [0.0, 1.0, 2.0, -3.0]],
            [False, True, True, False],
        ),
        "one against three": ([[5.0, 2.0, -1.0, 3.0], [1.0, 1.0, 1.0, 1.0]], [True] + [False] * 3),
        "three against one": ([[0.0, 2.0, -1.0, 3.0]], [True, True, False, True]),
        "two classes": ([[2.0, -1.0], [-4.0, 1.0], [0.5, 0.5]], [False, True]),
        "as many examples as classes": (
            [[5.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]],
            [True, False, True],
        ),
        "a group that is nearly certain": ([[60.0, 20.0, -40.0]], [True, False, False]),
        "scores of 1000 and -1000": (
            [[1000.0, -1000.0, 0.0], [-1000.0, 0.0, -1000.0], [1000.0, 999.0, 1001.0]],
            [True, True, False],
        ),
    },
    mistakes=(
        Mistake(
            wrong=merge_to_two_sums,
            exposed_by="two examples, two of four classes",
            why="You add up the scores, but it is the probabilities that add up.",
            fix="Take log-sum-exp of the scores on each side, and subtract.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=merge_to_two_means,
            exposed_by="two examples, two of four classes",
            why="You compare mean scores, so an unlikely class makes its whole side less likely.",
            fix="Take log-sum-exp of the scores on each side, and subtract.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=merge_to_two_largest,
            exposed_by="two examples, two of four classes",
            why="You compare the largest score of each side, and the others do not count.",
            fix="Take the smooth maximum, log-sum-exp, of each side.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=merge_to_two_probability,
            exposed_by="two examples, two of four classes",
            why="Your number is the total probability of the group, not the score that belongs to "
            "it.",
            fix="The score is the logarithm of the odds, log(p / (1 - p)); then write it with the "
            "sums of the exponentials.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=merge_to_two_log_probability,
            exposed_by="two examples, two of four classes",
            why="You subtract the log-sum-exp of all classes, which gives the logarithm of the "
            "probability.",
            fix="Subtract the log-sum-exp of the classes outside the group.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=merge_to_two_opposite,
            exposed_by="two examples, two of four classes",
            why="Your sign is the wrong one: your sigmoid is the probability of the other classes.",
            fix="Subtract the classes outside the group from those inside.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=merge_to_two_without_shift,
            exposed_by="scores of 1000 and -1000",
            why="exp(1000) overflows to infinity.",
            fix="Subtract the maximum before the exponential and add it after the logarithm, on "
            "each side.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=merge_to_two_one_shift,
            exposed_by="scores of 1000 and -1000",
            why="You shift both sides by the largest of all scores. On the side far below it every "
            "exponential is rounded to 0, and log 0 is -inf.",
            fix="Shift each side by its own maximum, and add it after the logarithm.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=merge_to_two_one_minus,
            exposed_by="a group that is nearly certain",
            why="The probability of your group is rounded to 1, so 1 - p is 0 and its logarithm is "
            "lost.",
            fix="Do not pass through the probability: subtract two log-sum-exps.",
            chapter="03_two_classes",
        ),
        Mistake(
            wrong=merge_to_two_scores_multiplied,
            exposed_by="two examples, two of four classes",
            why="You multiply the scores by `group`. That makes the others 0, and a score of 0 "
            "takes part: exp(0) is 1.",
            fix="Take the columns that you want: logits[:, group] and logits[:, ~group].",
            chapter="04_numerics",
        ),
    ),
)

QUESTIONS = (TWO_CLASS_PROBS, LOG_TWO_CLASS_PROBS, CHEAPEST_THRESHOLD, MERGE_TO_TWO)
