"""Grade the submissions of a class, and leave what a teacher works with afterwards.

In the course's folder: nbgrader's gradebook, ``autograded/``, ``feedback/``, and ``grading/``
with a CSV for each assignment and a ledger of what has been graded.
"""

import argparse
import csv
import hashlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from tqdm import tqdm

from softmax_edu.grading import gradebook, sandbox
from softmax_edu.grading.feedback import page
from softmax_edu.grading.intake import Submission, collect
from softmax_edu.grading.notebook import Graded, grade
from softmax_edu.grading.sandbox import Limits

TRIES = 3  # for a submission whose grading process died
WALLS = {
    "none": "Learners' code runs with your rights on this machine, as --trust-submissions says.",
    "pod": "This container is the sandbox, as --in-pod says.",
}


def grade_class(arguments: argparse.Namespace) -> int:
    """Grade what changed since the last time; return 0, or 1 if something is left ungraded."""
    assignment = arguments.assignment
    course = (arguments.course or _course_of(arguments.folder)).resolve()
    _check_arguments(arguments, course)
    source_text = _source(course, assignment)
    # Where a cluster grades, its machines look for themselves.
    if why := "" if arguments.scheduler else sandbox.problem(arguments.wall):
        sys.exit(
            f"There is no sandbox here: {why}\n"
            "Learners' code must not run with your rights. Use Linux with bubblewrap; in a "
            "container that is thrown away, --in-pod; and --trust-submissions if you have read "
            "every submission."
        )
    if note := WALLS.get(arguments.wall):
        print(note)
    try:
        submissions, passed_over = collect(arguments.folder, assignment)
    except (OSError, ValueError) as error:
        sys.exit(f"Nothing was graded: {error}")
    for file in passed_over:
        print(f"Passed over, because its name says no student: {file}")
    if not submissions:
        sys.exit(
            f"No notebook for {assignment} is in {arguments.folder}. Expected is "
            f"STUDENT/{assignment}/{assignment}.ipynb, or STUDENT_{assignment}.ipynb."
        )
    url = gradebook.address(arguments.db_url, course)
    try:
        gradebook.register(url, assignment, source_text)
    except Exception as error:  # of whichever database it is
        sys.exit(f"The gradebook does not take {assignment}: {error}")

    limits = Limits(seconds=arguments.seconds)
    settings = f"{source_text}{arguments.db_url}{limits}{arguments.wall}"
    ledger = Ledger(course, assignment, settings)
    todo = [s for s in submissions if arguments.regrade or ledger.is_new(s)]
    start = time.perf_counter()
    try:
        with gradebook.writer(url) as writer:
            jobs = _results(todo, source_text, arguments, limits)
            for submission, graded in tqdm(
                jobs, "grading", len(todo), disable=None, unit="notebook"
            ):
                writer.save(assignment, graded, submission.slip.get("timestamp.txt", ""))
                path = _place(course, "autograded", assignment, graded.student)
                if graded.notebook:
                    _store(path, graded.notebook)
                for name, text in submission.slip.items():  # nbgrader's exchange asks for them
                    _store(path.with_name(name), text)
                    page_ = _place(course, "feedback", assignment, graded.student, "html")
                    _store(page_.with_name(name), text)
                ledger.add(submission, graded)
            seconds = time.perf_counter() - start
            rows = _leave(course, assignment, source_text, ledger, writer)
    except KeyboardInterrupt:
        print("\nStopped. What was graded is kept; the same command goes on.")
        return 130
    _summary(course, assignment, submissions, rows, len(todo), seconds)
    return 1 if passed_over or any(row["problem"] for row in rows) else 0


