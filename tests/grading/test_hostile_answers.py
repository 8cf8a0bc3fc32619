"""Whatever a cell does: it gets the score it deserves, and nothing else happens."""

import os
import subprocess
import time
from pathlib import Path

import nbformat
import pytest
from hostile import BEHIND, CODE, ELSEWHERE, LEFT, PLACES, UNGRADED

from softmax_edu.grading import sandbox
from softmax_edu.grading.answers import Answers, LostError
from softmax_edu.grading.notebook import grade
from softmax_edu.grading.sandbox import Limits


@pytest.fixture(scope="module")
def judge(source, tmp_path_factory):
    """Return a function that grades a submission."""
    folder = tmp_path_factory.mktemp("secret")
    text = nbformat.writes(source)
    (folder / "source.ipynb").write_text(text)
    (folder / "gradebook.db").write_text("scores")

    def judge(data, wall="bubblewrap"):
        for name, file in (("SOURCE", "source.ipynb"), ("GRADEBOOK", "gradebook.db")):
            data = data.replace(f"PATH_OF_THE_{name}".encode(), f"'{folder / file}'".encode())
        graded = grade("somebody", data, text, wall, Limits(seconds=2))
        assert (folder / "gradebook.db").read_text() == "scores"
        assert graded.notebook.encode() or graded.problem  # it can be written into a file
        return graded

    return judge


def points(graded):
    return graded.scores["column-softmax-check"], graded.scores["column-softmax-hidden"]


needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can give up its rights")
walls = pytest.mark.parametrize("wall", ["bubblewrap", pytest.param("pod", marks=needs_root)])


@walls
@pytest.mark.parametrize("name", CODE)
def test_an_answer_gets_what_it_deserves(judge, hand_in, name, wall):
    answer, deserved = CODE[name]
    start = time.monotonic()
    graded = judge(hand_in(answer), wall)
    assert not graded.problem
    if wall != "pod" or name not in ELSEWHERE:
        assert points(graded) == deserved
    assert time.monotonic() - start < 20
    # The honest neighbour is not affected.
    assert points(judge(hand_in(), wall)) == (2, 3)


# Never beside the other test whose submissions leave files in the places that this one looks at.
@pytest.mark.xdist_group("left behind")
@walls
@pytest.mark.parametrize("name", BEHIND)
def test_what_is_left_behind_reaches_nobody(judge, hand_in, name, wall):
    answer, deserved, next_answer, next_deserved = BEHIND[name]
    assert points(judge(hand_in(answer), wall)) == deserved
    time.sleep(0.2)
    assert points(judge(hand_in(next_answer), wall)) == next_deserved
    for _ in range(3):
        graded = judge(hand_in(), wall)
        assert points(graded) == (2, 3)
        assert graded.remarks == []
    assert not [place for place in PLACES if Path(place, LEFT).exists()]


@needs_root
def test_in_a_pod_nothing_of_a_submission_lives_on(judge, hand_in, monkeypatch):
    lend = sandbox.borrow_account
    lent = []

    def borrow():
        account, name = lend()
        lent.append(name)
        return account, name.dup()  # so that no other test has it meanwhile

    monkeypatch.setattr(sandbox, "borrow_account", borrow)
    for answer, *_ in BEHIND.values():
        judge(hand_in(answer), "pod")
    accounts = {name.getsockname().split()[-1].decode() for name in lent}
    assert len(accounts) == len(BEHIND)
    owners = {
        line.split()[1]
        for status in Path("/proc").glob("[0-9]*/status")
        for line in read_if_there(status).splitlines()
        if line.startswith("Uid:")
    }
    assert not owners & accounts
    for name in lent:
        name.close()


def read_if_there(path):
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""


@needs_root
@pytest.mark.parametrize("wall", ["bubblewrap", "pod"])
def test_submissions_that_run_at_once_have_accounts_of_their_own(wall):
    ask = "import os\nprint(os.getresuid(), os.getresgid(), os.getgroups())"
    with Answers(wall) as ada, Answers(wall) as eve:
        assert ada.account != eve.account
        for answers in (ada, eve):
            three = (answers.account,) * 3
            assert answers.run(ask) == f"{three} {three} []\n"


