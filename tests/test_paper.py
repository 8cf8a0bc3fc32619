"""The book on paper: one PDF and one EPUB of the pages of the site."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import paper_cover
import paper_epub
import paper_pdf
import pytest
from audit.browser import find_chromium
from bs4 import BeautifulSoup
from paper_pack import packed
from paper_pages import PARSER, read_book, release_time, set_aside_formulas
from pypdf import PdfReader
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
FORMULA = (
    '<span class="katex"><span class="katex-mathml">'
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><msub><mi>x</mi>'
    "<mi>max</mi><mo>\u2061</mo></msub><mo>&lt;</mo><mi>log</mi><mo>\u2061</mo><mi>a</mi></mrow>"
    '<annotation encoding="application/x-tex">x_{\\max} &lt; \\log a</annotation></semantics>'
    '</math></span><span class="katex-html" aria-hidden="true"><span class="base">'
    '<span class="mord">x</span><span class="mrel">&lt;</span></span></span></span>'
)
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
)
PAGES = {
    "book/index": """
<section id="start"><h1>Start<a class="headerlink" href="#start">#</a></h1>
<p>See <a href="../notebooks/01_first.html#exercises">the exercises</a>, <a
href="../_downloads/data.csv" download>the data</a>, <a href="https://example.org/a?b=1&amp;c=2">a
site</a> and <a href="#exercises">these</a>.</p>
<section id="exercises"><h2>Exercises<a class="headerlink" href="#exercises">#</a></h2></section>
</section>""",
    "notebooks/01_first": f"""
