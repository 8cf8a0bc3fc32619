"""Say at the end of a run, loudly, which tests were left out because a program is missing."""

LEFT_OUT = {
    "no Chromium": "BROWSER TESTS LEFT OUT: no Chromium; install it with apt-get install chromium",
    "no epubcheck": "EPUB NOT VALIDATED: no epubcheck; install it with apt-get install epubcheck",
}


def pytest_terminal_summary(terminalreporter):
    """Look for the reasons here; a folder's own conftest is unknown to the head of pytest-xdist."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, message in LEFT_OUT.items():
        if any(reason in str(report.longrepr) for report in skipped):
            terminalreporter.write_line(message, yellow=True, bold=True)
