"""A class on a real JupyterHub: fetched, answered, submitted, collected, graded, handed back."""

import contextlib
import csv
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import assignments
import httpx
import nbformat
import psutil
import pytest
import release
from sample_class import as_answer, submission

HUB = assignments.ROOT / "hub"
PROXY = HUB / "node/node_modules/.bin/configurable-http-proxy"
BIN = Path(sys.executable).parent

NAME = "ex1_softmax"
TEACHER, RIGHT, WRONG = "grace", "ada", "ben"
PASSWORD = "a password for this test only"
PATIENCE = 300  # seconds, for whatever starts

# What the single machine's configuration becomes where nobody has an account of their own.
CONFIG = """
load_subconfig({config!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[1]}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{ports[2]}"
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = {password!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {home!r}
c.Spawner.start_timeout = c.Spawner.http_timeout = {patience}
c.Spawner.args.append("--allow-root")
"""


@pytest.fixture(autouse=True)
def hub_is_installed():
    """Leave this out where the hub is not installed, but never in CI."""
    if missing := [path.name for path in (PROXY, BIN / "jupyterhub") if not path.exists()]:
        message = f"no hub: {', '.join(missing)}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)


@pytest.fixture
def folder(tmp_path):
    """Return the hub's folder, with a teacher who has a course, and two students."""
    (tmp_path / "teachers.txt").write_text(f"{TEACHER}\n")
    (tmp_path / "students.txt").write_text(f"{RIGHT}\n{WRONG}\n")
    for student in (RIGHT, WRONG):  # nbgrader goes by the account, and here all share one
        own = tmp_path / "home" / student / ".jupyter/nbgrader_config.py"
        own.parent.mkdir(parents=True)
        own.write_text(f"get_config().CourseDirectory.student_id = {student!r}\n")
    course = tmp_path / "home" / TEACHER / "course"
    course.parent.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "COURSE", course)
        patch.setattr(release, "RELEASE", tmp_path / "pages")
        release.release([NAME])
    return tmp_path


