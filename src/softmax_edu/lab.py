"""The book in a reader's own folder: `softmax-edu lab` opens it, `softmax-edu update` renews it.

What a reader wrote is never overwritten. The folder's `.softmax-edu.json` keeps what they were
given, so that an update can tell which notebooks they changed.
"""

import argparse
import hashlib
import json
import os
import re
import runpy
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RECORD = ".softmax-edu.json"
# Not the current folder: tomorrow's terminal may open elsewhere, and the work would seem lost.
FOLDER = Path("~", "softmax-step-by-step")
PACKAGES = (
    "jupyterlab",
    "jupyterlab_myst",
    "ipykernel",
    "ipywidgets",
    "anywidget",
    "latex2mathml",
    "markdown_it",
    "mdit_py_plugins",
    "matplotlib",
    "scipy",
    "sklearn",
    "tqdm",
)
SAID = {
    "new": "new",
    "back": "brought back, which you had deleted",
    "replaced": "replaced by the new version, as you had not changed them",
    "beside": "put beside yours, which you changed and which stayed",
    "deleted": "not brought back, as you deleted them (softmax-edu lab does)",
}
NAMED = 6  # of each kind at most; more are only counted


def add_lab(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Let the command line take `lab` and its options."""
    lab = commands.add_parser(
        "lab",
        help="open the chapters and exercises in JupyterLab",
        description="Copy the chapters and exercises that are not in your folder yet, and open "
        "JupyterLab there. Nothing that is there is overwritten: for a fresh copy of a chapter, "
        "delete or rename yours.",
    )
    _add_folder(lab)
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.add_argument("--port", type=_port, metavar="N", help="of the address (default: 8888)")
    lab.add_argument("--allow-root", action="store_true", help="also as root, as in a container")
    lab.set_defaults(run=_lab)


def add_update(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Let the command line take `update`."""
    update = commands.add_parser(
        "update",
        help="bring new and corrected chapters into your folder",
        description="Add new chapters, and replace those that you did not change. A notebook in "
        "which you wrote stays, and the new one is put beside it. To have run its cells is no "
        "change: their output is then that of the new version.",
    )
    _add_folder(update)
    update.set_defaults(run=_update)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", nargs="?", type=Path, default=FOLDER, help=f"yours (default: {FOLDER})"
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port; it is a number from 1 to 65535")
    return int(text)


def _lab(arguments: argparse.Namespace) -> int:
    folder = arguments.folder.expanduser().absolute()
    _or_explain(bring, folder, renew=False)
    if missing := [name for name in PACKAGES if find_spec(name) is None]:
        sys.exit(
            f"The notebooks are in {folder}, but JupyterLab cannot run them.\n"
            f'Missing: {", ".join(missing)}. Install: python -m pip install "softmax-edu[lab]"'
        )
    print("JupyterLab starts. Stop it with Ctrl-C in this window, twice.", flush=True)
    # With these settings it shows the chapters, and does not ask whether it may fetch news.
    settings = [str(Path(__file__).parent / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, settings))
    sys.argv = [
        "jupyter-lab",
        f"--ServerApp.root_dir={folder}",
        *(["--no-browser"] if arguments.no_browser else []),
        *(["--allow-root"] if arguments.allow_root else []),
        *([f"--ServerApp.port={arguments.port}"] if arguments.port is not None else []),
    ]
    runpy.run_module("jupyterlab", run_name="__main__")
    return 0


def _update(arguments: argparse.Namespace) -> int:
    folder = arguments.folder.expanduser().absolute()
    _or_explain(_must_be_ours, folder)
    _or_explain(bring, folder, renew=True)
    return 0


def _must_be_ours(folder: Path) -> None:
    if not folder.exists():
        sys.exit(f'There is no folder {folder}. This makes it: softmax-edu lab "{folder}"')
    if folder.is_dir() and not (folder / RECORD).exists():
        sys.exit(
            f"{folder} is not a folder that softmax-edu lab made: it has no {RECORD}. If it was "
            "stopped before it had written that, run softmax-edu lab again: your notebooks stay."
        )


def _or_explain(action: Callable[..., None], folder: Path, **options: Any) -> None:
    """Do it, or end with a sentence where the file system says no."""
    try:
        if folder.exists() and not folder.is_dir():
            sys.exit(f"{folder} is a file. Name a folder, or a new one.")
        action(folder, **options)
    except PermissionError:
        sys.exit(f"You may not read or write in {folder}. Name a folder of your own.")
    except OSError as error:
        sys.exit(f"{error.filename or folder}: {error.strerror}")


def bring(folder: Path, *, renew: bool) -> None:
    """Bring the book's files into a reader's folder, and print what became of them.

    Parameters
    ----------
    folder : Path
        Of the reader; it is made if it does not exist.
    renew : bool
        Whether what the reader did not change is replaced, and what they changed gets its new
        version beside it. If not, only what is missing is added.
    """
    now = version("softmax-edu")
    record = _read_record(folder / RECORD) or {"version": now, "given": {}}
    was, given = record["version"], record["given"]
    if renew and _order(now) < _order(was):
        sys.exit(
            f"{folder} has version {was}, and this is softmax-edu {now}, which is older. "
            f"Nothing was changed. Install softmax-edu {was} or newer, then update again."
        )
    if renew:
        record["version"] = now
    done: dict[str, list[str]] = {kind: [] for kind in SAID}
    try:
        for name, source in book_files().items():
            data = source.read_bytes()
            kind = _decide(folder / name, given.get(name), content(data), renew)
            if kind == "kept":
                continue
            written = name
            if kind in ("new", "back", "replaced"):
                write_whole(folder / name, data)
            elif kind == "beside":
                written = _put_beside(folder, name, now, data)
            if kind in done:
                done[kind].append(written)
            if kind != "deleted":
                given[name] = content(data)
    finally:  # also when the disk is full: what was given must be known
        if folder.is_dir():
            text = json.dumps(record, indent=1, sort_keys=True) + "\n"
            write_whole(folder / RECORD, text.encode())
    _tell(folder, done)
    if _order(now) > _order(record["version"]):
        print(
            f"Your chapters are of version {was}. For {now} start this program once more, "
            f'with these words at its end: update "{folder}"'
        )
    elif _order(now) < _order(was):
        print(f"Your chapters are of version {was}, and this is softmax-edu {now}, which is older.")


def _decide(target: Path, given: str | None, new: str, renew: bool) -> str:
    """Say what becomes of a file, from what is there, what was given, and what is new."""
    if not target.exists():
        return "new" if given is None else "deleted" if renew else "back"
    there = content(target.read_bytes())
    if there == new:
        return "same"
    if not renew or given == new:  # or the reader changed the newest there is
        return "kept"
    return "replaced" if there == given else "beside"


def _put_beside(folder: Path, name: str, now: str, data: bytes) -> str:
    """Write the new version under a name of its own; return the name."""
    path = Path(name)
    count = 1
    while True:
        mark = now if count == 1 else f"{now}, {count}"
        beside = path.with_name(f"{path.stem} ({mark}){path.suffix}")
        if not (folder / beside).exists():
            write_whole(folder / beside, data)
        if content((folder / beside).read_bytes()) == content(data):
            return beside.as_posix()
        count += 1


def _tell(folder: Path, done: dict[str, list[str]]) -> None:
    print(folder)
    for kind, names in done.items():
        if names:
            which = f": {', '.join(names)}" if len(names) <= NAMED else ""
            print(f"  {len(names)} {SAID[kind]}{which}")
    if not any(done.values()):
        print("  Nothing is missing or new.")


def book_files() -> dict[str, Path]:
    """List the notebooks and what they read, by their names in a reader's folder."""
    package = Path(__file__).parent
    inside = package / "_book"  # put there by make dist
    root = inside if inside.is_dir() else package.parents[1]
    patterns = (
        "notebooks/[0-9][0-9]_*.ipynb",
        "notebooks/[0-9][0-9]_*.questions.toml",
        "exercises/*.ipynb",
    )
    files = sorted(path for pattern in patterns for path in root.glob(pattern))
    if not files:
        sys.exit(
            "This installation of softmax-edu has no notebooks. Install the wheel that "
            "`make dist` builds, or, in a copy of the book's folder: python -m pip install -e ."
        )
    return {path.relative_to(root).as_posix(): path for path in files}


def content(data: bytes) -> str:
    """Name what a reader may have changed in a file: of a notebook, what stands in its cells.

    Outputs, run numbers and cells without text do not count: they come from running the notebook.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "1 + 1", "outputs": []}
    >>> run = cell | {"outputs": [{"output_type": "execute_result"}], "execution_count": 1}
    >>> before, after = (json.dumps({"cells": [c]}).encode() for c in (cell, run))
    >>> content(before) == content(after)
    True
    """
    try:
        cells = [
            [cell["cell_type"], "".join(cell["source"]), cell.get("attachments", {})]
            for cell in json.loads(data)["cells"]
        ]
    except (ValueError, KeyError, TypeError):  # no notebook, or a broken one
        return hashlib.sha256(data).hexdigest()
    written = [cell for cell in cells if str(cell[1]).strip()]
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there with all its bytes or not at all, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _read_record(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {"version": str(record["version"]), "given": dict(record["given"])}
    except (ValueError, KeyError, TypeError):
        sys.exit(f"{path} is damaged. Delete it and run softmax-edu lab: your notebooks stay.")


def _order(release: str) -> tuple[list[int], bool]:
    """Return what compares as versions do; 0.2.0rc1 and 0.2.0.dev3 come before 0.2.0."""
    numbers, later = re.match(r"([\d.]*\d)(.*)", release).groups()  # type: ignore[union-attr]
    return [int(number) for number in numbers.split(".")], not re.match(r"a|b|rc|\.dev", later)
