"""Right programs for the tasks that the package has no function for."""

import numpy as np

from softmax_edu.activations import softmax
from softmax_edu.losses import cross_entropy_gradient
from softmax_edu.misconceptions.misconception import Array, Number


def cooled_softmax(logits: Array, temperature: float) -> Array:
    """Divide by the temperature, then softmax (chapter 2)."""
    return softmax(logits, temperature=temperature)


def masked_softmax(logits: Array, allowed: Array) -> Array:
    """Give a class that is not allowed the logit -inf, so that its probability is 0."""
    return softmax(np.where(allowed, logits, -np.inf))


def mean_loss(losses: Array, batch_size: int) -> Number:
    """Take the mean of all examples, however they are cut into batches (chapter 5)."""
    return losses.mean()


def target_gradient(logits: Array, targets: Array) -> Array:
    """Compute (sum of y) y_hat - y, over m, which holds for any weights y (chapter 6)."""
    return cross_entropy_gradient(logits, targets, normalized=False)


def softmax_backward(probs: Array, dprobs: Array) -> Array:
    """Multiply by the whole Jacobian, row by row (chapter 6)."""
    inner = (dprobs * probs).sum(axis=1, keepdims=True)  # (m, 1)
    return probs * (dprobs - inner)


def training_step(
    W: Array, b: Array, X: Array, labels: Array, learning_rate: float
) -> tuple[Array, Array]:
    """Go one step downhill (chapter 7)."""
    dlogits = cross_entropy_gradient(X @ W + b, labels)  # (m, C)
    return W - learning_rate * X.T @ dlogits, b - learning_rate * dlogits.sum(axis=0)


def smooth_targets(targets: Array, epsilon: float) -> Array:
    """Keep 1 - epsilon of the truth and spread epsilon evenly over all classes (chapter 5)."""
    return (1 - epsilon) * targets + epsilon / targets.shape[1]


def shuffled_together(X: Array, labels: Array, seed: int) -> tuple[Array, Array]:
    """Put examples and labels into one and the same random order (chapter 7)."""
    order = np.random.default_rng(seed).permutation(len(X))
    return X[order], labels[order]


def likeliest(probs: Array) -> Array:
    """Name the class with the largest probability, however small that is (chapter 7)."""
    return probs.argmax(axis=1)


def share_right(logits: Array, labels: Array) -> Number:
    """Count how many examples have their largest logit at the true class (chapter 7)."""
    return (logits.argmax(axis=1) == labels.reshape(-1)).mean()


def cheapest_action(probs: Array, costs: Array) -> Array:
    """Take the action whose expected cost is least (chapter 11)."""
    return (probs @ costs).argmin(axis=1)
