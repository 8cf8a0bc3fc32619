"""Digits drawn on the page of chapter 9, by mouse and by finger."""

import pytest
from audit.figures import wake
from playwright.sync_api import expect

PAGE = "notebooks/09_cnn.html"
# Strokes in parts of the square, from the upper left corner.
SEVEN = [[(0.25, 0.08), (0.75, 0.08), (0.45, 0.94)]]
FOUR = [[(0.5, 0.06), (0.25, 0.6), (0.8, 0.6)], [(0.6, 0.35), (0.6, 0.94)]]


@pytest.fixture(params=["mouse", "finger"])
def reader(request, new_page, site):
    """Give the figure on empty paper, and a function that draws a stroke."""
    finger = request.param == "finger"
    options = {"width": 360, "has_touch": True, "is_mobile": True} if finger else {}
    page = new_page(**options)
    page.goto(site + PAGE)
    figure = wake(page.locator('.live-figure[data-figure="digit_reader"]'))
    figure.get_by_role("button", name="Clear").click()
    expect(figure.locator(".reading")).to_contain_text("Nothing is drawn")
    pad = figure.locator(".pad")
    pad.scroll_into_view_if_needed()
    touch = page.context.new_cdp_session(page) if finger else None

    def draw(stroke):
        box = pad.bounding_box()
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        if finger:
            kinds = ["touchStart"] + ["touchMove"] * (len(points) - 1)
            for kind, (x, y) in zip(kinds, points, strict=True):
                change = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
                touch.send("Input.dispatchTouchEvent", change)
            touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        else:
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point)
            page.mouse.up()

    return figure, draw


@pytest.mark.parametrize(("digit", "strokes"), [(7, SEVEN), (4, FOUR)])
def test_a_drawn_digit_is_read_and_nothing_scrolls(reader, digit, strokes):
    figure, draw = reader
    scrolled = figure.evaluate("() => scrollY")
    for stroke in strokes:
        draw(stroke)
    expect(figure.locator(".reading")).to_contain_text(f"The network reads a {digit}")
    state = figure.evaluate("figure => figure.state")
    assert [bits.bit_count() for bits in state["ink"]] == state["image"]
    assert figure.evaluate("() => scrollY") == scrolled


def test_keyboard_inks_a_cell_and_empties_it(new_page, site):
    page = new_page()
    page.goto(site + PAGE)
    figure = wake(page.locator('.live-figure[data-figure="digit_reader"]'))
    figure.get_by_role("button", name="Clear").click()
    cell = figure.get_by_role("slider", name="cell of the 8 by 8 picture")
    cell.focus()
    for key in ("ArrowRight", "ArrowDown", " "):
        page.keyboard.press(key)
    expect(cell).to_have_attribute("aria-valuetext", "row 5, column 5: 16 of 16 inked")
    page.keyboard.press("Enter")
    expect(cell).to_have_attribute("aria-valuetext", "row 5, column 5: 0 of 16 inked")
