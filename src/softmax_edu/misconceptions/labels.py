"""Wrong programs for the labels: how they are written, softened and shuffled."""

import numpy as np

from softmax_edu.losses import one_hot
from softmax_edu.misconceptions.misconception import Array, Misconception
from softmax_edu.misconceptions.references import shuffled_together, smooth_targets


def one_hot_by_largest(labels: Array, num_classes: int) -> Array:
    targets = np.zeros((len(labels), labels.max() + 1))
    targets[np.arange(len(labels)), labels] = 1
    return targets


BY_LARGEST = Misconception(
    task="one_hot",
    mistakes=(23,),
    title="The largest label decides how many classes there are",
    wrong=one_hot_by_largest,
    right=one_hot,
    exposed_by=([1, 0, 2], 4),
    hides_on=([1, 0, 3], 4),
    shows="wrong value",
    symptom="A batch without class 3 gets 3 columns instead of 4.",
    why="The number of classes belongs to the task; a batch need not contain them all.",
    question="Does a batch without the last class get as many columns?",
    fix="Pass the number of classes.",
    chapter="05_cross_entropy",
)


def one_hot_counted_from_1(labels: Array, num_classes: int) -> Array:
    return np.eye(num_classes)[labels - 1]


COUNTED_FROM_1 = Misconception(
    task="one_hot",
    mistakes=(23,),
    title="Labels counted from 1",
    wrong=one_hot_counted_from_1,
    right=one_hot,
    exposed_by=([0, 1, 2], 3),
    shows="wrong value",
    symptom="Class 0 becomes the last class, and every other class the one before it.",
    why="0 - 1 is -1, which Python takes as the last row, without a word.",
    question="What are the smallest and the largest label?",
    fix="Count from 0 in code, and let the conversion reject everything else.",
    chapter="05_cross_entropy",
)


def one_hot_of_minus_1(labels: Array, num_classes: int) -> Array:
    return np.eye(num_classes)[labels]


OF_MINUS_1 = Misconception(
    task="one_hot",
    mistakes=(23,),
    title="A label of -1 means the last class",
    wrong=one_hot_of_minus_1,
    right=one_hot,
    exposed_by=([0, -1], 3),
    hides_on=([0, 2], 3),
    shows="no error",
    symptom="The label -1 becomes class 2 without a word; right is an error.",
    why="Many data sets write -1 for unknown, and Python counts negative indices from the end.",
    question="What happens to a label of -1?",
    fix="Leave out the examples without a label; let the conversion reject negative labels.",
    chapter="05_cross_entropy",
)


def one_hot_of_those_seen(labels: Array, num_classes: int) -> Array:
    _, numbers = np.unique(labels, return_inverse=True)
    return np.eye(num_classes)[numbers]


OF_THOSE_SEEN = Misconception(
    task="one_hot",
    mistakes=(23,),
    title="Only the classes of this batch are numbered",
    wrong=one_hot_of_those_seen,
    right=one_hot,
    exposed_by=([3, 1, 3], 4),
    hides_on=([2, 0, 1, 3], 4),
    shows="wrong value",
    symptom="In a batch without class 0 and class 2, class 3 is numbered 1.",
    why="The numbers are given anew in every batch, so the same class has several.",
    question="Does a label get the same column in every batch?",
    fix="Fix the list of classes once, for training and for use.",
    chapter="05_cross_entropy",
)


def smooth_targets_without_sharing(targets: Array, epsilon: float) -> Array:
    return (1 - epsilon) * targets + epsilon


WITHOUT_SHARING = Misconception(
    task="smooth_targets",
    mistakes=(22,),
    title="Every class gets the whole of epsilon",
    wrong=smooth_targets_without_sharing,
    right=smooth_targets,
    exposed_by=([[0.0, 1.0, 0.0, 0.0]], 0.1),
    hides_on=([[0.0, 1.0, 0.0, 0.0]], 0.0),
    shows="wrong value",
    symptom="With 4 classes and epsilon 0.1 the target sums to 1.3, not to 1.",
    why="The share epsilon must be divided among the classes.",
    question="Does each row of the targets sum to 1?",
    fix="Add epsilon / C to each class.",
    chapter="05_cross_entropy",
)


def shuffled_apart(X: Array, labels: Array, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.permutation(X), rng.permutation(labels)


APART = Misconception(
    task="shuffle",
    mistakes=(),
    title="Examples and labels are shuffled apart",
    wrong=shuffled_apart,
    right=shuffled_together,
    exposed_by=([[0.0], [1.0], [2.0], [3.0]], [0, 1, 2, 3], 0),
    hides_on=([[0.0]], [0], 0),
    shows="wrong value",
    symptom="Each example belonged to its own label; now only 1 of 4 still does.",
    why="Two random orders, one for the pictures and one for the labels, tear them apart.",
    question="Does a picture still have its own label after the shuffle?",
    fix="Draw one order, and use it for both.",
    chapter="07_softmax_regression",
)

ENTRIES = (
    BY_LARGEST,
    COUNTED_FROM_1,
    OF_MINUS_1,
    OF_THOSE_SEEN,
    WITHOUT_SHARING,
    APART,
)
