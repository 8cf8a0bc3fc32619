"""What a reader finds, and what the reader's browser remembers, on a server and from disk."""

import io
import json

import pytest
from pypdf import PdfReader

CHAPTER = "notebooks/06_gradient.html"
TITLE = "6 The gradient: why \N{LATIN SMALL LETTER Y WITH CIRCUMFLEX} \N{MINUS SIGN} y?"
OPACITY = "link => getComputedStyle(link).opacity"


@pytest.fixture(params=["site", "disk"])
def home(request, site, folder):
    return site if request.param == "site" else folder.as_uri() + "/"


def remembered(page):
    return json.loads(page.evaluate("localStorage.getItem('softmax-book')") or "null")


def remember(page, **state):
    page.evaluate("state => softmaxBook.update(s => Object.assign(s, state))", state)


def wait_for_place(page, heading):
    """Wait until the place is noted; the policy of the page forbids Playwright's own waiting."""
    for _ in range(50):
        if ((remembered(page) or {}).get("place") or {}).get("heading") == heading:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the place is {remembered(page)}")


# The search


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("log-sum-exp", ["notebooks/04_numerics.html"]),
        ("nan loss", ["notebooks/04_numerics.html", "notebooks/14_bug_clinic.html"]),
        ("dz = yhat - y", ["notebooks/06_gradient.html"]),
        ("Loss is NaN", ["notebooks/14_bug_clinic.html"]),
        ("softmax twice", ["notebooks/14_bug_clinic.html"]),
    ],
)
def test_search_finds_the_right_page_among_the_first_three(new_page, home, words, expected):
    page = new_page(home=home)
    page.goto(f"{home}search.html")
    field = page.locator("#search-field")
    field.fill(words)
    field.press("Enter")
    page.locator(".search-summary").filter(has_text="found").wait_for()
    found = page.locator("ul.search > li > a").evaluate_all("links => links.map(a => a.href)")
    first = [address.split("?")[0].split("#")[0].removeprefix(home) for address in found[:3]]
    assert set(expected) <= set(first)


def test_search_result_names_its_section_and_shows_each_formula_once(page, site):
    page.goto(f"{site}search.html?q=log-sum-exp")
    first = page.locator("ul.search > li").first
    first.locator(".context").wait_for()
    assert first.locator("> a").inner_text() == "4 Staying finite > Log-sum-exp"
    text = first.locator(".context").inner_text()
    assert "lse" in text
    assert "\\" not in text, "TeX is shown beside the formula"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_are_accessible_and_fit_a_phone(new_page, site, accessible, scheme):
    page = new_page(width=360, scheme=scheme)
    page.goto(f"{site}search.html?q=nan+loss")
    page.locator("ul.search .context").first.wait_for()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    accessible(page)


# The place


def test_first_page_leads_back_to_the_section_last_read(new_page, home):
    page = new_page(home=home)
    page.goto(f"{home}index.html")
    assert not page.locator("#continue").is_visible()
    page.goto(f"{home}{CHAPTER}")
    page.locator("#reading-dz h2").evaluate("h => h.scrollIntoView({behavior: 'instant'})")
    wait_for_place(page, "reading-dz")
    for first_page in ("index.html", "book/index.html"):
        page.goto(home + first_page)
        line = page.locator("#continue")
        assert line.inner_text() == f"Continue: {TITLE}, “Reading dz”"
        line.get_by_role("link").click()
        page.wait_for_url(f"{home}{CHAPTER}#reading-dz")
        wait_for_place(page, "reading-dz")


def test_looking_something_up_does_not_lose_the_place(page, site):
    page.goto(f"{site}{CHAPTER}")
    wait_for_place(page, "")
    page.goto(f"{site}book/glossary.html")
    page.wait_for_timeout(500)
    assert remembered(page)["place"]["page"] == "notebooks/06_gradient"


# Answers


def test_side_bar_marks_a_chapter_only_when_all_is_right(page, site):
    page.goto(f"{site}index.html")
    remember(page, answers={"05_cross_entropy": {"1": True, "2": None}, "06_gradient": {"1": True}})
    for _ in range(2):  # at once, and on the next page
        marked = page.locator(".bd-sidenav a", has=page.locator(".done-mark"))
        assert marked.count() == 1
        assert "06_gradient" in marked.get_attribute("href")
        page.goto(f"{site}book/glossary.html")
    remember(page, answers={"06_gradient": {"1": True, "2": False}})
    assert page.locator(".done-mark").count() == 0


