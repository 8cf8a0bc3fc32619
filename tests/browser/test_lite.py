"""The site's JupyterLite in a real browser: the kernel, an exercise's check, a live figure.

Twice, as no registry has NumPy for the Pyodide that JupyterLite asks for: see distributions.py.
"""

import re

import distributions
import lite
import pytest
from audit.server import serve
from playwright.sync_api import expect

# Both sites are built once, by the worker that gets these tests.
pytestmark = pytest.mark.xdist_group("lite")

EXERCISES = "lite/notebooks/index.html?path=exercises/ex1_softmax.ipynb"


def built(folder, put_together):
    """Build a site that is nothing but a JupyterLite with its own Pyodide."""
    (folder / "pyodide").mkdir()
    put_together(folder / "pyodide")
    lite.build(folder / "site" / "lite", folder / "pyodide")
    return folder / "site"


@pytest.fixture(scope="module")
def site_of_today(tmp_path_factory):
    """Serve it with the Pyodide that JupyterLite asks for, up to where NumPy begins."""
    folder = built(tmp_path_factory.mktemp("today"), distributions.core_alone)
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="module")
def site_with_numpy(tmp_path_factory):
    """Serve it with an older Pyodide, and NumPy."""
    folder = built(tmp_path_factory.mktemp("numpy"), distributions.with_numpy)
    with serve(folder) as address:
        distributions.for_older_pyodide(folder / "lite" / "pypi", f"{address}lite/pypi/")
        yield address


@pytest.fixture
def notebook(browser):
    """Return a function that opens a site's exercises; no other host may be asked."""
    context = browser.new_context(viewport={"width": 1200, "height": 1000})
    foreign = []

    def open_notebook(site):
        def only_this_site(route):
            if route.request.url.startswith((site, "data:", "blob:")):
                route.continue_()
            else:
                foreign.append(route.request.url)
                route.abort()

        context.route("**/*", only_this_site)
        page = context.new_page()
        page.goto(site + EXERCISES)
        expect(page.locator(".jp-Notebook h1").first).to_contain_text("Exercises 1", timeout=60_000)
        expect(page.locator(".jp-KernelName").first).to_contain_text("Pyodide", timeout=60_000)
        return page

    yield open_notebook
    context.close()
    assert not foreign


def run_first(page, code):
    """Write a cell above all others, run it, and return it."""
    page.locator(".jp-Notebook .jp-CodeCell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    cell = page.locator(".jp-Notebook .jp-CodeCell").first
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=120_000)
    return cell


def said(cell):
    """Return what a cell printed."""
    return cell.locator(".jp-OutputArea").inner_text().strip()


def test_python_runs_in_the_reader_s_browser(notebook, site_of_today):
    page = notebook(site_of_today)
    assert said(run_first(page, "print(1 + 1)")) == "2"
    # An import brings the package without an install, and what moves the figures, but no NumPy.
    code = """
from importlib.metadata import version
try:
    from softmax_edu.figures import SelfTest
except ModuleNotFoundError as error:
    print(error.name, version("softmax-edu"), version("anywidget"))
"""
    assert re.fullmatch(r"numpy 0\.\d+\.\d+ 0\.\d+\.\d+", said(run_first(page, code)))


ANSWER = """
import numpy as np
from softmax_edu.exercises import check

def column_softmax(logits, temperature):
    t = np.exp((logits - logits.max(axis={axis}, keepdims=True)) / temperature)
    return t / t.sum(axis={axis}, keepdims=True)

check(column_softmax)
"""


def test_an_answer_is_checked_in_the_browser(notebook, site_with_numpy):
    page = notebook(site_with_numpy)
    wrong = said(run_first(page, ANSWER.format(axis=1)))
    assert "column_softmax is not right yet" in wrong
    assert "See chapter" in wrong
    right = said(run_first(page, ANSWER.format(axis=0)))
    assert right.startswith("column_softmax: right"), right


def test_a_figure_and_python_move_each_other_in_the_browser(notebook, site_with_numpy):
    page = notebook(site_with_numpy)
    # This older Pyodide does not look inside a package for what an import needs.
    code = "import anywidget\nfrom softmax_edu.figures import SoftmaxExplorer\n"
    run_first(page, f"{code}figure = SoftmaxExplorer(logits=[5, 2, -1, 3])\nfigure")
    figure = page.locator(".jp-OutputArea-output", has=page.get_by_role("slider"))
    expect(figure).to_contain_text("softmax gives other 0.842, cat 0.042")
    score = page.get_by_role("slider", name="score of cat")
    score.focus()
    score.press("End")
    expect(figure).to_contain_text("softmax gives other 0.047, cat 0.946")
    assert said(run_first(page, "print(figure.probabilities[1].__round__(3))")) == "0.946"
    run_first(page, "figure.temperature = 20")
    expect(figure).to_contain_text("At temperature 20.00 softmax gives other 0.2")


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
