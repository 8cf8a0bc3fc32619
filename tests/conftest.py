"""Say at the end of a run which tests were left out, and how the grader was graded."""

LEFT_OUT = {
    "no Chromium": "BROWSER TESTS LEFT OUT: no Chromium; install it with apt-get install chromium",
    "no epubcheck": "EPUB NOT VALIDATED: no epubcheck; install it with apt-get install epubcheck",
    "no sandbox": "GRADING TESTS LEFT OUT: no sandbox; install it with apt-get install bubblewrap",
    "no hub": "HUB NOT TESTED: fetch its proxy with python tools/get_node_packages.py hub/node",
    "no PostgreSQL": "POSTGRESQL NOT TESTED: install it with apt-get install postgresql",
}
# Of how many programs how many were judged wrongly.
GRADED = {
    "test_no_right_answer_is_rejected": "right rejected",
    "test_no_wrong_answer_is_accepted": "wrong accepted",
    "test_no_mutant_survives": "mutants surviving",
}


def pytest_terminal_summary(terminalreporter):
    """Look at all reports here; a folder's own conftest is unknown to the head of pytest-xdist."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, message in LEFT_OUT.items():
        if any(reason in str(report.longrepr) for report in skipped):
            terminalreporter.write_line(message, yellow=True, bold=True)
    if figures := list(_figures(terminalreporter.stats)):
        terminalreporter.write_line(f"The grader is graded: {', '.join(figures)}")


def _figures(stats):
    """Yield what is said of each suite that ran."""
    for test, what in GRADED.items():
        bad, good = (
            sum(f"::{test}[" in report.nodeid for report in stats.get(state, ()))
            for state in ("failed", "passed")
        )
        if bad + good:
            yield f"{what} {bad} of {bad + good}"
