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
            why="The exponential of 1000 is infinite, and infinity over infinity is no number.",
            fix="Subtract the largest score of each column before the exponential.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=column_softmax_shifted_once,
            exposed_by="one example far above the other",
            why="You shift all columns by one number, so that a column far below it becomes "
            "exp(-999) = 0, and 0 over 0 is not a number.",
            fix="Subtract from each column its own maximum.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=column_softmax_multiplied,
            exposed_by="temperature 2",
            why="At temperature 2 your probabilities get further apart: you multiply by the "
            "temperature.",
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
            why="You divide the scores by the temperature, but not their maximum: at a low "
            "temperature what is left is still too large for exp.",
            fix="Subtract first, then divide the difference.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=column_softmax_in_place,
            exposed_by="three examples of four classes",
            why="With -= you write into the array that was handed to you, and the caller's "
            "scores are gone.",
            fix="Compute a new array: shifted = logits - logits.max(axis=0).",
            chapter="01_softmax",
        ),
    ),
)

# Some classes are forbidden


def softmax_where_multiplied_after(logits: Array, allowed: Array) -> Array:
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True) * allowed


def softmax_where_renormalised_after(logits: Array, allowed: Array) -> Array:
    t = np.exp(logits - logits.max(axis=1, keepdims=True)) * allowed
    return t / np.where(allowed.any(axis=1, keepdims=True), t.sum(axis=1, keepdims=True), 1)


def softmax_where_score_zero(logits: Array, allowed: Array) -> Array:
    z = np.where(allowed, logits, 0)
    t = np.exp(z - z.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True)


def softmax_where_scores_multiplied(logits: Array, allowed: Array) -> Array:
    z = logits * allowed
    t = np.exp(z - z.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True)


def softmax_where_inverted(logits: Array, allowed: Array) -> Array:
    z = np.where(allowed, -np.inf, logits)
    t = np.exp(z - np.maximum(z.max(axis=1, keepdims=True), -1e9))
    return t / np.maximum(t.sum(axis=1, keepdims=True), 1)


def softmax_where_empty_row_nan(logits: Array, allowed: Array) -> Array:
    z = np.where(allowed, logits, -np.inf)
    t = np.exp(z - z.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True)


def softmax_where_empty_row_uniform(logits: Array, allowed: Array) -> Array:
    z = np.where(allowed, logits, -1e9)
    t = np.exp(z - z.max(axis=1, keepdims=True))
    return t / t.sum(axis=1, keepdims=True)


def softmax_where_without_shift(logits: Array, allowed: Array) -> Array:
    t = np.where(allowed, np.exp(logits), 0)
    return t / np.where(allowed.any(axis=1, keepdims=True), t.sum(axis=1, keepdims=True), 1)


def softmax_where_along_columns(logits: Array, allowed: Array) -> Array:
    z = np.where(allowed, logits, -np.inf)
    t = np.exp(z - np.maximum(z.max(axis=0), -1e9))
    return t / np.maximum(t.sum(axis=0), 1)


def softmax_where_in_place(logits: Array, allowed: Array) -> Array:
    logits[~allowed] = -np.inf
    t = np.exp(logits - np.maximum(logits.max(axis=1, keepdims=True), -1e9))
    return t / np.maximum(t.sum(axis=1, keepdims=True), 1)


