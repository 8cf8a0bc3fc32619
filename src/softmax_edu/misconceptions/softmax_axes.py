"""Wrong programs for softmax in which the examples of a batch get mixed up."""

import numpy as np

from softmax_edu.activations import softmax
from softmax_edu.misconceptions.misconception import Array, Misconception

Z = [5.0, 2.0, -1.0, 3.0]
BATCH = [Z, [1.0, 3.0, 1.0, 1.0]]  # (2, 4): not square, and the rows differ
LATIN_SQUARE = [[1.0, 2.0, 3.0], [3.0, 1.0, 2.0], [2.0, 3.0, 1.0]]  # all rows have one sum
SYMMETRIC = [[5.0, 2.0, -1.0], [2.0, 0.0, 3.0], [-1.0, 3.0, 1.0]]


def softmax_over_the_matrix(logits: Array) -> Array:
    t = np.exp(logits - logits.max())
    return t / t.sum()


OVER_THE_MATRIX = Misconception(
    task="softmax",
    mistakes=(2,),
    title="The sum runs over the whole matrix",
    wrong=softmax_over_the_matrix,
    right=softmax,
    exposed_by=(BATCH,),
    hides_on=(Z,),
    shows="wrong value",
    symptom="The rows sum to 0.862 and 0.138; only all entries together sum to 1.",
    why="Without axis, NumPy sums everything, so that the examples compete with each other.",
    question="What does each row sum to when there are two rows?",
    fix="Sum along the classes: axis=-1, keepdims=True.",
    chapter="01_softmax",
)


def softmax_over_examples(logits: Array) -> Array:
    t = np.exp(logits - logits.max(axis=0))
    return t / t.sum(axis=0)


OVER_EXAMPLES = Misconception(
    task="softmax",
    mistakes=(3,),
    title="The sum runs over the examples",
    wrong=softmax_over_examples,
    right=softmax,
    exposed_by=(BATCH,),
    hides_on=(Z,),
    shows="wrong value",
    symptom="The rows sum to 2.251 and 1.749; it is the columns that sum to 1.",
    why="Axis 0 counts the examples. The classes are on the last axis.",
    question="Do the rows sum to 1, or do the columns?",
    fix="Sum along the classes: axis=-1, keepdims=True.",
    chapter="01_softmax",
)


def softmax_over_examples_as_column(logits: Array) -> Array:
    t = np.exp(logits)
    return t / t.sum(axis=0)[:, np.newaxis]


OVER_EXAMPLES_AS_COLUMN = Misconception(
    task="softmax",
    mistakes=(3,),
    title="The sums of the columns divide the rows",
    wrong=softmax_over_examples_as_column,
    right=softmax,
    exposed_by=(BATCH,),
    hides_on=(SYMMETRIC,),
    shows="error",
    symptom="A batch of shape (2, 4) raises a ValueError; a square one gets wrong numbers.",
    why="There is one sum for each class, but as a column they are set against the examples.",
    question="Does it run on a batch that is not square?",
    fix="Sum along the classes: axis=-1, keepdims=True.",
    chapter="01_softmax",
)


def softmax_without_keepdims(logits: Array) -> Array:
    t = np.exp(logits)
    return t / t.sum(axis=-1)


WITHOUT_KEEPDIMS = Misconception(
    task="softmax",
    mistakes=(4,),
    title="keepdims is missing",
    wrong=softmax_without_keepdims,
    right=softmax,
    exposed_by=(BATCH,),
    hides_on=(LATIN_SQUARE,),
    shows="error",
    symptom="A batch of shape (2, 4) raises a ValueError; a square one gets wrong numbers.",
    why="The sums have shape (m,), and NumPy lines that up with the last axis, the classes.",
    question="Does it run on a batch that is not square?",
    fix="Keep the axis: sum(axis=-1, keepdims=True) has shape (m, 1).",
    chapter="01_softmax",
)


def softmax_max_without_keepdims(logits: Array) -> Array:
    t = np.exp(logits - logits.max(axis=-1))
    return t / t.sum(axis=-1, keepdims=True)


MAX_WITHOUT_KEEPDIMS = Misconception(
    task="softmax",
    mistakes=(4,),
    title="keepdims is missing in the shift",
    wrong=softmax_max_without_keepdims,
    right=softmax,
    exposed_by=(SYMMETRIC,),
    hides_on=(LATIN_SQUARE,),
    shows="wrong value",
    symptom="The rows of a square batch sum to 1, but its first entry is 0.721 instead of 0.950.",
    why="Each column is shifted by the maximum of a row, so the shift does not cancel.",
    question="Does each row of a square batch get what it gets alone?",
    fix="Keep the axis in the maximum too: max(axis=-1, keepdims=True).",
    chapter="01_softmax",
)


def softmax_shifted_per_column(logits: Array) -> Array:
    t = np.exp(logits - logits.max(axis=0))
    return t / t.sum(axis=-1, keepdims=True)


SHIFTED_PER_COLUMN = Misconception(
    task="softmax",
    mistakes=(3, 5),
    title="Each column has its own shift",
    wrong=softmax_shifted_per_column,
    right=softmax,
    exposed_by=(BATCH,),
    hides_on=(Z,),
    shows="wrong value",
    symptom="The rows sum to 1, but the first entry is 0.399 instead of 0.842.",
    why="A shift cancels only if all logits of an example are shifted by the same number.",
    question="Does each row of a batch get what it gets alone?",
    fix="Take the maximum along the classes: max(axis=-1, keepdims=True).",
    chapter="01_softmax",
)

ENTRIES = (
    OVER_THE_MATRIX,
    OVER_EXAMPLES,
    OVER_EXAMPLES_AS_COLUMN,
    WITHOUT_KEEPDIMS,
    MAX_WITHOUT_KEEPDIMS,
    SHIFTED_PER_COLUMN,
)
