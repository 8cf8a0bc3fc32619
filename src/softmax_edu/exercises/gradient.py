"""The questions of the fourth assignment: gradients of the loss."""

import numpy as np

from softmax_edu.exercises.question import Mistake, Question
from softmax_edu.misconceptions.misconception import Array, Number


def _softmax(logits: Array) -> Array:
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True)


def _one_hot(logits: Array, labels: Array) -> Array:
    return np.eye(logits.shape[1])[labels]


def _smooth(logits: Array, labels: Array, epsilon: float) -> Array:
    return (1 - epsilon) * _one_hot(logits, labels) + epsilon / logits.shape[1]


# How the cost depends on the temperature


def _leads(logits: Array, labels: Array, probs: Array) -> Array:
    """Return by how much each true score exceeds the expected one."""
    return logits[np.arange(len(labels)), labels] - (probs * logits).sum(axis=1)


def temperature_gradient_reversed(logits: Array, labels: Array, temperature: float) -> Number:
    leads = _leads(logits, labels, _softmax(logits / temperature))
    return -leads.mean() / temperature**2


def temperature_gradient_by_the_inverse(logits: Array, labels: Array, temperature: float) -> Number:
    return -_leads(logits, labels, _softmax(logits / temperature)).mean()


def temperature_gradient_divided_once(logits: Array, labels: Array, temperature: float) -> Number:
    return _leads(logits, labels, _softmax(logits / temperature)).mean() / temperature


def temperature_gradient_divided_thrice(logits: Array, labels: Array, temperature: float) -> Number:
    scaled = logits / temperature
    return _leads(scaled, labels, _softmax(scaled)).mean() / temperature**2


def temperature_gradient_summed(logits: Array, labels: Array, temperature: float) -> Number:
    return _leads(logits, labels, _softmax(logits / temperature)).sum() / temperature**2


def temperature_gradient_at_one(logits: Array, labels: Array, temperature: float) -> Number:
    return _leads(logits, labels, _softmax(logits)).mean() / temperature**2


def temperature_gradient_of_the_truth(logits: Array, labels: Array, temperature: float) -> Number:
    return logits[np.arange(len(labels)), labels].mean() / temperature**2


def temperature_gradient_of_plain_means(logits: Array, labels: Array, temperature: float) -> Number:
    equal = np.full(logits.shape, 1 / logits.shape[1])
    return _leads(logits, labels, equal).mean() / temperature**2


def temperature_gradient_by_the_scores(logits: Array, labels: Array, temperature: float) -> Array:
    probs = _softmax(logits / temperature)
    return (probs - _one_hot(logits, labels)) / temperature / len(labels)


def temperature_gradient_without_shift(logits: Array, labels: Array, temperature: float) -> Number:
    t = np.exp(logits / temperature)
    return _leads(logits, labels, t / t.sum(axis=1, keepdims=True)).mean() / temperature**2


