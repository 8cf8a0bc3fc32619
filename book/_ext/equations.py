"""Read the labelled equations of a page, and the cells that prove them, from its source."""

import re
from typing import NamedTuple

CELL = re.compile(r"^```\{code-cell\}.*?^```", re.M | re.S)
DOLLARS = re.compile(
    r"\$\$(?P<tex>(?:(?!\$\$).)*)\$\$\s*\((?P<label>[^)\s]+)\)[ \t]*$", re.M | re.S
)
DIRECTIVE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{math\}[^\n]*\n(?:\s*:\w+:[^\n]*\n)*?\s*:label:\s*(?P<label>\S+)\n"
    r"(?:\s*:\w+:[^\n]*\n)*(?P<tex>.*?)^(?P=fence)",
    re.M | re.S,
)
HEADING = re.compile(r"^#+ +(.+)$", re.M)
PROOF = re.compile(r"\bproves: *((?:[\w-]+)(?:, *[\w-]+)*)")
ASSERTION = re.compile(r"\bassert\b|\.assert_\w+\(")


class Equation(NamedTuple):
    """A labelled equation: its TeX, the heading above it, and the line on which it ends."""

    label: str
    tex: str
    heading: str
    line: int


def equations(text: str) -> list[Equation]:
    """List the labelled equations of a page, in their order."""
    prose = CELL.sub(_blank, text)
    matches = [*DOLLARS.finditer(prose), *DIRECTIVE.finditer(prose)]
    found = []
    for match in sorted(matches, key=re.Match.start):
        headings = HEADING.findall(prose, 0, match.start())
        line = prose.count("\n", 0, match.end()) + 1
        found.append(
            Equation(match["label"], match["tex"].strip(), headings[-1] if headings else "", line)
        )
    return found


def proven_in(code: str) -> list[str]:
    """List the labels that a cell or a test proves: it must name them and assert something."""
    if not ASSERTION.search(code):
        return []
    return [label for match in PROOF.finditer(code) for label in re.split(r", *", match[1])]


def cells(text: str) -> list[tuple[str, int]]:
    """List (code, line) of the code cells of a page."""
    return [(m.group(), text.count("\n", 0, m.start()) + 1) for m in CELL.finditer(text)]


def _blank(match: re.Match[str]) -> str:
    """Replace a match by as many empty lines, so that line numbers stay."""
    return "\n" * match.group().count("\n")
