"""The questions of the sixth assignment: backward through a network."""

import numpy as np

from softmax_edu.exercises.question import Mistake, Question
from softmax_edu.losses import cross_entropy_gradient
from softmax_edu.misconceptions.misconception import Array

Arrays = tuple[Array, ...]


# Back through three layers


def _forward(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> tuple[Array, Array, Array]:
    """Return the activations of both hidden layers, and the logits."""
    A1 = np.maximum(X @ W1 + b1, 0)
    A2 = np.maximum(A1 @ W2 + b2, 0)
    return A1, A2, A2 @ W3 + b3


def _collected(X: Array, A1: Array, A2: Array, dZ1: Array, dZ2: Array, dZ3: Array) -> Arrays:
    """Return the gradients of weights and biases that belong to those of the scores."""
    dW1, dW2, dW3 = X.T @ dZ1, A1.T @ dZ2, A2.T @ dZ3
    return dW1, dZ1.sum(axis=0), dW2, dZ2.sum(axis=0), dW3, dZ3.sum(axis=0)


def three_layer_backward_relu_forgotten(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(logits, labels)
    dZ2 = dZ3 @ W3.T
    return _collected(X, A1, A2, dZ2 @ W2.T, dZ2, dZ3)


def three_layer_backward_relu_forgotten_below(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(logits, labels)
    dZ2 = dZ3 @ W3.T * (A2 > 0)
    return _collected(X, A1, A2, dZ2 @ W2.T, dZ2, dZ3)


def three_layer_backward_slope_at_zero(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(logits, labels)
    dZ2 = dZ3 @ W3.T * (A1 @ W2 + b2 >= 0)
    dZ1 = dZ2 @ W2.T * (X @ W1 + b1 >= 0)
    return _collected(X, A1, A2, dZ1, dZ2, dZ3)


def three_layer_backward_relu_of_gradient(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(logits, labels)
    dZ2 = np.maximum(dZ3 @ W3.T, 0)
    dZ1 = np.maximum(dZ2 @ W2.T, 0)
    return _collected(X, A1, A2, dZ1, dZ2, dZ3)


def three_layer_backward_sum(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(logits, labels, reduction="none")
    dZ2 = dZ3 @ W3.T * (A2 > 0)
    dZ1 = dZ2 @ W2.T * (A1 > 0)
    return _collected(X, A1, A2, dZ1, dZ2, dZ3)


def three_layer_backward_biases_averaged(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(logits, labels)
    dZ2 = dZ3 @ W3.T * (A2 > 0)
    dZ1 = dZ2 @ W2.T * (A1 > 0)
    dW1, dW2, dW3 = X.T @ dZ1, A1.T @ dZ2, A2.T @ dZ3
    return dW1, dZ1.mean(axis=0), dW2, dZ2.mean(axis=0), dW3, dZ3.mean(axis=0)


def three_layer_backward_untransposed(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(logits, labels)
    dZ2 = dZ3 @ W3 * (A2 > 0)
    dZ1 = dZ2 @ W2 * (A1 > 0)
    return _collected(X, A1, A2, dZ1, dZ2, dZ3)


def three_layer_backward_sign(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = -cross_entropy_gradient(logits, labels)
    dZ2 = dZ3 @ W3.T * (A2 > 0)
    dZ1 = dZ2 @ W2.T * (A1 > 0)
    return _collected(X, A1, A2, dZ1, dZ2, dZ3)


def three_layer_backward_relu_at_the_end(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(np.maximum(logits, 0), labels) * (logits > 0)
    dZ2 = dZ3 @ W3.T * (A2 > 0)
    dZ1 = dZ2 @ W2.T * (A1 > 0)
    return _collected(X, A1, A2, dZ1, dZ2, dZ3)


def three_layer_backward_before_relu(
    X: Array, labels: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array
) -> Arrays:
    A1, A2, logits = _forward(X, W1, b1, W2, b2, W3, b3)
    dZ3 = cross_entropy_gradient(logits, labels)
    dZ2 = dZ3 @ W3.T * (A2 > 0)
    dZ1 = dZ2 @ W2.T * (A1 > 0)
    return _collected(X, X @ W1 + b1, A1 @ W2 + b2, dZ1, dZ2, dZ3)


THREE_LAYER_BACKWARD = Question(
    name="three_layer_backward",
    takes=(
        "X (m, n), labels (m,), W1 (n, p), b1 (p,), W2 (p, q), b2 (q,), W3 (q, C), b3 (C,)"
        " -> dW1, db1, dW2, db2, dW3, db3"
    ),
    probes={
        "four examples, all layers of different widths": (
            [[1.0, 2.0], [0.5, -1.0], [-1.0, 0.5], [2.0, 1.0]],
            [0, 2, 1, 0],
            [[1.0, -1.0, 0.5, 0.5], [0.0, 1.0, 1.0, -1.0]],
            [0.5, 0.0, -1.0, 0.25],
            [[1.0, 0.0], [-1.0, 1.0], [0.5, 1.0], [0.5, -1.0]],
            [0.25, -0.5],
            [[1.0, 0.0, -1.0], [0.5, -1.0, 1.0]],
            [0.0, 0.5, -1.0],
        ),
        "all widths 2": (
            [[1.0, 2.0], [2.0, -1.0]],
            [0, 1],
            [[1.0, -0.5], [0.5, 1.0]],
            [0.25, 1.0],
            [[1.0, 0.5], [-0.25, 1.0]],
            [0.5, 0.25],
            [[1.0, -1.0], [0.25, 0.5]],
            [0.0, 0.5],
        ),
        "one example": (
            [[1.0, 2.0]],
            [1],
            [[1.0, 1.0], [0.5, -1.0]],
            [0.0, 0.5],
            [[1.0, 0.5], [2.0, 1.0]],
            [0.5, -0.5],
            [[1.0, 0.0, -1.0], [0.0, 1.0, 0.5]],
            [0.0, 0.0, 1.0],
        ),
        "every unit on, and negative logits": (
            [[1.0], [2.0], [3.0]],
            [0, 1, 1],
            [[1.0, 0.5]],
            [0.5, 0.5],
            [[0.5, 0.25], [0.25, 0.5]],
            [0.5, 0.5],
            [[-1.0, 0.5], [0.5, -1.5]],
            [0.0, 0.0],
        ),
        "a unit of the first layer at exactly 0": (
            [[1.0, 1.0], [2.0, 1.0]],
            [0, 1],
            [[1.0, 1.0], [-1.0, 1.0]],
            [0.0, 0.5],
            [[1.0, -1.0], [0.5, 1.0]],
            [0.5, 0.5],
            [[1.0, -1.0], [0.5, 0.25]],
            [0.0, 0.5],
        ),
        "a unit of the second layer that is always off": (
            [[1.0], [2.0]],
            [1, 0],
            [[1.0, 0.5]],
            [0.0, 1.0],
            [[1.0, -1.0], [0.5, -1.0]],
            [0.0, -1.0],
            [[1.0, -1.0], [2.0, 0.0]],
            [0.0, 0.0],
        ),
        "logits of 1000": (
            [[1.0], [2.0]],
            [1, 1],
            [[10.0]],
            [0.0],
            [[10.0]],
            [0.0],
            [[10.0, -10.0]],
            [0.0, 0.0],
        ),
    },
    mistakes=(
        Mistake(
            wrong=three_layer_backward_relu_forgotten,
            exposed_by="four examples, all layers of different widths",
            why="Your gradient passes through units that are off.",
            fix="After each dZ @ W.T, multiply by 1 where the unit is on and by 0 where it is off.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=three_layer_backward_relu_forgotten_below,
            exposed_by="four examples, all layers of different widths",
            why="Your gradient respects the ReLU of the second layer, but not that of the first.",
            fix="Multiply dZ2 @ W2.T by 0 where a unit of the first layer is off.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=three_layer_backward_slope_at_zero,
            exposed_by="a unit of the first layer at exactly 0",
            why="You let the gradient through where z is exactly 0.",
            fix="The slope of ReLU at 0 is taken as 0 here: ask z > 0, not z >= 0.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=three_layer_backward_relu_of_gradient,
            exposed_by="four examples, all layers of different widths",
            why="You apply ReLU to the gradient: you ask for the sign of dA instead of that of z.",
            fix="A gradient of either sign passes where z > 0 on the way forward.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=three_layer_backward_sum,
            exposed_by="four examples, all layers of different widths",
            why="All your gradients are m times too large: they belong to the sum of the losses.",
            fix="The cost is a mean: divide by m once, at the logits.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=three_layer_backward_biases_averaged,
            exposed_by="four examples, all layers of different widths",
            why="You divide the gradients of the biases by m twice.",
            fix="If dZ includes the 1/m, db is the sum of its rows, and not their mean.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=three_layer_backward_untransposed,
            exposed_by="all widths 2",
            why="You go back through W where its transpose belongs; it shows if the shapes differ.",
            fix="Use dA = dZ @ W.T: each unit collects from all units that it feeds.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=three_layer_backward_sign,
            exposed_by="four examples, all layers of different widths",
            why="All your gradients have the wrong sign.",
            fix="The gradient at the logits is prediction minus truth, not truth minus prediction.",
            chapter="06_gradient",
        ),
        Mistake(
            wrong=three_layer_backward_relu_at_the_end,
            exposed_by="every unit on, and negative logits",
            why="You put a ReLU behind the last layer too, and negative scores are lost.",
            fix="The logits go into softmax as they are.",
            chapter="08_deep_network",
        ),
        Mistake(
            wrong=three_layer_backward_before_relu,
            exposed_by="four examples, all layers of different widths",
            why="For dW2 and dW3 you take the scores of the layer below, before its ReLU.",
            fix="A layer sees what came out of the ReLU: dW = A.T @ dZ.",
            chapter="08_deep_network",
        ),
    ),
)


# A window that slides


def _slid(images: Array, kernel: Array, bias: float) -> Array:
    """Multiply and add at every place where the kernel fits."""
    windows = np.lib.stride_tricks.sliding_window_view(images, kernel.shape, axis=(1, 2))
    return np.einsum("irsuv,uv->irs", windows, kernel) + bias


def convolve_flipped(images: Array, kernel: Array, bias: float) -> Array:
    return _slid(images, kernel[::-1, ::-1], bias)


def convolve_padded(images: Array, kernel: Array, bias: float) -> Array:
    above, left = ((k - 1) // 2 for k in kernel.shape)
    below, right = (k // 2 for k in kernel.shape)
    return _slid(np.pad(images, ((0, 0), (above, below), (left, right))), kernel, bias)


def convolve_without_bias(images: Array, kernel: Array, bias: float) -> Array:
    return _slid(images, kernel, 0)


def convolve_bias_in_every_product(images: Array, kernel: Array, bias: float) -> Array:
    return _slid(images, kernel, kernel.size * bias)


def convolve_last_place_missing(images: Array, kernel: Array, bias: float) -> Array:
    return _slid(images, kernel, bias)[:, :-1, :-1]


def convolve_square_kernel(images: Array, kernel: Array, bias: float) -> Array:
    k = len(kernel)
    Z = np.zeros((len(images), images.shape[1] - k + 1, images.shape[2] - k + 1))
    for r, s in np.ndindex(Z.shape[1:]):
        Z[:, r, s] = (images[:, r : r + k, s : s + k] * kernel).sum(axis=(1, 2)) + bias
    return Z


def convolve_last_place_zero(images: Array, kernel: Array, bias: float) -> Array:
    Z = _slid(images, kernel, bias)
    Z[:, -1] = Z[:, :, -1] = 0
    return Z


def convolve_with_relu(images: Array, kernel: Array, bias: float) -> Array:
    return np.maximum(_slid(images, kernel, bias), 0)


def convolve_matrix_product(images: Array, kernel: Array, bias: float) -> Array:
    (k, width), (_, height_of_images, width_of_images) = kernel.shape, images.shape
    Z = np.zeros((len(images), height_of_images - k + 1, width_of_images - width + 1))
    for r, s in np.ndindex(Z.shape[1:]):
        Z[:, r, s] = (images[:, r : r + k, s : s + width] @ kernel).sum(axis=(1, 2)) + bias
    return Z


def convolve_pictures_added(images: Array, kernel: Array, bias: float) -> Array:
    Z = _slid(images, kernel, 0)
    return np.broadcast_to(Z.sum(axis=0) + bias, Z.shape)


CONVOLVE = Question(
    name="convolve",
    takes="images (m, H, W), kernel (k, l), bias -> feature maps (m, H-k+1, W-l+1)",
    probes={
        "two pictures, a square kernel": (
            [
                [[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 0.0], [2.0, 0.0, 1.0, 1.0]],
                [[0.0, 0.0, 1.0, 2.0], [1.0, 0.0, 0.0, 0.0], [4.0, 1.0, 0.0, 3.0]],
            ],
            [[1.0, -1.0], [0.0, 2.0]],
            0.0,
        ),
        "a bias of -1.5": (
            [[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]],
            [[1.0, -1.0], [0.0, 2.0]],
            -1.5,
        ),
        "a kernel of two rows and three columns": (
            [[[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 0.0], [2.0, 0.0, 1.0, 1.0]]],
            [[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]],
            0.5,
        ),
        "a kernel of three rows and one column": (
            [[[1.0, 2.0], [0.0, 1.0], [2.0, 0.0], [3.0, 1.0]]],
            [[1.0], [2.0], [-1.0]],
            0.0,
        ),
        "a kernel as large as the picture": (
            [[[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [1.0, 0.0]]],
            [[1.0, 0.5], [-1.0, 2.0]],
            1.0,
        ),
        "a kernel of one number": ([[[1.0, -2.0], [0.0, 3.0]]], [[2.0]], 1.0),
        "three pictures of three rows": (
            [
                [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]],
                [[3.0, 0.0], [0.0, 0.0], [0.0, 1.0]],
                [[0.0, 1.0], [5.0, 0.0], [0.0, 0.0]],
            ],
            [[0.0, 1.0], [-1.0, 1.0]],
            2.0,
        ),
    },
    mistakes=(
        Mistake(
            wrong=convolve_flipped,
            exposed_by="two pictures, a square kernel",
            why=(
                "You turn the kernel by 180 degrees, "
                "which is a convolution in the sense of mathematics."
            ),
            fix="Lay the kernel on the picture as it is.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_padded,
            exposed_by="two pictures, a square kernel",
            why="You put zeros around the picture, so your map is as large as the picture.",
            fix="Use only places where the whole kernel lies on the picture.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_without_bias,
            exposed_by="a bias of -1.5",
            why="You leave the bias out.",
            fix="Add it once to every number of the map.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_bias_in_every_product,
            exposed_by="a bias of -1.5",
            why="You add the bias to each product, so it counts once per number of the kernel.",
            fix="Add it to the sum, once.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_last_place_missing,
            exposed_by="two pictures, a square kernel",
            why="Your window stops one place before the end, in both directions.",
            fix="It fits in H - k + 1 places, not in H - k.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_last_place_zero,
            exposed_by="two pictures, a square kernel",
            why="Your map has the right size, but its last row and column are never computed.",
            fix="The window fits in H - k + 1 places: let the loop run over all of them.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_square_kernel,
            exposed_by="a kernel of two rows and three columns",
            why="You take the kernel for square.",
            fix="Its height k and its width l may differ: k, l = kernel.shape.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_with_relu,
            exposed_by="two pictures, a square kernel",
            why="You set negative results to 0; that is the layer that comes after.",
            fix="Return the sums as they are, without ReLU.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_matrix_product,
            exposed_by="two pictures, a square kernel",
            why="You multiply window and kernel as matrices.",
            fix="Multiply entry by entry, with *, and add up the products.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=convolve_pictures_added,
            exposed_by="two pictures, a square kernel",
            why="You add up over the pictures as well, so each map mixes all of them.",
            fix="Add up over the window alone: sum(axis=(1, 2)) for patches (m, k, l).",
            chapter="09_cnn",
        ),
    ),
)


# Back through pooling


def _blocks(X: Array) -> Array:
    """Cut images (m, H, W) into blocks (m, H/2, W/2, 4), each in reading order."""
    m, H, W = X.shape
    return X.reshape(m, H // 2, 2, W // 2, 2).swapaxes(2, 3).reshape(m, H // 2, W // 2, 4)


def _images(blocks: Array) -> Array:
    """Put blocks (m, H/2, W/2, 4) together again, to (m, H, W)."""
    m, h, w, _ = blocks.shape
    return blocks.reshape(m, h, w, 2, 2).swapaxes(2, 3).reshape(m, 2 * h, 2 * w)


def _chosen(dout: Array, corner: Array) -> Array:
    """Send each gradient to one of the four corners of its block."""
    return _images(dout[..., None] * (corner[..., None] == np.arange(4)))


def max_pool_backward_to_all_equal(X: Array, dout: Array) -> Array:
    blocks = _blocks(X)
    return _images(dout[..., None] * (blocks == blocks.max(axis=-1, keepdims=True)))


def max_pool_backward_shared(X: Array, dout: Array) -> Array:
    blocks = _blocks(X)
    largest = blocks == blocks.max(axis=-1, keepdims=True)
    return _images(dout[..., None] * largest / largest.sum(axis=-1, keepdims=True))


def max_pool_backward_to_the_last(X: Array, dout: Array) -> Array:
    return _chosen(dout, 3 - _blocks(X)[..., ::-1].argmax(axis=-1))


def max_pool_backward_column_by_column(X: Array, dout: Array) -> Array:
    order = np.array([0, 2, 1, 3])
    return _chosen(dout, order[_blocks(X)[..., order].argmax(axis=-1)])


def max_pool_backward_to_all_four(X: Array, dout: Array) -> Array:
    return dout.repeat(2, axis=1).repeat(2, axis=2)


def max_pool_backward_mean(X: Array, dout: Array) -> Array:
    return dout.repeat(2, axis=1).repeat(2, axis=2) / 4


def max_pool_backward_above_zero(X: Array, dout: Array) -> Array:
    blocks = _blocks(X)
    return _chosen(dout * (blocks.max(axis=-1) > 0), blocks.argmax(axis=-1))


def max_pool_backward_largest_size(X: Array, dout: Array) -> Array:
    return _chosen(dout, np.abs(_blocks(X)).argmax(axis=-1))


def max_pool_backward_blocks_in_a_row(X: Array, dout: Array) -> Array:
    blocks = X.reshape(*dout.shape, 4)
    dX = dout[..., None] * (blocks.argmax(axis=-1)[..., None] == np.arange(4))
    return dX.reshape(X.shape)


def max_pool_backward_in_place(X: Array, dout: Array) -> Array:
    X[:] = _chosen(dout, _blocks(X).argmax(axis=-1))
    return X


MAX_POOL_BACKWARD = Question(
    name="max_pool_backward",
    takes="X (m, H, W), dout (m, H//2, W//2) -> dX (m, H, W)",
    probes={
        "one block": ([[[1.0, 4.0], [3.0, 2.0]]], [[[5.0]]]),
        "two pictures of four blocks": (
            [
                [
                    [1.0, 2.0, 8.0, 7.0],
                    [3.0, 4.0, 6.0, 5.0],
                    [9.0, 1.0, 0.5, 2.0],
                    [3.0, 7.0, 4.0, 3.0],
                ],
                [
                    [4.0, 1.0, 0.0, 3.0],
                    [2.0, 3.0, 1.0, 2.0],
                    [1.0, 5.0, 6.0, 9.0],
                    [7.0, 2.0, 8.0, 3.0],
                ],
            ],
            [[[1.0, 2.0], [3.0, -4.0]], [[0.5, -1.0], [2.0, 0.0]]],
        ),
        "more columns than rows": (
            [[[1.0, 2.0, 9.0, 7.0, 0.0, 6.0], [3.0, 4.0, 6.0, 5.0, 8.0, 1.0]]],
            [[[1.0, 2.0, -3.0]]],
        ),
        "more rows than columns": (
            [[[1.0, 2.0], [4.0, 3.0], [5.0, 9.0], [6.0, 7.0]]],
            [[[-1.0], [2.0]]],
        ),
        "two equal largest numbers in a row or column": (
            [[[7.0, 7.0, 2.0, 5.0], [1.0, 3.0, 0.0, 5.0]]],
            [[[5.0, 6.0]]],
        ),
        "two equal largest numbers across": ([[[3.0, 7.0], [7.0, 1.0]]], [[[5.0]]]),
        "a block of zeros, as ReLU leaves it": (
            [[[0.0, 0.0, 0.0, 2.0], [0.0, 0.0, 1.0, 0.0]]],
            [[[4.0, 1.0]]],
        ),
        "negative numbers": ([[[-3.0, -1.0], [-2.0, -5.0]]], [[[2.0]]]),
    },
    mistakes=(
        Mistake(
            wrong=max_pool_backward_to_all_equal,
            exposed_by="two equal largest numbers across",
            why="Of equal largest numbers you give the whole gradient to each, so it counts twice.",
            fix="Give it to the first of them, line by line.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_shared,
            exposed_by="two equal largest numbers across",
            why="You share the gradient among equal largest numbers; here the first gets it all.",
            fix="Find one place in each block; argmax takes the first of equal ones.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_to_the_last,
            exposed_by="two equal largest numbers across",
            why="Of equal largest numbers your gradient goes to the last.",
            fix="Give it to the first of them, line by line.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_column_by_column,
            exposed_by="two equal largest numbers across",
            why="Of equal largest numbers you take the first, but you read column by column.",
            fix="Read line by line: top left, top right, bottom left, bottom right.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_to_all_four,
            exposed_by="one block",
            why="You give the gradient to all four numbers of a block.",
            fix="Only the largest moved the result, so only it gets the gradient.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_mean,
            exposed_by="one block",
            why="You give each number of a block a quarter, as if the mean had been taken.",
            fix="Only the largest moved the result, so it gets the whole gradient.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_above_zero,
            exposed_by="negative numbers",
            why="A block in which nothing is above 0 gets no gradient from you.",
            fix="The largest number of a block may be negative or 0: pooling is not ReLU.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_largest_size,
            exposed_by="negative numbers",
            why="You look for the number that is furthest from 0.",
            fix="Look for the largest: -1 is larger than -5.",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_blocks_in_a_row,
            exposed_by="two pictures of four blocks",
            why="Your blocks are four numbers in one line: reshape alone does not cut out squares.",
            fix="Block (r, s) is X[i, 2 * r : 2 * r + 2, 2 * s : 2 * s + 2].",
            chapter="09_cnn",
        ),
        Mistake(
            wrong=max_pool_backward_in_place,
            exposed_by="one block",
            why="You write the gradient into X, and the caller's numbers are gone.",
            fix="Begin with a new array: dX = np.zeros(X.shape).",
            chapter="09_cnn",
        ),
    ),
)

QUESTIONS = (THREE_LAYER_BACKWARD, CONVOLVE, MAX_POOL_BACKWARD)
