"""Pack the book into one zip for a place without a network: read it, run it, install from it.

    python tools/offline.py

writes _build/offline/softmax-step-by-step.zip: the site, the notebooks, and wheels of everything
that runs them, for the system and the Python of the machine that packs. A page at its top says
how to open it.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import dist

from softmax_edu.lab import book_files

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "offline" / "softmax-step-by-step.zip"
START = ROOT / "book" / "offline" / "START_HERE.html"
TOP = "softmax-step-by-step"
DATE = (2016, 1, 1, 0, 0, 0)  # the same files give the same bytes
PACKED = {".png", ".woff2", ".whl", ".pdf", ".epub"}  # compressed already


def fetch_wheels(folder: Path) -> None:
    """Build the package's wheel, and download what its extra `lab` needs, as the lock pins it."""
    wheel, _ = dist.build(folder)
    (folder / _.name).unlink()
    with tempfile.TemporaryDirectory() as temporary:
        pins = Path(temporary, "pins.txt")
        lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
        pins.write_text(re.sub(r" \\\n(?:\s+--hash=\S+(?: \\)?\n)+", "\n", lock), encoding="utf-8")
        options = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
        options += ["--constraint", pins, "--dest", folder, f"{wheel}[lab]"]
        subprocess.run([sys.executable, "-m", "pip", "download", *options], check=True)


def files_of_the_site() -> dict[str, Path]:
    """List the site without its JupyterLite, which needs a server."""
    paths = [path for path in SITE.rglob("*") if path.is_file()]
    names = {path.relative_to(SITE).as_posix(): path for path in paths}
    return {f"site/{n}": p for n, p in names.items() if not n.startswith(("lite/", ".doctrees/"))}


def pack(target: Path, files: dict[str, Path]) -> None:
    """Write the zip in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, path in sorted(files.items()):
            info = zipfile.ZipInfo(f"{TOP}/{name}", DATE)
            info.external_attr = 0o644 << 16
            squeeze = path.suffix not in PACKED
            info.compress_type = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
            archive.writestr(info, path.read_bytes())
    part.replace(target)


def build(target: Path) -> None:
    """Collect everything and pack it."""
    if not (SITE / "index.html").exists():
        sys.exit("There is no site in _build/html; run: make book")
    with tempfile.TemporaryDirectory() as temporary:
        wheels = Path(temporary, "wheels")
        wheels.mkdir()
        print("Collecting wheels (a minute)", flush=True)
        fetch_wheels(wheels)
        files = {"START_HERE.html": START} | files_of_the_site() | book_files()
        files |= {f"wheels/{path.name}": path for path in wheels.iterdir()}
        pack(target, files)


def main() -> None:
    """Pack, and say where it is."""
    build(TARGET)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    size = TARGET.stat().st_size / 1e6
    print(f"{TARGET.relative_to(ROOT)}: {size:.0f} MB, with wheels for Python {version}")


if __name__ == "__main__":
    main()