def test_a_cell_that_is_lost_the_second_time_takes_no_other_with_it(tmp_path):
    """Cells run again in a new process: in order, and all that still run."""
    once = (
        f"import os, pathlib\nmark = pathlib.Path({str(tmp_path / 'ran')!r})\n"
        "if mark.exists():\n    os._exit(0)\nmark.touch()"
    )
    with Answers("none") as answers:
        for cell in ("x = 20", once, "def f():\n    return x + 3"):
            answers.run(cell)
        with pytest.raises(LostError):
            answers.run("import os\nos._exit(1)")
        assert answers.find(["f"])["f"]() == 23


@walls
def test_a_process_that_is_killed_from_outside_is_a_problem_and_no_0(
    judge, hand_in, monkeypatch, wall
):
    find = Answers.find

    def killed(self, names):
        self.process.kill()
        self.process.wait()
        return find(self, names)

    monkeypatch.setattr(Answers, "find", killed)
    graded = judge(hand_in(), wall)
    assert "SIGKILL" in graded.problem
    assert graded.scores == {}


@walls
@pytest.mark.parametrize("start", ["kill -9 $$", "exit 1", "exec sleep 60"])
def test_a_process_that_does_not_start_is_a_problem_and_no_0(
    judge, hand_in, monkeypatch, wall, start
):
    monkeypatch.setattr("softmax_edu.grading.answers.START", 1)
    monkeypatch.setattr(sandbox, "command", lambda *_: ["sh", "-c", start])
    graded = judge(hand_in(), wall)
    assert "did not start" in graded.problem
    assert graded.scores == {}


@walls
@pytest.mark.parametrize(
    ("name", "word", "doubt"),
    [
        ("exits_hard", "exit code 0", False),
        ("segmentation_fault", "SIGSEGV", False),
        ("endless_loop", "no answer came within 2 seconds", False),
        ("kills_itself", "SIGKILL", True),
    ],
)
def test_how_a_process_ended_is_said(judge, hand_in, wall, name, word, doubt):
    graded = judge(hand_in(CODE[name][0]), wall)
    assert points(graded) == (0, 0)
    assert word in " ".join(graded.remarks)
    assert (word in graded.doubt) == doubt
    assert bool(graded.doubt) == doubt


def test_without_a_sandbox_nothing_runs_and_nobody_gets_0(judge, hand_in, monkeypatch):
    monkeypatch.setattr(sandbox, "problem", lambda wall: "not installed: bwrap")
    graded = judge(hand_in())
    assert "no sandbox on the machine that grades: not installed" in graded.problem
    assert graded.scores == {}


@pytest.mark.parametrize(("user", "word"), [(1000, "must start as root"), (0, "")])
def test_a_pod_is_a_wall_for_root_only(monkeypatch, user, word):
    monkeypatch.setattr("os.getuid", lambda: user)
    sandbox.problem.cache_clear()
    assert word in sandbox.problem("pod")
    assert bool(sandbox.problem("pod")) == bool(word)
    sandbox.problem.cache_clear()


@walls
def test_no_process_is_left_behind(judge, hand_in, wall):
    judge(hand_in(CODE["leaves_a_process_behind"][0]), wall)
    # The sandbox dies with its parent, which takes a moment on a busy machine.
    end = time.monotonic() + 20
    while subprocess.run(["pgrep", "-f", "sleep 977"], capture_output=True).stdout:
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize("name", UNGRADED)
def test_a_file_that_is_no_submission_has_a_reason_and_no_score(judge, name):
    data, word = UNGRADED[name]
    graded = judge(data)
    assert word in graded.problem
    assert graded.scores == {}


def test_printing_in_hidden_tests_is_not_kept(judge, hand_in):
    answer = CODE["prints_a_lot"][0].replace("'x' * 100_000_000", "logits")
    assert "logits" not in str(outputs(judge(hand_in(answer)), "column-softmax-hidden"))
    assert outputs(judge(hand_in(answer)), "column-softmax-hidden") == []


