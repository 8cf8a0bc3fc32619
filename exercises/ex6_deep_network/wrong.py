"""The mistakes of the catalogue once more, each written in another style: all must lose points."""

import numpy as np

# Back through three layers: forward and backward as loops over lists of layers


def forward(X, params):
    A, activations = X, [X]
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        A = np.where(A @ W + b > 0, A @ W + b, 0.0)
        activations.append(A)
    return activations, A @ params[-2] + params[-1]


def error_at_logits(logits, labels):
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    probs[np.arange(len(labels)), labels] -= 1
    return probs / len(labels)


def backward(activations, params, dZ, below):
    """Let `below` turn dZ, W and A into the dZ of the next layer down; layers count from 0."""
    found = []
    for number in (2, 1, 0):
        A, W = activations[number], params[2 * number]
        found = [A.T @ dZ, dZ.sum(axis=0), *found]
        if number > 0:
            dZ = below(dZ, W, A, number)
    return tuple(found)


def relu_forgotten(X, labels, *params):
    activations, logits = forward(X, params)
    dZ = error_at_logits(logits, labels)
    return backward(activations, params, dZ, lambda dZ, W, A, number: dZ @ W.T)


def relu_forgotten_below(X, labels, *params):
    activations, logits = forward(X, params)

    def below(dZ, W, A, number):
        return np.where((A > 0) | (number == 1), dZ @ W.T, 0)

    return backward(activations, params, error_at_logits(logits, labels), below)


def slope_at_zero(X, labels, *params):
    activations, logits = forward(X, params)
    scores = [A @ W + b for A, W, b in zip(activations, params[::2], params[1::2], strict=True)]

    def below(dZ, W, A, number):
        return np.where(scores[number - 1] < 0, 0, dZ @ W.T)

    return backward(activations, params, error_at_logits(logits, labels), below)


def relu_of_gradient(X, labels, *params):
    activations, logits = forward(X, params)

    def below(dZ, W, A, number):
        dA = dZ @ W.T
        return dA * (dA > 0)

    return backward(activations, params, error_at_logits(logits, labels), below)


def on(dZ, W, A, number):
    return np.einsum("ij,kj,ik->ik", dZ, W, A > 0)


def without_one_over_m(X, labels, *params):
    activations, logits = forward(X, params)
    return backward(activations, params, len(X) * error_at_logits(logits, labels), on)


def biases_averaged(X, labels, *params):
    activations, logits = forward(X, params)
    found = backward(activations, params, error_at_logits(logits, labels), on)
    return tuple(g / len(X) if g.ndim == 1 else g for g in found)


def untransposed(X, labels, *params):
    activations, logits = forward(X, params)

    def below(dZ, W, A, number):
        return np.where(A > 0, np.dot(dZ, W), 0)

    return backward(activations, params, error_at_logits(logits, labels), below)


def wrong_sign(X, labels, *params):
    activations, logits = forward(X, params)
    t = np.exp(logits - logits.max(axis=1, keepdims=True))
    targets = labels[:, None] == np.arange(logits.shape[1])
    dZ = (targets - t / t.sum(axis=1, keepdims=True)) / len(X)
    return backward(activations, params, dZ, on)


def relu_at_the_end(X, labels, *params):
    activations, logits = forward(X, params)
    A3 = np.clip(logits, 0, None)
    dZ = np.where(A3 > 0, error_at_logits(A3, labels), 0)
    return backward(activations, params, dZ, on)


def before_relu(X, labels, *params):
    activations, logits = forward(X, params)
    scores = [A @ W + b for A, W, b in zip(activations, params[::2], params[1::2], strict=True)]
    dZ3 = error_at_logits(logits, labels)
    dZ2 = on(dZ3, params[4], activations[2], 2)
    dZ1 = on(dZ2, params[2], activations[1], 1)
    found = []
    for A, dZ in ((X, dZ1), (scores[0], dZ2), (scores[1], dZ3)):
        found += [np.einsum("ik,ij->kj", A, dZ), np.einsum("ij->j", dZ)]
    return tuple(found)


# A window that slides


def at_each_place(images, kernel, compute):
    rows, columns = kernel.shape
    maps = np.zeros((len(images), images.shape[1] - rows + 1, images.shape[2] - columns + 1))
    for i, r, s in np.ndindex(maps.shape):
        maps[i, r, s] = compute(images[i, r : r + rows, s : s + columns])
    return maps


def flipped(images, kernel, bias):
    return at_each_place(images, kernel, lambda patch: (patch * np.rot90(kernel, 2)).sum() + bias)


def padded(images, kernel, bias):
    rows, columns = kernel.shape
    framed = np.zeros((len(images), images.shape[1] + rows - 1, images.shape[2] + columns - 1))
    top, left = (rows - 1) // 2, (columns - 1) // 2
    framed[:, top : top + images.shape[1], left : left + images.shape[2]] = images
    return at_each_place(framed, kernel, lambda patch: np.vdot(patch, kernel) + bias)


def without_bias(images, kernel, bias):
    return at_each_place(images, kernel, lambda patch: np.vdot(patch, kernel))


def bias_in_every_product(images, kernel, bias):
    return at_each_place(images, kernel, lambda patch: (patch * kernel + bias).sum())


