"""What lies under the site as JupyterLite: the right files, no more, and the right addresses."""

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import lite
import lite_wheels
import nbformat
import pytest
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_LOCK
from reader_notebooks import all_notebooks

SITE = lite.ROOT / "_build" / "html"
LARGEST = 25_000_000  # bytes


@pytest.fixture(scope="module")
def lock():
    path = lite.TARGET / "pypi" / PYODIDE_LOCK
    if not path.exists():
        pytest.fail("there is no JupyterLite under the site; run: make book")
    return json.loads(path.read_text(encoding="utf-8"))["packages"]


def test_it_is_light_and_has_no_source_maps():
    files = [path for path in lite.TARGET.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= LARGEST
    assert not [path for path in files if path.suffix == ".map"]


def test_every_page_that_says_so_opens_a_notebook_that_is_there():
    offered = set()
    for page in SITE.glob("*/*.html"):
        text = page.read_text(encoding="utf-8")
        for path in re.findall(r'href="\.\./lite/notebooks/index\.html\?path=([^"]+)"', text):
            assert (lite.TARGET / "files" / path).exists(), f"{page.name} offers {path}"
            offered.add(path)
    there = (lite.TARGET / "files").rglob("*.ipynb")
    assert offered == {path.relative_to(lite.TARGET / "files").as_posix() for path in there}
    missing = {path.relative_to(lite.ROOT).as_posix() for path in all_notebooks()} - offered
    assert missing <= {"notebooks/10_frameworks.ipynb"}


def test_what_a_browser_cannot_run_says_why():
    text = (SITE / "notebooks" / "10_frameworks.html").read_text(encoding="utf-8")
    assert "<small>It needs JAX, Keras and PyTorch</small>" in text


def test_notebooks_have_no_outputs_and_no_links_to_nowhere():
    for path in (lite.TARGET / "files").rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs"), path.name
            assert "google.colab" not in cell.source, path.name
            for name in re.findall(r"\]\(([\w./]+\.ipynb)\)", cell.source):
                assert (path.parent / name).exists(), f"{path.name}: {name}"


def test_notebooks_say_first_how_they_start():
    for path in (lite.TARGET / "files").rglob("*.ipynb"):
        title, start = nbformat.read(path, as_version=4).cells[:2]
        assert title.source.startswith("# "), path.name
        assert start.source.startswith(":::{note} Python in this browser"), path.name


def test_chapters_find_their_questions():
    chapters = (lite.TARGET / "files" / "notebooks").glob("*.ipynb")
    assert all(path.with_suffix(".questions.toml").exists() for path in chapters)


def test_an_import_brings_all_that_a_notebook_reaches(lock):
    """Follow each notebook's imports through the package, and through the list of packages."""
    brought_by = {module: name for name, package in lock.items() for module in package["imports"]}
    for path in (lite.TARGET / "files").rglob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        asked = imports("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
        modules = {module for name in asked for module in parts(name)}
        loaded, left = set(), ["ipython", *(brought_by[m] for m in modules & set(brought_by))]
        while left:
            name = left.pop()
            if name not in loaded:
                loaded.add(name)
                left += map(lite_wheels.normal, lock[name]["depends"])
        there = {module for name in loaded for module in lock[name]["imports"]}
        for name in reached(asked) - {"scipy.optimize"}:  # fit does without it
            top = name.partition(".")[0]
            assert top in there or top in sys.stdlib_module_names, f"{path.name} needs {name}"


def imports(code):
    """List the modules that code imports, with their dots."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return found


def parts(name):
    """List a module and all that it lies in."""
    words = name.split(".")
    return [".".join(words[: i + 1]) for i in range(len(words))]


def reached(asked):
    """List what modules import, and what the modules of the package import in turn."""
    found, left = set(), list(asked)
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        path = lite.ROOT / "src" / Path(*name.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if path.exists():
            left += imports(path.read_text(encoding="utf-8"))
    return {name for name in found if name.partition(".")[0] != "softmax_edu"}


def test_packages_are_known_and_nothing_is_asked_from_an_index(lock):
    for package in lock.values():
        assert not [name for name in package["depends"] if lite_wheels.normal(name) not in lock]
    settings = json.loads((lite.TARGET / "jupyter-lite.json").read_text(encoding="utf-8"))
    kernel = settings["jupyter-config-data"]["litePluginSettings"]
    assert kernel["@jupyterlite/pyodide-kernel-extension:kernel"]["disablePyPIFallback"]


def test_wheels_are_the_site_s_own_and_the_rest_is_pyodide_s(lock):
    own = {name for name, package in lock.items() if "/" not in package["file_name"]}
    assert {"softmax-edu", "anywidget", "ipywidgets", "piplite", "comm"} <= own
    for name, package in lock.items():
        if name in own:
            assert (lite.TARGET / "pypi" / package["file_name"]).exists(), name
        else:
            assert re.fullmatch(re.escape(f"{PYODIDE_CDN_URL}/") + "[^/]+", package["file_name"])


def test_the_wheel_is_this_package():
    wheel = next((lite.TARGET / "pypi").glob("softmax_edu-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        ours = archive.read("softmax_edu/activations.py")
        assert not [name for name in archive.namelist() if "assignment" in name]
    assert ours == (lite.ROOT / "src" / "softmax_edu" / "activations.py").read_bytes()


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        (None, "which has no pyodide-lock.json; it must be the whole distribution of Pyodide"),
        ({"info": {"python": "3.11.3"}, "packages": {}}, "which has Python 3.11.3; it must be"),
        (
            {"info": {"python": "3.14.2"}, "packages": {}},
            "without numpy, matplotlib, scikit-learn;",
        ),
    ],
)
def test_a_pyodide_with_which_no_chapter_runs_is_refused(tmp_path, lock, said):
    if lock:
        (tmp_path / PYODIDE_LOCK).write_text(json.dumps(lock), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, lite.__file__],
        env=os.environ | {"PYODIDE": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert said in done.stderr
