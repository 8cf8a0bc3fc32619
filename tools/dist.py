"""Build the wheel and the sdist of the package, with the book's notebooks inside.

Flit packs the folder of the module and nothing beside it. So the notebooks are put into a copy
of that folder, as softmax_edu/_book. The same files give the same bytes; nothing is fetched.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from flit_core import buildapi
from reader_notebooks import write_folder

ROOT = Path(__file__).parents[1]
DIST = ROOT / "_build" / "dist"
# 1 January 2016, as Flit itself takes it: the wheel that is made of the sdist is the same.
DATE = "1451606400"


def stage(folder: Path, notebooks: bool) -> None:
    """Make a project in an empty folder: the package, the notebooks if asked, what Flit reads."""
    package = Path("src", "softmax_edu")
    no_source = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
    shutil.copytree(ROOT / package, folder / package, ignore=no_source)
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT.md"):
        shutil.copy(ROOT / name, folder)
    if notebooks:
        write_folder(folder / package / "_book")


def build(dist: Path, notebooks: bool = True) -> list[Path]:
    """Build both into a folder, instead of those that are there; return the two files."""
    dist = dist.absolute()
    dist.mkdir(parents=True, exist_ok=True)
    os.environ["SOURCE_DATE_EPOCH"] = DATE
    with tempfile.TemporaryDirectory() as temporary:
        project, made = Path(temporary, "project"), Path(temporary, "made")
        made.mkdir()
        stage(project, notebooks)
        with contextlib.chdir(project):
            names = [buildapi.build_wheel(made), buildapi.build_sdist(made)]
        for old in dist.glob("softmax_edu-*"):
            old.unlink()
        # Flit's own files may be read by nobody else, and a web server is somebody else.
        return [Path(shutil.copyfile(made / name, dist / name)) for name in names]


def main() -> None:
    """Build into the folder that the command line names, or _build/dist."""
    for path in build(Path(sys.argv[1]) if sys.argv[1:] else DIST):
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        print(f"{shown}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
