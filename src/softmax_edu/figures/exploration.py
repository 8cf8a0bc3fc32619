"""Pictures that only a kernel can redraw: ipywidgets with one, a still picture without."""

import io
from collections.abc import Callable
from typing import Any

import ipywidgets
import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure


class Exploration:
    """Let the reader move the arguments of a drawing function.

    For what takes the data or the functions of a chapter, and so cannot live in a page. Where
    there is no kernel, the picture of the first values is shown.

    Parameters
    ----------
    draw : function
        Called as ``draw(ax, **values)`` whenever a value changes.
    figsize : (float, float)
        Width and height in inches.
    **controls
        For each argument of `draw` an ipywidgets control, such as a FloatSlider.

    Attributes
    ----------
    values : dict
        What the controls say now.

    Raises
    ------
    TypeError
        If a control is no widget with a value.

    Examples
    --------
    >>> def draw(ax, slope):
    ...     ax.plot([0, 1], [0, slope])
    >>> exploration = Exploration(draw, slope=ipywidgets.FloatSlider(2, min=0, max=5))
    >>> exploration.values
    {'slope': 2.0}
    """

    def __init__(
        self,
        draw: Callable[..., Any],
        figsize: tuple[float, float] = (7, 3),
        **controls: ipywidgets.ValueWidget,
    ) -> None:
        for name, control in controls.items():
            if not isinstance(control, ipywidgets.ValueWidget):
                raise TypeError(
                    f"{name} is {control!r}; it should be a control of ipywidgets, "
                    f"such as FloatSlider(1.0, min=0, max=2)"
                )
            control.description = control.description or name.replace("_", " ")
            control.style = {"description_width": "9em"}
            control.layout.width = "26em"
        self.controls = controls
        self._draw = draw
        self._figsize = figsize
        self._picture = ipywidgets.Image(format="png", value=self._png())
        for control in controls.values():
            control.observe(self._redraw, "value")
        self.widget = ipywidgets.VBox([*controls.values(), self._picture])

    @property
    def values(self) -> dict[str, Any]:
        """Read the controls."""
        return {name: control.value for name, control in self.controls.items()}

    def _png(self) -> bytes:
        figure = Figure(figsize=self._figsize)
        axes: Axes = figure.add_subplot()
        self._draw(axes, **self.values)
        file = io.BytesIO()
        figure.savefig(file, dpi=matplotlib.rcParams["figure.dpi"], bbox_inches="tight")
        return file.getvalue()

    def _redraw(self, _change: Any) -> None:
        self._picture.value = self._png()

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"Exploration({values})"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Offer the widgets, and for those who cannot show them the picture."""
        data = self.widget._repr_mimebundle_(**options)
        return {**data, "text/plain": repr(self), "image/png": self._png()}, {}
