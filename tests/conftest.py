"""Say at the end of a run, loudly, when the tests in a real browser were left out."""


def pytest_terminal_summary(terminalreporter):
    """Count what tests/browser skipped; its own conftest is unknown to the head of pytest-xdist."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any("no Chromium" in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(
            "BROWSER TESTS LEFT OUT: no Chromium; install it with apt-get install chromium",
            yellow=True,
            bold=True,
        )