TEMPERATURE_GRADIENT = Question(
    name="temperature_gradient",
    takes="logits (m, C), labels (m,), temperature -> number",
    probes={
        "three examples of four classes": (
            [[5.0, 2.0, -1.0, 3.0], [0.0, 0.0, 0.0, 0.0], [1.0, 3.0, 1.0, 1.0]],
            [1, 2, 1],
            2.5,
        ),
        "temperature 1": ([[5.0, 2.0, -1.0], [1.0, 3.0, 0.0]], [1, 2], 1.0),
        "temperature 0.5": ([[2.0, 1.0, -1.0], [1.0, 2.0, 0.0]], [1, 2], 0.5),
        "as many examples as classes": (
            [[5.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]],
            [2, 0, 0],
            4.0,
        ),
        "one example": ([[5.0, 2.0, -1.0, 3.0]], [0], 3.0),
        "equal scores": ([[2.0, 2.0, 2.0], [0.0, 0.0, 0.0]], [1, 2], 2.5),
        "scores of 1000": ([[1000.0, -1000.0], [-1000.0, 1000.0]], [1, 1], 0.5),
        "one example far above the other": ([[1000.0, 999.0], [1.0, 2.0]], [0, 1], 2.0),
    },
    mistakes=(
        Mistake(
            wrong=temperature_gradient_reversed,
            exposed_by="three examples of four classes",
            why=(
                "Your result has the wrong sign: the derivative of 1/T is -1/T^2, and its minus "
                "is missing."
            ),
            fix="Subtract the expected score from the true one, not the other way round.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=temperature_gradient_by_the_inverse,
            exposed_by="three examples of four classes",
            why="You differentiate with respect to 1/T instead of T.",
            fix="Multiply by the derivative of 1/T, which is -1/T^2.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=temperature_gradient_divided_once,
            exposed_by="three examples of four classes",
            why="You divide by T, but the derivative of z/T is -z/T^2.",
            fix="Divide by the square of the temperature.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=temperature_gradient_divided_thrice,
            exposed_by="three examples of four classes",
            why="You divide by T^2 what you have made of z/T, so T divides three times in all.",
            fix=(
                "Take the differences of the scores z themselves, or divide those of z/T by T once."
            ),
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=temperature_gradient_summed,
            exposed_by="three examples of four classes",
            why="Your result is the sum over the examples, and the cost is their mean.",
            fix="Divide by the number of examples.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=temperature_gradient_at_one,
            exposed_by="three examples of four classes",
            why="You average the scores with the probabilities of temperature 1.",
            fix="Use softmax(z / T), the probabilities that the loss is made of.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=temperature_gradient_of_the_truth,
            exposed_by="three examples of four classes",
            why=(
                "You differentiate the score of the truth only, but log-sum-exp of z/T depends on "
                "T too."
            ),
            fix=(
                "Subtract the mean score under softmax(z / T), which is what log-sum-exp "
                "contributes."
            ),
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=temperature_gradient_of_plain_means,
            exposed_by="three examples of four classes",
            why=(
                "You compare the true score with the plain mean of the scores, as if all classes "
                "were equally likely."
            ),
            fix="Weigh each score with its probability.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=temperature_gradient_by_the_scores,
            exposed_by="three examples of four classes",
            why=(
                "Your result is the gradient with respect to the scores, one number for each of "
                "them."
            ),
            fix="Go one step further along the chain rule: how does z/T change when T changes?",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=temperature_gradient_without_shift,
            exposed_by="scores of 1000",
            why=(
                "The exponential of 1000 / T overflows to infinity, and infinity over infinity is "
                "not a number."
            ),
            fix="Subtract the largest score of each row before the exponential.",
            chapter="04_numerics",
        ),
    ),
    tolerance=1e-5,  # a low temperature magnifies what float32 rounds away
)


# A gradient against smoothed targets


def smoothed_gradient_without_m(logits: Array, labels: Array, epsilon: float) -> Array:
    return _softmax(logits) - _smooth(logits, labels, epsilon)


def smoothed_gradient_over_entries(logits: Array, labels: Array, epsilon: float) -> Array:
    return (_softmax(logits) - _smooth(logits, labels, epsilon)) / logits.size


def smoothed_gradient_reversed(logits: Array, labels: Array, epsilon: float) -> Array:
    return (_smooth(logits, labels, epsilon) - _softmax(logits)) / len(labels)


def smoothed_gradient_without_spread(logits: Array, labels: Array, epsilon: float) -> Array:
    return (_softmax(logits) - (1 - epsilon) * _one_hot(logits, labels)) / len(labels)


def smoothed_gradient_over_the_others(logits: Array, labels: Array, epsilon: float) -> Array:
    truth, others = _one_hot(logits, labels), epsilon / (logits.shape[1] - 1)
    return (_softmax(logits) - np.where(truth == 1, 1 - epsilon, others)) / len(labels)


def smoothed_gradient_truth_without_share(logits: Array, labels: Array, epsilon: float) -> Array:
    truth, others = _one_hot(logits, labels), epsilon / logits.shape[1]
    return (_softmax(logits) - np.where(truth == 1, 1 - epsilon, others)) / len(labels)


def smoothed_gradient_of_smoothed_probs(logits: Array, labels: Array, epsilon: float) -> Array:
    probs = (1 - epsilon) * _softmax(logits) + epsilon / logits.shape[1]
    return (probs - _one_hot(logits, labels)) / len(labels)


def smoothed_gradient_of_all_columns(logits: Array, labels: Array, epsilon: float) -> Array:
    dlogits = _softmax(logits) - epsilon / logits.shape[1]
    dlogits[:, labels] -= 1 - epsilon
    return dlogits / len(labels)


def smoothed_gradient_over_the_batch(logits: Array, labels: Array, epsilon: float) -> Array:
    return (_softmax(logits.T).T - _smooth(logits, labels, epsilon)) / len(labels)


def smoothed_gradient_without_shift(logits: Array, labels: Array, epsilon: float) -> Array:
    t = np.exp(logits)
    return (t / t.sum(axis=1, keepdims=True) - _smooth(logits, labels, epsilon)) / len(labels)