SOFTMAX_WHERE = Question(
    name="softmax_where",
    takes="logits (m, C), allowed (m, C) -> probs (m, C)",
    probes={
        "two examples of four classes": (
            [[5.0, 2.0, -1.0, 3.0], [0.0, 1.0, 2.0, 3.0]],
            [[True, True, False, True], [False, True, True, False]],
        ),
        "nothing is forbidden": ([[5.0, 2.0, -1.0], [1.0, 1.0, 1.0]], [[True] * 3] * 2),
        "as many examples as classes": (
            [[5.0, 2.0, -1.0], [2.0, 0.0, 3.0], [1.0, 3.0, 1.0]],
            [[True, True, False], [True, False, True], [True, True, True]],
        ),
        "one example, one allowed class": ([[5.0, 2.0, -1.0]], [[False, False, True]]),
        "a row in which nothing is allowed": (
            [[5.0, 2.0, -1.0], [2.0, 0.0, 3.0]],
            [[False, False, False], [True, False, True]],
        ),
        "a forbidden score of 1000": ([[1000.0, 1.0, 2.0]], [[False, True, True]]),
        "allowed scores of 1000 and -1000": (
            [[1000.0, 999.0, -1000.0], [-1000.0, -1001.0, -999.0]],
            [[True, True, False], [True, True, True]],
        ),
        "nan and inf in forbidden places": (
            [[np.nan, 1.0, 2.0], [np.inf, 0.0, -np.inf]],
            [[False, True, True], [False, True, False]],
        ),
    },
    mistakes=(
        Mistake(
            wrong=softmax_where_multiplied_after,
            exposed_by="two examples of four classes",
            why="You remove the forbidden classes after softmax, so the probability that they had "
            "is missing: your rows sum to less than 1.",
            fix="Give the forbidden classes the score -inf before softmax.",
            chapter="01_softmax",
        ),
        Mistake(
            wrong=softmax_where_renormalised_after,
            exposed_by="a forbidden score of 1000",
            why="You subtract the largest of all scores. If a forbidden one is far above the rest, "
            "every allowed class becomes exp(-999) = 0, and 0 over 0 is not a number.",
            fix="Take the maximum over the allowed scores only.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=softmax_where_score_zero,
            exposed_by="two examples of four classes",
            why="You give forbidden classes the score 0, and a class with the score 0 takes part: "
            "exp(0) is 1.",
            fix="Give them the score -inf, because exp(-inf) is 0.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=softmax_where_scores_multiplied,
            exposed_by="two examples of four classes",
            why="You multiply the scores by `allowed`. That makes a forbidden score 0, and exp(0) "
            "is 1; and nan times 0 stays nan.",
            fix="Choose with np.where, and give forbidden classes the score -inf.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=softmax_where_inverted,
            exposed_by="two examples of four classes",
            why="You give the probability to the forbidden classes: True means allowed.",
            fix="Swap the two cases.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=softmax_where_empty_row_nan,
            exposed_by="a row in which nothing is allowed",
            why="Where nothing is allowed, your maximum is -inf, and -inf minus -inf is not a "
            "number.",
            fix="Use a finite number instead of the maximum there, and do not divide by 0.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=softmax_where_empty_row_uniform,
            exposed_by="a row in which nothing is allowed",
            why="You give forbidden classes a very low score, but a finite one. Where all classes "
            "have it, it is the largest, and they share the 1.",
            fix="Use -inf, or set the forbidden classes to 0 once more at the end.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=softmax_where_without_shift,
            exposed_by="allowed scores of 1000 and -1000",
            why="The exponential of 1000 is infinite, and infinity over infinity is no number.",
            fix="Subtract the largest allowed score of each row before the exponential.",
            chapter="04_numerics",
        ),
        Mistake(
            wrong=softmax_where_along_columns,
            exposed_by="two examples of four classes",
            why="Your columns sum to 1, but here each row is an example, and should.",
            fix="Take the maximum and the sum along axis 1, with keepdims=True.",
            chapter="01_softmax",
        ),
        Mistake(
            wrong=softmax_where_in_place,
            exposed_by="two examples of four classes",
            why="You write -inf into the array that was handed to you, and the caller's scores "
            "are gone.",
            fix="Make a new array: np.where(allowed, logits, -np.inf).",
            chapter="04_numerics",
        ),
    ),
)

# Ties share


def shared_hardmax_first(logits: Array) -> Array:
    return np.eye(logits.shape[1])[logits.argmax(axis=1)]


def shared_hardmax_not_shared(logits: Array) -> Array:
    return (logits == logits.max(axis=1, keepdims=True)).astype(float)


def shared_hardmax_over_the_matrix(logits: Array) -> Array:
    winners = logits == logits.max()
    return winners / winners.sum()


def shared_hardmax_counted_once(logits: Array) -> Array:
    winners = logits == logits.max(axis=1, keepdims=True)
    return winners / winners.sum()


def shared_hardmax_along_columns(logits: Array) -> Array:
    winners = logits == logits.max(axis=0)
    return winners / winners.sum(axis=0)


