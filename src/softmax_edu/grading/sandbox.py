"""Where a learner's code runs: a process without network, files, rights, or endless time.

Three kinds of wall. ``bubblewrap`` is the one to use on Linux. ``pod`` is for a container that
is thrown away afterwards and holds nothing else, in which bubblewrap may not run: the container
is the wall, and what is set here are the limits, and an account for each submission of which
keeper.py leaves nothing. ``none`` is for submissions that are trusted.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

Wall = Literal["bubblewrap", "pod", "none"]

HERE = Path(__file__).parent
NOBODY = 65534
ACCOUNTS = range(60706, 60945)  # for submissions, and as many above: no system gives these away
INSIDE = "/sandbox"  # where NumPy and the worker lie


@dataclass(frozen=True)
class Limits:
    """What a submission may use."""

    seconds: int = 10  # for a cell or a call, on the clock
    all_seconds: int = 120  # of processor time, for the whole submission
    memory: int = 2 * 2**30  # bytes of address space
    files: int = 2**20  # bytes of a file that it writes
    scratch: int = 16 * 2**20  # bytes of all files that it writes
    processes: int = 16


def borrow_account(patience: float = 600) -> tuple[int, socket.socket]:
    """Take an account that nobody else has at this time, until the socket is closed.

    The kernel lends the socket's name to one process at a time, and takes it back when that ends.
    An account for each submission that runs: one cannot send signals to another, and the limit
    on processes, which is the account's, is its own.

    Raises
    ------
    OSError
        If none is free for so many seconds.
    """
    end = time.monotonic() + patience
    while True:
        for account in random.sample(ACCOUNTS, len(ACCOUNTS)):
            name = socket.socket(socket.AF_UNIX)
            try:
                name.bind(f"\0softmax-edu account {account}")
                return account, name
            except OSError:  # it is taken
                name.close()
        if time.monotonic() > end:
            raise OSError("no account is free to run it")
        time.sleep(0.1)


def command(wall: Wall, limits: Limits, account: int = NOBODY) -> list[str]:
    """Return the command that starts a worker.

    Parameters
    ----------
    wall : {"bubblewrap", "pod", "none"}
    limits : Limits
    account : int
        Which it becomes, if it starts as root.

    Returns
    -------
    list of str
    """
    bounds = [
        "prlimit",
        f"--as={limits.memory}",
        f"--fsize={limits.files}",
        f"--cpu={limits.all_seconds}:{limits.all_seconds + 5}",  # first SIGXCPU, which says why
        "--nofile=64",
        "--core=0",
    ]
    python = [sys.executable, "-I", "-S"]
    if wall != "bubblewrap":
        libraries = str(Path(np.__file__).parents[1])
        processes = limits.processes if wall == "pod" else 0
        worker = [str(HERE / "worker.py"), str(processes), str(account), str(HERE), libraries]
        return [
            *(keeper(account) if wall == "pod" else []),
            *(bounds if shutil.which("prlimit") else []),
            *python,
            *worker,
        ]
    python[0] = os.path.realpath(sys.executable)
    worker = [f"{INSIDE}/worker.py", str(limits.processes), str(account), INSIDE]
    return [*bounds, "bwrap", *_walls(limits), *python, *worker]


def keeper(account: int) -> list[str]:
    """Return the command, up to the worker's, that leaves nothing of an account behind."""
    accounts = [str(account), str(account + len(ACCOUNTS))]
    return [sys.executable, "-I", "-S", str(HERE / "keeper.py"), *accounts]


def _walls(limits: Limits) -> list[str]:
    """List what the sandbox contains: Python, NumPy, the worker, and an empty folder."""
    numpy = Path(np.__file__).parent
    libraries = numpy.with_name("numpy.libs")
    scratch = ["--size", str(limits.scratch), "--tmpfs"]
    return [
        *_alone(),
        *("--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"),
        *("--setenv", "OPENBLAS_NUM_THREADS", "1", "--setenv", "HOME", "/tmp"),
        *("--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"),
        *(part for name in ("lib", "lib64", "bin") for part in _link_to_usr(name)),
        *_visible(Path(sys.base_prefix)),
        *_visible(Path(sysconfig.get_path("stdlib")).parent),
        *_hidden_packages(),
        *("--perms", "0755", "--dir", INSIDE),
        *("--ro-bind", str(numpy), f"{INSIDE}/numpy"),
        *(("--ro-bind", str(libraries), f"{INSIDE}/numpy.libs") if libraries.exists() else ()),
        *("--ro-bind", str(HERE / "worker.py"), f"{INSIDE}/worker.py"),
        *("--ro-bind", str(HERE / "wire.py"), f"{INSIDE}/wire.py"),
        *("--perms", "1777", *scratch, "/tmp", "--chdir", "/tmp"),
    ]


def _alone() -> list[str]:
    """Cut off network and processes. Root gives up its rights inside; others have none there."""
    if os.getuid() == 0:
        namespaces = ["ipc", "pid", "net", "uts"]
        rights = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        return [*(f"--unshare-{name}" for name in namespaces), *rights]
    return ["--unshare-all", "--uid", "65534", "--gid", "65534"]


def _link_to_usr(name: str) -> tuple[str, ...]:
    path = Path("/", name)
    if path.is_symlink():
        return ("--symlink", os.readlink(path), str(path))
    return ("--ro-bind", str(path), str(path)) if path.exists() else ()


def _visible(folder: Path) -> list[str]:
    """Show a folder, and let everybody pass through those above it."""
    if folder.is_relative_to("/usr"):
        return []
    above = [path for path in reversed(folder.parents) if path != Path("/")]
    passable = [part for path in above for part in ("--perms", "0755", "--dir", str(path))]
    return [*passable, "--ro-bind", str(folder), str(folder)]


def _hidden_packages() -> list[str]:
    """Cover what is installed beside Python: an answer is written with NumPy alone."""
    python = Path(sysconfig.get_path("stdlib"))
    folders = [
        python / "site-packages",
        *Path("/usr").glob("lib*/python3*/*-packages"),
        *Path("/usr/local").glob("lib*/python3*/*-packages"),
    ]
    existing = {str(folder) for folder in folders if folder.is_dir()}
    return [part for folder in sorted(existing) for part in ("--tmpfs", folder)]


@cache
def problem(wall: Wall) -> str:
    """Say why there can be no such wall here; empty if there can.

    Parameters
    ----------
    wall : {"bubblewrap", "pod", "none"}

    Returns
    -------
    str
    """
    if wall == "pod" and os.getuid() != 0:
        return (
            "in a pod the grading must start as root, which learners' code then gives up; "
            "else it could read and write what the grading can"
        )
    if wall != "bubblewrap":
        return ""
    missing = [name for name in ("bwrap", "prlimit") if not shutil.which(name)]
    if missing:
        return f"not installed: {', '.join(missing)} (Debian and Ubuntu: apt install bubblewrap)"
    run = subprocess.run(
        command(wall, Limits()),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return run.stderr.strip() if run.returncode else ""
