"""Wrong costs with the gradients that belong to them: a gradient check finds no fault."""

import numpy as np

from softmax_edu.activations import log_softmax, softmax
from softmax_edu.losses import cross_entropy_and_gradient, one_hot
from softmax_edu.misconceptions.misconception import Array, Misconception, Number
from softmax_edu.misconceptions.references import softmax_backward

Z = [5.0, 2.0, -1.0, 3.0]
BATCH, LABELS = [Z, [1.0, 3.0, 1.0, 1.0]], [1, 0]


def pair_in_place(logits: Array, labels: Array) -> tuple[Number, Array]:
    rows = np.arange(len(labels))
    probs = softmax(logits)
    dlogits = probs
    dlogits[rows, labels] -= 1
    cost = -np.log(probs[rows, labels]).mean()
    return cost, dlogits / len(labels)


IN_PLACE = Misconception(
    task="cost_and_gradient",
    mistakes=(10,),
    title="Two names for one array",
    wrong=pair_in_place,
    right=cross_entropy_and_gradient,
    exposed_by=([Z], [1]),
    shows="not finite",
    symptom="The gradient is right, but the cost is NaN; right is 3.172.",
    why="dlogits = probs makes no copy: subtracting 1 changes probs too, before its logarithm.",
    question="Is the cost computed before the probabilities are changed?",
    fix="Make a copy, dlogits = probs.copy(), or compute the cost first.",
    chapter="06_gradient",
)


def pair_with_eps(logits: Array, labels: Array) -> tuple[Number, Array]:
    probs = softmax(logits)
    p = probs[np.arange(len(labels)), labels]
    damping = p / (p + 1e-5)
    errors = probs - one_hot(labels, logits.shape[1])
    return -np.log(p + 1e-5).mean(), damping[:, np.newaxis] * errors / len(labels)


WITH_EPS = Misconception(
    task="cost_and_gradient",
    mistakes=(11,),
    title="log(p + eps) and its own gradient",
    wrong=pair_with_eps,
    right=cross_entropy_and_gradient,
    exposed_by=([[0.0, 30.0]], [0]),
    shows="wrong value",
    symptom="The slope at the true class is 0.0000 instead of -1: what is most wrong is ignored.",
    why="The gradient is multiplied by p / (p + eps), which is 0 where p is.",
    question="How large is the gradient where the model is certain and wrong?",
    fix="Compute the loss from the logits; its gradient is y_hat - y.",
    chapter="05_cross_entropy",
)


def pair_softmax_twice(logits: Array, labels: Array) -> tuple[Number, Array]:
    probs = softmax(logits)
    cost, dprobs = cross_entropy_and_gradient(probs, labels)
    return cost, softmax_backward(probs, dprobs)


SOFTMAX_TWICE = Misconception(
    task="cost_and_gradient",
    mistakes=(13,),
    title="Softmax twice and its own gradient",
    wrong=pair_softmax_twice,
    right=cross_entropy_and_gradient,
    exposed_by=([[0.0, 0.0, 0.0, 0.0]], [0]),
    shows="wrong value",
    symptom="The cost is right for an untrained model, but the slope is -0.1875, not -0.75.",
    why="The outer softmax sees numbers between 0 and 1 only, and the inner one shrinks the slope.",
    question="Can the cost get below log(1 + (C-1)/e)?",
    fix="Pass the logits to the loss, not the probabilities.",
    chapter="07_softmax_regression",
)


def pair_of_all_columns(logits: Array, labels: Array) -> tuple[Number, Array]:
    shares = one_hot(labels, logits.shape[1]).mean(axis=0)
    cost = -log_softmax(logits)[:, labels].mean()
    return cost, (softmax(logits) - shares) / len(labels)


OF_ALL_COLUMNS = Misconception(
    task="cost_and_gradient",
    mistakes=(15,),
    title="Every label for every example, with its own gradient",
    wrong=pair_of_all_columns,
    right=cross_entropy_and_gradient,
    exposed_by=(BATCH, LABELS),
    hides_on=([Z], [1]),
    shows="wrong value",
    symptom="The cost is 1.506; right is 2.756. All rows are pulled to [0.5, 0.5, 0, 0].",
    why="With [:, labels] all examples share the labels of the batch and learn only their shares.",
    question="What shape has the array before the mean?",
    fix="Index with [np.arange(m), labels].",
    chapter="05_cross_entropy",
)