def outputs(graded, name):
    cells = nbformat.reads(graded.notebook, as_version=4).cells
    return next(cell.outputs for cell in cells if cell.id == name)


# Cells that were changed, deleted, copied


def without(name):
    return lambda cells: [cell for cell in cells if cell.id != name]


def test_deleted_tests_come_back(judge, hand_in):
    graded = judge(hand_in("", without("column-softmax-hidden")))
    assert points(graded) == (0, 0)
    assert "the hidden test of column_softmax was missing" in graded.remarks


def test_a_deleted_setup_comes_back(judge, hand_in):
    assert points(judge(hand_in(change=without("setup")))) == (2, 3)


def test_a_deleted_answer_is_wrong_and_not_an_accident(judge, hand_in):
    graded = judge(hand_in(change=without("column-softmax")))
    assert points(graded) == (0, 0)
    assert "the answer column-softmax was missing" in graded.remarks


def test_tampered_points_and_tests_are_those_of_the_teacher(judge, hand_in):
    def tamper(cells):
        for cell in cells:
            if cell.id.endswith(("check", "hidden")):
                cell.metadata.nbgrader.points = 1000
                cell.source = "pass"
        return cells

    graded = judge(hand_in("", tamper))
    assert points(graded) == (0, 0)
    assert graded.scores["column-softmax-check"] == 0
    assert any("was changed" in remark for remark in graded.remarks)


def test_an_answer_that_pretends_to_be_a_test_is_none(judge, hand_in):
    def disguise(cells):
        for cell in cells:
            if cell.id == "column-softmax":
                cell.metadata.nbgrader.update(grade=True, points=50, solution=False)
        return cells

    graded = judge(hand_in(change=disguise))
    assert points(graded) == (2, 3)
    assert "column-softmax" not in graded.scores


def test_of_a_duplicated_answer_the_last_one_counts(judge, hand_in):
    def duplicate(cells):
        at = next(i for i, cell in enumerate(cells) if cell.id == "column-softmax")
        first = cells[at].copy()
        first.id, first.source = "copied", "def column_softmax(a, b): return None"
        return [*cells[:at], first, *cells[at:]]

    graded = judge(hand_in(change=duplicate))
    assert points(graded) == (2, 3)
    assert any("more than once" in remark for remark in graded.remarks)


def test_an_untouched_submission_needs_no_repair(judge, hand_in):
    assert judge(hand_in()).remarks == []


@pytest.mark.parametrize("metadata", [{}, {"kernelspec": {"name": "ir", "language": "R"}}])
def test_the_kernel_that_is_named_does_not_matter(judge, hand_in, metadata):
    notebook = nbformat.reads(hand_in().decode(), as_version=4)
    notebook.metadata = metadata
    assert points(judge(nbformat.writes(notebook).encode())) == (2, 3)


def test_a_text_that_the_teacher_changed_later_is_no_remark(judge, hand_in):
    def change(cells):
        cells[0].source = "An older text"
        return cells

    assert judge(hand_in(change=change)).remarks == []


def test_the_rubric_is_for_the_reader_and_not_for_the_feedback(judge, hand_in):
    notebook = nbformat.reads(judge(hand_in()).notebook, as_version=4)
    at = next(i for i, c in enumerate(notebook.cells) if c.id == "shift-and-scale-written")
    rubric = notebook.cells[at + 1]
    assert "point" in rubric.source
    assert "SOLUTION" not in rubric.source
    assert rubric.metadata.tags == ["rubric"]


def test_format_3_is_read(judge, hand_in):
    old = nbformat.convert(nbformat.reads(hand_in().decode(), as_version=4), 3)
    assert points(judge(nbformat.writes(old, version=nbformat.NO_CONVERT).encode())) == (2, 3)


def test_an_old_format_is_read(judge, hand_in):
    notebook = nbformat.reads(hand_in().decode(), as_version=4)
    for cell in notebook.cells:
        cell.pop("id", None)
    notebook.nbformat_minor = 0
    assert points(judge(nbformat.writes(notebook, version=nbformat.NO_CONVERT).encode())) == (2, 3)
