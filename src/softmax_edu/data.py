"""The data of the book: bundled with scikit-learn, split the same way every time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IMAGE_SHAPE = (8, 8)
NUM_DIGITS = 10


class Split(NamedTuple):
    """Examples to learn from, and others to be judged on."""

    X_train: NDArray[np.float64]  # (m, n)
    labels_train: NDArray[np.int64]  # (m,)
    X_test: NDArray[np.float64]
    labels_test: NDArray[np.int64]


def digits(num_test: int = 360, seed: int = 0) -> Split:
    """Load the 1797 handwritten digits that come with scikit-learn, split by class.

    Parameters
    ----------
    num_test : int
        How many images to hold out, from 10 to 1787; each digit's share is the same in both parts.
    seed : int
        Chooses which.

    Returns
    -------
    Split
        Images of 8 by 8 pixels as rows of 64 numbers from 0 (paper) to 1 (ink);
        labels from 0 to 9.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed.
    ValueError
        If `num_test` leaves a part without some digit.

    References
    ----------
    Alpaydin and Kaynak, "Optical recognition of handwritten digits", UCI, 1998 (its test set).

    Examples
    --------
    >>> split = digits()
    >>> split.X_train.shape, split.X_test.shape
    ((1437, 64), (360, 64))
    """
    if not NUM_DIGITS <= num_test <= 1797 - NUM_DIGITS:
        raise ValueError(
            f"num_test is {num_test!r}; from 10 to 1787 leave every digit in both parts"
        )
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "the digits come with scikit-learn; install it with: python -m pip install scikit-learn"
        ) from error
    bundled = load_digits()
    X_train, X_test, labels_train, labels_test = train_test_split(
        bundled.data / 16,
        bundled.target.astype(np.int64),
        test_size=num_test,
        stratify=bundled.target,
        random_state=seed,
    )
    return Split(X_train, labels_train, X_test, labels_test)
