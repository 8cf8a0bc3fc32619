"""Put a JupyterLite under the site: Python in the reader's browser, with the book's notebooks.

    python tools/lite.py

writes _build/html/lite from book/lite (its settings), the notebooks, the exercises and the package.
Python itself is Pyodide. A page asks its CDN for it, unless the environment variable PYODIDE
names a folder with a Pyodide distribution: then the site brings it along.

JupyterLite is told by a lock file which wheel an import needs. Ours is Pyodide's own, and beside
it the package and the pure wheels that Pyodide lacks, so that `import softmax_edu` works at once.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import Parser
from functools import partial
from pathlib import Path

import nbformat
from jupyterlite_pyodide_kernel.constants import (
    PYODIDE_CDN_URL,
    PYODIDE_KERNEL_NPM_NAME,
    PYODIDE_LOCK,
    PYODIDE_PYTHON_VERSION,
)

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))
from run_menu import frameworks  # noqa: E402

SETTINGS = ROOT / "book" / "lite"
CORE = ROOT / "book" / "node" / "node_modules" / "pyodide"  # npm's: without NumPy and the like
TARGET = ROOT / "_build" / "html" / "lite"
CACHE = Path(sys.prefix, "lite")  # wheels that were downloaded

NOTEBOOKS = ("notebooks/[0-9]*.ipynb", "exercises/*.ipynb", "book/notation.ipynb")
APPS = ("lab", "notebooks", "tree")
EXTENSIONS = (
    PYODIDE_KERNEL_NPM_NAME,
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
    "jupyterlab-myst",
)
# Pure wheels that Pyodide does not have, in the versions of requirements.lock.
WHEELS = (
    "anywidget",
    "comm",
    "ipywidgets",
    "latex2mathml",
    "markdown-it-py",
    "mdit-py-plugins",
    "mdurl",
    "psygnal",
)
# Requirements that are scripts: here they are extensions of JupyterLite.
SCRIPTS = {"jupyterlab-widgets", "widgetsnbextension"}
# What parts of the package need besides NumPy: import -> what brings it.
BRINGS = {
    "softmax_edu.figures": "anywidget",
    "softmax_edu.plots": "matplotlib",
    "softmax_edu.data": "scikit-learn",
}
FIGURES_NEED = ("latex2mathml", "markdown-it-py", "mdit-py-plugins")

# What draws diagrams, of which the book has none (3.5 MB), and fonts for old browsers.
DIAGRAMS = re.compile(rb"org\.eclipse\.elk|chevrotain\.io|cytoscape-[a-z]|\bcytoscape\.use")
UNUSED = re.compile(r".*\.(eot|ttf|woff|map)|fa-.*\.svg|rspack\.config.*|favicon\.ico")

LINK = re.compile(r"\{doc\}`(?:([^<`]+)<)?([\w/]+)>?`")


def build(target: Path, pyodide: Path | None) -> None:
    """Build it; `pyodide` is the distribution that the site brings along, if it does."""
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary, "lite")
        shutil.copytree(SETTINGS, home)
        collect_notebooks(home / "files")
        if pyodide:
            shutil.copytree(pyodide, home / "static" / "pyodide")  # JupyterLite finds it there
        run_jupyterlite(home, target)
        shop = target / "pypi"
        shop.mkdir()
        for wheel in (*own_wheel(home / "dist"), *downloaded_wheels(), *kernel_wheels(target)):
            shutil.copy(wheel, shop)
        base = "../static/pyodide/" if pyodide else f"{PYODIDE_CDN_URL}/"
        lock = json.loads(((pyodide or CORE) / PYODIDE_LOCK).read_text(encoding="utf-8"))
        lock = with_wheels(lock, base, sorted(shop.glob("*.whl")))
        (shop / PYODIDE_LOCK).write_text(json.dumps(lock, indent=1), encoding="utf-8")
    for path in target.rglob("*"):
        if UNUSED.fullmatch(path.name) or (
            path.suffix == ".js" and DIAGRAMS.search(path.read_bytes())
        ):
            path.unlink()


# The notebooks


def collect_notebooks(folder: Path) -> None:
    """Copy chapters and exercises that a browser can run, without the outputs they make."""
    titles = {}
    notebooks = {}
    for path in sorted(path for pattern in NOTEBOOKS for path in ROOT.glob(pattern)):
        notebook = nbformat.read(path, as_version=4)
        titles[path.stem] = notebook.cells[0].source.partition("\n")[0].lstrip("# ")
        if not frameworks(notebook):
            notebooks[path] = notebook
    offered = {path.stem: path for path in notebooks}
    for path, notebook in notebooks.items():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        # What no page shows is for Colab.
        notebook.cells = [
            c for c in notebook.cells if "remove-cell" not in c.metadata.get("tags", [])
        ]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            else:
                cell.source = LINK.sub(partial(link, path, titles, offered), cell.source)
        notebook.metadata.pop("widgets", None)
        notebook.metadata.kernelspec = {"display_name": "Python (Pyodide)", "name": "python"}
        nbformat.write(notebook, target)
        questions = path.with_suffix(".questions.toml")
        if questions.exists():
            shutil.copy(questions, target.parent)


def link(here: Path, titles: dict[str, str], offered: dict[str, Path], match: re.Match[str]) -> str:
    """Turn a reference to a page into a link to its notebook; without one, into its title."""
    words, page = match.groups()
    name = page.rpartition("/")[2]
    words = (words or titles.get(name) or name.replace("_", " ")).strip()
    if name not in offered:
        return f"*{words}*"
    return f"[{words}]({os.path.relpath(offered[name], here.parent)})"


# JupyterLite


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


# The wheels


def own_wheel(folder: Path) -> list[Path]:
    """Build the wheel of the package."""
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, ROOT]
    epoch = {"SOURCE_DATE_EPOCH": "1735689600"}  # the same bytes on every build
    subprocess.run(command, check=True, env=os.environ | epoch)
    return list(folder.glob("*.whl"))


def downloaded_wheels() -> list[Path]:
    """Fetch the wheels that requirements.lock pins, once, and check their hashes."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [block for block in re.split(r"\n(?=\S)", lock) if normal(name_in(block)) in WHEELS]
    wanted = CACHE / f"{hashlib.sha256(''.join(pins).encode()).hexdigest()[:16]}"
    if not wanted.exists():
        shutil.rmtree(CACHE, ignore_errors=True)
        new = CACHE / "new"
        new.mkdir(parents=True)
        (CACHE / "pins.txt").write_text("\n".join(pins), encoding="utf-8")
        options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"]
        options += ["--platform=any", f"--python-version={PYODIDE_PYTHON_VERSION}"]
        options += ["--disable-pip-version-check", "-d", new, "-r", CACHE / "pins.txt"]
        subprocess.run([sys.executable, "-m", "pip", "download", *options], check=True)
        new.rename(wanted)
    return sorted(wanted.glob("*.whl"))


