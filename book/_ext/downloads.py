"""Offer each chapter's notebook, and the files that it reads, at its top."""

import shutil
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlparse

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from softmax_edu.data import IMAGE_SHAPE, digits

DATA = "_downloads/digits.csv"
USES_DIGITS = "from softmax_edu.data import digits"


def offer(app, pagename, templatename, context, doctree):
    """Put a line with the downloads under the title of a page that is a notebook."""
    source = context.get("sourcename", "")
    if app.builder.name != "html" or not source.endswith(".ipynb") or doctree is None:
        return
    notebook = context["pathto"](f"_sources/{source}", 1)
    links = [f'<a href="{notebook}" download>notebook</a>']
    questions = Path(app.srcdir, source).with_suffix("").with_suffix(".questions.toml")
    if questions.exists():
        address = context["pathto"](f"_downloads/{questions.name}", 1)
        links.append(f'<a href="{address}" download>its questions</a>')
    if USES_DIGITS in Path(app.srcdir, source).read_text(encoding="utf-8"):
        links.append(f'<a href="{context["pathto"](DATA, 1)}" download>data (CSV, 0.5 MB)</a>')
    line = f'<p class="downloads">Download: {" · ".join(links)}</p>'
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)


class StartLine(SphinxDirective):
    """The line that starts the book on a reader's machine, from the wheel on this site."""

    def run(self):
        """Write it with the address of the site, or say where that is to be put."""
        self.env.note_reread()  # the address may be another in the next build
        line, *note = start_line(self.config.html_baseurl)
        return [
            nodes.literal_block(line, line, language="sh"),
            *(nodes.paragraph(text, text) for text in note),
        ]


def start_line(site):
    """Return the line for a site at this address, and a note if there is no such address."""
    wheel = f"_downloads/softmax_edu-{version('softmax-edu')}-py3-none-any.whl"
    line = 'uvx --from "softmax-edu[lab] @ {}" softmax-edu lab'
    if not urlparse(site).hostname.endswith(".example"):
        return [line.format(site + wheel)]
    return [
        line.format(f"ADDRESS/{wheel}"),
        "This copy of the book was built without an address. For ADDRESS put what your browser "
        "shows above this page, up to /book and without that.",
    ]


def write_data(app, exception):
    """Put the files that the chapters read into the site."""
    if exception is None and app.builder.name == "html":
        path = Path(app.outdir, DATA)
        path.parent.mkdir(parents=True, exist_ok=True)
        for questions in Path(app.srcdir, "notebooks").glob("*.questions.toml"):
            shutil.copy(questions, path.parent)
        path.write_text(digits_as_csv(), encoding="utf-8", newline="\n")


def digits_as_csv():
    """Return the digits, one row each: part, label, and the ink of each pixel from 0 to 1."""
    height, width = IMAGE_SHAPE
    pixels = [f"row{i}_column{j}" for i in range(height) for j in range(width)]
    lines = [",".join(["part", "label", *pixels])]
    split = digits()
    for part, X, labels in [
        ("train", split.X_train, split.labels_train),
        ("test", split.X_test, split.labels_test),
    ]:
        # sixteenths: :g writes each exactly
        rows = zip(labels.tolist(), X.tolist(), strict=True)
        lines += [f"{part},{label},{','.join(f'{x:g}' for x in row)}" for label, row in rows]
    return "\n".join(lines) + "\n"


def setup(app):
    """Register with Sphinx."""
    app.add_directive("start-line", StartLine)
    app.connect("html-page-context", offer, priority=600)
    app.connect("build-finished", write_data)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
