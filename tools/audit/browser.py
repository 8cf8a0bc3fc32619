"""Debian's Chromium, driven by Playwright, and what it notices while a page is read."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import yaml

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]


def find_chromium():
    """Return the path of a Chromium, or None. The variable CHROMIUM names another one."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((path for path in (shutil.which(name) for name in names if name) if path), None)


def list_pages():
    """List every page of the table of contents by name, and the search page and the 404 page."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    # Jupyter Book sends index.html on to the root of the table, or copies it there.
    return [toc["root"], *chapters, "search", "404"]


def is_foreign(url, home):
    """Tell whether fetching `url` asks a host other than that of the page's address `home`.

    >>> is_foreign("http://127.0.0.1:8000/a.css", "http://127.0.0.1:8000/")
    False
    >>> is_foreign("https://cdn.example/a.css", "http://127.0.0.1:8000/")
    True
    >>> is_foreign("data:image/png;base64,AAAA", "http://127.0.0.1:8000/")
    False
    """
    url, home = urlsplit(url), urlsplit(home)
    inside = ("data", "blob", "about")  # these ask no host at all
    return url.scheme not in inside and (url.scheme, url.netloc) != (home.scheme, home.netloc)


def watch(context, home):
    """Return a list that gathers what goes wrong in the context: errors, foreign requests."""
    problems = []

    def see_request(request):
        if is_foreign(request.url, home):
            problems.append(f"asks another host: {request.url}")

    def see_message(message):
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location['url']})")

    context.on("request", see_request)
    context.on("console", see_message)
    context.on("weberror", lambda error: problems.append(f"script stopped: {error.error}"))
    return problems