def kernel_wheels(target: Path) -> list[Path]:
    """List the wheels that the kernel's extension brings."""
    folder = target / "extensions" / PYODIDE_KERNEL_NPM_NAME / "static" / "pypi"
    return [wheel for wheel in folder.glob("*.whl") if not wheel.name.startswith("widgetsnb")]


def with_wheels(lock: dict, base: str, wheels: list[Path]) -> dict:
    """Return Pyodide's lock with our wheels beside it, and its own at the address `base`."""
    packages = lock["packages"]
    for package in packages.values():
        package["file_name"] = base + package["file_name"]
    known = set(packages) | {normal(wheel.name.partition("-")[0]) for wheel in wheels}
    for wheel in wheels:
        entry = lock_entry(wheel, known)
        packages[entry["name"]] = entry
    for module, name in BRINGS.items():
        packages[name]["imports"].append(module)
        packages[name]["depends"].append("softmax-edu")
    packages["anywidget"]["depends"] += FIGURES_NEED
    return lock


def lock_entry(wheel: Path, known: set[str]) -> dict:
    """Describe a wheel as Pyodide's lock does."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = next(n for n in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        metadata = Parser().parsestr(archive.read(about).decode())
    required = [
        normal(name_in(line))
        for line in metadata.get_all("Requires-Dist", [])
        if "extra" not in line.partition(";")[2]
    ]
    modules = {name.partition("/")[0] for name in names if name.endswith(".py")}
    return {
        "name": normal(metadata["Name"]),
        "version": metadata["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(module.removesuffix(".py") for module in modules),
        "depends": sorted(name for name in required if name in known - SCRIPTS),
        "unvendored_tests": False,
    }


def name_in(requirement: str) -> str:
    """Return the package that a requirement begins with."""
    match = re.match(r"[\w.-]+", requirement)
    return match[0] if match else ""


def normal(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Build under the site, and say how large it is."""
    pyodide = Path(os.environ["PYODIDE"]).resolve() if os.environ.get("PYODIDE") else None
    if pyodide and not (pyodide / PYODIDE_LOCK).exists():
        sys.exit(f"PYODIDE is {pyodide}; it must be a folder with {PYODIDE_LOCK}")
    build(TARGET, pyodide)
    size = sum(path.stat().st_size for path in TARGET.rglob("*") if path.is_file())
    python = "the site's own" if pyodide else "its CDN's"
    print(f"JupyterLite is under the site: {size / 1e6:.1f} MB, Pyodide is {python}.")


if __name__ == "__main__":
    main()
