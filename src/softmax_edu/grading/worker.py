"""Runs a learner's cells, and calls what they define, inside the sandbox. Nobody trusts it.

It reads one JSON object a line and answers each with one:

    {"run": source}                         run a cell
    {"look": names}                         which of the names exist, and can be called
    {"get": name}                           a variable
    {"call": name, "given": [...], "named": {...}}   call a function

An answer holds "value", or "error": [type, text], and what was printed as "printed".
It imports NumPy and its neighbour wire.py only, and nothing of the package around it. The first
argument is how many processes there may be, 0 to keep all rights; the second is the account to
become; the others are where to import from. A line without anything in it says that it is ready.
"""

import io
import json
import os
import re
import sys
import types
import warnings
from typing import Any

MAGIC = re.compile(r"^[ \t]*[%!].*$", re.M)  # of Jupyter; there is no Jupyter here


def give_up_rights(processes: int, account: int) -> None:
    """Stop being root, whom a limit on processes does not bind; then set the limit."""
    import resource  # Unix only, as all of this

    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(account)
        os.setuid(account)
    resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))


def keep_the_line() -> tuple[io.BufferedReader, io.BufferedWriter]:
    """Return the way to the grader, and take it away from print and input."""
    line = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return line


class Printed(io.TextIOBase):
    """Holds the beginning of what is printed, and lets the rest go."""

    def __init__(self, most: int = 20_000):
        self.text, self.most = "", most

    def write(self, text: str) -> int:
        self.text += text[: max(self.most - len(self.text), 0)]
        return len(text)


def pretend_package() -> None:
    """Let a cell import the check, which does nothing here: the tests are run outside."""
    package = types.ModuleType("softmax_edu")
    exercises = types.ModuleType("softmax_edu.exercises")
    vars(exercises)["check"] = lambda function: None
    vars(package)["exercises"] = exercises
    sys.modules |= {"softmax_edu": package, "softmax_edu.exercises": exercises}


def answer(request: dict[str, Any], cells: dict[str, Any], wire: Any) -> dict[str, Any]:
    """Do what is asked; whatever the learner's code raises becomes a line of text."""
    printed = sys.stdout = sys.stderr = Printed()
    try:
        if "run" in request:
            exec(compile(MAGIC.sub("pass", request["run"]), "<cell>", "exec"), cells)
            result: dict[str, Any] = {}
        elif "look" in request:
            names = [name for name in request["look"] if name in cells]
            result = {"value": {name: callable(cells[name]) for name in names}}
        elif "get" in request:
            result = {"value": wire.send(cells[request["get"]])}
        else:
            given, named = wire.receive(request["given"]), wire.receive(request["named"])
            value = cells[request["call"]](*given, **named)
            # The caller learns what became of its arguments: a function may write into them.
            result = {"value": wire.send(value), "given": wire.send(given)}
    except BaseException as error:
        text = str(error)[:1000] if isinstance(error, Exception) else ""
        if isinstance(error, SyntaxError):
            text = f"{error.msg}, line {error.lineno}"
        result = {"error": [type(error).__name__, text]}
    return result | {"printed": printed.text}


def main() -> None:
    """Answer until the grader closes the line."""
    processes, account, *folders = sys.argv[1:]
    sys.path += folders
    # And with it NumPy, which the rights that are left may not allow to read.
    import wire  # type: ignore[import-not-found]

    if int(processes):
        give_up_rights(int(processes), int(account))
    reader, writer = keep_the_line()
    warnings.simplefilter("ignore")
    pretend_package()
    cells: dict[str, Any] = {"__name__": "__main__", "display": print, "get_ipython": lambda: None}
    writer.write(b"\n")
    writer.flush()
    while line := reader.readline():
        writer.write(json.dumps(answer(json.loads(line), cells, wire)).encode() + b"\n")
        writer.flush()


if __name__ == "__main__":
    main()
