"""Chapter 2: three scores as a point of a plane, their probabilities as a point of a triangle."""

from typing import Any

import numpy as np
import traitlets

from softmax_edu import hardmax, softmax
from softmax_edu.activations import log_softmax
from softmax_edu.figures.live_figure import LiveFigure, floats, output

TEMPERATURES = 10 ** ((np.arange(71) - 30) / 20)  # from 0.03 to 100
REACH = 5.5  # the radius of the picture


class Simplex(LiveFigure, module="simplex.js"):
    """Drag three scores; see softmax at every temperature as a path through a triangle.

    Parameters
    ----------
    labels : list of str
        Names of the three classes.
    logits : sequence of float
        Their scores, between -25 and 25. Seen from their mean, the Euclidean length of the
        three must be at most 4.49, or they do not fit into the picture.
    temperature : float
        From 0.1 to 20.

    Attributes
    ----------
    probabilities : list of float
        Softmax of the scores at this temperature.
    entropy : float
        Of these probabilities, in nats.
    hardmax : list of float
        The limit of a temperature of zero; winners share.
    path : list of list of float
        Softmax of the scores at 71 temperatures from 0.03 to 100.

    Examples
    --------
    >>> figure = Simplex(logits=[5, 2, 3])
    >>> [round(p, 3) for p in figure.probabilities]
    [0.844, 0.042, 0.114]
    >>> figure.temperature = 10
    >>> [round(p, 3) for p in figure.probabilities]
    [0.391, 0.289, 0.32]
    >>> print(f"{figure.entropy:.3f} of at most {np.log(3):.3f}")
    1.091 of at most 1.099
    """

    labels = traitlets.List(traitlets.Unicode(), ["other", "cat", "chick"], minlen=3, maxlen=3).tag(
        sync=True
    )
    logits = floats(3, -25, 25)
    temperature = traitlets.Float(1.0, min=0.1, max=20).tag(sync=True)

    probabilities = output()
    entropy = output()
    hardmax = output()
    path = output()

    @traitlets.default("logits")
    def _first_logits(self) -> list[float]:
        return [5.0, 2.0, 3.0]

    @traitlets.validate("logits")
    def _within_reach(self, proposal: dict[str, Any]) -> Any:
        # The directions of the three classes are 120 degrees apart, so the distance in the
        # picture is sqrt(3/2) times the length of the centred scores.
        distance = np.std(proposal["value"]) * np.sqrt(3 * 3 / 2)
        if distance > REACH + 1e-9:
            raise traitlets.TraitError(
                f"logits {proposal['value']} lie {distance:.2f} from the centre; "
                f"the picture ends at {REACH}"
            )
        return proposal["value"]

    def numbers(self) -> dict[str, Any]:
        scores = np.array(self.logits)
        log_probs = log_softmax(scores / self.temperature)
        probabilities = softmax(scores, temperature=self.temperature)
        return {
            "probabilities": probabilities.tolist(),
            "entropy": -float(probabilities @ log_probs),
            "hardmax": hardmax(scores, ties="share").tolist(),
            "path": [softmax(scores, temperature=T).tolist() for T in TEMPERATURES],
        }
