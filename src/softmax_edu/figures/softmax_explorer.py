"""Chapter 1: scores and temperature to probabilities, hardmax beside them."""

from typing import Any

import numpy as np
import traitlets

from softmax_edu import hardmax, softmax
from softmax_edu.figures.live_figure import LiveFigure, floats, output


class SoftmaxExplorer(LiveFigure, module="softmax_explorer.js"):
    """Move scores and temperature; see softmax and hardmax.

    Parameters
    ----------
    labels : list of str
        Names of the classes.
    logits : sequence of float
        Their scores, from -5 to 8.
    temperature : float
        From 0.05 to 20.
    scale, shift : float
        What the scores are multiplied by, and what is added to them.

    Attributes
    ----------
    scores, probabilities, hardmax : list of float
        What comes out, to be read or observed.

    Examples
    --------
    >>> figure = SoftmaxExplorer(logits=[5, 2, -1, 3])
    >>> [round(p, 3) for p in figure.probabilities]
    [0.842, 0.042, 0.002, 0.114]
    >>> figure.shift = 7
    >>> [round(p, 3) for p in figure.probabilities]
    [0.842, 0.042, 0.002, 0.114]
    """

    labels = traitlets.List(traitlets.Unicode(), ["other", "cat", "dog", "chick"]).tag(sync=True)
    logits = floats(4, -5, 8)
    temperature = traitlets.Float(1.0, min=0.05, max=20).tag(sync=True)
    scale = traitlets.Float(1.0, min=0.1, max=5).tag(sync=True)
    shift = traitlets.Float(0.0, min=-20, max=20).tag(sync=True)

    scores = output()
    probabilities = output()
    hardmax = output()

    @traitlets.default("logits")
    def _first_logits(self) -> list[float]:
        return [5.0, 2.0, -1.0, 3.0]

    def numbers(self) -> dict[str, Any]:
        scores = self.scale * np.array(self.logits) + self.shift
        return {
            "scores": scores.tolist(),
            "probabilities": softmax(scores, temperature=self.temperature).tolist(),
            "hardmax": hardmax(scores).tolist(),
        }
