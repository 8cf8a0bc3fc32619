"""A progress bar for whoever waits: none where nobody watches, nothing of it in stored output."""

import sys
from collections.abc import Iterable
from typing import Any, TypeVar

Item = TypeVar("Item")


def track(items: Iterable[Item], label: str, delay: float = 1.0) -> Iterable[Item]:
    """Iterate over the items, with a bar for what takes longer than `delay`.

    The bar appears on a terminal and in Jupyter, and is gone at the end. Where nobody
    sits before the screen, as in a pipe or while the book is rendered and tested, there
    is none. It needs tqdm; without it the items come all the same.

    Parameters
    ----------
    items : iterable
        With a length, if the bar is to know how much is left.
    label : str
        What stands before the bar.
    delay : float
        After how many seconds the bar appears.

    Returns
    -------
    iterable
        Of the same items.

    Examples
    --------
    >>> sum(track(range(5), "adding"))
    10
    """
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return items
    file = _NotebookLine() if _in_live_notebook() else sys.stderr
    # disable=None: only where the file is a terminal, or says so
    bar: Iterable[Item] = tqdm(
        items, label, leave=False, delay=delay, disable=None, file=file, ncols=79, ascii=" -="
    )
    return bar


def _in_live_notebook() -> bool:
    """Tell a notebook with a reader, who could type an answer, from one that a program runs."""
    if "IPython" not in sys.modules:
        return False
    shell: Any = sys.modules["IPython"].get_ipython()
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))


class _NotebookLine:
    """One line of a notebook's output, to which tqdm writes as to a terminal."""

    def __init__(self) -> None:
        self.handle: Any = None

    def isatty(self) -> bool:
        """Let tqdm show its bar here."""
        return True

    def flush(self) -> None:
        """Do nothing: every write is shown at once."""

    def write(self, text: str) -> None:
        """Show the text instead of what stood here; blanks leave nothing."""
        from IPython.display import display

        show: Any = display  # which has no annotations
        line = text.strip()
        data = {"text/plain": line} if line else {}
        if self.handle is not None:
            self.handle.update(data, raw=True)
        elif line:
            self.handle = show(data, raw=True, display_id=True)