<section id="first"><h1>1 First <em>chapter</em> of ŷ</h1>
<div class="math" id="equation-a"><span class="eqno">(1.1)</span>{FORMULA}</div>
<figure id="fig"><img src="../_images/a.svg" alt="A square" width="9.5" loading="lazy"></figure>
<svg viewBox="0 0 9 9" role="img" aria-label="Another"><g clip-path="url(#fig)"></g></svg>
<div class="controls"><button>Press</button></div><script>alert()</script>
<section id="exercises"><h2>A long row</h2><p>Formula <a href="#equation-a">(1.1)</a></p>
<pre>{"x = 1; " * 13}</pre>
<details class="hide"><summary>Show code</summary><p id="twice">Code</p></details>
<details><summary>Answer</summary><p id="twice">Forty-two</p></details></section></section>""",
}


@pytest.fixture
def book_and_site(tmp_path):
    """Write a book of two pages as the site has them."""
    (tmp_path / "_config.yml").write_text(
        "{title: 'Two, in All', author: Ada & Bob, sphinx: {config: {language: en}}}"
    )
    (tmp_path / "_toc.yml").write_text(
        "{root: book/index, parts: [{caption: The part, chapters: [{file: notebooks/01_first}]}]}"
    )
    site = tmp_path / "html"
    for name, body in PAGES.items():
        page = site / f"{name}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<html><body><nav>menu</nav><article>{body}</article></body></html>")
    (site / "_images").mkdir()
    (site / "_images" / "a.svg").write_text(PICTURE)
    return read_book(tmp_path, site), site


def contents_of(epub):
    """Read the text files of an EPUB."""
    with zipfile.ZipFile(io.BytesIO(epub)) as archive:
        return {n: archive.read(n).decode() for n in archive.namelist() if not n.endswith("png")}


# The pages


def test_formulas_are_set_aside_whole():
    text, formulas = set_aside_formulas(f"<p>{FORMULA}, <span>b</span> {FORMULA}</p>")
    assert formulas == [FORMULA, FORMULA]
    assert re.sub("[\ue000]", "|", text) == "<p>|0|, <span>b</span> |1|</p>"


def test_the_book_has_its_parts_and_titles_in_order(book_and_site):
    book, _ = book_and_site
    assert [(part.caption, [page.title for page in part.pages]) for part in book.parts] == [
        ("", ["Start"]),
        ("The part", ["1 First chapter of ŷ"]),
    ]


def test_what_only_works_on_a_screen_is_left_out_and_what_is_folded_is_open(book_and_site):
    book, _ = book_and_site
    body = book.pages[1].body
    assert not body.select("script, button, .controls, .headerlink")
    text = body.get_text()
    assert "Press" not in text
    assert "Show code" not in text
    assert "Code" in text
    assert [fold.has_attr("open") for fold in body.select("details")] == [True]


def test_a_release_carries_the_date_that_the_environment_sets(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert release_time(ROOT) == 1700000000


# The EPUB


def test_an_epub_says_what_it_is_in_its_first_bytes(book_and_site):
    epub = paper_epub.epub(*book_and_site, 1700000000)
    assert epub[30:58] == b"mimetypeapplication/epub+zip"


def test_every_file_of_an_epub_is_xml_and_its_links_lead_somewhere(book_and_site):
    files = contents_of(paper_epub.epub(*book_and_site, 1700000000))
    pages = {n.removeprefix("book/"): t for n, t in files.items() if n.endswith(".xhtml")}
    for name, text in pages.items():
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), name
        ElementTree.fromstring(text)
        for address in re.findall(r'<a [^>]*href="([^"]*)"', text):
            path, _, anchor = address.partition("#")
            if not address.startswith("https://"):
                assert f'id="{anchor}"' in pages[path] if anchor else path in pages, address
    assert "01_first.xhtml#exercises" in pages["index.xhtml"]
    assert "https://example.org/a?b=1&amp;c=2" in pages["index.xhtml"]
    assert "data.csv" not in pages["index.xhtml"]
    assert 'viewBox="0 0 9 9"' in pages["01_first.xhtml"]


def test_formulas_of_an_epub_are_mathml_with_their_tex_to_read(book_and_site):
    page = contents_of(paper_epub.epub(*book_and_site, 1700000000))["book/01_first.xhtml"]
    assert 'alttext="x_{\\max} &lt; \\log a"' in page
    assert "katex" not in page
    assert "annotation" not in page
    subscripts = ElementTree.fromstring(page).findall(".//{*}msub")
    assert [len(element) for element in subscripts] == [2]


def test_an_epub_is_the_same_when_made_again(book_and_site, tmp_path):
    book, site = book_and_site
    again = read_book(tmp_path, site)
    epub = paper_epub.epub(book, site, 1700000000)
    assert epub == paper_epub.epub(again, site, 1700000000)
    with zipfile.ZipFile(io.BytesIO(epub)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {2023}


def check_epub(path):
    """Return what epubcheck finds wrong; leave the test out where it is not installed."""
    command = shutil.which("epubcheck")
    if command is None or shutil.which("java") is None:
        message = "no epubcheck; install it with apt-get install epubcheck"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    # Debian's command is the program for Java itself, which not every system can start
    start = ["java", "-jar"] if zipfile.is_zipfile(command) else []
    result = subprocess.run(
        [*start, command, "--failonwarnings", str(path)], capture_output=True, text=True
    )
    return result.returncode and result.stdout + result.stderr


def test_epubcheck_finds_a_fault(book_and_site, tmp_path):
    content = paper_epub.epub(*book_and_site, 1700000000)
    path = tmp_path / "book.epub"
    path.write_bytes(content.replace(b"application/epub+zip", b"application/epub+zap"))
    assert check_epub(path)


def test_the_whole_book_is_a_valid_epub(tmp_path):
    if not (SITE / "index.html").exists():
        pytest.fail("there is no site in _build/html; run: make book")
    path = tmp_path / "book.epub"
    path.write_bytes(paper_epub.epub(read_book(ROOT, SITE), SITE, 1700000000))
    assert not check_epub(path)


def test_the_cover_is_the_same_when_drawn_again():
    assert paper_cover.cover("A, B", "C") == paper_cover.cover("A, B", "C")
    assert paper_cover.picture() == paper_cover.picture()


# The PDF


@pytest.fixture(scope="module")
def chromium():
    if find_chromium() is None:
        pytest.skip("no Chromium; install it with apt-get install chromium")


def in_a_thread(function, *arguments):
    """Call it where no browser is open: that of the tests in a browser keeps this thread's loop."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(function, *arguments).result()


