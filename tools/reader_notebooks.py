"""The book's notebooks as Jupyter shows them to a reader.

In the book, a reference names a page, a formula, a figure or a publication, and Sphinx knows them
all. Jupyter sees one notebook at a time, counts its formulas from 1, and shows no caption. So
readers are given notebooks in which this is plain text, and what the book folds is folded.
"""

import os
import re
from collections.abc import Collection
from functools import cache, partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.richtext import Text

from softmax_edu.lab import book_files

ROOT = Path(__file__).parents[1]
PATTERNS = ("notebooks/[0-9]*.ipynb", "exercises/*.ipynb", "book/notation.ipynb")

PAGE = re.compile(r"\{doc\}`(?:([^<`]+)<)?([\w/]+)>?`")
PLACE = re.compile(r"\{(?:eq|numref|ref)\}`([\w-]+)`")
PUBLICATION = re.compile(r"\{cite:([tp])\}`([\w,-]+)`")

EQUATION = re.compile(r"^\$\$ \(([\w-]+)\)$", re.M)
FORMULA = re.compile(r"^\$\$\n((?:(?!\$\$).*\n)+)\$\$ \(([\w-]+)\)$", re.M)
EXERCISE = re.compile(r"^:{3,}\{exercise\}.*\n(?::.*\n)*?:label: ([\w-]+)", re.M)


def for_readers(paths: Collection[Path]) -> dict[Path, NotebookNode]:
    """Read these notebooks, of the book's, and make them ready; they link to each other."""
    everything = all_notebooks()
    places = {k: v for path, notebook in everything.items() for k, v in numbers(path, notebook)}
    bibliography = parse_file(ROOT / "book" / "references.bib")
    return {path: ready(path, paths, places, bibliography) for path in paths}


def write_folder(folder: Path) -> None:
    """Write the files of a reader's own folder: notebooks made ready, and what they read."""
    files = book_files()
    notebooks = for_readers([path for path in files.values() if path.suffix == ".ipynb"])
    for name, path in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if path in notebooks:
            nbformat.write(notebooks[path], target)
        else:
            target.write_bytes(path.read_bytes())


@cache
def all_notebooks() -> dict[Path, NotebookNode]:
    """Read all notebooks of the book."""
    paths = sorted(path for pattern in PATTERNS for path in ROOT.glob(pattern))
    return {path: nbformat.read(path, as_version=4) for path in paths}


def title(path: Path) -> str:
    """Return the title of a notebook."""
    return all_notebooks()[path].cells[0].source.partition("\n")[0].lstrip("# ")


def numbers(path: Path, notebook: NotebookNode) -> list[tuple[str, str]]:
    """List what a notebook labels, each with what the book calls it: (5.3), Fig. 1.1."""
    chapter = re.match(r"\d\d", path.name)
    prefix = f"{int(chapter[0])}." if chapter else ""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    figures = [figure["name"] for cell in notebook.cells if (figure := figure_of(cell))]
    kinds = {
        "({})": EQUATION.findall(text),
        "Fig. {}": figures,
        "Exercise {}": EXERCISE.findall(text),
    }
    return [
        (label, form.format(f"{prefix}{place}"))
        for form, labels in kinds.items()
        for place, label in enumerate(labels, start=1)
    ]


def figure_of(cell: NotebookNode) -> dict[str, str]:
    """Return name and caption of a figure that a cell draws, if it does."""
    return cell.metadata.get("mystnb", {}).get("figure", {})


def ready(
    path: Path, offered: Collection[Path], places: dict[str, str], bibliography: BibliographyData
) -> NotebookNode:
    """Return a notebook with words for references, with captions, and folded as in the book."""
    notebook = nbformat.from_dict(all_notebooks()[path])

    def in_words(text: str) -> str:
        text = PAGE.sub(partial(page_link, path, offered), text)
        text = PLACE.sub(lambda match: places[match[1]], text)
        text = FORMULA.sub(lambda match: tagged(match[1], places[match[2]]), text)
        return PUBLICATION.sub(partial(cited, bibliography), text)

    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = in_words(cell.source)
        elif "hide-cell" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
        cells.append(cell)
        if figure := figure_of(cell):
            caption = f"*{places[figure['name']]}* {in_words(figure['caption'])}"
            cells.append(nbformat.v4.new_markdown_cell(caption, id=figure["name"]))
    notebook.cells = cells
    return notebook


def tagged(formula: str, number: str) -> str:
    """Write a formula with its number, in a form to which Jupyter adds none of its own."""
    return f"\\begin{{equation*}}\n{formula}\\tag{{{number[1:-1]}}}\n\\end{{equation*}}"


def page_link(here: Path, offered: Collection[Path], match: re.Match[str]) -> str:
    """Turn a reference to a page into a link to its notebook; without one, into its title."""
    words, name = match.groups()
    folder = ROOT if name.startswith("/") else here.parent
    target = Path(os.path.normpath(folder / f"{name.lstrip('/')}.ipynb"))
    if not words:
        words = title(target) if target in all_notebooks() else name.rpartition("/")[2]
    words = words.strip().replace("_", " ")
    if target not in offered:
        return f"*{words}*"
    return f"[{words}]({Path(os.path.relpath(target, here.parent)).as_posix()})"


def cited(bibliography: BibliographyData, match: re.Match[str]) -> str:
    """Turn references to publications into names and years, in the text or in parentheses."""
    form, keys = match.groups()
    named = [(authors(e), e.fields["year"]) for e in map(bibliography.entries.get, keys.split(","))]
    if form == "t":
        return ", ".join(f"{who} ({year})" for who, year in named)
    return f"({'; '.join(f'{who}, {year}' for who, year in named)})"


def authors(entry: Entry) -> str:
    """Name one or two authors, or the first of more."""
    names = [str(Text.from_latex(" ".join(p.last_names))) for p in entry.persons["author"]]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
