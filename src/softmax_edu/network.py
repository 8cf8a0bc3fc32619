"""A network: layers in a row, softmax and cross-entropy at the end, learned by descent."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from softmax_edu.layers import Array, Conv, Dense, Fixed, Flatten, Images, Layer, MaxPool, ReLU
from softmax_edu.losses import cross_entropy_and_gradient
from softmax_edu.progress import track
from softmax_edu.stable import as_floats

Network = tuple[Layer, ...]
Gradients = list[dict[str, Array]]  # one dictionary per layer, empty where nothing is learned
Loss = Callable[[Array, NDArray[Any]], tuple[Any, Array]]  # (logits, y) -> (cost, dlogits)


class Training(NamedTuple):
    """What training found, and how it got there."""

    network: Network
    costs: NDArray[np.float64]  # (number of steps,), each the cost of its batch before that step
    watched: list[Any]  # what `watch` returned after each epoch


def mlp(
    rng: np.random.Generator, sizes: Sequence[int] = (64, 64, 10), dtype: DTypeLike = np.float64
) -> Network:
    """Make a network of dense layers with ReLU between them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the weights.
    sizes : sequence of int
        n, the units of each hidden layer, C.
    dtype : data type
        Of the parameters.

    Returns
    -------
    tuple of layers
        Weights are normal with variance 2 / n_in; biases and the whole last layer are 0,
        so that the cost starts at log C.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one is not positive.

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015 (the variance).

    Examples
    --------
    >>> network = mlp(np.random.default_rng(0), sizes=(2, 16, 3))
    >>> [type(layer).__name__ for layer in network]
    ['Dense', 'ReLU', 'Dense']
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes is {tuple(sizes)!r}; it must name n, any hidden layers, and C")
    layers: list[Layer] = []
    for n_in, n_out in pairwise(sizes[:-1]):
        layers += [Dense(_he_normal(rng, (n_in, n_out), n_in, dtype), np.zeros(n_out, dtype))]
        layers += [ReLU()]
    return *layers, _zero_dense(sizes[-2], sizes[-1], dtype)


def cnn(
    rng: np.random.Generator,
    image_shape: tuple[int, int, int] = (1, 8, 8),
    filters: Sequence[int] = (8, 16),
    num_classes: int = 10,
    dtype: DTypeLike = np.float64,
) -> Network:
    """Make a network of 3 by 3 convolutions, ReLU and pooling, and one dense layer at the end.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the weights, as for `mlp`.
    image_shape : (channels, height, width)
        Height and width must be divisible by 2 for each convolution.
    filters : sequence of int
        How many filters each convolution has.
    num_classes : int
        C.
    dtype : data type
        Of the parameters.

    Returns
    -------
    tuple of layers
        It takes X of shape (m, channels * height * width).

    Raises
    ------
    ValueError
        If height or width cannot be halved so often.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
    recognition", 1998.

    Examples
    --------
    >>> network = cnn(np.random.default_rng(0), filters=(4,))
    >>> [type(layer).__name__ for layer in network]
    ['Images', 'Conv', 'ReLU', 'MaxPool', 'Flatten', 'Dense']
    """
    channels, height, width = image_shape
    halvings = 2 ** len(filters)
    if height % halvings or width % halvings:
        raise ValueError(
            f"image_shape is {image_shape!r}; with {len(filters)} convolutions height and width"
            f" must be divisible by {halvings}"
        )
    layers: list[Layer] = [Images(image_shape)]
    for count in filters:
        kernels = _he_normal(rng, (count, channels, 3, 3), 9 * channels, dtype)
        layers += [Conv(kernels, np.zeros(count, dtype)), ReLU(), MaxPool()]
        channels, height, width = count, height // 2, width // 2
    return *layers, Flatten(), _zero_dense(channels * height * width, num_classes, dtype)


def forward(network: Network, X: Array) -> tuple[Array, list[Any]]:
    """Compute the logits, and what each layer needs for the way back.

    Parameters
    ----------
    network : tuple of layers
    X : (m, n) array

    Returns
    -------
    logits : (m, C) array
    caches : list
        One per layer, for `backward`.

    Raises
    ------
    ValueError
        If X does not fit the first layer.

    Examples
    --------
    >>> logits, caches = forward(mlp(np.random.default_rng(0), (2, 16, 3)), np.ones((5, 2)))
    >>> logits.shape, len(caches)
    ((5, 3), 3)
    """
    activations, caches = X, []
    for layer in network:
        activations, cache = layer.forward(activations)
        caches.append(cache)
    return activations, caches


