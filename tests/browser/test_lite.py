"""The site's JupyterLite in a real browser, up to where NumPy would have to be fetched.

NumPy for WebAssembly lies on Pyodide's own host only, which no test may ask. The core is npm's,
and the pure wheels that a kernel needs are the package index's.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import lite
import pytest
from audit.server import serve
from jupyterlite_pyodide_kernel.constants import PYODIDE_LOCK, PYODIDE_PYTHON_VERSION
from playwright.sync_api import expect

KERNEL = ("micropip", "ipython", "jedi", "packaging", "typing-extensions")
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
CHAPTER = "lite/notebooks/index.html?path=exercises/ex1_softmax.ipynb"


def needed(packages):
    """List what a kernel loads when it starts, and what that needs."""
    found, left = [], list(KERNEL)
    while left:
        name = lite.normal(left.pop())
        if name not in found:
            found.append(name)
            left += packages[name]["depends"]
    return found


@pytest.fixture(scope="module")
def distribution(tmp_path_factory):
    """Put together a Pyodide without NumPy: npm's core, and wheels in the versions it names."""
    folder = tmp_path_factory.mktemp("pyodide")
    for name in CORE:
        shutil.copy(lite.CORE / name, folder)
    lock = json.loads((lite.CORE / PYODIDE_LOCK).read_text(encoding="utf-8"))
    packages = lock["packages"]
    wanted = [f"{packages[n]['name']}=={packages[n]['version']}" for n in needed(packages)]
    wheels = Path(sys.prefix, "lite-kernel")  # downloaded once
    if not all((wheels / packages[n]["file_name"]).exists() for n in needed(packages)):
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--platform=any"]
        options += [f"--python-version={PYODIDE_PYTHON_VERSION}", "-d", wheels, *wanted]
        subprocess.run([sys.executable, "-m", "pip", "download", *options], check=True)
    for name in needed(packages):
        wheel = wheels / packages[name]["file_name"]
        shutil.copy(wheel, folder)  # Pyodide packs them anew, so its hashes are others
        packages[name]["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / PYODIDE_LOCK).write_text(json.dumps(lock), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def served(distribution, tmp_path_factory):
    """Serve a site that is nothing but a JupyterLite with its own Pyodide."""
    folder = tmp_path_factory.mktemp("site")
    lite.build(folder / "lite", distribution)
    with serve(folder) as address:
        yield address


def run_first(page, code):
    """Write a cell above all others, run it, and return what it says."""
    page.locator(".jp-Notebook .jp-CodeCell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    cell = page.locator(".jp-Notebook .jp-CodeCell").first
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=120_000)
    return cell.locator(".jp-OutputArea").inner_text().strip()


def test_python_runs_in_the_reader_s_browser(browser, served):
    page = browser.new_page()
    foreign = []

    def only_this_site(route):
        if route.request.url.startswith((served, "data:", "blob:")):
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    page.context.route("**/*", only_this_site)
    page.goto(served + CHAPTER)
    expect(page.locator(".jp-Notebook h1").first).to_contain_text("Exercises 1", timeout=60_000)
    expect(page.locator(".jp-KernelName").first).to_contain_text("Pyodide", timeout=60_000)
    assert run_first(page, "print(1 + 1)") == "2"
    # The package is there without an install, and so is what moves the figures.
    code = (
        "from importlib.metadata import version\n"
        "import anywidget\n"
        "try:\n    import softmax_edu\n"
        "except ModuleNotFoundError as error:\n    print(version('softmax-edu'), error.name)"
    )
    said = run_first(page, code)
    assert re.search(r"^0\.\d+\.\d+ numpy$", said, re.M), said
    page.close()
    assert not foreign


@pytest.mark.parametrize("width", [360, 1300])
def test_the_run_menu_opens_by_keyboard_and_stays_on_the_screen(new_page, site, accessible, width):
    page = new_page(width=width)
    page.goto(site + "notebooks/10_frameworks.html")
    page.locator(".dropdown-run summary").focus()
    page.keyboard.press("Enter")
    menu = page.locator(".dropdown-run .dropdown-menu")
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    accessible(page, "with the run menu open")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator(".dropdown-run summary")).to_be_focused()
