import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softmax_edu import numerical_gradient, relative_error


def test_the_gradient_of_a_square_by_hand():
    np.testing.assert_allclose(
        numerical_gradient(lambda x: (x**2).sum(), [[1, -3], [0, 2]]),
        [[2, -6], [0, 4]],
        rtol=1e-9,
        atol=1e-12,
    )


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (2, 3), (2, 1, 2)])
def test_the_gradient_has_the_shape_of_x(shape):
    x = np.linspace(-1, 1, int(np.prod(shape))).reshape(shape)
    gradient = numerical_gradient(lambda x: float(np.exp(x).sum()), x)
    assert gradient.shape == shape
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, np.exp(x), rtol=1e-9)


def test_the_jacobian_has_the_shape_of_f_then_that_of_x():
    A = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(numerical_gradient(lambda x: A @ x, [1, 1, 1]), A, atol=1e-9, rtol=0)
    X = np.ones((3, 4))
    jacobian = numerical_gradient(lambda X: A @ X, X)
    assert jacobian.shape == (2, 4, 3, 4)
    expected = np.einsum("ij,kl->ikjl", A, np.eye(4))
    np.testing.assert_allclose(jacobian, expected, rtol=0, atol=1e-9)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.floats(-3, 3), st.floats(-3, 3))
def test_a_quadratic_is_differentiated_without_error_from_curvature(a, x):
    gradient = numerical_gradient(lambda x: a * x**2, x, step=0.25)
    np.testing.assert_allclose(gradient, 2 * a * x, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("step", "order"), [(1e-1, 1.6e-3), (1e-2, 1.6e-5), (1e-3, 1.6e-7)])
def test_the_error_falls_with_the_square_of_the_step(step, order):
    # (e^h - e^-h) / 2h - 1 = h^2 / 6 to first order
    error = numerical_gradient(np.exp, 0.0, step) - 1
    np.testing.assert_allclose(error, step**2 / 6, rtol=1e-2)
    assert error < order * 1.1


def test_f_gets_a_copy_of_x_in_float64():
    x = np.array([1, 2, 3])
    seen = []

    def f(v):
        seen.append(v.dtype)
        v *= 0
        return 1.0

    assert numerical_gradient(f, x).tolist() == [0, 0, 0]
    assert x.tolist() == [1, 2, 3]
    assert set(seen) == {np.dtype(np.float64)}


@pytest.mark.parametrize("step", [0, -1e-5, np.inf, np.nan])
def test_a_step_must_be_positive_and_finite(step):
    with pytest.raises(ValueError, match=r"step is .*; it must be a positive finite number"):
        numerical_gradient(np.sum, [1.0], step)


def test_a_step_that_rounding_swallows_is_refused():
    with pytest.raises(ValueError, match=r"step 1e-05 is lost in rounding beside 1e\+13"):
        numerical_gradient(np.sum, [1.0, 1e13])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_function_that_is_not_finite_is_named_with_the_place(value):
    def f(x):
        return value if x[1, 0] > 3 else 1.0

    with pytest.raises(ValueError, match=r"f is not finite near x\[1, 0\]"):
        numerical_gradient(f, [[1.0, 2.0], [3.0, 4.0]])


def test_relative_error_by_hand():
    assert relative_error([3.0, 0.0], [0.0, 4.0]) == 5 / 7
    assert relative_error([1.0], [-1.0]) == 1
    assert relative_error([[1.0, 2.0]], [[1.0, 2.0]]) == 0
    assert relative_error([0.0, 0.0], [0.0, 0.0]) == 0
    assert relative_error(2, 3) == 0.2


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1))
def test_relative_error_is_symmetric_between_0_and_1_and_free_of_scale(pairs):
    a, b = np.array(pairs).T
    error = relative_error(a, b)
    assert 0 <= error <= 1 + 1e-15
    assert relative_error(b, a) == error
    assert relative_error(4 * a, 4 * b) == pytest.approx(error, rel=1e-12)


def test_a_gradient_with_nan_is_never_right():
    assert np.isnan(relative_error([np.nan], [1.0]))
    assert not relative_error([np.nan, 1.0], [np.nan, 1.0]) < 1


@pytest.mark.parametrize(
    ("a", "b"), [([1.0], 1.0), ([1.0, 2.0], [[1.0, 2.0]]), ([1.0], [1.0, 1.0])]
)
def test_shapes_must_agree_and_are_not_broadcast(a, b):
    with pytest.raises(ValueError, match=r"actual has shape .*, expected has shape"):
        relative_error(a, b)
