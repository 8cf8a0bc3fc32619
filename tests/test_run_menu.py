"""The menu that runs a page: which ways it offers, where they lead, what the first cell does."""

import assignments
import nbformat
import pytest
import render
import run_menu
from sphinx.errors import ConfigError

HOME = ("ada/softmax", "main")


def offered(missing=(), home=HOME):
    ways = run_menu.ways("notebooks/01_softmax.ipynb", "../lite/index.html", list(missing), home)
    return {way.text: way.address for way in ways}


def test_all_ways_where_the_repository_is_known():
    assert offered() == {
        "In this browser": "../lite/index.html?path=notebooks/01_softmax.ipynb",
        "On Binder": "https://mybinder.org/v2/gh/ada/softmax/main"
        "?urlpath=lab%2Ftree%2Fnotebooks%2F01_softmax.ipynb",
        "On Colab": "https://colab.research.google.com/github/ada/softmax/blob/main"
        "/notebooks/01_softmax.ipynb",
    }


def test_without_a_repository_there_is_the_browser_alone():
    assert list(offered(home=None)) == ["In this browser"]


def test_frameworks_run_on_colab_and_not_in_a_browser():
    assert list(offered(missing=["PyTorch"])) == ["Not in this browser", "On Colab"]


@pytest.mark.parametrize("end", ["", ".git", "/"])
def test_the_repository_s_address_is_read(end):
    address = f"https://github.com/ada/softmax{end}"
    assert run_menu.repository(address, "main") == HOME
    assert run_menu.repository("", "main") is None


@pytest.mark.parametrize(
    "address", ["ada/softmax", "https://example.org/a/b", "https://github.com"]
)
def test_an_address_that_binder_cannot_open_is_refused(address):
    with pytest.raises(ConfigError, match="must be https:"):
        run_menu.repository(address, "main")


def notebooks():
    chapters = [source.with_suffix(".ipynb") for source in render.chapters()]
    return [*chapters, *(assignments.FOLDER / f"{name}.ipynb" for name in assignments.names())]


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_the_first_cell_installs_the_package_on_colab_and_is_silent_elsewhere(path):
    cells = nbformat.read(path, as_version=4).cells
    first = next(cell for cell in cells if cell.cell_type == "code")
    assert "remove-cell" in first.metadata.tags
    assert not first.outputs
    asked = []

    class Shell:
        def run_line_magic(self, name, line):
            asked.append((name, line))

    names = {"get_ipython": Shell}
    exec(first.source, names)
    assert asked == []
    exec(first.source.replace('"google.colab" in sys.modules', "True"), names)
    ((name, line),) = asked
    assert name == "pip"
    assert line.startswith("install --quiet 'softmax-edu") or line == "install --quiet softmax-edu"
