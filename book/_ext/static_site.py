"""Set the formulas at build time, and tell each page what it is about."""

import re
import socket
import subprocess
import time

import page_weight
import sphinxcontrib.katex
from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def describe_page(app, pagename, templatename, context, doctree):
    """Describe the page for search engines, and look at its formulas."""
    if doctree is not None:
        description = first_paragraph(doctree)
        context["metatags"] += f'\n<meta name="description" content="{description}">'
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


def first_paragraph(doctree):
    """Return the first paragraph as an attribute's text: no formulas, at most 160 characters."""
    for paragraph in doctree.findall(nodes.paragraph):
        if any(True for _ in paragraph.findall(nodes.math)):
            continue
        text = " ".join(paragraph.astext().split())
        if len(text) > 160:
            text = text[:157].rsplit(" ", 1)[0] + "..."
        return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return "A chapter of Softmax, Step by Step"


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
    return {"parallel_read_safe": True, "parallel_write_safe": True}
