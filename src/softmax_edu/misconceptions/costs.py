"""Wrong programs for cross-entropy, from labels and from targets, and for its mean."""

import numpy as np

from softmax_edu.activations import log_softmax, softmax
from softmax_edu.losses import cross_entropy
from softmax_edu.misconceptions.misconception import Array, Misconception, Number
from softmax_edu.misconceptions.references import mean_loss

Z = [5.0, 2.0, -1.0, 3.0]
BATCH = [Z, [0.0, 0.0, 0.0, 0.0], [1.0, 3.0, 1.0, 1.0]]  # (3, 4), as in chapter 5
LABELS = [1, 2, 1]
UNTRAINED = [[0.0] * 10]  # ten classes, all equally likely: the loss should be log 10
FIRST_OF_TEN = [[1.0] + [0.0] * 9]


def cross_entropy_with_eps(logits: Array, labels: Array) -> Number:
    p = softmax(logits)[np.arange(len(labels)), labels]
    return -np.log(p + 1e-5).mean()


WITH_EPS = Misconception(
    task="cross_entropy",
    mistakes=(11,),
    title="log(p + eps)",
    wrong=cross_entropy_with_eps,
    right=cross_entropy,
    exposed_by=([[0.0, 30.0]], [0]),
    shows="wrong value",
    symptom="A loss of 30 is reported as 11.51, and a perfect prediction costs -0.00001.",
    why="Below 0.00001 the added number hides the probability; above, it still shifts the loss.",
    question="What does a prediction cost that is certain and right, or certain and wrong?",
    fix="Compute the loss from the logits; then there is no log(0) to repair.",
    chapter="05_cross_entropy",
)


def cross_entropy_of_clipped(logits: Array, labels: Array) -> Number:
    p = softmax(logits)[np.arange(len(labels)), labels]
    return -np.log(np.clip(p, 1e-7, 1 - 1e-7)).mean()


OF_CLIPPED = Misconception(
    task="cross_entropy",
    mistakes=(9, 11),
    title="The probabilities are clipped",
    wrong=cross_entropy_of_clipped,
    right=cross_entropy,
    exposed_by=([[0.0, 30.0]], [0]),
    hides_on=(BATCH, LABELS),
    shows="wrong value",
    symptom="A loss of 30 is reported as 16.12, and no loss is ever larger.",
    why="All probabilities below 0.0000001 become the same, and the slope there becomes 0.",
    question="Does the loss still grow when a wrong answer gets more certain?",
    fix="Compute the loss from the logits; then there is no log(0) to avoid.",
    chapter="05_cross_entropy",
)


def cross_entropy_of_rounded_probs(logits: Array, labels: Array) -> Number:
    p = softmax(logits)[np.arange(len(labels)), labels]
    return -np.log(p).mean()


OF_ROUNDED_PROBS = Misconception(
    task="cross_entropy",
    mistakes=(12,),
    title="The loss of a probability that rounded to 0",
    wrong=cross_entropy_of_rounded_probs,
    right=cross_entropy,
    exposed_by=([[0.0, 1000.0]], [0]),
    hides_on=(BATCH, LABELS),
    shows="not finite",
    symptom="The loss is infinite where it should be 1000.",
    why="The probability exp(-1000) rounds to 0, and log(0) is minus infinity.",
    question="What is the loss of [0, 1000] if class 0 is true?",
    fix="Compute the loss from the logits: log-sum-exp minus the logit of the truth.",
    chapter="05_cross_entropy",
)


def cross_entropy_softmax_twice(logits: Array, labels: Array) -> Number:
    probs = softmax(logits)
    return cross_entropy(probs, labels)  # which wants logits


SOFTMAX_TWICE = Misconception(
    task="cross_entropy",
    mistakes=(13,),
    title="Softmax twice",
    wrong=cross_entropy_softmax_twice,
    right=cross_entropy,
    exposed_by=([[20.0, 0.0, 0.0, 0.0]], [0]),
    hides_on=([[0.0, 0.0, 0.0, 0.0]], [0]),
    shows="wrong value",
    symptom="A certain and right prediction of 4 classes costs 0.7437; right is 0.0000.",
    why="The loss applies softmax itself, and its logits now lie between 0 and 1.",
    question="Can the loss get below log(1 + (C-1)/e)?",
    fix="Pass the logits to the loss, not the probabilities.",
    chapter="07_softmax_regression",
)


