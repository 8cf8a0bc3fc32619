"""The JavaScript of the figures, as pieces that need no neighbour."""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+\.js)";\n', re.M)
_EXPORT = re.compile(r"^export (?=function|const|class)", re.M)


@cache
def imports(name: str) -> tuple[str, ...]:
    """List the modules that a module needs, itself last, each once.

    Parameters
    ----------
    name : str
        A file of this folder, such as ``"softmax_explorer.js"``.

    Returns
    -------
    tuple of str
        File names, in an order in which none is used before it is defined.
    """
    found: list[str] = []
    for _, needed in _IMPORT.findall(source(name)):
        found += [each for each in imports(needed) if each not in found]
    return (*found, name)


def source(name: str) -> str:
    """Read a module as it is written."""
    return (FOLDER / name).read_text(encoding="utf-8")


def without_imports(name: str) -> str:
    """Return a module whose imports must be there already, and that exports only its default."""
    return _EXPORT.sub("", _IMPORT.sub("", source(name)))


@cache
def in_one_piece(name: str) -> str:
    """Return a module together with all that it imports.

    A front end of Jupyter gets a figure as one text, which cannot import its neighbours.

    Parameters
    ----------
    name : str
        A file of this folder.

    Returns
    -------
    str
        An ES module that imports nothing.
    """
    return "\n".join(map(without_imports, imports(name)))
