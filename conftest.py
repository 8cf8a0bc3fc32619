"""Give the tests, and the kernels they start, the environment that renders the notebooks."""

import importlib
import sys
from pathlib import Path

# Where the book's own scripts and extensions are.
sys.path[:0] = [str(Path(__file__).parent / folder) for folder in ("tools", "book/_ext")]

importlib.import_module("render").prepare_environment()