def test_page_tells_what_is_remembered_and_forgets_it(new_page, home):
    page = new_page(home=home)
    page.goto(f"{home}{CHAPTER}")
    wait_for_place(page, "")
    remember(page, answers={"05_cross_entropy": {"1": True, "2": False, "3": None}})
    page.goto(f"{home}book/how_to_use.html")
    lines = page.locator("#remembered li").all_text_contents()
    assert lines == [
        f"You were last at {TITLE}.",
        "Chapter 5: 1 of 3 questions answered rightly.",
    ]
    button = page.get_by_role("button", name="Clear the place and the answers")
    button.focus()
    page.keyboard.press("Enter")
    assert remembered(page) is None
    assert not button.is_visible()
    message = page.locator("#nothing-remembered")
    assert message.is_visible()
    assert message.evaluate("e => e === document.activeElement"), "the focus is lost"
    page.goto(f"{home}index.html")
    assert not page.locator("#continue").is_visible()


@pytest.mark.parametrize("junk", ["[1", "7", "null", '{"place": {"page": 3}, "answers": []}'])
def test_junk_under_the_key_does_no_harm(page, site, junk):
    page.goto(f"{site}index.html")
    page.evaluate("junk => localStorage.setItem('softmax-book', junk)", junk)
    page.goto(f"{site}book/how_to_use.html")
    assert page.locator("#nothing-remembered").is_visible()
    remember(page, answers={"06_gradient": {"1": True}})
    assert page.locator(".done-mark").count() == 1


def test_browser_that_refuses_to_store_still_counts_on_the_page(page, site):
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{get() { throw new DOMException('no', 'SecurityError'); }, configurable: true})"
    )
    page.goto(f"{site}{CHAPTER}")
    remember(page, answers={"06_gradient": {"1": True}})
    assert page.locator(".done-mark").count() == 1


def test_page_reads_well_without_script(new_page, site):
    page = new_page(java_script_enabled=False)
    page.goto(f"{site}book/how_to_use.html")
    assert page.get_by_text("Nothing is sent to anybody").is_visible()
    assert not page.locator("#forget").is_visible()
    page.goto(f"{site}index.html")
    assert not page.locator("#continue").is_visible()
    page.get_by_role("link", name="Start with chapter 1").click()
    assert page.url == f"{site}notebooks/01_softmax.html"


# The keyboard

OUTLINE = """() => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(document.activeElement);
    return [outlineStyle, outlineWidth, outlineColor];
}"""


def focused(page):
    return page.evaluate("document.activeElement.textContent.split('\\n').join('').trim()")


@pytest.mark.parametrize(
    ("scheme", "accent"), [("light", "rgb(0, 90, 140)"), ("dark", "rgb(124, 196, 240)")]
)
def test_whatever_has_the_focus_has_an_outline(new_page, site, scheme, accent):
    page = new_page(width=900, scheme=scheme)
    page.goto(f"{site}{CHAPTER}")
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.title") or focused(page)
        reached.append(name)
        if page.evaluate("document.activeElement.matches('summary')"):
            page.keyboard.press("Enter")  # its entries come next
        if not page.evaluate("document.activeElement.matches('.skip-link *')"):
            assert page.evaluate(OUTLINE) == ["solid", "3px", accent], name
    for wanted in ("Chapters", "Run this page", "Download this page", "Search", "On this page"):
        assert wanted in reached
    for begin in ("In this browser", "All ways compared", "Notebook", "Print"):
        assert [name for name in reached if name.startswith(begin)], f"{begin} in {reached}"


