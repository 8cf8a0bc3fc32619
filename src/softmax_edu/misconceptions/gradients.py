"""Wrong programs for the gradient of the cost, the Jacobian of softmax, and a training step."""

import numpy as np

from softmax_edu.activations import softmax, softmax_jacobian
from softmax_edu.losses import cross_entropy_gradient, one_hot
from softmax_edu.misconceptions.misconception import Array, Misconception
from softmax_edu.misconceptions.references import (
    softmax_backward,
    target_gradient,
    training_step,
)

Z = [5.0, 2.0, -1.0, 3.0]
BATCH, LABELS = [Z, [1.0, 3.0, 1.0, 1.0]], [1, 0]


def gradient_of_true_class_only(logits: Array, labels: Array) -> Array:
    probs, targets = softmax(logits), one_hot(labels, logits.shape[1])
    dprobs = -targets / probs / len(labels)
    return dprobs * probs * (1 - probs)


OF_TRUE_CLASS_ONLY = Misconception(
    task="gradient",
    mistakes=(16, 17),
    title="Only the true class gets a gradient",
    wrong=gradient_of_true_class_only,
    right=cross_entropy_gradient,
    exposed_by=([Z], [1]),
    shows="wrong value",
    symptom="The gradient is [0, -0.958, 0, 0]; right is [0.842, -0.958, 0.002, 0.114].",
    why="The slope s(1 - s) is that of a sigmoid; in softmax each logit moves all probabilities.",
    question="Does each row of the gradient sum to 0?",
    fix="Use the whole Jacobian, or y_hat - y, in which it has been multiplied out.",
    chapter="06_gradient",
)


def gradient_without_m(logits: Array, labels: Array) -> Array:
    return softmax(logits) - one_hot(labels, logits.shape[1])


WITHOUT_M = Misconception(
    task="gradient",
    mistakes=(18,),
    title="1/m is missing",
    wrong=gradient_without_m,
    right=cross_entropy_gradient,
    exposed_by=(BATCH, LABELS),
    hides_on=([Z], [1]),
    shows="wrong value",
    symptom="With 2 examples every entry is 2 times too large.",
    why="The cost is a mean, so its gradient has the same 1/m.",
    question="Does the gradient check pass at two values of m?",
    fix="Divide by the number of examples, once.",
    chapter="06_gradient",
)


def gradient_with_m_twice(logits: Array, labels: Array) -> Array:
    m = len(labels)
    dlogits = (softmax(logits) - one_hot(labels, logits.shape[1])) / m
    return dlogits / m


WITH_M_TWICE = Misconception(
    task="gradient",
    mistakes=(18,),
    title="1/m is applied twice",
    wrong=gradient_with_m_twice,
    right=cross_entropy_gradient,
    exposed_by=(BATCH, LABELS),
    hides_on=([Z], [1]),
    shows="wrong value",
    symptom="With 2 examples every entry is 2 times too small.",
    why="The 1/m stands in the gradient by the logits; the weights must not divide again.",
    question="Does the gradient check pass at two values of m?",
    fix="Divide by the number of examples, once.",
    chapter="06_gradient",
)


def gradient_over_entries(logits: Array, labels: Array) -> Array:
    errors = softmax(logits) - one_hot(labels, logits.shape[1])
    return errors / errors.size


GRADIENT_OVER_ENTRIES = Misconception(
    task="gradient",
    mistakes=(19,),
    title="The gradient is divided by all entries",
    wrong=gradient_over_entries,
    right=cross_entropy_gradient,
    exposed_by=([Z], [1]),
    shows="wrong value",
    symptom="With 4 classes every entry is 4 times too small, also for one example.",
    why="The mean runs over the m examples; the classes of one example are summed.",
    question="Does the gradient check pass for one example?",
    fix="Divide by the number of rows, len(labels), not by the size of the matrix.",
    chapter="06_gradient",
)


def gradient_reversed(logits: Array, labels: Array) -> Array:
    return (one_hot(labels, logits.shape[1]) - softmax(logits)) / len(labels)


