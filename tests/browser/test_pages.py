"""Every page: quiet, at rest, as wide as its window, and open to every reader."""

import pytest
from audit.browser import list_pages

PAGES = list_pages()


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_quietly_and_is_accessible(page, site, accessible, name):
    page.goto(f"{site}{name}.html")
    accessible(page, "light")
