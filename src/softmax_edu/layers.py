"""The layers of a network: each knows its way forward and its two gradients on the way back.

Dense layers hold one example per row, (m, n). Convolution and pooling hold the
batch on the *last* axis, (channels, height, width, m): then every copy moves
long runs of memory, and a whole batch of convolutions is one matrix product.
`Images` and `Flatten` lead from one form to the other.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


class Layer(Protocol):
    """What `softmax_edu.network` asks of a layer."""

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        """Compute the outputs, and a cache of what the way back will need."""

    def input_gradient(self, doutputs: Array, cache: Any) -> Array:
        """Turn the gradient with respect to the outputs into that of the inputs."""

    def parameter_gradients(self, doutputs: Array, cache: Any) -> dict[str, Array]:
        """Compute the gradients with respect to the parameters, by name."""


class Fixed:
    """A layer without parameters."""

    def parameter_gradients(self, doutputs: Array, cache: Any) -> dict[str, Array]:
        """Return no gradients: there is nothing to learn."""
        return {}


@dataclass(frozen=True)
class Dense:
    """Multiply by weights and add a bias: Z = A @ W + b.

    Parameters
    ----------
    W : (n_in, n_out) array
        Weights.
    b : (n_out,) array
        Biases.

    Raises
    ------
    ValueError
        If the shapes do not fit each other; in `forward`, if A has not n_in columns.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, section 6.5.

    Examples
    --------
    >>> layer = Dense(W=np.array([[2.0], [3.0]]), b=np.array([1.0]))
    >>> Z, cache = layer.forward(np.array([[10.0, 100.0]]))
    >>> Z
    array([[321.]])
    >>> layer.parameter_gradients(np.array([[1.0]]), cache)["W"]
    array([[ 10.],
           [100.]])
    """

    W: Array
    b: Array

    def __post_init__(self) -> None:
        if self.W.ndim != 2 or self.b.shape != self.W.shape[1:]:
            raise ValueError(
                f"W has shape {self.W.shape} and b {self.b.shape};"
                " they must be (n_in, n_out) and (n_out,)"
            )

    def forward(self, A: Array) -> tuple[Array, Array]:
        """Compute Z (m, n_out) from A (m, n_in); the cache is A."""
        if A.ndim != 2 or A.shape[1] != len(self.W):
            raise ValueError(
                f"the inputs have shape {A.shape}; for W of shape {self.W.shape}"
                f" they must be (m, {len(self.W)})"
            )
        Z = A @ self.W  # (m, n_out)
        Z += self.b
        return Z, A

    def input_gradient(self, dZ: Array, A: Array) -> Array:
        """Compute dA (m, n_in) from dZ (m, n_out)."""
        return dZ @ self.W.T

    def parameter_gradients(self, dZ: Array, A: Array) -> dict[str, Array]:
        """Compute dW (n_in, n_out) and db (n_out,), each a sum over the examples."""
        return {"W": A.T @ dZ, "b": dZ.sum(axis=0)}


@dataclass(frozen=True)
class ReLU(Fixed):
    """Keep what is positive and set the rest to 0, for arrays of any shape.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, section 6.3.1.

    Examples
    --------
    >>> ReLU().forward(np.array([-2.0, 3.0]))[0]
    array([0., 3.])
    """

    def forward(self, Z: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Compute A; the cache says where Z was positive."""
        return np.maximum(Z, 0), Z > 0

    def input_gradient(self, dA: Array, active: NDArray[np.bool_]) -> Array:
        """Let the gradient through where Z was positive; at 0 the slope counts as 0."""
        return dA * active


@dataclass(frozen=True)
class Images(Fixed):
    """Read rows of pixels as images, the batch last.

    Parameters
    ----------
    shape : (channels, height, width)
        Of one image.

    Raises
    ------
    ValueError
        In `forward`, if a row has another number of pixels.

    Examples
    --------
    >>> Images((1, 2, 3)).forward(np.arange(12.0).reshape(2, 6))[0].shape
    (1, 2, 3, 2)
    """

    shape: tuple[int, int, int]

    def forward(self, X: Array) -> tuple[Array, None]:
        """Turn X (m, channels * height * width) into (channels, height, width, m)."""
        channels, height, width = self.shape
        if X.ndim != 2 or X.shape[1] != channels * height * width:
            raise ValueError(
                f"the inputs have shape {X.shape}; for images of shape {self.shape}"
                f" they must be (m, {channels * height * width})"
            )
        return np.ascontiguousarray(X.T).reshape(channels, height, width, len(X)), None

    def input_gradient(self, doutputs: Array, cache: None) -> Array:
        """Turn (channels, height, width, m) back into (m, channels * height * width)."""
        return doutputs.reshape(-1, doutputs.shape[-1]).T


@dataclass(frozen=True)
class Flatten(Fixed):
    """Read images as rows of features, one example per row: the way back from `Images`.

    Examples
    --------
    >>> Flatten().forward(np.zeros((16, 2, 2, 5)))[0].shape
    (5, 64)
    """

    def forward(self, A: Array) -> tuple[Array, tuple[int, ...]]:
        """Turn (channels, height, width, m) into (m, channels * height * width)."""
        return A.reshape(-1, A.shape[-1]).T, A.shape

    def input_gradient(self, doutputs: Array, shape: tuple[int, ...]) -> Array:
        """Turn (m, channels * height * width) back into (channels, height, width, m)."""
        return np.ascontiguousarray(doutputs.T).reshape(shape)


