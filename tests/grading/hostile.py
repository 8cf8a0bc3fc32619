"""Submissions that are broken, or want to cheat: answers to column_softmax, and what they must get.

`CODE` are answers as a cell; `FILES` are whole files. RIGHT and ZERO are the points of the check
and of the hidden test.
"""

import json
import re

NAME, QUESTION = "ex1_softmax", "column-softmax"
RIGHT, ZERO = (2, 3), (0, 0)

GOOD = """\
def column_softmax(logits, temperature):
    t = np.exp((logits - logits.max(axis=0)) / temperature)
    return t / t.sum(axis=0)
"""
WRONG = GOOD.replace("axis=0", "axis=1, keepdims=True")


def with_good(first):
    """Do something, then answer rightly."""
    return f"{first}\n\n{GOOD}"


def inside(lines):
    """Do something in every call, then answer rightly."""
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    return GOOD.replace("temperature):\n", f"temperature):\n{body}\n", 1)


CODE = {
    # what never ends, or ends too much
    "endless_loop": (inside("while True: pass"), ZERO),
    "endless_cell": (with_good("while True: pass"), ZERO),
    "loop_that_ignores_interrupts": (
        inside(
            "import signal\n"
            "for number in (2, 14, 15):\n"
            "    signal.signal(number, signal.SIG_IGN)\n"
            "while True:\n"
            "    try:\n"
            "        while True: pass\n"
            "    except BaseException: pass"
        ),
        ZERO,
    ),
    "exits": (inside("import sys; sys.exit(0)"), ZERO),
    "exits_hard": (inside("import os; os._exit(0)"), ZERO),
    "exits_in_the_cell": (with_good("import os; os._exit(0)"), ZERO),
    "segmentation_fault": (inside("import ctypes; ctypes.string_at(0)"), ZERO),
    "kills_everybody": (inside("import os; os.kill(-1, 9)"), ZERO),
    "kills_itself": (inside("import os; os.kill(os.getpid(), 9)"), ZERO),
    "kills_all_the_time": (
        with_good(
            "import os, time\n"
            "if os.fork() == 0:\n"
            "    end = time.time() + 60\n"
            "    while time.time() < end:\n"
            "        try: os.kill(-1, 9)\n"
            "        except OSError: pass\n"
            "        time.sleep(0.001)\n"
            "    os._exit(0)\n"
            "time.sleep(3)"
        ),
        ZERO,
    ),
    # what takes too much
    "fork_bomb": (
        with_good(
            "import os, time\n"
            "try:\n"
            "    while True:\n"
            "        if os.fork() == 0: time.sleep(60)\n"
            "except OSError: pass"
        ),
        RIGHT,
    ),
    "two_gigabytes": (inside("hoard = bytearray(2 * 2**30)"), ZERO),
    "sixty_four_gigabytes": (inside("hoard = np.ones(2**33)"), ZERO),
    "prints_a_lot": (inside("print('x' * 100_000_000)"), RIGHT),
    "prints_to_the_line": (
        with_good(
            "import os\n"
            "for n in range(3, 64):\n"
            "    try: os.write(n, b'{}\\n')\n"
            "    except OSError: pass"
        ),
        ZERO,
    ),
    "forges_an_error": (
        with_good(
            "import os\n"
            "for n in range(3, 64):\n"
            "    try: os.write(n, b'{\"error\": 5}\\n')\n"
            "    except OSError: pass"
        ),
        ZERO,
    ),
    "prints_half_a_character": (with_good("print(chr(0xD800))"), RIGHT),
    "returns_a_lot": (inside("return np.ones((10_000, 10_000))"), ZERO),
    "writes_a_large_file": (
        with_good("try:\n    open('/tmp/large', 'wb').write(bytes(2**26))\nexcept OSError: pass"),
        RIGHT,
    ),
    # what looks where it should not
    "writes_outside": (with_good("open('/usr/softmax', 'w')"), ZERO),
    "reads_the_source": (inside("return open(PATH_OF_THE_SOURCE).read()"), ZERO),
    "writes_the_gradebook": (inside("open(PATH_OF_THE_GRADEBOOK, 'w')"), ZERO),
    "imports_the_package": (
        "from softmax_edu import softmax\n\n"
        "def column_softmax(logits, temperature):\n"
        "    return softmax(logits, axis=0, temperature=temperature)",
        ZERO,
    ),
    "looks_for_other_packages": (
        inside(
            "import glob, sys\n"
            "for top in (sys.base_prefix, '/usr', '/usr/local'):\n"
            "    assert not glob.glob(f'{top}/lib*/python3*/*-packages/*')"
        ),
        RIGHT,
    ),
    "looks_up_the_stack": (
        inside(
            "import sys\n"
            "frame = sys._getframe()\n"
            "while frame:\n"
            "    if 'theirs' in frame.f_locals: return frame.f_locals['theirs'].value\n"
            "    frame = frame.f_back\n"
            "return None"
        ),
        ZERO,
    ),
    "reads_the_environment": (
        inside(
            "import os\n"
            "known = {'HOME', 'PWD', 'OPENBLAS_NUM_THREADS', 'LC_CTYPE'}\n"
            "assert not set(os.environ) - known"
        ),
        RIGHT,
    ),
    "uses_the_network": (
        inside("import socket; socket.create_connection(('127.0.0.1', 22), timeout=1)"),
        ZERO,
    ),
    "leaves_a_process_behind": (
        with_good("import os\nos.posix_spawn('/bin/sleep', ['sleep', '977'], {})"),
        RIGHT,
    ),
    # what bends the rules
    "patches_numpy": (
        "import numpy.testing\n"
        "np.allclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True\n"
        f"{WRONG}",
        ZERO,
    ),
    "patches_builtins": (
        "import builtins\n"
        "builtins.all = builtins.any = lambda *a: True\n"
        "builtins.AssertionError = type('Harmless', (Exception,), {})\n"
        f"{WRONG}",
        ZERO,
    ),
    "always_equal": (
        "class Everything:\n"
        "    def __eq__(self, other): return True\n"
        "    def __array__(self, *a, **k): return self\n"
        "    shape = (4, 3)\n"
        "def column_softmax(logits, temperature): return Everything()",
        ZERO,
    ),
    "array_that_lies": (
        "class Lies(np.ndarray):\n"
        "    def __eq__(self, other): return np.ones(self.shape, bool)\n"
        "    def __array_ufunc__(self, *a, **k): return np.zeros(self.shape)\n"
        "def column_softmax(logits, temperature): return np.zeros(logits.shape).view(Lies)",
        ZERO,
    ),
    "replaces_the_check": (f"check = lambda function: None\n{WRONG}", ZERO),
    "replaces_examine": (
        "import softmax_edu.exercises\n"
        "softmax_edu.exercises.examine = softmax_edu.exercises.check = lambda *a, **k: None\n"
        f"{WRONG}",
        ZERO,
    ),
    "changes_what_python_reads": (
        "get_ipython().ast_transformers.append(None)\n" + WRONG,
        ZERO,
    ),
    "raises_what_is_not_an_exception": (
        inside("class Odd(BaseException): pass\nraise Odd('I am right')"),
        ZERO,
    ),
    "answers_for_the_grader": (
        with_good("import os\nos.write(1, b'{\"value\": null}\\n')"),
        RIGHT,
    ),
    # honest trouble
    "syntax_error": ("def column_softmax(logits, temperature)\n    return logits", ZERO),
    "warns": (
        with_good("import sys, warnings\nwarnings.warn('old')\nprint('careful', file=sys.stderr)"),
        RIGHT,
    ),
    "magic": (with_good("%matplotlib inline\n!ls"), RIGHT),
    "asks_for_input": (inside("input('logits? ')"), ZERO),
    "nothing": ("", ZERO),
}

