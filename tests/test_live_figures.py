"""The extension that brings live figures onto the pages."""

import html
import json
import re
import subprocess
from pathlib import Path

import live_figures
import pytest
import sphinxcontrib.katex
from agreement import NODE
from sphinx.errors import ExtensionError

import softmax_edu.figures
from softmax_edu.figures import SoftmaxExplorer, modules

CLASSES = [getattr(softmax_edu.figures, name) for name in softmax_edu.figures.__all__]
KATEX = Path(__file__).parents[1] / "book/node/node_modules/katex/dist/katex.mjs"


@pytest.fixture(autouse=True)
def node(monkeypatch):
    monkeypatch.setattr(sphinxcontrib.katex, "NODEJS_BINARY", str(NODE))


def check_syntax(script, tmp_path, suffix):
    """Let Node read a script without running it."""
    path = tmp_path / f"script.{suffix}"
    path.write_text(script, encoding="utf-8")
    result = subprocess.run(
        [NODE, "--check", path], capture_output=True, encoding="utf-8", check=False
    )
    assert not result.returncode, result.stderr


def test_shared_script_is_a_classic_one_that_names_all_it_shares(tmp_path):
    script = live_figures.shared_script()
    check_syntax(script, tmp_path, "cjs")
    assert not re.search(r"^\s*(?:import|export) ", script, re.M)
    for file in live_figures.SHARED:
        for name in re.findall(r"^export (?:function|const) (\w+)", modules.source(file), re.M):
            assert re.search(rf"return \{{ start,.*\b{name}\b", script)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_figure_as_classic_script_and_as_one_module(cls, tmp_path):
    """From disk a page cannot load modules; in Jupyter a module cannot load its neighbours."""
    classic = live_figures.figure_script(cls.module.removesuffix(".js"))
    check_syntax(classic, tmp_path, "cjs")
    assert not re.search(r"^\s*(?:import|export) ", classic, re.M)
    whole = modules.in_one_piece(cls.module)
    check_syntax(whole, tmp_path, "mjs")
    assert "import " not in whole.replace("// ", "")
    assert whole.count("export default") == 1
    assert cls._esm == whole


def test_modules_are_listed_before_they_are_used():
    names = modules.imports("softmax_explorer.js")
    assert names[-1] == "softmax_explorer.js"
    assert set(names) == {"kit.js", "mathematics.js", "softmax_explorer.js"}


def test_figure_may_not_import_what_pages_lack(monkeypatch):
    monkeypatch.setattr(
        modules, "source", lambda name: 'import { a } from "./other.js";\nexport default a;\n'
    )
    with pytest.raises(ExtensionError, match=r"imports other\.js; pages only have kit\.js"):
        live_figures.figure_script("new")


def test_every_figure_can_be_found_in_what_it_stores():
    """The place on the page begins and ends where `static_html` does."""
    figure = SoftmaxExplorer(labels=['"quoted" <b>', "cat & dog", "ŷ", "d"])
    text = f"<p>before</p>{figure.static_html()}<p>after</p>"
    ((name, state, still),) = live_figures.PLACE.findall(text)
    assert name == "softmax_explorer"
    assert json.loads(html.unescape(state)) == figure.state()
    assert "ŷ" in still
    assert live_figures.PLACE.sub("", text) == "<p>before</p><p>after</p>"


def test_figure_is_drawn_with_its_words_escaped():
    figure = SoftmaxExplorer(labels=["<b>bold</b>", "b", "c", "d"])
    places = tuple(live_figures.PLACE.findall(figure.static_html()))
    (drawn,) = live_figures.draw(places, str(KATEX))
    assert "<svg" in drawn
    assert "0.842" in drawn
    assert "<b>" not in drawn


def test_figure_that_cannot_be_drawn_stops_the_build():
    with pytest.raises(ExtensionError, match="cannot be drawn"):
        live_figures.draw((("softmax_explorer", "{}", "still"),), str(KATEX))
