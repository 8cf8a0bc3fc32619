"""The package under Pyodide in Node, which is what runs in a reader's browser.

Of npm's Pyodide and NumPy (see distributions.py), or of the distribution that PYODIDE names.
"""

import os
import re
import runpy
import subprocess
from pathlib import Path

import distributions
import lite
from page_weight import node

FOLDER = Path(__file__).with_name("pyodide")


def counted(text):
    """Read how many examples ran, and how many mistakes were named."""
    return [int(count) for count in re.findall(r"\d+(?= examples| mistakes named)", text)]


def test_the_unit_tests_pass_in_the_browser_s_python_and_in_this_one(tmp_path, capsys):
    distribution = os.environ.get("PYODIDE")
    if not distribution:
        distribution = tmp_path
        distributions.with_numpy(distribution)
    command = [node(), FOLDER / "run.mjs", Path(distribution).resolve(), lite.ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    runpy.run_path(str(FOLDER / "unit_tests.py"), run_name="__main__")
    examples, mistakes = counted(capsys.readouterr().out)
    assert examples > 80
    assert mistakes > 250
    assert counted(done.stdout) == [examples, mistakes]
