"""Find out who handed in what: nbgrader's folders, a flat folder, or the zip of a course system."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

LARGEST = 20 * 2**20  # bytes of a notebook
MOST = 2**30  # bytes of all that is read from a zip


@dataclass
class Submission:
    """A notebook as it was handed in, or why there is none."""

    student: str
    path: str  # where it was found, for people
    data: bytes = b""
    problem: str = ""
    slip: dict[str, str] = field(default_factory=dict)  # nbgrader's files about the handing in


def collect(place: Path, assignment: str) -> tuple[list[Submission], list[str]]:
    """Read all submissions of an assignment.

    Parameters
    ----------
    place : Path
        A course's ``submitted`` folder with ``student/assignment/notebook.ipynb``, a folder
        of notebooks that name their students, or a zip of one of these.
    assignment : str

    Returns
    -------
    submissions : list of Submission
        By student. One with a ``problem`` has no data.
    passed_over : list of str
        Files that lie there and say no student.

    Raises
    ------
    FileNotFoundError
        If there is no such place.
    ValueError
        If it is a file and no zip.
    """
    if not place.exists():
        raise FileNotFoundError(f"there is no {place}")
    if place.is_dir():
        found = _in_folder(place)
    elif zipfile.is_zipfile(place):
        found = _in_zip(place)
    else:
        raise ValueError(f"{place} is neither a folder nor a zip")
    submissions = defaultdict(list)
    others = defaultdict(list)  # files that are no notebooks
    passed_over = []
    for submission, path in found:
        student = _student(path, assignment)
        is_notebook = path.suffix.lower() == ".ipynb"
        if student == "" or (student and not is_notebook and len(path.parts) == 1):
            passed_over.append(submission.path)
        elif student and is_notebook:
            submission.student = student
            submissions[student].append((submission, path))
        elif student:
            others[student].append(path.name)
    if place.is_dir():
        for folder in place.glob(f"*/{assignment}"):
            others[_plain(folder.parent.name)] += []
    for student in set(others) - set(submissions):
        files = ", ".join(others[student])
        problem = f"there is no notebook, but {files}" if files else "no notebook is there"
        submissions[student] = [(Submission(student, str(place), problem=problem), PurePosixPath())]
    chosen = [_choose(submissions[student], assignment) for student in sorted(submissions)]
    return chosen, passed_over


def _in_folder(place: Path) -> Iterator[tuple[Submission, PurePosixPath]]:
    root = place.resolve()
    for path in sorted(place.rglob("*")):
        inside = PurePosixPath(path.relative_to(place).as_posix())
        is_notebook = inside.suffix.lower() == ".ipynb"
        if _is_noise(inside) or (path.is_dir() and not is_notebook):
            continue
        submission = Submission("", str(path))
        if not is_notebook:
            pass
        elif path.is_symlink() or not path.resolve().is_relative_to(root):
            submission.problem = "the file is a link"
        elif not path.is_file():
            submission.problem = "it is not a file"
        elif path.stat().st_size > LARGEST:
            submission.problem = f"the file is larger than {LARGEST // 2**20} MB"
        else:
            try:
                submission.data = path.read_bytes()
                submission.slip = _slip(path.parent)
            except OSError as error:
                submission.problem = f"the file cannot be read: {error.strerror}"
        yield submission, inside


def _slip(folder: Path) -> dict[str, str]:
    """Read when it was handed in, and the secret under which nbgrader hands the feedback out."""
    files = [folder / "timestamp.txt", folder / "submission_secret.txt"]
    return {
        file.name: file.read_bytes()[:200].decode(errors="replace")
        for file in files
        if file.is_file() and not file.is_symlink()
    }


def _in_zip(place: Path) -> Iterator[tuple[Submission, PurePosixPath]]:
    """Read notebooks out of a zip; nothing is unpacked onto the disk."""
    total = 0
    with zipfile.ZipFile(place) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            inside = PurePosixPath(info.filename.replace("\\", "/"))
            if _is_noise(inside) or info.is_dir():
                continue
            submission = Submission("", f"{place}: {info.filename}")
            if inside.suffix.lower() != ".ipynb":
                pass
            elif inside.is_absolute() or ".." in inside.parts:
                submission.problem = "its path in the zip leads out of the zip"
                inside = PurePosixPath(*(part for part in inside.parts if part not in ("..", "/")))
            elif info.flag_bits & 1:
                submission.problem = "it is encrypted"
            elif info.file_size > LARGEST or total + info.file_size > MOST:
                submission.problem = f"unpacked it is larger than {LARGEST // 2**20} MB"
            else:
                try:
                    with archive.open(info) as file:
                        submission.data = file.read(LARGEST + 1)
                except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as error:
                    submission.problem = f"it cannot be unpacked: {error}"
                total += len(submission.data)
                if len(submission.data) > LARGEST:
                    submission.problem = f"unpacked it is larger than {LARGEST // 2**20} MB"
            if submission.problem:
                submission.data = b""
            yield submission, inside


def _is_noise(path: PurePosixPath) -> bool:
    """Tell what systems put beside submissions: hidden files, a Mac's, nbgrader's time stamp."""
    hidden = any(part.startswith(".") and part != ".." for part in path.parts)
    slip = path.name in ("timestamp.txt", "submission_secret.txt")
    return hidden or slip or "__MACOSX" in path.parts


def _student(path: PurePosixPath, assignment: str) -> str | None:
    """Read from a path whose it is: "" if it does not say; None for another assignment's.

    ``ada/ex1_softmax/ex1_softmax.ipynb`` is nbgrader's way, ``ada_ex1_softmax.ipynb`` a flat one.
    Moodle writes ``Ada Lovelace_4711_assignsubmission_file_/any.ipynb``, Canvas
    ``lovelaceada_4711_99_any.ipynb``, also with ``_LATE``.
    """
    *folders, file = path.parts
    if len(folders) >= 2 and not folders[-1].endswith("_file_"):
        return _plain(folders[-2]) if folders[-1] == assignment else None
    if folders and folders[-1] != assignment:
        name = re.sub(r"_\d+_assignsubmission_file_?$", "", folders[-1])
        if name != folders[-1] or len(folders) == 1:
            return _plain(name)
    stem = PurePosixPath(file).stem
    canvas = re.match(r"([^_]+)(?:_LATE)?_\d+_\d+_", stem)
    if canvas:
        return _plain(canvas[1])
    stem = re.sub(r" \(\d+\)$", "", stem)  # a second download
    stem = re.sub(rf"[ _-]*{re.escape(assignment)}[ _-]*", "", stem)
    return _plain(stem)


def _plain(name: str) -> str:
    """Make a student's id of a name: nbgrader allows no path in it."""
    return re.sub(r"[^\w.@-]+", "_", name).strip("._")


def _choose(found: list[tuple[Submission, PurePosixPath]], assignment: str) -> Submission:
    """Take a student's one notebook, or of several the one with the right name."""
    if len(found) == 1:
        return found[0][0]
    named = [submission for submission, path in found if path.stem == assignment]
    if len(named) == 1:
        return named[0]
    files = ", ".join(path.name for _, path in found)
    student = found[0][0].student
    return Submission(student, found[0][0].path, problem=f"several notebooks: {files}")
