"""Put a JupyterLite under the site: Python in the reader's browser, with the book's notebooks.

    python tools/lite.py

writes _build/html/lite from book/lite (its settings), the notebooks (see lite_notebooks.py) and
the wheels of what they import (see lite_wheels.py).
Python itself is Pyodide. A page asks its CDN for it, unless the environment variable PYODIDE
names a folder with a Pyodide distribution: then the site brings it along.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from jupyterlite_pyodide_kernel.constants import (
    PYODIDE_CDN_URL,
    PYODIDE_KERNEL_NPM_NAME,
    PYODIDE_LOCK,
    PYODIDE_PYTHON_VERSION,
    PYODIDE_VERSION,
)
from lite_notebooks import collect_notebooks
from lite_wheels import add_wheels, collect_wheels

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "book" / "lite"
CORE = ROOT / "book" / "node" / "node_modules" / "pyodide"  # npm's: without NumPy and the like

TARGET = ROOT / "_build" / "html" / "lite"

APPS = ("lab", "notebooks", "tree")
EXTENSIONS = (
    PYODIDE_KERNEL_NPM_NAME,
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
    "jupyterlab-myst",
)
# What the chapters import, and only a full distribution has.
NEEDED = ("numpy", "matplotlib", "scikit-learn")

# What draws diagrams, of which the book has none: 3.5 MB.
DIAGRAMS = re.compile(rb"org\.eclipse\.elk|chevrotain\.io|cytoscape-[a-z]|\bcytoscape\.use")
# Fonts for old browsers, source maps, and what only building needs.
UNUSED = re.compile(r".*\.(eot|ttf|woff|map)|fa-.*\.svg|rspack\.config.*|favicon\.ico")


def build(target: Path, pyodide: Path | None) -> None:
    """Build it; `pyodide` is the distribution that the site brings along, if it does."""
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary, "lite")
        shutil.copytree(SETTINGS, home)
        write_title(home / "jupyter-lite.json")
        collect_notebooks(home / "files")
        if pyodide:
            shutil.copytree(pyodide, home / "static" / "pyodide")  # JupyterLite finds it there
        run_jupyterlite(home, target)
    shop = target / "pypi"
    brought = target / "extensions" / PYODIDE_KERNEL_NPM_NAME / "static" / "pypi"
    wheels = collect_wheels(shop, brought)
    base = "../static/pyodide/" if pyodide else f"{PYODIDE_CDN_URL}/"
    lock = json.loads(((pyodide or CORE) / PYODIDE_LOCK).read_text(encoding="utf-8"))
    add_wheels(lock, base, wheels)
    (shop / PYODIDE_LOCK).write_text(json.dumps(lock, indent=1), encoding="utf-8")
    for path in target.rglob("*"):
        if UNUSED.fullmatch(path.name) or (
            path.suffix == ".js" and DIAGRAMS.search(path.read_bytes())
        ):
            path.unlink()


def write_title(path: Path) -> None:
    """Give JupyterLite the title of the book."""
    settings = json.loads(path.read_text(encoding="utf-8"))
    book = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["jupyter-config-data"]["appName"] = book["title"]
    path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


def run_jupyterlite(home: Path, target: Path) -> None:
    """Let JupyterLite make its site of a folder with settings and files."""
    installed = Path(sys.prefix, "share", "jupyter", "labextensions")
    config = {
        "lite_dir": str(home),
        "output_dir": str(target),
        "contents": [str(home / "files")],
        "apps": APPS,
        "ignore_sys_prefix": ["federated_extensions"],  # no others that happen to be installed
        "federated_extensions": [str(installed / name) for name in EXTENSIONS],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "cache_dir": str(home / ".cache"),
    }
    settings = json.dumps({"LiteBuildConfig": config})
    (home / "jupyter_lite_config.json").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core.app", "build"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"JupyterLite could not be built:\n{done.stdout}{done.stderr}")


def check_distribution(pyodide: Path) -> None:
    """Stop where the site would bring along a Pyodide with which no chapter runs."""
    wanted = f"the whole distribution of Pyodide {PYODIDE_VERSION}, unpacked"
    if not (pyodide / PYODIDE_LOCK).exists():
        sys.exit(f"PYODIDE is {pyodide}, which has no {PYODIDE_LOCK}; it must be {wanted}")
    lock = json.loads((pyodide / PYODIDE_LOCK).read_text(encoding="utf-8"))
    python = lock["info"]["python"]
    if not python.startswith(f"{PYODIDE_PYTHON_VERSION}."):
        sys.exit(f"PYODIDE is {pyodide}, which has Python {python}; it must be {wanted}")
    listed = {name: lock["packages"].get(name, {}).get("file_name") for name in NEEDED}
    if missing := [
        name for name, file in listed.items() if not (file and (pyodide / file).exists())
    ]:
        sys.exit(f"PYODIDE is {pyodide}, without {', '.join(missing)}; it must be {wanted}")


def main() -> None:
    """Build under the site, and say how large it is."""
    pyodide = Path(os.environ["PYODIDE"]).resolve() if os.environ.get("PYODIDE") else None
    if pyodide:
        check_distribution(pyodide)
    build(TARGET, pyodide)
    size = sum(path.stat().st_size for path in TARGET.rglob("*") if path.is_file())
    python = "the site's own" if pyodide else "its CDN's"
    print(f"JupyterLite is under the site: {size / 1e6:.1f} MB, Pyodide is {python}.")


if __name__ == "__main__":
    main()
