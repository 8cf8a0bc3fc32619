"""The self-tests of the chapters in a real browser: answered, explained, remembered, printed."""

import io
import json

import pytest
import render
from audit.figures import wake
from playwright.sync_api import expect
from pypdf import PdfReader

from softmax_edu.figures.questions import LETTERS, read_questions

CHAPTERS = [path.stem for path in render.chapters() if path.parent == render.NOTEBOOKS]
ALL_KINDS = "10_frameworks"


def questions_of(chapter):
    return read_questions(render.NOTEBOOKS / f"{chapter}.questions.toml")


def open_test(page, home, chapter):
    """Open a chapter and return its self-test, once it lives."""
    page.goto(f"{home}notebooks/{chapter}.html")
    return wake(page.locator('.live-figure[data-figure="self_test"]'))


def give(question, kind, answer):
    """Answer a question by keyboard alone."""
    if kind == "number":
        question.locator("input").fill(str(answer))
        question.locator("input").press("Enter")
        return
    for letter, box in zip(LETTERS, question.locator("input").all(), strict=False):
        if box.is_checked() != (letter in answer):
            box.press("Space")
    if kind == "several":
        question.locator(".check").press("Enter")


def answer_all(test, chapter):
    for question, place in zip(questions_of(chapter), test.locator(".question").all(), strict=True):
        give(place, question.kind, question.key["right"])


def stored(page, chapter):
    return json.loads(page.evaluate("localStorage.getItem('softmax-book')"))["answers"][chapter]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_right_answers_are_confirmed_counted_and_remembered(page, site, chapter):
    test = open_test(page, site, chapter)
    count = len(questions_of(chapter))
    answer_all(test, chapter)
    for place in test.locator(".question").all():
        expect(place.locator(".verdict")).to_contain_text("is right: ")
        expect(place.locator(".verdict")).not_to_contain_text("is wrong: ")
    for _ in range(2):  # the second time after the page was left
        expect(test.locator(".score")).to_contain_text(f"{count} of {count} questions")
        assert stored(page, chapter) == {str(n): True for n in range(1, count + 1)}
        test = open_test(page, site, chapter)


@pytest.mark.parametrize("chapter", ["02_hardmax_and_temperature", ALL_KINDS])
def test_every_wrong_answer_gets_its_own_reason(page, site, chapter):
    test = open_test(page, site, chapter)
    for question, place in zip(questions_of(chapter), test.locator(".question").all(), strict=True):
        reasons = place.locator("details li").all_text_contents()
        for letter, option, reason in zip(LETTERS, question.options, reasons, strict=False):
            if option.right:
                continue
            give(place, question.kind, option.text if question.kind == "number" else letter)
            shown = place.locator(".verdict li").all_text_contents()
            assert reason in shown
            assert "✗ " in reason
            assert len(shown) == 1 or question.kind == "several"
    expect(test.locator(".score")).to_contain_text(f"0 of {len(questions_of(chapter))}")


def test_what_is_no_answer_yet_is_explained_and_not_counted(page, site):
    test = open_test(page, site, ALL_KINDS)
    number = test.locator('.question[data-kind="number"]')
    give(number, "number", "1,5")
    expect(number.locator(".verdict")).to_have_text("Please write a decimal point: 1.5")
    several = test.locator('.question[data-kind="several"]')
    several.locator(".check").click()
    expect(several.locator(".verdict")).to_have_text("Tick what is right, then check.")
    assert test.evaluate("test => test.numbers.right.every((right) => right === null)")


def test_one_can_start_again(page, site):
    test = open_test(page, site, ALL_KINDS)
    answer_all(test, ALL_KINDS)
    test.locator(".again").click()
    expect(test.locator(".score")).to_contain_text("0 of 5")
    assert test.locator("input:checked").count() == 0
    assert test.locator(".verdict:not(:empty)").count() == 0
    assert set(stored(page, ALL_KINDS).values()) == {None}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 360])
def test_it_is_accessible_and_fits_with_all_reasons_open(new_page, site, accessible, scheme, width):
    page = new_page(width=width, scheme=scheme)
    test = open_test(page, site, ALL_KINDS)
    answer_all(test, ALL_KINDS)
    for fold in test.locator("summary").all():
        fold.press("Enter")
    assert test.locator('.verdict[role="status"]').count() == 5
    for element in test.locator("label, button, summary").all():
        assert element.bounding_box()["height"] >= 24
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(page)


def test_without_script_the_reasons_can_be_unfolded(new_page, site):
    page = new_page(java_script_enabled=False)
    page.goto(f"{site}notebooks/{ALL_KINDS}.html")
    question = page.locator(".question").first
    assert not page.locator(".check, .again").first.is_visible()
    question.locator("summary").click()
    assert question.locator("li").first.is_visible()


def test_on_paper_all_reasons_stand(page, site):
    open_test(page, site, ALL_KINDS)
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = " ".join(" ".join(sheet.extract_text() for sheet in pdf.pages).split())
    for words in ("A network for 10 classes ends", "central differences take two costs"):
        assert text.count(words) == 1, words


def test_it_answers_on_a_page_opened_from_disk(new_page, folder):
    home = folder.as_uri() + "/"
    test = open_test(new_page(home=home), home, "01_softmax")
    answer_all(test, "01_softmax")
    expect(test.locator(".score")).to_contain_text("4 of 4 questions")
