"""Compare what a figure's JavaScript computes with what its Python computes."""

import json
import subprocess
from pathlib import Path

import numpy as np
import page_weight

from softmax_edu.figures.modules import FOLDER

NODE = page_weight.node()


def in_node(figure, states):
    """Let a figure's module compute, draw and read out each state."""
    result = subprocess.run(
        [NODE, "--no-warnings", Path(__file__).parent / "figures" / "numbers.mjs", FOLDER],
        input=json.dumps({"figure": figure.module, "states": states}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def assert_close(script, package, where=""):
    """Compare nested numbers to 1e-9, absolutely or relatively; words and booleans exactly."""
    if isinstance(package, dict):
        assert script.keys() == package.keys(), where
        for name in package:
            assert_close(script[name], package[name], f"{where} {name}")
    elif isinstance(package, (list, tuple)):
        assert len(script) == len(package), where
        try:
            values = np.array([script, package], dtype=np.float64)
        except (TypeError, ValueError):  # words, or lists of unequal lengths
            for i, pair in enumerate(zip(script, package, strict=True)):
                assert_close(*pair, f"{where}[{i}]")
        else:
            np.testing.assert_allclose(*values, rtol=1e-9, atol=1e-9, err_msg=where)
    elif isinstance(package, (bool, str)) or package is None:
        assert script == package, where
    else:
        np.testing.assert_allclose(
            float(script), float(package), rtol=1e-9, atol=1e-9, err_msg=where
        )
