"""Right answers in many styles: all of them must get full marks."""

import math

import numpy as np

# One step with momentum


def step_with_loops(W, b, vW, vb, X, labels, learning_rate, momentum):
    (m, n), C = X.shape, len(b)
    dW, db = np.zeros((n, C)), np.zeros(C)
    for i in range(m):
        z = [sum(X[i, k] * W[k, j] for k in range(n)) + b[j] for j in range(C)]
        t = [math.exp(z_j - max(z)) for z_j in z]
        for j in range(C):
            dz = (t[j] / sum(t) - (j == labels[i])) / m
            db[j] += dz
            for k in range(n):
                dW[k, j] += X[i, k] * dz
    new_vW, new_vb = np.empty((n, C)), np.empty(C)
    for j in range(C):
        new_vb[j] = momentum * vb[j] - learning_rate * db[j]
        for k in range(n):
            new_vW[k, j] = momentum * vW[k, j] - learning_rate * dW[k, j]
    return W + new_vW, b + new_vb, new_vW, new_vb


def step_example_by_example(W, b, vW, vb, X, labels, learning_rate, momentum):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, label in zip(X, labels, strict=True):
        z = x @ W + b
        dz = np.exp(z - np.logaddexp.reduce(z))
        dz[label] -= 1
        dW += np.outer(x, dz)
        db += dz
    vW = momentum * vW - learning_rate * dW / len(X)
    vb = momentum * vb - learning_rate * db / len(X)
    return W + vW, b + vb, vW, vb


def step_with_one_hot(W, b, vW, vb, X, labels, learning_rate, momentum):
    def softmax(Z):
        T = np.exp(Z - np.max(Z, axis=1, keepdims=True))
        return T / np.sum(T, axis=1, keepdims=True)

    Y = (labels[:, None] == np.arange(b.size)).astype(float)
    E = softmax(X @ W + b) - Y
    vW = momentum * vW - learning_rate * (X.T @ E) / X.shape[0]
    vb = momentum * vb - learning_rate * E.mean(axis=0)
    return W + vW, b + vb, vW, vb


def step_with_einsum(W, b, vW, vb, X, labels, learning_rate, momentum):
    Z = np.einsum("ik,kj->ij", X, W) + b
    t = np.exp(Z - Z.max(axis=1)[:, None])
    probs = np.einsum("ij,i->ij", t, 1 / np.einsum("ij->i", t))
    E = (probs - np.eye(len(b))[labels]) / len(labels)
    vW = momentum * vW - learning_rate * np.einsum("ik,ij->kj", X, E)
    vb = momentum * vb - learning_rate * np.einsum("ij->j", E)
    return W + vW, b + vb, vW, vb


def step_with_a_column_of_ones(W, b, vW, vb, X, labels, learning_rate, momentum):
    inputs = np.column_stack([X, np.ones(len(X))])  # (m, n + 1)
    V, velocity = np.vstack([W, b]), np.vstack([vW, vb])
    Z = inputs @ V
    probs = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
    probs[range(len(X)), labels] -= 1
    velocity = momentum * velocity - learning_rate * inputs.T @ probs / len(X)
    V = V + velocity
    return V[:-1], V[-1], velocity[:-1], velocity[-1]


def step_with_examples_as_columns(W, b, vW, vb, X, labels, learning_rate, momentum):
    Z = W.T @ X.T + b[:, None]  # (C, m)
    t = np.exp(Z - Z.max(axis=0))
    E = t / t.sum(axis=0)
    E[labels, np.arange(X.shape[0])] -= 1
    E /= X.shape[0]
    vW = momentum * vW - learning_rate * (E @ X).T
    vb = momentum * vb - learning_rate * E.sum(axis=1)
    return vW + W, vb + b, vW, vb


def step_as_lists(W, b, vW, vb, X, labels, learning_rate, momentum):
    rows = [[sum(p * q for p, q in zip(x, w, strict=True)) for w in W.T] for x in X]
    dlogits = []
    for row, label in zip(rows, labels, strict=True):
        z = [score + bias for score, bias in zip(row, b, strict=True)]
        t = [math.exp(z_j - max(z)) for z_j in z]
        dlogits.append([(t_j / sum(t) - (j == label)) / len(X) for j, t_j in enumerate(t)])
    columns = list(zip(*dlogits, strict=True))
    vb = [momentum * v - learning_rate * sum(d) for v, d in zip(vb, columns, strict=True)]
    vW = [
        [
            momentum * v - learning_rate * sum(p * q for p, q in zip(x, d, strict=True))
            for v, d in zip(row, columns, strict=True)
        ]
        for row, x in zip(vW, X.T, strict=True)
    ]
    W = [[w + v for w, v in zip(*rows, strict=True)] for rows in zip(W, vW, strict=True)]
    return W, [w + v for w, v in zip(b, vb, strict=True)], vW, vb


