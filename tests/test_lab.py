"""The book in a reader's folder: what they wrote is never overwritten, new chapters come."""

import json
import os
import runpy
import subprocess
import sys
from importlib.metadata import packages_distributions, requires, version
from itertools import count
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from softmax_edu import command, lab

CHAPTER = "notebooks/01_softmax.ipynb"
OTHER = "notebooks/02_hardmax.ipynb"
QUESTIONS = "notebooks/01_softmax.questions.toml"


def notebook(*sources, outputs=()):
    cells = [
        {"cell_type": "code", "source": source.splitlines(True), "outputs": list(outputs)}
        for source in sources
    ]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


class Book:
    """A book of which a test says the files and the version."""

    def __init__(self, store):
        self.store = store
        self.files = {}
        self.version = "0.1.0"

    def write(self, **files):
        for name, data in files.items():
            self.files[name] = data
        return self

    def listed(self):
        for name, data in self.files.items():
            (self.store / name).parent.mkdir(parents=True, exist_ok=True)
            (self.store / name).write_bytes(data)
        return {name: self.store / name for name in self.files}


@pytest.fixture
def book(tmp_path, monkeypatch):
    book = Book(tmp_path / "book")
    book.files = {CHAPTER: notebook("1"), OTHER: notebook("2"), QUESTIONS: b"[[question]]\n"}
    monkeypatch.setattr(lab, "book_files", book.listed)
    monkeypatch.setattr(lab, "version", lambda _: book.version)
    return book


@pytest.fixture
def folder(book, tmp_path, capsys):
    """Return a reader's folder as `lab` made it."""
    folder = tmp_path / "mine"
    lab.bring(folder, renew=False)
    capsys.readouterr()
    return folder


def all_files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != lab.RECORD
    }


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["softmax-edu", *map(str, arguments)])
    return command.main()


# lab


def test_lab_copies_what_is_missing_byte_for_byte(book, folder):
    assert all_files(folder) == book.files


def test_lab_overwrites_nothing(book, folder, capsys):
    (folder / CHAPTER).write_bytes(b"mine")
    book.files |= {CHAPTER: notebook("new"), OTHER: notebook("new"), "exercises/a.ipynb": b"{}"}
    lab.bring(folder, renew=False)
    assert all_files(folder) == {
        CHAPTER: b"mine",
        OTHER: notebook("2"),
        QUESTIONS: b"[[question]]\n",
        "exercises/a.ipynb": b"{}",
    }
    assert "1 new: exercises/a.ipynb" in capsys.readouterr().out


def test_lab_brings_back_what_was_deleted(book, folder, capsys):
    (folder / CHAPTER).unlink()
    lab.bring(folder, renew=False)
    assert all_files(folder) == book.files
    assert f"1 brought back, which you had deleted: {CHAPTER}" in capsys.readouterr().out


def test_lab_says_that_there_is_an_update(book, folder, capsys):
    lab.bring(folder, renew=False)
    assert capsys.readouterr().out == f"{folder}\n  Nothing is missing or new.\n"
    book.version = "0.10.0"
    lab.bring(folder, renew=False)
    assert f'with these words at its end: update "{folder}"' in capsys.readouterr().out


@pytest.mark.parametrize("older", ["0.0.9", "0.1.0rc1", "0.1.0.dev3"])
def test_lab_says_that_the_folder_is_newer(older, book, folder, capsys):
    book.version = older
    lab.bring(folder, renew=False)
    assert f"of version 0.1.0, and this is softmax-edu {older}, which" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="which is older"):
        lab.bring(folder, renew=True)


@pytest.mark.parametrize("newer", ["0.1.0.post1", "0.1.0+mended", "0.1.1rc1", "0.10"])
def test_lab_says_of_what_is_newer_that_it_is(newer, book, folder, capsys):
    book.version = newer
    lab.bring(folder, renew=False)
    said = capsys.readouterr().out
    assert "which is older" not in said
    lab.bring(folder, renew=True)  # and is not refused


