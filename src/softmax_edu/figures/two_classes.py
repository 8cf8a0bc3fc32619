"""Chapter 3: two scores, their lead, and softmax and sigmoid on one curve."""

from typing import Any

import numpy as np
import traitlets

from softmax_edu import sigmoid, softmax
from softmax_edu.figures.live_figure import LiveFigure, floats, output


class TwoClasses(LiveFigure, module="two_classes.js"):
    """Move two scores, or their difference, and see softmax move along the sigmoid.

    Parameters
    ----------
    labels : list of str
        Names of the two classes.
    logits : sequence of float
        Their scores, from -4 to 4.
    shift : float
        What is added to both, from -4 to 4.
    threshold : float
        The answer is the first class from this probability on; from 0.01 to 0.99.

    Attributes
    ----------
    scores : list of float
        The logits after the shift.
    lead : float
        The first score minus the second.
    sigmoid, odds : float
        Of the lead: the probability of the first class, and that divided by the second's.
    probabilities : list of float
        Softmax of both scores.
    log_odds : float
        Computed from the probabilities: the lead again.
    boundary : float
        The lead at which the answer changes.
    answer : int
        Which class: 0 or 1.

    Examples
    --------
    >>> figure = TwoClasses(logits=[2, -1])
    >>> round(figure.sigmoid, 3), [round(p, 3) for p in figure.probabilities]
    (0.953, [0.953, 0.047])
    >>> figure.shift = 4
    >>> round(figure.sigmoid, 3), [round(p, 3) for p in figure.probabilities]
    (0.953, [0.953, 0.047])
    """

    labels = traitlets.List(traitlets.Unicode(), ["cat", "dog"], minlen=2, maxlen=2).tag(sync=True)
    logits = floats(2, -4, 4)
    shift = traitlets.Float(0.0, min=-4, max=4).tag(sync=True)
    threshold = traitlets.Float(0.5, min=0.01, max=0.99).tag(sync=True)

    scores = output()
    lead = output()
    sigmoid = output()
    probabilities = output()
    odds = output()
    log_odds = output()
    boundary = output()
    answer = output()

    @traitlets.default("logits")
    def _first_logits(self) -> list[float]:
        return [2.0, -1.0]

    def numbers(self) -> dict[str, Any]:
        scores = np.array(self.logits) + self.shift
        lead = scores[0] - scores[1]
        p = float(sigmoid(lead))
        probabilities = softmax(scores)
        return {
            "scores": scores.tolist(),
            "lead": float(lead),
            "sigmoid": p,
            "probabilities": probabilities.tolist(),
            "odds": float(np.exp(lead)),
            "log_odds": float(np.log(probabilities[0] / probabilities[1])),
            "boundary": float(np.log(self.threshold / (1 - self.threshold))),
            "answer": 0 if p >= self.threshold else 1,
        }
