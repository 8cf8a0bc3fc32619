"""What the tests in a real browser share.

`site`       address of the built site on a server of this machine, ending in "/"
`folder`     the built site itself, a Path: _build/html, or what the variable SITE names
`browser`    Playwright's browser (one for each worker); for what must not be watched,
             such as JupyterLab: `browser.new_page()`, and close it yourself
`new_page`   function: `new_page(width=1300, scheme="light", home=site, **options)` gives a page
             in a fresh browser of that width; `options` go to `browser.new_context`,
             such as `has_touch=True`, `reduced_motion="reduce"`, `java_script_enabled=False`;
             `home=folder.as_uri() + "/"` for pages opened from disk
`page`       `new_page()`
`accessible` function: `accessible(page, where="", **axe_options)` fails on what axe-core finds

A watched page fails its test at the end if anything was written to the console as an error,
if a script stopped, or if another host was asked. To read the list before: `page.problems`.
Open pages with `page.goto(site + "notebooks/01_softmax.html")`.
"""

import os
from pathlib import Path

import pytest
from audit.axe import find_violations
from audit.browser import FLAGS, ROOT, find_chromium, watch
from audit.server import serve
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def folder():
    """Return the folder of the built site."""
    folder = Path(os.environ.get("SITE", ROOT / "_build" / "html")).resolve()
    if not (folder / "index.html").exists():
        pytest.fail(f"there is no site in {folder}; run: make book")
    return folder


@pytest.fixture(scope="session")
def site(folder):
    """Serve the site while the tests run."""
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """Start Chromium; where there is none, leave the test out, but never in CI."""
    chromium = find_chromium()
    if chromium is None:
        message = "no Chromium; install it with apt-get install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser, site):
    """Return a function that opens a fresh, watched browser page."""
    opened = []

    def new_page(width=1300, scheme="light", home=site, **options):
        viewport = {"width": width, "height": 900 if width > 600 else 800}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.problems = watch(context, home)
        opened.append(page)
        return page

    yield new_page
    for page in opened:
        page.context.close()
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(new_page):
    """Open a wide, light page."""
    return new_page()


@pytest.fixture(scope="session")
def accessible():
    """Return a function that fails on what axe-core finds wrong in a page as it is now."""

    def accessible(page, where="", **options):
        found = find_violations(page, **options)
        assert not found, f"{page.url} {where}\n" + "\n".join(found)

    return accessible
