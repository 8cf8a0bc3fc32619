"""The few drawings that several chapters share. Each takes the axes to draw on and returns them."""

from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from numpy.typing import ArrayLike, NDArray

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def use_book_style() -> None:
    """Give all following figures the look of the book.

    Examples
    --------
    >>> use_book_style()
    """
    with as_file(files("softmax_edu") / "book.mplstyle") as path:
        plt.style.use(path)


def probability_bars(
    ax: Axes, probs: ArrayLike, names: Sequence[str] | None = None, color: str = COLORS[0]
) -> Axes:
    """Draw one bar per class with its probability written on top.

    Parameters
    ----------
    ax : matplotlib Axes
    probs : (C,) array_like
        Probabilities; each is printed to three decimals.
    names : sequence of str, optional
        Of the classes; by default 1 to C, as in the formulas.
    color : str
        Of the bars.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `probs` is not one-dimensional, or there are more or fewer names.
    """
    probs = np.asarray(probs, float)
    if probs.ndim != 1:
        raise ValueError(f"probs has shape {probs.shape}; bars need one probability per class")
    names = [str(i + 1) for i in range(len(probs))] if names is None else names
    bars = ax.bar(names, probs, color=color, width=0.7)
    ax.bar_label(bars, fmt="%.3f", padding=2, fontsize=9)
    ax.set(ylim=(0, 1.12), ylabel="probability", yticks=[0, 0.5, 1])
    ax.grid(axis="x", visible=False)
    return ax


def annotated_matrix(
    ax: Axes,
    matrix: ArrayLike,
    fmt: str = ".2f",
    row_names: Sequence[str] | None = None,
    column_names: Sequence[str] | None = None,
    **imshow: Any,
) -> Axes:
    """Draw a matrix as coloured cells with the numbers written in them.

    Parameters
    ----------
    ax : matplotlib Axes
    matrix : (rows, columns) array_like
    fmt : str
        Format of the numbers.
    row_names, column_names : sequence of str, optional
        Tick labels.
    **imshow
        Passed on to `Axes.imshow`, such as cmap, vmin and vmax.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `matrix` is not two-dimensional.
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2:
        raise ValueError(f"matrix has shape {matrix.shape}; it needs rows and columns")
    image = ax.imshow(matrix, **imshow)
    for (i, j), value in np.ndenumerate(matrix):
        red, green, blue, _ = image.cmap(image.norm(value))
        light = 0.3 * red + 0.6 * green + 0.1 * blue > 0.5
        ax.text(
            j,
            i,
            format(value, fmt),
            ha="center",
            va="center",
            fontsize=9,
            color="black" if light else "white",
        )
    if row_names is not None:
        ax.set_yticks(range(len(matrix)), row_names)
    if column_names is not None:
        ax.set_xticks(range(matrix.shape[1]), column_names)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def show_image(ax: Axes, pixels: ArrayLike, title: str = "", **imshow: Any) -> Axes:
    """Draw a square picture given as a row of pixels: ink dark on light paper by default.

    Parameters
    ----------
    ax : matplotlib Axes
    pixels : (n,) array_like
        n is a square number, 64 for the digits.
    title : str
        Written above.
    **imshow
        Passed on to `Axes.imshow`.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the number of pixels is not a square.
    """
    pixels = np.asarray(pixels)
    side = round(pixels.size**0.5)
    if side * side != pixels.size:
        raise ValueError(f"pixels has {pixels.size} entries, which is not a square number")
    ax.imshow(pixels.reshape(side, side), **{"cmap": "gray_r", **imshow})
    ax.set_title(title, loc="center", fontsize=9)
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    return ax


def decision_regions(
    ax: Axes,
    predict: Callable[[NDArray[np.float64]], NDArray[Any]],
    X: ArrayLike,
    labels: ArrayLike,
    names: Sequence[str] | None = None,
) -> Axes:
    """Colour the plane by the predicted class and draw the examples on it.

    Parameters
    ----------
    ax : matplotlib Axes
    predict : callable
        Takes (m, 2) features, returns (m,) class numbers.
    X : (m, 2) array_like
        Examples.
    labels : (m,) array_like of int
        Their true classes, from 0; at most seven.
    names : sequence of str, optional
        Of the classes, for the legend.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If X has not two columns, or there are more classes than colours.
    """
    X, labels = np.asarray(X, float), np.asarray(labels)
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(f"X has shape {X.shape}; a plane needs two features")
    num_classes = int(labels.max()) + 1 if names is None else len(names)
    if num_classes > len(COLORS):
        raise ValueError(f"{num_classes} classes, but only {len(COLORS)} colours")
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.08 * (high - low)
    x = np.linspace(low[0] - margin[0], high[0] + margin[0], 300)
    y = np.linspace(low[1] - margin[1], high[1] + margin[1], 300)
    grid = np.stack(np.meshgrid(x, y), axis=-1)  # (300, 300, 2)
    regions = predict(grid.reshape(-1, 2)).reshape(300, 300)
    levels = np.arange(num_classes + 1) - 0.5
    ax.contourf(x, y, regions, levels, cmap=ListedColormap(COLORS[:num_classes]), alpha=0.25)
    for c in range(num_classes):
        marker = "os^Dvp*"[c]
        name = str(c) if names is None else names[c]
        x, y = X[labels == c].T
        ax.scatter(x, y, s=18, color=COLORS[c], marker=marker, label=name, lw=0)
    ax.grid(visible=False)
    return ax
