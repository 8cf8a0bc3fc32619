"""Chapter 7: softmax regression on a plane, trained in the page."""

from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from softmax_edu.figures.live_figure import LiveFigure, floats, output, table
from softmax_edu.regression import Parameters, cost_and_gradient, predict, predict_probs

CENTRES = np.array([[-1.2, -0.9], [1.2, -0.7], [0.0, 1.2]])  # of the classes
FIRST_W = [[-0.7, -0.2, 1.7], [0.7, -1.6, 0.0]]  # these put most points into wrong regions


class DecisionRegions(LiveFigure, module="decision_regions.js"):
    """Drag 24 points of three classes; train softmax regression on them, step by step.

    Parameters
    ----------
    points : (24, 2) array_like
        The examples, between -3 and 3; by default they overlap a little.
    labels : sequence of int
        Their classes, 0, 1 or 2; by default eight of each.
    classes : list of str
        Names of the three classes.
    W : (2, 3) array_like
        Weights. Training changes them.
    b : (3,) array_like
        Biases.
    learning_rate : float
        The size of a step, from 0.01 to 30.
    l2 : float
        The weight of the penalty for large weights, from 0 to 0.3.
    costs : list of float
        The cost before each step so far.
    chosen : int
        The point that the arrow keys move, from 1 to 24.
    running : bool
        Whether the page is training.

    Attributes
    ----------
    cost : float
        Of the parameters as they are.
    accuracy : float
        The share of points that lie in the region of their class.
    gradient_norm : float
        The length of the gradient with respect to all nine parameters.
    probabilities : list of list of float
        Of each class, for each point.
    next_W, next_b : list
        The parameters after one more step.

    Examples
    --------
    >>> figure = DecisionRegions(W=np.zeros((2, 3)), learning_rate=2)
    >>> print(f"{figure.cost:.4f}")  # log 3
    1.0986
    >>> for _ in range(100):
    ...     figure.W, figure.b = figure.next_W, figure.next_b
    >>> print(f"{figure.cost:.4f}, accuracy {figure.accuracy:.2f}")
    0.2040, accuracy 0.92
    """

    points = table(24, 2, -3, 3)
    labels = traitlets.List(traitlets.Int(min=0, max=2), minlen=24, maxlen=24).tag(sync=True)
    classes = traitlets.List(traitlets.Unicode(), ["A", "B", "C"], minlen=3, maxlen=3).tag(
        sync=True
    )
    W = table(2, 3, -1e6, 1e6)
    b = floats(3, -1e6, 1e6)
    learning_rate = traitlets.Float(0.5, min=0.01, max=30).tag(sync=True)
    l2 = traitlets.Float(0.0, min=0, max=0.3).tag(sync=True)
    costs = traitlets.List(traitlets.Float(min=0)).tag(sync=True)
    chosen = traitlets.Int(1, min=1, max=24).tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)

    cost = output()
    accuracy = output()
    gradient_norm = output()
    probabilities = output()
    next_W = output()
    next_b = output()

    @traitlets.default("points")
    def _first_points(self) -> NDArray[np.float64]:
        rng = np.random.default_rng(3)
        return (CENTRES.repeat(8, axis=0) + rng.normal(scale=0.8, size=(24, 2))).round(1)

    @traitlets.default("labels")
    def _first_labels(self) -> list[int]:
        return [i // 8 for i in range(24)]

    @traitlets.default("W")
    def _first_W(self) -> list[list[float]]:
        return FIRST_W

    @traitlets.default("b")
    def _first_b(self) -> list[float]:
        return [0.0, 0.0, 0.0]

    def numbers(self) -> dict[str, Any]:
        params = Parameters(np.array(self.W), np.array(self.b))
        cost, gradient = cost_and_gradient(params, self.points, self.labels, l2=self.l2)
        steps = np.concatenate([gradient.W.ravel(), gradient.b])
        return {
            "probabilities": predict_probs(params, self.points).tolist(),
            "cost": cost,
            "accuracy": float(np.mean(predict(params, self.points) == self.labels)),
            "gradient_norm": float(np.linalg.norm(steps)),
            "next_W": (params.W - self.learning_rate * gradient.W).tolist(),
            "next_b": (params.b - self.learning_rate * gradient.b).tolist(),
        }