REVERSED = Misconception(
    task="gradient",
    mistakes=(20,),
    title="The sign: y minus y_hat",
    wrong=gradient_reversed,
    right=cross_entropy_gradient,
    exposed_by=([Z], [1]),
    shows="wrong value",
    symptom="The true class has a slope of +0.958; right is -0.958.",
    why="Raising the logit of the truth lowers the loss, so its slope is negative.",
    question="Is the gradient negative at the true class?",
    fix="Write y_hat - y, and subtract the gradient in the update.",
    chapter="06_gradient",
)


def gradient_with_leftover(logits: Array, labels: Array) -> Array:
    probs = softmax(logits)
    errors = probs - one_hot(labels, logits.shape[1])
    return errors * probs * (1 - probs) / len(labels)


WITH_LEFTOVER = Misconception(
    task="gradient",
    mistakes=(21,),
    title="A leftover slope from squared error",
    wrong=gradient_with_leftover,
    right=cross_entropy_gradient,
    exposed_by=([Z], [1]),
    shows="wrong value",
    symptom="The true class has a slope of -0.038 instead of -0.958.",
    why="The factor y_hat (1 - y_hat) has cancelled against the logarithm; it must not come back.",
    question="Does the gradient vanish where the model is certain and wrong?",
    fix="Drop the factor: the gradient is y_hat - y.",
    chapter="06_gradient",
)


def gradient_of_all_columns(logits: Array, labels: Array) -> Array:
    dlogits = softmax(logits)
    dlogits[:, labels] -= 1
    return dlogits / len(labels)


GRADIENT_OF_ALL_COLUMNS = Misconception(
    task="gradient",
    mistakes=(15,),
    title="The 1 is subtracted in every row",
    wrong=gradient_of_all_columns,
    right=cross_entropy_gradient,
    exposed_by=(BATCH, LABELS),
    hides_on=([Z], [1]),
    shows="wrong value",
    symptom="The first row sums to -0.5, not to 0.",
    why="A colon takes all rows: each example loses 1 at the labels of all the others.",
    question="Does each row of the gradient sum to 0?",
    fix="Index with [np.arange(m), labels].",
    chapter="06_gradient",
)


def target_gradient_for_any_sum(logits: Array, targets: Array) -> Array:
    return (softmax(logits) - targets) / len(targets)


FOR_ANY_SUM = Misconception(
    task="target_gradient",
    mistakes=(22,),
    title="Targets that do not sum to 1",
    wrong=target_gradient_for_any_sum,
    right=target_gradient,
    exposed_by=([Z], [[1.0, 1.0, 0.0, 0.0]]),
    hides_on=([Z], [[0.0, 1.0, 0.0, 0.0]]),
    shows="wrong value",
    symptom="The row sums to -1, and the first slope is -0.158; right are 0 and 0.684.",
    why="The gradient is (sum of y) y_hat - y, and the sum is 1 only for a distribution.",
    question="Does each row of the targets sum to 1?",
    fix="Divide the targets by their sum, or use sigmoids if labels may occur together.",
    chapter="06_gradient",
)


def jacobian_without_off_diagonal(logits: Array) -> Array:
    p = softmax(logits)
    return np.diag(p * (1 - p))


WITHOUT_OFF_DIAGONAL = Misconception(
    task="jacobian",
    mistakes=(17,),
    title="The off-diagonal of the Jacobian is missing",
    wrong=jacobian_without_off_diagonal,
    right=softmax_jacobian,
    exposed_by=(Z,),
    shows="wrong value",
    symptom="The first row sums to 0.133, not to 0.",
    why="All probabilities share one denominator, so each logit moves them all.",
    question="Does each row of the Jacobian sum to 0?",
    fix="Subtract the outer product: np.diag(p) - np.outer(p, p).",
    chapter="06_gradient",
)


def jacobian_without_outer(logits: Array) -> Array:
    p = softmax(logits)
    return np.diag(p) - p * p


