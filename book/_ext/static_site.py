"""Set the formulas at build time, tell each page what it is about, and name tables' cells."""

import html
import re
import socket
import subprocess
import time
from pathlib import Path

import page_weight
import sphinxcontrib.katex
from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)

TABLE = re.compile(r'<table class="table">(.*?)</thead>(.*?)</table>', re.S)
ROW = re.compile(r"<tr\b.*?</tr>", re.S)
LONGEST_ROW = 60  # letters: three columns or more with that many are too narrow on a phone
TEMPLATES = ("webpack-macros.html", "sbt-webpack-macros.html")  # the themes', not for readers


def describe_page(app, pagename, templatename, context, doctree):
    """Describe the page for search engines, and look at its formulas."""
    if doctree is not None:
        description = first_paragraph(doctree, app.config.html_title)
        context["metatags"] += f'\n<meta name="description" content="{description}">'
    if "body" in context:
        context["body"] = TABLE.sub(named_cells, context["body"])
    if "#cc0000" in context.get("body", ""):  # how KaTeX marks what it cannot set
        problems = re.findall(r'title="(ParseError[^"]*)"', context["body"])
        logger.warning("formula not set: %s", "; ".join(problems), location=pagename)


def keep_punctuation(app, doctree, docname):
    """Keep a short formula and the full stop or comma behind it on one line."""
    for math in list(doctree.findall(nodes.math)):
        after = math.next_node(siblings=True, descend=False)
        mark = re.match(r"[.,;:!?)]+", after) if isinstance(after, nodes.Text) else None
        if mark and len(math.astext()) <= 20:
            # by identity: two texts with the same words are equal
            place = next(i for i, node in enumerate(after.parent) if node is after)
            after.parent[place] = nodes.Text(after[mark.end() :])
            together = nodes.inline("", "", classes=["together"])
            math.replace_self(together)
            together += [math, nodes.Text(mark.group())]


def first_paragraph(doctree, book):
    """Return the first paragraph as an attribute's text: no formulas, at most 160 characters.

    A page without any is a chapter of the `book`.
    """
    for paragraph in doctree.findall(nodes.paragraph):
        if any(True for _ in paragraph.findall(nodes.math)):
            continue
        text = " ".join(paragraph.astext().split())
        if len(text) > 160:
            text = text[:157].rsplit(" ", 1)[0] + "..."
        return html.escape(text)
    return html.escape(f"A chapter of {book}")


def named_cells(table):
    """Put the head of its column to each cell of a wide table: phones show its rows as blocks."""
    head, body = table.groups()
    names = [words(cell) for cell in re.findall(r"<th\b.*?</th>", head, re.S)]
    if len(names) < 3 or max(len(words(row)) for row in ROW.findall(body)) <= LONGEST_ROW:
        return table.group()

    def named(row):
        # what stands first in a row is its title
        heads = iter(["", *(f' data-head="{html.escape(name)}"' for name in names[1:])])
        return re.sub(r"<td\b", lambda cell: cell[0] + next(heads), row[0])

    return f'<table class="table by-rows">{head}</thead>{ROW.sub(named, body)}</table>'


def words(part):
    """Return what is read in a part of a table; a formula also has its source, which is not."""
    shown = re.sub(r"<math\b.*?</math>|<[^>]*>", "", part, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(shown).replace("\u200b", "")).strip()


def drop_templates(app, exception):
    """Take out of the site what the themes publish of their own making."""
    for name in TEMPLATES:
        Path(app.outdir, "_static", name).unlink(missing_ok=True)


def start_katex(folder, timeout):
    """Start what sets the formulas, and connect; on a busy machine it takes a while to listen."""
    katex = sphinxcontrib.katex
    path = folder / "katex.sock"
    command = katex.KaTeXServer.build_command(socket=path)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
    deadline = time.monotonic() + timeout
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):  # not there yet, or not listening
            connection.close()
            if time.monotonic() > deadline:
                raise katex.KaTeXServer.timeout_error(timeout) from None
            time.sleep(0.01)


def setup(app):
    """Register with Sphinx, after everything that adds scripts."""
    sphinxcontrib.katex.NODEJS_BINARY = page_weight.node()
    sphinxcontrib.katex.STARTUP_TIMEOUT = 60
    sphinxcontrib.katex.KaTeXServer.start_server_process = start_katex
    app.connect("doctree-resolved", keep_punctuation)
    app.connect("html-page-context", describe_page, priority=900)
    app.connect("build-finished", drop_templates, priority=940)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
