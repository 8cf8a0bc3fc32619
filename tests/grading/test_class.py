"""The grading command on a whole class: nothing is lost, whatever is killed on the way."""

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import psutil
import pytest
from hostile import BEHIND, CODE, ELSEWHERE, GOOD, NAME, QUESTION, UNGRADED, WRONG
from nbgrader.api import Gradebook

from softmax_edu.grading import gradebook

# Answers and the points of check and hidden test; each student gets one, with a line of their own.
ANSWERS = [(GOOD, 5.0), (WRONG, 0.0), (GOOD.replace("np.exp", "1 + np.expm1"), 5.0)]
COMMAND = [sys.executable, "-m", "softmax_edu.command", "grade"]
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


@pytest.fixture
def course(tmp_path, source):
    """Return the folder of a course with one assignment."""
    folder = tmp_path / "course"
    (folder / "source" / NAME).mkdir(parents=True)
    nbformat.write(source, folder / "source" / NAME / f"{NAME}.ipynb")
    return folder


def submit(course, student, data):
    file = course / "submitted" / student / NAME / f"{NAME}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def submit_class(course, hand_in, count):
    """Let a class hand in; return what each must get."""
    deserved = {}
    for number in range(count):
        answer, points = ANSWERS[number % len(ANSWERS)]
        deserved[f"student_{number:04}"] = points
        submit(course, f"student_{number:04}", hand_in(f"{answer}# {number}\n"))
    return deserved


