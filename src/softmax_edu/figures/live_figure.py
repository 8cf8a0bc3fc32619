"""What the live figures share on the side of Python."""

import html
import json
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
import traitlets
from anywidget import AnyWidget

from softmax_edu.figures.modules import FOLDER, in_one_piece


class LiveFigure(AnyWidget):
    """A figure whose picture is drawn by a JavaScript module of this folder.

    With a kernel it is a widget: what the reader moves arrives here. Without one it is HTML that
    carries its state, and a script of the page brings it to life.

    A subclass names its module and its traits. What the reader sets is tagged ``sync=True``. What
    follows from it is computed by `numbers`, with the package; the traits of these names are
    read-only and can be observed. The module has a function ``numbers`` too, and the tests hold
    the two to each other.
    """

    module: ClassVar[str]
    inputs: ClassVar[list[str]]  # what the reader and the program can set

    def __init_subclass__(cls, *, module: str = "", **options: Any) -> None:
        """Give the class its script and style."""
        super().__init_subclass__(**options)
        if module:  # traitlets derives classes of its own, which have it all already
            cls.module = module
            cls._esm = in_one_piece(module)
            cls._css = (FOLDER / "figures.css").read_text(encoding="utf-8")
            cls.inputs = [
                name
                for name, trait in vars(cls).items()
                if isinstance(trait, traitlets.TraitType) and trait.metadata.get("sync")
            ]

    def __init__(self, **values: Any) -> None:
        unknown = set(values) - set(self.inputs)
        if unknown:
            raise TypeError(
                f"{type(self).__name__} has no {', '.join(sorted(unknown))}; "
                f"it has {', '.join(self.inputs)}"
            )
        super().__init__(**values)
        self._compute()
        self.observe(self._compute, self.inputs)

    def numbers(self) -> dict[str, Any]:
        """Compute what the figure shows; the script computes the same."""
        return {}

    def state(self) -> dict[str, Any]:
        """Return what the script needs: the value of every input."""
        return {name: getattr(self, name) for name in self.inputs}

    def _compute(self, _change: Any = None) -> None:
        for name, value in self.numbers().items():
            self.set_trait(name, value)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_short(value)}" for name, value in self._shown())
        return f"{type(self).__name__}({shown})"

    def _shown(self) -> Iterable[tuple[str, Any]]:
        """Choose the inputs short enough to be read."""
        return (pair for pair in self.state().items() if len(_short(pair[1])) <= 80)

    def static_html(self) -> str:
        """Return the figure for readers without a kernel.

        Returns
        -------
        str
            A table of the numbers, inside an element from which a script of the page can make
            the living figure.
        """
        rows = [*self._shown(), *self.numbers().items()]
        table = "".join(
            f"<tr><th>{name.replace('_', ' ')}</th>"
            f"<td>{html.escape(_short(value).strip('[]'))}</td></tr>"
            for name, value in rows
            if len(_short(value)) <= 200
        )
        name = self.module.removesuffix(".js")
        state = html.escape(json.dumps(self.state(), ensure_ascii=False))
        return (
            f'<div class="live-figure" data-figure="{name}" data-state="{state}">'
            f"<table>{table}</table></div>"
        )

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Offer the widget, and for those who cannot show it the HTML."""
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/html": self.static_html()}, metadata


def _short(value: Any) -> str:
    """Write a value as a reader would: numbers with four digits."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_short, value))}]"
    return str(value)


def floats(length: int | None = None, low: float = -1e4, high: float = 1e4) -> traitlets.List[Any]:
    """Make a trait for a list of numbers.

    Parameters
    ----------
    length : int, optional
        How many there must be.
    low, high : float
        Between which each must lie.

    Returns
    -------
    traitlets.List
        It takes any sequence of finite numbers, arrays too.
    """
    trait = _Floats(traitlets.Float(min=low, max=high), minlen=length or 1, maxlen=length or 10**6)
    return trait.tag(sync=True)


def table(rows: int, columns: int, low: float = -1e4, high: float = 1e4) -> traitlets.List[Any]:
    """Make a trait for a matrix: a list of rows, each a list of numbers.

    Parameters
    ----------
    rows, columns : int
        How many there must be.
    low, high : float
        Between which each number must lie.

    Returns
    -------
    traitlets.List
        It takes arrays too.
    """
    return _Floats(floats(columns, low, high), minlen=rows, maxlen=rows).tag(sync=True)


class _Floats(traitlets.List[Any]):
    """A list of floats that also takes arrays and integers."""

    def validate(self, obj: Any, value: Any) -> Any:
        if isinstance(value, (np.ndarray, tuple, list)):
            array = np.asarray(value, dtype=np.float64)
            if np.isnan(array).any():  # which no bound would notice
                self.error(obj, value)
            value = array.tolist()
        return super().validate(obj, value)


def output() -> traitlets.Any:
    """Make a trait for what is computed: it can be read and observed, not set."""
    return traitlets.Any(read_only=True)
