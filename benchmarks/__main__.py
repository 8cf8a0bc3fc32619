"""Measure `softmax_edu` beside its peers, print the table, and write the page of the book."""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from .cases import OURS, PEERS, Case, all_cases
from .page import what, write_page
from .results import Row, Run, absent_peers, measure

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "book" / "benchmarks.md"

# Read by the libraries when they are first imported, so set for the child processes.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> int:
    """Run the command and return its exit status."""
    options = _options()
    cases = {case.name: case for case in all_cases()}
    if options.row:
        print(json.dumps(asdict(measure(cases[options.row], options.seconds))))
        return 0

    chosen = [case for name, case in cases.items() if options.only in name]
    if not chosen:
        print(f"no row has {options.only!r} in its name; there are:", *cases, sep="\n  ")
        return 2
    processes, seconds = (1, 0.3) if options.quick else (3, 1.5)
    rows = []
    for number, case in enumerate(chosen, 1):
        print(f"[{number:2}/{len(chosen)}] {case.name:50}", end=" ", flush=True)
        row = Row(case, [_in_fresh_process(case, seconds) for _ in range(processes)])
        rows.append(row)
        print(_line(row), flush=True)

    verdicts = [verdict for row in rows for verdict in row.verdicts()]
    missed = [verdict for verdict in verdicts if not verdict.met]
    print(f"\n{len(verdicts) - len(missed)} of {len(verdicts)} bars are met.")
    for peer in absent_peers(rows):
        print(f"{peer} is not installed; the bars beside it are not measured.")
    for v in missed:
        print(
            f"NOT MET: {what(v.case)}, {v.case.dtype}, {v.measure}:"
            f" bar {v.bar:g}, reached {v.reached:.2f} ({v.lowest:.2f} to {v.highest:.2f})"
        )
    if options.no_page or options.quick or len(chosen) < len(cases):
        print("The page is written only by a full run of all rows.")
    else:
        write_page(PAGE, rows, processes)
        print(f"Wrote {PAGE.relative_to(ROOT)}.")
    return 1 if missed and options.strict else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME", help="only rows with NAME in them")
    parser.add_argument("--quick", action="store_true", help="a rough look; writes no page")
    parser.add_argument("--no-page", action="store_true", help="leave the page as it is")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bar is missed")
    parser.add_argument("--row", help=argparse.SUPPRESS)  # one row in this process, as JSON
    parser.add_argument("--seconds", type=float, default=1.0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_fresh_process(case: Case, seconds: float) -> Run:
    command = [sys.executable, "-m", "benchmarks", "--row", case.name, "--seconds", str(seconds)]
    child = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return Run(**json.loads(child.stdout))


def _line(row: Row) -> str:
    """Sum up one row for the terminal."""
    verdicts = {verdict.measure: verdict for verdict in row.verdicts()}
    cells = [f"{row.milliseconds(OURS):9.3f} ms"]
    for peer in PEERS:
        ratios = row.ratios(peer)
        if ratios:
            verdict = verdicts.get(f"speed beside {peer}")
            bar = f" (bar {verdict.bar:g}{'' if verdict.met else ', NOT MET'})" if verdict else ""
            cells.append(f"{ratios[len(ratios) // 2]:.2f} x {peer}{bar}")
    return "  ".join(cells)


if __name__ == "__main__":
    sys.exit(main())