@dataclass(frozen=True)
class Conv:
    """Slide small kernels over images: stride 1, zeros around, so the size stays.

    As in every framework this is cross-correlation: the kernel is not flipped.

    Parameters
    ----------
    kernels : (filters, channels, k, k) array
        k is odd.
    b : (filters,) array
        Biases.

    Raises
    ------
    ValueError
        If the shapes do not fit each other, or k is even; in `forward`, if the images
        have another number of channels.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, sections 9.1 and 9.5;
    Chellapilla, Puri and Simard, "High performance convolutional neural networks for
    document processing", 2006 (one matrix product).

    Examples
    --------
    >>> left_neighbour = np.array([[[[0.0, 0, 0], [1, 0, 0], [0, 0, 0]]]])
    >>> image = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)
    >>> Conv(left_neighbour, b=np.zeros(1)).forward(image)[0].ravel()
    array([0., 1., 2.])
    """

    kernels: Array
    b: Array

    def __post_init__(self) -> None:
        shape = self.kernels.shape
        if len(shape) != 4 or shape[2] != shape[3] or shape[2] % 2 == 0:
            raise ValueError(
                f"kernels has shape {shape}; it must be (filters, channels, k, k) with odd k"
            )
        if self.b.shape != shape[:1]:
            raise ValueError(f"b has shape {self.b.shape}; for {shape[0]} filters use {shape[:1]}")

    def forward(self, A: Array) -> tuple[Array, Array]:
        """Compute Z (filters, height, width, m) from A (channels, height, width, m).

        The cache holds the columns: for each place the pixels that the kernel sees there.
        """
        filters, channels, k, _ = self.kernels.shape
        if A.ndim != 4 or len(A) != channels:
            raise ValueError(
                f"the inputs have shape {A.shape}; for kernels of shape {self.kernels.shape}"
                f" they must be ({channels}, height, width, m)"
            )
        height, width, m = A.shape[1:]
        padded = np.zeros((channels, height + k - 1, width + k - 1, m), A.dtype)
        padded[:, k // 2 : k // 2 + height, k // 2 : k // 2 + width] = A
        columns = np.empty((channels, k, k, height, width, m), A.dtype)
        for i, j in product(range(k), repeat=2):
            columns[:, i, j] = padded[:, i : i + height, j : j + width]
        Z = self._matrix() @ columns.reshape(channels * k * k, -1)  # (filters, height*width*m)
        Z += self.b[:, None]
        return Z.reshape(filters, height, width, m), columns

    def input_gradient(self, dZ: Array, columns: Array) -> Array:
        """Compute dA (channels, height, width, m): each pixel gathers from all who saw it."""
        channels, k, _, height, width, m = columns.shape
        dcolumns = (self._matrix().T @ dZ.reshape(len(dZ), -1)).reshape(columns.shape)
        dpadded = np.zeros((channels, height + k - 1, width + k - 1, m), dZ.dtype)
        for i, j in product(range(k), repeat=2):
            dpadded[:, i : i + height, j : j + width] += dcolumns[:, i, j]
        return dpadded[:, k // 2 : k // 2 + height, k // 2 : k // 2 + width]

    def parameter_gradients(self, dZ: Array, columns: Array) -> dict[str, Array]:
        """Compute dkernels (filters, channels, k, k) and db (filters,)."""
        dZ = dZ.reshape(len(dZ), -1)  # (filters, height*width*m)
        channels, k = columns.shape[:2]
        # dZ @ columns.T, multiplied the other way round: that is faster
        dmatrix = (columns.reshape(channels * k * k, -1) @ dZ.T).T
        return {"kernels": dmatrix.reshape(self.kernels.shape), "b": dZ.sum(axis=1)}

    def _matrix(self) -> Array:
        """Lay each kernel out as a row, (filters, channels * k * k)."""
        return self.kernels.reshape(len(self.kernels), -1)


@dataclass(frozen=True)
class MaxPool(Fixed):
    """Keep the largest of each 2 by 2 pixels, so that height and width are halved.

    Raises
    ------
    ValueError
        In `forward`, if height or width is odd.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, 2016, section 9.3.

    Examples
    --------
    >>> MaxPool().forward(np.array([[1.0, 5.0], [3.0, 2.0]]).reshape(1, 2, 2, 1))[0].item()
    5.0
    """

    def forward(self, A: Array) -> tuple[Array, tuple[Array, Array]]:
        """Turn (channels, height, width, m) into (channels, height/2, width/2, m)."""
        if A.ndim != 4 or A.shape[1] % 2 or A.shape[2] % 2:
            raise ValueError(
                f"the inputs have shape {A.shape};"
                " they must be (channels, height, width, m) with even height and width"
            )
        rows = np.maximum(A[:, ::2], A[:, 1::2])
        Z = np.maximum(rows[:, :, ::2], rows[:, :, 1::2])
        return Z, (A, Z)

    def input_gradient(self, dZ: Array, cache: tuple[Array, Array]) -> Array:
        """Send each gradient to the pixel that was largest; of equal ones, to the first."""
        A, Z = cache
        dA = np.empty_like(A)
        waiting = np.ones(Z.shape, dtype=bool)
        for i, j in product(range(2), repeat=2):
            chosen = waiting & (A[:, i::2, j::2] == Z)
            dA[:, i::2, j::2] = dZ * chosen
            waiting &= ~chosen
        return dA
