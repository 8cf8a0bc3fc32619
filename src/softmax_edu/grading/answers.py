"""A learner's answers, as functions that run in a sandbox."""

import builtins
import json
import os
import queue
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, NoReturn, Self

import numpy as np

from softmax_edu.grading import sandbox, wire
from softmax_edu.grading.sandbox import Limits, Wall

MOST = 64 * 2**20  # bytes of one answer
START = 60  # seconds in which a process must start, and end when it is told to
# A program ends itself so; any other signal may also come from outside.
CRASHES = ("SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP", "SIGXCPU")


class BrokenError(BaseException):
    """The learner's process did not start, or the wall around it fell: no fault of a learner."""


class LostError(BaseException):
    """The learner's process is gone, or did not answer in time.

    It is no Exception, so that no check takes it for something that the function raised.
    """


class RaisedError(Exception):
    """What the learner's code raised, as text."""

    def __init__(self, kind: str, text: str):
        super().__init__(text)
        self.kind = kind


class _Function:
    """Looks like the learner's function to a test; it is computed in the sandbox."""

    def __init__(self, answers: "Answers", name: str):
        self._answers, self.__name__ = answers, name

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._answers.call(self.__name__, given, named)


class Answers:
    """The process in which one submission runs. It is started anew when it dies.

    Attributes
    ----------
    remarks : list of str
        Why it died, each time.
    doubt : str
        What of this may not be the learner's doing.
    """

    def __init__(self, wall: Wall = "bubblewrap", limits: Limits | None = None):
        self.wall, self.limits = wall, limits or Limits()
        self.process: subprocess.Popen[bytes] | None = None
        self.cells: list[str] = []  # that ran, and are run again in a new process
        self.replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.account = sandbox.NOBODY
        self.lent: socket.socket | None = None
        self.remarks: list[str] = []
        self.doubt = ""

    def __enter__(self) -> Self:
        if self.wall != "none" and os.getuid() == 0:
            try:
                self.account, self.lent = sandbox.borrow_account()
            except OSError as error:
                raise BrokenError(str(error)) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            if self.lent:
                self.lent.close()

    def run(self, cell: str) -> str:
        """Run a cell and return what it printed.

        Raises
        ------
        RaisedError
            If it raises; what it defined before that stays.
        LostError
            If the process ends, or is not done in time.
        """
        reply = self._ask({"run": cell})
        self.cells.append(cell)
        self._raise(reply)
        return str(reply.get("printed", ""))[:20_000]

    def find(self, names: list[str]) -> dict[str, Any]:
        """Return those of the names that the learner has defined: functions, and plain values."""
        found = self._ask({"look": names}).get("value")
        if not isinstance(found, dict):
            return {}
        known: dict[str, Any] = {}
        for name in names:
            if found.get(name) is True:
                known[name] = _Function(self, name)
            elif name in found:
                reply = self._ask({"get": name})
                if "value" in reply:
                    known[name] = wire.receive(reply["value"])
        return known

    def call(self, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call a function of the learner's; if it changes its arrays, the caller's change too.

        Raises
        ------
        RaisedError
            By the name of what the function raises.
        LostError
            If the process ends, or is not done in time.
        NotPlainError
            If what it returns is not plain data.
        """
        request = {"call": name, "given": wire.send(given), "named": wire.send(named)}
        reply = self._ask(request)
        self._raise(reply)
        _write_back(given, wire.receive(reply.get("given")))
        return wire.receive(reply.get("value"))

    def stop(self) -> None:
        """End the process.

        Raises
        ------
        BrokenError
            If the wall around it has been ended before, or cannot be ended.
        """
        process, self.process = self.process, None
        if process is None:
            return
        # No learner's code reaches the wall, so a signal that ended it came from elsewhere.
        broken = ""
        if self.wall != "none" and (process.poll() or 0) < 0:
            broken = f"its process was ended from outside, by {_name(-process.returncode)}"
        if self.wall == "pod":
            process.terminate()  # its keeper sweeps before it ends
        else:
            process.kill()
        try:
            process.wait(START)  # the listener ends, and closes, with the other side
        except subprocess.TimeoutExpired:
            broken = "its process did not end when it was told to"
            process.kill()
            process.wait()
        if self.wall == "pod" and process.returncode < 0 and not broken:
            broken = f"its account could not be cleared: {_name(-process.returncode)}"
        if process.stdin:
            with suppress(OSError):
                process.stdin.close()
        if broken:
            if self.wall == "pod":  # another keeper sweeps in its place
                subprocess.run([*sandbox.keeper(self.account), "true"], check=False, timeout=START)
            raise BrokenError(broken)

    def _raise(self, reply: dict[str, Any]) -> None:
        match reply.get("error"):
            case None:
                return
            case [str() as kind, str() as text]:
                if kind in ("NotImplementedError", "NameError"):
                    raise getattr(builtins, kind)(text[:1000])
                raise type(kind[:1000], (RaisedError,), {})(kind[:1000], text[:1000])
        self._lose("what came back is not data")

    def _start(self) -> None:
        self.process = subprocess.Popen(
            sandbox.command(self.wall, self.limits, self.account),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", os.defpath), "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
        self.replies = queue.SimpleQueue()
        assert self.process.stdout is not None
        threading.Thread(
            target=_listen, args=(self.process.stdout, self.replies), daemon=True
        ).start()
        try:
            ready = self.replies.get(timeout=START) == b"\n"
        except queue.Empty:
            ready = False
        if not ready:
            with suppress(BrokenError):
                self.stop()
            raise BrokenError("the process for it did not start")

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.process is None:
            self._start()
            done = 0
            while done < len(self.cells):
                try:
                    self._exchange({"run": self.cells[done]})
                    done += 1
                except LostError:  # it ran before, so its luck has changed: once more without it
                    del self.cells[done]
                    self._start()
                    done = 0
        return self._exchange(request)

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            self._end()
        try:
            line = self.replies.get(timeout=self.limits.seconds)
        except queue.Empty:
            self._lose(f"no answer came within {self.limits.seconds} seconds")
        if not line:
            self._end()
        if not line.endswith(b"\n"):
            self._lose("the answer is too large")
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            reply = None
        if isinstance(reply, dict):
            return reply
        self._lose("what came back is not data")

    def _end(self) -> NoReturn:
        """Say how the process ended. A wall tells it by its own exit code, as a shell does."""
        assert self.process is not None
        try:
            code = self.process.wait(self.limits.seconds)
        except subprocess.TimeoutExpired:
            self._lose("it closed the line to the Python process")
        if code < 0:
            self.stop()
            code = 128 - code  # without a wall it is the learner's own process that ended
        if code <= 128:
            self._lose(f"it ended the Python process (exit code {code})")
        why = f"it ended the Python process ({_name(code - 128)})"
        if _name(code - 128) not in CRASHES:
            self.doubt = f"{_name(code - 128)} ended its process, by its own doing or from outside"
        self._lose(why)

    def _lose(self, why: str) -> NoReturn:
        self.remarks.append(why)
        self.stop()
        raise LostError(why)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _listen(pipe: IO[bytes], replies: "queue.SimpleQueue[bytes]") -> None:
    """Hand on each line, and an empty one at the end; one that is too long is cut."""
    line = b"\n"
    while line.endswith(b"\n"):
        try:
            line = pipe.readline(MOST)
        except (OSError, ValueError):  # closed on this side
            line = b""
        replies.put(line)
    pipe.close()


def _write_back(given: tuple[Any, ...], after: Any) -> None:
    """Change arrays of the caller as the learner's function has changed its copies."""
    if not isinstance(after, tuple) or len(after) != len(given):
        return
    for mine, theirs in zip(given, after, strict=True):
        arrays = isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray)
        if arrays and mine.shape == theirs.shape and mine.dtype == theirs.dtype:
            mine[...] = theirs
