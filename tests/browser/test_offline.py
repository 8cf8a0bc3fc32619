"""The zip for a place without a network: unpack it, read from disk, install, run."""

import os
import re
import subprocess
import sys
import zipfile

import offline
import pytest

TOP = offline.TOP
# Packed once, by the worker that gets these tests.
pytestmark = pytest.mark.xdist_group("offline")


@pytest.fixture(scope="module")
def unpacked(folder, tmp_path_factory):
    """Pack the site that is there, and unpack the zip elsewhere."""
    place = tmp_path_factory.mktemp("offline")
    offline.build(place / "book.zip")
    with zipfile.ZipFile(place / "book.zip") as archive:
        archive.extractall(place)
    return place / TOP


def test_the_book_is_read_from_disk(new_page, unpacked):
    page = new_page(home=unpacked.as_uri() + "/")
    page.context.set_offline(True)
    page.goto((unpacked / "START_HERE.html").as_uri())
    page.get_by_role("link", name="Open the book").click()
    page.get_by_role("link", name="1 Softmax").first.click()
    assert page.locator("h1").first.inner_text().startswith("1 Softmax")
    # The figure moves, and the menu does not offer what needs a server.
    page.locator(".live-figure").first.scroll_into_view_if_needed()
    page.locator(".live-figure[data-live]").first.wait_for()
    page.locator(".dropdown-run summary").click()
    entries = page.locator(".dropdown-run a[href] .btn__text-container").all_inner_texts()
    assert entries == ["All ways compared\nWith what each needs and keeps"]


def test_the_page_at_the_top_is_accessible(new_page, unpacked, accessible):
    page = new_page(home=unpacked.as_uri() + "/", scheme="dark")
    page.goto((unpacked / "START_HERE.html").as_uri())
    accessible(page)


def test_it_installs_and_brings_the_notebooks_without_a_network(unpacked, tmp_path):
    html = (unpacked / "START_HERE.html").read_text(encoding="utf-8")
    line = re.search(r'pip install (--no-index --find-links wheels "softmax-edu\[lab\]")', html)[1]
    options = line.replace('"', "").replace("wheels", str(unpacked / "wheels")).split()
    assert f"with Python {offline.PYTHON}" in html
    uv = [sys.executable, "-m", "uv", "--offline"]
    subprocess.run([*uv, "venv", "--quiet", tmp_path / "env"], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", tmp_path / "env", *options]
    subprocess.run(install, check=True)
    program = next((tmp_path / "env").glob("*/softmax-edu*"))
    home = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    help_ = subprocess.run([program, "lab", "--help"], capture_output=True, text=True, env=home)
    assert "JupyterLab" in help_.stdout
    code = (
        "import jupyterlab, matplotlib, sklearn, softmax_edu.figures\n"
        "print(softmax_edu.softmax([0, 0]))"
    )
    python = program.with_name("python")
    run = subprocess.run([python, "-c", code], capture_output=True, text=True, env=home)
    assert run.stdout == "[0.5 0.5]\n", run.stderr


def test_nothing_in_it_needs_what_was_left_out(unpacked):
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*")}
    assert not [name for name in names if name.startswith("site/lite")]
    assert {"notebooks/01_softmax.ipynb", "notebooks/01_softmax.questions.toml"} <= names
    assert "exercises/ex1_softmax.ipynb" in names
