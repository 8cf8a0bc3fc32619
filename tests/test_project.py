"""The files around the book agree with each other."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import sphinxcontrib.katex

ROOT = Path(__file__).parents[1]
NPM_FOLDERS = ("book/node", "hub/node", "tests/pyodide", "tools/audit")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.M))
NPM_LOCKS = [f"{folder}/package-lock.json" for folder in NPM_FOLDERS]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_lock_has_one_version_and_hashes_for_each_package():
    entries = re.findall(r"^([\w.-]+)==(\S+).*\\\n    --hash=sha256:", LOCK, re.M)
    assert dict(entries) == PINS
    assert len(entries) == len(PINS), "a package is there twice; run: make lock"


@pytest.mark.parametrize("name", ["requirements.lock", *NPM_LOCKS])
def test_lock_names_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.findall(r"(?:--(?:extra-)?index-url|--find-links|\"resolved\").*", text)


@pytest.mark.parametrize("name", NPM_LOCKS)
def test_npm_lock_has_a_hash_for_each_package(name):
    packages = json.loads((ROOT / name).read_text(encoding="utf-8"))["packages"]
    assert all("integrity" in package for path, package in packages.items() if path)


def test_npm_packages_run_no_scripts_and_are_those_of_the_lock():
    fetch = (ROOT / "tools/get_node_packages.py").read_text(encoding="utf-8")
    assert '"ci"' in fetch
    assert '"--ignore-scripts"' in fetch


def test_lock_has_what_lays_out_correctly():
    """Newer pairs of the two themes break the sidebar and the header."""
    assert PINS["jupyter-book"] == "1.0.4.post1"
    assert PINS["sphinx-book-theme"] == "1.1.4"
    assert PINS["pydata-sphinx-theme"] == "0.15.4"


def test_lock_covers_what_the_project_asks_for():
    groups = PROJECT["dependency-groups"].values()
    extras = PROJECT["project"]["optional-dependencies"].values()
    asked = {
        re.match(r"[\w-]+", requirement).group().replace("_", "-")
        for requirements in (*groups, *extras, PROJECT["project"]["dependencies"])
        for requirement in requirements
    }
    asked.discard("softmax-edu")  # an extra made of others
    assert asked <= set(PINS), f"run: make lock (missing: {asked - set(PINS)})"


def test_package_needs_only_numpy():
    assert [re.match(r"\w+", d).group() for d in PROJECT["project"]["dependencies"]] == ["numpy"]


def test_formulas_and_their_style_sheet_are_of_one_version():
    """The classes in the pages and those in the style sheet belong to each other."""
    lock = json.loads((ROOT / "book/node/package-lock.json").read_text(encoding="utf-8"))
    version = lock["packages"]["node_modules/katex"]["version"]
    assert version == sphinxcontrib.katex.katex_version


def test_readme_and_makefile_name_the_same_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"^([a-z]+):.*## ", makefile, re.M))
    assert set(re.findall(r"`make ([a-z]+)", readme)) <= commands
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_binder_installs_what_make_installs():
    steps = (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for step in ("--require-hashes -r requirements.lock", "--no-deps --no-build-isolation -e ."):
        assert step in steps
        assert step in makefile
    python = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8")
    major, minor = map(int, re.fullmatch(r"python-(\d+)\.(\d+)\n", python).groups())
    assert (3, 11) <= (major, minor) < (3, 15)


@pytest.mark.parametrize("derived", ["_build", ".venv", "node_modules"])
def test_derived_folders_are_not_committed(derived):
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not [name for name in listed.stdout.splitlines() if derived in Path(name).parts]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_help_explains_every_command():
    output = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in re.search(r"^\.PHONY: (.*)", makefile, re.M).group(1).split():
        assert f"make {command}" in output.stdout
