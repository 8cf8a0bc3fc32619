"""What lies under the site as JupyterLite: the right files, no more, and the right addresses."""

import json
import os
import re
import subprocess
import sys
import zipfile

import lite
import nbformat
import pytest
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_LOCK

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
    # All chapters but the one with frameworks, all exercises, and the notation.
    assert len(offered) == 13 + 6 + 1


def test_what_a_browser_cannot_run_says_why():
    text = (SITE / "notebooks" / "10_frameworks.html").read_text(encoding="utf-8")
    assert "Not in this browser. It needs JAX, Keras, PyTorch." in text


def test_notebooks_have_no_outputs_and_no_links_to_nowhere():
    for path in (lite.TARGET / "files").rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs"), path.name
            assert "google.colab" not in cell.source, path.name
            assert "{doc}" not in cell.source, path.name
            for name in re.findall(r"\]\(([\w./]+\.ipynb)\)", cell.source):
                assert (path.parent / name).exists(), f"{path.name}: {name}"


def test_chapters_find_their_questions():
    chapters = (lite.TARGET / "files" / "notebooks").glob("*.ipynb")
    assert all(path.with_suffix(".questions.toml").exists() for path in chapters)


def test_the_package_and_what_it_needs_come_with_an_import(lock):
    assert lock["softmax-edu"]["depends"] == ["numpy"]
    assert "softmax_edu" in lock["softmax-edu"]["imports"]
    for package in lock.values():
        assert not [name for name in package["depends"] if lite.normal(name) not in lock]
    for module, name in lite.BRINGS.items():
        assert module in lock[name]["imports"]
        assert "softmax-edu" in lock[name]["depends"]


def test_wheels_are_the_site_s_own_and_the_rest_is_pyodide_s(lock):
    own = {name for name, package in lock.items() if "/" not in package["file_name"]}
    assert {"softmax-edu", "anywidget", "ipywidgets", "piplite", "comm"} <= own
    for name, package in lock.items():
        if name in own:
            assert (lite.TARGET / "pypi" / package["file_name"]).exists(), name
        else:
            assert package["file_name"].startswith(f"{PYODIDE_CDN_URL}/")


def test_the_wheel_is_this_package():
    wheel = next((lite.TARGET / "pypi").glob("softmax_edu-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        ours = archive.read("softmax_edu/activations.py")
        assert not [name for name in archive.namelist() if "assignment" in name]
    assert ours == (lite.ROOT / "src" / "softmax_edu" / "activations.py").read_bytes()


def test_a_folder_that_is_no_pyodide_is_refused(tmp_path):
    done = subprocess.run(
        [sys.executable, lite.__file__],
        env=os.environ | {"PYODIDE": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "it must be a folder with pyodide-lock.json" in done.stderr
