"""The questions of the third assignment: cross-entropy."""

import numpy as np

from softmax_edu.exercises.question import Mistake, Question
from softmax_edu.misconceptions.misconception import Array, Number


def _log_probs(logits: Array) -> Array:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _losses(logits: Array, labels: Array) -> Array:
    return -_log_probs(logits)[np.arange(len(labels)), labels]


def _one_hot(logits: Array, labels: Array) -> Array:
    return np.eye(logits.shape[1])[labels]


def _smooth(logits: Array, labels: Array, epsilon: float) -> Array:
    return (1 - epsilon) * _one_hot(logits, labels) + epsilon / logits.shape[1]


# Targets that leave some doubt


def smoothed_losses_over_the_others(logits: Array, labels: Array, epsilon: float) -> Array:
    truth = _one_hot(logits, labels)
    others = epsilon / (logits.shape[1] - 1)
    return -(np.where(truth == 1, 1 - epsilon, others) * _log_probs(logits)).sum(axis=1)


def smoothed_losses_truth_without_share(logits: Array, labels: Array, epsilon: float) -> Array:
    truth = _one_hot(logits, labels)
    others = epsilon / logits.shape[1]
    return -(np.where(truth == 1, 1 - epsilon, others) * _log_probs(logits)).sum(axis=1)


def smoothed_losses_not_shared(logits: Array, labels: Array, epsilon: float) -> Array:
    targets = (1 - epsilon) * _one_hot(logits, labels) + epsilon
    return -(targets * _log_probs(logits)).sum(axis=1)


def smoothed_losses_of_smoothed_probs(logits: Array, labels: Array, epsilon: float) -> Array:
    probs = (1 - epsilon) * np.exp(_log_probs(logits)) + epsilon / logits.shape[1]
    return -np.log(probs[np.arange(len(labels)), labels])


def smoothed_losses_of_rounded_probs(logits: Array, labels: Array, epsilon: float) -> Array:
    probs = np.exp(_log_probs(logits))
    return -(_smooth(logits, labels, epsilon) * np.log(probs)).sum(axis=1)


def smoothed_losses_with_small_number(logits: Array, labels: Array, epsilon: float) -> Array:
    probs = np.exp(_log_probs(logits))
    return -(_smooth(logits, labels, epsilon) * np.log(probs + 1e-12)).sum(axis=1)


def smoothed_losses_without_shift(logits: Array, labels: Array, epsilon: float) -> Array:
    t = np.exp(logits)
    probs = t / t.sum(axis=1, keepdims=True)
    return -(_smooth(logits, labels, epsilon) * np.log(probs)).sum(axis=1)


def smoothed_losses_lse_without_shift(logits: Array, labels: Array, epsilon: float) -> Array:
    lse = np.log(np.exp(logits).sum(axis=1))
    return lse - (_smooth(logits, labels, epsilon) * logits).sum(axis=1)


def smoothed_losses_shifted_once(logits: Array, labels: Array, epsilon: float) -> Array:
    lse = logits.max() + np.log(np.exp(logits - logits.max()).sum(axis=1))
    return lse - (_smooth(logits, labels, epsilon) * logits).sum(axis=1)


def smoothed_losses_half_shifted(logits: Array, labels: Array, epsilon: float) -> Array:
    lse = np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1))
    return lse - (_smooth(logits, labels, epsilon) * logits).sum(axis=1)


