"""Offer at the top of each notebook's page the ways to run it.

In the browser always, where a browser can: the site brings its own JupyterLite (see
tools/lite.py). On Binder where the address of the repository is known. On Colab where besides the
package is published, for there the first cell installs it by its name: before, somebody else could
publish another under this name.

Three settings, which _config.yml can hold, say so, and an environment variable overrules each, so
that a fork changes no file: `book_repository` and BOOK_REPOSITORY, `book_branch` and BOOK_BRANCH,
`book_package_published` and BOOK_PACKAGE_PUBLISHED.
"""

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import nbformat

WAYS = "book/how_to_use"  # where they are compared, under this heading
HEADING = "where-to-run"
COLAB = "https://colab.research.google.com/github"
BINDER = "https://mybinder.org/v2/gh"

# Too large for a browser: by the names of their modules.
NAMES = {"jax": "JAX", "keras": "Keras", "tensorflow": "TensorFlow", "torch": "PyTorch"}
REPOSITORY = re.compile(
    r"(?:https?://)?(?:www\.)?github\.com/([\w-]+/[\w.-]+?)(?:\.git)?/*", re.A | re.I
)
FRAMEWORKS = re.compile(rf"^\s*(?:import|from) ({'|'.join(NAMES)})\b", re.M)


class Way(NamedTuple):
    """A way to run a notebook: a line of the menu. It leads nowhere if `url` is empty."""

    text: str
    url: str
    icon: str
    hint: str
    type: str = "way"


def frameworks(notebook):
    """Name the frameworks that a notebook imports, which no browser can run."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return [NAMES[name] for name in sorted(set(FRAMEWORKS.findall(code)))]


def repository(address):
    """Return "owner/name" from the address on GitHub of what Binder and Colab shall open."""
    if not address:
        return ""
    match = REPOSITORY.fullmatch(address)
    if not match:
        sys.exit(
            "BOOK_REPOSITORY, or book_repository in _config.yml, "
            f"must be https://github.com/OWNER/NAME, but is {address!r}"
        )
    return match[1]


def ways(path, lite, missing, config):
    """List the ways to run the notebook at `path`.

    `lite` is the address of the site's JupyterLite, `missing` are the frameworks that it cannot
    have, `config` holds the settings.
    """
    if missing:
        *others, last = missing
        names = f"{', '.join(others)} and {last}" if others else last
        yield Way("Not in this browser", "", "fas fa-ban", f"It needs {names}")
    else:
        url = f"{lite}?path={quote(path)}"
        yield Way("In this browser", url, "fas fa-bolt", "JupyterLite: nothing to install")
    name, branch = config.book_repository, config.book_branch
    if name and not missing:
        place = f"{name}/{quote(branch, safe='')}"
        url = f"{BINDER}/{place}?urlpath={quote(f'lab/tree/{path}', safe='')}"
        yield Way("On Binder", url, "fas fa-server", "A machine for an hour or two")
    if name and config.book_package_published:
        url = f"{COLAB}/{name}/blob/{quote(branch)}/{quote(path)}"
        yield Way("On Colab", url, "fas fa-cloud", "Needs a Google account")


def add_menu(app, pagename, templatename, context, doctree):
    """Put the menu before the other buttons of a page that is a notebook."""
    source = Path(app.srcdir, f"{pagename}.ipynb")
    if app.builder.name != "html" or doctree is None or not source.exists():
        return
    lite = context["pathto"]("lite/notebooks/index.html", 1)
    missing = frameworks(nbformat.read(source, as_version=4))
    menu = ways(f"{pagename}.ipynb", lite, missing, app.config)
    compare = Way(
        "All ways compared",
        f"{context['pathto'](WAYS)}#{HEADING}",
        "fas fa-table-list",
        "With what each needs and keeps",
    )
    buttons = [way._asdict() for way in (*menu, compare)]
    group = {"type": "group", "label": "run", "tooltip": "Run this page", "icon": "fas fa-play"}
    context["header_buttons"].insert(0, group | {"buttons": buttons})


def settle(app, config):
    """Let the environment overrule the settings, and stop with one line if they are wrong."""
    address = os.environ.get("BOOK_REPOSITORY", config.book_repository)
    config.book_repository = repository(address)
    config.book_branch = os.environ.get("BOOK_BRANCH") or config.book_branch
    published = os.environ.get("BOOK_PACKAGE_PUBLISHED") or str(config.book_package_published)
    if published.lower() not in ("true", "false"):
        sys.exit(
            "BOOK_PACKAGE_PUBLISHED, or book_package_published in _config.yml, "
            f"must be true or false, but is {published!r}"
        )
    config.book_package_published = published.lower() == "true"


def setup(app):
    """Register with Sphinx, after the theme has made its buttons (501)."""
    app.add_config_value("book_repository", "", "html")
    app.add_config_value("book_branch", "main", "html")
    app.add_config_value("book_package_published", False, "html")
    app.connect("config-inited", settle)
    app.connect("html-page-context", add_menu, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
