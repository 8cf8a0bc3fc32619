"""The questions of the fifth assignment: training a classifier."""

from collections.abc import Callable

import numpy as np

from softmax_edu.activations import softmax
from softmax_edu.exercises.question import Mistake, Question
from softmax_edu.losses import cross_entropy_gradient, one_hot
from softmax_edu.misconceptions.misconception import Array

Arrays = tuple[Array, ...]


def _slopes(W: Array, b: Array, X: Array, labels: Array) -> Arrays:
    """Return dW and db of the mean cross-entropy."""
    dlogits = cross_entropy_gradient(X @ W + b, labels)
    return X.T @ dlogits, dlogits.sum(axis=0)


# One step with momentum


def momentum_step_sum(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    vW = momentum * vW - rate * len(X) * dW
    vb = momentum * vb - rate * len(X) * db
    return W + vW, b + vb, vW, vb


def momentum_step_uphill(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    vW = momentum * vW + rate * dW
    vb = momentum * vb + rate * db
    return W + vW, b + vb, vW, vb


def momentum_step_without_memory(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    vW, vb = -rate * dW, -rate * db
    return W + vW, b + vb, vW, vb


def momentum_step_old_velocity(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    return W + vW, b + vb, momentum * vW - rate * dW, momentum * vb - rate * db


def momentum_step_rate_outside(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    vW, vb = momentum * vW - dW, momentum * vb - db
    return W + rate * vW, b + rate * vb, vW, vb


def momentum_step_averaged(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    vW = momentum * vW - (1 - momentum) * rate * dW
    vb = momentum * vb - (1 - momentum) * rate * db
    return W + vW, b + vb, vW, vb


def momentum_step_in_turn(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    vW = momentum * vW - rate * _slopes(W, b, X, labels)[0]
    W = W + vW
    vb = momentum * vb - rate * _slopes(W, b, X, labels)[1]
    return W, b + vb, vW, vb


def momentum_step_biases_averaged(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    vW = momentum * vW - rate * dW
    vb = momentum * vb - rate * db / len(X)
    return W + vW, b + vb, vW, vb


def momentum_step_in_place(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    vW *= momentum
    vW -= rate * dW
    vb *= momentum
    vb -= rate * db
    W += vW
    b += vb
    return W, b, vW, vb


def momentum_step_turned_velocity(
    W: Array, b: Array, vW: Array, vb: Array, X: Array, labels: Array, rate: float, momentum: float
) -> Arrays:
    dW, db = _slopes(W, b, X, labels)
    vW = momentum * vW + rate * dW
    vb = momentum * vb + rate * db
    return W - vW, b - vb, vW, vb


MOMENTUM_STEP = Question(
    name="momentum_step",
    takes=(
        "W (n, C), b (C,), vW (n, C), vb (C,), X (m, n), labels (m,), learning_rate, momentum"
        " -> W, b, vW, vb"
    ),
    probes={
        "four examples of three classes": (
            [[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]],
            [0.0, 1.0, -1.0],
            [[0.5, -0.5, 0.0], [0.0, 1.0, -1.0]],
            [1.0, 0.0, -1.0],
            [[1.0, 2.0], [0.0, 1.0], [-1.0, 0.0], [2.0, 1.0]],
            [0, 2, 1, 0],
            0.5,
            0.9,
        ),
        "a velocity of 0, as in the first step": (
            [[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]],
            [0.0, 1.0, -1.0],
            [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
            [0.0, 0.0, 0.0],
            [[1.0, 2.0], [0.0, 1.0]],
            [0, 2],
            0.5,
            0.9,
        ),
        "momentum 0": (
            [[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]],
            [0.0, 1.0, -1.0],
            [[0.5, -0.5, 0.0], [0.0, 1.0, -1.0]],
            [1.0, 0.0, -1.0],
            [[1.0, 2.0], [0.0, 1.0]],
            [0, 2],
            0.5,
            0.0,
        ),
        "learning rate 0": (
            [[1.0, 0.0], [0.0, 1.0]],
            [0.0, 1.0],
            [[0.5, -0.5], [0.0, 1.0]],
            [1.0, 0.0],
            [[1.0, 2.0]],
            [1],
            0.0,
            0.5,
        ),
        "zero weights, and as many examples as classes": (
            [[0.0, 0.0], [0.0, 0.0]],
            [0.0, 0.0],
            [[1.0, -1.0], [0.5, -0.5]],
            [0.25, -0.25],
            [[2.0, 0.0], [1.0, 3.0]],
            [1, 1],
            0.1,
            0.5,
        ),
        "one example": (
            [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
            [0.0, 0.0, 0.5],
            [[1.0, 0.0, -1.0], [0.0, 0.0, 0.0]],
            [0.0, 0.5, -0.5],
            [[1.0, 2.0]],
            [1],
            1.0,
            0.9,
        ),
        "scores of 1000": (
            [[1.0, -1.0], [0.0, 1.0]],
            [0.0, 0.0],
            [[0.5, -0.5], [0.0, 0.0]],
            [0.5, -0.5],
            [[1000.0, 0.0], [0.0, 1000.0], [-1000.0, 1000.0]],
            [1, 1, 0],
            0.001,
            0.9,
        ),
    },
    mistakes=(
        Mistake(
            wrong=momentum_step_sum,
            exposed_by="four examples of three classes",
            why="Your gradient is the sum over the examples: twice the examples, twice the step.",
            fix="The cost is a mean, so divide by m.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=momentum_step_uphill,
            exposed_by="a velocity of 0, as in the first step",
            why="You add the gradient to the velocity, so the step goes where the cost grows.",
            fix="Subtract learning_rate * gradient.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=momentum_step_without_memory,
            exposed_by="learning rate 0",
            why="Your new velocity knows nothing of the old one: this is plain gradient descent.",
            fix="Start from momentum * v, and subtract learning_rate * gradient from that.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=momentum_step_old_velocity,
            exposed_by="a velocity of 0, as in the first step",
            why="You move by the old velocity, so this gradient does nothing until the next step.",
            fix="Compute the new velocity first, and add the new one to the parameter.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=momentum_step_rate_outside,
            exposed_by="a velocity of 0, as in the first step",
            why=(
                "You multiply the whole velocity by the learning rate, as PyTorch does; "
                "here the rate belongs to the gradient alone."
            ),
            fix="Use v = momentum * v - learning_rate * gradient, then add v as it is.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=momentum_step_averaged,
            exposed_by="a velocity of 0, as in the first step",
            why="You weigh the gradient with 1 - momentum: at momentum 0.9 it counts a tenth.",
            fix="Leave the factor 1 - momentum out.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=momentum_step_in_turn,
            exposed_by="four examples of three classes",
            why="You move W first, and then compute the gradient of b with the W that has moved.",
            fix="Compute both gradients before you change anything.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=momentum_step_biases_averaged,
            exposed_by="four examples of three classes",
            why="You divide the gradient of the biases by m twice.",
            fix="If dlogits includes the 1/m, db is the sum of its rows, and not their mean.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=momentum_step_in_place,
            exposed_by="four examples of three classes",
            why="With += and *= you write into the arrays that were handed to you.",
            fix="Compute new arrays: W = W + vW makes one, W += vW does not.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=momentum_step_turned_velocity,
            exposed_by="a velocity of 0, as in the first step",
            why="Your velocity points uphill, and you subtract it from the parameter.",
            fix="Here it points where the parameter goes: subtract the gradient, then add v.",
            chapter="07_softmax_regression",
        ),
    ),
)


# Gradient descent with a penalty


def _descend(
    X: Array,
    labels: Array,
    num_classes: int,
    num_steps: int,
    moved: Callable[[Array, Array, Array, Array], Arrays],
) -> Arrays:
    """Start at 0, and let `moved` make the next W and b of W, b, dW and db."""
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        W, b = moved(W, b, *_slopes(W, b, X, labels))
    return W, b


def train_with_decay_biases_too(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * (dW + l2 * W), b - rate * (db + l2 * b)

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_doubled(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * (dW + 2 * l2 * W), b - rate * db

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_halved(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * (dW + l2 / 2 * W), b - rate * db

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_over_m(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * (dW + l2 / len(X) * W), b - rate * db

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_of_one_number(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * (dW + l2 / 2 * (W**2).sum()), b - rate * db

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_left_out(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * dW, b - rate * db

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_without_rate(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * dW - l2 * W, b - rate * db

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_growing(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * dW + rate * l2 * W, b - rate * db

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_sum(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    def moved(W: Array, b: Array, dW: Array, db: Array) -> Arrays:
        return W - rate * (len(X) * dW + l2 * W), b - rate * len(X) * db

    return _descend(X, labels, num_classes, num_steps, moved)


def train_with_decay_one_gradient(
    X: Array, labels: Array, num_classes: int, rate: float, l2: float, num_steps: int
) -> Arrays:
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    dW, db = _slopes(W, b, X, labels)
    for _ in range(num_steps):
        W = W - rate * (dW + l2 * W)
        b = b - rate * db
    return W, b


TRAIN_WITH_DECAY = Question(
    name="train_with_decay",
    takes="X (m, n), labels (m,), num_classes, learning_rate, l2, num_steps -> W (n, C), b (C,)",
    probes={
        "one step": ([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]], [0, 2, 0], 3, 0.5, 0.5, 1),
        "two steps": ([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]], [0, 2, 0], 3, 0.5, 0.5, 2),
        "three steps on four examples": (
            [[1.0, 2.0], [0.0, 1.0], [-1.0, 0.0], [2.0, 1.0]],
            [0, 2, 1, 0],
            3,
            1.0,
            0.2,
            3,
        ),
        "no penalty": ([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]], [0, 2, 0], 3, 0.5, 0.0, 3),
        "no step at all": ([[1.0, 2.0], [0.0, 1.0]], [0, 2], 3, 0.5, 0.1, 0),
        "as many examples as classes": ([[1.0, 2.0], [0.0, 1.0]], [1, 1], 2, 0.5, 0.25, 3),
        "one example, of the second of three classes": ([[1.0, 2.0]], [1], 3, 1.0, 0.25, 3),
        "features of 3000": ([[3000.0], [-3000.0], [3000.0]], [0, 1, 0], 2, 0.001, 0.5, 3),
        "a penalty much heavier than the loss": ([[1.0], [2.0]], [1, 0], 2, 0.5, 5.0, 3),
    },
    mistakes=(
        Mistake(
            wrong=train_with_decay_biases_too,
            exposed_by="two steps",
            why="You let the penalty pull on the biases as well.",
            fix="It counts the entries of W alone: the gradient of b has no term with l2.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_doubled,
            exposed_by="two steps",
            why="Your penalty pulls twice as hard: you overlooked the 1/2 in front of it.",
            fix="The derivative of l2/2 * w**2 is l2 * w.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_halved,
            exposed_by="two steps",
            why="Your penalty pulls half as hard: you kept the 1/2, which the derivative cancels.",
            fix="The derivative of l2/2 * w**2 is l2 * w.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_over_m,
            exposed_by="two steps",
            why="You divide the penalty by m, but only the losses are averaged.",
            fix="Add l2 * W outside of the mean.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_of_one_number,
            exposed_by="two steps",
            why="You add the penalty itself, one number, to every entry of dW.",
            fix="Add its derivative, which is another number for each weight: l2 * W.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_left_out,
            exposed_by="two steps",
            why="Your weights are those without a penalty, whatever l2 is.",
            fix="Add its gradient, l2 * W, to dW in every step.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_without_rate,
            exposed_by="two steps",
            why="You subtract l2 * W as it is, without the learning rate.",
            fix="The penalty is a part of the cost: multiply its gradient by the rate as well.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_growing,
            exposed_by="two steps",
            why="Your penalty pushes the weights away from 0.",
            fix="Add l2 * W to dW; the step then subtracts both.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_sum,
            exposed_by="one step",
            why="Your gradient is the sum over the examples: each step is m times too long.",
            fix="The cost is a mean, so divide by m.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=train_with_decay_one_gradient,
            exposed_by="two steps",
            why="You compute the probabilities once, for W = 0, and every step follows those.",
            fix="Compute scores, probabilities and gradients anew inside the loop.",
            chapter="07_softmax_regression",
        ),
    ),
)


# What is taken for what


def confusion_transposed(logits: Array, labels: Array) -> Array:
    counts = np.zeros((logits.shape[1], logits.shape[1]), dtype=int)
    np.add.at(counts, (logits.argmax(axis=1), labels), 1)
    return counts


def confusion_pairs_once(logits: Array, labels: Array) -> Array:
    counts = np.zeros((logits.shape[1], logits.shape[1]), dtype=int)
    counts[labels, logits.argmax(axis=1)] += 1
    return counts


def confusion_classes_from_labels(logits: Array, labels: Array) -> Array:
    num_classes = labels.max() + 1
    counts = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(counts, (labels, logits.argmax(axis=1)), 1)
    return counts


def confusion_size_from_batch(logits: Array, labels: Array) -> Array:
    counts = np.zeros((len(logits), len(logits)), dtype=int)
    np.add.at(counts, (labels, logits.argmax(axis=1)), 1)
    return counts


def confusion_shares(logits: Array, labels: Array) -> Array:
    counts = np.zeros((logits.shape[1], logits.shape[1]))
    np.add.at(counts, (labels, logits.argmax(axis=1)), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def confusion_along_columns(logits: Array, labels: Array) -> Array:
    counts = np.zeros((logits.shape[1], logits.shape[1]), dtype=int)
    np.add.at(counts, (labels, logits.argmax(axis=0)), 1)
    return counts


def confusion_last_of_equals(logits: Array, labels: Array) -> Array:
    counts = np.zeros((logits.shape[1], logits.shape[1]), dtype=int)
    np.add.at(counts, (labels, logits.argsort(axis=1, kind="stable")[:, -1]), 1)
    return counts


def confusion_of_probabilities(logits: Array, labels: Array) -> Array:
    return one_hot(labels, logits.shape[1]).T @ softmax(logits)


def confusion_errors_only(logits: Array, labels: Array) -> Array:
    counts = np.zeros((logits.shape[1], logits.shape[1]), dtype=int)
    np.add.at(counts, (labels, logits.argmax(axis=1)), 1)
    np.fill_diagonal(counts, 0)
    return counts


CONFUSION = Question(
    name="confusion",
    takes="logits (m, C), labels (m,) -> counts (C, C)",
    probes={
        "six examples of three classes": (
            [
                [2.0, 1.0, 0.0],
                [3.0, 0.0, 1.0],
                [0.0, 4.0, 1.0],
                [1.0, 0.0, 2.0],
                [0.0, 1.0, 5.0],
                [1.0, 0.0, 3.0],
            ],
            [0, 0, 0, 1, 1, 2],
        ),
        "as many examples as classes": (
            [[0.0, 1.0, 2.0], [3.0, 0.0, 1.0], [0.0, 2.0, 5.0]],
            [1, 0, 2],
        ),
        "one example": ([[0.0, 3.0, 1.0]], [0]),
        "no example of the last class": (
            [[0.0, 2.0, 1.0], [1.0, 0.0, 0.5], [2.0, 3.0, 0.0], [4.0, 1.0, 2.0]],
            [0, 1, 1, 0],
        ),
        "two equal largest scores": ([[1.0, 5.0, 5.0], [2.0, 0.0, 2.0]], [1, 2]),
        "negative scores": ([[-3.0, -1.0], [-2.0, -5.0], [-4.0, -7.0]], [0, 0, 1]),
        "scores of 1000": ([[1000.0, -1000.0], [-1000.0, -999.0], [1000.0, 999.0]], [0, 1, 1]),
    },
    mistakes=(
        Mistake(
            wrong=confusion_transposed,
            exposed_by="six examples of three classes",
            why="Your rows are the predicted classes and your columns the true ones.",
            fix="Count at [true class, predicted class].",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=confusion_pairs_once,
            exposed_by="six examples of three classes",
            why=(
                "With counts[labels, predicted] += 1 each place gets 1 once, "
                "however often it is named."
            ),
            fix="Use np.add.at(counts, (labels, predicted), 1), or a loop over the examples.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=confusion_classes_from_labels,
            exposed_by="no example of the last class",
            why="You count the classes in the labels, but a class may be missing there.",
            fix="There are as many classes as scores in a row: logits.shape[1].",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=confusion_size_from_batch,
            exposed_by="six examples of three classes",
            why="Your table has a row for each example.",
            fix="It has one for each class: C is logits.shape[1], where len(logits) is m.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=confusion_shares,
            exposed_by="six examples of three classes",
            why=(
                "You divide each row by its sum; what is left are shares, "
                "and nan for a class without examples."
            ),
            fix="Return the counts.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=confusion_along_columns,
            exposed_by="six examples of three classes",
            why="You look for the example with the largest score, in each class.",
            fix="Look for the class, in each example: take argmax along axis 1.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=confusion_last_of_equals,
            exposed_by="two equal largest scores",
            why="Where two scores are the largest, you predict the last of them.",
            fix="The first is asked for, and argmax takes the first.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=confusion_of_probabilities,
            exposed_by="six examples of three classes",
            why="You add up probabilities.",
            fix="An example counts once, in the column of its largest score.",
            chapter="07_softmax_regression",
        ),
        Mistake(
            wrong=confusion_errors_only,
            exposed_by="six examples of three classes",
            why="You leave the right answers out.",
            fix="They belong on the diagonal.",
            chapter="07_softmax_regression",
        ),
    ),
)

QUESTIONS = (MOMENTUM_STEP, TRAIN_WITH_DECAY, CONFUSION)
