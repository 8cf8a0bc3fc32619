"""Every page: quiet, as wide as its window, open to every reader, and at rest while it loads."""

import pytest
from audit.axe import COLOUR_RULES, FORMULAS
from audit.browser import list_pages
from audit.weight import visit

PAGES = list_pages()
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]


def assert_fits(page):
    """Fail if the page can be scrolled sideways, and say what sticks out."""
    sticking_out = page.evaluate(
        """() => {
            // what is far below is not laid out yet, and may be wider than the rest
            for (const section of document.querySelectorAll('section[style*="--wide"]'))
                section.style.contentVisibility = 'visible';
            const wide = document.scrollingElement.scrollWidth;
            if (wide <= innerWidth) return [];
            const out = [...document.querySelectorAll('body *')].filter(
                (e) => e.getBoundingClientRect().right > innerWidth + 1);
            return [`${wide} px wide`, ...out.slice(0, 5).map((e) => e.outerHTML.slice(0, 100))];
        }"""
    )
    assert not sticking_out, "\n".join(sticking_out)


@pytest.mark.parametrize("name", PAGES)
def test_a_light_page_is_quiet_fits_and_is_accessible(page, site, accessible, name):
    page.goto(f"{site}{name}.html")
    assert_fits(page)
    accessible(page, leave_out=FORMULAS)


@pytest.mark.parametrize("name", PAGES)
def test_a_dark_page_is_quiet_fits_and_has_contrast(new_page, site, accessible, name):
    page = new_page(scheme="dark")
    page.goto(f"{site}{name}.html")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert_fits(page)
    accessible(page, rules=COLOUR_RULES, leave_out=FORMULAS)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_on_a_phone_is_quiet_and_fits(new_page, site, name):
    page = new_page(width=360, has_touch=True)
    page.goto(f"{site}{name}.html")
    assert_fits(page)


# The 404 page is sent by servers only, for any address: its own ones start at the root.
@pytest.mark.parametrize("name", [page for page in PAGES if page != "404"])
def test_a_page_opened_from_disk_is_quiet_and_fits(new_page, folder, name):
    home = folder.as_uri() + "/"
    page = new_page(home=home)
    page.goto(f"{home}{name}.html")
    assert_fits(page)


@pytest.mark.parametrize("width", [390, 1300])
@pytest.mark.parametrize("name", CHAPTERS)
def test_nothing_moves_while_a_chapter_loads(new_page, site, name, width):
    found = visit(new_page(width=width), f"{site}{name}.html")
    assert found["shift"] < 0.01, "\n".join(found["moved"])