SMOOTHED_GRADIENT = Question(
    name="smoothed_gradient",
    takes="logits (m, C), labels (m,), epsilon -> dlogits (m, C)",
    probes={
        "three examples of four classes": (
            [[5.0, 2.0, -1.0, 3.0], [0.0, 0.0, 0.0, 0.0], [1.0, 3.0, 1.0, 1.0]],
            [1, 2, 1],
            0.2,
        ),
        "no smoothing": ([[5.0, 2.0, -1.0], [1.0, 3.0, 0.0]], [1, 2], 0.0),
        "nothing but smoothing": ([[5.0, 2.0, -1.0], [1.0, 3.0, 0.0]], [1, 2], 1.0),
        "as many examples as classes": (
            [[5.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]],
            [2, 0, 0],
            0.3,
        ),
        "one example": ([[5.0, 2.0, -1.0, 3.0]], [0], 0.2),
        "scores of 1000": ([[1000.0, -1000.0], [1000.0, 1000.0]], [1, 0], 0.4),
        "one example far above the other": ([[1000.0, 999.0], [1.0, 2.0]], [0, 1], 0.1),
    },
    mistakes=(
        Mistake(
            wrong=smoothed_gradient_without_m,
            exposed_by="three examples of four classes",
            why=(
                "Each of your rows is the gradient of its own loss, but the cost is the mean of m "
                "losses."
            ),
            fix="Divide by the number of examples, once.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=smoothed_gradient_over_entries,
            exposed_by="three examples of four classes",
            why="You divide by all m times C entries.",
            fix=(
                "Divide by the number of examples: the cost is a mean over examples, and a sum "
                "over classes."
            ),
            chapter="06_gradient",
        ),
        Mistake(
            wrong=smoothed_gradient_reversed,
            exposed_by="three examples of four classes",
            why="You compute target minus prediction, which points downhill.",
            fix="The gradient is prediction minus target; the minus sign of the step comes later.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=smoothed_gradient_without_spread,
            exposed_by="three examples of four classes",
            why=(
                "You take epsilon from the true class and give it to nobody, so your rows do not "
                "sum to 0."
            ),
            fix="Subtract epsilon / C from every entry as well.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_gradient_over_the_others,
            exposed_by="three examples of four classes",
            why=(
                "You spread epsilon over the C - 1 wrong classes, and the true class gets nothing "
                "of it."
            ),
            fix="Give every class epsilon / C, and the true class 1 - epsilon on top of that.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_gradient_truth_without_share,
            exposed_by="three examples of four classes",
            why=(
                "Your true class gets 1 - epsilon and no share of what is spread, so your rows do "
                "not sum to 0."
            ),
            fix="Give it 1 - epsilon + epsilon / C.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_gradient_of_smoothed_probs,
            exposed_by="three examples of four classes",
            why=(
                "You smooth the probabilities of the model, and subtract a target that is still "
                "one-hot."
            ),
            fix="Smooth the target, and leave the prediction as it is.",
            chapter="05_cross_entropy",
        ),
        Mistake(
            wrong=smoothed_gradient_of_all_columns,
            exposed_by="three examples of four classes",
            why="With [:, labels] you change the columns of all labels in every row.",
            fix="Change one entry of each row: [np.arange(m), labels].",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=smoothed_gradient_over_the_batch,
            exposed_by="three examples of four classes",
            why=(
                "Your probabilities sum to 1 down each column, so the examples compete with each "
                "other."
            ),
            fix="Take the maximum and the sum along axis 1.",
            chapter="01_softmax",
        ),
        Mistake(
            wrong=smoothed_gradient_without_shift,
            exposed_by="scores of 1000",
            why=(
                "The exponential of 1000 overflows to infinity, and infinity over infinity is not "
                "a number."
            ),
            fix="Subtract the largest score of each row before the exponential.",
            chapter="04_numerics",
        ),
    ),
)


# Back through softmax


def softmax_vjp_elementwise(logits: Array, dprobs: Array) -> Array:
    probs = _softmax(logits)
    return dprobs * probs * (1 - probs)


def softmax_vjp_without_expected(logits: Array, dprobs: Array) -> Array:
    return _softmax(logits) * dprobs


def softmax_vjp_without_probs(logits: Array, dprobs: Array) -> Array:
    return dprobs - (_softmax(logits) * dprobs).sum(axis=1, keepdims=True)


def softmax_vjp_of_the_plain_sum(logits: Array, dprobs: Array) -> Array:
    return _softmax(logits) * (dprobs - dprobs.sum(axis=1, keepdims=True))


def softmax_vjp_over_the_batch(logits: Array, dprobs: Array) -> Array:
    probs = _softmax(logits)
    return probs * (dprobs - (probs * dprobs).sum())


def softmax_vjp_along_columns(logits: Array, dprobs: Array) -> Array:
    probs = _softmax(logits)
    return probs * (dprobs - (probs * dprobs).sum(axis=0))


def softmax_vjp_averaged(logits: Array, dprobs: Array) -> Array:
    probs = _softmax(logits)
    return probs * (dprobs - (probs * dprobs).sum(axis=1, keepdims=True)) / len(logits)


def softmax_vjp_of_the_loss(logits: Array, dprobs: Array) -> Array:
    return _softmax(logits) - dprobs


