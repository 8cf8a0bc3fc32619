"""Print the whole book into one PDF, with Chromium: contents with page numbers, links, outline.

The pages of the site are joined to one long page, printed once to learn on which page each
heading stands, and printed again with these numbers in the contents.
"""

import datetime
import html
import io
import json
import mimetypes
import re
import sys
from pathlib import Path
from urllib.parse import urlparse

import paper_cover
from audit.browser import FLAGS, find_chromium
from bs4 import BeautifulSoup
from paper_pack import packed
from paper_pages import (
    PARSER,
    ROOT,
    Book,
    Page,
    heading_text,
    main,
    relink,
    say,
    styles,
    tex,
    with_formulas,
)
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

KATEX = ROOT / "book" / "node" / "node_modules" / "katex" / "dist"
WIDTH = 642  # CSS pixels between the margins of book/paper/pdf.css: 170 mm
HOST = "http://book.invalid/"  # a name that can lead nowhere: all files come from the folder
# Sections that every chapter has are not worth a line of the contents.
EVERYWHERE = ("Check it", "Summary", "Test yourself", "Exercises", "Further reading")

# What is wider than the page is set smaller, as far as it stays readable. All is measured
# before anything is changed, as a change makes the browser lay out hundreds of pages anew.
FIT = """() => {
  const right = element => element.getBoundingClientRect().right;
  const boxes = [...document.querySelectorAll('.katex-display, table, pre, img, svg')];
  const tooWide = () => boxes.map(box => {
    const left = box.getBoundingClientRect().left;
    const inside = [...box.querySelectorAll('.base, td, th')].map(right);
    const need = Math.max(right(box), left + box.scrollWidth, ...inside) - left;
    return { box, need, room: right(box.parentElement) - left };
  }).filter(({ need, room }) => need > room + 1);
  for (const { box, need, room } of tooWide()) {
    const size = parseFloat(getComputedStyle(box).fontSize);
    box.style.fontSize = `${size * Math.max(0.7, 0.98 * room / need)}px`;
  }
  return tooWide().map(({ box, need, room }) =>
    `${box.closest('article')?.id || 'the front'}: a <${box.tagName.toLowerCase()}> is ` +
    `${Math.round(need - room)} px too wide: ${box.textContent.trim().slice(0, 60)}`);
}"""


# Fill in the page numbers.
NUMBER = """numbers => {
  for (const link of document.querySelectorAll('#contents a'))
    link.querySelector('.number').textContent = numbers[decodeURIComponent(link.hash.slice(1))];
}"""


def new_id(page: Page, old: str) -> str:
    """Give an id that is unique in the whole book: each chapter has its #exercises."""
    return f"{page.name}.{old}"


def place(page: Page, anchor: str) -> str:
    """Return the address of a place on a page."""
    return f"#{new_id(page, anchor)}" if anchor else f"#{page.name}"


def one_page(book: Book) -> str:
    """Join all pages to one document, with a title page and the contents."""
    body, headers = [], []
    for part in book.parts:
        for number, page in enumerate(part.pages):
            relink(page, book.pages, place, lambda path: HOST + path, new_id)
            demote_headings(page)
            keep_together(page)
            if part.caption and number == 0:
                page.body.insert(0, BeautifulSoup(f"<h1>{html.escape(part.caption)}</h1>", PARSER))
            # a kind of page for each chapter, with the chapter at the top
            kind = f"page-{page.name}"
            title = json.dumps(page.title, ensure_ascii=False)  # quoted as in CSS
            headers.append(f"@page {kind} {{ @top-right {{ content: {title}; }} }}")
            page.body.attrs.update(id=page.name, style=f"page: {kind}")
            body.append(with_formulas(str(page.body), page.formulas, formula))
    return "\n".join(
        [
            f'<!doctype html><html lang="{book.language}"><head><meta charset="utf-8">',
            f"<title>{html.escape(book.title)}</title>",
            f'<link rel="stylesheet" href="{HOST}katex/katex.min.css">',
            f"<style>{styles('pdf.css')}{' '.join(headers)}</style></head><body>",
            title_page(book),
            contents(book),
            *body,
            "</body></html>",
        ]
    )


def formula(katex: str) -> str:
    """Keep what is drawn of a formula, and let a screen reader read its TeX."""
    drawn = katex.partition("</math></span>")[2].replace(' aria-hidden="true"', "", 1)
    return f'<span class="katex" role="img" aria-label="{html.escape(tex(katex))}">{drawn}'


def demote_headings(page: Page) -> None:
    """Make room for the parts: the outline is part, chapter, section."""
    for level in (5, 4, 3, 2, 1):
        for heading in page.body.find_all(f"h{level}"):
            heading.name = f"h{level + 1}"


def keep_together(page: Page) -> None:
    """Let only long cells and outputs go on on the next page."""
    for code in page.body.find_all("pre"):
        if code.get_text().count("\n") <= 20:
            code["class"] = [*code.get("class", []), "whole"]


def title_page(book: Book) -> str:
    """Write the first page."""
    main, _, rest = book.title.partition(", ")
    return (
        f'<div id="cover"><p class="title">{html.escape(main)}</p>'
        f'<p class="subtitle">{html.escape(rest)}</p>'
        f'<img src="{HOST}cover.svg" alt="">'
        f'<p class="author">{html.escape(book.author)}</p></div>'
    )


