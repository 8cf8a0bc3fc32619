"""Read the pages of the built site as the chapters of a book on paper.

What readers see on the site is what they get as a PDF (paper_pdf.py) and as an EPUB
(paper_epub.py): both take the articles out of the pages, without what only works on a screen.
"""

import argparse
import html
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import yaml
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).parents[1]
NAME = "softmax-step-by-step"
PARSER = "html.parser"

# What only works on a screen, or on the page where it stands.
SCREEN_ONLY = (
    "script, style, button, input, .headerlink, .controls, .handle, .pad, .announced, .check, "
    ".score, .verdict, .downloads, .toctree-wrapper, .no-paper"
)
# The parts of a form, which on paper are a question and its options.
KEPT = ("class", "id")  # of a link that leads nowhere on paper
FORM = ["fieldset", "legend", "label"]
# Attributes that hold the ids of other elements.
REFERENCES = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls")

# A formula as the site has it: MathML, which holds its TeX, and spans for the eye.
MARK = "\ue000"  # for private use: it stands in no text
MARKED = re.compile(f"{MARK}(\\d+){MARK}")
SPAN = re.compile("<span\\b|</span>")

# A token of code. Comments, keywords and strings have a colour (see book/paper/common.css);
# the others need no element.
TOKEN = re.compile(r'<span class="(?![cks])\w+">([^<]*)</span>')


@dataclass
class Page:
    """One page of the book: its article, with marks in the places of the formulas."""

    docname: str
    title: str
    body: Tag
    formulas: list[str]

    @property
    def name(self) -> str:
        """Name the page in short: notebooks/05_cross_entropy is 05_cross_entropy."""
        return self.docname.rpartition("/")[2]


class Part(NamedTuple):
    """A part of the book; the landing page stands before all parts, in one without a caption."""

    caption: str
    pages: list[Page]


class Book(NamedTuple):
    """The book in reading order."""

    title: str
    author: str
    language: str
    parts: list[Part]

    @property
    def pages(self) -> list[Page]:
        """List the pages of all parts."""
        return [page for part in self.parts for page in part.pages]


