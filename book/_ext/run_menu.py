"""Offer at the top of each notebook's page the ways to run it.

In the browser always, where a browser can: the site brings its own JupyterLite (see
tools/lite.py). On Binder and Colab where the address of the repository is known: from the
environment variable BOOK_REPOSITORY, else from `book_repository` in _config.yml.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlparse

import nbformat
from sphinx.errors import ConfigError

WAYS = "book/how_to_use"  # where they are compared, under this heading
HEADING = "where-to-run"
COLAB = "https://colab.research.google.com/github"
BINDER = "https://mybinder.org/v2/gh"

# Too large for a browser: by the names of their modules.
NAMES = {"jax": "JAX", "keras": "Keras", "tensorflow": "TensorFlow", "torch": "PyTorch"}
FRAMEWORKS = re.compile(rf"^\s*(?:import|from) ({'|'.join(NAMES)})\b", re.M)


class Way(NamedTuple):
    """A way to run a notebook: a line of the menu."""

    text: str
    address: str
    icon: str
    hint: str


def frameworks(notebook):
    """Name the frameworks that a notebook imports, which no browser can run."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return [NAMES[name] for name in sorted(set(FRAMEWORKS.findall(code)))]


def repository(address, branch):
    """Return "owner/name" and a branch from the address of a repository; nothing if there is none.

    Binder and Colab open what lies on GitHub.
    """
    if not address:
        return None
    parts = urlparse(address).path.removesuffix(".git").strip("/").split("/")
    if urlparse(address).hostname != "github.com" or len(parts) != 2:
        raise ConfigError(
            f"BOOK_REPOSITORY is {address!r}; it must be https://github.com/OWNER/NAME"
        )
    return "/".join(parts), branch


def ways(path, lite, missing, home):
    """List the ways to run the notebook at `path`.

    `lite` is the address of the site's JupyterLite, `missing` are the frameworks that it cannot
    have, `home` is the repository, if it is known.
    """
    if missing:
        names = ", ".join(missing)
        yield Way("Not in this browser", "", "fas fa-ban", f"It needs {names}")
    else:
        address = f"{lite}?path={quote(path)}"
        yield Way("In this browser", address, "fas fa-bolt", "JupyterLite: nothing to install")
    if home:
        name, branch = home
        if not missing:
            address = f"{BINDER}/{name}/{branch}?urlpath={quote(f'lab/tree/{path}', safe='')}"
            yield Way("On Binder", address, "fas fa-cloud", "A machine for an hour or two")
        address = f"{COLAB}/{name}/blob/{branch}/{quote(path)}"
        yield Way("On Colab", address, "fas fa-cloud", "Needs a Google account")


def add_menu(app, pagename, templatename, context, doctree):
    """Put the menu before the other buttons of a page that is a notebook."""
    source = Path(app.srcdir, f"{pagename}.ipynb")
    if app.builder.name != "html" or doctree is None or not source.exists():
        return
    home = repository(app.config.book_repository, app.config.book_branch)
    lite = context["pathto"]("lite/notebooks/index.html", 1)
    missing = frameworks(nbformat.read(source, as_version=4))
    menu = ways(f"{pagename}.ipynb", lite, missing, home)
    compare = Way(
        "All ways compared",
        f"{context['pathto'](WAYS)}#{HEADING}",
        "fas fa-table-list",
        "With what each needs and keeps",
    )
    buttons = [way._asdict() for way in (*menu, compare)]
    group = {"type": "group", "label": "run", "tooltip": "Run this page", "icon": "fas fa-play"}
    context["header_buttons"].insert(0, group | {"buttons": buttons})


def choose_repository(app, config):
    """Let the environment overrule the settings, so that a fork changes no file."""
    config.book_repository = os.environ.get("BOOK_REPOSITORY", config.book_repository)
    config.book_branch = os.environ.get("BOOK_BRANCH", config.book_branch)
    repository(config.book_repository, config.book_branch)


def setup(app):
    """Register with Sphinx, after the theme has made its buttons (501)."""
    app.add_config_value("book_repository", "", "html")
    app.add_config_value("book_branch", "main", "html")
    app.connect("config-inited", choose_repository)
    app.connect("html-page-context", add_menu, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
