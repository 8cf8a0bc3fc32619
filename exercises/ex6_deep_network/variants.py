"""Right answers in many styles: all of them must get full marks."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# Back through three layers


def back_with_masks(X, labels, W1, b1, W2, b2, W3, b3):
    Z1 = X @ W1 + b1
    A1 = Z1 * (Z1 > 0)
    Z2 = A1 @ W2 + b2
    A2 = Z2 * (Z2 > 0)
    Z3 = A2 @ W3 + b3
    probs = np.exp(Z3 - np.logaddexp.reduce(Z3, axis=1, keepdims=True))
    dZ3 = (probs - np.eye(len(b3))[labels]) / len(X)
    dZ2 = np.where(Z2 > 0, dZ3 @ W3.T, 0)
    dZ1 = np.where(Z1 > 0, dZ2 @ W2.T, 0)
    return (
        X.T @ dZ1,
        np.sum(dZ1, axis=0),
        A1.T @ dZ2,
        np.sum(dZ2, axis=0),
        A2.T @ dZ3,
        np.sum(dZ3, axis=0),
    )


def back_example_by_example(X, labels, W1, b1, W2, b2, W3, b3):
    gradients = [np.zeros_like(p) for p in (W1, b1, W2, b2, W3, b3)]
    for x, label in zip(X, labels, strict=True):
        a1 = np.maximum(x @ W1 + b1, 0)
        a2 = np.maximum(a1 @ W2 + b2, 0)
        z3 = a2 @ W3 + b3
        t = np.exp(z3 - z3.max())
        dz3 = t / t.sum()
        dz3[label] -= 1
        dz2 = (W3 @ dz3) * (a2 > 0)
        dz1 = (W2 @ dz2) * (a1 > 0)
        parts = np.outer(x, dz1), dz1, np.outer(a1, dz2), dz2, np.outer(a2, dz3), dz3
        gradients = [g + part / len(X) for g, part in zip(gradients, parts, strict=True)]
    return tuple(gradients)


def back_with_a_list_of_layers(X, labels, W1, b1, W2, b2, W3, b3):
    A, inputs = X, []
    for W, b in ((W1, b1), (W2, b2), (W3, b3)):
        inputs.append(A)
        Z = A @ W + b
        A = np.maximum(Z, 0)
    t = np.exp(Z - Z.max(axis=1, keepdims=True))
    dZ = t / t.sum(axis=1, keepdims=True)
    dZ[np.arange(len(Z)), labels] -= 1
    dZ = dZ / len(Z)
    gradients = []
    for W, A in zip((W3, W2, W1), reversed(inputs), strict=True):
        gradients = [A.T @ dZ, dZ.sum(axis=0), *gradients]
        dZ = (dZ @ W.T) * (A > 0)
    return tuple(gradients)


def back_with_einsum(X, labels, W1, b1, W2, b2, W3, b3):
    Z1 = np.einsum("in,np->ip", X, W1) + b1
    Z2 = np.einsum("ip,pq->iq", np.clip(Z1, 0, None), W2) + b2
    Z3 = np.einsum("iq,qc->ic", np.clip(Z2, 0, None), W3) + b3
    t = np.exp(Z3 - Z3.max(axis=1)[:, None])
    E = np.einsum("ic,i->ic", t, 1 / t.sum(axis=1)) - np.equal.outer(labels, np.arange(len(b3)))
    on1, on2 = np.heaviside(Z1, 0), np.heaviside(Z2, 0)
    D2 = np.einsum("ic,qc,iq->iq", E, W3, on2)
    D1 = np.einsum("iq,pq,ip->ip", D2, W2, on1)
    m = len(X)
    return (
        np.einsum("in,ip->np", X, D1) / m,
        np.einsum("ip->p", D1) / m,
        np.einsum("ip,iq->pq", Z1 * on1, D2) / m,
        np.einsum("iq->q", D2) / m,
        np.einsum("iq,ic->qc", Z2 * on2, E) / m,
        np.einsum("ic->c", E) / m,
    )


def back_with_examples_as_columns(X, labels, W1, b1, W2, b2, W3, b3):
    A0 = X.T  # (n, m)
    A1 = np.maximum(W1.T @ A0 + b1[:, None], 0)
    A2 = np.maximum(W2.T @ A1 + b2[:, None], 0)
    Z3 = W3.T @ A2 + b3[:, None]  # (C, m)
    t = np.exp(Z3 - Z3.max(axis=0))
    dZ3 = t / t.sum(axis=0) - (np.arange(len(b3))[:, None] == labels)
    dZ2 = W3 @ dZ3 * (A2 > 0)
    dZ1 = W2 @ dZ2 * (A1 > 0)
    found = []
    for dZ, A in ((dZ1, A0), (dZ2, A1), (dZ3, A2)):
        found += [(dZ @ A.T / len(X)).T, dZ.mean(axis=1)]
    return tuple(found)


def back_with_loops(X, labels, W1, b1, W2, b2, W3, b3):
    def layer(a, W, b):
        return [sum(a[k] * W[k, j] for k in range(len(a))) + b[j] for j in range(len(b))]

    def through(W, dz, a):
        both = range(len(dz))
        return [sum(W[k, j] * dz[j] for j in both) if a[k] > 0 else 0.0 for k in range(len(a))]

    gradients = [np.zeros(p.shape) for p in (W1, b1, W2, b2, W3, b3)]
    for x, label in zip(X, labels, strict=True):
        a1 = [max(z, 0.0) for z in layer(x, W1, b1)]
        a2 = [max(z, 0.0) for z in layer(a1, W2, b2)]
        z3 = layer(a2, W3, b3)
        t = [math.exp(z - max(z3)) for z in z3]
        dz3 = [(t_j / sum(t) - (j == label)) / len(X) for j, t_j in enumerate(t)]
        dz2 = through(W3, dz3, a2)
        dz1 = through(W2, dz2, a1)
        for number, (a, dz) in enumerate(((x, dz1), (a1, dz2), (a2, dz3))):
            for j, d in enumerate(dz):
                gradients[2 * number + 1][j] += d
                for k, value in enumerate(a):
                    gradients[2 * number][k, j] += value * d
    return tuple(gradients)


def back_as_lists(X, labels, W1, b1, W2, b2, W3, b3):
    A1 = np.maximum(X.dot(W1) + b1, 0)
    A2 = np.maximum(A1.dot(W2) + b2, 0)
    logits = A2.dot(W3) + b3
    dZ3 = []
    for z, label in zip(logits.tolist(), labels.tolist(), strict=True):
        t = [math.exp(z_j - max(z)) for z_j in z]
        dZ3.append([(t_j / sum(t) - (j == label)) / len(X) for j, t_j in enumerate(t)])
    dZ3 = np.array(dZ3)
    dZ2 = dZ3.dot(W3.T)
    dZ2[A2 <= 0] = 0
    dZ1 = dZ2.dot(W2.T)
    dZ1[A1 <= 0] = 0
    pairs = ((X, dZ1), (A1, dZ2), (A2, dZ3))
    return tuple(
        part.tolist() for A, dZ in pairs for part in (A.T.dot(dZ), np.ones(len(X)).dot(dZ))
    )


def back_in_float32(X, labels, W1, b1, W2, b2, W3, b3):
    X, W1, b1, W2, b2, W3, b3 = (a.astype(np.float32) for a in (X, W1, b1, W2, b2, W3, b3))
    A1 = np.maximum(X @ W1 + b1, 0)
    A2 = np.maximum(A1 @ W2 + b2, 0)
    Z3 = A2 @ W3 + b3
    t = np.exp(Z3 - Z3.max(axis=1, keepdims=True))
    dZ3 = t / t.sum(axis=1, keepdims=True) - np.eye(len(b3), dtype=np.float32)[labels]
    dZ3 /= np.float32(len(X))
    dZ2 = dZ3 @ W3.T * (A2 > 0)
    dZ1 = dZ2 @ W2.T * (A1 > 0)
    return X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.sum(axis=0), A2.T @ dZ3, dZ3.sum(axis=0)


def back_with_biases_as_rows(X, labels, W1, b1, W2, b2, W3, b3):
    def with_one(A):
        return np.column_stack([A, np.ones(len(A))])

    V1, V2, V3 = np.vstack([W1, b1]), np.vstack([W2, b2]), np.vstack([W3, b3])
    A0 = with_one(X)
    A1 = with_one(np.maximum(A0 @ V1, 0))
    A2 = with_one(np.maximum(A1 @ V2, 0))
    Z3 = A2 @ V3
    dZ3 = np.exp(Z3 - np.logaddexp.reduce(Z3, axis=1, keepdims=True))
    np.subtract.at(dZ3, (range(len(X)), labels), 1)
    dZ2 = ((dZ3 @ V3.T) * (A2 > 0))[:, :-1]
    dZ1 = ((dZ2 @ V2.T) * (A1 > 0))[:, :-1]
    dV1, dV2, dV3 = (A.T @ dZ / len(X) for A, dZ in ((A0, dZ1), (A1, dZ2), (A2, dZ3)))
    return dV1[:-1], dV1[-1], dV2[:-1], dV2[-1], dV3[:-1], dV3[-1]


def back_with_small_functions(X, labels, W1, b1, W2, b2, W3, b3):
    def relu(Z):
        return (np.abs(Z) + Z) / 2

    def slope(Z):
        return np.sign(relu(Z))

    def softmax(Z):
        t = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
        return t / np.sum(t, axis=-1, keepdims=True)

    def dense_backward(A, dZ):
        return A.T @ dZ / dZ.shape[0], dZ.mean(axis=0)

    Z1 = X @ W1 + b1
    Z2 = relu(Z1) @ W2 + b2
    dz3 = softmax(relu(Z2) @ W3 + b3)
    dz3[np.arange(labels.size), labels] -= 1.0
    dz2 = dz3 @ W3.T * slope(Z2)
    dz1 = dz2 @ W2.T * slope(Z1)
    return (
        *dense_backward(X, dz1),
        *dense_backward(relu(Z1), dz2),
        *dense_backward(relu(Z2), dz3),
    )


def back_through_jacobians(X, labels, W1, b1, W2, b2, W3, b3):
    totals = None
    for x, label in zip(X, labels, strict=True):
        z1 = W1.T @ x + b1
        a1 = np.maximum(z1, 0)
        z2 = W2.T @ a1 + b2
        a2 = np.maximum(z2, 0)
        z3 = W3.T @ a2 + b3
        dz3 = np.exp(z3 - z3.max()) / np.exp(z3 - z3.max()).sum() - np.eye(z3.size)[label]
        z3_by_z2 = W3.T @ np.diag((z2 > 0).astype(float))  # (C, q)
        z2_by_z1 = W2.T @ np.diag((z1 > 0).astype(float))  # (q, p)
        dz2 = dz3 @ z3_by_z2
        dz1 = dz2 @ z2_by_z1
        parts = []
        for a, dz in ((x, dz1), (a1, dz2), (a2, dz3)):
            parts += [a[:, None] * dz / len(X), dz / len(X)]
        totals = parts if totals is None else [t + p for t, p in zip(totals, parts, strict=True)]
    return tuple(totals)


# A window that slides


def slide_in_four_loops(images, kernel, bias):
    m, H, W = images.shape
    rows, columns = kernel.shape
    maps = np.zeros((m, H - rows + 1, W - columns + 1))
    for i in range(m):
        for r in range(H - rows + 1):
            for s in range(W - columns + 1):
                maps[i, r, s] = bias
                for u in range(rows):
                    for v in range(columns):
                        maps[i, r, s] += kernel[u, v] * images[i, r + u, s + v]
    return maps


def slide_by_patches(images, kernel, bias):
    rows, columns = kernel.shape
    m, H, W = images.shape
    maps = np.empty((m, H - rows + 1, W - columns + 1))
    for r in range(maps.shape[1]):
        for s in range(maps.shape[2]):
            patches = images[:, r : r + rows, s : s + columns]
            maps[:, r, s] = np.sum(patches * kernel, axis=(1, 2)) + bias
    return maps


def slide_with_views(images, kernel, bias):
    windows = sliding_window_view(images, kernel.shape, axis=(1, 2))
    return np.einsum("irsuv,uv->irs", windows, kernel) + bias


def slide_with_tensordot(images, kernel, bias):
    windows = sliding_window_view(images, kernel.shape, axis=(1, 2))
    return np.tensordot(windows, kernel, axes=2) + bias


def slide_as_one_product(images, kernel, bias):
    (m, H, W), (rows, columns) = images.shape, kernel.shape
    height, width = H - rows + 1, W - columns + 1
    places = [
        images[:, u : u + height, v : v + width].ravel()
        for u in range(rows)
        for v in range(columns)
    ]
    return (kernel.ravel() @ np.stack(places) + bias).reshape(m, height, width)


def slide_as_lists(images, kernel, bias):
    rows, columns = kernel.shape
    return [
        [
            [
                bias + (kernel * picture[r : r + rows, s : s + columns]).sum()
                for s in range(picture.shape[1] - columns + 1)
            ]
            for r in range(picture.shape[0] - rows + 1)
        ]
        for picture in images
    ]


def slide_in_float32(images, kernel, bias):
    windows = sliding_window_view(images.astype(np.float32), kernel.shape, axis=(1, 2))
    return (windows * kernel.astype(np.float32)).sum(axis=(-1, -2)) + np.float32(bias)


def slide_by_rows_with_correlate(images, kernel, bias):
    (m, H, W), (rows, columns) = images.shape, kernel.shape
    maps = np.full((m, H - rows + 1, W - columns + 1), float(bias))
    for i in range(m):
        for r in range(H - rows + 1):
            for u in range(rows):
                maps[i, r] += np.correlate(images[i, r + u], kernel[u], mode="valid")
    return maps


def slide_by_dot_products(images, kernel, bias):
    rows, columns = kernel.shape
    weights = kernel.reshape(-1)
    maps = []
    for picture in images:
        height, width = picture.shape[0] - rows + 1, picture.shape[1] - columns + 1
        numbers = [
            np.dot(picture[r : r + rows, s : s + columns].reshape(-1), weights) + bias
            for r, s in np.ndindex(height, width)
        ]
        maps.append(np.array(numbers).reshape(height, width))
    return np.stack(maps)


def slide_by_fourier(images, kernel, bias):
    size = images.shape[1:]
    rows, columns = kernel.shape
    product = np.fft.rfft2(images) * np.conj(np.fft.rfft2(kernel, s=size))
    around = np.fft.irfft2(product, s=size)  # what wraps around is cut off
    return around[:, : size[0] - rows + 1, : size[1] - columns + 1] + bias


def slide_by_convolving_with_the_turned_kernel(images, kernel, bias):
    (m, H, W), (rows, columns) = images.shape, kernel.shape
    turned = kernel[::-1, ::-1]
    maps = np.zeros((m, H - rows + 1, W - columns + 1))
    for i, r, s in np.ndindex(maps.shape):
        for u in range(rows):
            for v in range(columns):
                pixel = images[i, r + rows - 1 - u, s + columns - 1 - v]
                maps[i, r, s] = maps[i, r, s] + turned[u, v] * pixel
    return np.add(maps, bias)


def slide_by_rolling(images, kernel, bias):
    total = np.zeros(images.shape)
    for (u, v), weight in np.ndenumerate(kernel):
        total += weight * np.roll(images, (-u, -v), axis=(1, 2))
    height, width = (np.array(images.shape[1:]) - kernel.shape + 1).tolist()
    return total[:, :height, :width] + bias


# Back through pooling


def route_in_loops(X, dout):
    dX = np.zeros_like(X)
    for i in range(dout.shape[0]):
        for r in range(dout.shape[1]):
            for s in range(dout.shape[2]):
                best = (2 * r, 2 * s)
                for u in range(2 * r, 2 * r + 2):
                    for v in range(2 * s, 2 * s + 2):
                        if X[i, u, v] > X[i][best]:
                            best = (u, v)
                dX[i][best] = dout[i, r, s]
    return dX


def route_to_those_who_wait(X, dout):
    corners = [X[:, u::2, v::2] for u in (0, 1) for v in (0, 1)]
    largest = np.maximum.reduce(corners)
    dX, waiting = np.zeros(X.shape), np.ones(dout.shape, dtype=bool)
    for number, corner in enumerate(corners):
        chosen = waiting & (corner == largest)
        dX[:, number // 2 :: 2, number % 2 :: 2] = np.where(chosen, dout, 0)
        waiting &= ~chosen
    return dX


def route_by_reshaping(X, dout):
    m, H, W = X.shape
    blocks = X.reshape(m, H // 2, 2, W // 2, 2).transpose(0, 1, 3, 2, 4).reshape(-1, 4)
    dblocks = np.zeros_like(blocks)
    dblocks[np.arange(len(blocks)), blocks.argmax(axis=1)] = dout.ravel()
    return dblocks.reshape(m, H // 2, W // 2, 2, 2).transpose(0, 1, 3, 2, 4).reshape(m, H, W)


def route_with_one_hot(X, dout):
    m, h, w = dout.shape
    blocks = X.reshape(m, h, 2, w, 2).swapaxes(2, 3).reshape(m, h, w, 4)
    chosen = np.eye(4)[blocks.argmax(axis=-1)]  # (m, h, w, 4)
    return (chosen * dout[..., None]).reshape(m, h, w, 2, 2).swapaxes(2, 3).reshape(X.shape)


def route_with_einsum(X, dout):
    m, h, w = dout.shape
    blocks = np.einsum("irusv->irsuv", X.reshape(m, h, 2, w, 2)).reshape(m, h, w, 4)
    chosen = np.eye(4)[blocks.argmax(axis=3)].reshape(m, h, w, 2, 2)
    return np.einsum("irs,irsuv->irusv", dout, chosen).reshape(X.shape)


def route_along_an_axis(X, dout):
    corners = np.stack([X[:, ::2, ::2], X[:, ::2, 1::2], X[:, 1::2, ::2], X[:, 1::2, 1::2]])
    dcorners = np.zeros(corners.shape)
    np.put_along_axis(dcorners, corners.argmax(axis=0)[np.newaxis], dout[np.newaxis], axis=0)
    dX = np.empty(X.shape)
    dX[:, ::2, ::2], dX[:, ::2, 1::2], dX[:, 1::2, ::2], dX[:, 1::2, 1::2] = dcorners
    return dX


def route_as_lists(X, dout):
    dX = [[[0.0] * len(row) for row in picture] for picture in X]
    for i, picture in enumerate(dout.tolist()):
        for r, row in enumerate(picture):
            for s, gradient in enumerate(row):
                places = [(2 * r + u, 2 * s + v) for u in (0, 1) for v in (0, 1)]
                u, v = max(places, key=lambda place: X[i][place])  # max takes the first
                dX[i][u][v] = gradient
    return dX


def route_with_conditions(X, dout):
    dX = np.zeros(X.shape)
    m, h, w = dout.shape
    for i in range(m):
        for r in range(h):
            for s in range(w):
                a, b, c, d = X[i, 2 * r : 2 * r + 2, 2 * s : 2 * s + 2].ravel()
                if a >= max(b, c, d):
                    dX[i, 2 * r, 2 * s] = dout[i, r, s]
                elif b >= max(c, d):
                    dX[i, 2 * r, 2 * s + 1] = dout[i, r, s]
                elif c >= d:
                    dX[i, 2 * r + 1, 2 * s] = dout[i, r, s]
                else:
                    dX[i, 2 * r + 1, 2 * s + 1] = dout[i, r, s]
    return dX


def route_in_float32(X, dout):
    X, dout = X.astype(np.float32), dout.astype(np.float32)
    dX = np.zeros_like(X)
    for i, r, s in np.ndindex(*dout.shape):
        u, v = divmod(int(X[i, 2 * r : 2 * r + 2, 2 * s : 2 * s + 2].argmax()), 2)
        dX[i, 2 * r + u, 2 * s + v] += dout[i, r, s]
    return dX


def route_by_enlarging(X, dout):
    def enlarged(values):
        return values.repeat(2, axis=1).repeat(2, axis=2)

    m, H, W = X.shape
    largest = X.reshape(m, H // 2, 2, W // 2, 2).max(axis=(2, 4))
    order = np.tile([[0, 1], [2, 3]], (m, H // 2, W // 2))  # the place in reading order
    candidates = np.where(enlarged(largest) == X, order, 4)
    first = candidates.reshape(m, H // 2, 2, W // 2, 2).min(axis=(2, 4))
    return enlarged(dout) * (candidates == enlarged(first))


def route_with_flat_places(X, dout):
    dX = np.zeros(X.size)
    number = np.arange(X.size).reshape(X.shape)
    for place in np.ndindex(dout.shape):
        i, r, s = place
        window = (i, slice(2 * r, 2 * r + 2), slice(2 * s, 2 * s + 2))
        dX[number[window].flat[np.argmax(X[window])]] = dout[place]
    return dX.reshape(X.shape)


def route_picture_by_picture(X, dout):
    def one(picture, gradient):
        result = np.zeros(picture.shape)
        for (r, s), g in np.ndenumerate(gradient):
            block = picture[2 * r : 2 * r + 2, 2 * s : 2 * s + 2]
            u, v = np.argwhere(block == block.max())[0]
            result[2 * r + u, 2 * s + v] = g
        return result

    return np.array([one(picture, gradient) for picture, gradient in zip(X, dout, strict=True)])


VARIANTS = {
    "three_layer_backward": [
        back_with_masks,
        back_example_by_example,
        back_with_a_list_of_layers,
        back_with_einsum,
        back_with_examples_as_columns,
        back_with_loops,
        back_as_lists,
        back_in_float32,
        back_with_biases_as_rows,
        back_with_small_functions,
        back_through_jacobians,
    ],
    "convolve": [
        slide_in_four_loops,
        slide_by_patches,
        slide_with_views,
        slide_with_tensordot,
        slide_as_one_product,
        slide_as_lists,
        slide_in_float32,
        slide_by_rows_with_correlate,
        slide_by_dot_products,
        slide_by_fourier,
        slide_by_convolving_with_the_turned_kernel,
        slide_by_rolling,
    ],
    "max_pool_backward": [
        route_in_loops,
        route_to_those_who_wait,
        route_by_reshaping,
        route_with_one_hot,
        route_with_einsum,
        route_along_an_axis,
        route_as_lists,
        route_with_conditions,
        route_in_float32,
        route_by_enlarging,
        route_with_flat_places,
        route_picture_by_picture,
    ],
}