@pytest.mark.parametrize("port", ["-5", "0", "70000", "http"])
def test_a_port_that_is_none_is_refused(port, book, tmp_path, monkeypatch, capsys):
    with pytest.raises(SystemExit):
        run(monkeypatch, "lab", tmp_path / "mine", "--port", port)
    assert "it is a number from 1 to 65535" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(("owner", "step"), [(os, "fsync"), (Path, "replace")])
def test_a_copy_that_breaks_off_leaves_no_half_file(owner, step, book, folder, monkeypatch):
    """And what was copied before is known: the next update replaces it."""
    book.version = "0.2.0"
    book.files |= {CHAPTER: notebook("new"), OTHER: notebook("new"), "notebooks/z.ipynb": b"{}"}
    done, calls = getattr(owner, step), count()

    def full(*arguments):
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        return done(*arguments)

    monkeypatch.setattr(owner, step, full)
    with pytest.raises(OSError, match="No space"):
        lab.bring(folder, renew=True)
    monkeypatch.undo()
    assert all_files(folder) == {
        CHAPTER: notebook("new"),
        OTHER: notebook("2"),
        QUESTIONS: b"[[question]]\n",
    }
    record = json.loads((folder / lab.RECORD).read_text())
    assert record["given"][CHAPTER] == lab.content(notebook("new"))
    assert record["given"][OTHER] == lab.content(notebook("2"))


# update


def test_update_replaces_what_the_reader_did_not_change(book, folder, capsys):
    book.version = "0.2.0"
    book.files |= {CHAPTER: notebook("new"), QUESTIONS: b"new"}
    lab.bring(folder, renew=True)
    assert all_files(folder) == book.files
    assert f"2 replaced by the new version, as you had not changed them: {CHAPTER}, " in (
        capsys.readouterr().out
    )
    assert json.loads((folder / lab.RECORD).read_text())["version"] == "0.2.0"


def test_update_puts_the_new_version_beside_what_the_reader_changed(book, folder, capsys):
    book.version = "0.2.0"
    mine = notebook("1", "mine")
    (folder / CHAPTER).write_bytes(mine)
    book.files[CHAPTER] = notebook("new")
    lab.bring(folder, renew=True)
    beside = "notebooks/01_softmax (0.2.0).ipynb"
    expected = {**book.files, CHAPTER: mine, beside: notebook("new")}
    assert all_files(folder) == expected
    assert f"1 put beside yours, which you changed and which stayed: {beside}\n" in (
        capsys.readouterr().out
    )
    # Once: not after the reader wrote into it, nor after they threw it away.
    (folder / beside).write_bytes(b"read, and annotated")
    lab.bring(folder, renew=True)
    assert all_files(folder) == {**expected, beside: b"read, and annotated"}
    (folder / beside).unlink()
    lab.bring(folder, renew=True)
    assert beside not in all_files(folder)


def test_update_overwrites_no_file_with_the_name_of_the_new_version(book, folder):
    """As in a checkout, where the version stays and the chapters change."""
    for number, text in enumerate(["new", "newer"], start=1):
        (folder / CHAPTER).write_bytes(notebook(f"mine {number}"))
        book.files[CHAPTER] = notebook(text)
        lab.bring(folder, renew=True)
    files = all_files(folder)
    assert files["notebooks/01_softmax (0.1.0).ipynb"] == notebook("new")
    assert files["notebooks/01_softmax (0.1.0, 2).ipynb"] == notebook("newer")
    assert files[CHAPTER] == notebook("mine 2")


def test_update_of_a_changed_notebook_without_a_new_version_does_nothing(book, folder, capsys):
    (folder / CHAPTER).write_bytes(notebook("mine"))
    book.version = "0.2.0"
    lab.bring(folder, renew=True)
    assert all_files(folder) == {**book.files, CHAPTER: notebook("mine")}
    assert capsys.readouterr().out == f"{folder}\n  Nothing is missing or new.\n"