def shared_hardmax_class_numbers(logits: Array) -> Array:
    return logits.argmax(axis=1)


def shared_hardmax_nearly_equal(logits: Array) -> Array:
    winners = np.isclose(logits, logits.max(axis=1, keepdims=True))
    return winners / winners.sum(axis=1, keepdims=True)


def shared_hardmax_cold(logits: Array) -> Array:
    t = np.exp((logits - logits.max(axis=1, keepdims=True)) / 0.01)
    return t / t.sum(axis=1, keepdims=True)


def shared_hardmax_keeps_scores(logits: Array) -> Array:
    winners = logits == logits.max(axis=1, keepdims=True)
    return winners * logits / winners.sum(axis=1, keepdims=True)


SHARED_HARDMAX = Question(
    name="shared_hardmax",
    takes="logits (m, C) -> probs (m, C)",
    probes={
        "no ties": ([[5.0, 2.0, -1.0, 3.0], [0.0, 1.0, 2.0, -3.0]],),
        "two largest scores": ([[2.0, 2.0, -1.0, 3.0, 3.0]],),
        "a different number of ties in each row": (
            [[4.0, 7.0, 7.0, 1.0], [2.0, 2.0, 2.0, 2.0], [0.0, 6.0, 0.0, 0.0]],
        ),
        "as many examples as classes": ([[5.0, 5.0, -1.0], [2.0, 0.0, 3.0], [1.0, 1.0, 1.0]],),
        "one class": ([[5.0], [-2.0]],),
        "scores below zero": ([[-3.0, -2.0, -2.0], [-1.0, -4.0, -1.0]],),
        "scores of 1000 and -1000": ([[1000.0, -1000.0, 1000.0], [-1000.0, -1000.0, -1001.0]],),
        "nearly a tie": ([[1000.0, 999.999, 0.0]],),
    },
    mistakes=(
        Mistake(
            wrong=shared_hardmax_first,
            exposed_by="two largest scores",
            why="You give all to the first of the largest scores, because argmax names only one.",
            fix="Mark every score that equals the maximum of its row, then share the 1.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=shared_hardmax_not_shared,
            exposed_by="two largest scores",
            why="Each of the tied scores gets a whole 1, so the row sums to their number.",
            fix="Divide each row by the number of its winners.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=shared_hardmax_over_the_matrix,
            exposed_by="no ties",
            why="You look for the largest score of the whole batch, so most rows have no winner.",
            fix="Take the maximum and the number of winners along axis 1, with keepdims=True.",
            chapter="01_softmax",
        ),
        Mistake(
            wrong=shared_hardmax_counted_once,
            exposed_by="a different number of ties in each row",
            why="You divide by the number of winners in the whole batch.",
            fix="Count them in each row: sum along axis 1, with keepdims=True.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=shared_hardmax_along_columns,
            exposed_by="no ties",
            why="Your columns sum to 1, but here each row is an example, and should.",
            fix="Take the maximum and the sum along axis 1, with keepdims=True.",
            chapter="01_softmax",
        ),
        Mistake(
            wrong=shared_hardmax_class_numbers,
            exposed_by="no ties",
            why="You return the number of the winning class, where a distribution is wanted.",
            fix="Return an array of the shape of the scores, with the shares of the winners.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=shared_hardmax_nearly_equal,
            exposed_by="nearly a tie",
            why="For isclose 999.999 equals 1000, so a score that is not the largest gets a share.",
            fix="Compare with ==: the maximum is an exact copy of one of the scores.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=shared_hardmax_cold,
            exposed_by="nearly a tie",
            why="Softmax at a low temperature comes close to hardmax, but two scores that differ "
            "by less than the temperature still share.",
            fix="Take the limit itself: compare each score with the maximum of its row.",
            chapter="02_hardmax_and_temperature",
        ),
        Mistake(
            wrong=shared_hardmax_keeps_scores,
            exposed_by="no ties",
            why="You keep the largest scores themselves, where each row should sum to 1.",
            fix="Replace a winning score by its share, 1 over the number of winners.",
            chapter="02_hardmax_and_temperature",
        ),
    ),
)

QUESTIONS = (COLUMN_SOFTMAX, SOFTMAX_WHERE, SHARED_HARDMAX)
