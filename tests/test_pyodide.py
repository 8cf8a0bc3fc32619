"""The package under Pyodide in Node, which is what runs in a reader's browser.

NumPy for it lies on Pyodide's own host only. Where PYODIDE names a distribution that has it, all
of unit_tests.py runs there; elsewhere everything up to the import of NumPy.
"""

import os
import re
import runpy
import subprocess
from pathlib import Path

import lite
from page_weight import node

FOLDER = Path(__file__).with_name("pyodide")


def test_the_unit_tests_pass_in_this_python(capsys):
    runpy.run_path(str(FOLDER / "unit_tests.py"), run_name="__main__")
    examples, mistakes = re.findall(r"\d+", capsys.readouterr().out)
    assert int(examples) > 80
    assert int(mistakes) > 250


def test_they_pass_in_pyodide_as_far_as_it_is_at_hand():
    distribution = Path(os.environ.get("PYODIDE") or lite.CORE).resolve()
    command = [node(), FOLDER / "run.mjs", distribution, lite.ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if list(distribution.glob("numpy-*.whl")):
        assert re.search(r"\d+ examples, \d+ mistakes named", done.stdout), done.stderr
    else:
        # The examples' first module was found, and stops at the one thing that is missing.
        assert "/book/src/softmax_edu/__init__.py" in done.stderr
        assert re.search(r"ModuleNotFoundError: .*numpy", done.stderr), done.stderr