def read_book(root: Path, site: Path) -> Book:
    """Read the pages that the table of contents lists, in its order."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = [Part("", [read_page(site, toc["root"])])]
    for part in toc["parts"]:
        pages = [read_page(site, chapter["file"]) for chapter in part["chapters"]]
        parts.append(Part(part["caption"], pages))
    language = config["sphinx"]["config"]["language"]
    return Book(config["title"], config["author"], language, parts)


def read_page(site: Path, docname: str) -> Page:
    """Take the article out of a page and leave behind what only works on a screen."""
    source = (site / f"{docname}.html").read_text(encoding="utf-8")
    source, formulas = set_aside_formulas(source)
    body = BeautifulSoup(TOKEN.sub(r"\1", source), PARSER).select_one("article")
    for element in body.select(SCREEN_ONLY):
        element.decompose()
    unfold(body)
    tidy(body)
    return Page(docname, heading_text(body.h1, formulas), body, formulas)


def unfold(body: Tag) -> None:
    """Open what is folded: paper has nothing to press."""
    for fold in body.find_all("details"):
        if "hide" in fold.get("class", []):  # its summary says: show code cell
            fold.summary.decompose()
            fold.unwrap()
        else:
            fold["open"] = "open"


def tidy(body: Tag) -> None:
    """Mend what browsers forgive and e-book readers do not."""
    for paragraph in body.find_all("p"):
        if paragraph.find_parent("summary"):
            paragraph.name = "span"
        elif paragraph.find(["ul", "ol", "dl", "div", "pre", "table"]):
            paragraph.name = "div"
    for element in body.find_all(FORM):
        element["class"] = [*element.get("class", []), element.name]
        element.name = "div"
    seen = set()
    for element in body.find_all(id=True):
        if element["id"] in seen:
            del element["id"]
        else:
            seen.add(element["id"])
    for link in body.find_all(href=True):
        link["href"] = link["href"].replace("<", "%3C").replace(">", "%3E")
    for image in body.find_all("img"):
        del image["loading"]  # all pictures are wanted at once
        for side in ("width", "height"):
            if image.get(side):
                image[side] = str(round(float(image[side])))


def set_aside_formulas(source: str) -> tuple[str, list[str]]:
    """Put a mark in the place of each formula: their thousands of spans are slow to parse."""
    pieces, formulas, end = [], [], 0
    for start in re.finditer('<span class="katex">', source):
        pieces.append(f"{source[end : start.start()]}{MARK}{len(formulas)}{MARK}")
        depth = 0
        for tag in SPAN.finditer(source, start.start()):
            depth += -1 if tag[0] == "</span>" else 1
            if depth == 0:
                break
        end = tag.end()
        formulas.append(source[start.start() : end])
    return "".join([*pieces, source[end:]]), formulas


def with_formulas(text: str, formulas: list[str], form: Callable[[str], str]) -> str:
    """Put the formulas back, each in the form that is needed."""
    return MARKED.sub(lambda mark: form(formulas[int(mark[1])]), text)


def tex(formula: str) -> str:
    """Return the TeX of a formula, as somebody wrote it, on one line."""
    annotation = re.search(r"<annotation[^>]*>(.*?)</annotation>", formula, re.S)
    return " ".join(html.unescape(annotation[1]).split()) if annotation else ""


def heading_text(heading: Tag, formulas: list[str]) -> str:
    """Return a heading as plain text, for the contents; a formula in it is read as TeX."""
    return with_formulas(heading.get_text().strip(), formulas, tex)


def relink(page: Page, pages: list[Page], to_page, to_file, new_id=lambda page, old: old) -> None:
    """Make the links of a page work in the book.

    to_page(page, id) gives the address of a place (id may be empty), to_file(path) that of a
    picture by its path in the site, new_id(page, id) the id that an element gets. A link to a
    file that the book does not hold becomes plain text.
    """
    by_path = {f"{other.docname}.html": other for other in pages}
    for element in page.body.find_all(True):
        if element.get("id"):
            element["id"] = new_id(page, element["id"])
        for name in REFERENCES:
            if element.get(name):
                element[name] = " ".join(new_id(page, old) for old in element[name].split())
        for name, value in element.attrs.items():  # inside a drawing: clip-path="url(#clip)"
            if isinstance(value, str) and "url(#" in value:
                element[name] = re.sub(
                    r"url\(#([^)]+)\)", lambda m: f"url(#{new_id(page, m[1])})", value
                )
    for image in page.body.find_all("img", src=True):
        image["src"] = to_file(site_path(page, image["src"])[0])
    for link in page.body.find_all(href=True):
        if urlparse(link["href"]).scheme:
            continue
        path, anchor = site_path(page, link["href"])
        if path in by_path:
            link["href"] = to_page(by_path[path], anchor)
        else:
            link.name = "span"
            link.attrs = {name: value for name, value in link.attrs.items() if name in KEPT}


def site_path(page: Page, address: str) -> tuple[str, str]:
    """Split a link of a page into the path in the site and the id there."""
    url, anchor = urldefrag(urljoin(f"/{page.docname}.html", address))
    return unquote(url).lstrip("/"), unquote(anchor)


def release_time(root: Path) -> int:
    """Return the time that the files carry: of the last commit, so that building twice agrees."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(epoch)
    command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return int(time.time())  # no repository: a copy of the folder


def styles(own: str) -> str:
    """Join the styles of the drawings in live figures, those of both books, and a book's own."""
    figures = ROOT / "src" / "softmax_edu" / "figures" / "figures.css"
    # the box and what is drawn, but nothing that moves or asks for a browser of today
    drawn = re.findall(
        r"^\.live-figure(?: \.picture)?(?: svg| text| \.\w+)? \{[^}]*\}",
        figures.read_text(encoding="utf-8"),
        re.M,
    )
    files = [ROOT / "book" / "paper" / name for name in ("common.css", own)]
    return "\n".join([*drawn, *(file.read_text(encoding="utf-8") for file in files)])


def say(what: str) -> None:
    """Tell what is going on."""
    print(f"  {what}", flush=True)


def main(description: str, suffix: str, make: Callable[[Book, Path, int], bytes]) -> None:
    """Make one file of the built site."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--build", type=Path, default=ROOT / "_build", help="holds html, gets paper"
    )
    build = parser.parse_args().build
    if not (build / "html" / "index.html").exists():
        sys.exit(f"there is no site in {build / 'html'}; run: make book")
    say("reading the pages of the site")
    book = read_book(ROOT, build / "html")
    content = make(book, build / "html", release_time(ROOT))
    target = build / "paper" / f"{NAME}{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if target.is_relative_to(Path.cwd()):
        target = target.relative_to(Path.cwd())
    print(f"Ready: {target} ({len(content) / 1e6:.1f} MB)")