def _check_arguments(arguments: argparse.Namespace, course: Path) -> None:
    """Stop with what would be right, before anything is written."""
    folder = arguments.folder.resolve()
    if not folder.exists():
        sys.exit(f"There is no {arguments.folder}. It must be a folder of submissions, or a zip.")
    submitted = course / "submitted"
    own = {course / name for name in ("source", "release", "autograded", "feedback", "grading")}
    if folder in own or (folder == course and submitted.is_dir()):
        sys.exit(f"{arguments.folder} holds no submissions. Did you mean {submitted}?")
    address = arguments.scheduler
    if arguments.wall == "pod" and address and not address.startswith("tls://"):
        sys.exit(
            f"Nothing was graded: with --in-pod, {address} is open to learners' code. It has the "
            "network there, and a Dask scheduler without TLS runs whatever it is sent. Give Dask "
            "a key and say tls://, as hub/kubernetes/dask-grading.yaml does; or leave --in-pod "
            "out, if the workers have bubblewrap."
        )
    for name in ("workers", "seconds"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            sys.exit(f"--{name} is {value}; it must be at least 1.")


def _course_of(folder: Path) -> Path:
    """Find the course that a folder of submissions belongs to."""
    for place in (folder, *folder.resolve().parents):
        if (place / "source").is_dir():
            return place
    return Path.cwd()


def _source(course: Path, assignment: str) -> str:
    path = course / "source" / assignment / f"{assignment}.ipynb"
    if path.exists():
        return path.read_text(encoding="utf-8")
    known = sorted(p.parent.name for p in course.glob("source/*/*.ipynb"))
    there = (
        f"There are: {', '.join(known)}."
        if known
        else "Make the course with make release, or name another with --course."
    )
    sys.exit(f"There is no assignment {assignment} in {course / 'source'}. {there}")


# Handing out the work


def _results(
    todo: list[Submission], source_text: str, arguments: argparse.Namespace, limits: Limits
) -> Iterator[tuple[Submission, Graded]]:
    """Yield each submission with its result, as they are done."""
    for submission in todo:
        if submission.problem:
            yield submission, Graded(submission.student, problem=submission.problem)
    left = [submission for submission in todo if not submission.problem]
    for _ in range(TRIES):
        lost = []
        with _executor(arguments) as executor:
            futures: dict[Future[Graded], Submission] = {}
            try:
                with _no_interrupts():  # processes that start now would never hear of it
                    for s in left:
                        job = (s.student, s.data, source_text, arguments.wall, limits)
                        futures[executor.submit(grade, *job)] = s
                for future in as_completed(futures):
                    try:
                        yield futures[future], future.result()
                    except BrokenProcessPool:
                        lost.append(futures[future])
                    except Exception as error:  # of a cluster, whose machines keep dying
                        problem = f"it could not be graded: {type(error).__name__}: {error}"
                        yield futures[future], Graded(futures[future].student, problem=problem)
            except BrokenProcessPool:  # while the work was handed out
                lost += [s for s in left if s not in futures.values()]
                lost += [futures[f] for f in futures if not f.done() or f.exception()]
            except (KeyboardInterrupt, GeneratorExit):
                executor.shutdown(wait=False, cancel_futures=True)
                raise
        left = lost
        if not left:
            return
    for submission in left:
        yield submission, Graded(submission.student, problem="its grading process died")


def _executor(arguments: argparse.Namespace) -> Executor:
    if arguments.scheduler:
        try:
            from distributed import Client
        except ModuleNotFoundError:
            sys.exit('--scheduler needs Dask: python -m pip install "softmax-edu[grading]"')
        try:
            executor: Executor = Client(arguments.scheduler, timeout=10).get_executor(pure=False)
        except (OSError, ValueError) as error:
            sys.exit(
                f"There is no Dask scheduler at {arguments.scheduler}: {error}. "
                "An address is such as tcp://10.0.0.5:8786."
            )
        return executor
    return ProcessPoolExecutor(
        arguments.workers, mp_context=get_context("spawn"), initializer=_follow_parent
    )


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait, and processes that start now ignore it: they do what this one says."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _follow_parent() -> None:
    """End with the command if it is killed."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# What is left


class Ledger:
    """Remembers what has been graded, a line each, so that a stopped run can go on."""

    def __init__(self, course: Path, assignment: str, settings: str):
        self.course, self.assignment = course, assignment
        self.path = course / "grading" / f"{assignment}.jsonl"
        self.settings = settings
        self.entries: dict[str, dict[str, Any]] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    entry = json.loads(line)
                    self.entries[entry["student"]] = entry
                except (ValueError, KeyError, TypeError):
                    continue  # half a line, of a run that was killed

    def digest(self, submission: Submission) -> str:
        """Name what a grade depends on."""
        content = submission.data or submission.problem.encode()
        content += submission.slip.get("timestamp.txt", "").encode()
        return hashlib.sha256(self.settings.encode() + b"\0" + content).hexdigest()

    def is_new(self, submission: Submission) -> bool:
        """Say whether it has not been graded yet, as it is now."""
        return self.entries.get(submission.student, {}).get("digest") != self.digest(submission)

    def add(self, submission: Submission, graded: Graded) -> None:
        """Write a line; the last one of a student counts."""
        entry = {"digest": self.digest(submission), **asdict(graded)}
        del entry["notebook"]  # it stands in autograded/
        self.entries[graded.student] = entry
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def graded(self, student: str) -> Graded:
        """Return the last result of a student."""
        entry = {key: value for key, value in self.entries[student].items() if key != "digest"}
        path = _place(self.course, "autograded", self.assignment, student)
        notebook = (
            path.read_text(encoding="utf-8") if path.exists() and not entry["problem"] else ""
        )
        return Graded(**entry, notebook=notebook)


def _place(course: Path, kind: str, assignment: str, student: str, ending: str = "ipynb") -> Path:
    return course / kind / student / assignment / f"{assignment}.{ending}"


def _store(path: Path, text: str) -> None:
    """Write a file in one step, also over one that nbgrader has made read-only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _leave(
    course: Path, assignment: str, source_text: str, ledger: Ledger, writer: gradebook.Writer
) -> list[dict[str, Any]]:
    """Write the feedback pages and the CSV of all who ever handed in; return its rows.

    What persons have graded meanwhile is in them.
    """
    source = nbformat.reads(source_text, as_version=4)
    names = [cell.metadata.nbgrader.grade_id for cell in source.cells if utils.is_grade(cell)]
    rows = []
    for student in sorted(ledger.entries):
        graded = ledger.graded(student)
        marks = writer.marks(assignment, student)
        html = page(graded, assignment, source, marks)
        _store(_place(course, "feedback", assignment, student, "html"), html)
        scores = marks.scores.values()
        open_ = any(score.given is None or score.again for score in scores)
        rows.append(
            {
                "student": student,
                "status": "ungraded" if graded.problem else "to be read" if open_ else "graded",
                "score": "" if graded.problem else sum(score.given or 0 for score in scores),
                "max_score": sum(score.most for score in scores),
                **{name: marks.scores[name].given for name in names if name in marks.scores},
                "problem": graded.problem,
                "doubt": graded.doubt,
                "remarks": "; ".join(graded.remarks),
            }
        )
    with (course / "grading" / f"{assignment}.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return rows


def _summary(
    course: Path,
    assignment: str,
    submissions: list[Submission],
    rows: list[dict[str, Any]],
    count: int,
    seconds: float,
) -> None:
    rate = f" in {seconds:.0f} s ({60 * count / seconds:.0f} a minute)" if count else ""
    old = len(submissions) - count
    kept = f"; {old} had not changed" if old else ""
    print(f"{assignment}: {count} of {len(submissions)} submissions graded{rate}{kept}.")
    if waiting := sum(row["status"] == "to be read" for row in rows):
        print(f"{waiting} have written answers that a person has to read, in formgrader.")
    if doubtful := [row for row in rows if row["doubt"]]:
        print(f"{len(doubtful)} may deserve more points; look at them, or grade again (--regrade):")
        for row in doubtful:
            print(f"  {row['student']}: {row['doubt']}")
    if ungraded := [row for row in rows if row["problem"]]:
        paths = {submission.student: f" ({submission.path})" for submission in submissions}
        print(f"{len(ungraded)} could not be graded, and have no score:")
        for row in ungraded:
            print(f"  {row['student']}: {row['problem']}{paths.get(row['student'], '')}")
    print(f"Scores are in {course / 'grading' / f'{assignment}.csv'},")
    print(f"feedback in {course / 'feedback'}, the gradebook in {course}.")
