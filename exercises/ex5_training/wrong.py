"""The mistakes of the catalogue once more, each written in another style: all must lose points."""

import numpy as np


def softmax(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))


def one_hot(labels, num_classes):
    return (labels[:, None] == np.arange(num_classes)).astype(float)


# One step with momentum


def momentum_sum(W, b, vW, vb, X, labels, learning_rate, momentum):
    E = softmax(X @ W + b)
    E[np.arange(len(X)), labels] -= 1
    vW, vb = momentum * vW - learning_rate * X.T @ E, momentum * vb - learning_rate * sum(E)
    return W + vW, b + vb, vW, vb


def uphill(W, b, vW, vb, X, labels, learning_rate, momentum):
    pull = (one_hot(labels, len(b)) - softmax(X @ W + b)) / len(X)
    vW = momentum * vW - learning_rate * np.einsum("ik,ij->kj", X, pull)
    vb = momentum * vb - learning_rate * pull.sum(axis=0)
    return W + vW, b + vb, vW, vb


def without_memory(W, b, vW, vb, X, labels, learning_rate, momentum):
    E = (softmax(X @ W + b) - one_hot(labels, len(b))) / len(X)
    new_W, new_b = W - learning_rate * X.T @ E, b - learning_rate * E.sum(axis=0)
    return new_W, new_b, new_W - W, new_b - b


def old_velocity(W, b, vW, vb, X, labels, learning_rate, momentum):
    E = (softmax(X @ W + b) - one_hot(labels, len(b))) / len(X)
    new = []
    for parameter, v, g in ((W, vW, X.T @ E), (b, vb, E.sum(axis=0))):
        new.append((parameter + v, momentum * v - learning_rate * g))
    return new[0][0], new[1][0], new[0][1], new[1][1]


def rate_outside(W, b, vW, vb, X, labels, learning_rate, momentum):
    E = (softmax(X @ W + b) - one_hot(labels, len(b))) / len(X)
    uphill_W, uphill_b = -momentum * vW + X.T @ E, -momentum * vb + E.sum(axis=0)
    return W - learning_rate * uphill_W, b - learning_rate * uphill_b, -uphill_W, -uphill_b


def averaged(W, b, vW, vb, X, labels, learning_rate, momentum):
    E = (softmax(X @ W + b) - one_hot(labels, len(b))) / len(X)
    wanted_W, wanted_b = -learning_rate * X.T @ E, -learning_rate * E.sum(axis=0)
    vW = wanted_W + momentum * (vW - wanted_W)
    vb = wanted_b + momentum * (vb - wanted_b)
    return W + vW, b + vb, vW, vb


def in_turn(W, b, vW, vb, X, labels, learning_rate, momentum):
    new = []
    for number, v in enumerate((vW, vb)):
        E = (softmax(X @ W + b) - one_hot(labels, len(b))) / len(X)
        v = momentum * v - learning_rate * (X.T @ E, E.sum(axis=0))[number]
        W, b = (W + v, b) if number == 0 else (W, b + v)
        new.append(v)
    return W, b, *new


def biases_averaged(W, b, vW, vb, X, labels, learning_rate, momentum):
    E = (softmax(X @ W + b) - one_hot(labels, len(b))) / len(X)
    vW, vb = momentum * vW - learning_rate * X.T @ E, momentum * vb - learning_rate * E.mean(axis=0)
    return W + vW, b + vb, vW, vb


def momentum_in_place(W, b, vW, vb, X, labels, learning_rate, momentum):
    E = (softmax(X @ W + b) - one_hot(labels, len(b))) / len(X)
    vW[:] = momentum * vW - learning_rate * X.T @ E
    vb[:] = momentum * vb - learning_rate * E.sum(axis=0)
    np.add(W, vW, out=W)
    np.add(b, vb, out=b)
    return W, b, vW, vb


def turned_velocity(W, b, vW, vb, X, labels, learning_rate, momentum):
    pull = (one_hot(labels, len(b)) - softmax(X @ W + b)) / len(X)
    vW = momentum * vW - learning_rate * np.einsum("ik,ij->kj", X, pull)
    vb = momentum * vb - learning_rate * np.ones(len(X)) @ pull
    return np.subtract(W, vW), np.subtract(b, vb), vW, vb


# Gradient descent with a penalty


def biases_too(X, labels, num_classes, learning_rate, l2, num_steps):
    inputs = np.column_stack([X, np.ones(len(X))])
    V = np.zeros((inputs.shape[1], num_classes))
    for _ in range(num_steps):
        E = softmax(inputs @ V) - one_hot(labels, num_classes)
        V = V - learning_rate * (inputs.T @ E / len(X) + l2 * V)
    return V[:-1], V[-1]