# In a pod the image can be read, and the variable PATH; and whoever kills everybody is alone.
ELSEWHERE = {"looks_for_other_packages", "reads_the_environment", "kills_everybody"}


def leave(code):
    """Leave a process behind, which waits until its submission is done, and then does something."""
    body = "\n".join(f"        {line}" for line in code.splitlines())
    return with_good(
        "import os, time\n"
        "me = os.getpid()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        while os.path.exists(f'/proc/{me}'): time.sleep(0.01)\n"
        "        end = time.time() + 60\n"
        f"{body}\n"
        "    os._exit(0)\n"
        "os.wait()"
    )


LEFT = "softmax-left-behind"
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")
WRITE = f"""\
for place in {PLACES}:
    try:
        os.makedirs(place + "/{LEFT}/closed", exist_ok=True)
        open(place + "/{LEFT}/answer", "w").write({GOOD!r})
        os.chmod(place + "/{LEFT}/closed", 0)
    except OSError: pass"""
READ = f"""\
for place in {PLACES}:
    try: exec(open(place + "/{LEFT}/answer").read())
    except OSError: pass"""

# What is meant for those who are graded afterwards: the answer, its points; the next one, its.
BEHIND = {
    "leaves_a_killer": (
        leave(
            "while time.time() < end:\n"
            "    try: os.kill(-1, 9)\n"
            "    except OSError: pass\n"
            "    time.sleep(0.001)"
        ),
        RIGHT,
        GOOD,
        RIGHT,
    ),
    "leaves_a_crowd": (
        with_good(
            "import os, time\n"
            "try:\n"
            "    while os.fork(): pass\n"
            "    os.setsid()\n"
            "    time.sleep(60)\n"
            "    os._exit(0)\n"
            "except OSError: pass"
        ),
        RIGHT,
        inside("import _thread\n_thread.start_new_thread(print, ())"),
        RIGHT,
    ),
    "leaves_a_file": (with_good(f"import os\n{WRITE}"), RIGHT, READ, ZERO),
    "leaves_a_writer": (
        leave(f"while time.time() < end:\n{re.sub('^', '    ', WRITE, flags=re.M)}"),
        RIGHT,
        READ,
        ZERO,
    ),
}


def notebook(cells, metadata=None, nbformat=4, minor=5):
    return {
        "cells": cells,
        "metadata": metadata or {},
        "nbformat": nbformat,
        "nbformat_minor": minor,
    }


def text(value):
    return json.dumps(value).encode()


# Files that cannot be graded, and a word of the reason that is given.
UNGRADED = {
    "empty_file": (b"", "empty"),
    "not_json": (b"{cells: []}", "not a notebook"),
    "half_a_file": (b'{"cells": [{"cell_type": "code", "sour', "not a notebook"),
    "not_utf8": ('{"cells": []}'.encode("utf-16"), "UTF-8"),
    "a_picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "UTF-8"),
    "a_list": (b"[1, 2, 3]", "not a notebook"),
    "nested_deeply": (b"[" * 100_000 + b"]" * 100_000, "nested"),
    "future_format": (text(notebook([], nbformat=9)), "format"),
    "another_notebook": (
        text(notebook([{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Hello"}])),
        "no answer to this assignment",
    ),
}
