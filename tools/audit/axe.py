"""Ask axe-core what a reader with a screen reader, a keyboard or weak eyes would stumble over."""

from functools import cache
from pathlib import Path

SCRIPT = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
# What the theme calls its two side bars, and what a phone's reader presses to see them.
SIDE_BARS = {"left bar": ".primary-toggle", "right bar": ".secondary-toggle"}
MENUS = ".bd-header-article details.dropdown > summary"
# Only colours differ in the dark: axe's other rules have seen the page in the light.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
# The visible half of a formula: thousands of boxes in the colour of the text around it.
FORMULAS = (".katex-html",)


@cache
def source():
    """Return the script; make fetches it, for the tests and for the audit."""
    if not SCRIPT.exists():
        raise FileNotFoundError("axe-core is missing; make test and make audit fetch it")
    return SCRIPT.read_text(encoding="utf-8")


def find_violations(page, rules=(), leave_out=()):
    """Return a line for each place in the page, as it is now, that breaks one of axe's rules.

    `rules` are the names of the only rules to try, such as "color-contrast"; none means all.
    `leave_out` are CSS selectors of parts not to look at.
    """
    # Through the debugger, as here, no content security policy of the page is in the way.
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    context = {"exclude": [[selector] for selector in leave_out]} if leave_out else "html"
    options = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    finish_motion(page)
    found = page.evaluate("([where, options]) => axe.run(where, options)", [context, options])
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def finish_motion(page):
    """Bring every running transition to its end: half faded text has no contrast to measure."""
    page.evaluate(
        "document.getAnimations().filter((a) => a.effect.getTiming().iterations < Infinity)"
        ".forEach((a) => a.finish())"
    )


def open_answers(page):
    """Unfold everything in the text that is folded, as a reader would; say how many."""
    return page.evaluate(
        """() => {
            const folded = document.querySelectorAll(
                'article details:not([open]) > summary, article .toggle-hidden .toggle-button');
            folded.forEach((button) => button.click());
            return folded.length;
        }"""
    )


def open_search(page):
    """Open the search dialog by its keys."""
    page.keyboard.press("Control+k")
    page.locator("input[type=search]:focus").wait_for(timeout=2000)


def empty_article(page):
    """Take the text away, but for its heading: what lies around it is tried much faster then."""
    page.evaluate(
        "document.querySelectorAll('article :not(:has(h1), h1, h1 *)').forEach((e) => e.remove())"
    )


def audit_states(page, address, dark=False):
    """Try the page in every state a reader brings it into; return pairs: state, violation.

    Search, menus and side bars are tried around an empty article, which is tried by itself;
    formulas where the page is as loaded; in the dark, where `dark` says so, only colours.
    """
    narrow = page.viewport_size["width"] < 600
    found = []

    def look(state, **options):
        options["rules"] = COLOUR_RULES if dark else ()
        found.extend((state, line) for line in find_violations(page, **options))

    page.goto(address)
    if not narrow:
        look("as loaded")
    if open_answers(page) or narrow:
        look("answers open", leave_out=FORMULAS)

    page.goto(address)
    empty_article(page)
    open_search(page)
    look("search open")
    page.keyboard.press("Escape")
    for number in range(page.locator(MENUS).count()):
        menu = page.locator(MENUS).nth(number)
        if menu.is_visible():
            menu.click()
            look(f"menu {number + 1} open")
            page.keyboard.press("Escape")

    for bar, button in SIDE_BARS.items() if narrow else ():
        if page.locator(button).first.is_visible():
            page.locator(button).first.click()
            look(f"{bar} open")
            page.keyboard.press("Escape")
    return found
