"""Chapter 4: softmax in three number formats, with and without the shift."""

from typing import Any

import numpy as np
import traitlets

from softmax_edu import softmax
from softmax_edu.figures.live_figure import LiveFigure, floats, output
from softmax_edu.stable import Array


class Overflow(LiveFigure, module="overflow.js"):
    """Multiply scores, or add to them, until number formats cannot hold their exponentials.

    Parameters
    ----------
    labels : list of str
        Names of the four classes.
    logits : sequence of float
        Their scores, from -30 to 30.
    scale, shift : float
        What the scores are multiplied by, from 0.1 to 200, and what is added then,
        from -800 to 800.
    subtract_largest : bool
        Whether the largest score is subtracted before the exponential.

    Attributes
    ----------
    scores : list of float
        Multiplied and added to.
    exponentials, probabilities : list of list of float
        A row for each of float16, float32 and float64.
    sums : list of float
        Of the exponentials, one for each format.
    errors : list of float
        The largest error of the probabilities in each format; NaN where one is NaN.

    Examples
    --------
    In float16 all exponentials are finite here, but their sum is not:

    >>> figure = Overflow(logits=[5, 2, -1, 3], shift=6)
    >>> figure.exponentials[0], figure.sums[0]
    ([59872.0, 2980.0, 148.375, 8104.0], inf)
    >>> figure.probabilities[0]
    [0.0, 0.0, 0.0, 0.0]
    >>> figure.subtract_largest = True
    >>> [round(p, 3) for p in figure.probabilities[0]]
    [0.842, 0.042, 0.002, 0.114]
    """

    labels = traitlets.List(traitlets.Unicode(), ["other", "cat", "dog", "chick"]).tag(sync=True)
    logits = floats(4, -30, 30)
    scale = traitlets.Float(1.0, min=0.1, max=200).tag(sync=True)
    shift = traitlets.Float(6.0, min=-800, max=800).tag(sync=True)
    subtract_largest = traitlets.Bool(False).tag(sync=True)

    scores = output()
    exponentials = output()
    sums = output()
    probabilities = output()
    errors = output()

    @traitlets.default("logits")
    def _first_logits(self) -> list[float]:
        return [5.0, 2.0, -1.0, 3.0]

    def numbers(self) -> dict[str, Any]:
        scores = self.scale * np.array(self.logits) + self.shift
        formats = (np.float16, np.float32, np.float64)
        results = [softmax_in(dtype, scores, self.subtract_largest) for dtype in formats]
        exponentials, sums, probabilities = zip(*results, strict=True)
        return {
            "scores": scores.tolist(),
            "exponentials": [row.tolist() for row in exponentials],
            "sums": [float(total) for total in sums],
            "probabilities": [row.tolist() for row in probabilities],
            "errors": [float(abs(row - softmax(scores)).max()) for row in probabilities],
        }


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def softmax_in(
    dtype: type[np.floating[Any]], scores: Array, shifted: bool
) -> tuple[Array, np.floating[Any], Array]:
    """Compute softmax as a program does that has only one number format.

    Parameters
    ----------
    dtype : type
        The format to which every result is rounded.
    scores : (C,) array
        What to take the exponential of.
    shifted : bool
        Whether to subtract the largest first.

    Returns
    -------
    exponentials : (C,) array
        Rounded from float64: NumPy's own differ in the last digit between processors.
    total : number
        Their sum.
    probabilities : (C,) array
        Not numbers, where it went wrong.
    """
    z = scores.astype(dtype)
    if shifted:
        z = z - z.max()
    exponentials = np.exp(z.astype(np.float64)).astype(dtype)
    total = exponentials.sum()
    return exponentials, total, exponentials / total
