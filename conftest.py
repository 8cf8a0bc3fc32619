"""Give the tests, and the kernels that they start, the environment that notebooks are rendered in."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "tools"))

from render import prepare_environment  # noqa: E402

prepare_environment()
