"""The page that a learner gets back: points, what was said, and nothing of the hidden tests."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from nbgrader import utils
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from softmax_edu.grading.notebook import Graded, name_of

Scores = dict[str, tuple[float | None, float, str]]


def page(graded: Graded, assignment: str, source: Any, scores: Scores) -> str:
    """Write the feedback on one submission.

    Parameters
    ----------
    graded : Graded
    assignment : str
    source : NotebookNode
        The teacher's notebook: titles are taken from it.
    scores : dict
        By cell: score, the most there is, comment; as `Writer.scores` returns it.

    Returns
    -------
    str
        HTML that stands alone.
    """
    notebook = nbformat.reads(graded.notebook, as_version=4) if graded.notebook else None
    cells = {name_of(cell): cell for cell in notebook.cells} if notebook else {}
    order = [str(name_of(cell)) for cell in source.cells if utils.is_grade(cell)]
    scores = {name: scores[name] for name in order if name in scores}
    questions = [_question(cell, cells, scores) for cell in source.cells if utils.is_solution(cell)]
    titles = dict(zip((q["name"] for q in questions), _titles(source), strict=True))
    given = [score for score, *_ in scores.values() if score is not None]
    return _template().render(
        student=graded.student,
        assignment=assignment,
        title=_heading(source.cells[0].source) or assignment,
        problem=graded.problem,
        remarks=graded.remarks,
        questions=[{**question, "title": titles[question["name"]]} for question in questions],
        points=sum(given),
        most=sum(most for _, most, _ in scores.values()),
        open=sum(most for score, most, _ in scores.values() if score is None),
        style=HtmlFormatter(nobackground=True).get_style_defs(".code"),
    )


def _question(solution: Any, cells: dict[str | None, Any], scores: Scores) -> dict[str, Any]:
    """Collect what is to be said about one answer: its tests, or a person's judgement."""
    name = str(name_of(solution))
    parts = []
    for cell_name in scores:
        if cell_name != name and not cell_name.startswith(f"{name}-"):
            continue
        score, most, comment = scores[cell_name]
        outputs = cells[cell_name].get("outputs", []) if cell_name in cells else []
        said = [
            output.evalue if output.output_type == "error" else output.get("text", "")
            for output in outputs
        ]
        kind = "a person" if cell_name == name else cell_name.removeprefix(f"{name}-")
        parts.append({"kind": kind, "score": score, "most": most, "said": said, "comment": comment})
    answer = cells.get(name)
    is_code = solution.cell_type == "code"
    text = answer.source if answer else ""
    failed = [o for o in (answer.get("outputs", []) if answer else []) if o.output_type == "error"]
    return {
        "name": name,
        "answer": highlight(text, PythonLexer(), HtmlFormatter(nowrap=True)) if is_code else text,
        "is_code": is_code,
        "stopped": [f"{output.ename}: {output.evalue}" for output in failed],
        "parts": parts,
        "points": sum(part["score"] or 0 for part in parts),
        "most": sum(part["most"] for part in parts),
        "open": any(part["score"] is None for part in parts),
    }


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
