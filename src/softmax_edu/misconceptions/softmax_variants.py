"""Wrong programs for the relatives of softmax: its logarithm, temperature, masks, the sigmoid."""

import numpy as np

from softmax_edu.activations import log_softmax, sigmoid, softmax
from softmax_edu.misconceptions.misconception import Array, Misconception
from softmax_edu.misconceptions.references import cooled_softmax, masked_softmax

Z = [5.0, 2.0, -1.0, 3.0]


def log_softmax_of_probs(logits: Array) -> Array:
    return np.log(softmax(logits))


LOG_OF_PROBS = Misconception(
    task="log_softmax",
    mistakes=(12,),
    title="The logarithm of a probability that rounded to 0",
    wrong=log_softmax_of_probs,
    right=log_softmax,
    exposed_by=([0.0, 1000.0],),
    hides_on=(Z,),
    shows="not finite",
    symptom="The logits [0, 1000] give minus infinity for the first class; right is -1000.",
    why="The probability exp(-1000) is not 0, but no float is as small, and log(0) is -inf.",
    question="What does it return for [0, 1000]?",
    fix="Do not pass through the probability: logits minus log-sum-exp.",
    chapter="04_numerics",
)


def log_softmax_without_the_max(logits: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


WITHOUT_THE_MAX = Misconception(
    task="log_softmax",
    mistakes=(7,),
    title="The maximum is not added back",
    wrong=log_softmax_without_the_max,
    right=log_softmax,
    exposed_by=(Z,),
    hides_on=([0.0, -1.0, -2.0],),
    shows="wrong value",
    symptom="The largest log-probability is 4.828, above 0; right is -0.172.",
    why="The sum was taken of shifted logits, and is subtracted from logits that are not.",
    question="Is any log-probability above 0?",
    fix="Subtract the logarithm from the shifted logits.",
    chapter="04_numerics",
)


def temperature_multiplied(logits: Array, temperature: float) -> Array:
    return softmax(logits * temperature)


MULTIPLIED = Misconception(
    task="temperature",
    mistakes=(),
    title="The temperature multiplies",
    wrong=temperature_multiplied,
    right=cooled_softmax,
    exposed_by=(Z, 2.0),
    hides_on=(Z, 1.0),
    shows="wrong value",
    symptom="At temperature 2 the top probability rises to 0.980; it should fall to 0.609.",
    why="Multiplying stretches the differences between the logits, dividing shrinks them.",
    question="Does a higher temperature make the probabilities more equal?",
    fix="Divide the logits by the temperature.",
    chapter="02_hardmax_and_temperature",
)


def temperature_after_softmax(logits: Array, temperature: float) -> Array:
    return softmax(logits) / temperature


AFTER_SOFTMAX = Misconception(
    task="temperature",
    mistakes=(),
    title="The temperature divides the probabilities",
    wrong=temperature_after_softmax,
    right=cooled_softmax,
    exposed_by=(Z, 2.0),
    hides_on=(Z, 1.0),
    shows="wrong value",
    symptom="At temperature 2 the probabilities sum to 0.5, not to 1.",
    why="The temperature scales the scores; the division by the sum must come after it.",
    question="What do the probabilities sum to at temperature 2?",
    fix="Divide the logits by the temperature, then apply softmax.",
    chapter="02_hardmax_and_temperature",
)


def masked_by_zero(logits: Array, allowed: Array) -> Array:
    return softmax(logits * allowed)


BY_ZERO = Misconception(
    task="masked_softmax",
    mistakes=(),
    title="A masked logit of 0",
    wrong=masked_by_zero,
    right=masked_softmax,
    exposed_by=(Z, [False, True, True, True]),
    hides_on=(Z, [True, True, True, True]),
    shows="wrong value",
    symptom="The masked class still gets 0.035; right is 0.",
    why="A logit of 0 is a score like any other: its exponential is 1.",
    question="What probability does a masked class get?",
    fix="Set masked logits to minus infinity, whose exponential is 0.",
    chapter="13_scale",
)


def masked_after_softmax(logits: Array, allowed: Array) -> Array:
    return softmax(logits) * allowed


AFTER_MASKING = Misconception(
    task="masked_softmax",
    mistakes=(),
    title="Masking the probabilities",
    wrong=masked_after_softmax,
    right=masked_softmax,
    exposed_by=(Z, [False, True, True, True]),
    hides_on=(Z, [True, True, True, True]),
    shows="wrong value",
    symptom="The probabilities that are left sum to 0.158, not to 1.",
    why="The share of the masked class was taken away and given to nobody.",
    question="What do the probabilities that are left sum to?",
    fix="Mask the logits, with minus infinity, before softmax.",
    chapter="13_scale",
)


def sigmoid_by_growing_exp(scores: Array) -> Array:
    return np.exp(scores) / (1 + np.exp(scores))


BY_GROWING_EXP = Misconception(
    task="sigmoid",
    mistakes=(1,),
    title="A sigmoid that overflows",
    wrong=sigmoid_by_growing_exp,
    right=sigmoid,
    exposed_by=([-1000.0, 1000.0],),
    hides_on=([-1000.0, 0.0, 2.0],),
    shows="not finite",
    symptom="A score of 1000 gives NaN; right is 1.",
    why="exp(1000) overflows, in the numerator and in the denominator.",
    question="What does it return for 1000?",
    fix="Use exp(-|s|), which is at most 1, in both branches.",
    chapter="03_two_classes",
)

ENTRIES = (
    LOG_OF_PROBS,
    WITHOUT_THE_MAX,
    MULTIPLIED,
    AFTER_SOFTMAX,
    BY_ZERO,
    AFTER_MASKING,
    BY_GROWING_EXP,
)
