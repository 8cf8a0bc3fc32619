"""Networks against differences, against softmax regression, and against their invariants."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from softmax_edu import (
    cross_entropy,
    cross_entropy_and_gradient,
    numerical_gradient,
    regression,
    relative_error,
)
from softmax_edu.data import digits
from softmax_edu.layers import Dense
from softmax_edu.network import (
    backward,
    cnn,
    cost_and_gradients,
    forward,
    logits_of,
    mlp,
    parameters,
    train,
)


def _task(num_examples=6, n=16, num_classes=4):
    rng = np.random.default_rng(3)
    X = rng.standard_normal((num_examples, n))
    return X, rng.integers(0, num_classes, num_examples)


def _awake(network):
    """Give the last layer weights: at zero, nothing flows back through it."""
    rng = np.random.default_rng(4)
    last = network[-1]
    return *network[:-1], Dense(
        rng.standard_normal(last.W.shape), rng.standard_normal(last.b.shape)
    )


NETWORKS = {
    "mlp": lambda rng: mlp(rng, (16, 8, 5, 4)),
    "no hidden layer": lambda rng: mlp(rng, (16, 4)),
    "cnn": lambda rng: cnn(rng, (1, 4, 4), filters=(3, 2), num_classes=4),
    "two channels": lambda rng: cnn(rng, (4, 2, 2), filters=(3,), num_classes=4),
}


@pytest.fixture(params=NETWORKS)
def network(request):
    return NETWORKS[request.param](np.random.default_rng(0))


@pytest.mark.parametrize("num_examples", [1, 6])
def test_every_gradient_is_that_of_differences(network, num_examples):
    network, (X, labels) = _awake(network), _task(num_examples)
    _, gradients = cost_and_gradients(network, X, labels)
    for i, layer in enumerate(network):
        assert gradients[i].keys() == parameters(layer).keys()
        for name, value in parameters(layer).items():

            def cost(v, i=i, layer=layer, name=name):
                changed = type(layer)(**{**parameters(layer), name: v})
                return cross_entropy(
                    logits_of((*network[:i], changed, *network[i + 1 :]), X), labels
                )

            assert relative_error(gradients[i][name], numerical_gradient(cost, value)) < 1e-7


def test_the_cost_starts_at_log_C(network):
    X, labels = _task()
    cost, _ = cost_and_gradients(network, X, labels)
    assert_allclose(cost, np.log(4), rtol=1e-15)


def test_the_gradients_of_the_last_layer_sum_to_zero_over_the_classes(network):
    X, labels = _task()
    _, gradients = cost_and_gradients(_awake(network), X, labels)
    assert_allclose(gradients[-1]["W"].sum(axis=1), 0, atol=1e-15)
    assert_allclose(gradients[-1]["b"].sum(), 0, atol=1e-15)


def test_without_a_hidden_layer_it_is_softmax_regression():
    X, labels = _task(50)
    training = train(
        mlp(np.random.default_rng(0), (16, 4)),
        X,
        labels,
        rng=np.random.default_rng(0),
        epochs=30,
        batch_size=50,
        momentum=0.5,
    )
    descent = regression.gradient_descent(
        X, labels, 4, learning_rate=0.1, momentum=0.5, num_steps=30
    )
    assert_allclose(training.network[0].W, descent.params.W, rtol=1e-10)
    assert_allclose(training.costs, descent.costs, rtol=1e-12)


def test_gradients_of_a_batch_are_the_mean_of_those_of_its_examples(network):
    network, (X, labels) = _awake(network), _task()
    _, whole = cost_and_gradients(network, X, labels)
    singles = [
        cost_and_gradients(network, X[i : i + 1], labels[i : i + 1])[1] for i in range(len(X))
    ]
    for i, gradient in enumerate(whole):
        for name in gradient:
            mean = np.mean([single[i][name] for single in singles], axis=0)
            assert_allclose(gradient[name], mean, atol=1e-14)


def test_backward_needs_no_loss(network):
    network, (X, _) = _awake(network), _task()
    logits, caches = forward(network, X)
    gradients = backward(network, caches, np.ones_like(logits))
    assert_allclose(gradients[-1]["b"], len(X))


def test_training_lowers_the_cost_and_leaves_the_start_alone(network):
    X, labels = _task(40)
    before = [{n: v.copy() for n, v in parameters(layer).items()} for layer in network]
    training = train(network, X, labels, rng=np.random.default_rng(0), epochs=60, batch_size=10)
    assert len(training.costs) == 240
    assert training.costs[-1] < 1 < training.costs[0]
    for layer, kept in zip(network, before, strict=True):
        for name, value in parameters(layer).items():
            assert_array_equal(value, kept[name])


def test_training_twice_from_one_seed_gives_the_same_network(network):
    X, labels = _task(40)
    runs = [
        train(network, X, labels, rng=np.random.default_rng(5), epochs=3).costs for _ in range(2)
    ]
    assert_array_equal(runs[0], runs[1])


def test_each_epoch_sees_every_example_once():
    X, labels = np.eye(7), np.zeros(7, int)
    seen = []

    def loss(logits, y):
        seen.append(len(y))
        return cross_entropy_and_gradient(logits, y)

    network = mlp(np.random.default_rng(0), (7, 2))
    training = train(
        network, X, labels, rng=np.random.default_rng(0), epochs=2, batch_size=3, loss=loss
    )
    assert seen == [3, 3, 1] * 2
    # Each row of W belongs to one example; all have been learned from.
    assert (training.network[0].W[:, 0] > 0).all()


def test_targets_work_as_labels_do():
    X, labels = _task()
    network = mlp(np.random.default_rng(0), (16, 8, 4))
    by_labels = train(network, X, labels, rng=np.random.default_rng(0), epochs=3)
    by_targets = train(network, X, np.eye(4)[labels], rng=np.random.default_rng(0), epochs=3)
    assert_allclose(by_targets.costs, by_labels.costs, rtol=1e-12)


def test_watching_happens_after_each_epoch():
    X, labels = _task()
    network = mlp(np.random.default_rng(0), (16, 4))
    training = train(
        network,
        X,
        labels,
        rng=np.random.default_rng(0),
        epochs=3,
        watch=lambda network: cross_entropy(logits_of(network, X), labels),
    )
    assert len(training.watched) == 3
    assert training.watched[-1] == cross_entropy(logits_of(training.network, X), labels)
    assert training.watched[0] > training.watched[-1]


def test_no_epochs_change_nothing():
    X, labels = _task()
    network = mlp(np.random.default_rng(0), (16, 8, 4))
    training = train(network, X, labels, rng=np.random.default_rng(0), epochs=0)
    assert training.costs.shape == (0,)
    assert_array_equal(training.network[0].W, network[0].W)


@pytest.mark.parametrize(("make", "size"), [(mlp, 4810), (cnn, 1898)])
def test_the_digits_are_learned(make, size):
    split = digits()
    network = make(np.random.default_rng(0))
    assert sum(v.size for layer in network for v in parameters(layer).values()) == size
    training = train(
        network, split.X_train, split.labels_train, rng=np.random.default_rng(0), epochs=15
    )
    right = logits_of(training.network, split.X_test).argmax(axis=1) == split.labels_test
    assert right.mean() > 0.95  # two standard errors below what it usually is


def test_float32_networks_train_in_float32():
    X, labels = _task()
    network = mlp(np.random.default_rng(0), (16, 8, 4), dtype=np.float32)
    X = X.astype(np.float32)
    training = train(network, X, labels, rng=np.random.default_rng(0), epochs=2)
    assert training.network[0].W.dtype == np.float32
    assert logits_of(training.network, X).dtype == np.float32


def test_hidden_layers_keep_the_size_of_their_signals():
    rng = np.random.default_rng(0)
    network = mlp(rng, (500, 500, 500, 500, 2))
    A = rng.standard_normal((200, 500))
    for layer in network[:-1]:
        A, _ = layer.forward(A)
    assert_allclose((A**2).mean(), 1, rtol=0.2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": -1}, "epochs is -1"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
        ({"learning_rate": np.inf}, "learning_rate is inf"),
        ({"momentum": 1.0}, "momentum is 1.0"),
    ],
)
def test_options_out_of_range_are_named(options, message):
    X, labels = _task()
    network = mlp(np.random.default_rng(0), (16, 4))
    with pytest.raises(ValueError, match=message):
        train(network, X, labels, **{"rng": np.random.default_rng(0), "epochs": 1, **options})


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros(16), [0], r"X has shape \(16,\)"),
        (np.zeros((3, 16)), [0, 1], r"y \(2,\)"),
        (np.zeros((0, 16)), [], "m >= 1"),
        ([[np.nan] * 16], [0], "X row 0 holds NaN"),
        (np.zeros((3, 15)), [0, 1, 2], r"must be \(m, 16\)"),
        (np.zeros((1, 16)), [4], "labels holds 4"),
    ],
)
def test_data_that_do_not_fit_are_named(X, y, message):
    network = mlp(np.random.default_rng(0), (16, 4))
    with pytest.raises(ValueError, match=message):
        train(network, X, y, rng=np.random.default_rng(0), epochs=1)


def test_a_rate_that_diverges_says_so():
    # Targets that are no distributions: a loss without a bound, as squared error has.
    def squared(logits, y):
        return float(((logits - y) ** 2).mean()), 2 * (logits - y)

    X, _ = _task()
    network = mlp(np.random.default_rng(0), (16, 4))
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(FloatingPointError, match="use a learning_rate below 100"),
    ):
        train(
            network,
            X,
            np.ones((6, 4)),
            rng=np.random.default_rng(0),
            epochs=500,
            learning_rate=100,
            loss=squared,
        )


@pytest.mark.parametrize("sizes", [(4,), (), (4, 0, 2)])
def test_sizes_that_are_no_network_are_refused(sizes):
    with pytest.raises(ValueError, match="sizes is"):
        mlp(np.random.default_rng(0), sizes)


def test_images_that_cannot_be_halved_are_refused():
    with pytest.raises(ValueError, match="divisible by 4"):
        cnn(np.random.default_rng(0), (1, 6, 8))
