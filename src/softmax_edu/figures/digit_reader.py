"""Chapter 9: draw a digit, and see what the trained network makes of it."""

import base64
import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from softmax_edu import softmax
from softmax_edu.figures.live_figure import LiveFigure, output
from softmax_edu.figures.modules import FOLDER
from softmax_edu.network import Network, cnn, logits_of, parameters

FILE = FOLDER / "digit_cnn.json"  # made by tools/train_digit_cnn.py
SIGNS = "0123456789abcdefg"  # an image as text: one sign for each count from 0 to 16


def as_text(image: ArrayLike) -> str:
    """Write the 64 counts of an image as 64 signs."""
    return "".join(SIGNS[int(count)] for count in np.rint(np.ravel(image)))


@cache
def _stored() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


def example_images() -> dict[str, NDArray[np.int64]]:
    """Return the examples of the figure, which the network has not been trained on.

    Returns
    -------
    dict of str to (64,) array of int
        Counts of ink from 0 to 16, by name; the last letter of a name is the true digit.

    Examples
    --------
    >>> list(example_images())[8:]
    ['8', '9', 'a doubtful 8', 'a misread 2']
    """
    return {
        name: np.array([SIGNS.index(sign) for sign in text])
        for name, text in _stored()["examples"].items()
    }


def packed(network: Network) -> str:
    """Write the parameters of a network one after the other, as float32 in base64.

    Parameters
    ----------
    network : tuple of layers
        As from `softmax_edu.network.cnn`.

    Returns
    -------
    str
        What the figure takes as `weights`.
    """
    values = [value.ravel() for layer in network for value in parameters(layer).values()]
    return base64.b64encode(np.concatenate(values).astype("<f4").tobytes()).decode()


def trained_network(weights: str | None = None) -> Network:
    """Return the network of chapter 9 with the weights that ship with the package.

    Parameters
    ----------
    weights : str, optional
        Others, from `packed`.

    Returns
    -------
    tuple of layers
        As from `softmax_edu.network.cnn`; the weights were rounded to float32.

    Raises
    ------
    ValueError
        If there are not as many weights as parameters.

    Examples
    --------
    >>> three = example_images()["3"]
    >>> int(logits_of(trained_network(), [three / 16]).argmax())
    3
    """
    text = _stored()["weights"] if weights is None else weights
    values = np.frombuffer(base64.b64decode(text), "<f4").astype(np.float64)
    untrained = cnn(np.random.default_rng(0))  # only its shapes are of interest
    wanted = sum(value.size for layer in untrained for value in parameters(layer).values())
    if values.size != wanted:
        raise ValueError(f"weights holds {values.size} numbers; the network has {wanted}")
    layers = []
    for layer in untrained:
        new = {}
        for name, old in parameters(layer).items():
            new[name], values = values[: old.size].reshape(old.shape), values[old.size :]
        layers.append(replace(layer, **new))  # type: ignore[type-var]
    return tuple(layers)


class _Counts(traitlets.List[int]):
    """A list of whole numbers from 0 on; it also takes arrays."""

    def __init__(self, length: int, high: int) -> None:
        super().__init__(traitlets.Int(min=0, max=high), minlen=length, maxlen=length)
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> Any:
        values = np.asarray(value)
        if values.dtype.kind == "f" and (values == np.rint(values)).all():
            values = values.astype(np.int64)
        return super().validate(obj, values.tolist())


class DigitReader(LiveFigure, module="digit_reader.js"):
    """Draw a digit; see the ten logits and probabilities of the network of chapter 9.

    Parameters
    ----------
    image : sequence of int
        64 counts of ink, each from 0 to 16: an 8 by 8 picture, line by line.
    ink : sequence of int
        How the ink of each count lies in its block of 4 by 4 pixels, as 16 bits. Where it does
        not fit the count, the figure draws ink that does.
    cursor : sequence of int
        Column and row of the cell that the keyboard changes, from 0 to 7.
    rubber : bool
        Whether the pointer takes ink away.
    examples : dict of str to str
        Pictures to choose from, as `as_text` writes them; the last letter of a name is the digit.
    weights : str
        Of the network, as `packed` writes them.

    Attributes
    ----------
    logits, probabilities : list of float
        Ten of each, to be read or observed.
    digit : int
        The class with the largest.

    Examples
    --------
    >>> figure = DigitReader(image=example_images()["3"])
    >>> figure.digit, round(figure.probabilities[3], 2)
    (3, 1.0)
    >>> figure.image = [16] * 64
    >>> figure.digit, round(figure.probabilities[1], 2)
    (1, 0.99)
    """

    image = _Counts(64, 16)
    ink = _Counts(64, 0xFFFF)
    cursor = _Counts(2, 7)
    rubber = traitlets.Bool(False).tag(sync=True)
    examples = traitlets.Dict().tag(sync=True)
    weights = traitlets.Unicode().tag(sync=True)

    logits = output()
    probabilities = output()
    digit = output()

    @traitlets.default("image")
    def _first_image(self) -> list[int]:
        return [int(count) for count in example_images()["3"]]

    @traitlets.default("ink")
    def _no_ink(self) -> list[int]:
        return [0] * 64

    @traitlets.default("cursor")
    def _first_cell(self) -> list[int]:
        return [3, 3]

    @traitlets.default("examples")
    def _stored_examples(self) -> dict[str, str]:
        return dict(_stored()["examples"])

    @traitlets.default("weights")
    def _stored_weights(self) -> str:
        return str(_stored()["weights"])

    @traitlets.validate("weights")
    def _enough(self, proposal: Any) -> str:
        """Refuse weights of another network."""
        try:
            trained_network(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(f"weights cannot be read: {error}") from None
        return str(proposal["value"])

    def numbers(self) -> dict[str, Any]:
        logits = logits_of(trained_network(self.weights), [np.array(self.image) / 16])[0]  # (C,)
        return {
            "logits": logits.tolist(),
            "probabilities": softmax(logits).tolist(),
            "digit": int(logits.argmax()),
        }