def test_update_adds_new_chapters(book, folder, capsys):
    book.files["notebooks/03_new.ipynb"] = notebook("3")
    lab.bring(folder, renew=True)
    assert all_files(folder) == book.files
    assert "1 new: notebooks/03_new.ipynb" in capsys.readouterr().out


def test_update_does_not_force_back_what_was_deleted(book, folder, capsys):
    (folder / CHAPTER).unlink()
    book.files[CHAPTER] = notebook("new")
    for _ in range(2):
        lab.bring(folder, renew=True)
        assert CHAPTER not in all_files(folder)
        assert f"1 not brought back, as you deleted them (softmax-edu lab does): {CHAPTER}" in (
            capsys.readouterr().out
        )


def test_update_takes_a_file_of_the_same_name_for_the_readers(book, folder):
    (folder / "notebooks/03_new.ipynb").write_bytes(b"mine")
    book.files["notebooks/03_new.ipynb"] = notebook("3")
    lab.bring(folder, renew=True)
    files = all_files(folder)
    assert files["notebooks/03_new.ipynb"] == b"mine"
    assert files["notebooks/03_new (0.1.0).ipynb"] == notebook("3")


def test_update_by_an_older_program_changes_nothing(book, folder):
    book.version = "0.10.0"
    lab.bring(folder, renew=True)
    before = all_files(folder)
    book.version = "0.9.0"
    book.files[CHAPTER] = notebook("old")
    with pytest.raises(SystemExit, match=r"has version 0\.10\.0.*0\.9\.0, which is older"):
        lab.bring(folder, renew=True)
    assert all_files(folder) == before


# What counts as changed


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        (notebook("1", "2", outputs=[{"output_type": "stream"}]), False),
        (notebook("1", "2", ""), False),  # JupyterLab adds one where the last cell is run
        (notebook("1", "2", "# mine"), True),
        (notebook("1"), True),
        (notebook("2", "1"), True),
        (notebook("1", "2 "), True),
        (notebook("12"), True),
        (b"{}", True),
        (notebook("1", "2")[:-1], True),
        (notebook("1", "2").replace(b'"code"', b'"markdown"', 1), True),
        (notebook("1", "2").replace(b'"outputs"', b'"attachments": {"a": 1}, "outputs"'), True),
    ],
)
def test_running_is_no_change_and_writing_is(after, changed):
    assert (lab.content(after) != lab.content(notebook("1", "2"))) is changed


# The command line


