"""Chapter 6: the gradient y_hat - y as bars, and steps against it."""

from typing import Any

import numpy as np
import traitlets

from softmax_edu import cross_entropy, cross_entropy_gradient, one_hot, softmax
from softmax_edu.figures.live_figure import LiveFigure, floats, output


class LossDescent(LiveFigure, module="loss_descent.js"):
    """Set a prediction and the truth; see loss and gradient, and step down.

    Parameters
    ----------
    labels : list of str
        Names of the four classes.
    logits : sequence of float
        Their logits; the sliders go from -10 to 10, steps may lead beyond.
    truth : int
        The true class, counted from 0.
    step_size : float
        The size of a step, from 0.1 to 10.
    label_smoothing : float
        The share of the target that is spread over all classes, from 0 to 0.5.
    path : list of list of float
        The logits before each step so far, at most 40.

    Attributes
    ----------
    probabilities, target, gradient : list of float
        The prediction, what it should be, and their difference.
    loss, loss_after, least_loss : float
        Now, after one step, and at the best: the entropy of the target.
    stepped : list of float
        The logits after one step.
    losses : list of float
        Along the path, and now.

    Examples
    --------
    >>> figure = LossDescent(logits=[5, 2, -1, 3], truth=1)
    >>> [round(g, 3) for g in figure.gradient]
    [0.842, -0.958, 0.002, 0.114]
    >>> print(f"{figure.loss:.3f}, after one step {figure.loss_after:.3f}")
    3.172, after one step 1.662
    """

    labels = traitlets.List(traitlets.Unicode(), ["other", "cat", "dog", "chick"]).tag(sync=True)
    logits = floats(4, -100, 100)
    truth = traitlets.Int(1, min=0, max=3).tag(sync=True)
    step_size = traitlets.Float(1.0, min=0.1, max=10).tag(sync=True)
    label_smoothing = traitlets.Float(0.0, min=0, max=0.5).tag(sync=True)
    path = traitlets.List(floats(4, -100, 100), maxlen=40).tag(sync=True)

    probabilities = output()
    target = output()
    gradient = output()
    loss = output()
    stepped = output()
    loss_after = output()
    losses = output()
    least_loss = output()

    @traitlets.default("logits")
    def _first_logits(self) -> list[float]:
        return [5.0, 2.0, -1.0, 3.0]

    def numbers(self) -> dict[str, Any]:
        logits, share = np.array(self.logits), self.label_smoothing
        target = (1 - share) * one_hot(self.truth, 4) + share / 4
        gradient = cross_entropy_gradient(logits, self.truth, label_smoothing=share)
        stepped = logits - self.step_size * gradient
        walked = np.array([*self.path, logits, stepped])  # (steps + 2, 4)
        truths = np.full(len(walked), self.truth)
        all_losses = cross_entropy(walked, truths, reduction="none", label_smoothing=share)
        *losses, loss_after = np.asarray(all_losses).tolist()
        with np.errstate(divide="ignore"):  # log 0 is the logit of an impossible class
            least_loss = cross_entropy(np.log(target), target)
        return {
            "probabilities": softmax(logits).tolist(),
            "target": target.tolist(),
            "gradient": gradient.tolist(),
            "loss": losses[-1],
            "stepped": stepped.tolist(),
            "loss_after": loss_after,
            "losses": losses,
            "least_loss": least_loss,
        }
