"""Each layer against loops, against differences of itself, and against its own rules."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from softmax_edu import numerical_gradient
from softmax_edu.layers import Conv, Dense, Flatten, Images, MaxPool, ReLU
from softmax_edu.network import parameters


def _conv(rng, filters=3, channels=2, k=3):
    return Conv(rng.standard_normal((filters, channels, k, k)), rng.standard_normal(filters))


LAYERS = {
    "Dense": (lambda rng: Dense(rng.standard_normal((4, 3)), rng.standard_normal(3)), (5, 4)),
    "ReLU": (lambda rng: ReLU(), (5, 4)),
    "Images": (lambda rng: Images((2, 2, 3)), (5, 12)),
    "Flatten": (lambda rng: Flatten(), (2, 2, 3, 5)),
    "Conv": (_conv, (2, 4, 6, 5)),
    "Conv, k = 1": (lambda rng: _conv(rng, k=1), (2, 3, 2, 4)),
    "Conv, k = 5 beyond the image": (lambda rng: _conv(rng, k=5), (2, 3, 2, 4)),
    "MaxPool": (lambda rng: MaxPool(), (2, 4, 6, 3)),
}


@pytest.fixture(params=LAYERS)
def layer_and_inputs(request):
    rng = np.random.default_rng(0)
    make, shape = LAYERS[request.param]
    return make(rng), rng.standard_normal(shape)


def test_the_input_gradient_is_that_of_differences(layer_and_inputs):
    layer, inputs = layer_and_inputs
    outputs, cache = layer.forward(inputs)
    weights = np.random.default_rng(1).standard_normal(outputs.shape)
    numeric = numerical_gradient(lambda x: (layer.forward(x)[0] * weights).sum(), inputs)
    assert_allclose(layer.input_gradient(weights, cache), numeric, atol=1e-9)


def test_the_parameter_gradients_are_those_of_differences(layer_and_inputs):
    layer, inputs = layer_and_inputs
    outputs, cache = layer.forward(inputs)
    weights = np.random.default_rng(1).standard_normal(outputs.shape)
    gradients = layer.parameter_gradients(weights, cache)
    assert gradients.keys() == parameters(layer).keys()
    for name, value in parameters(layer).items():

        def f(v, name=name):
            changed = type(layer)(**{**parameters(layer), name: v})
            return (changed.forward(inputs)[0] * weights).sum()

        assert_allclose(gradients[name], numerical_gradient(f, value), atol=1e-9)


def test_nothing_that_goes_in_is_changed(layer_and_inputs):
    layer, inputs = layer_and_inputs
    kept = inputs.copy(), {name: value.copy() for name, value in parameters(layer).items()}
    outputs, cache = layer.forward(inputs)
    doutputs = np.ones_like(outputs)
    layer.input_gradient(doutputs, cache)
    layer.parameter_gradients(doutputs, cache)
    assert_array_equal(inputs, kept[0])
    assert_array_equal(doutputs, 1)
    for name, value in parameters(layer).items():
        assert_array_equal(value, kept[1][name])


def test_float32_stays_float32(layer_and_inputs):
    layer, inputs = layer_and_inputs
    if parameters(layer):
        layer = type(layer)(**{n: v.astype(np.float32) for n, v in parameters(layer).items()})
    outputs, cache = layer.forward(inputs.astype(np.float32))
    assert outputs.dtype == np.float32
    assert layer.input_gradient(outputs, cache).dtype == np.float32
    for gradient in layer.parameter_gradients(outputs, cache).values():
        assert gradient.dtype == np.float32


def test_dense_by_hand():
    layer = Dense(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 20.0]))
    Z, cache = layer.forward(np.array([[1.0, 1.0], [0.0, 2.0]]))
    assert_array_equal(Z, [[14, 26], [16, 28]])
    dZ = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert_array_equal(layer.input_gradient(dZ, cache), [[1, 3], [2, 4]])
    gradients = layer.parameter_gradients(dZ, cache)
    assert_array_equal(gradients["W"], [[1, 0], [1, 2]])
    assert_array_equal(gradients["b"], [1, 1])


def test_relu_has_slope_0_at_0():
    outputs, cache = ReLU().forward(np.array([-1.0, 0.0, 2.0]))
    assert_array_equal(outputs, [0, 0, 2])
    assert_array_equal(ReLU().input_gradient(np.full(3, 5.0), cache), [0, 0, 5])


def test_images_and_flatten_undo_each_other():
    X = np.random.default_rng(0).standard_normal((7, 24))
    images, _ = Images((2, 3, 4)).forward(X)
    assert_array_equal(images[:, :, :, 5], X[5].reshape(2, 3, 4))
    assert_array_equal(Flatten().forward(images)[0], X)


@given(
    filters=st.integers(1, 3),
    channels=st.integers(1, 3),
    height=st.integers(1, 5),
    width=st.integers(1, 5),
    m=st.integers(0, 3),
    k=st.sampled_from([1, 3, 5]),
)
def test_convolution_is_what_loops_compute(filters, channels, height, width, m, k):
    rng = np.random.default_rng(0)
    layer = _conv(rng, filters, channels, k)
    A = rng.standard_normal((channels, height, width, m))
    expected = np.zeros((filters, height, width, m)) + layer.b[:, None, None, None]
    for row, column, i, j in product(range(height), range(width), range(k), range(k)):
        r, c = row + i - k // 2, column + j - k // 2
        if 0 <= r < height and 0 <= c < width:
            expected[:, row, column] += layer.kernels[:, :, i, j] @ A[:, r, c]
    assert_allclose(layer.forward(A)[0], expected, atol=1e-12)


def test_a_convolution_moves_with_the_picture():
    rng = np.random.default_rng(0)
    layer = _conv(rng)
    A = np.zeros((2, 8, 8, 1))
    A[:, 3:5, 3:5] = rng.standard_normal((2, 2, 2, 1))
    moved = np.roll(A, (1, 2), axis=(1, 2))
    outputs = np.roll(layer.forward(A)[0], (1, 2), axis=(1, 2))
    assert_allclose(layer.forward(moved)[0], outputs, atol=1e-12)


def test_pooling_by_hand_and_ties_go_to_the_first():
    image = np.array([[1.0, 5.0, 2.0, 2.0], [3.0, 2.0, 2.0, 1.0]]).reshape(1, 2, 4, 1)
    outputs, cache = MaxPool().forward(image)
    assert_array_equal(outputs.ravel(), [5, 2])
    dA = MaxPool().input_gradient(np.array([7.0, 9.0]).reshape(1, 1, 2, 1), cache)
    assert_array_equal(dA[0, :, :, 0], [[0, 7, 9, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Dense(np.zeros((2, 3)), np.zeros(2)), r"W has shape \(2, 3\) and b \(2,\)"),
        (lambda: Dense(np.zeros(3), np.zeros(3)), r"must be \(n_in, n_out\) and \(n_out,\)"),
        (
            lambda: Dense(np.zeros((2, 3)), np.zeros(3)).forward(np.zeros((5, 4))),
            r"the inputs have shape \(5, 4\).*must be \(m, 2\)",
        ),
        (lambda: Conv(np.zeros((1, 1, 2, 2)), np.zeros(1)), "with odd k"),
        (lambda: Conv(np.zeros((1, 1, 3, 5)), np.zeros(1)), "filters, channels, k, k"),
        (lambda: Conv(np.zeros((4, 1, 3, 3)), np.zeros(1)), r"for 4 filters use \(4,\)"),
        (
            lambda: Conv(np.zeros((4, 2, 3, 3)), np.zeros(4)).forward(np.zeros((1, 8, 8, 5))),
            r"must be \(2, height, width, m\)",
        ),
        (lambda: MaxPool().forward(np.zeros((1, 7, 8, 2))), "even height and width"),
        (lambda: Images((1, 8, 8)).forward(np.zeros((5, 65))), r"must be \(m, 64\)"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
