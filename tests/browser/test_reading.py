"""What a reader does: search, download, go by keyboard, print, ask for less motion."""

import io
import json

import pytest
from audit.axe import finish_motion
from audit.browser import ROOT, list_pages
from pypdf import PdfReader

CHAPTERS = [page for page in list_pages() if page.startswith("notebooks/")]
CHAPTER = "notebooks/01_softmax.html"


@pytest.mark.parametrize("where", ["served", "disk"])
def test_search_is_there_by_its_keys_and_leads_to_the_results(new_page, site, folder, where):
    home = site if where == "served" else folder.as_uri() + "/"
    page = new_page(home=home)
    page.goto(home + CHAPTER)
    page.keyboard.press("Control+k")
    page.locator("input[type=search]:focus").wait_for()
    page.keyboard.type("log-sum-exp")
    page.keyboard.press("Enter")
    page.locator("ul.search > li").first.wait_for()
    assert page.url.startswith(f"{home}search.html?q=log-sum-exp")
    assert "04_numerics" in page.locator("ul.search > li a").first.get_attribute("href")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_download_of_a_chapter_is_its_notebook(page, site, name):
    page.goto(f"{site}{name}.html")
    links = page.locator("a[download][href$='.ipynb']")
    addresses = set(links.evaluate_all("(links) => links.map((link) => link.href)"))
    stored = json.loads((ROOT / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert addresses
    for address in addresses:
        assert page.request.get(address).json()["cells"] == stored["cells"], address


def test_the_download_menu_opens_by_keyboard_and_saves_the_notebook(page, site):
    page.goto(site + CHAPTER)
    menu = page.locator(".bd-header-article .dropdown-download-buttons")
    link = menu.locator("a[href$='.ipynb']")
    assert not link.is_visible()
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_download(timeout=5000) as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "01_softmax.ipynb"


def focused(page):
    """Describe the element that has the focus, and where it is, when all has come to rest."""
    finish_motion(page)
    return page.evaluate(
        """() => {
            const e = document.activeElement, box = e.getBoundingClientRect();
            return {
                name: (e.ariaLabel || e.textContent || e.id).trim().replace(/\\s+/g, ' '),
                part: e.closest('article') ? 'article' : e.closest('nav') ? 'nav' : '',
                inMain: document.querySelector('main').contains(e),
                seen: box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth
                    && box.bottom > 0 && box.top < innerHeight
                    && e.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
            };
        }"""
    )


def test_the_skip_link_leads_past_the_navigation(page, site):
    page.goto(site + CHAPTER)
    page.keyboard.press("Tab")
    first = focused(page)
    assert first["name"] == "Skip to main content"
    assert first["seen"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page)["inMain"]


def test_the_tab_key_reaches_everything_and_never_hides(page, site):
    page.goto(site + CHAPTER)
    stops = []
    while len(stops) < 120 and not (stops and stops[-1]["part"] == "article"):
        page.keyboard.press("Tab")
        stops.append(focused(page))
    hidden = [stop["name"] for stop in stops if not stop["seen"]]
    assert not hidden
    names = [stop["name"] for stop in stops]
    assert any(name.startswith("Search") for name in names), names
    assert "2 Hardmax and temperature" in names
    assert "Download this page" in names
    assert stops[-1]["part"] == "article", names


def test_the_theme_switch_works_by_keyboard_and_is_remembered(page, site):
    page.goto(site + CHAPTER)
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "light"
    page.locator(".theme-switch-button:visible").focus()
    for _ in range(3):  # it goes round: light, dark, as the machine
        page.keyboard.press("Enter")
        if page.evaluate(theme) == "dark":
            break
    assert page.evaluate(theme) == "dark"
    page.goto(site + "notebooks/02_hardmax_and_temperature.html")
    assert page.evaluate(theme) == "dark"


def test_a_printed_chapter_is_its_text_with_the_answers(page, site):
    page.goto(site + CHAPTER)
    solutions = page.locator(".solution p:not(.admonition-title)")
    last_words = solutions.last.text_content().split()[:3]
    assert last_words
    page.emulate_media(media="print")
    for bar in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article"):
        assert not page.locator(bar).first.is_visible(), f"{bar} is printed"
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(page.pdf())).pages)
    text = "".join(text.split())  # where lines break is of no matter here
    assert "Softmax:fromscorestoprobabilities" in text
    assert "".join(last_words) in text, "the answers stay folded on paper"


@pytest.mark.parametrize("width", [390, 1300])
def test_nothing_glides_for_a_reader_who_asked_for_less_motion(new_page, site, width):
    page = new_page(width=width, reduced_motion="reduce")
    page.goto(site + CHAPTER)

    def moving():
        return page.evaluate(
            "document.getAnimations().map((a) => `${a.transitionProperty ?? a.animationName} of "
            "${a.effect.target.className}`)"
        )

    assert moving() == []
    page.locator(".theme-switch-button:visible").click()
    assert moving() == []
    if width < 600:
        page.locator(".primary-toggle:visible").click()
        assert moving() == []
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
