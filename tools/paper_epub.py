"""Pack the whole book into one EPUB 3: one file per page, formulas as MathML, no scripts."""

import datetime
import html
import io
import re
import uuid
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import paper_cover
from paper_pages import (
    NAME,
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

KINDS = {
    ".css": "text/css",
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".xhtml": "application/xhtml+xml",
}
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
# XML keeps the case of names, HTML's parser does not: what drawings have of mixed case.
MIXED_CASE = [
    "viewBox", "preserveAspectRatio", "clipPath", "clipPathUnits", "linearGradient", "pathLength",
    "radialGradient", "gradientUnits", "gradientTransform", "patternUnits", "foreignObject",
    "markerWidth", "markerHeight", "markerUnits", "refX", "refY", "textLength", "textPath",
]  # fmt: skip
CASE = {name.lower(): name for name in MIXED_CASE}
MATHML = "http://www.w3.org/1998/Math/MathML"
ElementTree.register_namespace("", MATHML)
APPLICATION = "\u2061"  # the invisible sign between a function and what it is applied to
SCRIPTS = ("msub", "msup", "msubsup")
ACCESSIBILITY = {
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": ["textual"],
    "accessibilityFeature": [
        "MathML", "alternativeText", "longDescription", "structuralNavigation", "tableOfContents"
    ],
    "accessibilityHazard": ["none"],
    "accessibilitySummary": [
        "Formulas are MathML, pictures have a description, and sections are headings."
    ],
}  # fmt: skip


def epub(book: Book, site: Path, seconds: int) -> bytes:
    """Return the book as an EPUB."""
    pictures = {}

    def picture(path: str) -> str:
        """Take a picture of the site into the book."""
        pictures[f"pictures/{Path(path).name}"] = (site / path).read_bytes()
        return f"pictures/{Path(path).name}"

    say("making XHTML of the pages")
    pages = {}
    for page in book.pages:
        relink(page, book.pages, place, picture)
        pages[file_of(page)] = document(book, page.title, xhtml(page))
    cover = f'<p class="cover"><img src="cover.png" alt="{html.escape(book.title)}"/></p>'
    files = {
        "cover.xhtml": document(book, book.title, cover),
        "nav.xhtml": document(book, "Contents", navigation(book)),
        **pages,
        "style.css": styles("epub.css"),
        "cover.png": paper_cover.cover(book.title, book.author),
        **pictures,
    }
    say(f"packing {len(pages)} pages and {len(pictures)} pictures")
    return packed(
        {
            "META-INF/container.xml": CONTAINER,
            "book/package.opf": package(book, files, seconds),
            **{f"book/{name}": content for name, content in files.items()},
        },
        seconds,
    )


def file_of(page: Page) -> str:
    """Return the name of a page's file."""
    return f"{page.name}.xhtml"


def place(page: Page, anchor: str) -> str:
    """Return the address of a place on a page."""
    return f"{file_of(page)}#{anchor}" if anchor else file_of(page)


def xhtml(page: Page) -> str:
    """Write the article as XML."""
    for drawing in page.body.find_all("svg"):
        drawing["xmlns"] = "http://www.w3.org/2000/svg"
        for element in [drawing, *drawing.find_all(True)]:
            element.name = CASE.get(element.name, element.name)
            element.attrs = {CASE.get(k, k): value for k, value in element.attrs.items()}
    return with_formulas(page.body.decode(formatter="minimal"), page.formulas, mathml)


def mathml(katex: str) -> str:
    """Keep the MathML of a formula; its TeX becomes what is read where MathML is not known."""
    formula = ElementTree.fromstring(re.search(r"<math.*</math>", katex, re.S)[0])
    for parent in list(formula.iter()):
        name = parent.tag.removeprefix(f"{{{MATHML}}}")
        if name == "semantics":
            del parent[-1]  # the TeX
        for child in list(parent):
            if child.text == APPLICATION and name in SCRIPTS:
                parent.remove(child)  # KaTeX sets x_{\max} with a third child
            elif child.text == APPLICATION:
                child.set("rspace", "0.1667em")  # log a, not loga
    formula.set("alttext", tex(katex))
    return ElementTree.tostring(formula, encoding="unicode")


def document(book: Book, title: str, body: str) -> str:
    """Write a file of the book."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
 lang="{book.language}" xml:lang="{book.language}">
<head><title>{html.escape(title)}</title><link rel="stylesheet" href="style.css"/></head>
<body>{body}</body>
</html>
"""


def navigation(book: Book) -> str:
    """Write the contents by parts, chapters and sections, which readers show beside the text."""
    items = []
    for part in book.parts:
        chapters = "".join(
            item(f'<a href="{file_of(page)}">{html.escape(page.title)}</a>', sections(page))
            for page in part.pages
        )
        caption = f"<span>{html.escape(part.caption)}</span>"
        items.append(item(caption, chapters) if part.caption else chapters)
    return (
        f'<nav epub:type="toc" role="doc-toc"><h1>Contents</h1><ol>{"".join(items)}</ol></nav>'
        '<nav epub:type="landmarks" hidden="hidden"><h2>Guide</h2><ol>'
        '<li><a epub:type="cover" href="cover.xhtml">Cover</a></li>'
        f'<li><a epub:type="bodymatter" href="{file_of(book.pages[0])}">Start</a></li></ol></nav>'
    )


def sections(page: Page) -> str:
    """List the sections of a page."""
    items = []
    for heading in page.body.select("section > section > h2"):
        text = html.escape(heading_text(heading, page.formulas))
        items.append(item(f'<a href="{place(page, heading.parent["id"])}">{text}</a>'))
    return "".join(items)


def item(label: str, below: str = "") -> str:
    """Write an entry of the contents."""
    return f"<li>{label}<ol>{below}</ol></li>" if below else f"<li>{label}</li>"


def package(book: Book, files: dict[str, str | bytes], seconds: int) -> str:
    """Write what the book is called and which files it has, in which order they are read."""
    date = f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    about = "\n".join(
        f'<meta property="schema:{name}">{value}</meta>'
        for name, values in ACCESSIBILITY.items()
        for value in values
    )
    manifest, spine = [], []
    for number, (name, content) in enumerate(files.items()):
        properties = {"nav.xhtml": ["nav"], "cover.png": ["cover-image"]}.get(name, [])
        if name.endswith(".xhtml"):
            properties += [
                p for p, tag in (("mathml", "<math "), ("svg", "<svg ")) if tag in content
            ]
            spine.append(f'<itemref idref="file{number}"/>')
        listed = f' properties="{" ".join(properties)}"' if properties else ""
        kind = KINDS[Path(name).suffix]
        manifest.append(f'<item id="file{number}" href="{name}" media-type="{kind}"{listed}/>')
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"
 xml:lang="{book.language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, NAME)}</dc:identifier>
<dc:title>{html.escape(book.title)}</dc:title>
<dc:creator>{html.escape(book.author)}</dc:creator>
<dc:language>{book.language}</dc:language>
<meta property="dcterms:modified">{date}</meta>
{about}
</metadata>
<manifest>
{chr(10).join(manifest)}
</manifest>
<spine>{"".join(spine)}</spine>
</package>
"""


def packed(files: dict[str, str | bytes], seconds: int) -> bytes:
    """Zip the files; readers know an EPUB by its first file, which is not compressed."""
    date = datetime.datetime.fromtimestamp(seconds, datetime.UTC).timetuple()[:6]
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            archive.writestr(zipfile.ZipInfo("mimetype", date), "application/epub+zip")
            for name, content in files.items():
                entry = zipfile.ZipInfo(name, date)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        return out.getvalue()


if __name__ == "__main__":
    main(__doc__, ".epub", epub)
