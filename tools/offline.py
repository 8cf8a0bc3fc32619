"""Pack the book into one zip for a place without a network: read it, run it, install from it.

    python tools/offline.py

writes _build/offline/softmax-step-by-step.zip: the site, the notebooks, and wheels of everything
that runs them, for the system and the Python of the machine that packs. A page at its top says
how to open it.
"""

import hashlib
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from string import Template

import dist
import yaml
from reader_notebooks import write_folder

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "offline" / "softmax-step-by-step.zip"
START = ROOT / "book" / "offline" / "START_HERE.html"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
TOP = "softmax-step-by-step"
DATE = (2016, 1, 1, 0, 0, 0)  # the same files give the same bytes
PACKED = {".png", ".woff2", ".whl", ".pdf", ".epub"}  # compressed already


def fetch_wheels(folder: Path) -> None:
    """Build the package's wheel, and download what its extra `lab` needs, as the lock pins it."""
    wheel, sdist = dist.build(folder)
    sdist.unlink()
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as temporary:
        pins = Path(temporary, "pins.txt")
        # As constraints, pip takes no hashes; they are compared below.
        pins.write_text(re.sub(r" \\\n(?:\s+--hash=\S+(?: \\)?\n)+", "\n", lock), encoding="utf-8")
        options = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
        options += ["--constraint", pins, "--dest", folder, f"{wheel}[lab]"]
        subprocess.run([sys.executable, "-m", "pip", "download", *options], check=True)
    if strange := [path for path in others(folder, wheel) if digest(path) not in lock]:
        names = ", ".join(path.name for path in strange)
        sys.exit(f"Not packed, as requirements.lock has another hash or none: {names}")


def others(folder: Path, wheel: Path) -> list[Path]:
    """List what was downloaded beside our own wheel."""
    return sorted(path for path in folder.iterdir() if path.name != wheel.name)


def digest(path: Path) -> str:
    """Return the hash of a file, as lock files write it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


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
        folder = Path(temporary)
        (folder / "START_HERE.html").write_text(start_page(), encoding="utf-8")
        write_folder(folder)
        print("Collecting wheels (a minute)", flush=True)
        fetch_wheels(folder / "wheels")
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}
        pack(target, files | files_of_the_site())


def start_page() -> str:
    """Write the page at the top for the system and the Python that the wheels are for."""
    book = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    windows = os.name == "nt"
    text = Template(START.read_text(encoding="utf-8"))
    return text.substitute(
        title=book["title"],
        packed_for=packed_for(),
        where="Command Prompt" if windows else "terminal",
        python=f"py -{PYTHON}" if windows else f"python{PYTHON}",
        programs="env\\Scripts\\" if windows else "env/bin/",
    )


def packed_for() -> str:
    """Name the system and the Python of this machine."""
    system = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    return f"{system} ({platform.machine()}) with Python {PYTHON}"


def main() -> None:
    """Pack, and say where it is."""
    build(TARGET)
    size = TARGET.stat().st_size / 1e6
    print(f"{TARGET.relative_to(ROOT)}: {size:.0f} MB, for {packed_for()}")


if __name__ == "__main__":
    main()
