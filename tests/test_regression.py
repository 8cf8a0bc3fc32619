import builtins
import math

import numpy as np
import pytest
import scipy.special
from sklearn.linear_model import LogisticRegression

from softmax_edu import (
    cross_entropy,
    cross_entropy_and_gradient,
    data,
    numerical_gradient,
    one_hot,
    relative_error,
    softmax,
)
from softmax_edu.regression import (
    Parameters,
    cost,
    cost_and_gradient,
    fit,
    gradient_descent,
    predict,
    predict_probs,
    zeros,
)

NAN, INF = np.nan, np.inf


def _examples(m=30, num_features=3, num_classes=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, num_features)) * [1, 5, 0.2][:num_features] + 2
    labels = rng.integers(num_classes, size=m)
    params = Parameters(rng.normal(size=(num_features, num_classes)), rng.normal(size=num_classes))
    return X, labels, params


def _same(a, b, rtol=1e-12, atol=1e-13):
    for left, right in zip(a, b, strict=True):
        np.testing.assert_allclose(left, right, rtol=rtol, atol=atol)


# Prediction and cost


def test_zero_parameters_predict_every_class_alike_and_cost_log_c():
    X, labels, _ = _examples()
    params = zeros(3, 4)
    assert params.W.shape == (3, 4)
    assert params.b.shape == (4,)
    np.testing.assert_allclose(predict_probs(params, X), 0.25, rtol=1e-15)
    np.testing.assert_allclose(cost(params, X, labels, l2=5), math.log(4), rtol=1e-15)


def test_prediction_is_softmax_of_the_linear_layer():
    X, _, params = _examples()
    by_loop = [[x @ w + b for w, b in zip(params.W.T, params.b, strict=True)] for x in X]
    np.testing.assert_allclose(predict_probs(params, X), softmax(by_loop), rtol=1e-12)
    np.testing.assert_array_equal(predict(params, X), np.argmax(by_loop, axis=1))
    assert predict(params, X[:0]).shape == (0,)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_the_cost_is_the_mean_loss_and_half_lambda_times_the_squared_weights(l2):
    X, labels, params = _examples()
    expected = cross_entropy(X @ params.W + params.b, labels)
    expected += l2 / 2 * sum(w * w for w in params.W.ravel().tolist())  # the bias is free
    np.testing.assert_allclose(cost(params, X, labels, l2=l2), expected, rtol=1e-14)
    value, _ = cost_and_gradient(params, X, labels, l2=l2)
    assert value == cost(params, X, labels, l2=l2)


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("m", [1, 30])
@pytest.mark.parametrize("kind", ["labels", "targets"])
def test_the_gradient_is_the_derivative_of_the_cost(l2, m, kind):
    X, labels, (W, b) = _examples(m)
    y = labels if kind == "labels" else 0.8 * one_hot(labels, 4) + 0.05
    _, gradient = cost_and_gradient(Parameters(W, b), X, y, l2=l2)
    dW = numerical_gradient(lambda W: cost(Parameters(W, b), X, y, l2=l2), W)
    db = numerical_gradient(lambda b: cost(Parameters(W, b), X, y, l2=l2), b)
    assert gradient.W.shape == W.shape
    assert gradient.b.shape == b.shape
    assert relative_error(gradient.W, dW) < 1e-8
    assert relative_error(gradient.b, db) < 1e-8


def test_the_gradient_sums_to_zero_over_the_classes_without_penalty():
    X, labels, params = _examples()
    _, gradient = cost_and_gradient(params, X, labels)
    np.testing.assert_allclose(gradient.W.sum(axis=1), 0, rtol=0, atol=1e-14)
    np.testing.assert_allclose(gradient.b.sum(), 0, rtol=0, atol=1e-15)


# Gradient descent


