"""Let the published book be found and shared: address, cards, site map, and pages at its root.

The book's address comes from the environment variable BOOK_URL, else from `baseurl` in
_config.yml. Nothing here makes a reader's browser ask another host: these are words for search
engines and for programs that show a card where somebody shares a link.
"""

import hashlib
import html
import os
import re
import sys
import textwrap
from pathlib import Path
from urllib.parse import urljoin, urlparse

import matplotlib.pyplot as plt
import numpy as np
from static_site import first_paragraph

from softmax_edu import softmax

ADDRESS = re.compile(r"""https?://[^\s/?#<>"]+(?:/[^\s?#<>"]*)?""")
HOME = "book/index"
CARDS = "_images/cards"
TOUCH_ICON = "_static/touch-icon.png"
WITHOUT_TEXT = {  # pages that no file is behind, and what they are
    "search": "Search all chapters, formulas and functions of the book.",
    "404": "A page that is not there, and ways on.",
}

NOT_FOUND = """
<h1>There is no such page</h1>
<p>The link that led here is old or misspelt. The book itself is all there:</p>
<ul>
<li><a href="index.html">The first page</a>, with all chapters</li>
<li><a href="notebooks/01_softmax.html">Chapter 1</a>, where it begins</li>
<li><a href="notebooks/14_bug_clinic.html">The bug clinic</a>, if something does not work</li>
<li><a href="book/formulas.html">All formulas</a>, each with its proof</li>
</ul>
<form action="search.html" method="get" role="search" class="not-found">
<label for="missing">Or search the book for</label>
<input type="search" name="q" id="missing" autocomplete="off">
<button type="submit" class="plain-button">Search</button>
</form>
"""


def set_address(app, config):
    """Choose the address under which the book will be published."""
    if address := os.environ.get("BOOK_URL"):
        config.html_baseurl = address
    if not ADDRESS.fullmatch(config.html_baseurl):
        sys.exit(
            "BOOK_URL, or baseurl in _config.yml, must be an address such as "
            f"https://example.org/book/, but is {config.html_baseurl!r}"
        )
    if not address:
        # not a warning, for a preview has no address of its own
        print(f"BOOK_URL is not set: links to share say {config.html_baseurl}", file=sys.stderr)
    config.html_baseurl = config.html_baseurl.rstrip("/") + "/"


def describe(app, pagename, templatename, context, doctree):
    """Tell a page's address, title, description and picture to programs that show a card."""
    if app.builder.name != "html":
        return
    base = app.config.html_baseurl
    if doctree is None:  # the search, the page for missing pages: they are in no site map
        words = WITHOUT_TEXT.get(pagename, pagename)
        context["metatags"] = (
            context.get("metatags", "") + f'\n<meta name="description" content="{words}">'
        )
        context["pageurl"] = None
        return
    if pagename == HOME:
        context["pageurl"] = base
    touch_icon = context["pathto"](TOUCH_ICON, 1)
    title = html.unescape(re.sub(r"<[^>]+>", "", context["title"]))
    description = html.unescape(first_paragraph(doctree, app.config.html_title))
    tags = {
        "og:type": "website" if pagename == HOME else "article",
        "og:site_name": app.config.html_title,
        "og:url": context["pageurl"],
        "og:title": title,
        "og:description": description,
        "og:image": urljoin(base, card(app, pagename, title, description)),
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"{title}, a page of the book {app.config.html_title}",
    }
    lines = [f'<meta property="{name}" content="{html.escape(v)}">' for name, v in tags.items()]
    lines.append('<meta name="twitter:card" content="summary_large_image">')
    lines.append(f'<link rel="apple-touch-icon" href="{touch_icon}">')
    context["metatags"] += "\n" + "\n".join(lines)


# The cards


def card(app, pagename, title, description):
    """Draw the card of a page, unless there is one of the same words, and return its path."""
    words = f"{title}\n{description}\n{Path(__file__).read_text(encoding='utf-8')}"
    path = f"{CARDS}/{Path(pagename).name}-{hashlib.sha256(words.encode()).hexdigest()[:8]}.png"
    target = Path(app.outdir, path)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        for old in target.parent.glob(f"{Path(pagename).name}-????????.png"):
            old.unlink()
        draw_card(app.config.html_title, title, description, target)
    return path


