"""Turn short texts into HTML: emphasis, code, links and formulas, and nothing that could harm."""

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from itertools import pairwise
from typing import Any

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

# Another chapter, a formula or figure in it, or a page of the web.
LINK = re.compile(r"https://\S+|\d\d_\w+\.ipynb(#[\w-]+)?")
PUNCTUATION = re.compile(r"^[.,;!?]+")  # a colon would be set as a relation


def to_html(text: str) -> str:
    """Turn a text into HTML.

    Parameters
    ----------
    text : str
        With ``*emphasis*``, ``**strong emphasis**``, ``` `code` ```, ``$formulas$`` and
        ``[links](06_gradient.ipynb#eq-06-dz)``.

    Returns
    -------
    str
        HTML without block elements. A formula is MathML, in an element that keeps its LaTeX.

    Raises
    ------
    ValueError
        If a sign has lost its partner, a formula cannot be read, or a link leads elsewhere.

    Examples
    --------
    >>> to_html("It is *not* < 0.")
    'It is <em>not</em> &lt; 0.'
    """
    tokens = _markdown().parseInline(text.strip())
    for token in tokens:
        _check(token.children or [])
        _keep_punctuation(token.children or [])
    return str(_markdown().renderer.render(tokens, _markdown().options, {}))


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero").enable(["emphasis", "backticks", "link"])
    markdown.use(dollarmath_plugin)
    markdown.add_render_rule("math_inline", _formula)
    return markdown


def _formula(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
    tex = tokens[index].content
    try:
        mathml = convert(tex)
    except Exception as error:  # it has no common class for what can be wrong with a formula
        raise ValueError(f"the formula {tex} cannot be read: {type(error).__name__}") from None
    return f'<span class="math" data-tex="{escape(tex)}">{mathml}</span>'


def _check(tokens: list[Token]) -> None:
    for token in tokens:
        if token.type == "text":
            if lost := re.search(r"\{\w+\}$|[$`\\]|\*\*|\]\(", token.content):
                raise ValueError(
                    f'"{lost[0]}" has no meaning here, or lost its partner: {token.content}'
                )
        elif token.type == "link_open" and not LINK.fullmatch(str(token.attrs["href"])):
            raise ValueError(
                f"the link to {token.attrs['href']} should lead to a chapter, such as "
                "06_gradient.ipynb#eq-06-dz, or to https://"
            )


def _keep_punctuation(tokens: list[Token]) -> None:
    """Move a full stop into the short formula before it, so that no line begins with it."""
    for formula, text in pairwise(tokens):
        if formula.type == "math_inline" and text.type == "text" and len(formula.content) < 30:
            signs = PUNCTUATION.match(text.content)
            if signs:
                formula.content += signs[0]
                text.content = text.content[len(signs[0]) :]
