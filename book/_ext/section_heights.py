"""Estimate how tall each section will be, so that a browser can leave its layout for later.

A chapter has tens of thousands of elements. A browser that need not lay out what is far below the
screen shows the page sooner; but it must know how much room to keep, or else the page jumps under
the reader and links miss their place. See page.css for the use of the two numbers.
"""

import re
from math import ceil
from pathlib import Path

from docutils import nodes
from page_weight import picture_size

# Pixels: a line of code, of a formula, a row of a table, the space between two blocks.
CODE, FORMULA, ROW, GAP = 18, 42, 40, 18
TEXT = {704: 29, 340: 26}  # a line of text, by the width of the column
FOLDED = 62  # a solution or a cell that is closed at first
# A self-test's question, and the other live figures, on wide and on narrow screens.
QUESTION, FIGURE = {704: 265, 340: 320}, {704: 520, 340: 740}
LETTERS = {704: 80, 340: 45}  # in such a line


def height(node, width, folder):
    """Estimate the height in pixels of a piece of a document, in a column of a width."""
    if is_folded(node):
        return FOLDED
    if isinstance(node, nodes.literal_block):
        return (node.astext().rstrip("\n").count("\n") + 1) * CODE + 2 * GAP
    if isinstance(node, nodes.math_block):
        return (node.astext().count(r"\\") + 1) * FORMULA + GAP
    if isinstance(node, nodes.image):
        return picture(Path(folder, node["uri"]), width)
    if isinstance(node, nodes.raw):
        return raw(node.astext(), width)
    if isinstance(node, nodes.row):
        longest = max(len(entry.astext()) for entry in node)
        return ROW + longest // (LETTERS[width] // 2) * TEXT[width]
    if isinstance(node, nodes.TextElement):  # paragraphs, titles, captions
        return ceil(len(node.astext()) / LETTERS[width]) * TEXT[width] + GAP
    return sum(height(child, width, folder) for child in node.children)


def is_folded(node):
    """Tell whether only the head of something is seen at first."""
    classes = node.get("classes", []) if isinstance(node, nodes.Element) else []
    return "dropdown" in classes or "tag_hide-cell" in classes


def picture(path, width):
    """Estimate the height of a picture, which is made smaller if it is too wide."""
    w, h = picture_size(path) if path.exists() else (-1, -1)
    return round(h * min(1, width / w)) + GAP if w > 0 else FIGURE[width]


def raw(text, width):
    """Estimate the height of HTML that a cell made."""
    if 'class="live-figure"' not in text:
        return 0
    questions = text.count('<section class="question"')
    return questions * QUESTION[width] if questions else FIGURE[width]


def keep_room(app, pagename, templatename, context, doctree):
    """Write the two estimates into each section below the title of a page."""
    if doctree is None or app.builder.name != "html":
        return
    for section in doctree.findall(nodes.section):
        if section.parent.parent is not doctree:
            continue
        wide, narrow = (round(height(section, width, app.srcdir)) for width in (704, 340))
        style = f'style="--wide: {wide}px; --narrow: {narrow}px"'
        context["body"] = re.sub(
            rf'<section (id="{re.escape(section["ids"][0])}")>',
            rf"<section \1 {style}>",
            context["body"],
            count=1,
        )


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", keep_room, priority=500)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