@pytest.fixture
def hub(folder):
    """Start a hub on the loopback; return its address, and a way to wait for it.

    Nothing of it may be left afterwards.
    """
    ports = free_ports(3)
    config = folder / "jupyterhub_config.py"
    config.write_text(
        CONFIG.format(
            config=str(HUB / "single_machine/jupyterhub_config.py"),
            home=str(folder / "home/{username}"),
            password=PASSWORD,
            patience=PATIENCE,
            ports=ports,
        )
    )
    command = [BIN / "jupyterhub", "-f", config]
    with (folder / "hub.log").open("w") as log:
        process = psutil.Popen(command, cwd=folder, env=environment(folder), stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{ports[0]}"
            wait_for(lambda: answers(f"{url}/hub/health"), process, folder)
            yield url, lambda condition: wait_for(condition, process, folder)
        finally:
            alive = end(process, folder)
    assert not alive, "the hub left processes behind"


def environment(folder):
    """Return what the hub starts with; SOFTMAX_HUB marks all processes that it starts.

    Only the book's own environment is on the PATH: no node, as on a bare machine.
    """
    assert not shutil.which("node", path=str(BIN))
    return {**os.environ, "PATH": str(BIN), "SOFTMAX_HUB": str(folder)}


def end(process, folder):
    """End the hub as systemd would, then by force what is left; return what had to be forced."""
    family = [one for one in psutil.process_iter() if belongs(one, folder)]
    if process.poll() is None:  # otherwise it has died, and nobody ends its servers
        process.terminate()
        psutil.wait_procs([process, *family], timeout=PATIENCE)
    late = [one for one in psutil.process_iter() if belongs(one, folder)]
    for one in late:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs([process, *late], timeout=PATIENCE)
    return late


def belongs(process, folder):
    """Say whether a process was started for this hub: also if the hub itself has died."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return any(value.startswith(str(folder)) for value in process.environ().values())
    except psutil.Error:
        return False


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def answers(url):
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def wait_for(condition, process, folder):
    """Ask again and again, as long as the hub runs; otherwise show what it has said."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail((folder / "hub.log").read_text())
        time.sleep(0.1)


class Person:
    """Somebody with a browser, logged in, whose server runs."""

    def __init__(self, url, name):
        self.name, self.base = name, f"/user/{name}/"
        self.browser = httpx.Client(base_url=url, follow_redirects=True, timeout=PATIENCE)

    def close(self):
        self.browser.close()

    def log_in(self):
        form = self.browser.get("/hub/login").text
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', form)[1]
        data = {"_xsrf": xsrf, "username": self.name, "password": PASSWORD}
        assert self.browser.post("/hub/login?next=/hub/home", data=data).is_success

    def is_there(self):
        """Ask for the server, which starts it; say whether it is there."""
        reply = self.browser.get(f"/hub/spawn/{self.name}")
        return reply.is_success and reply.url.path.startswith(self.base)

    def ask(self, method, path, **options):
        """Ask this person's server, as its pages do; return what it answers."""
        cookies = [cookie for cookie in self.browser.cookies.jar if cookie.name == "_xsrf"]
        xsrf = next(cookie.value for cookie in cookies if cookie.path == self.base)
        headers = {"X-XSRFToken": xsrf}
        reply = self.browser.request(method, self.base + path, headers=headers, **options)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json()

    def assignments(self, action=None):
        """List the assignments, after fetching, submitting or fetching feedback."""
        if action:
            data = {"course_id": "softmax", "assignment_id": NAME}
            reply = self.ask("POST", f"assignments/{action}", data=data)
        else:
            reply = self.ask("GET", "assignments", params={"course_id": "softmax"})
        assert reply["success"], reply["value"]
        return {entry["status"]: entry for entry in reply["value"]}

    def formgrader(self, action):
        """Do with the assignment what the button in the formgrader does."""
        reply = self.ask("POST", f"formgrader/api/assignment/{NAME}/{action}")
        assert reply["success"], reply
        return reply["log"]


@pytest.fixture
def enter(hub):
    """Return a function: let somebody log in, start their server, and return them."""
    url, wait = hub
    with contextlib.ExitStack() as stack:

        def enter(name):
            person = stack.enter_context(contextlib.closing(Person(url, name)))
            person.log_in()
            wait(person.is_there)
            return person

        yield enter


def chosen(mistakes):
    """Return an answer to each question: right, or the mistake that is named."""
    right = assignments.programs(NAME, "variants").VARIANTS
    wrong = assignments.programs(NAME, "wrong").WRONG
    programs = {question: variants[0] for question, variants in right.items()}
    for question, mistake in mistakes.items():
        programs[question] = wrong[mistake]
    return {q.replace("_", "-"): as_answer(program, q) for q, program in programs.items()}


def work(student, mistakes):
    """Open the notebook on the student's server, answer, and save."""
    path = f"api/contents/{NAME}/{NAME}.ipynb"
    notebook = nbformat.from_dict(student.ask("GET", path)["content"])
    content = submission(notebook, chosen(mistakes))
    student.ask("PUT", path, json={"type": "notebook", "format": "json", "content": content})


def most():
    """Return the points of all tests, of those of column_softmax, and of each written answer."""
    graded = [cell for cell in assignments.read(NAME).cells if cell.metadata["nbgrader"]["grade"]]
    points = {cell.id: cell.metadata["nbgrader"]["points"] for cell in graded}
    written = {cell.id: points.pop(cell.id) for cell in graded if cell.cell_type == "markdown"}
    column = sum(points[name] for name in points if name.startswith("column-softmax-"))
    return sum(points.values()), column, written


def grade(course):
    """Grade with the command; return status and score of each student."""
    command = [BIN / "softmax-edu", "grade", "submitted", "--assignment", NAME, "--course", "."]
    run = subprocess.run(
        command, cwd=course, capture_output=True, text=True, timeout=2 * PATIENCE, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    with (course / "grading" / f"{NAME}.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {row["student"]: (row["status"], float(row["score"])) for row in rows}


def test_a_class_from_release_to_feedback(enter, folder):
    course = folder / "home" / TEACHER / "course"
    teacher = enter(TEACHER)
    assert (folder / "exchange").stat().st_mode & 0o7777 == 0o1777  # all write, nobody removes
    teacher.formgrader("release")

    students = {name: enter(name) for name in (RIGHT, WRONG)}
    for name, student in students.items():
        assert set(student.assignments()) == {"released"}
        assert set(student.assignments("fetch")) == {"fetched"}
        work(student, {} if name == RIGHT else {"column_softmax": "column_softmax_along_rows"})
        assert set(student.assignments("submit")) == {"fetched", "submitted"}

    assert "Processing 2 submissions" in teacher.formgrader("collect")
    tested, column, written = most()
    score = {RIGHT: tested, WRONG: tested - column}
    assert grade(course) == {name: ("to be read", points) for name, points in score.items()}

    # The teacher reads the written answers in the formgrader, and gives all points, or one.
    for notebook in teacher.ask("GET", f"formgrader/api/submitted_notebooks/{NAME}/{NAME}"):
        grades = teacher.ask("GET", "formgrader/api/grades?submission_id=" + notebook["id"])
        to_read = {one["name"]: one["id"] for one in grades if one["needs_manual_grade"]}
        assert to_read.keys() == written.keys()
        for name, number in to_read.items():
            points = written[name] if notebook["student"] == RIGHT else 1
            teacher.ask("PUT", f"formgrader/api/grade/{number}", json={"manual_score": points})
            score[notebook["student"]] += points
    assert grade(course) == {name: ("graded", points) for name, points in score.items()}
    listed = teacher.ask("GET", f"formgrader/api/submissions/{NAME}")
    assert {one["student"]: one["score"] for one in listed} == score
    assert all(one["autograded"] for one in listed)

    teacher.formgrader("release_feedback")
    for name, student in students.items():
        (handed_in,) = student.assignments("fetch_feedback")["submitted"]["submissions"]
        path = f"api/contents/{handed_in['local_feedback_path']}/{NAME}.html"
        page = student.ask("GET", path)["content"]
        assert page == (course / "feedback" / name / NAME / f"{NAME}.html").read_text()
        assert f"{score[name]} of {score[RIGHT]}" in re.sub(r"<[^>]+>", "", page)

    # A student reaches neither the teacher's server nor a formgrader.
    student = students[WRONG]
    assert student.browser.get(f"/user/{TEACHER}/formgrader").status_code in (403, 404)
    assert student.browser.get(f"{student.base}formgrader").status_code == 404
    pages = [person.browser.get(f"{person.base}lab").text for person in (teacher, student)]
    assert ["@jupyter/nbgrader:formgrader" in page for page in pages] == [False, True]  # taken out
