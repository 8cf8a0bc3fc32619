"""The progress bar: seen on a terminal and in a live notebook, and leaving nothing behind."""

import os
import subprocess
import sys

import pytest
from jupyter_client.manager import start_new_kernel

from softmax_edu.progress import track

SLOW = """
import time
from softmax_edu.progress import track
print(sum(track(map(lambda i: time.sleep(0.05) or i, range(10)), "adding", delay={delay})))
"""


def test_the_items_come_through_unchanged():
    assert list(track(iter("abc"), "spelling")) == ["a", "b", "c"]


def test_without_tqdm_the_items_come_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert list(track(range(3), "counting")) == [0, 1, 2]


def test_a_pipe_sees_no_bar():
    done = subprocess.run(
        [sys.executable, "-c", SLOW.format(delay=0)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("45\n", "")


@pytest.mark.parametrize(("delay", "shown"), [(0, True), (60, False)])
def test_a_terminal_sees_a_bar_that_is_wiped_out(delay, shown):
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")  # not on Windows
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(delay=delay)], stdout=subprocess.PIPE, stderr=slave
    )
    printed, _ = process.communicate(timeout=60)
    os.set_blocking(master, False)
    try:
        terminal = os.read(master, 100_000).decode()
    except BlockingIOError:  # nothing was written
        terminal = ""
    os.close(slave)
    os.close(master)
    assert printed == b"45\n"
    assert ("adding" in terminal) is shown
    if shown:  # at last the line is overwritten with blanks
        assert terminal.split("\r")[-2].strip() == terminal.split("\r")[-1] == ""


@pytest.mark.parametrize("someone_watches", [True, False])
def test_a_notebook_shows_a_bar_to_a_reader_and_stores_nothing(someone_watches):
    manager, client = start_new_kernel(kernel_name="python3")
    shown, updates, streams = [], [], []

    def collect(message):
        if message["msg_type"] == "display_data":
            shown.append(message["content"]["data"])
        elif message["msg_type"] == "update_display_data":
            updates.append(message["content"]["data"])
        elif message["msg_type"] == "stream":
            streams.append(message["content"]["text"])

    try:
        reply = client.execute_interactive(
            SLOW.format(delay=0), output_hook=collect, allow_stdin=someone_watches, timeout=60
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "ok"
    assert "".join(streams) == "45\n"
    if someone_watches:
        assert "adding" in shown[0]["text/plain"]
        assert any("adding" in data.get("text/plain", "") for data in updates)
        assert updates[-1] == {}  # what a saved notebook keeps
    else:
        assert (shown, updates) == ([], [])
