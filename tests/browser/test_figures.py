"""Every live figure of the site, moved as a reader would, its numbers held to the package."""

import re

import pytest
from agreement import assert_close
from audit.browser import ROOT
from audit.figures import wake
from playwright.sync_api import expect

import softmax_edu.figures

FIGURES = {
    cls.module.removesuffix(".js"): cls
    for cls in (getattr(softmax_edu.figures, name) for name in softmax_edu.figures.__all__)
    if cls.__name__ != "SelfTest"  # it has questions instead of numbers, and tests of its own
}


def places():
    """Find on which page each figure stands."""
    found = []
    for source in sorted([*ROOT.glob("notebooks/*.md"), *ROOT.glob("book/*.md")]):
        text = source.read_text(encoding="utf-8")
        page = source.relative_to(ROOT).with_suffix(".html").as_posix()
        for module, cls in FIGURES.items():
            if re.search(rf"^{cls.__name__}\(|^`{{3,}}{{live-figure}} {cls.__name__}$", text, re.M):
                found.append((page, module))
    return found


PLACES = places()


def test_every_figure_has_its_place():
    assert {module for _, module in PLACES} == set(FIGURES)
    assert len(FIGURES) >= 8


@pytest.fixture(params=PLACES, ids=lambda place: f"{place[1]} in {place[0]}")
def place(request):
    return request.param


def open_figure(page, site, place):
    """Open the page of a figure and return the figure once it lives."""
    address, module = place
    page.goto(site + address)
    return wake(page.locator(f'.live-figure[data-figure="{module}"]').first)


def settle(page):
    """Wait for what a change has asked to be drawn."""
    page.evaluate("() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")


def state_of(figure):
    return figure.evaluate("figure => figure.state")


def assert_true(figure, module, what):
    """The figure shows what the package computes for its state."""
    state, numbers = figure.evaluate("figure => [figure.state, figure.numbers]")
    traits = FIGURES[module].class_traits()
    inputs = {name: value for name, value in state.items() if not traits[name].read_only}
    assert_close(numbers, FIGURES[module](**inputs).numbers(), f"{module}, {what}")
    assert len(figure.locator(".reading").text_content()) > 20


def test_keyboard_moves_it_and_its_numbers_stay_true(page, site, place):
    module = place[1]
    figure = open_figure(page, site, place)
    assert_true(figure, module, "at first")
    controls = figure.locator(":is(input, button, .handle, [tabindex='0']):visible")
    moved = 0
    for i in range(controls.count()):
        control = controls.nth(i)
        if control.is_disabled():
            continue
        before = state_of(figure)
        control.focus()
        kind = control.get_attribute("type") or "handle"
        for key in {"checkbox": [" "], "button": ["Enter"]}.get(kind, ["ArrowRight", "ArrowUp"]):
            page.keyboard.press(key)
            settle(page)
        moved += state_of(figure) != before
        assert_true(figure, module, f"control {i}, {kind}")
    assert moved >= controls.count() / 2, "most controls should change something"


def test_pointer_moves_it_and_its_numbers_stay_true(page, site, place):
    module = place[1]
    figure = open_figure(page, site, place)
    for i, slider in enumerate(figure.locator("input[type=range]:visible").all()):
        before = state_of(figure)
        box = slider.bounding_box()
        for part in (0.15, 0.85):
            slider.click(position={"x": part * box["width"], "y": box["height"] / 2})
        settle(page)
        assert state_of(figure) != before, f"slider {i} does not follow the mouse"
        assert_true(figure, module, f"slider {i}")
    for i, handle in enumerate(figure.locator(".handle:visible").all()[:4]):
        before = state_of(figure)
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20, y + 14, steps=4)
        page.mouse.up()
        settle(page)
        assert state_of(figure) != before, f"handle {i} does not follow the mouse"
        assert_true(figure, module, f"handle {i}")


def test_touch_moves_it_on_a_phone(new_page, site, place):
    module = place[1]
    page = new_page(width=360, has_touch=True, is_mobile=True)
    figure = open_figure(page, site, place)
    before = state_of(figure)
    touch = page.context.new_cdp_session(page)
    target = figure.locator(":is(input[type=range], .handle):visible").first
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for kind, dx in (("touchStart", 0), ("touchMove", 12), ("touchMove", 24), ("touchEnd", None)):
        points = [] if dx is None else [{"x": x + dx, "y": y + dx / 4}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        settle(page)
    assert state_of(figure) != before
    assert_true(figure, module, "touch")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_a_screen_reader_hears_the_reading_after_a_pause(page, site, place):
    figure = open_figure(page, site, place)
    control = figure.locator(":is(input[type=range], .handle, [tabindex='0']):visible").first
    control.focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    expect(figure.get_by_role("status")).to_have_text(figure.locator(".reading").text_content())


def test_without_script_it_is_drawn_and_read(new_page, site, place):
    page = new_page(java_script_enabled=False)
    page.goto(site + place[0])
    figure = page.locator(f'.live-figure[data-figure="{place[1]}"]').first
    assert figure.locator(".picture svg *").count() > 3
    assert len(figure.locator(".reading").text_content()) > 20
    assert not figure.locator("input:visible").count(), "a control that does nothing is shown"


NOTHING_COMES_NEAR = """
window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} };
"""


@pytest.mark.parametrize("width", [1300, 390])
def test_starting_it_moves_nothing(new_page, site, place, width):
    """What is drawn at build time has the size of what the script makes of it."""
    drawn = new_page(width=width)
    drawn.add_init_script(NOTHING_COMES_NEAR)
    drawn.goto(site + place[0])
    still = drawn.locator(f'.live-figure[data-figure="{place[1]}"]').first
    still.scroll_into_view_if_needed()
    assert still.get_attribute("data-live") is None
    alive = new_page(width=width)
    figure = open_figure(alive, site, place)
    settle(alive)
    assert figure.bounding_box()["height"] == pytest.approx(still.bounding_box()["height"], abs=1)


def test_it_lives_on_a_page_opened_from_disk(new_page, folder, place):
    page = new_page(home=folder.as_uri() + "/")
    figure = open_figure(page, folder.as_uri() + "/", place)
    assert_true(figure, place[1], "from disk")