@pytest.mark.parametrize("menu", ["run", "download-buttons"])
def test_arrow_keys_move_in_an_open_menu_and_the_page_stays(page, site, menu):
    page.goto(f"{site}{CHAPTER}")
    menu = page.locator(f".dropdown-{menu}")
    entries = menu.locator("li").all_inner_texts()
    assert len(entries) >= 2
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    inside = "[...document.activeElement.closest('ul').children]"
    for key, expected in [
        ("ArrowDown", 0),
        ("ArrowDown", 1),
        ("End", -1),
        ("ArrowDown", 0),
        ("ArrowUp", -1),
        ("Home", 0),
        ("ArrowUp", -1),
        ("ArrowUp", -2),
    ]:
        page.keyboard.press(key)
        here = page.evaluate(f"{inside}.indexOf(document.activeElement.parentElement)")
        assert here == expected % len(entries), key
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("Escape")
    page.keyboard.press("End")  # a closed menu takes no keys
    assert menu.locator("summary").evaluate("e => e === document.activeElement")


def test_from_disk_the_menu_says_why_the_browser_cannot_run_the_page(new_page, folder, tmp_path):
    for part in ("_static", "_images"):
        (tmp_path / part).symlink_to(folder / part)
    html = (folder / CHAPTER).read_text(encoding="utf-8")
    # as if the book lay on GitHub, at an owner whose name ends like JupyterLite's folder
    binder = '<li><a class="dropdown-item" href="https://mybinder.org/sqlite/b">On Binder</a></li>'
    first = '<ul class="dropdown-menu show">'
    html = html.replace(first, first + binder, 1)
    path = tmp_path / CHAPTER
    path.parent.mkdir()
    path.write_text(html, encoding="utf-8")
    page = new_page(home=tmp_path.as_uri() + "/")
    page.goto(path.as_uri())
    page.locator(".dropdown-run summary").click()
    entry = page.locator(".dropdown-run [aria-disabled]")
    assert entry.inner_text().split("\n") == [
        "In this browser",
        "Only where the book comes from a web server",
    ]
    assert entry.get_attribute("href") is None
    page.keyboard.press("ArrowDown")
    assert focused(page) == "On Binder"
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("All ways compared")


# Links to places


@pytest.mark.parametrize("place", ["#reading-dz > h2", "#equation-eq-06-dz", "#fig-06-step"])
def test_link_to_a_place_appears_when_pointed_at_and_with_the_keyboard(new_page, site, place):
    page = new_page(reduced_motion="reduce")
    page.goto(f"{site}{CHAPTER}")
    link = page.locator(f"{place} a.headerlink")
    assert link.evaluate(OPACITY) == "0"
    page.locator(place).hover()
    assert link.evaluate(OPACITY) == "1"
    page.mouse.move(0, 0)
    assert link.evaluate(OPACITY) == "0"
    link.focus()
    assert link.evaluate(OPACITY) == "1"
    box = link.bounding_box()
    assert min(box["width"], box["height"]) >= 20
    page.keyboard.press("Enter")
    assert page.url.endswith(link.get_attribute("href"))


# Paper


def test_printed_chapter_is_a_handout(page, site):
    page.goto(f"{site}{CHAPTER}")
    page.emulate_media(media="print")
    for hidden in (".bd-sidebar-primary", ".bd-header-article", ".downloads", ".prev-next-area"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator("article h1").is_visible()
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    texts = [sheet.extract_text() for sheet in pdf.pages]
    assert f"1 / {len(texts)}" in texts[0]
    whole = " ".join(" ".join(texts).split())
    assert whole.count("6 The gradient: why") == 1
    assert "Download" not in whole
    for answer in page.locator(".solution, .dropdown.admonition").all():
        words = " ".join((answer.text_content() or "").split()[4:7])
        assert words
    assert "The prediction is" in whole, "the solution of exercise 6.1 is folded"


# Where there is no page


@pytest.mark.parametrize("address", ["nothing.html", "no/such/page.html"])
def test_missing_page_leads_on_from_any_depth(new_page, site, folder, address):
    page = new_page()
    body = (folder / "404.html").read_bytes()
    page.route(f"**/{address}", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(site + address)
    assert page.locator("article").evaluate("e => getComputedStyle(e).fontFamily").startswith("Ch")
    page.get_by_role("searchbox", name="Or search the book for").fill("softmax twice")
    page.keyboard.press("Enter")
    page.locator("ul.search > li").first.wait_for()
    assert page.url.startswith(f"{site}search.html")
