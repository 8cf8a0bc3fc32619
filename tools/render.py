"""Make the executed notebooks from their sources: NN_name.md becomes NN_name.ipynb beside it.

A chapter is rendered when its source, the package or the lock file changed since the last time.
The same input gives the same bytes: no timings, no random ids, no versions of the machine.
"""

import argparse
import hashlib
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
DIGESTS = NOTEBOOKS / "rendered.json"

# What a kernel could pick up from the machine, and would then print.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "IPYTHONDIR": str(Path(sys.prefix, "ipython")),  # no start-up files of the person's own
    "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")),  # this environment's kernel
    "JUPYTER_NO_CONFIG": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "KERAS_HOME": str(Path(sys.prefix, "keras")),  # else chapter 10 writes into the home folder
}


def prepare_environment() -> None:
    """Let every kernel that starts from here see the same environment."""
    os.environ.update(ENVIRONMENT)
    os.environ.pop("PYTHONWARNINGS", None)


def chapters() -> list[Path]:
    """List the sources: the chapters by number, then the page of the book that has cells."""
    return [*sorted(NOTEBOOKS.glob("[0-9][0-9]_*.md")), ROOT / "book" / "notation.md"]


def digest(source: Path) -> str:
    """Name what the notebook of a chapter depends on."""
    package = ROOT / "src" / "softmax_edu"
    # What no chapter imports.
    unused = {"__pycache__", "grading", "exercises", "jupyter", "command.py", "lab.py"}
    files = [
        path
        for path in package.rglob("*")
        if path.is_file() and not unused & set(path.relative_to(package).parts)
    ]
    if source.stem == "10_frameworks":  # the only chapter that uses them
        files.append(ROOT / "requirements-frameworks.txt")
    questions = source.with_suffix(".questions.toml")
    if questions.exists():
        files.append(questions)
    result = hashlib.sha256()
    for path in [source, ROOT / "requirements.lock", *sorted(files)]:
        result.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return result.hexdigest()


def stored_digests() -> dict[str, str]:
    """Read for which input each notebook was rendered."""
    return json.loads(DIGESTS.read_text()) if DIGESTS.exists() else {}


def to_notebook(source: Path) -> Any:
    """Turn a source into a notebook without outputs, each cell named after its content."""
    notebook = jupytext.read(source)
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        name = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[name] = seen.get(name, 0) + 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"
    return notebook


def render(source: Path) -> str:
    """Execute a chapter and return its notebook as text."""
    prepare_environment()
    notebook = to_notebook(source)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=300,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=40"],  # the kernel's own warnings go past the notebook
        resources={"metadata": {"path": str(source.parent)}},
    )
    client.execute()
    notebook.metadata.language_info.pop("version", None)  # would differ with every Python
    drop_widgets(notebook)
    return nbformat.writes(notebook) + "\n"


def drop_widgets(notebook: Any) -> None:
    """Keep of each widget its static form: the rest has random ids, and needs a kernel."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)


def short(error: CellExecutionError) -> str:
    """Say which error it was and where, without the kernel's long traceback."""
    cell, _, rest = str(error).partition("\n------------------\n\n")
    first = cell.partition("------------------\n")[2].strip()
    indented = "\n".join("    " + line for line in first.splitlines())
    return f"this cell failed:\n{indented}\n{error.ename}: {error.evalue}" if rest else str(error)


def render_timed(source: Path) -> tuple[str, str, float]:
    """Render; return the notebook or else what went wrong, and the seconds it took."""
    start = time.perf_counter()
    try:
        text, problem = render(source), ""
    except CellExecutionError as error:
        text, problem = "", short(error)
    return text, problem, time.perf_counter() - start


def main() -> int:
    """Render what changed, or what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="such as 01_softmax; default: what changed")
    parser.add_argument("--all", action="store_true", help="render every chapter")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at a time")
    options = parser.parse_args()

    sources = {path.stem: path for path in chapters()}
    unknown = set(options.chapters) - set(sources)
    if unknown:
        parser.error(
            f"no such chapter: {', '.join(sorted(unknown))}; there are {', '.join(sources)}"
        )
    # Taken before anything runs: what is edited meanwhile counts as changed.
    now = {name: digest(path) for name, path in sources.items()}
    stored = stored_digests()
    wanted = options.chapters or [
        name
        for name, path in sources.items()
        if options.all or stored.get(name) != now[name] or not path.with_suffix(".ipynb").exists()
    ]
    if not wanted:
        print("All notebooks are up to date.")

    failures = 0
    with ProcessPoolExecutor(max(1, options.jobs)) as pool:
        jobs = {pool.submit(render_timed, sources[name]): name for name in wanted}
        for job in as_completed(jobs):
            name = jobs[job]
            text, problem, seconds = job.result()
            print(f"{name}: {'FAILED' if problem else 'done'} in {seconds:.1f} s", flush=True)
            if problem:
                failures += 1
                print(problem, file=sys.stderr)
                continue
            sources[name].with_suffix(".ipynb").write_text(text, encoding="utf-8", newline="\n")
            stored = {k: v for k, v in stored_digests().items() if k in sources} | {name: now[name]}
            DIGESTS.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
