"""Pyodide distributions, put together from what the registries have.

NumPy for Pyodide lies on that project's own host, which no test may ask. So there are two:
`core_alone` is the version that JupyterLite asks for, without NumPy; `with_numpy` is the newest
for which npm has a NumPy. Together they show all that a reader's browser does.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from urllib.parse import urljoin

import lite
import pytest
from jupyterlite_pyodide_kernel.constants import PYODIDE_LOCK, PYODIDE_PYTHON_VERSION
from lite_wheels import lock_entry, normal, pinned_wheels

# What JupyterLite's kernel loads when it starts, besides what it brings.
KERNEL = ("micropip", "ipython", "jedi", "packaging", "typing-extensions")
CORE = ("pyodide.mjs", "pyodide.asm.*js", "pyodide.asm.wasm", "python_stdlib.zip")

NPM = Path(__file__).parent / "pyodide" / "node_modules"
# The same, with what it needs, for a Python as old as that of the older Pyodide.
PINNED = (
    *("asttokens", "decorator", "executing", "ipython", "ipython-pygments-lexers", "jedi"),
    *("matplotlib-inline", "packaging", "parso", "pexpect", "prompt-toolkit", "ptyprocess"),
    *("pure-eval", "pygments", "six", "stack-data", "tqdm", "traitlets", "typing-extensions"),
    "wcwidth",
)
# What installs further wheels asks for a newer Pyodide. Nothing is installed here.
INSTALLERS = ("micropip", "piplite")


def core_alone(folder):
    """Put together Pyodide without NumPy, with the pure wheels that a kernel needs."""
    lock = copy_core(lite.CORE, folder)
    packages = lock["packages"]
    names = needed(packages)
    wheels = Path(sys.prefix, "lite-kernel")  # downloaded once
    if not all((wheels / packages[name]["file_name"]).exists() for name in names):
        wanted = [f"{packages[name]['name']}=={packages[name]['version']}" for name in names]
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--platform=any"]
        options += [f"--python-version={PYODIDE_PYTHON_VERSION}", "-d", wheels, *wanted]
        subprocess.run([sys.executable, "-m", "pip", "download", *options], check=True)
    for name in names:
        wheel = wheels / packages[name]["file_name"]
        shutil.copy(wheel, folder)  # Pyodide packs them anew, so its hashes are others
        packages[name]["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    write(lock, folder)


def with_numpy(folder):
    """Put together an older Pyodide with NumPy, and with what a kernel needs."""
    if not NPM.exists():
        pytest.fail("fetch NumPy for Pyodide: python tools/get_node_packages.py tests/pyodide")
    lock = copy_core(NPM / "pyodide", folder)
    wheels = [numpy_wheel(folder)]
    for pure in pinned_wheels(PINNED, Path(sys.prefix, "lite-pinned"), "3.11"):
        wheels.append(Path(shutil.copy(pure, folder)))
    known = {normal(wheel.name.partition("-")[0]) for wheel in wheels}
    entries = [lock_entry(wheel, known) for wheel in wheels]
    lock["packages"] |= {entry["name"]: entry for entry in entries}
    write(lock, folder)


def copy_core(source, folder):
    """Copy what every distribution has into `folder`; return the list of its packages."""
    for pattern in CORE:
        (path,) = source.glob(pattern)
        shutil.copy(path, folder)
    return json.loads((source / PYODIDE_LOCK).read_text(encoding="utf-8"))


def write(lock, folder):
    """Write the list of packages where Pyodide looks for it."""
    (folder / PYODIDE_LOCK).write_text(json.dumps(lock), encoding="utf-8")


def needed(packages):
    """List what a kernel loads when it starts, and what that needs."""
    found, left = [], list(KERNEL)
    while left:
        name = normal(left.pop())
        if name not in found:
            found.append(name)
            left += packages[name]["depends"]
    return found


def numpy_wheel(folder):
    """Pack npm's archive of an installed NumPy as a wheel."""
    (archive,) = (NPM / "@emscripten-forge" / "numpy" / "pkg").glob("*.tar.gz")
    version = archive.name.split("-")[1]
    wheel = folder / f"numpy-{version}-cp311-cp311-emscripten_3_1_46_wasm32.whl"
    with tarfile.open(archive) as old, zipfile.ZipFile(wheel, "w") as new:
        for member in old:
            _, inside, name = member.name.partition("/site-packages/")
            if inside and member.isfile():
                new.writestr(name, old.extractfile(member).read())
    return wheel


def for_older_pyodide(shop, address):
    """Change what a site's JupyterLite loads, in the folder `shop`, to what an older Pyodide can.

    It knows addresses only as seen from its own folder, or whole ones.
    """
    lock = json.loads((shop / PYODIDE_LOCK).read_text(encoding="utf-8"))
    for name in INSTALLERS:
        lock["packages"][name] = lock_entry(empty_wheel(shop, name), set())
    for package in lock["packages"].values():
        package["file_name"] = urljoin(address, package["file_name"])
    write(lock, shop)


def empty_wheel(folder, name):
    """Make a wheel of a package in which nothing is."""
    wheel = folder / f"{name}-0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{name}/{name}.py", "")
        archive.writestr(f"{name}-0.dist-info/METADATA", f"Name: {name}\nVersion: 0\n")
    return wheel