def contents(book: Book) -> str:
    """Write the contents; the page numbers are filled in after the first printing."""
    lines = ['<nav id="contents"><h2>Contents</h2><ol>']
    for part in book.parts:
        if part.caption:
            lines.append(f'<li class="part">{html.escape(part.caption)}</li>')
        for page in part.pages:
            lines.append(entry("chapter", page.name, page.title))
            for heading in page.body.select("section > section > h3"):
                title = heading_text(heading, page.formulas)
                if title not in EVERYWHERE:
                    lines.append(entry("section", heading.parent["id"], title))
    return "\n".join([*lines, "</ol></nav>"])


def entry(kind: str, anchor: str, title: str) -> str:
    """Write one line of the contents."""
    return (
        f'<li class="{kind}"><a href="#{anchor}"><span>{html.escape(title)}</span>'
        '<span class="number">000</span></a></li>'
    )


def print_book(book: Book, site: Path, chromium: str) -> bytes:
    """Print twice; stop if something does not load, does not fit, or moves in between."""
    # what is not in the site's folder; the pages first, as the contents list their headings
    made = {
        "": one_page(book).encode(),
        "cover.svg": paper_cover.picture(),
        **{f"katex/{file.relative_to(KATEX)}": file.read_bytes() for file in KATEX.rglob("*.*")},
    }
    problems = []

    def serve(route):
        """Answer from the site's folder; nothing else can be reached."""
        path = urlparse(route.request.url).path.lstrip("/")
        if route.request.url.startswith(HOST) and (path in made or (site / path).is_file()):
            kind = mimetypes.guess_type(path)[0] or "text/html"
            route.fulfill(body=made.get(path) or (site / path).read_bytes(), content_type=kind)
        else:
            problems.append(f"{route.request.url} is not there")
            route.abort()

    with sync_playwright() as playwright:
        say("laying out the pages in Chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        page.set_default_timeout(0)
        page.route("**/*", serve)
        page.emulate_media(media="print")
        page.goto(HOST)
        page.evaluate("() => document.fonts.ready")
        problems += page.evaluate(FIT)
        say("printing, to learn on which page each section begins")
        numbers = page_numbers(printed(page))
        page.evaluate(NUMBER, numbers)
        say("printing, with page numbers in the contents and tags for screen readers")
        pdf = printed(page, tagged=True, outline=True)
        browser.close()
    moved = [name for name, number in page_numbers(pdf).items() if numbers.get(name) != number]
    problems += [f"{name} moved to another page in the second printing" for name in moved[:5]]
    if problems:
        sys.exit("\n".join(["The PDF would lack or cut something:", *problems]))
    return pdf


def printed(page, **options) -> bytes:
    """Print what the browser shows."""
    return page.pdf(prefer_css_page_size=True, print_background=True, **options)


def page_numbers(pdf: bytes) -> dict[str, int]:
    """Return the page of each place that a link leads to."""
    reader = PdfReader(io.BytesIO(pdf))
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def faults(pdf: bytes, book: Book) -> list[str]:
    """Read the finished file again: what is missing or wrong in it?"""
    reader = PdfReader(io.BytesIO(pdf))
    found = []
    if (reader.metadata.title, reader.metadata.author) != (book.title, book.author):
        found.append(f"its metadata are {reader.metadata}")
    root = reader.trailer["/Root"]
    if root.get("/Lang") != book.language or not root.get("/MarkInfo", {}).get("/Marked"):
        found.append("it is not tagged, or has no language")
    outline = outline_titles(reader.outline)
    expected = [part.caption for part in book.parts if part.caption] + [
        page.title for page in book.pages
    ]
    found += [f"{title} is not in its outline" for title in expected if title not in outline]
    places = reader.named_destinations
    inside, outside = links(reader)
    found += [f"its link to {name} leads nowhere" for name in inside if name not in places]
    found += [
        f"its link to {address} leads into a machine"
        for address in outside
        if not re.match(r"https?://(?!localhost|127|book\.invalid)|mailto:", address)
    ]
    if not inside:
        found.append("it has no links inside")
    return found


def links(reader: PdfReader) -> tuple[list[str], list[str]]:
    """List the links of a PDF: the names of places inside, and the addresses outside."""
    inside, outside = [], []
    for page in reader.pages:
        for note in page.get("/Annots", []):
            action = note.get_object().get("/A", {})
            if "/URI" in action:
                outside.append(action["/URI"])
            else:
                inside.append(str(note.get_object().get("/Dest", action.get("/D"))))
    return inside, outside


def outline_titles(entries) -> list[str]:
    """List the titles of an outline, which pypdf gives as nested lists."""
    titles = []
    for entry in entries:
        titles += outline_titles(entry) if isinstance(entry, list) else [entry.title]
    return titles


def pdf(book: Book, site: Path, seconds: int) -> bytes:
    """Return the book as a PDF, checked."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("printing needs Chromium; on Debian and Ubuntu: sudo apt install chromium")
    raw = print_book(book, site, chromium)
    say("packing and checking")
    date = f"D:{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y%m%d%H%M%S}Z"
    about = {"/Title": book.title, "/Author": book.author, "/CreationDate": date, "/ModDate": date}
    content = packed(raw, about)
    found = faults(content, book)
    if str(ROOT).encode() in raw or HOST.encode() in raw:
        found.append("it names a folder of this machine")
    if found:
        sys.exit("\n".join(["The PDF is wrong:", *found]))
    reader = PdfReader(io.BytesIO(content))
    inside, outside = links(reader)
    say(f"{len(reader.pages)} pages, {len(inside)} links inside the book, {len(outside)} to others")
    return content


if __name__ == "__main__":
    main(__doc__, ".pdf", pdf)
