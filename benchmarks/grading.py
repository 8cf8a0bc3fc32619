"""Measure `softmax-edu grade` beside nbgrader's own autograde, and write the table of the book.

    python -m benchmarks.grading

All commands take turns for a few rounds. Each grades the same invented class from nothing, into
a gradebook of its own. A class is larger for the faster command, so that starting it weighs
little for either.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from statistics import median

from nbgrader.api import Gradebook

from .page import processor, table

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "book" / "grading_speed.md"
BIN = Path(sys.executable).parent

NAME = "ex1_softmax"
LARGE, SMALL = 400, 40  # submissions for ours, and for nbgrader
ROUNDS = 3
PROCESSES = 4  # of nbgrader, each with a quarter of the class and a gradebook of its own

OURS, ONE, SEVERAL = (
    "`softmax-edu grade`",
    "`nbgrader autograde`",
    f"`nbgrader autograde`, {PROCESSES} processes",
)
BARS = {ONE: 8, SEVERAL: 5}


def main() -> int:
    """Measure, print, and write the page; return 1 if a bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"Making classes of {LARGE} and {SMALL}", flush=True)
        large = _course(Path(folder, "large"), LARGE)
        small = _course(Path(folder, "small"), SMALL)
        contestants = {OURS: [large], ONE: [small], SEVERAL: _shares(small, PROCESSES)}
        rates: dict[str, list[float]] = {name: [] for name in contestants}
        for number in range(1, ROUNDS + 1):
            for name, courses in contestants.items():
                rates[name].append(_rate(name, courses))
                print(f"[{number}/{ROUNDS}] {name:38} {rates[name][-1]:5.0f} a minute", flush=True)
        same, tests = _agreement(large, small)
    PAGE.write_text(_page(rates, same, tests), encoding="utf-8")
    print(f"{same} of {tests} scores are the same. Wrote {PAGE.relative_to(ROOT)}.")
    missed = [peer for peer, bar in BARS.items() if _ratio(rates, peer) < bar]
    for peer in missed:
        print(f"NOT MET: {peer}: bar {BARS[peer]}, reached {_ratio(rates, peer):.1f}")
    return 1 if missed else 0


def _course(folder: Path, count: int) -> Path:
    """Make a course with one assignment, and let a class hand in."""
    shutil.copytree(ROOT / "course" / "source" / NAME, folder / "source" / NAME)
    shutil.copy(ROOT / "exercises" / "nbgrader_config.py", folder)
    _run([sys.executable, ROOT / "tools" / "sample_class.py", NAME, count, folder], ROOT)
    return folder


def _shares(course: Path, number: int) -> list[Path]:
    """Deal the submissions of a course to several."""
    shares = [course.with_name(f"{course.name}-{n}") for n in range(number)]
    for share in shares:
        shutil.copytree(course, share, ignore=shutil.ignore_patterns("submitted"))
    for n, student in enumerate(sorted((course / "submitted").iterdir())):
        shutil.copytree(student, shares[n % number] / "submitted" / student.name)
    return shares


def _rate(name: str, courses: Sequence[Path]) -> float:
    """Grade courses from nothing, at the same time; return submissions a minute."""
    ours = name == OURS
    for course in courses:
        for left in ("autograded", "feedback", "grading"):
            shutil.rmtree(course / left, ignore_errors=True)
        (course / "gradebook.db").unlink(missing_ok=True)
        if not ours:
            _run([BIN / "nbgrader", "generate_assignment", NAME, "--force"], course)
    command = (
        [BIN / "softmax-edu", "grade", "submitted", "--assignment", NAME]
        if ours
        else [BIN / "nbgrader", "autograde", NAME, "--Execute.kernel_name=python3"]
    )
    count = sum(len(list((course / "submitted").iterdir())) for course in courses)
    start = time.perf_counter()
    with ThreadPoolExecutor(len(courses)) as processes:
        list(processes.map(lambda course: _run(command, course), courses))
    return 60 * count / (time.perf_counter() - start)


def _run(command: Sequence[object], folder: Path) -> None:
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout}{done.stderr}")


def _agreement(large: Path, small: Path) -> tuple[int, int]:
    """Count the scores of tests that are the same for the same student, and all of them."""
    ours, theirs = _scores(large), _scores(small)
    return sum(ours[test] == score for test, score in theirs.items()), len(theirs)


def _scores(course: Path) -> dict[tuple[str, str], float]:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for submission in book.assignment_submissions(NAME)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.auto_score is not None
        }


def _ratio(rates: Mapping[str, Sequence[float]], peer: str) -> float:
    return median(rates[OURS]) / median(rates[peer])


def _page(rates: Mapping[str, Sequence[float]], same: int, tests: int) -> str:
    lines = [
        (
            name,
            f"{median(found):.0f}",
            f"{min(found):.0f} to {max(found):.0f}",
            f"{_ratio(rates, name):.1f} (bar {BARS[name]})" if name in BARS else "",
        )
        for name, found in rates.items()
    ]
    return (
        f"Each command graded an invented class of `{NAME}` from nothing, {ROUNDS} times in\n"
        f"turn: ours {LARGE} submissions, nbgrader {SMALL} of them. Of {tests} scores that both\n"
        f"gave, {same} are the same. {PROCESSES} processes need as many gradebooks: "
        "SQLite takes one writer at a time.\n\n"
        + table(
            ("command", "submissions a minute", "lowest to highest", "ours beside it"),
            lines,
            align="l r r r",
        )
        + f"\n{processor()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" nbgrader {version('nbgrader')}.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
