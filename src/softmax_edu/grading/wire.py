"""What may cross the wall between a learner's code and the tests: plain data, nothing that acts.

Numbers, text, lists, tuples, dicts and numeric arrays become JSON and come back as themselves.
Pickle would run the sender's code at the receiver; JSON cannot.

>>> receive(send((1, [2.5, None], {"x": np.float32([0.5])})))
(1, [2.5, None], {'x': array([0.5], dtype=float32)})
"""

import base64
import math
from typing import Any

import numpy as np

DEEPEST = 12  # of lists in lists
LARGEST = 32 * 2**20  # bytes of an array
KINDS = "biufcU"  # of arrays: numbers, truth values, text; no objects


class NotPlainError(TypeError):
    """A value that may not cross."""


def send(value: Any, depth: int = 0) -> Any:
    """Turn a value into what JSON can hold.

    Parameters
    ----------
    value : plain data, a numeric array, or lists, tuples and dicts of them
    depth : int
        How many containers lie around it.

    Returns
    -------
    None, bool, str, or a dict of one entry, whose key says what it is

    Raises
    ------
    NotPlainError
        For everything else.
    """
    if depth > DEEPEST:
        raise NotPlainError("lists are nested too deeply to be returned")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return {"int": str(value)}
    if kind is float:
        return {"float": value.hex() if math.isfinite(value) else repr(value)}
    if kind is complex:
        return {"complex": [value.real.hex(), value.imag.hex()]}
    if isinstance(value, np.generic) and value.dtype.kind in KINDS:
        return {"scalar": _bytes_of(np.asarray(value))}
    if isinstance(value, np.ndarray) and value.dtype.kind in KINDS:
        return {"array": _bytes_of(value)}
    if kind is list or kind is tuple:
        return {kind.__name__: [send(part, depth + 1) for part in value]}
    if kind is dict:
        pairs = [[send(key, depth + 1), send(part, depth + 1)] for key, part in value.items()]
        return {"dict": pairs}
    raise NotPlainError(f"an answer of type {kind.__name__} cannot be read by the tests")


def _bytes_of(array: Any) -> list[Any]:
    plain = np.array(array, order="C", subok=False)
    if plain.nbytes > LARGEST:
        raise NotPlainError(f"an array of {plain.nbytes} bytes is too large to be returned")
    return [plain.dtype.str, list(plain.shape), base64.b64encode(plain.tobytes()).decode()]


def receive(data: Any) -> Any:
    """Turn it back into the value.

    Parameters
    ----------
    data : as `send` returns it

    Returns
    -------
    the value

    Raises
    ------
    NotPlainError
        If it is anything else: the sender is not to be trusted.
    """
    if data is None or isinstance(data, bool | str):
        return data
    try:
        ((kind, content),) = data.items()
        match kind:
            case "int":
                return int(content)
            case "float":
                return float.fromhex(content)
            case "complex":
                return complex(*map(float.fromhex, content))
            case "scalar":
                return _array_of(content)[()]
            case "array":
                return _array_of(content)
            case "list":
                return [receive(part) for part in content]
            case "tuple":
                return tuple(receive(part) for part in content)
            case "dict":
                return {receive(key): receive(part) for key, part in content}
    except (AttributeError, TypeError, ValueError, KeyError, RecursionError, MemoryError) as error:
        raise NotPlainError("what came back is not data") from error
    raise NotPlainError(f"what came back is called {kind}")


def _array_of(content: Any) -> Any:
    name, shape, text = content
    dtype = np.dtype(name)
    if dtype.kind not in KINDS:
        raise ValueError(f"arrays of {dtype} do not cross")
    return np.frombuffer(base64.b64decode(text), dtype).reshape(shape).copy()
