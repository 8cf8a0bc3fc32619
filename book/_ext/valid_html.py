"""Mend what Sphinx, KaTeX and the extensions write and HTML or its readers do not allow."""

import re

MENDS = [
    # Napoleon puts a list into a paragraph; the list ends it, so this end has no beginning.
    (r"(</(?:ul|ol|dl|div|table)>)\s*</p>", r"\1"),
    (r"<p>(?=<(?:ul|ol|dl|div|table)\b)", ""),
    # sphinx-exercise gives every exercise of a page the same name.
    (r'<section id="((?:exercise|solution)-content)"', r'<section class="\1"'),
    # MyST-NB: paragraphs where only phrases may stand, under a name other than the words shown.
    (
        r'<summary aria-label="Toggle hidden content">\s*<p (class="collapsed[^>]*)>([^<]*)</p>'
        r"\s*<p (class=\"expanded[^>]*)>([^<]*)</p>\s*</summary>",
        r"<summary><span \1>\2</span><span \3>\4</span></summary>",
    ),
    # Docutils: a role that is deprecated, and a corner of a table that is no heading.
    (r' role="doc-biblioentry"', ' role="listitem"'),
    (r'<th class="head[^"]*"><p></p></th>', "<td></td>"),
    # KaTeX: an invisible sign more than a part has places; a height that browsers pass over.
    (
        r"(<m(?:sub|sup|subsup|under|over|underover)>(?:<mi\b[^<]*</mi>){1,2})<mo>\u2061</mo>",
        r"\1",
    ),
    (r' style="height:-[\d.]+em;"', ""),
    # Angle brackets in an address, as some DOIs have.
    (
        r'(?<=href=")[^"]*&lt;[^"]*(?=")',
        lambda m: m[0].replace("&lt;", "%3C").replace("&gt;", "%3E"),
    ),
]


def mend(body):
    """Return the HTML of a page's text without these faults."""
    for fault, mended in MENDS:
        body = re.sub(fault, mended, body)
    return body


def mend_page(app, pagename, templatename, context, doctree):
    """Mend a page on its way into its template."""
    if app.builder.format == "html" and context.get("body"):
        context["body"] = mend(context["body"])


def setup(app):
    """Register with Sphinx, after what else changes the text."""
    app.connect("html-page-context", mend_page, priority=940)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