def test_the_first_steps_with_momentum_by_hand():
    X, labels, start = _examples()
    W, b = start
    velocity = [np.zeros_like(W), np.zeros_like(b)]
    costs = []
    for _ in range(4):
        value, (dW, db) = cost_and_gradient(Parameters(W, b), X, labels, l2=0.2)
        velocity = [0.7 * velocity[0] - 0.05 * dW, 0.7 * velocity[1] - 0.05 * db]
        W, b = W + velocity[0], b + velocity[1]
        costs.append(value)
    descent = gradient_descent(
        X, labels, 4, learning_rate=0.05, num_steps=4, momentum=0.7, l2=0.2, start=start
    )
    _same(descent.params, (W, b))
    np.testing.assert_allclose(descent.costs, costs, rtol=1e-13)


def test_no_steps_leave_the_start():
    X, labels, start = _examples()
    descent = gradient_descent(X, labels, 4, num_steps=0, start=start)
    _same(descent.params, start, rtol=0, atol=0)
    assert descent.costs.shape == (0,)


def test_small_steps_always_lead_downhill_from_log_c():
    X, labels, _ = _examples()
    costs = gradient_descent(X, labels, 4, learning_rate=0.02, num_steps=60).costs
    np.testing.assert_allclose(costs[0], math.log(4), rtol=1e-15)
    assert (np.diff(costs) < 0).all()


def test_class_weights_always_sum_to_zero():
    X, labels, _ = _examples()
    W, b = gradient_descent(X, labels, 4, learning_rate=0.1, momentum=0.9, l2=0.1).params
    np.testing.assert_allclose(W.sum(axis=1), 0, rtol=0, atol=1e-12)
    np.testing.assert_allclose(b.sum(), 0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.8])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_two_classes_follow_logistic_regression_with_twice_the_rate_and_half_the_penalty(
    momentum, l2
):
    X, labels, _ = _examples(num_classes=2)
    rate, w, b, vw, vb = 2 * 0.05, np.zeros(3), 0.0, np.zeros(3), 0.0
    logistic_costs = []
    for _ in range(50):
        scores = X @ w + b
        losses = np.logaddexp(0, np.where(labels == 1, -scores, scores))
        logistic_costs.append(losses.mean() + (l2 / 2) / 2 * (w @ w))
        error = scipy.special.expit(scores) - labels
        vw = momentum * vw - rate * (X.T @ error / len(X) + l2 / 2 * w)
        vb = momentum * vb - rate * error.mean()
        w, b = w + vw, b + vb
    descent = gradient_descent(
        X, labels, 2, learning_rate=0.05, num_steps=50, momentum=momentum, l2=l2
    )
    W, bias = descent.params
    _same((W[:, 1] - W[:, 0], bias[1] - bias[0]), (w, b))
    np.testing.assert_allclose(W[:, 0], -W[:, 1], rtol=1e-12)
    np.testing.assert_allclose(descent.costs, logistic_costs, rtol=1e-12)
    np.testing.assert_allclose(
        predict_probs(descent.params, X)[:, 1], scipy.special.expit(X @ w + b), rtol=1e-11
    )


class _Recorder(np.ndarray):
    """Labels that note which of them were asked for."""

    asked: list = []  # noqa: RUF012

    def __getitem__(self, index):
        self.asked.append(np.asarray(index))
        return np.asarray(self)[index]


@pytest.mark.parametrize(("batch_size", "sizes"), [(3, [3, 3, 3, 1]), (5, [5, 5]), (10, [10])])
def test_an_epoch_shows_each_example_once_in_new_order_with_a_smaller_last_batch(batch_size, sizes):
    X, labels, _ = _examples(m=10)
    recorder = labels.view(_Recorder)
    _Recorder.asked = []
    gradient_descent(
        X,
        recorder,
        4,
        batch_size=batch_size,
        rng=np.random.default_rng(0),
        num_steps=2 * len(sizes),
    )
    batches = [b for b in _Recorder.asked if b.ndim == 1 and b.dtype == np.intp]
    assert [len(b) for b in batches] == 2 * sizes
    epochs = np.concatenate(batches).reshape(2, 10)
    assert [sorted(epoch) for epoch in epochs.tolist()] == [list(range(10))] * 2
    assert epochs[0].tolist() != epochs[1].tolist()
    assert epochs[0].tolist() != list(range(10))