def pair_summed(logits: Array, labels: Array) -> tuple[Number, Array]:
    log_probs = log_softmax(logits)
    cost = -log_probs[np.arange(len(labels)), labels].sum()
    return cost, softmax(logits) - one_hot(labels, logits.shape[1])


SUMMED = Misconception(
    task="cost_and_gradient",
    mistakes=(18,),
    title="1/m missing in the cost and in its gradient",
    wrong=pair_summed,
    right=cross_entropy_and_gradient,
    exposed_by=(BATCH, LABELS),
    hides_on=([Z], [1]),
    shows="wrong value",
    symptom="With 2 examples cost and gradient are both 2 times too large.",
    why="Without 1/m both grow with the batch, and a check of one against the other sees nothing.",
    question="Does the gradient agree with a cost you trust, at two values of m?",
    fix="Take the mean over the examples in both.",
    chapter="06_gradient",
)


def pair_over_entries(logits: Array, labels: Array) -> tuple[Number, Array]:
    targets = one_hot(labels, logits.shape[1])
    cost = -(targets * log_softmax(logits)).mean()
    return cost, (softmax(logits) - targets) / targets.size


OVER_ENTRIES = Misconception(
    task="cost_and_gradient",
    mistakes=(19,),
    title="The mean over all entries, with its own gradient",
    wrong=pair_over_entries,
    right=cross_entropy_and_gradient,
    exposed_by=([Z], [1]),
    shows="wrong value",
    symptom="With 4 classes cost and gradient are both 4 times too small.",
    why="Both are divided by m times C, and a check of one against the other sees nothing.",
    question="Does an untrained model cost log C?",
    fix="Sum over the classes, then take the mean over the examples.",
    chapter="05_cross_entropy",
)


def pair_reversed(logits: Array, labels: Array) -> tuple[Number, Array]:
    log_probs = log_softmax(logits)
    cost = log_probs[np.arange(len(labels)), labels].mean()
    return cost, (one_hot(labels, logits.shape[1]) - softmax(logits)) / len(labels)


REVERSED = Misconception(
    task="cost_and_gradient",
    mistakes=(20,),
    title="Both signs reversed",
    wrong=pair_reversed,
    right=cross_entropy_and_gradient,
    exposed_by=([Z], [1]),
    shows="wrong value",
    symptom="The cost is -3.172; right is 3.172. Descent on it makes every prediction worse.",
    why="The gradient fits its cost, but that cost rewards small probabilities of the truth.",
    question="Is the cost negative?",
    fix="Write the minus sign in front of the logarithm, and y_hat - y.",
    chapter="06_gradient",
)


def pair_squared_error(logits: Array, labels: Array) -> tuple[Number, Array]:
    probs, m = softmax(logits), len(labels)
    errors = probs - one_hot(labels, logits.shape[1])
    cost = (errors**2).sum() / 2 / m
    return cost, softmax_backward(probs, errors / m)


SQUARED_ERROR = Misconception(
    task="cost_and_gradient",
    mistakes=(21,),
    title="Squared error on softmax, with its own gradient",
    wrong=pair_squared_error,
    right=cross_entropy_and_gradient,
    exposed_by=([[0.0, 30.0]], [0]),
    shows="wrong value",
    symptom="A certain and wrong prediction has a slope of 0.0000 instead of -1.",
    why="Without the logarithm nothing cancels the slope of softmax, which is 0 at both ends.",
    question="How large is the gradient where the model is certain and wrong?",
    fix="Use cross-entropy with softmax.",
    chapter="06_gradient",
)

ENTRIES = (
    IN_PLACE,
    WITH_EPS,
    SOFTMAX_TWICE,
    OF_ALL_COLUMNS,
    SUMMED,
    OVER_ENTRIES,
    REVERSED,
    SQUARED_ERROR,
)
