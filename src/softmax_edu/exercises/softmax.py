"""The questions of the first assignment: softmax and its variants."""

import numpy as np

from softmax_edu.exercises.question import Mistake, Question
from softmax_edu.misconceptions.misconception import Array

# A distribution in each column


def column_softmax_along_rows(logits: Array, temperature: float) -> Array:
    t = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return t / t.sum(axis=1, keepdims=True)


def column_softmax_over_the_matrix(logits: Array, temperature: float) -> Array:
    t = np.exp((logits - logits.max()) / temperature)
    return t / t.sum()


def column_softmax_transposed(logits: Array, temperature: float) -> Array:
    t = np.exp((logits - logits.max(axis=0)) / temperature)
    return (t / t.sum(axis=0)).T


def column_softmax_without_shift(logits: Array, temperature: float) -> Array:
    t = np.exp(logits / temperature)
    return t / t.sum(axis=0)


def column_softmax_shifted_once(logits: Array, temperature: float) -> Array:
    t = np.exp((logits - logits.max()) / temperature)
    return t / t.sum(axis=0)


def column_softmax_multiplied(logits: Array, temperature: float) -> Array:
    t = np.exp((logits - logits.max(axis=0)) * temperature)
    return t / t.sum(axis=0)


def column_softmax_without_temperature(logits: Array, temperature: float) -> Array:
    t = np.exp(logits - logits.max(axis=0))
    return t / t.sum(axis=0)


def column_softmax_cooled_after(logits: Array, temperature: float) -> Array:
    t = np.exp(logits - logits.max(axis=0))
    return t / t.sum(axis=0) / temperature


def column_softmax_shift_not_cooled(logits: Array, temperature: float) -> Array:
    t = np.exp(logits / temperature - logits.max(axis=0))
    return t / t.sum(axis=0)


def column_softmax_in_place(logits: Array, temperature: float) -> Array:
    logits -= logits.max(axis=0)
    t = np.exp(logits / temperature)
    return t / t.sum(axis=0)


COLUMN_SOFTMAX = Question(
    name="column_softmax",
    takes="logits (C, m), temperature -> probs (C, m)",
    probes={
        "three examples of four classes": (
            [[5.0, 1.0, 0.0], [2.0, 3.0, 0.0], [-1.0, 1.0, 0.0], [3.0, 1.0, 9.0]],
            1.0,
        ),
        "temperature 2": ([[5.0, 1.0], [2.0, 3.0], [-1.0, 1.0]], 2.0),
        "temperature 0.5": ([[5.0, 1.0], [2.0, 3.0], [-1.0, 1.0]], 0.5),
        "as many examples as classes": ([[5.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]], 1.0),
        "one example": ([[5.0], [2.0], [-1.0], [3.0]], 1.0),
        "scores of 1000": ([[1000.0, -1000.0], [999.0, -999.0]], 1.0),
        "one example far above the other": ([[1000.0, 1.0], [999.0, 2.0]], 1.0),
        "scores of 1000 at temperature 0.25": ([[1000.0, 1.0], [999.0, 2.0]], 0.25),
    },
    mistakes=(
        Mistake(
            wrong=column_softmax_along_rows,
            exposed_by="three examples of four classes",
            why="Your rows sum to 1, but here each column is an example, and should.",
            fix="Take the maximum and the sum along axis 0.",
            chapter="01_softmax",
        ),
        Mistake(
            wrong=column_softmax_over_the_matrix,
            exposed_by="three examples of four classes",
            why="All your numbers together sum to 1: the examples compete with each other.",
            fix="Sum along axis 0, so that each column has a sum of its own.",
            chapter="01_softmax",
        ),
        Mistake(
            wrong=column_softmax_transposed,
            exposed_by="three examples of four classes",
            why="Your numbers are right, but the result lies on its side: its rows sum to 1.",
            fix="Return it in the layout of the input, (C, m).",
            chapter="01_softmax",
        ),
        Mistake(
            wrong=column_softmax_without_shift,
            exposed_by="scores of 1000",
            why="exp(1000) overflows to infinity, and infinity over infinity is not a number.",
            fix="Subtract the largest score of each column before the exponential.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=column_softmax_shifted_once,
            exposed_by="one example far above the other",
            why="You shift all columns by one number, so that a column far below it becomes exp(-999) = 0, and 0 over 0 is not a number.",
            fix="Subtract from each column its own maximum.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=column_softmax_multiplied,
            exposed_by="temperature 2",
            why="At temperature 2 your probabilities get further apart: you multiply by the temperature.",
            fix="Divide the scores by it.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=column_softmax_without_temperature,
            exposed_by="temperature 2",
            why="Your result is the one for temperature 1, whatever the temperature is.",
            fix="Divide the scores by the temperature before the exponential.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=column_softmax_cooled_after,
            exposed_by="temperature 2",
            why="You divide the probabilities by the temperature, so they no longer sum to 1.",
            fix="Divide the scores by it, before the exponential.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=column_softmax_shift_not_cooled,
            exposed_by="scores of 1000 at temperature 0.25",
            why="You divide the scores by the temperature, but not their maximum: at a low temperature what is left is still too large for exp.",
            fix="Subtract first, then divide the difference.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=column_softmax_in_place,
            exposed_by="three examples of four classes",
            why="With -= you write into the array that was handed to you, and the caller's scores are gone.",
            fix="Compute a new array: shifted = logits - logits.max(axis=0).",
            chapter="01_softmax",
        ),
    ),
)

QUESTIONS = (COLUMN_SOFTMAX,)
