"""The built site: complete, typeset, and served by nobody but its own host."""

import gzip
import importlib
import inspect
import os
import pkgutil
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import pytest
import render
import security_policy
import yaml
from bs4 import BeautifulSoup

import softmax_edu

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
BASE = urlparse(os.environ.get("BOOK_URL", "")).path.rstrip("/")  # 404.html names files with it
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]

REMOTE = re.compile(r"^(?:https?:)?//")
# What makes a browser fetch something: an import, or a style sheet's url().
SCRIPT_FETCH = re.compile(
    r"""(?:\bimport\b[^;]{0,200}?\(?|importScripts\(|fetch\()\s*["']((?:https?:)?//[^"']+)"""
)
STYLE_FETCH = re.compile(r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')\s]+)""")


def soup_of(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def site():
    """Read every page of the site once, by its path."""
    if not (SITE / "index.html").exists():
        pytest.fail("there is no site in _build/html; run: make book")
    names = [path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html")]
    return {n: soup_of(SITE / n) for n in names if not n.startswith(("_static/", "lite/"))}


@pytest.fixture(params=PAGES)
def page(request, site):
    """Read one page that the table of contents lists."""
    name = request.param + ".html"
    assert name in site, f"{name} was not built; run: make book"
    return name, site[name]


# The guards


def head_problems(page):
    """Find what a search engine or a screen reader would miss."""
    problems = []
    headings = page.select("h1:not(.onlyprint h1)")  # the theme repeats it for printing
    if len(headings) != 1:
        problems.append(f"{len(headings)} main headings")
    if not page.html.get("lang"):
        problems.append("no language")
    if not (page.title and page.title.text.strip()):
        problems.append("no title")
    description = page.find("meta", attrs={"name": "description"})
    if not (description and len(description["content"]) > 10):
        problems.append("no description")
    return problems


def link_problems(name, pages, files):
    """Find links to pages, files and anchors that are not there."""
    problems = []
    for tag, attribute in (("a", "href"), ("img", "src"), ("script", "src"), ("link", "href")):
        for element in pages[name].find_all(tag, **{attribute: True}):
            address = element[attribute]
            if urlparse(address).scheme or REMOTE.match(address):
                continue
            path, anchor = urldefrag(urljoin(f"/{name}", address))
            path = unquote(urlparse(path).path).lstrip("/")
            if path not in files:
                problems.append(f"{address} leads nowhere")
            elif anchor and path in pages and not has_anchor(pages[path], unquote(anchor)):
                problems.append(f"{address}: there is no such place on that page")
    return problems


def has_anchor(page, anchor):
    return page.find(id=anchor) is not None or page.find(attrs={"name": anchor}) is not None


def remote_problems(page):
    """Find what a browser would fetch from another host; links to follow are no fetches."""
    problems = [
        f"<{element.name}> fetches {element[attribute]}"
        for attribute in ("src", "href", "srcset", "data", "poster")
        for element in page.find_all(attrs={attribute: REMOTE})
        if element.name != "a" and element.get("rel") != ["canonical"]
    ]
    for element in page.find_all("script"):
        problems += [f"a script fetches {url}" for url in SCRIPT_FETCH.findall(element.text)]
    for style in [e.text for e in page.find_all("style")] + [
        e["style"] for e in page.find_all(style=True)
    ]:
        problems += [f"a style fetches {url}" for url in STYLE_FETCH.findall(style)]
    return problems


def picture_problems(page):
    """Find pictures without a description, and figures without a caption."""
    problems = []
    for image in page.find_all("img"):
        alt = image.get("alt", "").strip()
        if not alt or re.search(r"\.(png|svg|jpe?g)$", alt):
            problems.append(f"{image.get('src')} has no alt text")
    for figure in page.find_all("figure"):
        if not (figure.figcaption and figure.figcaption.text.strip()):
            problems.append("a figure has no caption")
    return problems


def text_problems(page):
    """Find formulas that were not set, references that were not resolved, and Sphinx's errors."""
    article = BeautifulSoup(str(page.find("article") or page), "html.parser")
    problems = []
    for error in article.select(".problematic, .system-message, .katex-error"):
        problems.append(f"an error is shown: {error.text[:80]}")
    if "#cc0000" in str(article):
        problems.append("a formula is marked as wrong")
    problems += [
        f"formula not set: {e.text[:60]}" for e in article.select(".math") if not e.select(".katex")
    ]
    # What is code may show anything; KaTeX keeps a formula's source for screen readers.
    for hidden in article.select("pre, code, .katex, script, style"):
        hidden.decompose()
    text = article.get_text(" ")
    for pattern in (r"\$\$", r"\\[(\[]", r"\beq-\w[\w-]*", r"\bfig-\w[\w-]*", r"\{(?:eq|numref)\}"):
        problems += [f"raw markup in the text: {raw}" for raw in re.findall(pattern, text)]
    return problems


# The site, held to them


@pytest.mark.parametrize("guard", [head_problems, remote_problems, picture_problems, text_problems])
def test_page_is_in_order(page, guard):
    name, content = page
    assert not (problems := guard(content)), f"{name}: {problems}"


def test_links_lead_somewhere(page, site):
    files = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file()}
    assert not (problems := link_problems(page[0], site, files)), f"{page[0]}: {problems}"


def test_every_page_of_the_site_is_free_of_remote_requests(site):
    problems = {
        name: found for name, content in site.items() if (found := remote_problems(content))
    }
    assert not problems


def test_what_pages_load_fetches_nothing_from_elsewhere(site):
    """Scripts and styles may name addresses, in comments say, but not fetch them."""
    loaded = {
        SITE / urlparse(urljoin(f"/{name}", element[attribute])).path.removeprefix(BASE).lstrip("/")
        for name, content in site.items()
        for tag, attribute in (("script", "src"), ("link", "href"))
        for element in content.find_all(tag, **{attribute: True})
    }
    for path in {p.resolve() for p in loaded if p.suffix in (".js", ".mjs", ".css")}:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        pattern = STYLE_FETCH if path.suffix == ".css" else SCRIPT_FETCH
        assert not (found := pattern.findall(text)), f"{path.name} fetches {found}"


def test_style_sheets_find_their_fonts():
    for path in set(SITE.rglob("*.css")) - set(SITE.glob("lite/**/*.css")):
        for address in re.findall(r"url\(([^)]+)\)", path.read_text(encoding="utf-8")):
            address = address.strip("\"'")
            if not address.startswith(("data:", "#")):
                target = path.parent / unquote(urlparse(address).path)
                assert target.exists(), f"{path.name} asks for {address}"


def test_no_script_is_loaded_twice(page):
    sources = [script["src"] for script in page[1].find_all("script", src=True)]
    assert len(sources) == len(set(sources))
    assert not [s for s in sources if re.search("thebe|require|mathjax", s, re.I)]


# The pages are light and private

# The bar is 250 kB and 36 requests with fonts, which make audit measures in a browser; the fonts
# that one page uses come to 70 kB and 9 requests at most.
FIRST_VISIT, REQUESTS = 180_000, 27


def first_visit(name, page):
    """Return the sizes, compressed, of what a page loads before a reader scrolls, but for fonts."""
    loaded = [element["src"] for element in page.select("script[src], img:not([loading=lazy])")]
    loaded += [element["href"] for element in page.select("link[rel=stylesheet], link[rel=icon]")]
    files = {(SITE / name).parent.joinpath(urlparse(a).path).resolve() for a in loaded}
    return [len(gzip.compress(path.read_bytes(), 6)) for path in {SITE / name, *files}]


def test_a_first_visit_is_light(page):
    sizes = first_visit(*page)
    assert sum(sizes) <= FIRST_VISIT, f"{page[0]}: {sum(sizes) / 1000:.0f} kB"
    assert len(sizes) <= REQUESTS


def test_pages_have_one_style_sheet_and_no_handlers_or_scripts_of_their_own(site):
    for name, content in site.items():
        if "http-equiv" in str(content.head) and content.find("meta", {"http-equiv": "refresh"}):
            continue  # it only sends on
        assert len(content.select("link[rel=stylesheet]")) == 1, name
        assert not content.find(lambda tag: any(a.startswith("on") for a in tag.attrs)), name
        policy = content.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        for script in content.select("script:not([src])"):
            if script.get("type") != "application/json":
                assert security_policy.hash_of(script.text) in policy, f"{name}: {script.text[:80]}"
        assert all("defer" in script.attrs for script in content.select("script[src]")), name


def test_no_page_uses_what_is_left_out(site):
    """Tabs need a script, and icons and signs of formulas need their shapes in the fonts."""
    assert not [name for name, content in site.items() if content.select(".sd-tab-set")]
    css = (SITE / "_static" / "site.css").read_text(encoding="utf-8")
    assert not re.findall(r"url\([^)]*\.(?:ttf|woff)\)", css)
    shown = {c for page in site.values() for i in page.select("[class*=fa-]") for c in i["class"]}
    for icon in {c for c in shown if c.startswith("fa-")} - {"fa-solid", "fa-lg"}:
        assert f".{icon}:before" in css or f".{icon}::before" in css, f"{icon} has no shape"


def test_no_raw_template_is_published():
    raw = [path for path in SITE.glob("_static/**/*.html") if "{%" in path.read_text()]
    assert not raw


def test_the_book_s_title_stands_on_paper_as_the_settings_have_it():
    title = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]
    css = (SITE / "_static" / "site.css").read_text(encoding="utf-8")
    assert re.search(rf'@top-left{{[^}}]*content:"{re.escape(title)}"', css)


def test_pages_are_chained(page):
    """Each page leads to the next and back."""
    number = PAGES.index(page[0].removesuffix(".html"))
    links = page[1].select(".prev-next-footer a, .prev-next-area a")
    targets = {urljoin(f"/{page[0]}", link["href"]) for link in links}
    neighbours = PAGES[max(0, number - 1) : number] + PAGES[number + 1 : number + 2]
    assert targets == {f"/{name}.html" for name in neighbours}


@pytest.mark.parametrize("source", render.chapters(), ids=lambda path: path.stem)
def test_chapter_is_published_whole(source, site):
    """It is listed, can be downloaded as it was verified, and is found by the search."""
    name = source.relative_to(ROOT).with_suffix("").as_posix()
    assert name in PAGES, f"{name} is missing in _toc.yml"
    stored = source.with_suffix(".ipynb").read_bytes()
    downloads = site[f"{name}.html"].select('a[download][href$=".ipynb"]')
    assert downloads, "no download button"
    for link in downloads:
        offered = (SITE / name).parent.joinpath(link["href"]).read_bytes()
        assert offered == stored, f"the site has an old {source.stem}; run: make book"
    assert f'"{name}"' in (SITE / "searchindex.js").read_text(encoding="utf-8")


# Three are documented as softmax_edu's own functions; `stable` is what they are made of. The
# command line says itself what it does.
ELSEWHERE = {"activations", "gradcheck", "losses", "stable", "command", "lab"}
PUBLIC_MODULES = {m.name for m in pkgutil.iter_modules(softmax_edu.__path__)} - ELSEWHERE


def test_every_public_function_is_on_the_api_page(site):
    modules = [importlib.import_module(f"softmax_edu.{name}") for name in PUBLIC_MODULES]
    expected = {f"softmax_edu.{name}" for name in softmax_edu.__all__}
    for module in modules:
        expected |= {
            f"{module.__name__}.{name}"
            for name, value in vars(module).items()
            if (inspect.isfunction(value) or inspect.isclass(value))
            and value.__module__ == module.__name__
            and not name.startswith("_")
        }
    documented = {element["id"] for element in site["book/api.html"].select("dt[id]")}
    assert expected <= documented, f"add to book/api.md: {sorted(expected - documented)}"


# The guards, held to planted faults

GOOD_HEAD = (
    '<html lang="en"><head><title>T</title><meta name="description" content="What it is about">'
    "</head><body><h1>T</h1></body></html>"
)


def parse(text):
    return BeautifulSoup(text, "html.parser")


@pytest.mark.parametrize(
    "part",
    [' lang="en"', "<title>T</title>", "<h1>T</h1>", "What it is about"],
)
def test_guard_sees_a_missing_head(part):
    assert not head_problems(parse(GOOD_HEAD))
    assert head_problems(parse(GOOD_HEAD.replace(part, "")))


@pytest.mark.parametrize("href", ["b.html", "#nowhere", "../c/d.html#x", "../_sources/a.ipynb"])
def test_guard_sees_a_dead_link(href):
    pages = {"c/a.html": parse(f'<a href="{href}">'), "c/d.html": parse('<p id="y">')}
    assert link_problems("c/a.html", pages, {"c/a.html", "c/d.html"})


def test_guard_follows_a_good_link():
    pages = {"c/a.html": parse('<a href="d.html#y"><a href="https://x.org">'), "c/d.html": None}
    pages["c/d.html"] = parse('<p id="y">')
    assert not link_problems("c/a.html", pages, set(pages))


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://x.org/a.js"></script>',
        '<link rel="preconnect" href="//x.org">',
        '<link rel="stylesheet" href="https://x.org/a.css">',
        '<img src="http://x.org/a.png">',
        '<script>import("https://x.org/a.js")</script>',
        '<script>import {a} from "https://x.org/a.js"</script>',
        "<style>@import 'https://x.org/a.css'</style>",
        '<p style="background: url(//x.org/a.png)">',
        '<iframe src="https://x.org"></iframe>',
    ],
)
def test_guard_sees_a_foreign_request(html):
    assert remote_problems(parse(html))


@pytest.mark.parametrize(
    "html",
    [
        '<img src="a.png">',
        '<img src="a.png" alt="../_images/a.png">',
        '<figure><img src="a.png" alt="Bars"></figure>',
    ],
)
def test_guard_sees_a_bad_picture(html):
    assert picture_problems(parse(html))


@pytest.mark.parametrize(
    "html",
    [
        '<span class="math">\\(a\\)</span>',
        "<p>$$ a $$</p>",
        "<p>see eq-01-softmax</p>",
        "<p>see {eq}</p>",
        '<span class="problematic">x</span>',
        '<span class="math"><span class="katex" style="color:#cc0000">x</span></span>',
    ],
)
def test_guard_sees_markup_that_was_not_set(html):
    assert text_problems(parse(f"<article>{html}</article>"))


def test_guard_lets_code_and_set_formulas_pass():
    html = '<pre>$$ eq-a</pre><span class="math"><span class="katex">\\(a\\)</span></span>'
    assert not text_problems(parse(f"<article>{html}</article>"))
