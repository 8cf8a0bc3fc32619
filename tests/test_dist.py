"""The wheel and the sdist hold the whole book, and work where nothing else of it is."""

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
import zipfile
from importlib.metadata import PathDistribution, distribution
from pathlib import Path

import assignments
import nbformat
import pytest
from packaging.requirements import Requirement
from reader_notebooks import for_readers

from softmax_edu.lab import book_files

ROOT = Path(__file__).parents[1]
SOURCES = {
    path.relative_to(ROOT / "src").as_posix(): path
    for path in (ROOT / "src" / "softmax_edu").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
}
EXPECTED = SOURCES | {f"softmax_edu/_book/{name}": path for name, path in book_files().items()}
PROGRAMS = "Scripts" if os.name == "nt" else "bin"
# Variables that a reader's terminal does not have.
FOREIGN = ("PYTHON", "JUPYTER", "IPYTHON", "VIRTUAL_ENV", "MPLBACKEND", "PIP_")


def build(folder):
    subprocess.run([sys.executable, ROOT / "tools" / "dist.py", folder], check=True)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("dist"))


def files_of(archive):
    """Return the files of a wheel or an sdist by their names, without the sdist's own folder."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as sdist:
        members = [member for member in sdist if member.isfile()]
        return {m.name.partition("/")[2]: sdist.extractfile(m).read() for m in members}


# What is inside


def test_everybody_may_read_both(built):
    """A web server reads them as another user than the one who built them."""
    assert [path.stat().st_mode & 0o444 for path in built] == [0o444, 0o444]


def test_wheel_holds_the_package_and_the_notebooks_and_nothing_else(built):
    files = files_of(built[0])
    own = {name: data for name, data in files.items() if name.startswith("softmax_edu/")}
    notebooks = for_readers([path for path in EXPECTED.values() if path.suffix == ".ipynb"])
    for name, path in EXPECTED.items():
        made = nbformat.writes(notebooks[path]).encode() + b"\n" if path in notebooks else None
        assert own.pop(name) == (made or path.read_bytes()), name
    assert not own
    kinds = {Path(name).suffix for name in EXPECTED}
    assert {".py", ".js", ".css", ".json", ".html", ".mplstyle", ".typed", ".ipynb"} <= kinds
    assert {name.partition(".dist-info/")[2] for name in set(files) - set(EXPECTED)} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
        "licenses/LICENSE-TEXT.md",
    }


def test_sdist_holds_the_same_and_what_builds_it(built):
    others = {"PKG-INFO", "pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT.md"}
    assert set(files_of(built[1])) == {f"src/{name}" for name in EXPECTED} | others


def test_nothing_secret_is_inside(built):
    secrets = {"BEGIN SOLUTION", "MARK SCHEME"}
    for name in assignments.names():
        for cell in assignments.read(name).cells:
            secrets |= set(re.findall(r"canary ([0-9a-f]{8}-[\w-]+)", cell.source))
    assert len(secrets) > 12
    for archive in built:
        for name, data in files_of(archive).items():
            text = data.decode()
            assert not [secret for secret in secrets if secret in text], name
            if name.endswith(".ipynb"):
                assert "HIDDEN TESTS" not in text, name


def test_the_same_source_gives_the_same_bytes_and_the_sdist_the_same_wheel(built, tmp_path):
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "softmax_edu-0.0.9-py3-none-any.whl").touch()  # of a version before
    again = build(tmp_path / "again")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in built]
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    environment = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH"}
    subprocess.run(
        [*pip, "--no-build-isolation", "--wheel-dir", tmp_path / "pip", built[1]],
        env=environment,
        check=True,
    )
    (wheel,) = (tmp_path / "pip").glob("*.whl")
    assert wheel.read_bytes() == built[0].read_bytes()


# Installed, with what it asks for and nothing else


def requirements(extras, own):
    """List what a distribution asks for, by itself and for these extras."""
    found = [Requirement(text) for text in own.requires or ()]
    return [
        need
        for need in found
        if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in extras or {""})
    ]


def closure(extras, own):
    """Find the distributions to which those requirements lead, at the versions of the lock."""
    packages, done, todo = {}, set(), requirements(extras, own)
    while todo:
        need = todo.pop()
        if (key := (need.name, frozenset(need.extras))) in done:
            continue
        done.add(key)
        package = own if need.name == own.name else distribution(need.name)
        packages[need.name] = package
        todo += requirements(need.extras, package)
    packages.pop(own.name, None)
    return packages.values()


def link(package, site):
    """Let a distribution of this environment be in another too, programs excepted."""
    for file in package.files:
        source, target = Path(package.locate_file(file)), Path(os.path.normpath(site / file))
        if target.parent.name != PROGRAMS and source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except FileExistsError:  # two may share an empty __init__.py
                continue
            except OSError:  # another disk
                shutil.copy2(source, target)


def install(wheel, folder, *extras):
    """Install the wheel in an environment of its own, as pip would, but from this one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / PROGRAMS / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    (info,) = folder.rglob("softmax_edu-*.dist-info")
    own = PathDistribution(info)
    assert set(extras) <= set(own.metadata.get_all("Provides-Extra"))
    for package in closure(extras, own):
        link(package, info.parent)
    return folder / PROGRAMS