def hear_interrupts():
    """Undo what a shell does to its background jobs: Ctrl-C is not for them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(course, *options):
    return subprocess.Popen(
        [*COMMAND, str(course / "submitted"), "--assignment", NAME, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        preexec_fn=hear_interrupts,
    )


def run(course, *options):
    """Grade; return the exit code and what was printed."""
    process = start(course, *options)
    out, errors = process.communicate(timeout=600)
    assert process.returncode in (0, 1), errors
    return process.returncode, out


def wait_for_lines(course, count):
    """Wait until so many submissions are graded."""
    ledger = course / "grading" / f"{NAME}.jsonl"
    for _ in range(1200):
        if ledger.exists() and ledger.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.1)
    pytest.fail(f"not even {count} were graded")


def assert_nothing_is_lost(course, url, deserved):
    with open(course / "grading" / f"{NAME}.csv", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {name: float(row["score"]) for name, row in rows.items()} == deserved
    with Gradebook(gradebook.address(url, course)) as book:
        saved = {s.student_id: s.score for s in book.assignment_submissions(NAME)}
    assert saved == deserved
    for name in deserved:
        assert (course / "autograded" / name / NAME / f"{NAME}.ipynb").exists()
        assert (course / "feedback" / name / NAME / f"{NAME}.html").exists()


@pytest.fixture
def database(request, tmp_path):
    """Give the address of a gradebook: None is SQLite in the course; PostgreSQL is started."""
    if request.param == "sqlite":
        yield None
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        message = "no PostgreSQL: apt install postgresql"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    # PostgreSQL does not run as root, and its user must reach the folder.
    user = {"user": "postgres"} if os.getuid() == 0 else {}
    folder = Path("/tmp") / f"softmax-postgresql-{os.getpid()}"
    folder.mkdir()
    if user:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(program, *options):
        subprocess.run(
            [programs[-1] / program, "-D", folder / "data", *options],
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )

    call("initdb", "-A", "trust", "-U", "teacher", "--no-sync")
    settings = f"-p {port} -h 127.0.0.1 -k {folder} -F"
    call("pg_ctl", "-w", "-o", settings, "-l", folder / "log", "start")
    yield f"postgresql://teacher@127.0.0.1:{port}/postgres"
    call("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_of_a_thousand_submissions_none_is_lost(course, hand_in, database):
    deserved = submit_class(course, hand_in, 1000)
    options = ("--db-url", database) if database else ()

    # A grading process dies; then the command itself.
    process = start(course, *options)
    wait_for_lines(course, 100)
    workers = [
        p for p in psutil.Process(process.pid).children() if "spawn_main" in str(p.cmdline())
    ]
    workers[0].kill()
    wait_for_lines(course, 300)
    assert process.poll() is None, "the command did not outlive its worker"
    process.kill()
    process.communicate()
    for worker in workers:
        worker.wait(20)

    code, out = run(course, *options)
    assert code == 0
    assert "had not changed" in out
    assert_nothing_is_lost(course, database, deserved)

    # Once more: there is nothing to do.
    assert f"0 of {len(deserved)} submissions graded" in run(course, *options)[1]


def test_a_stop_by_hand_is_polite_and_the_same_command_goes_on(course, hand_in):
    deserved = submit_class(course, hand_in, 60)
    process = start(course, "--workers", "1")
    wait_for_lines(course, 5)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "the same command goes on" in out
    assert "Traceback" not in errors
    assert "had not changed" in run(course)[1]
    assert_nothing_is_lost(course, None, deserved)


def test_only_what_changed_is_graded_again(course, hand_in):
    deserved = submit_class(course, hand_in, 6)
    run(course)
    submit(course, "student_0001", hand_in(GOOD))
    deserved["student_0001"] = 5.0
    assert "1 of 6 submissions graded" in run(course)[1]
    assert_nothing_is_lost(course, None, deserved)


def test_a_cluster_grades_too_and_outlives_a_worker(course, hand_in):
    from distributed import LocalCluster

    deserved = submit_class(course, hand_in, 200)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        process = start(course, "--scheduler", cluster.scheduler_address)
        wait_for_lines(course, 40)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert f"{len(deserved)} of {len(deserved)} submissions graded" in out
    assert_nothing_is_lost(course, None, deserved)


@pytest.mark.xdist_group("left behind")  # see test_hostile_answers.py
@pytest.mark.parametrize("switch", ["", "--in-pod"])
def test_hostile_neighbours_change_nothing_for_an_honest_student(course, hand_in, switch):
    """The whole corpus goes through the command at once, between honest students."""
    if switch == "--in-pod" and os.getuid() != 0:
        pytest.skip("only root can give up its rights")
    corpus = {name: code for name, code in CODE.items() if "PATH_OF" not in code[0]}
    corpus |= {name: (answer, points) for name, (answer, points, *_) in BEHIND.items()}
    for name, (answer, _) in corpus.items():
        submit(course, name, hand_in(answer))
        submit(course, f"{name}_neighbour", hand_in())
    for name, (data, _) in UNGRADED.items():
        submit(course, name, data)
    (course / "submitted" / "no_notebook" / NAME).mkdir(parents=True)
    options = ["--workers", "2", *([switch] if switch else [])]
    code, out = run(course, "--seconds", "2", *options)
    assert code == 1
    with open(course / "grading" / f"{NAME}.csv", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    for name, (_, points) in corpus.items():
        if not switch or name not in ELSEWHERE:
            assert float(rows[name]["score"]) == sum(points), name
        assert float(rows[f"{name}_neighbour"]["score"]) == 5, name
    for name, (_, word) in UNGRADED.items():
        assert rows[name]["status"] == "ungraded"
        assert rows[name]["score"] == ""
        assert word in rows[name]["problem"]
        assert f"  {name}: {rows[name]['problem']}" in out
    assert "no_notebook: no notebook is there" in out
    assert "SIGKILL" in rows["kills_itself"]["doubt"]
    assert f"  kills_itself: {rows['kills_itself']['doubt']}" in out
    assert not rows["exits_hard"]["doubt"]
    assert "exit code 0" in rows["exits_hard"]["remarks"]


def test_what_nbgrader_s_exchange_asks_for_is_handed_back(course, hand_in):
    submit(course, "ada", hand_in())
    slips = {"timestamp.txt": "2026-11-21 10:00:00 UTC", "submission_secret.txt": "abc"}
    for name, text in slips.items():
        (course / "submitted" / "ada" / NAME / name).write_text(text)
    submit(course, "bob", hand_in())
    (course / "submitted" / "bob" / NAME / "timestamp.txt").write_text("yesterday")
    run(course)
    for kind in ("autograded", "feedback"):
        for name, text in slips.items():
            assert (course / kind / "ada" / NAME / name).read_text() == text
    with Gradebook(gradebook.address(None, course)) as book:
        assert str(book.find_submission(NAME, "ada").timestamp) == "2026-11-21 10:00:00"
        assert book.find_submission(NAME, "bob").timestamp is None


def test_those_who_handed_in_elsewhere_stay_in_the_table(course, hand_in):
    submit(course, "ada", hand_in())
    run(course)
    (course / "late").mkdir()
    (course / "late" / "bob.ipynb").write_bytes(hand_in(WRONG))
    (course / "late" / "notes.txt").write_text("late")
    options = ["--assignment", NAME, "--course", str(course)]
    done = subprocess.run(
        [*COMMAND, str(course / "late"), *options], env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "notes.txt" in done.stdout
    assert_nothing_is_lost(course, None, {"ada": 5.0, "bob": 0.0})


def test_what_is_left_works_with_nbgrader(course, hand_in):
    submit(course, "ada", hand_in())
    submit(course, "bob", hand_in(WRONG))
    run(course)
    shutil.copy(Path(__file__).parents[2] / "exercises" / "nbgrader_config.py", course)
    shutil.rmtree(course / "feedback")

    def nbgrader(*command):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=course,
            check=True,
            capture_output=True,
            env=ENVIRONMENT | {"JUPYTER_NO_CONFIG": "1"},
        )

    nbgrader("generate_feedback", NAME)
    nbgrader("export", "--to", "grades.csv")
    with open(course / "grades.csv", encoding="utf-8") as file:
        scores = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert scores == {"ada": 5.0, "bob": 0.0}
    for student in scores:
        page = (course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
        assert "canary" not in page
        assert "HIDDEN TESTS" not in page
        assert "rubric" not in page
    # Its own autograde would run learners' code outside of a sandbox.
    with pytest.raises(subprocess.CalledProcessError):
        nbgrader("autograde", NAME, "--force")


def test_formgrader_shows_what_is_left(course, hand_in):
    submit(course, "ada", hand_in())
    run(course)
    shutil.copy(Path(__file__).parents[2] / "exercises" / "nbgrader_config.py", course)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", "--ServerApp.token=", "--no-browser", "--allow-root"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=course,
        env=ENVIRONMENT | {"JUPYTER_NO_CONFIG": "", "HOME": str(course)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def get(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/formgrader/{path}") as answer:
            return answer.read().decode()

    try:
        end = time.monotonic() + 60
        while True:
            try:
                get("")
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.2)
        listed = json.loads(get(f"api/submissions/{NAME}"))
        assert [(s["student"], s["score"]) for s in listed] == [("ada", 5.0)]
        notebook = json.loads(get(f"api/submitted_notebooks/{NAME}/{NAME}"))[0]
        page = get(f"submissions/{notebook['id']}/")
        assert "For whoever grades this" in page
        assert "column_softmax" in page
    finally:
        server.terminate()
        server.wait(20)


def test_feedback_says_what_went_wrong_and_hides_what_is_hidden(course, hand_in):
    submit(course, "bob", hand_in(WRONG.replace("t = ", "print('my own output'); t = ")))
    run(course)
    page = (course / "feedback" / "bob" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "each column is an example" in page
    assert "A hidden test failed" in page
    assert "0 of" in page
    for secret in ("canary", "HIDDEN TESTS", "examine", "my own output"):
        assert secret not in page.replace("print(", "") or secret == "my own output"
    assert "SOLUTION" not in page


def test_what_a_person_graded_stays_and_reaches_the_feedback(course, hand_in, source):
    written = [c.id for c in source.cells if c.metadata.nbgrader.solution and c.id != QUESTION]
    if not written:
        pytest.skip("the assignment has no written question")
    submit(course, "ada", hand_in())
    assert "a person has to read" in run(course)[1]
    with Gradebook(gradebook.address(None, course)) as book:
        grade = book.find_grade(written[0], NAME, NAME, "ada")
        grade.manual_score = 3
        grade.needs_manual_grade = False
        book.find_comment(written[0], NAME, NAME, "ada").manual_comment = "Well <said>."
        book.db.commit()
        grade = book.find_grade(f"{QUESTION}-check", NAME, NAME, "ada")
        grade.extra_credit = 0.5
        book.find_comment(QUESTION, NAME, NAME, "ada").manual_comment = "*Neat*, $e^{z}$."
        book.db.commit()
    # A teacher who has read it with nbgrader may have left the files read-only.
    (course / "autograded" / "ada" / NAME / f"{NAME}.ipynb").chmod(0o444)
    assert "a person has to read" not in run(course)[1]
    page = (course / "feedback" / "ada" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Well &lt;said&gt;." in page
    assert "<em>Neat</em>" in page
    assert "<math" in page
    assert first_row(course)[:2] == ("graded", 8.5)

    # Another answer has to be read again, and says so; the points stay until then.
    notebook = nbformat.reads(hand_in().decode(), as_version=4)
    for cell in notebook.cells:
        if cell.id == written[0]:
            cell.source = "I have changed my mind."
    submit(course, "ada", nbformat.writes(notebook).encode())
    assert "a person has to read" in run(course)[1]
    assert first_row(course)[:2] == ("to be read", 8.5)
    page = (course / "feedback" / "ada" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "a person has read an earlier version" in page


def first_row(course):
    with open(course / "grading" / f"{NAME}.csv", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    return row["status"], float(row["score"])


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("nowhere", "--assignment", NAME), "There is no nowhere"),
        ((".", "--assignment", NAME), "Did you mean"),
        (("source", "--assignment", NAME), "Did you mean"),
        (("submitted", "--assignment", NAME, "--workers", "0"), "--workers is 0"),
        (
            ("submitted", "--assignment", NAME, "--in-pod", "--scheduler", "tcp://127.0.0.1:9"),
            "open to learners' code",
        ),
        (("submitted", "--assignment", NAME, "--seconds", "-1"), "--seconds is -1"),
        (("submitted", "--assignment", NAME, "--scheduler", "bogus"), "such as tcp://"),
        (("submitted", "--assignment", NAME, "--course", "empty"), "make release"),
        (("submitted", "--assignment", "99_none"), f"There are: {NAME}"),
        (("empty", "--assignment", NAME), "Expected is"),
        (("submitted", "--assignment", NAME, "--db-url", "sqlite:////nowhere/x.db"), "gradebook"),
        (
            ("submitted", "--assignment", NAME, "--scheduler", "tcp://127.0.0.1:9"),
            "no Dask scheduler",
        ),
    ],
)
def test_a_wrong_command_says_what_would_be_right(course, hand_in, options, word):
    submit(course, "ada", hand_in())
    (course / "empty").mkdir()
    done = subprocess.run(
        [*COMMAND, *options], cwd=course, capture_output=True, text=True, env=ENVIRONMENT
    )
    assert done.returncode == 1
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_sandbox_it_refuses(course, hand_in, tmp_path):
    submit(course, "ada", hand_in())
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "alembic").symlink_to(Path(sys.executable).with_name("alembic"))
    done = subprocess.run(
        [*COMMAND, "submitted", "--assignment", NAME],
        cwd=course,
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"PATH": str(tools)},
    )
    assert done.returncode == 1
    assert "There is no sandbox here: not installed: bwrap" in done.stderr
    assert not (course / "gradebook.db").exists()


@pytest.mark.parametrize("switch", ["--trust-submissions", "--in-pod"])
def test_other_walls_say_what_they_mean_and_grade(course, hand_in, switch):
    if switch == "--in-pod" and os.getuid() != 0:
        pytest.skip("only root can give up its rights")
    submit(course, "ada", hand_in())
    _, out = run(course, switch)
    assert switch in out
    assert_nothing_is_lost(course, None, {"ada": 5.0})


def test_the_ledger_survives_half_a_line(course, hand_in):
    submit(course, "ada", hand_in())
    run(course)
    ledger = course / "grading" / f"{NAME}.jsonl"
    line = json.loads(ledger.read_text())
    assert line["student"] == "ada"
    ledger.write_text(ledger.read_text() + '{"student": "bob", "scor')
    assert "0 of 1 submissions graded" in run(course)[1]
