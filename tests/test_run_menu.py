"""The menu that runs a page: which ways it offers, where they lead, what the first cell does."""

import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import assignments
import nbformat
import pytest
import render
import run_menu
from packaging.requirements import Requirement

ROOT = render.ROOT
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]


def settings(repository="ada/softmax", branch="main", published=True):
    return SimpleNamespace(
        book_repository=repository, book_branch=branch, book_package_published=published
    )


def offered(missing=(), **config):
    path, lite = "notebooks/01_softmax.ipynb", "../lite/index.html"
    return list(run_menu.ways(path, lite, list(missing), settings(**config)))


def texts(ways):
    return [way.text for way in ways]


def test_all_ways_where_all_is_known():
    assert {way.text: way.url for way in offered()} == {
        "In this browser": "../lite/index.html?path=notebooks/01_softmax.ipynb",
        "On Binder": "https://mybinder.org/v2/gh/ada/softmax/main"
        "?urlpath=lab%2Ftree%2Fnotebooks%2F01_softmax.ipynb",
        "On Colab": "https://colab.research.google.com/github/ada/softmax/blob/main"
        "/notebooks/01_softmax.ipynb",
    }


def test_a_branch_keeps_its_stroke_where_it_can():
    _, binder, colab = offered(branch="try/this")
    assert "/ada/softmax/try%2Fthis?" in binder.url
    assert "/ada/softmax/blob/try/this/" in colab.url


def test_every_way_has_an_icon_of_its_own():
    icons = [way.icon for way in offered()]
    assert len(set(icons)) == len(icons)


def test_without_a_repository_there_is_the_browser_alone():
    assert texts(offered(repository="")) == ["In this browser"]


def test_colab_installs_by_name_so_it_waits_until_the_package_is_published():
    assert texts(offered(published=False)) == ["In this browser", "On Binder"]
    assert texts(offered(["PyTorch"], published=False)) == ["Not in this browser"]


def test_frameworks_run_on_colab_and_not_in_a_browser():
    first, second = offered(missing=["PyTorch"])
    assert (first.text, first.url, first.hint) == ("Not in this browser", "", "It needs PyTorch")
    assert second.text == "On Colab"
    assert offered(["JAX", "Keras", "PyTorch"])[0].hint == "It needs JAX, Keras and PyTorch"


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("import torch", ["PyTorch"]),
        ("import torch.nn as nn", ["PyTorch"]),
        ("from torch import nn", ["PyTorch"]),
        ("if True:\n    from keras import layers\n    import jax.numpy", ["JAX", "Keras"]),
        ("# import torch\nimport torchlight\nprint('import jax')", []),
    ],
)
def test_frameworks_are_seen_however_they_are_imported(code, named):
    cells = [nbformat.v4.new_markdown_cell("import jax"), nbformat.v4.new_code_cell(code)]
    assert run_menu.frameworks(nbformat.v4.new_notebook(cells=cells)) == named


# Settings


@pytest.mark.parametrize(
    "start", ["https://", "http://", "https://www.", "", "https://GitHub.com/"]
)
@pytest.mark.parametrize("end", ["", ".git", "/", ".git/", "//"])
def test_the_repository_s_address_is_read(start, end):
    host = "" if "GitHub" in start else "github.com/"
    assert run_menu.repository(f"{start}{host}ada/soft.max{end}") == "ada/soft.max"


def test_no_address_is_no_repository():
    assert run_menu.repository("") == ""


@pytest.mark.parametrize(
    "address",
    [
        "ada/softmax",
        "https://example.org/a/b",
        "https://github.com.example.org/a/b",
        "https://github.com",
        "https://github.com/ada",
        "https://github.com/ada/softmax/tree/main",
        "https://github.com/ada/softmax?x=1",
        "https://github.com/ada/softmax#readme",
        "https://github.com/ada/soft max",
        "https://github.com/ada/soft<max",
        " https://github.com/ada/softmax",
    ],
)
def test_an_address_that_binder_cannot_open_is_refused(address):
    with pytest.raises(SystemExit) as refusal:
        run_menu.repository(address)
    said = str(refusal.value)
    assert "\n" not in said
    for part in ("BOOK_REPOSITORY", "book_repository in _config.yml", repr(address)):
        assert part in said


def settled(monkeypatch, config, **environment):
    for name in ("BOOK_REPOSITORY", "BOOK_BRANCH", "BOOK_PACKAGE_PUBLISHED"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run_menu.settle(None, config)
    return config


def test_settings_are_those_of_the_file(monkeypatch):
    written = settings("https://github.com/ada/softmax.git", "dev", True)
    assert settled(monkeypatch, written) == settings("ada/softmax", "dev", True)
    assert settled(monkeypatch, settings("", "main", False)) == settings("", "main", False)


def test_the_environment_overrules_the_file(monkeypatch):
    written = settings("https://github.com/ada/softmax", "main", False)
    environment = {
        "BOOK_REPOSITORY": "https://github.com/you/scores",
        "BOOK_BRANCH": "v0.1.0",
        "BOOK_PACKAGE_PUBLISHED": "true",
    }
    expected = settings("you/scores", "v0.1.0", True)
    assert settled(monkeypatch, written, **environment) == expected
    written = settings("https://github.com/ada/softmax", "main", True)
    environment = {"BOOK_REPOSITORY": "", "BOOK_BRANCH": "", "BOOK_PACKAGE_PUBLISHED": "false"}
    assert settled(monkeypatch, written, **environment) == settings("", "main", False)


def test_published_is_true_or_false(monkeypatch):
    with pytest.raises(SystemExit, match="must be true or false, but is 'yes'"):
        settled(monkeypatch, settings(""), BOOK_PACKAGE_PUBLISHED="yes")


def test_a_wrong_setting_stops_the_build_with_one_line(tmp_path):
    (tmp_path / "_config.yml").write_text(
        f"sphinx: {{local_extensions: {{run_menu: {ROOT / 'book' / '_ext'}}}}}"
    )
    (tmp_path / "_toc.yml").write_text("{format: jb-book, root: page}")
    (tmp_path / "page.md").write_text("# Page")
    program = Path(sys.executable).with_name("jupyter-book")
    command = [program, "build", tmp_path, "--quiet"]
    done = subprocess.run(
        command, env={"BOOK_REPOSITORY": "nowhere"}, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("BOOK_REPOSITORY, or book_repository in")


# The first cell


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
    command, option, package = line.split(maxsplit=2)
    assert (command, option) == ("install", "--quiet")
    wanted = Requirement(package.strip("'"))
    assert wanted.name == "softmax-edu"
    assert wanted.extras <= set(EXTRAS)
