"""What an import in JupyterLite brings: the wheels, and the list that says which.

Pyodide has such a list, its lock file. Ours is that one, and beside its packages this package and
the pure wheels that Pyodide lacks, so that `import softmax_edu` works without an install.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection
from email.parser import Parser
from pathlib import Path

import dist
from jupyterlite_pyodide_kernel.constants import PYODIDE_PYTHON_VERSION

LOCK = Path(__file__).parents[1] / "requirements.lock"
CACHE = Path(sys.prefix, "lite")  # wheels that were downloaded

# Pure wheels that Pyodide does not have, in the versions of requirements.lock.
WHEELS = (
    "anywidget",
    "comm",
    "ipywidgets",
    "latex2mathml",
    "markdown-it-py",
    "mdit-py-plugins",
    "mdurl",
    "psygnal",
)
# Requirements that are scripts: here they are extensions of JupyterLite.
SCRIPTS = {"jupyterlab-widgets", "widgetsnbextension"}
# What parts of the package need besides NumPy: import -> what brings it.
BRINGS = {
    "softmax_edu.figures": "anywidget",
    "softmax_edu.plots": "matplotlib",
    "softmax_edu.data": "scikit-learn",
}
# What the package and its figures use where it is there, and metadata names as extras only.
BESIDE = {
    "softmax-edu": ("tqdm",),
    "anywidget": ("latex2mathml", "markdown-it-py", "mdit-py-plugins"),
}


def collect_wheels(shop: Path, brought: Path) -> list[Path]:
    """Copy into `shop` our wheel, the pure ones, and those that the kernel brought; list them."""
    kernel = [path for path in brought.glob("*.whl") if not path.name.startswith("widgetsnb")]
    shop.mkdir()
    with tempfile.TemporaryDirectory() as temporary:
        own, _ = dist.build(Path(temporary), notebooks=False)
        for wheel in (own, *pinned_wheels(WHEELS, CACHE, PYODIDE_PYTHON_VERSION), *kernel):
            shutil.copyfile(wheel, shop / wheel.name)
    return sorted(shop.glob("*.whl"))


def pinned_wheels(names: Collection[str], cache: Path, python: str) -> list[Path]:
    """Fetch the pure wheels that requirements.lock pins, once, and check their hashes."""
    pins = [
        re.sub(r" ; [^\\]*", " ", block)  # wanted, whatever this machine is
        for block in re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8"))
        if normal(name_in(block)) in names
    ]
    wanted = cache / f"{hashlib.sha256(''.join(pins).encode()).hexdigest()[:16]}"
    if not wanted.exists():
        shutil.rmtree(cache, ignore_errors=True)
        new = cache / "new"
        new.mkdir(parents=True)
        (cache / "pins.txt").write_text("\n".join(pins), encoding="utf-8")
        options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"]
        options += ["--platform=any", f"--python-version={python}"]
        options += ["--disable-pip-version-check", "-d", new, "-r", cache / "pins.txt"]
        subprocess.run([sys.executable, "-m", "pip", "download", *options], check=True)
        new.rename(wanted)
    return sorted(wanted.glob("*.whl"))


def add_wheels(lock: dict, base: str, wheels: list[Path]) -> None:
    """Put the wheels into Pyodide's lock, whose own then lie at the address `base`."""
    packages = lock["packages"]
    for package in packages.values():
        package["file_name"] = base + package["file_name"]
    known = set(packages) | {normal(wheel.name.partition("-")[0]) for wheel in wheels}
    for wheel in wheels:
        entry = lock_entry(wheel, known)
        packages[entry["name"]] = entry
    for module, name in BRINGS.items():
        packages[name]["imports"].append(module)
        packages[name]["depends"].append("softmax-edu")
    for name, others in BESIDE.items():
        packages[name]["depends"] += others


def lock_entry(wheel: Path, known: set[str]) -> dict:
    """Describe a wheel as Pyodide's lock does."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = next(n for n in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        metadata = Parser().parsestr(archive.read(about).decode())
    required = [
        normal(name_in(line))
        for line in metadata.get_all("Requires-Dist", [])
        if "extra" not in line.partition(";")[2]
    ]
    modules = {name.partition("/")[0] for name in names if name.endswith(".py")}
    return {
        "name": normal(metadata["Name"]),
        "version": metadata["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(module.removesuffix(".py") for module in modules),
        "depends": sorted(name for name in required if name in known - SCRIPTS),
        "unvendored_tests": False,
    }


def name_in(requirement: str) -> str:
    """Return the package that a requirement begins with."""
    match = re.match(r"[\w.-]+", requirement)
    return match[0] if match else ""


def normal(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
