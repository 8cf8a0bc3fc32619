"""Draw the cover: four scores whose probabilities move from one winner to a tie as T rises."""

import io

import matplotlib.pyplot as plt
import numpy as np

from softmax_edu import softmax
from softmax_edu.plots import COLORS

LOGITS = np.array([5.0, 2.0, -1.0, 3.0])  # the example of the landing page


def draw_curves(ax):
    """Draw the four probabilities over the logarithm of the temperature, without any axis."""
    temperatures = np.geomspace(0.15, 60, 300)  # (k,)
    probs = softmax(LOGITS / temperatures[:, None])  # (k, C)
    for curve, color in zip(probs.T, COLORS, strict=False):
        ax.plot(np.log(temperatures), curve, color=color, linewidth=5, solid_capstyle="round")
    ax.set_axis_off()
    return ax


def picture() -> bytes:
    """Draw the curves alone, as SVG, for a page that sets the title as text."""
    figure, ax = plt.subplots(figsize=(7, 4))
    draw_curves(ax)
    return saved(figure, "svg", transparent=True)


def cover(title: str, author: str) -> bytes:
    """Draw a whole cover, as PNG: what a shelf of e-books shows."""
    figure = plt.figure(figsize=(6, 8.5))
    draw_curves(figure.add_axes((0.08, 0.2, 0.84, 0.42)))
    line, _, rest = title.partition(", ")
    figure.text(0.08, 0.86, line, fontsize=44, weight="bold", color="#111111")
    figure.text(0.08, 0.79, rest, fontsize=30, color="#005A8C")
    figure.text(0.08, 0.07, author, fontsize=12, color="#444444")
    return saved(figure, "png", dpi=200)


def saved(figure, kind: str, **options) -> bytes:
    """Return a picture's bytes, the same whenever it is drawn."""
    # matplotlib writes the date, and names parts of an SVG at random, unless told otherwise
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with plt.rc_context({"svg.hashsalt": "cover"}), io.BytesIO() as file:
        figure.savefig(file, format=kind, metadata=metadata, **options)
        plt.close(figure)
        return file.getvalue()
