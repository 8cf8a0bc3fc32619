"""The measuring tools notice what they are there for: each is shown a page with that fault."""

import gzip
import urllib.error
import urllib.request

import pytest
from audit.__main__ import BARS, summary_lines, table_lines
from audit.axe import find_violations, open_answers
from audit.browser import is_foreign, watch
from audit.figures import time_figures
from audit.server import serve
from audit.weight import visit

GOOD = """<!DOCTYPE html><html lang="en"><title>t</title><link rel="icon" href="data:,">
<main><h1>Title</h1>{}</main></html>"""
LATE_BOX = """<p>text</p><script>
    setTimeout(() => document.querySelector('main').prepend(Object.assign(
        document.createElement('div'), { style: 'height: 300px' })), 200);
</script>"""


@pytest.fixture
def show(browser, tmp_path):
    """Return a function that opens a small page with the given content; `page.address` is its."""
    pages = []
    with serve(tmp_path) as home:

        def show(content):
            (tmp_path / "index.html").write_text(GOOD.format(content), encoding="utf-8")
            page = browser.new_page()
            pages.append(page)
            page.address, page.problems = home, watch(page.context, home)
            page.goto(home)
            return page

        yield show
        for page in pages:
            page.close()


def test_a_good_page_has_no_problem(show):
    page = show("<p>text</p>")
    assert page.problems == []
    assert find_violations(page) == []
    assert visit(page, page.address)["shift"] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<img alt="x" src="http://other.invalid/a.png">', "asks another host: http://other"),
        ("<script>console.error('no figure')</script>", "console: no figure"),
        ("<script>missing()</script>", "script stopped: missing is not defined"),
    ],
)
def test_a_fault_is_noticed(show, content, words):
    assert any(problem.startswith(words) for problem in show(content).problems)


def test_axe_looks_even_past_a_strict_policy(show):
    policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
    page = show(policy + '<p style="color: #bbb">pale</p><img src="data:,">')
    rules = {line.split(":")[0] for line in find_violations(page)}
    assert {"color-contrast", "image-alt"} <= rules
    assert find_violations(page, rules=["color-contrast"], leave_out=["p"]) == []


def test_what_is_folded_is_looked_at_when_opened(show):
    pale = '<p style="color: #bbb">pale</p>'
    page = show(f"<article><details><summary>Answer</summary>{pale}</details></article>")
    assert find_violations(page) == []
    assert open_answers(page) == 1
    assert any(line.startswith("color-contrast") for line in find_violations(page))


def test_a_shift_and_the_weight_are_measured(show):
    page = show(LATE_BOX)
    found = visit(page, page.address + "?again")
    assert found["shift"] > 0.01
    assert found["requests"] == 1
    assert 300 < found["bytes"] < 1000


def test_a_foreign_host_is_any_but_the_own_one():
    home = "http://127.0.0.1:8000/"
    assert is_foreign("https://cdn.example/a.js", home)
    assert is_foreign("http://127.0.0.1:9000/a.js", home)
    assert is_foreign("http://127.0.0.1/a.js", "file:///book/")
    assert not is_foreign(home + "a.js", home)
    assert not is_foreign("data:text/plain,a", home)
    assert not is_foreign("file:///book/a.js", "file:///book/")


def test_the_server_compresses_names_the_type_and_says_what_to_keep(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "a.js").write_text("// long\n" * 100)
    (tmp_path / "404.html").write_text("not here")
    with serve(tmp_path, ["gzip"]) as home:
        request = urllib.request.Request(
            home + "_static/a.js", headers={"Accept-Encoding": "gzip, br"}
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Type"].startswith("text/javascript")
            assert "immutable" in answer.headers["Cache-Control"]
            assert gzip.decompress(answer.read()) == b"// long\n" * 100
        with pytest.raises(urllib.error.HTTPError, match="404") as missing:
            urllib.request.urlopen(home + "nowhere.html")
        with missing.value as answer:
            assert answer.read() == b"not here"


def test_the_table_marks_what_misses_its_bar():
    mobile = [bar for bar in BARS if bar.column in ("gzip kB", "mobile perf")]
    rows = {
        "book/index": {"gzip kB": 250, "mobile perf": 97},
        "notebooks/01_softmax": {"gzip kB": 251, "mobile perf": 95},
    }
    _, _, landing, chapter = table_lines(rows, mobile)
    assert [cell.strip() for cell in landing.split("|")[2:4]] == ["250", "97 *"]
    assert [cell.strip() for cell in chapter.split("|")[2:4]] == ["251 *", "95"]
    assert "MISSED by 1 of 2; worst is 251 on notebooks/01_softmax" in next(
        summary_lines(rows, mobile)
    )


def test_a_slow_figure_is_noticed(show):
    page = show("""
<div class="live-figure" data-figure="slow" data-live><div class="controls"><input type="range">
</div></div><script>
const work = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
const start = performance.now();
work(70);
performance.measure('start slow', { start });
document.querySelector('input').oninput = () => requestAnimationFrame(() => work(30));
</script>""")
    ((name, start, answer),) = time_figures(page, page.address)
    assert name == "slow"
    assert start >= 70
    assert answer >= 30
