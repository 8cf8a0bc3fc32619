"""The functions that *Softmax, Step by Step* derives: small, tested, and in plain NumPy."""

from softmax_edu.activations import (
    hardmax,
    log_softmax,
    logsumexp,
    sigmoid,
    softmax,
    softmax_jacobian,
)
from softmax_edu.gradcheck import numerical_gradient, relative_error
from softmax_edu.losses import (
    cross_entropy,
    cross_entropy_and_gradient,
    cross_entropy_gradient,
    one_hot,
)

__all__ = [
    "cross_entropy",
    "cross_entropy_and_gradient",
    "cross_entropy_gradient",
    "hardmax",
    "log_softmax",
    "logsumexp",
    "numerical_gradient",
    "one_hot",
    "relative_error",
    "sigmoid",
    "softmax",
    "softmax_jacobian",
]
