"""Offer the book as a PDF and as an EPUB where they have been made.

`make pdf` and `make epub` write them beside the site, into _build/paper. The site needs neither:
the directive {paper} links to those that are there, and to nothing else.
"""

import shutil
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

FOLDER = "paper"
KINDS = {".pdf": "PDF", ".epub": "EPUB"}


def files(app):
    """List the files that have been made, with what a reader wants to know before a download."""
    made = Path(app.outdir).parent / FOLDER
    return [
        (path.name, f"{kind} ({path.stat().st_size / 1e6:.0f} MB)")
        for suffix, kind in KINDS.items()
        for path in sorted(made.glob(f"*{suffix}"))
    ]


class Paper(SphinxDirective):
    """A line with a link to each file; no line if there is none."""

    def run(self):
        """Write the line, and remember what it offers."""
        offered = files(self.env.app)
        self.env.metadata[self.env.docname][FOLDER] = repr(offered)
        up = "../" * self.env.docname.count("/")
        links = [
            nodes.reference("", label, refuri=f"{up}{FOLDER}/{name}") for name, label in offered
        ]
        line = nodes.paragraph("", "Download the whole book: ", classes=["downloads"])
        for number, link in enumerate(links):
            line += [nodes.Text(" · "), link] if number else [link]
        return [line] if links else []


def is_outdated(app, env, added, changed, removed):
    """Read a page again when the files that it offers are others now."""
    now = repr(files(app))
    return [name for name, data in env.metadata.items() if data.get(FOLDER, now) != now]


def copy(app, exception):
    """Put the files into the site; one that is no longer made leaves it."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir, FOLDER)
    shutil.rmtree(target, ignore_errors=True)
    for name, _ in files(app):
        target.mkdir(exist_ok=True)
        shutil.copy2(target.parent.parent / FOLDER / name, target / name)


def setup(app):
    """Register with Sphinx."""
    app.add_directive("paper", Paper)
    app.connect("env-get-outdated", is_outdated)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