def test_errors_say_what_would_be_right(book, folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    for arguments, message in [
        (["lab", tmp_path / "file"], r"file is a file\. Name a folder"),
        (["update", tmp_path / "file"], r"file is a file\. Name a folder"),
        (["lab", tmp_path / "file" / "inside"], r"file.*Not a directory"),
        (["update", tmp_path / "none"], r'no folder .*none.*: softmax-edu lab ".*none"'),
        (["update", tmp_path / "empty"], r"empty is not a folder that softmax-edu lab made"),
    ]:
        with pytest.raises(SystemExit, match=message):
            run(monkeypatch, *arguments)
    (folder / lab.RECORD).write_text("{")
    with pytest.raises(SystemExit, match=r"is damaged\. Delete it and run softmax-edu lab"):
        run(monkeypatch, "update", folder)
    (folder / lab.RECORD).unlink()
    lab.bring(folder, renew=False)
    assert all_files(folder) == book.files


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="may write anywhere")
def test_a_folder_that_may_not_be_written_is_named(book, tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(SystemExit, match=r"may not .* in .*inside\. Name a folder of your own"):
        run(monkeypatch, "lab", tmp_path / "locked" / "inside")


def test_a_refusal_of_the_system_is_explained(book, tmp_path, monkeypatch):
    """The test above does not run as root."""

    def refuse(path, data):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(lab, "write_whole", refuse)
    with pytest.raises(SystemExit, match=r"may not .* in .*mine\. Name a folder of your own"):
        run(monkeypatch, "lab", tmp_path / "mine")


def test_what_is_missing_is_named_with_the_line_that_installs_it(book, tmp_path, monkeypatch):
    monkeypatch.setattr(lab, "find_spec", lambda name: None if name == "jupyterlab" else name)
    line = r'Missing: jupyterlab\. Install: python -m pip install "softmax-edu\[lab\]"'
    with pytest.raises(SystemExit, match=line):
        run(monkeypatch, "lab", tmp_path / "mine")
    assert all_files(tmp_path / "mine") == book.files  # which another program may open


def test_what_is_looked_for_is_what_the_extra_installs():
    asked, extras = set(), ["lab"]
    while extras:
        extra = extras.pop()
        for need in map(Requirement, requires("softmax-edu")):
            if need.marker and need.marker.evaluate({"extra": extra}):
                extras += sorted(need.extras)
                asked.add(canonicalize_name(need.name))
    modules = packages_distributions()
    found = {canonicalize_name(modules[name][0]) for name in lab.PACKAGES}
    assert found == asked - {"softmax-edu"}


def test_lab_starts_jupyterlab_in_the_folder_with_news_off(book, tmp_path, monkeypatch):
    started = []
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "of-the-reader")  # and restored: lab adds to it
    monkeypatch.setattr(runpy, "run_module", lambda *_, **__: started.extend(sys.argv))
    options = ("--no-browser", "--allow-root", "--port", "9999")
    assert run(monkeypatch, "lab", tmp_path / "mine", *options) == 0
    assert started[0] == "jupyter-lab"
    assert f"--ServerApp.root_dir={tmp_path / 'mine'}" in started
    assert {"--no-browser", "--allow-root", "--ServerApp.port=9999"} <= set(started)
    ours, theirs = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert theirs == "of-the-reader"
    settings = Path(ours)
    options = json.loads((settings / "jupyter_lab_config.json").read_bytes())
    assert options["LabApp"] == {"default_url": "/lab/tree/notebooks", "news_url": None}
    (news,) = json.loads(next(settings.glob("labconfig/*")).read_bytes()).values()
    assert news == {"fetchNews": "false", "checkForUpdates": False}


def test_the_folder_is_in_the_readers_home_by_default(book, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.setattr(runpy, "run_module", lambda *_, **__: None)
    run(monkeypatch, "lab")
    run(monkeypatch, "update")
    assert all_files(tmp_path / "softmax-step-by-step") == book.files


def test_a_checkout_offers_its_own_notebooks():
    files = lab.book_files()
    chapters = [name for name in files if name.startswith("notebooks/") and ".ipynb" in name]
    assert len(chapters) == len(list(Path(lab.__file__).parents[2].glob("notebooks/[0-9]*.ipynb")))
    assert {name.replace(".ipynb", ".questions.toml") for name in chapters} <= set(files)
    assert "exercises/ex1_softmax.ipynb" in files


def test_an_installation_without_notebooks_says_where_there_are_some(tmp_path, monkeypatch):
    monkeypatch.setattr(lab, "__file__", str(tmp_path / "lib" / "softmax_edu" / "lab.py"))
    with pytest.raises(SystemExit, match=r"has no notebooks\. Install the wheel"):
        lab.book_files()


def test_the_command_starts_without_what_only_its_parts_need():
    """So that it is there at once, and works with NumPy alone."""
    code = (
        "import sys, softmax_edu.command\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {*lab.PACKAGES, "nbgrader", "distributed"} & set(done.stdout.split())


def test_the_command_knows_its_version(monkeypatch, capsys):
    with pytest.raises(SystemExit, match="0"):
        run(monkeypatch, "--version")
    assert capsys.readouterr().out.strip() == version("softmax-edu")
