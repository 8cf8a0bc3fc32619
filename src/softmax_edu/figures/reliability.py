"""Chapter 11: confidence against accuracy while a temperature cools the logits."""

import base64
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from softmax_edu import cross_entropy, softmax
from softmax_edu.calibration import (
    brier_score,
    expected_calibration_error,
    fit_temperature,
    reliability_bins,
)
from softmax_edu.figures.live_figure import LiveFigure, output
from softmax_edu.stable import Array, Labels

# Made by tools/train_overconfident.py.
FILE = Path(__file__).with_name("overconfident.json")


class Reliability(LiveFigure, module="reliability.js"):
    """Heat or cool the logits of a network; see how far its confidence can be trusted.

    Parameters
    ----------
    logits : str
        Scores before softmax, made by `packed`. Those of chapter 11's overconfident network
        for its 400 held-out digits, if not given.
    labels : str
        The true classes, one digit each.
    temperature : float
        From 0.2 to 20.
    num_bins : int
        From 1 to 50.

    Attributes
    ----------
    counts : list of int
        How many answers each bin holds.
    confidences, accuracies : list of float
        The mean confidence of each bin, and its share of right answers; NaN in an empty bin.
    accuracy, mean_confidence, ece, cost, brier : float
        Of all answers.
    fitted_temperature : float
        The temperature of the least cost.

    Examples
    --------
    >>> figure = Reliability()
    >>> print(f"right {figure.accuracy:.3f}, sure {figure.mean_confidence:.3f}")
    right 0.675, sure 0.891
    >>> figure.temperature = figure.fitted_temperature
    >>> print(f"right {figure.accuracy:.3f}, sure {figure.mean_confidence:.3f}")
    right 0.675, sure 0.659
    """

    logits = traitlets.Unicode().tag(sync=True)
    labels = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float(1.0, min=0.2, max=20).tag(sync=True)
    num_bins = traitlets.Int(15, min=1, max=50).tag(sync=True)

    counts = output()
    confidences = output()
    accuracies = output()
    accuracy = output()
    mean_confidence = output()
    ece = output()
    cost = output()
    brier = output()
    fitted_temperature = traitlets.Float(read_only=True).tag(sync=True)  # the button needs it

    @traitlets.default("logits")
    def _logits_of_the_book(self) -> str:
        return str(json.loads(FILE.read_text(encoding="utf-8"))["logits"])

    @traitlets.default("labels")
    def _labels_of_the_book(self) -> str:
        return str(json.loads(FILE.read_text(encoding="utf-8"))["labels"])

    def numbers(self) -> dict[str, Any]:
        logits, labels, fitted = unpacked(self.logits, self.labels)
        probs = softmax(logits, temperature=self.temperature)  # (m, C)
        bins = reliability_bins(probs, labels, self.num_bins)
        return {
            "counts": bins.counts.tolist(),
            "confidences": bins.confidence.tolist(),
            "accuracies": bins.accuracy.tolist(),
            "accuracy": float((probs.argmax(axis=1) == labels).mean()),
            "mean_confidence": float(probs.max(axis=1).mean()),
            "ece": expected_calibration_error(probs, labels, self.num_bins),
            "cost": cross_entropy(logits / self.temperature, labels),
            "brier": brier_score(probs, labels),
            "fitted_temperature": fitted,
        }


def packed(logits: ArrayLike) -> str:
    """Write logits as text: hundredths in two bytes each.

    Parameters
    ----------
    logits : (m, C) array_like
        Between -327 and 327.

    Returns
    -------
    str
        In base64, row after row.

    Raises
    ------
    ValueError
        If a logit is too large, or not a number.

    Examples
    --------
    >>> packed([[0.01, -0.01]])
    'AQD//w=='
    """
    hundredths = np.rint(100 * np.asarray(logits, dtype=np.float64))
    if not (np.abs(hundredths) <= 32700).all():
        raise ValueError("logits must lie between -327 and 327")
    return base64.b64encode(hundredths.astype("<i2").tobytes()).decode("ascii")


@lru_cache(maxsize=8)  # the same at every temperature
def unpacked(text: str, digits: str) -> tuple[Array, Labels, float]:
    """Read what `packed` wrote.

    Parameters
    ----------
    text : str
        The logits.
    digits : str
        The true classes.

    Returns
    -------
    logits : (m, C) array
    labels : (m,) array of int
    fitted : float
        The temperature of the least cost.
    """
    labels = np.array(list(digits), dtype=np.intp)
    logits = np.frombuffer(base64.b64decode(text), "<i2").reshape(len(labels), -1) / 100
    # A page stores it: without the last digits, in which processors differ.
    return logits, labels, round(fit_temperature(logits, labels), 9)