SMOOTHED_LOSSES = Question(
    name="smoothed_losses",
    takes="logits (m, C), labels (m,), epsilon -> losses (m,)",
    probes={
        "three examples of four classes": (
            [[5.0, 2.0, -1.0, 3.0], [0.0, 0.0, 0.0, 0.0], [1.0, 3.0, 1.0, 1.0]],
            [1, 2, 1],
            0.1,
        ),
        "no smoothing": ([[5.0, 2.0, -1.0], [1.0, 3.0, 0.0]], [1, 2], 0.0),
        "nothing but smoothing": ([[5.0, 2.0, -1.0], [1.0, 3.0, 0.0]], [1, 2], 1.0),
        "as many examples as classes": (
            [[5.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]],
            [2, 0, 0],
            0.3,
        ),
        "one example": ([[5.0, 2.0, -1.0, 3.0]], [0], 0.2),
        "scores of 1000": ([[1000.0, -1000.0], [0.0, 1000.0]], [0, 0], 0.25),
        "one example far above the other": ([[1000.0, 999.0], [1.0, 2.0]], [0, 1], 0.25),
    },
    mistakes=(
        Mistake(
            wrong=smoothed_losses_over_the_others,
            exposed_by="three examples of four classes",
            why=(
                "You spread epsilon over the C - 1 wrong classes, and the true class gets nothing "
                "of it."
            ),
            fix="Give every class epsilon / C, and the true class 1 - epsilon on top of that.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_losses_truth_without_share,
            exposed_by="three examples of four classes",
            why=(
                "Your true class gets 1 - epsilon and no share of what is spread, so your targets "
                "do not sum to 1."
            ),
            fix="Give it 1 - epsilon + epsilon / C.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_losses_not_shared,
            exposed_by="three examples of four classes",
            why="You give every class the whole epsilon, so your targets sum to more than 1.",
            fix="Divide epsilon by the number of classes first.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_losses_of_smoothed_probs,
            exposed_by="three examples of four classes",
            why=(
                "You smooth the probabilities of the model, and compare them with a target that "
                "is still one-hot."
            ),
            fix="Smooth the target, and leave the prediction as it is.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_losses_of_rounded_probs,
            exposed_by="scores of 1000",
            why=(
                "You take the logarithm of a probability that has been rounded to 0, which is "
                "minus infinity."
            ),
            fix="Take the logarithm on paper: log softmax is the score minus log-sum-exp.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=smoothed_losses_with_small_number,
            exposed_by="scores of 1000",
            why=(
                "You add a small number to each probability before the logarithm, so that no loss "
                "can get large however wrong the prediction is."
            ),
            fix=(
                "Compute the logarithm of softmax from the scores; then there is no log(0) to "
                "repair."
            ),
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_losses_without_shift,
            exposed_by="scores of 1000",
            why=(
                "The exponential of 1000 overflows to infinity, and infinity over infinity is not "
                "a number."
            ),
            fix="Subtract the largest score of each row before the exponential.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=smoothed_losses_lse_without_shift,
            exposed_by="scores of 1000",
            why="You take the exponential of scores of 1000 inside log-sum-exp, and they overflow.",
            fix="Subtract the largest score of each row before the exponential.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=smoothed_losses_shifted_once,
            exposed_by="one example far above the other",
            why=(
                "You shift all rows by one number, so that in a row far below it every "
                "exponential is 0, and log(0) is minus infinity."
            ),
            fix="Subtract from each row its own maximum.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=smoothed_losses_half_shifted,
            exposed_by="three examples of four classes",
            why=(
                "You subtract the maximum inside log-sum-exp but do not add it again, so your "
                "losses are too small by the largest score."
            ),
            fix="Add the maximum to the logarithm, or use the shifted scores in both places.",
            chapter="04_numerics",
        ),
    ),
)


# Classes of different weight


def weighted_cost_divided_by_m(logits: Array, labels: Array, weights: Array) -> Number:
    return (weights[labels] * _losses(logits, labels)).mean()


def weighted_cost_divided_by_all_weights(logits: Array, labels: Array, weights: Array) -> Number:
    return (weights[labels] * _losses(logits, labels)).sum() / weights.sum()


def weighted_cost_unweighted(logits: Array, labels: Array, weights: Array) -> Number:
    return _losses(logits, labels).mean()


def weighted_cost_by_position(logits: Array, labels: Array, weights: Array) -> Number:
    return (weights * _losses(logits, labels)).sum() / weights.sum()


def weighted_cost_of_the_guess(logits: Array, labels: Array, weights: Array) -> Number:
    shares = weights[logits.argmax(axis=1)]
    return (shares * _losses(logits, labels)).sum() / shares.sum()


def weighted_cost_of_all_columns(logits: Array, labels: Array, weights: Array) -> Number:
    losses = -_log_probs(logits)[:, labels]  # (m, m)
    return (weights[labels] * losses).sum() / weights[labels].sum()


def weighted_cost_of_class_means(logits: Array, labels: Array, weights: Array) -> Number:
    losses, present = _losses(logits, labels), np.unique(labels)
    means = np.array([losses[labels == c].mean() for c in present])
    return (weights[present] * means).sum() / weights[present].sum()


def weighted_cost_of_rounded_probs(logits: Array, labels: Array, weights: Array) -> Number:
    probs = np.exp(_log_probs(logits))[np.arange(len(labels)), labels]
    return -(weights[labels] * np.log(probs)).sum() / weights[labels].sum()


def weighted_cost_without_shift(logits: Array, labels: Array, weights: Array) -> Number:
    t = np.exp(logits)
    losses = -np.log(t / t.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]
    return (weights[labels] * losses).sum() / weights[labels].sum()


def weighted_cost_in_place(logits: Array, labels: Array, weights: Array) -> Number:
    weights /= weights.sum()
    return (weights[labels] * _losses(logits, labels)).sum() / weights[labels].sum()


