"""Give the tests, and the kernels they start, the environment that renders the notebooks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "tools"))

from render import prepare_environment

prepare_environment()