def cross_entropy_of_raw_logits(logits: Array, labels: Array) -> Number:
    return -np.log(logits[np.arange(len(labels)), labels]).mean()


OF_RAW_LOGITS = Misconception(
    task="cross_entropy",
    mistakes=(14,),
    title="The logarithm of a raw logit",
    wrong=cross_entropy_of_raw_logits,
    right=cross_entropy,
    exposed_by=([Z], [2]),
    shows="not finite",
    symptom="The logit -1 gives NaN, and the logit 5 a loss of -1.609; right are 6.172 and 0.172.",
    why="The formula has the logarithm of a probability, and a score is none.",
    question="What is the loss when the logit of the truth is negative?",
    fix="Compute the loss from the logits: log-sum-exp minus the logit of the truth.",
    chapter="05_cross_entropy",
)


def cross_entropy_minus_logit(logits: Array, labels: Array) -> Number:
    return -logits[np.arange(len(labels)), labels].mean()


MINUS_LOGIT = Misconception(
    task="cross_entropy",
    mistakes=(14,),
    title="The normalisation is missing",
    wrong=cross_entropy_minus_logit,
    right=cross_entropy,
    exposed_by=(BATCH, LABELS),
    shows="wrong value",
    symptom="The cost is -1.667, and training can lower it without end; right is 1.633.",
    why="A function that expects log-probabilities was given logits: log-sum-exp is missing.",
    question="Is the cost negative?",
    fix="Subtract log-sum-exp first, or call the loss that takes logits.",
    chapter="10_frameworks",
)


def cross_entropy_without_the_max(logits: Array, labels: Array) -> Number:
    shifted = logits - logits.max(axis=1, keepdims=True)
    lse = np.log(np.exp(shifted).sum(axis=1))
    return (lse - logits[np.arange(len(labels)), labels]).mean()


WITHOUT_THE_MAX = Misconception(
    task="cross_entropy",
    mistakes=(7,),
    title="The maximum is not added back to log-sum-exp",
    wrong=cross_entropy_without_the_max,
    right=cross_entropy,
    exposed_by=(BATCH, LABELS),
    hides_on=([[0.0, -1.0, -2.0]], [1]),
    shows="wrong value",
    symptom="The cost is -1.034; right is 1.633.",
    why="The logarithm belongs to the shifted logits, and the logit of the truth is not shifted.",
    question="Is the cost negative?",
    fix="Add the maximum to the logarithm, or take the shifted logit of the truth.",
    chapter="05_cross_entropy",
)


def cross_entropy_transposed(logits: Array, labels: Array) -> Number:
    log_probs = log_softmax(logits)
    return -log_probs[labels, np.arange(len(labels))].mean()


TRANSPOSED = Misconception(
    task="cross_entropy",
    mistakes=(15,),
    title="Rows and labels are swapped in the index",
    wrong=cross_entropy_transposed,
    right=cross_entropy,
    exposed_by=(BATCH, LABELS),
    hides_on=([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0]], [0, 2, 1]),
    shows="wrong value",
    symptom="The cost is 1.038; right is 1.633. A label that is no row raises an IndexError.",
    why="The examples are the rows: the first index must be 0, 1, 2, the second the label.",
    question="Does it run on 5 examples of 3 classes?",
    fix="Index with [np.arange(m), labels].",
    chapter="05_cross_entropy",
)


def cross_entropy_of_all_columns(logits: Array, labels: Array) -> Number:
    log_probs = log_softmax(logits)
    return -log_probs[:, labels].mean()


OF_ALL_COLUMNS = Misconception(
    task="cross_entropy",
    mistakes=(15,),
    title="Every example is held against every label",
    wrong=cross_entropy_of_all_columns,
    right=cross_entropy,
    exposed_by=(BATCH, LABELS),
    hides_on=([Z], [1]),
    shows="wrong value",
    symptom="The cost is 2.189; right is 1.633.",
    why="A colon takes all rows, so that [:, labels] has shape (m, m) instead of (m,).",
    question="What shape has the array before the mean?",
    fix="Index with [np.arange(m), labels].",
    chapter="05_cross_entropy",
)