def softmax_vjp_without_shift(logits: Array, dprobs: Array) -> Array:
    t = np.exp(logits)
    probs = t / t.sum(axis=1, keepdims=True)
    return probs * (dprobs - (probs * dprobs).sum(axis=1, keepdims=True))


def softmax_vjp_in_place(logits: Array, dprobs: Array) -> Array:
    probs = _softmax(logits)
    dprobs -= (probs * dprobs).sum(axis=1, keepdims=True)
    return probs * dprobs


SOFTMAX_VJP = Question(
    name="softmax_vjp",
    takes="logits (m, C), dprobs (m, C) -> dlogits (m, C)",
    probes={
        "three examples of four classes": (
            [[5.0, 2.0, -1.0, 3.0], [0.0, 0.0, 0.0, 0.0], [1.0, 3.0, 1.0, 1.0]],
            [[1.0, -2.0, 0.0, 3.0], [1.0, 2.0, 3.0, 0.0], [0.0, -1.0, 2.0, 0.5]],
        ),
        "a single 1": ([[2.0, 1.0, 0.0], [1.0, 3.0, 0.0]], [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]),
        "the same number for all classes": ([[2.0, 1.0, 0.0]], [[3.0, 3.0, 3.0]]),
        "as many examples as classes": (
            [[1.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]],
            [[4.0, 0.0, 1.0], [1.0, -3.0, 2.0], [0.0, 2.0, 1.0]],
        ),
        "one example": ([[5.0, 2.0, -1.0, 3.0]], [[0.0, -4.0, 1.0, 2.0]]),
        "scores of 1000": ([[1000.0, -1000.0], [1000.0, 1000.0]], [[1.0, 2.0], [3.0, -1.0]]),
        "one example far above the other": (
            [[1000.0, 999.0], [1.0, 2.0]],
            [[1.0, 2.0], [2.0, -1.0]],
        ),
    },
    mistakes=(
        Mistake(
            wrong=softmax_vjp_elementwise,
            exposed_by="three examples of four classes",
            why=(
                "You use the slope of a sigmoid, p(1 - p), the diagonal of the Jacobian alone, "
                "but each score moves the probabilities of all classes."
            ),
            fix="Add the entries off the diagonal, -p_i p_j.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=softmax_vjp_without_expected,
            exposed_by="three examples of four classes",
            why=(
                "You use only the first part of the Jacobian, diag(p), and leave out the outer "
                "product."
            ),
            fix=(
                "From each dprobs subtract the mean of its row, weighted with the probabilities, "
                "and then multiply by them."
            ),
            chapter="06_gradient",
        ),
        Mistake(
            wrong=softmax_vjp_without_probs,
            exposed_by="three examples of four classes",
            why=(
                "You subtract the expected dprobs, but the factor p in front of the difference is "
                "missing."
            ),
            fix="Multiply the difference by the probabilities, entry by entry.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=softmax_vjp_of_the_plain_sum,
            exposed_by="three examples of four classes",
            why="You subtract the plain sum of each row of dprobs.",
            fix="Weigh dprobs with the probabilities before you sum.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=softmax_vjp_over_the_batch,
            exposed_by="three examples of four classes",
            why=(
                "You subtract one number, summed over all examples, and an example has nothing to "
                "do with the scores of another."
            ),
            fix="Sum along axis 1, and keep the axis, so that each row gets a number of its own.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=softmax_vjp_along_columns,
            exposed_by="three examples of four classes",
            why="You sum over the examples, down each column.",
            fix="Sum over the classes, along axis 1, and keep the axis.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=softmax_vjp_averaged,
            exposed_by="three examples of four classes",
            why="You divide by the number of examples, but the 1/m of a mean is in dprobs already.",
            fix="Leave it out: going back through softmax adds no factor of its own.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=softmax_vjp_of_the_loss,
            exposed_by="three examples of four classes",
            why=(
                "You take dprobs for the target of a cross-entropy; here it is the gradient of "
                "any function of the probabilities."
            ),
            fix="Multiply each row of dprobs by the Jacobian of softmax.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=softmax_vjp_without_shift,
            exposed_by="scores of 1000",
            why=(
                "The exponential of 1000 overflows to infinity, and infinity over infinity is not "
                "a number."
            ),
            fix="Subtract the largest score of each row before the exponential.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=softmax_vjp_in_place,
            exposed_by="three examples of four classes",
            why=(
                "With -= you write into the array that was handed to you, and the caller's dprobs "
                "are gone."
            ),
            fix="Compute a new array: dprobs - expected.",
            chapter="06_gradient",
        ),
    ),
)

QUESTIONS = (TEMPERATURE_GRADIENT, SMOOTHED_GRADIENT, SOFTMAX_VJP)