def test_mini_batches_by_hand():
    X, labels, start = _examples(m=7)
    order = np.random.default_rng(5).permutation(7)
    params, costs = start, []
    for batch in (order[:3], order[3:6], order[6:]):
        value, gradient = cost_and_gradient(params, X[batch], labels[batch])
        params = Parameters(params.W - 0.1 * gradient.W, params.b - 0.1 * gradient.b)
        costs.append(value)
    descent = gradient_descent(
        X, labels, 4, learning_rate=0.1, num_steps=3, batch_size=3, start=start,
        rng=np.random.default_rng(5),
    )  # fmt: skip
    _same(descent.params, params)
    np.testing.assert_allclose(descent.costs, costs, rtol=1e-13)


def test_the_same_generator_gives_the_same_descent_and_another_another():
    X, labels, _ = _examples()
    a, b, c = (
        gradient_descent(X, labels, 4, batch_size=4, num_steps=9, rng=np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(a.costs, b.costs)
    np.testing.assert_array_equal(a.params.W, b.params.W)
    assert not np.array_equal(a.costs, c.costs)


def test_a_batch_of_everything_is_full_batch_descent_up_to_rounding():
    X, labels, _ = _examples()
    options = {"learning_rate": 0.05, "num_steps": 20}
    full = gradient_descent(X, labels, 4, **options)
    shuffled = gradient_descent(
        X, labels, 4, batch_size=len(X), rng=np.random.default_rng(0), **options
    )
    _same(shuffled.params, full.params)
    np.testing.assert_allclose(shuffled.costs, full.costs, rtol=1e-13)


def test_one_hot_targets_descend_as_labels_do():
    X, labels, _ = _examples()
    options = {"learning_rate": 0.05, "num_steps": 20, "batch_size": 8}
    a, b = (
        gradient_descent(X, y, 4, rng=np.random.default_rng(0), **options)
        for y in (labels, one_hot(labels, 4))
    )
    _same(a.params, b.params)


# The optimum


def _without_scipy(monkeypatch):
    real = builtins.__import__

    def blocked(name, *args, **kwargs):
        if name.startswith("scipy.optimize"):
            raise ModuleNotFoundError("No module named 'scipy'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", blocked)


@pytest.mark.parametrize("scipy_there", [True, False], ids=["L-BFGS", "accelerated descent"])
@pytest.mark.parametrize("num_classes", [2, 4])
@pytest.mark.parametrize("l2", [1e-3, 0.1])
def test_fit_reaches_the_optimum_of_scikit_learn(scipy_there, num_classes, l2, monkeypatch):
    X, labels, _ = _examples(m=60, num_classes=num_classes)
    # scikit-learn minimises C * sum of losses + |W|^2 / 2. For two classes it has one weight
    # vector, the difference of ours, whose penalty is half: hence half the l2.
    peer = LogisticRegression(
        C=1 / (l2 * len(X) / (2 if num_classes == 2 else 1)), tol=1e-10, max_iter=10_000
    ).fit(X, labels)
    W, b = peer.coef_.T, peer.intercept_
    if num_classes == 2:
        W, b = np.hstack([-W / 2, W / 2]), np.concatenate([-b / 2, b / 2])
    if not scipy_there:
        _without_scipy(monkeypatch)
    params = fit(X, labels, num_classes, l2=l2, tolerance=1e-7)
    least = cost(Parameters(W, b), X, labels, l2=l2)
    assert abs(cost(params, X, labels, l2=l2) - least) < 1e-9
    np.testing.assert_allclose(predict_probs(params, X), peer.predict_proba(X), rtol=0, atol=1e-4)


@pytest.mark.parametrize("scipy_there", [True, False], ids=["L-BFGS", "accelerated descent"])
def test_fit_on_the_digits_is_within_1e_6_of_the_optimum(scipy_there, monkeypatch):
    split = data.digits()
    X, labels = split.X_train, split.labels_train
    if not scipy_there:
        _without_scipy(monkeypatch)
    params = fit(X, labels, 10)
    # 0.2561982 by scikit-learn's lbfgs with C = 1 / (l2 m) and tol = 1e-10, seed 0.
    least = 0.25619797
    assert 0 < cost(params, X, labels, l2=1e-3) - least < 1e-6
    accuracy = (predict(params, split.X_test) == split.labels_test).mean()
    assert abs(accuracy - 0.958) < 0.012


def test_the_gradient_vanishes_at_the_optimum_and_the_weights_sum_to_zero():
    X, labels, _ = _examples()
    params = fit(X, labels, 4, l2=0.1, tolerance=1e-9)
    _, gradient = cost_and_gradient(params, X, labels, l2=0.1)
    np.testing.assert_allclose(np.hstack([gradient.W.ravel(), gradient.b]), 0, rtol=0, atol=1e-7)
    np.testing.assert_allclose(params.W.sum(axis=1), 0, rtol=0, atol=1e-8)


def test_fit_accepts_distributions_and_constant_features():
    X, labels, _ = _examples()
    X[:, 1] = 3.0
    params = fit(X, one_hot(labels, 4), 4, l2=0.1)
    np.testing.assert_allclose(params.W[1], 0, rtol=0, atol=1e-6)
    _same(params, fit(X, labels, 4, l2=0.1), rtol=0, atol=1e-6)


def test_without_scipy_momentum_and_its_restarts_keep_the_descent_short(monkeypatch):
    # Measured: 400 steps suffice; without restarts it takes 3000, without momentum more.
    split = data.digits()
    _without_scipy(monkeypatch)
    fit(split.X_train, split.labels_train, 10, tolerance=1e-7, max_steps=500)


@pytest.mark.parametrize("scipy_there", [True, False])
def test_fit_says_when_it_did_not_arrive(scipy_there, monkeypatch):
    if not scipy_there:
        _without_scipy(monkeypatch)
    X, labels, _ = _examples()
    with pytest.raises(RuntimeError, match=r"the gradient is still .* after 2 steps .* max_steps"):
        fit(X, labels, 4, max_steps=2)


# On real images, as sources.md has it


@pytest.fixture(scope="module")
def split():
    return data.digits()


def _descend(split, loss_and_gradient):
    """Take 500 full-batch steps at rate .5 on a loss of the logits; return cost and accuracy."""
    (W, b), X = zeros(64, 10), split.X_train
    for _ in range(500):
        value, dlogits = loss_and_gradient(X @ W + b, split.labels_train)
        W, b = W - 0.5 * X.T @ dlogits, b - 0.5 * dlogits.sum(axis=0)
    return value, (predict(Parameters(W, b), split.X_test) == split.labels_test).mean()


def _through_softmax(probs, dprobs):
    return probs * (dprobs - (dprobs * probs).sum(axis=1, keepdims=True))


def _softmax_twice(logits, labels):
    probs = softmax(logits)
    value, dprobs = cross_entropy_and_gradient(probs, labels)
    return value, _through_softmax(probs, dprobs)


def test_digits_reach_956_in_500_steps_and_softmax_twice_gets_stuck(split):
    # One standard error on 360 images is .011 at .956 and .018 at .858.
    descent = gradient_descent(split.X_train, split.labels_train, 10)
    accuracy = (predict(descent.params, split.X_test) == split.labels_test).mean()
    assert abs(accuracy - 0.956) < 0.006
    np.testing.assert_allclose(descent.costs[[0, -1]], [2.302585, 0.1671], rtol=1e-3)
    stuck, accuracy = _descend(split, _softmax_twice)
    assert abs(stuck - 1.67) < 0.005
    assert abs(accuracy - 0.858) < 0.009
    assert stuck > math.log1p(9 / math.e)  # its floor, 1.4612


def test_squared_error_on_softmax_learns_more_slowly(split):
    def squared_error(logits, labels):
        probs = softmax(logits)
        error = probs - one_hot(labels, 10)
        return (error**2).sum() / 2 / len(error), _through_softmax(probs, error / len(error))

    _, accuracy = _descend(split, squared_error)
    assert abs(accuracy - 0.939) < 0.006


# Errors


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([1.0, 2.0], r"X has shape \(2,\); it must be \(m, n\)"),
        ([[1.0, 2.0], [NAN, 0.0]], "X row 1 holds NaN or infinity"),
        ([[1.0, INF]], "X row 0 holds NaN or infinity"),
        ([[1.0, 2.0, 3.0]], "X has 3 features, but W has 2 rows"),
    ],
)
def test_features_that_do_not_fit_are_explained(X, message):
    for call in (
        lambda: predict(zeros(2, 2), X),
        lambda: predict_probs(zeros(2, 2), X),
        lambda: cost(zeros(2, 2), X, [0]),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    if "features" not in message:
        for learn in (gradient_descent, fit):
            with pytest.raises(ValueError, match=message):
                learn(X, [0], 2)


def test_features_must_be_real_numbers():
    with pytest.raises(TypeError, match="X has dtype"):
        predict(zeros(1, 2), [["a"]])
    with pytest.raises(TypeError, match="X is a masked array"):
        predict(zeros(1, 2), np.ma.array([[1.0]]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": 0}, "learning_rate is 0; it must be positive and finite"),
        ({"learning_rate": INF}, "learning_rate is inf"),
        ({"num_steps": -1}, "num_steps is -1; it must be at least 0"),
        ({"momentum": 1}, r"momentum is 1; it must lie in \[0, 1\)"),
        ({"momentum": -0.1}, "momentum is -0.1"),
        ({"momentum": NAN}, "momentum is nan"),
        ({"l2": -1}, "l2 is -1; it must be at least 0"),
        ({"l2": INF}, "l2 is inf"),
        ({"batch_size": 0}, "batch_size is 0; with 2 examples use 1 to 2"),
        ({"batch_size": 3}, "batch_size is 3; with 2 examples"),
        ({"batch_size": 1}, "batch_size needs rng"),
        ({"start": zeros(1, 3)}, r"start.W has shape \(1, 3\); .* \(1, 2\)"),
    ],
)
def test_descent_refuses_options_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        gradient_descent([[1.0], [2.0]], [0, 1], 2, **options)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ([0], ValueError, r"X has 2 rows, but y has shape \(1,\)"),
        (1, ValueError, r"X has 2 rows, but y has shape \(\)"),
        ([0, 2], ValueError, r"labels holds 2 at index \(1,\)"),
        ([0, 0.5], TypeError, r"labels holds 0.5 at index \(1,\)"),
        (np.ma.array([0, 1], mask=[0, 1]), TypeError, "labels is a masked array"),
    ],
)
def test_descent_explains_a_truth_that_does_not_fit(y, error, message):
    with pytest.raises(error, match=message):
        gradient_descent([[1.0], [2.0]], y, 2)


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        ([[1.0], [2.0]], {"l2": 0}, "l2 is 0; it must be positive"),
        ([[1.0], [2.0]], {"l2": NAN}, "l2 is nan"),
        ([[1.0], [2.0]], {"tolerance": 0}, "tolerance is 0; it must be positive"),
        (np.zeros((0, 1)), {}, "there are no examples to learn from"),
    ],
)
def test_fit_refuses_what_has_no_optimum(X, options, message):
    with pytest.raises(ValueError, match=message):
        fit(X, [0, 1], 2, **options)