def step_in_float32(W, b, vW, vb, X, labels, learning_rate, momentum):
    W, b, vW, vb, X = (np.asarray(a, np.float32) for a in (W, b, vW, vb, X))
    eta, mu = np.float32(learning_rate), np.float32(momentum)
    Z = X @ W + b
    t = np.exp(Z - Z.max(axis=1, keepdims=True))
    E = t / t.sum(axis=1, keepdims=True) - np.eye(b.size, dtype=np.float32)[labels]
    E /= np.float32(len(X))
    vW, vb = mu * vW - eta * (X.T @ E), mu * vb - eta * E.sum(axis=0)
    return W + vW, b + vb, vW, vb


def step_into_copies(W, b, vW, vb, X, labels, learning_rate, momentum):
    W, b, vW, vb = W.copy(), b.copy(), vW.copy(), vb.copy()
    Z = X.dot(W)
    Z += b
    Z -= Z.max(axis=1, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=1, keepdims=True)
    np.subtract.at(Z, (np.arange(len(Z)), labels), 1.0)
    Z *= learning_rate / len(Z)
    vW *= momentum
    vW -= X.T.dot(Z)
    vb *= momentum
    vb -= Z.sum(axis=0)
    W += vW
    b += vb
    return W, b, vW, vb


def step_by_differences_of_scores(W, b, vW, vb, X, labels, learning_rate, momentum):
    Z = X @ W + b
    with np.errstate(over="ignore"):
        probs = 1 / np.exp(Z[:, None, :] - Z[:, :, None]).sum(axis=2)
    picked = np.zeros(Z.shape)
    np.put_along_axis(picked, labels[:, None], 1.0, axis=1)
    E = (probs - picked) / len(Z)
    vW, vb = [momentum * v - learning_rate * g for v, g in ((vW, X.T @ E), (vb, sum(E)))]
    return W + vW, b + vb, vW, vb


def step_by_the_pull_on_the_scores(W, b, vW, vb, X, labels, learning_rate, momentum):
    Z = X @ W + b
    log_probs = Z - Z.max(axis=1, keepdims=True)
    log_probs = log_probs - np.log(np.exp(log_probs).sum(axis=1, keepdims=True))
    truths = np.zeros_like(Z)
    for i, label in enumerate(labels):
        truths[i, label] = 1
    pull = (truths - np.exp(log_probs)) / len(Z)  # where the scores should go
    step_W = learning_rate * X.T @ pull + momentum * vW
    step_b = learning_rate * np.ones(len(Z)) @ pull + momentum * vb
    return np.add(W, step_W), np.add(b, step_b), step_W, step_b


# Gradient descent with a penalty


def train_with_loops(X, labels, num_classes, learning_rate, l2, num_steps):
    m, n = X.shape
    W = [[0.0] * num_classes for _ in range(n)]
    b = [0.0] * num_classes
    for _ in range(num_steps):
        dW = [[l2 * w for w in row] for row in W]
        db = [0.0] * num_classes
        for x, label in zip(X, labels, strict=True):
            z = [
                b[j] + sum(x_k * row[j] for x_k, row in zip(x, W, strict=True))
                for j in range(num_classes)
            ]
            t = [math.exp(z_j - max(z)) for z_j in z]
            for j in range(num_classes):
                dz = t[j] / sum(t) - (j == label)
                db[j] += dz / m
                for k in range(n):
                    dW[k][j] += x[k] * dz / m
        for j in range(num_classes):
            b[j] -= learning_rate * db[j]
            for k in range(n):
                W[k][j] -= learning_rate * dW[k][j]
    return W, b


