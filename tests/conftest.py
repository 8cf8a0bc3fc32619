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


# What is said of the grader at the end: of how many programs how many were judged wrongly.
GRADED = {
    "test_no_right_answer_is_rejected": "right rejected",
    "test_no_wrong_answer_is_accepted": "wrong accepted",
    "test_no_mutant_survives": "mutants surviving",
}


def pytest_terminal_summary(terminalreporter):
    """Print the three figures that the grader is graded by."""
    reports = {
        state: [r.nodeid for r in terminalreporter.stats.get(state, []) if r.when == "call"]
        for state in ("passed", "failed")
    }
    figures = []
    for test, what in GRADED.items():
        bad, good = (
            sum(f"::{test}[" in name for name in reports[state]) for state in ("failed", "passed")
        )
        if bad + good:
            figures.append(f"{what} {bad} of {bad + good}")
    if figures:
        terminalreporter.write_line(f"The grader is graded: {', '.join(figures)}")