def doubled(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        E = softmax(X @ W + b) - one_hot(labels, num_classes)
        W = (1 - 2 * learning_rate * l2) * W - learning_rate * X.T @ E / len(X)
        b = b - learning_rate * E.mean(axis=0)
    return W, b


def halved(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        E = softmax(X @ W + b) - one_hot(labels, num_classes)
        W = W - learning_rate * (np.einsum("ik,ij->kj", X, E) / len(X) + 0.5 * l2 * W)
        b = b - learning_rate * E.mean(axis=0)
    return W, b


def over_m(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        E = softmax(X @ W + b) - one_hot(labels, num_classes)
        W = W - learning_rate * (X.T @ E + l2 * W) / len(X)
        b = b - learning_rate * E.sum(axis=0) / len(X)
    return W, b


def of_one_number(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        E = softmax(X @ W + b) - one_hot(labels, num_classes)
        penalty = l2 / 2 * np.linalg.norm(W) ** 2
        W = W - learning_rate * (X.T @ E / len(X) + np.full(W.shape, penalty))
        b = b - learning_rate * E.mean(axis=0)
    return W, b


def left_out(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        E = (softmax(X @ W + b) - one_hot(labels, num_classes)) / len(X)
        W -= learning_rate * X.T @ E
        b -= learning_rate * E.sum(axis=0)
    return W, b


def without_rate(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        E = softmax(X @ W + b) - one_hot(labels, num_classes)
        W, b = (
            (1 - l2) * W - learning_rate * X.T @ E / len(X),
            b - learning_rate * E.mean(axis=0),
        )
    return W, b


def growing(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        E = softmax(X @ W + b) - one_hot(labels, num_classes)
        dW = X.T @ E / len(X)
        dW -= l2 * W
        W, b = W - learning_rate * dW, b - learning_rate * E.mean(axis=0)
    return W, b


def descent_sum(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        dW, db = l2 * W, np.zeros(num_classes)
        for i, dz in enumerate(softmax(X @ W + b) - one_hot(labels, num_classes)):
            dW = dW + np.outer(X[i], dz)
            db = db + dz
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b


def one_gradient(X, labels, num_classes, learning_rate, l2, num_steps):
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    probs = np.full((len(X), num_classes), 1 / num_classes)
    for _ in range(num_steps):
        E = probs - one_hot(labels, num_classes)
        W = W - learning_rate * (X.T @ E / len(X) + l2 * W)
        b = b - learning_rate * E.mean(axis=0)
    return W, b


# What is taken for what


def transposed(logits, labels):
    classes = np.arange(logits.shape[1])
    guess = logits.argmax(axis=1)[:, None] == classes
    return guess.T.astype(int) @ (labels[:, None] == classes)


def pairs_once(logits, labels):
    counts = np.zeros((logits.shape[1], logits.shape[1]))
    counts[labels, [z.argmax() for z in logits]] = 1
    return counts


def classes_from_labels(logits, labels):
    counts = [[0] * (max(labels) + 1) for _ in range(max(labels) + 1)]
    for z, label in zip(logits, labels, strict=True):
        counts[label][z.argmax()] += 1
    return counts


def size_from_batch(logits, labels):
    m = len(labels)
    counts = np.zeros((m, m))
    for i in range(m):
        counts[labels[i], np.argmax(logits[i])] += 1
    return counts


def shares(logits, labels):
    C = logits.shape[1]
    predicted, rows = logits.argmax(axis=1), []
    for j in range(C):
        row = np.bincount(predicted[labels == j], minlength=C)
        rows.append(row / row.sum())
    return np.stack(rows)


def along_columns(logits, labels):
    counts = np.zeros((logits.shape[1], logits.shape[1]))
    predicted = [column.argmax() for column in logits.T]
    for i in range(max(len(labels), len(predicted))):
        counts[labels[i], predicted[i]] += 1
    return counts


def last_of_equals(logits, labels):
    C = logits.shape[1]
    predicted = C - 1 - logits[:, ::-1].argmax(axis=1)
    return np.bincount(labels * C + predicted, minlength=C * C).reshape(C, C)


def of_probabilities(logits, labels):
    counts = np.zeros((logits.shape[1], logits.shape[1]))
    for probs, label in zip(softmax(logits), labels, strict=True):
        counts[label] += probs
    return counts


def errors_only(logits, labels):
    counts = np.zeros((logits.shape[1], logits.shape[1]))
    for z, label in zip(logits, labels, strict=True):
        if z.argmax() != label:
            counts[label, z.argmax()] += 1
    return counts


WRONG = {
    "momentum_step_sum": momentum_sum,
    "momentum_step_uphill": uphill,
    "momentum_step_without_memory": without_memory,
    "momentum_step_old_velocity": old_velocity,
    "momentum_step_rate_outside": rate_outside,
    "momentum_step_averaged": averaged,
    "momentum_step_in_turn": in_turn,
    "momentum_step_biases_averaged": biases_averaged,
    "momentum_step_in_place": momentum_in_place,
    "momentum_step_turned_velocity": turned_velocity,
    "train_with_decay_biases_too": biases_too,
    "train_with_decay_doubled": doubled,
    "train_with_decay_halved": halved,
    "train_with_decay_over_m": over_m,
    "train_with_decay_of_one_number": of_one_number,
    "train_with_decay_left_out": left_out,
    "train_with_decay_without_rate": without_rate,
    "train_with_decay_growing": growing,
    "train_with_decay_sum": descent_sum,
    "train_with_decay_one_gradient": one_gradient,
    "confusion_transposed": transposed,
    "confusion_pairs_once": pairs_once,
    "confusion_classes_from_labels": classes_from_labels,
    "confusion_size_from_batch": size_from_batch,
    "confusion_shares": shares,
    "confusion_along_columns": along_columns,
    "confusion_last_of_equals": last_of_equals,
    "confusion_of_probabilities": of_probabilities,
    "confusion_errors_only": errors_only,
}
