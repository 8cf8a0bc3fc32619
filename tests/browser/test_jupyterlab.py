"""The same figures in a real JupyterLab with a kernel: Python sees what the reader moves."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit
from urllib.request import urlopen

import nbformat
import pytest
from audit.browser import ROOT
from playwright.sync_api import expect

import softmax_edu.figures
from softmax_edu import softmax

RUN = re.compile(r"\[\d+\]:")  # how a cell is marked that was run
CELLS = [
    """\
import json
from pathlib import Path
from softmax_edu.figures import SoftmaxExplorer

def tell(change):
    Path("seen.json").write_text(json.dumps([figure.temperature, figure.probabilities]))

figure = SoftmaxExplorer()
figure.observe(tell, "probabilities")
figure""",
    "figure.logits = [1, 1, 1, 1]",
    """\
import softmax_edu.figures as figures
from IPython.display import display

for name in figures.__all__:
    arguments = {"chapter": "06_gradient", "folder": NOTEBOOKS} if name == "SelfTest" else {}
    display(getattr(figures, name)(**arguments))""",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab in a folder with one notebook; give both."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [cell.replace("NOTEBOOKS", repr(str(ROOT / "notebooks"))) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "figure.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token="),
            *("--ServerApp.password=", "--LabApp.news_url=None", f"--notebook-dir={folder}"),
        ],
        env=os.environ
        | {"HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder), "JUPYTER_NO_CONFIG": "1"},
        stdout=(log := (folder / "server.log").open("w")),
        stderr=subprocess.STDOUT,
        cwd=folder,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        time.sleep(0.5)
        try:
            urlopen(f"{address}/api", timeout=5).close()
            break
        except OSError:
            assert server.poll() is None, (folder / "server.log").read_text()
    yield address, folder
    server.terminate()
    server.wait(20)
    log.close()


def read_when(path, condition):
    """Wait until the kernel has written what is expected."""
    for _ in range(100):
        if path.exists() and (text := path.read_text()) and condition(value := json.loads(text)):
            return value
        time.sleep(0.1)
    pytest.fail(
        f"Python did not see the change: {path.read_text() if path.exists() else 'nothing'}"
    )


def run_cell(page, number):
    """Run a cell of the notebook, as soon as its kernel waits: what comes earlier is forgotten."""
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(RUN, timeout=60_000)


def test_python_and_the_figure_follow_each_other(browser, lab):
    address, folder = lab
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    hosts, problems = set(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{address}/doc/tree/figure.ipynb", timeout=60_000)
    # Until it has a kernel the notebook is "idle" too, and to run a cell then may open a dialog.
    expect(page.locator(".jp-KernelName")).to_contain_text("Python 3", timeout=60_000)
    run_cell(page, 0)
    temperature = page.get_by_role("slider", name="temperature T")
    expect(temperature).to_be_visible(timeout=60_000)

    # The reader moves; Python sees it. JupyterLab leaves the arrow keys to the slider.
    temperature.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    seen = read_when(folder / "seen.json", lambda value: value[0] > 1.06)
    assert seen == [1.07, pytest.approx(softmax([5, 2, -1, 3], temperature=1.07).tolist())]
    expect(temperature).to_be_focused()

    # Python moves; the reader sees it.
    run_cell(page, 1)
    expect(page.locator(".live-figure .reading")).to_contain_text("cat 0.250", timeout=20_000)

    # Every figure starts there.
    run_cell(page, 2)
    alive = page.locator(".jp-CodeCell").nth(2).locator(".live-figure[data-live]")
    expect(alive).to_have_count(len(softmax_edu.figures.__all__), timeout=30_000)

    assert not problems
    assert {host for host in hosts if host} == {urlsplit(address).netloc}
    page.close()
