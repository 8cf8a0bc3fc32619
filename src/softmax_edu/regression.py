"""Softmax regression: one linear layer, softmax and cross-entropy, learned by descent."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmax_edu.activations import softmax
from softmax_edu.losses import cross_entropy_and_gradient
from softmax_edu.progress import track
from softmax_edu.stable import as_floats

Floats = NDArray[np.floating[Any]]


class Parameters(NamedTuple):
    """Weights and biases of the linear layer, or their gradient: logits = X @ W + b."""

    W: Floats  # (n, C)
    b: Floats  # (C,)


class Descent(NamedTuple):
    """What gradient descent found, and how it got there."""

    params: Parameters
    costs: Floats  # (num_steps,), each the cost of its batch before that step


def zeros(num_features: int, num_classes: int) -> Parameters:
    """Return parameters that predict every class alike, so that the cost is log C.

    Parameters
    ----------
    num_features, num_classes : int
        n and C.

    Returns
    -------
    Parameters
        W of shape (n, C) and b of shape (C,), all zero.

    Examples
    --------
    >>> zeros(64, 10).W.shape
    (64, 10)
    """
    return Parameters(np.zeros((num_features, num_classes)), np.zeros(num_classes))


def predict_probs(params: Parameters, X: ArrayLike) -> Floats:
    """Compute the probability of each class for each example.

    Parameters
    ----------
    params : Parameters
    X : (m, n) array_like
        One example per row.

    Returns
    -------
    probs : (m, C) array
        Rows sum to 1.

    Raises
    ------
    ValueError
        If X is not two-dimensional, has not n columns, or holds NaN or infinity.

    Examples
    --------
    >>> predict_probs(zeros(2, 4), [[1.0, 5.0]])
    array([[0.25, 0.25, 0.25, 0.25]])
    """
    X = _check_features(X, params.W.shape[0])
    return softmax(X @ params.W + params.b)  # (m, C)


def predict(params: Parameters, X: ArrayLike) -> NDArray[np.intp]:
    """Name the likeliest class of each example.

    Parameters
    ----------
    params : Parameters
    X : (m, n) array_like

    Returns
    -------
    labels : (m,) array of int

    Raises
    ------
    ValueError
        As for `predict_probs`.

    Examples
    --------
    >>> predict(Parameters(np.eye(2), np.zeros(2)), [[0.0, 3.0], [2.0, 1.0]])
    array([1, 0])
    """
    labels: NDArray[np.intp] = predict_probs(params, X).argmax(axis=1)
    return labels


def cost(params: Parameters, X: ArrayLike, y: ArrayLike, *, l2: float = 0.0) -> float:
    r"""Compute the mean cross-entropy plus :math:`\frac{\lambda}{2} \lVert W \rVert^2`.

    Parameters
    ----------
    params : Parameters
    X : (m, n) array_like
    y : (m,) array_like of int, or (m, C) array_like
        Class numbers or distributions.
    l2 : float
        The weight of the penalty, at least 0. The bias is not penalised.

    Returns
    -------
    float
        J, in nats.

    Raises
    ------
    TypeError, ValueError
        As for `predict_probs` and `softmax_edu.cross_entropy`; if `l2` is negative.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, 2006, sections 4.3.4 and 3.1.4.

    Examples
    --------
    >>> print(f"{cost(zeros(2, 10), [[1.0, 5.0]], [3]):.6f}")
    2.302585
    """
    return cost_and_gradient(params, X, y, l2=l2)[0]


def cost_and_gradient(
    params: Parameters, X: ArrayLike, y: ArrayLike, *, l2: float = 0.0
) -> tuple[float, Parameters]:
    r"""Compute `cost` and its gradient with respect to W and b.

    Parameters
    ----------
    params, X, y, l2
        As for `cost`.

    Returns
    -------
    cost : float
    gradient : Parameters
        dW of shape (n, C), whose rows sum to 0 without the penalty, and db of shape (C,).

    Raises
    ------
    TypeError, ValueError
        As for `cost`.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, 2006, equation 4.109.

    Examples
    --------
    >>> value, gradient = cost_and_gradient(zeros(1, 2), [[3.0]], [1])
    >>> gradient.W
    array([[ 1.5, -1.5]])
    """
    X = _check_features(X, params.W.shape[0])
    if not 0 <= l2 < np.inf:
        raise ValueError(f"l2 is {l2!r}; it must be at least 0")
    logits = X @ params.W + params.b  # (m, C)
    value, dlogits = cross_entropy_and_gradient(logits, y)
    dW = X.T @ dlogits + l2 * params.W  # (n, C)
    db = dlogits.sum(axis=0)  # (C,)
    return float(value) + 0.5 * l2 * float(np.sum(params.W**2)), Parameters(dW, db)


def gradient_descent(
    X: ArrayLike,
    y: ArrayLike,
    num_classes: int,
    *,
    learning_rate: float = 0.5,
    num_steps: int = 500,
    momentum: float = 0.0,
    l2: float = 0.0,
    batch_size: int | None = None,
    rng: np.random.Generator | None = None,
    start: Parameters | None = None,
) -> Descent:
    """Walk downhill on `cost`: velocity = momentum * velocity - rate * gradient.

    Parameters
    ----------
    X : (m, n) array_like
    y : (m,) array_like of int, or (m, C) array_like
        Class numbers or distributions.
    num_classes : int
        C.
    learning_rate : float
        Positive.
    num_steps : int
        How many updates, counted in batches, not in epochs.
    momentum : float
        From 0 (none) to below 1.
    l2 : float
        As for `cost`.
    batch_size : int, optional
        How many examples each step sees: all of them by default. With fewer, the
        examples are shuffled anew in every epoch, and the last batch may be smaller.
    rng : numpy.random.Generator, optional
        Shuffles; needed with `batch_size`.
    start : Parameters, optional
        Where to begin: at zero by default. It is not changed.

    Returns
    -------
    Descent
        The parameters after the last step, and the cost of each step's batch before it.

    Raises
    ------
    TypeError, ValueError
        As for `cost`; if an option is out of its range, or `rng` is missing.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, sections 8.3.1 and 8.3.2.

    Examples
    --------
    >>> descent = gradient_descent([[-1.0], [1.0]], [0, 1], num_classes=2, num_steps=100)
    >>> print(f"{descent.costs[0]:.3f} then {descent.costs[-1]:.3f}")
    0.693 then 0.010
    """
    X = _check_features(X)
    y = np.asanyarray(y)  # a masked array stays one, and is refused by the loss
    if y.shape[:1] != (len(X),):
        raise ValueError(f"X has {len(X)} rows, but y has shape {y.shape}")
    if not 0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate is {learning_rate!r}; it must be positive and finite")
    if num_steps < 0:
        raise ValueError(f"num_steps is {num_steps!r}; it must be at least 0")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum is {momentum!r}; it must lie in [0, 1)")
    if batch_size is not None and not 1 <= batch_size <= len(X):
        raise ValueError(f"batch_size is {batch_size!r}; with {len(X)} examples use 1 to {len(X)}")
    if batch_size is not None and rng is None:
        raise ValueError("batch_size needs rng, for example np.random.default_rng(0)")
    W, b = zeros(X.shape[1], num_classes) if start is None else start
    if W.shape != (X.shape[1], num_classes):
        raise ValueError(
            f"start.W has shape {W.shape}; for these features and classes it must be"
            f" {(X.shape[1], num_classes)}"
        )
    velocity_W, velocity_b = np.zeros_like(W), np.zeros_like(b)
    costs = np.empty(num_steps)
    waiting: list[NDArray[np.intp]] = []
    for step in track(range(num_steps), "descending"):
        X_batch, y_batch = X, y
        if batch_size is not None and rng is not None:
            if not waiting:  # a new epoch
                order = rng.permutation(len(X))
                waiting = [order[i : i + batch_size] for i in range(0, len(X), batch_size)]
            batch = waiting.pop(0)
            X_batch, y_batch = X[batch], y[batch]
        costs[step], gradient = cost_and_gradient(Parameters(W, b), X_batch, y_batch, l2=l2)
        velocity_W = momentum * velocity_W - learning_rate * gradient.W
        velocity_b = momentum * velocity_b - learning_rate * gradient.b
        W, b = W + velocity_W, b + velocity_b
    return Descent(Parameters(W, b), costs)


def fit(
    X: ArrayLike,
    y: ArrayLike,
    num_classes: int,
    *,
    l2: float = 1e-3,
    tolerance: float = 2e-5,
    max_steps: int = 10_000,
) -> Parameters:
    """Find the parameters of least `cost`, which is convex: there is one optimum.

    Uses SciPy's L-BFGS where SciPy is installed, else accelerated gradient descent.
    Both work in coordinates in which the cost is nearly round.

    Parameters
    ----------
    X : (m, n) array_like
    y : (m,) array_like of int, or (m, C) array_like
    num_classes : int
        C.
    l2 : float
        As for `cost`, but positive: without it separable classes have no optimum.
    tolerance : float
        Stop when no entry of the gradient, in those coordinates, is larger. The default
        leaves the cost of the digits less than 1e-6 above the optimum.
    max_steps : int
        Give up after so many.

    Returns
    -------
    Parameters

    Raises
    ------
    TypeError, ValueError
        As for `cost`; if `l2` or `tolerance` is not positive.
    RuntimeError
        If `max_steps` did not suffice.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, 2006, section 7.2; for the bound on the
    curvature: Böhning, "Multinomial logistic regression algorithm", 1992.

    Examples
    --------
    >>> params = fit([[-1.0], [1.0]], [0, 1], num_classes=2, l2=0.1)
    >>> params.W.round(3)
    array([[-1.064,  1.064]])
    """
    X = _check_features(X)
    if len(X) == 0:
        raise ValueError(f"X has shape {X.shape}: there are no examples to learn from")
    if not 0 < l2 < np.inf:
        raise ValueError(f"l2 is {l2!r}; it must be positive, or separable classes have no optimum")
    if not 0 < tolerance < np.inf:
        raise ValueError(f"tolerance is {tolerance!r}; it must be positive")
    # At zero the Hessian of the cost is about X^T X / (m C) + l2, for centred X. Measured in
    # units of its square root, all directions are about equally steep.
    mean = X.mean(axis=0)
    centred = X - mean
    variances, directions = np.linalg.eigh(centred.T @ centred / len(X))
    scale = directions / np.sqrt(np.maximum(variances, 0) / num_classes + l2)  # (n, n)
    bias_scale = np.sqrt(num_classes)
    features = np.column_stack([centred @ scale, np.full(len(X), bias_scale)])  # (m, n + 1)

    def scaled_cost(flat: Floats) -> tuple[float, Floats]:
        V = flat.reshape(-1, num_classes)  # (n + 1, C)
        W = scale @ V[:-1]  # (n, C)
        value, dlogits = cross_entropy_and_gradient(features @ V, y)
        dV = features.T @ dlogits
        dV[:-1] += l2 * (scale.T @ W)
        return float(value) + 0.5 * l2 * float(np.sum(W**2)), dV.ravel()

    start = np.zeros(features.shape[1] * num_classes)
    V = _minimize(scaled_cost, start, 2 / num_classes, tolerance, max_steps)
    V = V.reshape(-1, num_classes)
    W = scale @ V[:-1]
    return Parameters(W, bias_scale * V[-1] - mean @ W)


def _minimize(
    f: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    safe_rate: float,
    tolerance: float,
    max_steps: int,
) -> Floats:
    """Minimise f, which returns value and gradient, until no entry of the gradient is large."""
    try:
        from scipy.optimize import minimize
    except ModuleNotFoundError:
        found = _accelerated_descent(f, start, safe_rate, tolerance, max_steps)
    else:
        options = {"gtol": tolerance, "ftol": 0, "maxiter": max_steps, "maxfun": 2 * max_steps}
        found = minimize(f, start, jac=True, method="L-BFGS-B", options=options).x
    steepest = float(np.abs(f(found)[1]).max())
    if steepest > tolerance:
        raise RuntimeError(
            f"the gradient is still {steepest:.1e} after {max_steps} steps or as far as rounding"
            f" allows; raise max_steps, l2 or tolerance ({tolerance:.1e})"
        )
    return found


def _accelerated_descent(
    f: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    rate: float,
    tolerance: float,
    max_steps: int,
) -> Floats:
    """Descend with Nesterov's momentum, dropped whenever it would lead uphill."""
    x, ahead, since_restart = start, start, 0
    for _ in range(max_steps):
        gradient = f(ahead)[1]
        if np.abs(gradient).max() <= tolerance:
            break
        following = ahead - rate * gradient
        since_restart = 0 if gradient @ (following - x) > 0 else since_restart + 1
        ahead = following + since_restart / (since_restart + 3) * (following - x)
        x = following
    return ahead


def _check_features(X: ArrayLike, num_features: int | None = None) -> Floats:
    """Return X as float64 of shape (m, n), or say what is wrong with it."""
    array = as_floats(X, "X").astype(np.float64, copy=False)
    if array.ndim != 2:
        raise ValueError(f"X has shape {array.shape}; it must be (m, n), one example per row")
    if num_features is not None and array.shape[1] != num_features:
        raise ValueError(f"X has {array.shape[1]} features, but W has {num_features} rows")
    if not np.isfinite(array).all():
        row = int((~np.isfinite(array)).any(axis=1).argmax())
        raise ValueError(f"X row {row} holds NaN or infinity")
    return array