def draw_card(book, title, description, target):
    """Draw a card of 1200 by 630 points: the book's mark, its name, a title and what it is about.

    The font comes with Matplotlib, so that the picture is the same on every machine.
    """
    with plt.rc_context({"font.family": "DejaVu Sans", "figure.constrained_layout.use": False}):
        figure = plt.figure(figsize=(12, 6.3), dpi=100, facecolor="white")
        draw_mark(figure.add_axes((0.745, 0.11, 0.2, 0.62)), ["#0072B2", "#0072B2", "#D55E00"])
        figure.text(0.06, 0.88, book, size=21, weight="bold", color="#005A8C", va="center")
        lines = textwrap.wrap(title, 24)
        size = 46 if len(lines) <= 3 else 36
        lines = lines if len(lines) <= 3 else textwrap.wrap(title, 30)
        figure.text(0.06, 0.77, "\n".join(lines), size=size, weight="bold", color="#1F2429",
                    va="top", linespacing=1.15)  # fmt: skip
        text = textwrap.fill(description, 56, max_lines=3, placeholder=" …")
        figure.text(0.06, 0.11, text, size=19, color="#52606D", va="bottom", linespacing=1.35)
        save(figure, target)


def draw_touch_icon(target):
    """Draw the icon of 180 by 180 points that a phone puts on its first screen."""
    figure = plt.figure(figsize=(1.8, 1.8), dpi=100, facecolor="#005A8C")
    draw_mark(figure.add_axes((0.2, 0.2, 0.6, 0.6)), ["white", "white", "#E69F00"])
    save(figure, target)


def draw_mark(ax, colors):
    """Draw the book's mark, softmax of 0, 1 and 2: each step is e times as high as the last."""
    ax.bar(range(3), softmax(np.arange(3.0)), width=0.84, color=colors)
    ax.set_axis_off()


def save(figure, target):
    """Save a picture without a program's name and version: the same words give the same bytes."""
    figure.savefig(target, metadata={"Software": None})
    plt.close(figure)


# The files at the root of the site


def missing_page(app):
    """Make the page that a server shows where there is none."""
    context = {
        "title": "There is no such page",
        "body": NOT_FOUND,
    }
    return [("404", context, "page.html")] if app.builder.name == "html" else []


def write_root_files(app, exception):
    """Write the site map, the word to robots, the first page at the root and the missing page."""
    if exception or app.builder.name != "html":
        return
    base = app.config.html_baseurl
    root = Path(app.outdir)
    pages = sorted(app.env.found_docs - {HOME})
    addresses = [base, *(urljoin(base, f"{page}.html") for page in pages)]
    entries = "".join(f"<url><loc>{html.escape(address)}</loc></url>\n" for address in addresses)
    (root / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf-8",
    )
    (root / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {urljoin(base, 'sitemap.xml')}\n", encoding="utf-8"
    )
    draw_touch_icon(root / TOUCH_ICON)
    home = (root / f"{HOME}.html").read_text(encoding="utf-8")
    (root / "index.html").write_text(moved(home, "book/", ""), encoding="utf-8")
    # A server shows it for any address at any depth, so its links begin at the site's root.
    missing = (root / "404.html").read_text(encoding="utf-8")
    (root / "404.html").write_text(moved(missing, "", urlparse(base).path), encoding="utf-8")


def moved(page, folder, prefix):
    """Return a page with its relative addresses, which begin at `folder`, put behind `prefix`."""

    def replaced(match):
        name, address = match.groups()
        if re.match(r"[a-z]+:|/|#", address):
            return match.group()
        path = urljoin(f"/{folder}", address)[1:]
        return f'{name}="{prefix}{path}"' if prefix + path else f'{name}="./"'

    return re.sub(r'(?<=\s)(href|src|action|data-content_root)="([^"]*)"', replaced, page)


def setup(app):
    """Register with Sphinx: after descriptions (900) and before the bundle (950) is linked."""
    app.connect("config-inited", set_address)
    app.connect("html-page-context", describe, priority=920)
    app.connect("html-collect-pages", missing_page)
    app.connect("build-finished", write_root_files, priority=990)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
