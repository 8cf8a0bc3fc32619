"""The page that a learner gets back: points, what was said, and nothing of the hidden tests."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbgrader import utils
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from softmax_edu.grading.gradebook import Marks
from softmax_edu.grading.notebook import Graded, name_of

# Lines of what a check says that hold numbers, one under the other; the others are sentences.
TABLE = re.compile(r"called with |returned  |right is  |\s{4}")


def page(graded: Graded, assignment: str, source: Any, marks: Marks) -> str:
    """Write the feedback on one submission.

    Parameters
    ----------
    graded : Graded
    assignment : str
    source : NotebookNode
        The teacher's notebook: titles are taken from it.
    marks : Marks
        Points and comments, as `Writer.marks` returns them.

    Returns
    -------
    str
        HTML that stands alone.
    """
    notebook = nbformat.reads(graded.notebook, as_version=4) if graded.notebook else None
    cells = {name_of(cell): cell for cell in notebook.cells} if notebook else {}
    order = [str(name_of(cell)) for cell in source.cells if utils.is_grade(cell)]
    scores = {name: marks.scores[name] for name in order if name in marks.scores}
    marks = Marks(scores, marks.comments)
    unanswered = set(graded.unanswered)
    questions = [
        _question(cell, cells, marks, unanswered)
        for cell in source.cells
        if utils.is_solution(cell)
    ]
    titles = dict(zip((q["name"] for q in questions), _titles(source), strict=True))
    return _template().render(
        student=graded.student,
        assignment=assignment,
        title=_heading(source.cells[0].source) or assignment,
        problem=graded.problem,
        remarks=graded.remarks,
        questions=[{**question, "title": titles[question["name"]]} for question in questions],
        points=sum(score.given or 0 for score in scores.values()),
        most=sum(score.most for score in scores.values()),
        open=sum(score.most for score in scores.values() if score.given is None),
        light=HtmlFormatter(nobackground=True).get_style_defs(".code"),
        dark=HtmlFormatter(style="github-dark", nobackground=True).get_style_defs(".code"),
    )


def _question(
    solution: Any, cells: dict[str | None, Any], marks: Marks, unanswered: set[str]
) -> dict[str, Any]:
    """Collect what is to be said about one answer: its tests, or a person's judgement."""
    name = str(name_of(solution))
    parts = []
    for cell_name, score in marks.scores.items():
        if cell_name != name and not cell_name.startswith(f"{name}-"):
            continue
        outputs = cells[cell_name].get("outputs", []) if cell_name in cells else []
        said = [
            output.evalue if output.output_type == "error" else output.get("text", "")
            for output in outputs
        ]
        kind = "a person" if cell_name == name else cell_name.removeprefix(f"{name}-")
        if cell_name in unanswered:
            kind = "unanswered"
        parts.append(
            {"kind": kind, "said": [list(_blocks(text)) for text in said]} | score._asdict()
        )
    answer = cells.get(name)
    is_code = solution.cell_type == "code"
    text = answer.source if answer else ""
    failed = [o for o in (answer.get("outputs", []) if answer else []) if o.output_type == "error"]
    return {
        "name": name,
        "answer": (
            highlight(text, PythonLexer(), HtmlFormatter(nowrap=True)) if is_code else to_html(text)
        ),
        "is_code": is_code,
        "stopped": [f"{output.ename}: {output.evalue}" for output in failed],
        "parts": parts,
        "comment": to_html(marks.comments.get(name, "")),
        "points": sum(part["given"] or 0 for part in parts),
        "most": sum(part["most"] for part in parts),
        "open": any(part["given"] is None for part in parts),
    }


def _blocks(text: str) -> Iterator[tuple[bool, str]]:
    """Cut what a check says into tables, which keep their lines, and sentences, which do not."""
    for is_table, lines in groupby(text.splitlines(), lambda line: bool(TABLE.match(line))):
        yield is_table, ("\n" if is_table else " ").join(lines)


def to_html(text: str) -> str:
    """Turn a learner's or a teacher's Markdown into HTML that can do no harm: no tags, no pictures.

    Formulas become MathML.
    """
    return str(_markdown().render(text))


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.use(dollarmath_plugin)
    markdown.add_render_rule("math_inline", _formula)
    markdown.add_render_rule("math_block", _formula)
    return markdown


def _formula(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
    token = tokens[index]
    try:
        return convert(token.content, display="block" if token.block else "inline")
    except Exception:  # whatever a person may write between dollars
        return f"<code>{escape(token.content)}</code>"


def _titles(source: Any) -> list[str]:
    """Return for each answer the last heading before it."""
    titles, heading = [], ""
    for cell in source.cells:
        if utils.is_solution(cell):
            titles.append(heading)
        elif cell.cell_type == "markdown":
            heading = _heading(cell.source) or heading
    return titles


def _heading(text: str) -> str:
    match = re.search(r"^#+\s+(.+)$", text, re.M)
    return match[1] if match else ""


@cache
def _template() -> jinja2.Template:
    text = Path(__file__).with_name("feedback.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["points"] = lambda number: f"{number:g}"
    return environment.from_string(text)