def logits_of(network: Network, X: ArrayLike) -> Array:
    """Compute the logits alone.

    Parameters
    ----------
    network : tuple of layers
    X : (m, n) array_like

    Returns
    -------
    logits : (m, C) array

    Raises
    ------
    TypeError
        If X does not hold real numbers.
    ValueError
        If X does not fit the first layer.

    Examples
    --------
    >>> logits_of(mlp(np.random.default_rng(0), (2, 16, 3)), [[1.0, 2.0]])
    array([[0., 0., 0.]])
    """
    return forward(network, as_floats(X, "X"))[0]


def backward(network: Network, caches: list[Any], dlogits: Array) -> Gradients:
    """Carry the gradient of the logits back through the layers.

    Parameters
    ----------
    network : tuple of layers
    caches : list
        From `forward`.
    dlogits : (m, C) array
        The gradient of the cost with respect to the logits.

    Returns
    -------
    gradients : list of dict
        One per layer, from the name of a parameter to the gradient, of the parameter's shape.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, algorithm 6.4.

    Examples
    --------
    >>> network = mlp(np.random.default_rng(0), (2, 16, 3))
    >>> logits, caches = forward(network, np.ones((5, 2)))
    >>> gradients = backward(network, caches, np.ones((5, 3)))
    >>> gradients[2]["b"]
    array([5., 5., 5.])
    """
    gradients: Gradients = [{} for _ in network]
    # Below the first layer that learns, nobody asks for a gradient.
    learning = (i for i, layer in enumerate(network) if not isinstance(layer, Fixed))
    first = next(learning, len(network))
    for i in reversed(range(first, len(network))):
        gradients[i] = network[i].parameter_gradients(dlogits, caches[i])
        if i > first:
            dlogits = network[i].input_gradient(dlogits, caches[i])
    return gradients


def parameters(layer: Layer) -> dict[str, Array]:
    """Return the arrays that a layer learns, by name; empty where it learns none.

    Examples
    --------
    >>> list(parameters(Dense(np.zeros((2, 3)), np.zeros(3)))), parameters(ReLU())
    (['W', 'b'], {})
    """
    values = {field.name: getattr(layer, field.name) for field in fields(layer)}  # type: ignore[arg-type]
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def cost_and_gradients(
    network: Network, X: ArrayLike, y: ArrayLike, loss: Loss = cross_entropy_and_gradient
) -> tuple[float, Gradients]:
    """Compute the cost of a batch and its gradient with respect to every parameter.

    Parameters
    ----------
    network : tuple of layers
    X : (m, n) array_like
    y : (m,) array_like of int, or (m, C) array_like
        Class numbers or distributions.
    loss : callable
        From (logits, y) to (cost, dlogits): the mean cross-entropy by default.

    Returns
    -------
    cost : float
    gradients : list of dict
        As from `backward`.

    Raises
    ------
    TypeError, ValueError
        As for `logits_of` and `softmax_edu.cross_entropy`.

    Examples
    --------
    >>> cost, gradients = cost_and_gradients(
    ...     mlp(np.random.default_rng(0), (2, 16, 3)), [[1.0, 2.0]], [0]
    ... )
    >>> print(f"{cost:.4f}", gradients[2]["b"].round(3))
    1.0986 [-0.667  0.333  0.333]
    """
    logits, caches = forward(network, as_floats(X, "X"))
    cost, dlogits = loss(logits, np.asanyarray(y))
    return float(cost), backward(network, caches, dlogits)