def test_a_printed_book_has_links_outline_and_page_numbers(book_and_site, chromium):
    book, site = book_and_site
    content = in_a_thread(paper_pdf.pdf, book, site, 1700000000)
    reader = PdfReader(io.BytesIO(content))
    assert reader.metadata.title == "Two, in All"
    assert reader.metadata.author == "Ada & Bob"
    assert reader.metadata.creation_date.year == 2023
    assert paper_pdf.outline_titles(reader.outline)[:4] == [
        "Contents",
        "Start",
        "Exercises",
        "The part",
    ]
    _, outside = paper_pdf.links(reader)
    assert outside == ["https://example.org/a?b=1&c=2"]
    places = {name.lstrip("/"): p for name, p in reader.named_destinations.items()}
    assert {"01_first.exercises", "index.exercises", "01_first.equation-a"} <= set(places)
    page = reader.get_destination_page_number(places["01_first"]) + 1
    assert re.search(rf"1 First chapter of ŷ\s*{page}\b", reader.pages[1].extract_text())
    assert "Forty-two" in "".join(page.extract_text() for page in reader.pages)
    assert reader.pages[page - 1].extract_text().count("1 First chapter of ŷ") == 2  # at the top
    assert b"/Alt" not in content  # packed


def test_what_does_not_fit_the_page_is_said(book_and_site, chromium):
    book, site = book_and_site
    book.pages[1].body.pre.string = "x" * 200
    with pytest.raises(SystemExit, match=r"01_first: a <pre> is .* px too wide: xxx"):
        in_a_thread(paper_pdf.print_book, book, site, find_chromium())


def test_a_picture_that_is_missing_stops_the_printing(book_and_site, chromium):
    book, site = book_and_site
    (site / "_images" / "a.svg").unlink()
    with pytest.raises(SystemExit, match=r"_images/a\.svg is not there"):
        in_a_thread(paper_pdf.print_book, book, site, find_chromium())


def test_only_long_cells_may_go_on_on_the_next_page(book_and_site):
    page = book_and_site[0].pages[1]
    page.body.pre.insert_after(BeautifulSoup("<pre>line</pre>", PARSER))
    page.body.pre.string = "line\n" * 40
    paper_pdf.keep_together(page)
    assert [pre.get("class") for pre in page.body.find_all("pre")] == [None, ["whole"]]


def test_without_chromium_printing_says_how_to_get_it(book_and_site, monkeypatch):
    monkeypatch.setattr(paper_pdf, "find_chromium", lambda: None)
    with pytest.raises(SystemExit, match="apt install chromium"):
        paper_pdf.pdf(*book_and_site, 0)


def test_a_packed_pdf_holds_what_it_held():
    figure, ax = paper_cover.plt.subplots()
    ax.set_title("Held")
    raw = paper_cover.saved(figure, "pdf")
    reader = PdfReader(io.BytesIO(packed(raw, {"/Title": "ŷ - y"})))
    assert reader.metadata.title == "ŷ - y"
    for number, (stream, place) in reader.xref_objStm.items():
        numbers = reader.get_object(stream).get_data().split()[::2]
        assert int(numbers[place]) == number
    assert reader.pages[0].extract_text() == PdfReader(io.BytesIO(raw)).pages[0].extract_text()


# The links on the site


@pytest.fixture
def build(tmp_path):
    """Build a site of one page that offers the files."""
    source = tmp_path / "source"
    (source / "book").mkdir(parents=True)
    (source / "book" / "index.rst").write_text("Title\n=====\n\nBefore\n\n.. paper::\n\nAfter\n")
    target = tmp_path / "_build" / "html"

    def run():
        with docutils_namespace():
            settings = {"extensions": ["paper_links"], "root_doc": "book/index"}
            app = Sphinx(
                source,
                None,
                target,
                tmp_path / "trees",
                "html",
                settings,
                status=None,
                warning=None,
            )
            app.build()
        return (target / "book" / "index.html").read_text()

    return run, target


def test_the_site_offers_the_files_that_are_there_and_no_others(build):
    run, target = build
    assert "Download the whole book" not in run()
    made = target.parent / "paper"
    made.mkdir()
    (made / "the-book.epub").write_bytes(b"0" * 3_000_000)
    page = run()
    assert 'href="../paper/the-book.epub">EPUB (3 MB)</a>' in page
    assert "PDF" not in page
    assert (target / "paper" / "the-book.epub").stat().st_size == 3_000_000
    (made / "the-book.epub").unlink()
    assert "Download the whole book" not in run()
    assert not (target / "paper").exists()