def last_place_missing(images, kernel, bias):
    height, width = images.shape[1] - kernel.shape[0], images.shape[2] - kernel.shape[1]
    maps = np.full((len(images), height, width), float(bias))
    for (u, v), weight in np.ndenumerate(kernel):
        maps += weight * images[:, u : u + height, v : v + width]
    return maps


def square_kernel(images, kernel, bias):
    k = kernel.shape[0]
    height, width = images.shape[1] - k + 1, images.shape[2] - k + 1
    maps = [
        [
            [(p[r : r + k, s : s + k] * kernel).sum() + bias for s in range(width)]
            for r in range(height)
        ]
        for p in images
    ]
    return np.array(maps)


def last_place_zero(images, kernel, bias):
    m, height, width = images.shape
    rows, columns = kernel.shape
    maps = np.zeros((m, height - rows + 1, width - columns + 1))
    for i in range(m):
        for r in range(height - rows):
            for s in range(width - columns):
                patch = images[i, r : r + rows, s : s + columns]
                maps[i, r, s] = np.vdot(patch, kernel) + bias
    return maps


def with_relu(images, kernel, bias):
    return at_each_place(images, kernel, lambda patch: max(0, np.vdot(patch, kernel) + bias))


def matrix_product(images, kernel, bias):
    return at_each_place(images, kernel, lambda patch: np.sum(patch.dot(kernel)) + bias)


def pictures_added(images, kernel, bias):
    rows, columns = kernel.shape
    maps = np.zeros((len(images), images.shape[1] - rows + 1, images.shape[2] - columns + 1))
    for r, s in np.ndindex(maps.shape[1:]):
        maps[:, r, s] = (images[:, r : r + rows, s : s + columns] * kernel).sum() + bias
    return maps


# Back through pooling


def in_each_block(X, dout, compute):
    dX = np.zeros(X.shape)
    for i, r, s in np.ndindex(dout.shape):
        window = (i, slice(2 * r, 2 * r + 2), slice(2 * s, 2 * s + 2))
        dX[window] = compute(X[window]) * dout[i, r, s]
    return dX


def only(place):
    return np.eye(4)[place].reshape(2, 2)


def to_all_equal(X, dout):
    return in_each_block(X, dout, lambda block: block == block.max())


def shared(X, dout):
    return in_each_block(
        X, dout, lambda block: (block == block.max()) / (block == block.max()).sum()
    )


def to_the_last(X, dout):
    return in_each_block(X, dout, lambda block: only(np.flatnonzero(block == block.max())[-1]))


def column_by_column(X, dout):
    return in_each_block(X, dout, lambda block: only(block.T.argmax()).T)


def to_all_four(X, dout):
    return np.kron(dout, np.ones((1, 2, 2)))


def quarters(X, dout):
    return in_each_block(X, dout, lambda block: np.full((2, 2), 0.25))


def above_zero(X, dout):
    def compute(block):
        best, place = 0.0, None
        for number, value in enumerate(block.ravel()):
            if value > best:
                best, place = value, number
        return np.zeros((2, 2)) if place is None else only(place)

    return in_each_block(X, dout, compute)


def largest_size(X, dout):
    return in_each_block(X, dout, lambda block: only((block**2).argmax()))


def blocks_in_a_row(X, dout):
    dX = np.zeros(X.size)
    for number, gradient in enumerate(dout.ravel()):
        four = X.ravel()[4 * number : 4 * number + 4]
        dX[4 * number + four.argmax()] = gradient
    return dX.reshape(X.shape)


def in_place(X, dout):
    for i, r, s in np.ndindex(dout.shape):
        block = X[i, 2 * r : 2 * r + 2, 2 * s : 2 * s + 2]  # a view
        block[...] = only(block.argmax()) * dout[i, r, s]
    return X


WRONG = {
    "three_layer_backward_relu_forgotten": relu_forgotten,
    "three_layer_backward_relu_forgotten_below": relu_forgotten_below,
    "three_layer_backward_slope_at_zero": slope_at_zero,
    "three_layer_backward_relu_of_gradient": relu_of_gradient,
    "three_layer_backward_sum": without_one_over_m,
    "three_layer_backward_biases_averaged": biases_averaged,
    "three_layer_backward_untransposed": untransposed,
    "three_layer_backward_sign": wrong_sign,
    "three_layer_backward_relu_at_the_end": relu_at_the_end,
    "three_layer_backward_before_relu": before_relu,
    "convolve_flipped": flipped,
    "convolve_padded": padded,
    "convolve_without_bias": without_bias,
    "convolve_bias_in_every_product": bias_in_every_product,
    "convolve_last_place_missing": last_place_missing,
    "convolve_square_kernel": square_kernel,
    "convolve_last_place_zero": last_place_zero,
    "convolve_with_relu": with_relu,
    "convolve_matrix_product": matrix_product,
    "convolve_pictures_added": pictures_added,
    "max_pool_backward_to_all_equal": to_all_equal,
    "max_pool_backward_shared": shared,
    "max_pool_backward_to_the_last": to_the_last,
    "max_pool_backward_column_by_column": column_by_column,
    "max_pool_backward_to_all_four": to_all_four,
    "max_pool_backward_mean": quarters,
    "max_pool_backward_above_zero": above_zero,
    "max_pool_backward_largest_size": largest_size,
    "max_pool_backward_blocks_in_a_row": blocks_in_a_row,
    "max_pool_backward_in_place": in_place,
}