WEIGHTED_COST = Question(
    name="weighted_cost",
    takes="logits (m, C), labels (m,), weights (C,) -> cost",
    probes={
        "three examples of four classes": (
            [[5.0, 2.0, -1.0, 3.0], [0.0, 0.0, 0.0, 0.0], [1.0, 3.0, 1.0, 1.0]],
            [1, 2, 1],
            [1.0, 2.0, 5.0, 0.5],
        ),
        "equal weights": ([[5.0, 2.0, -1.0], [1.0, 3.0, 0.0]], [1, 2], [2.0, 2.0, 2.0]),
        "a class that weighs nothing": (
            [[5.0, 2.0], [1.0, 3.0], [2.0, 1.0], [0.0, 0.5]],
            [0, 1, 1, 0],
            [0.0, 3.0],
        ),
        "as many examples as classes": (
            [[5.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]],
            [2, 0, 0],
            [1.0, 3.0, 4.0],
        ),
        "one example": ([[5.0, 2.0, -1.0, 3.0]], [3], [1.0, 2.0, 5.0, 0.5]),
        "scores of 1000": ([[1000.0, -1000.0], [0.0, 1000.0]], [1, 0], [1.0, 3.0]),
        "one example far above the other": ([[1000.0, 999.0], [1.0, 2.0]], [0, 1], [1.0, 3.0]),
    },
    mistakes=(
        Mistake(
            wrong=weighted_cost_divided_by_m,
            exposed_by="three examples of four classes",
            why=(
                "You divide by the number of examples, so weights that are twice as large make "
                "the cost twice as large."
            ),
            fix="Divide by the sum of the weights that the examples have.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=weighted_cost_divided_by_all_weights,
            exposed_by="three examples of four classes",
            why=(
                "You divide by the sum of the C weights of the classes, however often a class "
                "occurs in the batch."
            ),
            fix="Divide by the sum over the examples: weights[labels].sum().",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=weighted_cost_unweighted,
            exposed_by="three examples of four classes",
            why="Your result is the plain mean of the losses, whatever the weights are.",
            fix=(
                "Multiply each loss by the weight of its true class, and divide by the sum of "
                "these weights."
            ),
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=weighted_cost_by_position,
            exposed_by="as many examples as classes",
            why=(
                "You multiply loss i by weight i, but the weights are numbered by class, not by "
                "example."
            ),
            fix="Look up the weight of each example's true class: weights[labels] has shape (m,).",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=weighted_cost_of_the_guess,
            exposed_by="three examples of four classes",
            why=(
                "You take the weight of the class with the largest score, which is what the model "
                "guesses."
            ),
            fix="Take the weight of the true class, weights[labels].",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=weighted_cost_of_all_columns,
            exposed_by="three examples of four classes",
            why=(
                "With [:, labels] you take the columns of all labels in every row, m times m "
                "numbers."
            ),
            fix="Take one entry from each row: [np.arange(m), labels].",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=weighted_cost_of_class_means,
            exposed_by="three examples of four classes",
            why=(
                "You average within each class first, so an example of a frequent class counts "
                "less than you were asked to count it."
            ),
            fix="Count every example with the weight of its true class, and average once.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=weighted_cost_of_rounded_probs,
            exposed_by="scores of 1000",
            why=(
                "You take the logarithm of a probability that has been rounded to 0, which is "
                "minus infinity."
            ),
            fix="Compute the loss from the scores: log-sum-exp minus the score of the truth.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=weighted_cost_without_shift,
            exposed_by="one example far above the other",
            why=(
                "The exponential of 1000 overflows to infinity, and infinity over infinity is not "
                "a number."
            ),
            fix="Subtract the largest score of each row before the exponential.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=weighted_cost_in_place,
            exposed_by="three examples of four classes",
            why=(
                "With /= you write into the array that was handed to you, and the caller's "
                "weights are changed."
            ),
            fix="Compute a new array: shares = weights[labels].",
            chapter="05_cross_entropy",
        ),
    ),
)


# As unsure as among how many classes?


def perplexity_mean_of_each(logits: Array, labels: Array) -> Number:
    return np.exp(_losses(logits, labels)).mean()


def perplexity_in_bits(logits: Array, labels: Array) -> Number:
    return 2 ** _losses(logits, labels).mean()


def perplexity_upside_down(logits: Array, labels: Array) -> Number:
    return np.exp(-_losses(logits, labels).mean())


def perplexity_of_the_sum(logits: Array, labels: Array) -> Number:
    return np.exp(_losses(logits, labels).sum())


def perplexity_over_entries(logits: Array, labels: Array) -> Number:
    return np.exp(-(_one_hot(logits, labels) * _log_probs(logits)).mean())


def perplexity_of_all_columns(logits: Array, labels: Array) -> Number:
    return np.exp(-_log_probs(logits)[:, labels].mean())