def train_by_shrinking(X, labels, num_classes, learning_rate, l2, num_steps):
    m, n = X.shape
    W, b = np.zeros((n, num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        Z = X @ W + b
        E = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
        E[np.arange(m), labels] -= 1
        W = (1 - learning_rate * l2) * W - learning_rate / m * X.T @ E
        b = b - learning_rate / m * E.sum(axis=0)
    return W, b


def train_with_helpers(X, labels, num_classes, learning_rate, l2, num_steps):
    def softmax(Z):
        t = np.exp(Z - Z.max(axis=-1, keepdims=True))
        return t / t.sum(axis=-1, keepdims=True)

    def gradients(W, b):
        E = softmax(X @ W + b) - Y
        return X.T @ E / len(X) + l2 * W, E.mean(axis=0)

    Y = np.eye(num_classes)[labels]
    params = [np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)]
    for _ in range(num_steps):
        params = [p - learning_rate * g for p, g in zip(params, gradients(*params), strict=True)]
    return tuple(params)


def train_with_einsum(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    Y = np.equal.outer(labels, np.arange(num_classes))
    for _ in range(num_steps):
        Z = np.einsum("ik,kj->ij", X, W) + b
        t = np.exp(Z - Z.max(axis=1)[:, None])
        E = np.einsum("ij,i->ij", t, 1 / t.sum(axis=1)) - Y
        W = W - learning_rate * (np.einsum("ik,ij->kj", X, E) / len(X) + l2 * W)
        b = b - learning_rate * np.einsum("ij->j", E) / len(X)
    return W, b


def train_in_place(X, labels, num_classes, learning_rate, l2, num_steps):
    m, n = X.shape
    W, b = np.zeros((n, num_classes)), np.zeros(num_classes)
    dlogits = np.empty((m, num_classes))
    for _ in range(num_steps):
        np.matmul(X, W, out=dlogits)
        dlogits += b
        dlogits -= dlogits.max(axis=1)[:, np.newaxis]
        np.exp(dlogits, out=dlogits)
        dlogits /= dlogits.sum(axis=1)[:, np.newaxis]
        for i in range(m):
            dlogits[i, labels[i]] -= 1
        dlogits /= m
        W -= learning_rate * (X.T @ dlogits + l2 * W)
        b -= learning_rate * dlogits.sum(axis=0)
    return W, b


def train_in_float32(X, labels, num_classes, learning_rate, l2, num_steps):
    X, eta, l2 = X.astype(np.float32), np.float32(learning_rate), np.float32(l2)
    W = np.zeros((X.shape[1], num_classes), np.float32)
    b = np.zeros(num_classes, np.float32)
    Y = np.eye(num_classes, dtype=np.float32)[labels]
    for _ in range(num_steps):
        Z = X @ W + b
        t = np.exp(Z - Z.max(axis=1, keepdims=True))
        E = (t / t.sum(axis=1, keepdims=True) - Y) / np.float32(len(X))
        W, b = W - eta * (X.T @ E + l2 * W), b - eta * E.sum(axis=0)
    return W, b


def train_as_one_matrix(X, labels, num_classes, learning_rate, l2, num_steps):
    inputs = np.hstack([X, np.ones((len(X), 1))])  # (m, n + 1)
    V = np.zeros((inputs.shape[1], num_classes))
    decay = np.full((inputs.shape[1], 1), l2)
    decay[-1] = 0  # the biases are spared
    for _ in range(num_steps):
        Z = inputs @ V
        t = np.exp(Z - Z.max(axis=1, keepdims=True))
        E = t / t.sum(axis=1, keepdims=True)
        E[np.arange(len(X)), labels] -= 1
        V = V - learning_rate * (inputs.T @ E / len(X) + decay * V)
    return V[:-1], V[-1]


def train_with_examples_as_columns(X, labels, num_classes, learning_rate, l2, num_steps):
    inputs = X.T  # (n, m)
    n, m = inputs.shape
    W, b = np.zeros((num_classes, n)), np.zeros((num_classes, 1))
    for _ in range(num_steps):
        Z = W @ inputs + b
        t = np.exp(Z - Z.max(axis=0))
        E = t / t.sum(axis=0) - (np.arange(num_classes)[:, None] == labels)
        W = W - learning_rate * (E @ inputs.T / m + l2 * W)
        b = b - learning_rate * E.sum(axis=1, keepdims=True) / m
    return W.T, b[:, 0]


def train_recursively(X, labels, num_classes, learning_rate, l2, num_steps):
    if num_steps == 0:
        return np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    W, b = train_recursively(X, labels, num_classes, learning_rate, l2, num_steps - 1)
    Z = X @ W + b
    Z = Z - Z.max(axis=1, keepdims=True)
    probs = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    E = probs - np.eye(num_classes)[labels]
    return W - learning_rate * (X.T @ E / len(E) + l2 * W), b - learning_rate * E.mean(axis=0)


def train_counting_down(X, labels, num_classes, learning_rate, l2, num_steps):
    W = np.zeros((X.shape[1], num_classes))
    b = np.zeros(num_classes)
    while num_steps > 0:
        dW, db = l2 * W, np.zeros(num_classes)
        for x, label in zip(X, labels, strict=True):
            z = x @ W + b
            dz = np.exp(z - np.logaddexp.reduce(z))
            dz[label] -= 1
            dW = dW + np.outer(x, dz) / len(X)
            db = db + dz / len(X)
        W, b = W - learning_rate * dW, b - learning_rate * db
        num_steps -= 1
    return W, b


def train_by_sums_per_class(X, labels, num_classes, learning_rate, l2, num_steps):
    m, n = X.shape
    seen_W, seen_b = np.zeros((n, num_classes)), np.zeros(num_classes)
    for j in range(num_classes):  # what the truth contributes is the same in every step
        seen_W[:, j] = X[labels == j].sum(axis=0)
        seen_b[j] = np.count_nonzero(labels == j)
    W, b = np.zeros((n, num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        Z = X @ W + b
        probs = np.exp(Z - Z.max(axis=1, keepdims=True))
        probs = probs / probs.sum(axis=1, keepdims=True)
        W = W + learning_rate * ((seen_W - X.T @ probs) / m - l2 * W)
        b = b + learning_rate * (seen_b - probs.sum(axis=0)) / m
    return W, b


# What is taken for what


def count_with_a_loop(logits, labels):
    counts = np.zeros((logits.shape[1], logits.shape[1]), dtype=int)
    for z, label in zip(logits, labels, strict=True):
        counts[label, np.argmax(z)] += 1
    return counts


def count_with_add_at(logits, labels):
    counts = np.zeros((logits.shape[1],) * 2, dtype=int)
    np.add.at(counts, (labels, logits.argmax(axis=-1)), 1)
    return counts


def count_with_bincount(logits, labels):
    C = logits.shape[1]
    pairs = labels * C + np.argmax(logits, axis=1)
    return np.bincount(pairs, minlength=C * C).reshape(C, C)


def count_each_pair(logits, labels):
    C = logits.shape[1]
    predicted = logits.argmax(axis=1)
    return np.array(
        [[np.sum((labels == i) & (predicted == j)) for j in range(C)] for i in range(C)]
    )


def count_as_lists(logits, labels):
    C = len(logits[0])
    counts = [[0] * C for _ in range(C)]
    for z, label in zip(logits.tolist(), labels.tolist(), strict=True):
        counts[label][z.index(max(z))] += 1
    return counts


def count_in_plain_loops(logits, labels):
    m, C = logits.shape
    counts = np.zeros((C, C))
    for i in range(m):
        best = 0
        for j in range(1, C):
            if logits[i, j] > logits[i, best]:
                best = j
        counts[labels[i], best] = counts[labels[i], best] + 1
    return counts


def count_rows_by_class(logits, labels):
    C = logits.shape[1]
    predicted = np.argmax(logits, axis=1)
    return np.stack([np.bincount(predicted[labels == j], minlength=C) for j in range(C)])


def count_with_einsum(logits, labels):
    classes = np.arange(logits.shape[1])
    truth = (labels[:, None] == classes).astype(int)
    guess = (logits.argmax(axis=1)[:, None] == classes).astype(int)
    return np.einsum("ij,ik->jk", truth, guess)


def count_in_float32(logits, labels):
    one_hot = np.eye(logits.shape[1], dtype=np.float32)
    return one_hot[labels].T @ one_hot[logits.astype(np.float32).argmax(axis=1)]


def count_with_outer(logits, labels):
    one_hot = np.eye(logits.shape[1], dtype=int)
    pairs = zip(labels, logits.argmax(axis=1), strict=True)
    return sum(np.outer(one_hot[i], one_hot[j]) for i, j in pairs)


def count_unique_pairs(logits, labels):
    pairs = np.stack([labels, logits.argmax(axis=1)], axis=1)  # (m, 2)
    found, times = np.unique(pairs, axis=0, return_counts=True)
    counts = np.zeros((logits.shape[1], logits.shape[1]), dtype=int)
    counts[found[:, 0], found[:, 1]] = times  # each pair is named once
    return counts


def count_in_a_histogram(logits, labels):
    edges = np.arange(logits.shape[1] + 1) - 0.5
    return np.histogram2d(labels, logits.argmax(axis=1), bins=(edges, edges))[0]


VARIANTS = {
    "momentum_step": [
        step_with_loops,
        step_example_by_example,
        step_with_one_hot,
        step_with_einsum,
        step_with_a_column_of_ones,
        step_with_examples_as_columns,
        step_as_lists,
        step_in_float32,
        step_into_copies,
        step_by_differences_of_scores,
        step_by_the_pull_on_the_scores,
    ],
    "train_with_decay": [
        train_with_loops,
        train_by_shrinking,
        train_with_helpers,
        train_with_einsum,
        train_in_place,
        train_in_float32,
        train_as_one_matrix,
        train_with_examples_as_columns,
        train_recursively,
        train_counting_down,
        train_by_sums_per_class,
    ],
    "confusion": [
        count_with_a_loop,
        count_with_add_at,
        count_with_bincount,
        count_each_pair,
        count_as_lists,
        count_in_plain_loops,
        count_rows_by_class,
        count_with_einsum,
        count_in_float32,
        count_with_outer,
        count_unique_pairs,
        count_in_a_histogram,
    ],
}
