"""A learner's answers, as functions that run in a sandbox."""

import builtins
import json
import os
import queue
import subprocess
import threading
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, NoReturn, Self

import numpy as np

from softmax_edu.grading import sandbox, wire
from softmax_edu.grading.sandbox import Limits, Wall

MOST = 64 * 2**20  # bytes of one answer


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
    """The process in which one submission runs. It is started anew when it dies."""

    def __init__(self, wall: Wall = "bubblewrap", limits: Limits | None = None):
        self.wall, self.limits = wall, limits or Limits()
        self.process: subprocess.Popen[bytes] | None = None
        self.cells: list[str] = []  # that ran, and are run again in a new process
        self.replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

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
        """End the process."""
        if self.process:
            self.process.kill()
            self.process.wait()  # the listener ends, and closes, with the other side
            if self.process.stdin:
                with suppress(OSError):
                    self.process.stdin.close()
        self.process = None

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
            sandbox.command(self.wall, self.limits),
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

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.process is None:
            self._start()
            for cell in list(self.cells):
                try:
                    self._exchange({"run": cell})
                except LostError:  # it ran before, so its luck has changed: go on without it
                    self.cells.remove(cell)
                    self._start()
        return self._exchange(request)

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            self._lose("it ended the Python process")
        try:
            line = self.replies.get(timeout=self.limits.seconds)
        except queue.Empty:
            self._lose(f"no answer came within {self.limits.seconds} seconds")
        if not line:
            self._lose("it ended the Python process")
        if not line.endswith(b"\n"):
            self._lose("the answer is too large")
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            reply = None
        if isinstance(reply, dict):
            return reply
        self._lose("what came back is not data")

    def _lose(self, why: str) -> NoReturn:
        self.stop()
        raise LostError(why)


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