def cross_entropy_summed(logits: Array, labels: Array) -> Number:
    log_probs = log_softmax(logits)
    return -log_probs[np.arange(len(labels)), labels].sum()


SUMMED = Misconception(
    task="cross_entropy",
    mistakes=(18,),
    title="The cost is a sum",
    wrong=cross_entropy_summed,
    right=cross_entropy,
    exposed_by=(BATCH, LABELS),
    hides_on=([Z], [1]),
    shows="wrong value",
    symptom="The cost of 3 examples is 4.899; right is 1.633.",
    why="Without 1/m the cost grows with the batch, and so does its gradient.",
    question="Does the cost stay the same when every example is there twice?",
    fix="Take the mean over the examples.",
    chapter="05_cross_entropy",
)


def cross_entropy_in_bits(logits: Array, labels: Array) -> Number:
    p = softmax(logits)[np.arange(len(labels)), labels]
    return -np.log2(p).mean()


IN_BITS = Misconception(
    task="cross_entropy",
    mistakes=(),
    title="A logarithm to another base",
    wrong=cross_entropy_in_bits,
    right=cross_entropy,
    exposed_by=(UNTRAINED, [0]),
    shows="wrong value",
    symptom="An untrained model of 10 classes costs 3.322; right is 2.303.",
    why="The cost is in bits, but the gradient y_hat - y belongs to nats.",
    question="Does an untrained model cost log C nats?",
    fix="Use the natural logarithm.",
    chapter="05_cross_entropy",
)


def cross_entropy_positive(logits: Array, labels: Array) -> Number:
    log_probs = log_softmax(logits)
    return log_probs[np.arange(len(labels)), labels].mean()


POSITIVE = Misconception(
    task="cross_entropy",
    mistakes=(20,),
    title="The minus sign of the loss is missing",
    wrong=cross_entropy_positive,
    right=cross_entropy,
    exposed_by=(UNTRAINED, [0]),
    shows="wrong value",
    symptom="An untrained model of 10 classes costs -2.303; right is 2.303.",
    why="Logarithms of probabilities are negative, and the minus sign makes a loss of them.",
    question="Is the cost negative?",
    fix="Write the minus sign in front of the logarithm.",
    chapter="05_cross_entropy",
)


def cross_entropy_of_the_mean(logits: Array, labels: Array) -> Number:
    p = softmax(logits)[np.arange(len(labels)), labels]
    return -np.log(p.mean())


OF_THE_MEAN = Misconception(
    task="cross_entropy",
    mistakes=(),
    title="The logarithm of the mean",
    wrong=cross_entropy_of_the_mean,
    right=cross_entropy,
    exposed_by=(BATCH, LABELS),
    hides_on=([Z], [1]),
    shows="wrong value",
    symptom="The cost is 1.095; right is 1.633.",
    why="One bad prediction hardly moves the mean probability, but it should cost a lot.",
    question="Is the mean taken of the losses, or of the probabilities?",
    fix="Take the logarithm of each probability first, then the mean.",
    chapter="05_cross_entropy",
)


def target_cross_entropy_of_probs(logits: Array, targets: Array) -> Number:
    return -(targets * np.log(softmax(logits))).sum(axis=1).mean()


ZERO_TIMES_INFINITY = Misconception(
    task="target_cross_entropy",
    mistakes=(12,),
    title="Zero times infinity",
    wrong=target_cross_entropy_of_probs,
    right=cross_entropy,
    exposed_by=([[0.0, 1000.0]], [[0.0, 1.0]]),
    hides_on=([Z], [[0.0, 1.0, 0.0, 0.0]]),
    shows="not finite",
    symptom="A certain and right prediction costs NaN; right is 0.",
    why="The wrong class has target 0 and log-probability minus infinity, and 0 * -inf is NaN.",
    question="What does a certain and right prediction cost?",
    fix="Use log_softmax of the logits, which is finite.",
    chapter="05_cross_entropy",
)


