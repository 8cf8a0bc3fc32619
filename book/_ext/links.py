"""Let every formula and exercise be linked to, and say to screen readers what each link leads to.

Sphinx gives headings, figures and numbered formulas a link of the same sign, #. Here formulas
without a number get one too, named after what they say, so that it survives changes around it.
"""

import hashlib
import re

PLAIN_FORMULA = re.compile(r'<div class="math">\s*(?=<span class="katex-display">)')
SOURCE = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.S)
NUMBER = re.compile(r'<span class="eqno">(\([\d.]+\))(<a class="headerlink"[^>]*) title="[^"]*"')
HEADERLINK = re.compile(r'(<a class="headerlink"[^>]*) title="(?:Link|Permalink) to this (\w+)"')
EXERCISE = re.compile(
    r'<div class="exercise admonition" id="([^"]+)">\s*<p class="admonition-title">.*?(?=</p>)',
    re.S,
)
WORDS = {"image": "figure", "code": "listing"}


def name_links(app, pagename, templatename, context, doctree):
    """Complete the links of a page."""
    if app.builder.name == "html" and "body" in context:
        context["body"] = with_named_links(context["body"])


def with_named_links(body):
    """Return the HTML of a page with a link at every formula, and a label on every link."""
    seen = {}

    def linked(match):
        tex = " ".join(SOURCE.search(body, match.end())[1].split())
        name = f"formula-{hashlib.sha256(tex.encode()).hexdigest()[:8]}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:  # the same formula again
            name += f"-{seen[name]}"
        link = f'<a class="headerlink" href="#{name}" title="Link to this formula">#</a>'
        return f'<div class="math" id="{name}">{link}'

    body = PLAIN_FORMULA.sub(linked, body)
    body = NUMBER.sub(
        r'<span class="eqno">\1\2 title="Link to equation \1" aria-label="Link to equation \1"',
        body,
    )

    body = EXERCISE.sub(
        r'\g<0><a class="headerlink" href="#\1" title="Link to this exercise">#</a>', body
    )

    def labelled(match):
        label = f"Link to this {WORDS.get(match[2], match[2])}"
        return f'{match[1]} title="{label}" aria-label="{label}"'

    return HEADERLINK.sub(labelled, body)


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", name_links, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