def train(
    network: Network,
    X: ArrayLike,
    y: ArrayLike,
    *,
    rng: np.random.Generator,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 0.1,
    momentum: float = 0.9,
    loss: Loss = cross_entropy_and_gradient,
    watch: Callable[[Network], Any] | None = None,
) -> Training:
    """Descend in mini-batches: velocity = momentum * velocity + gradient, p -= rate * velocity.

    Parameters
    ----------
    network : tuple of layers
        Where to begin. It is not changed.
    X : (m, n) array_like
    y : (m,) array_like of int, or (m, C) array_like
        Class numbers or distributions.
    rng : numpy.random.Generator
        Shuffles the examples anew in every epoch.
    epochs : int
        How often each example is seen, at least 0.
    batch_size : int
        How many examples each step sees; the last batch of an epoch may be smaller.
    learning_rate : float
        Positive.
    momentum : float
        From 0 (none) to below 1.
    loss : callable
        As for `cost_and_gradients`.
    watch : callable, optional
        Called with the network after each epoch. It must not keep the network itself,
        whose parameters go on changing.

    Returns
    -------
    Training
        The network after the last step, the cost of each step's batch before it, and
        what `watch` returned.

    Raises
    ------
    TypeError, ValueError
        As for `cost_and_gradients`; if an option is out of its range.
    FloatingPointError
        If the logits overflow, as they do when the learning rate is too large.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, sections 8.3.1 and 8.3.2.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> xor = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> training = train(mlp(rng, (2, 16, 2)), xor, [0, 1, 1, 0], rng=rng, epochs=100, batch_size=4)
    >>> logits_of(training.network, xor).argmax(axis=1)
    array([0, 1, 1, 0])
    """
    X, y = as_floats(X, "X"), np.asanyarray(y)
    if X.ndim != 2 or len(X) == 0 or y.shape[:1] != (len(X),):
        raise ValueError(
            f"X has shape {X.shape} and y {y.shape}; X must be (m, n), y (m,) or (m, C), m >= 1"
        )
    if not np.isfinite(X).all():
        row = int((~np.isfinite(X)).any(axis=1).argmax())
        raise ValueError(f"X row {row} holds NaN or infinity")
    if epochs < 0:
        raise ValueError(f"epochs is {epochs!r}; it must be at least 0")
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size!r}; it must be at least 1")
    if not 0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate is {learning_rate!r}; it must be positive and finite")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum is {momentum!r}; it must lie in [0, 1)")
    network, params = _on_one_vector(network)
    velocity = np.zeros_like(params)
    costs: list[float] = []
    watched: list[Any] = []
    for _ in track(range(epochs), "training"):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            logits, caches = forward(network, X.take(batch, axis=0))
            if not np.isfinite(logits).all():
                raise FloatingPointError(
                    f"the logits overflow in step {len(costs)};"
                    f" use a learning_rate below {learning_rate:g}"
                )
            cost, dlogits = loss(logits, y[batch])
            costs.append(float(cost))
            gradients = backward(network, caches, dlogits)
            velocity *= momentum
            velocity += _joined(slope for each in gradients for slope in each.values())
            params -= learning_rate * velocity  # in place: the network itself changes
        if watch is not None:
            watched.append(watch(network))
    return Training(network, np.array(costs), watched)


def _joined(arrays: Iterable[Array]) -> Array:
    """Write the numbers of all arrays one after the other, (number of numbers,)."""
    flat = [array.ravel() for array in arrays]
    return np.concatenate(flat) if flat else np.zeros(0)


def _on_one_vector(network: Network) -> tuple[Network, Array]:
    """Copy the network so that all its parameters lie in one vector.

    A step then updates one array and not one per parameter, and the caller's network
    stays as it is.
    """
    vector = _joined(value for layer in network for value in parameters(layer).values())
    copies, start = [], 0
    for layer in network:
        views = {}
        for name, value in parameters(layer).items():
            views[name] = vector[start : start + value.size].reshape(value.shape)
            start += value.size
        copies.append(replace(layer, **views))  # type: ignore[type-var]
    return tuple(copies), vector


def _he_normal(
    rng: np.random.Generator, shape: tuple[int, ...], n_in: int, dtype: DTypeLike
) -> Array:
    """Draw weights under which ReLU layers keep the size of their signals."""
    weights: Array = rng.standard_normal(shape) * np.sqrt(2 / n_in)
    return weights.astype(dtype)


def _zero_dense(n_in: int, n_out: int, dtype: DTypeLike) -> Dense:
    """Make the last layer: at zero, so that training starts from equal probabilities."""
    return Dense(np.zeros((n_in, n_out), dtype), np.zeros(n_out, dtype))