def target_cross_entropy_swapped(logits: Array, targets: Array) -> Number:
    return -(softmax(logits) * np.log(targets)).sum(axis=1).mean()


SWAPPED = Misconception(
    task="target_cross_entropy",
    mistakes=(15,),
    title="Targets and predictions are swapped",
    wrong=target_cross_entropy_swapped,
    right=cross_entropy,
    exposed_by=([Z], [[0.0, 1.0, 0.0, 0.0]]),
    hides_on=([[0.0, 0.0]], [[0.5, 0.5]]),
    shows="not finite",
    symptom="Every one-hot target gives an infinite loss; right is 3.172.",
    why="Cross-entropy is not symmetric: the logarithm belongs to the prediction.",
    question="Of which of the two is the logarithm taken?",
    fix="Write -(targets * log_probs): the truth weighs, the prediction has the logarithm.",
    chapter="05_cross_entropy",
)


def target_cross_entropy_over_entries(logits: Array, targets: Array) -> Number:
    return -(targets * log_softmax(logits)).mean()


OVER_ENTRIES = Misconception(
    task="target_cross_entropy",
    mistakes=(19,),
    title="The mean over all entries",
    wrong=target_cross_entropy_over_entries,
    right=cross_entropy,
    exposed_by=(UNTRAINED, FIRST_OF_TEN),
    shows="wrong value",
    symptom="An untrained model of 10 classes costs 0.230; right is 2.303.",
    why="The matrix has m times C entries, so the mean divides by C once too often.",
    question="Does an untrained model cost log C?",
    fix="Sum over the classes, then take the mean over the examples.",
    chapter="05_cross_entropy",
)


def target_cross_entropy_per_class(logits: Array, targets: Array) -> Number:
    p = softmax(logits)
    losses = targets * np.log(p) + (1 - targets) * np.log(1 - p)
    return -losses.sum(axis=1).mean()


PER_CLASS = Misconception(
    task="target_cross_entropy",
    mistakes=(),
    title="A yes-or-no loss for each class of a softmax",
    wrong=target_cross_entropy_per_class,
    right=cross_entropy,
    exposed_by=(UNTRAINED, FIRST_OF_TEN),
    shows="wrong value",
    symptom="An untrained model of 10 classes costs 3.251; right is 2.303.",
    why="The other classes are punished a second time: softmax already ties them to the truth.",
    question="Does the loss contain the probabilities of the wrong classes?",
    fix="Use the logarithm of the true class alone, or sigmoids if labels may occur together.",
    chapter="03_two_classes",
)


def epoch_cost_of_batch_means(losses: Array, batch_size: int) -> Number:
    starts = range(0, len(losses), batch_size)
    means = [losses[k : k + batch_size].mean() for k in starts]
    return np.mean(means)


OF_BATCH_MEANS = Misconception(
    task="epoch_cost",
    mistakes=(),
    title="The mean of unequal batch means",
    wrong=epoch_cost_of_batch_means,
    right=mean_loss,
    exposed_by=([1.0, 1.0, 1.0, 1.0, 4.0, 4.0], 4),
    hides_on=([1.0, 1.0, 1.0, 1.0, 4.0, 4.0], 3),
    shows="wrong value",
    symptom="Six losses in batches of 4 have a cost of 2.5; right is 2, as in batches of 3.",
    why="The examples of the smaller last batch count more than the others.",
    question="Does the cost depend on the batch size?",
    fix="Weigh each batch by its number of examples.",
    chapter="05_cross_entropy",
)

ENTRIES = (
    WITH_EPS,
    OF_CLIPPED,
    OF_ROUNDED_PROBS,
    SOFTMAX_TWICE,
    OF_RAW_LOGITS,
    MINUS_LOGIT,
    WITHOUT_THE_MAX,
    TRANSPOSED,
    OF_ALL_COLUMNS,
    SUMMED,
    IN_BITS,
    POSITIVE,
    OF_THE_MEAN,
    ZERO_TIMES_INFINITY,
    SWAPPED,
    OVER_ENTRIES,
    PER_CLASS,
    OF_BATCH_MEANS,
)