def perplexity_by_product(logits: Array, labels: Array) -> Number:
    probs = np.exp(-_losses(logits, labels))
    return probs.prod() ** (-1 / len(labels))


def perplexity_of_rounded_probs(logits: Array, labels: Array) -> Number:
    probs = np.exp(-_losses(logits, labels))
    return np.exp(-np.log(probs).mean())


def perplexity_without_shift(logits: Array, labels: Array) -> Number:
    t = np.exp(logits)
    probs = t / t.sum(axis=1, keepdims=True)
    return np.exp(-np.log(probs[np.arange(len(labels)), labels]).mean())


def perplexity_lse_without_shift(logits: Array, labels: Array) -> Number:
    lse = np.log(np.exp(logits).sum(axis=1))
    return np.exp((lse - logits[np.arange(len(labels)), labels]).mean())


PERPLEXITY = Question(
    name="perplexity",
    takes="logits (m, C), labels (m,) -> number",
    probes={
        "three examples of four classes": (
            [[5.0, 2.0, -1.0, 3.0], [0.0, 0.0, 0.0, 0.0], [1.0, 3.0, 1.0, 1.0]],
            [1, 2, 1],
        ),
        "as many examples as classes": (
            [[1.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]],
            [2, 0, 0],
        ),
        "one example": ([[5.0, 2.0, -1.0, 3.0]], [3]),
        "a model that knows nothing": (
            [[0.0, 0.0, 0.0, 0.0, 0.0], [7.0, 7.0, 7.0, 7.0, 7.0]],
            [4, 0],
        ),
        "scores of 1000": ([[1000.0, 1000.0, -1000.0], [998.0, 999.0, 0.0]], [0, 0]),
        "scores of -1000": ([[-1000.0, -1000.0, -1001.0]], [0]),
        "1000 examples with equal scores": ([[0.0, 0.0, 0.0]] * 1000, [0, 1] * 500),
        "1000 examples, one of them very wrong": ([[800.0, 0.0]] * 1000, [0] * 999 + [1]),
    },
    mistakes=(
        Mistake(
            wrong=perplexity_mean_of_each,
            exposed_by="three examples of four classes",
            why=(
                "You take the exponential of each loss and average afterwards, so one very wrong "
                "example outweighs all others."
            ),
            fix="Average the losses first, then take one exponential.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=perplexity_in_bits,
            exposed_by="three examples of four classes",
            why="You raise 2 to a loss that is counted in nats.",
            fix="Use exp, which belongs to the natural logarithm.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=perplexity_upside_down,
            exposed_by="three examples of four classes",
            why=(
                "Your result is the typical probability of the truth, at most 1, and the "
                "perplexity is one divided by it."
            ),
            fix="Leave out the minus sign: the perplexity is exp(J).",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=perplexity_of_the_sum,
            exposed_by="three examples of four classes",
            why=(
                "You take the exponential of the sum of the losses, which grows with every example."
            ),
            fix="Divide the sum by the number of examples first.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=perplexity_over_entries,
            exposed_by="three examples of four classes",
            why=(
                "Your mean runs over all m times C entries, so the cost in the exponent is C "
                "times too small."
            ),
            fix="Sum over the classes, and divide by the number of examples.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=perplexity_of_all_columns,
            exposed_by="three examples of four classes",
            why=(
                "With [:, labels] you take the columns of all labels in every row, m times m "
                "numbers."
            ),
            fix="Take one entry from each row: [np.arange(m), labels].",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=perplexity_by_product,
            exposed_by="1000 examples with equal scores",
            why=(
                "You multiply the probabilities of all examples, and the product of many of them "
                "is rounded to 0."
            ),
            fix="Add up their logarithms instead.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=perplexity_of_rounded_probs,
            exposed_by="1000 examples, one of them very wrong",
            why=(
                "One of the probabilities has been rounded to 0, and its logarithm is minus "
                "infinity."
            ),
            fix="Compute the loss from the scores: log-sum-exp minus the score of the truth.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=perplexity_without_shift,
            exposed_by="scores of 1000",
            why=(
                "The exponential of 1000 overflows to infinity, and infinity over infinity is not "
                "a number."
            ),
            fix="Subtract the largest score of each row before the exponential.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=perplexity_lse_without_shift,
            exposed_by="scores of 1000",
            why=(
                "You take the exponential of the scores as they are: exp(1000) is infinite, and "
                "exp(-1000) is 0."
            ),
            fix="Subtract the largest score of each row before the exponential.",
            chapter="04_numerics",
        ),
    ),
    tolerance=1e-5,  # an exponential multiplies the rounding error of the cost
)

QUESTIONS = (SMOOTHED_LOSSES, WEIGHTED_COST, PERPLEXITY)
