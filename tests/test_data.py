import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from softmax_edu import data


def _as_set(X, labels):
    return sorted(zip(map(bytes, X), labels.tolist(), strict=True))


@pytest.mark.parametrize("num_test", [10, 360, 1000, 1787])
def test_the_split_uses_every_digit_once_and_honours_the_size(num_test):
    split = data.digits(num_test)
    assert split.X_test.shape == (num_test, 64)
    assert split.labels_test.shape == (num_test,)
    assert split.X_train.shape == (1797 - num_test, 64)
    bundled = load_digits()
    X = np.vstack([split.X_train, split.X_test])
    labels = np.concatenate([split.labels_train, split.labels_test])
    assert _as_set(X, labels) == _as_set(bundled.data / 16, bundled.target)


def test_each_digit_has_the_same_share_of_both_parts():
    split = data.digits()
    held_out = np.bincount(split.labels_test)
    everything = held_out + np.bincount(split.labels_train)
    assert everything.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.abs(held_out - everything * 360 / 1797).max() < 1


def test_pixels_run_from_0_to_1_and_have_the_shape_promised():
    split = data.digits()
    for X in (split.X_train, split.X_test):
        assert X.dtype == np.float64
        assert X.min() == 0
        assert X.max() == 1
    assert split.labels_train.dtype == np.int64
    assert set(split.labels_test.tolist()) == set(range(data.NUM_DIGITS))
    assert np.prod(data.IMAGE_SHAPE) == 64


def test_the_same_seed_gives_the_same_split_and_another_another():
    first, again, other = data.digits(seed=3), data.digits(seed=3), data.digits(seed=4)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first.labels_test, other.labels_test)


@pytest.mark.parametrize("num_test", [-1, 0, 9, 1788, 0.2])
def test_a_split_that_would_lack_a_digit_is_refused(num_test):
    with pytest.raises(ValueError, match=f"num_test is {num_test}; from 10 to 1787"):
        data.digits(num_test)


def test_without_scikit_learn_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ModuleNotFoundError, match="python -m pip install scikit-learn"):
        data.digits()
