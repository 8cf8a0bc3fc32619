"""Live figures: widgets with a kernel, alive on a static page without one."""

try:
    import anywidget as _anywidget  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "the live figures need anywidget; install it with: "
        'python -m pip install "softmax-edu[figures]"'
    ) from error

from softmax_edu.figures.decision_regions import DecisionRegions
from softmax_edu.figures.digit_reader import DigitReader
from softmax_edu.figures.loss_descent import LossDescent
from softmax_edu.figures.overflow import Overflow
from softmax_edu.figures.reliability import Reliability
from softmax_edu.figures.self_test import SelfTest
from softmax_edu.figures.simplex import Simplex
from softmax_edu.figures.softmax_explorer import SoftmaxExplorer
from softmax_edu.figures.two_classes import TwoClasses

__all__ = [
    "DecisionRegions",
    "DigitReader",
    "LossDescent",
    "Overflow",
    "Reliability",
    "SelfTest",
    "Simplex",
    "SoftmaxExplorer",
    "TwoClasses",
]