WITHOUT_OUTER = Misconception(
    task="jacobian",
    mistakes=(17,),
    title="A product of entries instead of the outer product",
    wrong=jacobian_without_outer,
    right=softmax_jacobian,
    exposed_by=(Z,),
    hides_on=([2.0, 2.0, 2.0],),
    shows="wrong value",
    symptom="The matrix is not symmetric: -0.002 on one side of the diagonal, -0.709 on the other.",
    why="p * p has shape (C,), and NumPy subtracts it from every row.",
    question="Is the Jacobian symmetric?",
    fix="Use np.outer(p, p), which has shape (C, C).",
    chapter="06_gradient",
)


def softmax_backward_elementwise(probs: Array, dprobs: Array) -> Array:
    return dprobs * probs * (1 - probs)


ELEMENTWISE = Misconception(
    task="softmax_backward",
    mistakes=(16,),
    title="The slope of a sigmoid instead of a Jacobian",
    wrong=softmax_backward_elementwise,
    right=softmax_backward,
    exposed_by=([[0.3, 0.2, 0.1, 0.4]], [[0.0, -5.0, 0.0, 0.0]]),
    shows="wrong value",
    symptom="Passing [0, -5, 0, 0] back gives [0, -0.8, 0, 0]; right is [0.3, -0.8, 0.1, 0.4].",
    why="s(1 - s) is the slope of one output by its own input, and forgets the other inputs.",
    question="Does each row that is passed back sum to 0?",
    fix="Use probs * (dprobs - inner), where inner sums dprobs * probs over the classes.",
    chapter="06_gradient",
)


def training_step_uphill(
    W: Array, b: Array, X: Array, labels: Array, learning_rate: float
) -> tuple[Array, Array]:
    dlogits = cross_entropy_gradient(X @ W + b, labels)
    return W + learning_rate * X.T @ dlogits, b + learning_rate * dlogits.sum(axis=0)


UPHILL = Misconception(
    task="training_step",
    mistakes=(20,),
    title="A step uphill",
    wrong=training_step_uphill,
    right=training_step,
    exposed_by=([[0.0, 0.0]], [0.0, 0.0], [[1.0], [3.0]], [0, 0], 0.5),
    shows="wrong value",
    symptom="The bias of the true class falls to -0.25; right is 0.25.",
    why="The gradient points to where the cost grows, so a step must go against it.",
    question="Is the cost lower after one small step?",
    fix="Subtract the learning rate times the gradient.",
    chapter="07_softmax_regression",
)


def training_step_with_mean_bias(
    W: Array, b: Array, X: Array, labels: Array, learning_rate: float
) -> tuple[Array, Array]:
    dlogits = cross_entropy_gradient(X @ W + b, labels)
    return W - learning_rate * X.T @ dlogits, b - learning_rate * dlogits.mean(axis=0)


WITH_MEAN_BIAS = Misconception(
    task="training_step",
    mistakes=(18,),
    title="1/m twice in the bias alone",
    wrong=training_step_with_mean_bias,
    right=training_step,
    exposed_by=([[0.0, 0.0]], [0.0, 0.0], [[1.0], [3.0]], [0, 0], 0.5),
    hides_on=([[0.0, 0.0]], [0.0, 0.0], [[1.0]], [0], 0.5),
    shows="wrong value",
    symptom="The bias moves by 0.125 instead of 0.25, the weights as they should.",
    why="The 1/m is already in the gradient by the logits; the mean divides again.",
    question="Does the gradient check pass for W and for b?",
    fix="Sum over the examples: db = dlogits.sum(axis=0).",
    chapter="07_softmax_regression",
)

ENTRIES = (
    ELEMENTWISE,
    OF_TRUE_CLASS_ONLY,
    WITHOUT_OFF_DIAGONAL,
    WITHOUT_OUTER,
    WITHOUT_M,
    WITH_M_TWICE,
    GRADIENT_OVER_ENTRIES,
    REVERSED,
    WITH_LEFTOVER,
    GRADIENT_OF_ALL_COLUMNS,
    FOR_ANY_SUM,
    UPHILL,
    WITH_MEAN_BIAS,
)
