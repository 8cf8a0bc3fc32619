"""Runs a submission's worker in a pod, and leaves nothing behind: no process, and no file.

It stays root, starts the worker, and waits until that ends or the grader says SIGTERM. A process
that the worker left becomes the keeper's child, and root's rights are out of its reach. The
arguments are the account that the worker will take, a second one for the keeper, and the worker's
command.
"""

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress

# What everybody may write into. What is not there, or read-only, is passed over.
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock")
CLEAN = """
find "$@" -xdev -user "$(id -u)" -prune -exec chmod -R u+rwX {} + -exec rm -rf {} + \
  -o -type d ! -perm -o+w -prune
ipcrm --all
"""
# From linux/prctl.h
PARENT_DEATH_SIGNAL, NO_NEW_PRIVILEGES, CHILD_SUBREAPER = 1, 38, 36


def prctl(option: int, value: int) -> None:
    """Ask the kernel for a property of this process, and what it starts."""
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def kill_all(account: int, guard: int) -> None:
    """End all processes of an account.

    The kernel does it at one stroke, which no fork is faster than. It goes by the effective user
    of the one who kills, and by the real one of those who might kill it before.
    """
    pid = os.fork()
    if pid == 0:
        try:
            os.setresuid(guard, account, guard)
            if 0 not in os.getresuid():
                os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:  # nobody is there
            pass
        except BaseException:
            os._exit(1)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        raise ChildProcessError("the account could not be cleared")
    with suppress(ChildProcessError):  # until none is left
        while True:
            os.wait()


def sweep(account: int, guard: int) -> None:
    """End all processes of an account, then delete all its files."""
    kill_all(account, guard)
    subprocess.run(
        ["sh", "-c", CLEAN, "sh", *PLACES],
        user=account,
        group=account,
        extra_groups=[],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def keep(account: int, guard: int, command: list[str]) -> int:
    """Run the command, and return how it ended, as a shell says it."""
    signals = {signal.SIGTERM, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
    prctl(NO_NEW_PRIVILEGES, 1)
    prctl(CHILD_SUBREAPER, 1)
    sweep(account, guard)  # of a keeper that was killed
    worker = os.posix_spawnp(command[0], command, os.environ, setsigmask=[])
    code = None
    while code is None and signal.sigwait(signals) == signal.SIGCHLD:
        pid = -1
        while pid and code is None:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == worker:
                code = os.waitstatus_to_exitcode(status)
    if code is None:
        with suppress(PermissionError):  # it is no longer root: the sweep ends it
            os.kill(worker, signal.SIGKILL)
        code = 0
    sweep(account, guard)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    try:
        code = keep(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    except BaseException:  # a submission can give any exit code, but not this end
        os.kill(os.getpid(), signal.SIGKILL)
    sys.exit(code)