def terminal(home):
    """Return the environment of a reader's terminal, which knows nothing of this one."""
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return kept | {"HOME": str(home), "USERPROFILE": str(home)}


def run(home, *command):
    return subprocess.run(
        list(map(str, command)), cwd=home, env=terminal(home), capture_output=True, text=True
    )


def test_the_wheel_works_with_numpy_alone(built, tmp_path):
    programs, home = install(built[0], tmp_path / "environment"), tmp_path / "home"
    home.mkdir()
    code = (
        "import numpy as np, softmax_edu; from softmax_edu.exercises import check\n"
        "print(softmax_edu.__file__)\n"
        "def column_softmax(logits, temperature):\n"
        "    t = np.exp((logits - logits.max(axis=0)) / temperature)\n"
        "    return t / t.sum(axis=0)\n"
        "check(column_softmax)"
    )
    done = run(home, programs / "python", "-c", code)
    assert done.returncode == 0, done.stderr
    where, verdict = done.stdout.splitlines()
    assert where.startswith(str(tmp_path))
    assert "column_softmax: right on all" in verdict
    done = run(home, programs / "softmax-edu", "--version")
    assert done.stdout.strip() == built[0].name.split("-")[1]

    # The notebooks come even so, and what is missing is named.
    done = run(home, programs / "softmax-edu", "lab")
    assert done.returncode == 1
    assert "Missing: jupyterlab, " in done.stderr
    assert 'python -m pip install "softmax-edu[lab]"' in done.stderr
    folder = home / "softmax-step-by-step"
    assert all((folder / name).exists() for name in book_files())
    done = run(home, programs / "softmax-edu", "update")
    assert done.stdout == f"{folder}\n  Nothing is missing or new.\n"
    done = run(home, programs / "softmax-edu", "grade", "x", "--assignment", "y")
    assert 'is missing: python -m pip install "softmax-edu[grading]"' in done.stderr


def imports():
    """List the import statements of all notebooks but chapter 10, which needs PyTorch."""
    found = set()
    for name, path in book_files().items():
        if path.suffix == ".ipynb" and "10_frameworks" not in name:
            for cell in json.loads(path.read_bytes())["cells"]:
                source = "".join(cell["source"])
                if cell["cell_type"] == "code" and not source.lstrip().startswith("%"):
                    for node in ast.walk(ast.parse(source)):
                        if isinstance(node, ast.Import | ast.ImportFrom):
                            found.add(ast.unparse(node))
    return sorted(found)


@pytest.fixture(scope="module")
def with_lab(built, tmp_path_factory):
    return install(built[0], tmp_path_factory.mktemp("lab") / "environment", "lab")


def test_the_extra_named_lab_has_what_the_chapters_import(with_lab, tmp_path):
    statements = imports()
    assert "from scipy import special" in statements
    code = [
        *statements,
        "from softmax_edu.figures.modules import *",
        "SoftmaxExplorer(), DigitReader(), digits()",
        "plt.style.use('softmax_edu.book')",
    ]
    done = run(tmp_path, with_lab / "python", "-W", "error::ImportWarning", "-c", "\n".join(code))
    assert done.returncode == 0, done.stderr


def test_lab_opens_jupyterlab_on_the_readers_copy(with_lab, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [with_lab / "softmax-edu", "lab", "--no-browser", "--allow-root", "--port", str(port)],
            cwd=tmp_path,
            env=terminal(tmp_path / "home"),
            stdout=file,
            stderr=file,
        )
    try:
        address = wait_for_address(log, server)
        assert f"127.0.0.1:{port}/lab/tree/notebooks" in address
        page, token = address.split("?")
        assert "<title>JupyterLab</title>" in get(address)
        found = re.search(r"jupyter-config-data[^>]*>(.*?)</script>", get(address), re.S)
        options = json.loads(found[1])
        extensions = {e["name"] for e in options["federated_extensions"]}
        assert {"anywidget", "jupyterlab-myst", "@jupyter-widgets/jupyterlab-manager"} <= extensions
        root = page.partition("/lab/")[0]
        setting = "@jupyterlab/apputils-extension:notification"
        notification = json.loads(get(f"{root}/lab/api/settings/{setting}?{token}"))
        assert notification["schema"]["properties"]["fetchNews"]["default"] == "false"
        folder = json.loads(get(f"{root}/api/contents/notebooks?{token}"))
        names = {entry["name"] for entry in folder["content"]}
        chapters = {Path(name).name for name in book_files() if name.startswith("notebooks/")}
        assert names == {name for name in chapters if not name.endswith(".toml")}  # hidden
        kernels = json.loads(get(f"{root}/api/kernelspecs?{token}"))
        assert kernels["default"] in kernels["kernelspecs"]
    finally:
        server.terminate()
        server.wait(30)


def wait_for_address(log, server):
    """Return the address that JupyterLab prints."""
    for _ in range(300):
        if found := re.search(r"http://127\.0\.0\.1\S+token=\w+", log.read_text()):
            return found[0]
        assert server.poll() is None, log.read_text()
        time.sleep(0.2)
    pytest.fail(f"no address within a minute:\n{log.read_text()}")


def get(address):
    local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with local.open(address, timeout=30) as answer:
        return answer.read().decode()
