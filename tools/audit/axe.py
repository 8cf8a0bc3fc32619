"""Ask axe-core what a reader with a screen reader, a keyboard or weak eyes would stumble over."""

from functools import cache
from pathlib import Path

SCRIPT = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@cache
def source():
    """Return the script; make fetches it, for the tests and for the audit."""
    if not SCRIPT.exists():
        raise FileNotFoundError("axe-core is missing; make test and make audit fetch it")
    return SCRIPT.read_text(encoding="utf-8")


def find_violations(page, rules=(), within="html"):
    """Return a line for each place in the page, as it is now, that breaks one of axe's rules.

    `rules` are the names of the only rules to try, such as "color-contrast"; none means all.
    `within` is the CSS selector of the part to look at.
    """
    # Through the debugger, as here, no content security policy of the page is in the way.
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    options = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
