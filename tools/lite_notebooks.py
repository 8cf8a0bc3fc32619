"""The notebooks in JupyterLite: those that a browser can run, without outputs."""

import shutil
import sys
from pathlib import Path

import nbformat
from reader_notebooks import ROOT, all_notebooks, for_readers

sys.path.append(str(ROOT / "book" / "_ext"))
from run_menu import frameworks

START = """\
:::{note} Python in this browser
It comes when the first cell runs. That takes a moment, the first time longer: 17 MB and more are \
fetched. A cell that stays at `[*]` for minutes, or *Kernel status: Unknown* at the top right, \
mean that Pyodide's host could not be reached; the book's page *How to use this book* says where \
else the notebook runs. What you write is kept in this browser. *File*, *Download* saves it \
elsewhere.
:::
"""


def collect_notebooks(folder: Path) -> None:
    """Write them into a folder, each with a line on how it starts."""
    offered = [path for path, notebook in all_notebooks().items() if not frameworks(notebook)]
    for path, notebook in for_readers(offered).items():
        # What no page shows is for Colab.
        kept = [c for c in notebook.cells if "remove-cell" not in c.metadata.get("tags", [])]
        for cell in kept:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        start = nbformat.v4.new_markdown_cell(START, id="start")
        notebook.cells = [kept[0], start, *kept[1:]]
        notebook.metadata.pop("widgets", None)
        notebook.metadata.kernelspec = {"display_name": "Python (Pyodide)", "name": "python"}
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        questions = path.with_suffix(".questions.toml")
        if questions.exists():
            shutil.copy(questions, target.parent)
