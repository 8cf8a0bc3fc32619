"""Let the search find a section by the words that readers type for it: book/search_words.yml.

Sphinx's search knows single words, and ranks an entry of an index, which may be a phrase, first.
So each phrase becomes such an entry.
"""

from functools import cache
from pathlib import Path

import yaml
from sphinx import addnodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
SOURCE = "book/search_words.yml"


@cache
def search_words(root):
    """Return {page: [(section, phrases)]} from the list."""
    pages = {}
    listed = yaml.safe_load(Path(root, SOURCE).read_text(encoding="utf-8"))
    for target, phrases in listed.items():
        page, _, section = target.partition("#")
        pages.setdefault(page, []).append((section, [str(phrase) for phrase in phrases]))
    return pages


def add_entries(app, doctree):
    """Add the phrases of a page to it, where the search index is made from."""
    docname = app.env.docname
    app.env.note_dependency(str(Path(app.confdir, SOURCE)))
    for section, phrases in search_words(app.confdir).get(docname, []):
        if section and section not in doctree.ids:
            logger.warning("%s: no section %r on %s", SOURCE, section, docname)
        entries = [("single", phrase, section, "main", None) for phrase in phrases]
        doctree += addnodes.index(entries=entries)


def name_sections(app, config):
    """Let results in a section be shown with its name."""
    config.html_search_scorer = str(Path(__file__).with_name("search_results.js"))


def setup(app):
    """Register with Sphinx."""
    app.connect("config-inited", name_sections)
    app.connect("doctree-read", add_entries)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
