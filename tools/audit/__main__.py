"""Measure the built site against its bars: make audit, or PYTHONPATH=tools python -m audit.

One row for each page, one column for each bar, in the terminal and in _build/audit; what misses
its bar is marked with * and explained. Ends with 1 if a bar is missed. The parts:

weight      kB over the wire before scrolling, at the levels at which hosts compress (gzip 6,
            brotli 5); requests; foreign hosts; what the next page of the book adds; how much
            moves while the page loads (wide or at 390 px): each in a fresh browser
axe         accessibility: light and dark, wide and at 390 px, with the answers, the search,
            the menus and the side bars open
figures     how many milliseconds the slowest live figure takes to start, and the work that moving
            a control causes, which must fit into a frame
html        the errors of the Nu HTML validator, none filtered out
lighthouse  desktop and mobile settings, the median of several runs, nothing else beside it
"""

import argparse
import csv
import os
import shutil
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import sync_playwright
from tqdm import tqdm

from . import axe, html, lighthouse
from .browser import FLAGS, ROOT, find_chromium, list_pages
from .figures import time_figures
from .server import serve
from .weight import visit

PARTS = ("weight", "axe", "html", "figures", "lighthouse")
LANDING = list_pages()[0]


@dataclass(frozen=True)
class Bar:
    """A column of the table and its demand: at most, or for Lighthouse's scores at least."""

    column: str
    part: str
    limit: float | None  # None: shown only, so that it is known
    landing: float | None = None  # where the landing page must do better

    def is_met(self, page, value):
        if self.limit is None:
            return True
        limit = self.landing if self.landing and page == LANDING else self.limit
        return value >= limit if self.part == "lighthouse" else value <= limit

    def __str__(self):
        if self.limit is None:
            return "no bar"
        word = "at least" if self.part == "lighthouse" else "at most"
        landing = f" ({self.landing:g} on the landing page)" if self.landing else ""
        return f"{word} {self.limit:g}{landing}"


SCORES = dict(zip(lighthouse.CATEGORIES, ("perf", "a11y", "best", "SEO"), strict=True))
BARS = [
    Bar("brotli kB", "weight", 250),
    Bar("gzip kB", "weight", 250),
    Bar("requests", "weight", 36),
    Bar("foreign", "weight", 0),
    Bar("next kB", "weight", None),
    Bar("shift", "weight", 0.01),
    Bar("axe", "axe", 0),
    Bar("HTML", "html", 0),
    Bar("start ms", "figures", 50),
    Bar("frame ms", "figures", 16),
    *(Bar(f"desktop {score}", "lighthouse", 100) for score in SCORES.values()),
    Bar("mobile perf", "lighthouse", 95, landing=98),
    *(Bar(f"mobile {score}", "lighthouse", 100) for score in list(SCORES.values())[1:]),
]


# The parts: each gives, page by page, {column: value} and the lines that explain it.


@contextmanager
def fresh_browser():
    """Start a Chromium with an empty cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


def weigh(page, following, homes):
    """Weigh one page, and the one that follows it in the book."""
    visits = {}
    for name, encoding, width in (("br", "br", 1300), ("gzip", "gzip", 1300), ("phone", "br", 390)):
        with fresh_browser() as browser:
            tab = browser.new_page(viewport={"width": width, "height": 850})
            visits[name] = visit(tab, f"{homes[encoding]}{page}.html")
            if name == "br" and following:
                visits["next"] = visit(tab, f"{homes[encoding]}{following}.html")
    foreign = sorted({host for v in visits.values() for host in v["foreign"]})
    shakiest = max(visits["br"], visits["phone"], key=lambda v: v["shift"])
    values = {
        "brotli kB": round(visits["br"]["bytes"] / 1000),
        "gzip kB": round(visits["gzip"]["bytes"] / 1000),
        "requests": visits["br"]["requests"],
        "foreign": len(foreign),
        "shift": round(shakiest["shift"], 4),
    }
    if following:
        values["next kB"] = round(visits["next"]["bytes"] / 1000)
    why = [f"asks {host}" for host in foreign]
    if shakiest["shift"] > 0.01:
        why += [f"moves: {line}" for line in shakiest["moved"]]
    return values, why


def examine(page, home):
    """Try one page with axe, in all its states."""
    states = defaultdict(list)  # in which each line was found: it is one thing to mend
    with fresh_browser() as browser:
        for width in (1300, 390):
            for scheme in ("light", "dark"):
                tab = browser.new_page(
                    viewport={"width": width, "height": 850},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                found = axe.audit_states(tab, f"{home}{page}.html", dark=scheme == "dark")
                for state, line in found:
                    states[line].append(f"{width} px {scheme} {state}")
                tab.close()
    why = [f"axe, {line} ({', '.join(found)})" for line, found in states.items()]
    return {"axe": len(states)}, why


def in_parallel(function, jobs, label):
    """Call the function for each page's arguments, on all cores; yield page and result."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        futures = {pool.submit(function, *arguments): arguments[0] for arguments in jobs}
        for future in tqdm(as_completed(futures), label, len(futures), unit="page"):
            yield futures[future], future.result()


def validate(pages, folder):
    """Check the HTML of all pages at once: the validator takes long to start."""
    print("Asking the HTML validator")
    files = {page: folder / f"{page}.html" for page in pages}
    errors = html.find_errors(files.values())
    for page, file in files.items():
        yield page, ({"HTML": len(errors[file])}, [f"HTML, {line}" for line in errors[file]])


def time_all(pages, home):
    """Time the live figures of all pages, with nothing beside them."""
    for page in tqdm(pages, "Figures", unit="page"):
        with fresh_browser() as browser:
            tab = browser.new_page(viewport={"width": 1300, "height": 850})
            times = time_figures(tab, f"{home}{page}.html")
        if times:
            values = {
                "start ms": round(max(start for _, start, _ in times), 1),
                "frame ms": round(max(answer for *_, answer in times), 1),
            }
            why = [
                f"{name} starts in {start:.1f} ms, answers in {answer:.1f} ms"
                for name, start, answer in times
            ]
            yield page, (values, why)


def light_up(pages, home, runs):
    """Run Lighthouse over the pages, one at a time."""
    slowest = float("inf")
    with lighthouse.start() as ask:
        for page in tqdm(pages, "Lighthouse", unit="page"):
            values, why = {}, []
            for device in ("desktop", "mobile"):
                score, lost, speed = lighthouse.measure(ask, f"{home}{page}.html", device, runs)
                slowest = min(slowest, speed)
                for category, short in SCORES.items():
                    values[f"{device} {short}"] = score[category]
                    why += [f"Lighthouse, {device} {short}: {line}" for line in lost[category]]
            yield page, (values, why)
    print(f"This machine's speed, as Lighthouse measures it: {slowest:.0f} or more")


def measure(pages, parts, folder, runs):
    """Yield every page with its values and explanations, part by part."""
    following = dict(pairwise(list_pages()[:-2]))  # search and 404 stand outside the order
    with serve(folder) as home, serve(folder, ["gzip"]) as home_gzip:
        homes = {"br": home, "gzip": home_gzip}
        if "html" in parts:
            yield from validate(pages, folder)
        if "weight" in parts:
            yield from in_parallel(weigh, [(p, following.get(p), homes) for p in pages], "Weight")
        if "axe" in parts:
            yield from in_parallel(examine, [(page, home) for page in pages], "axe")
        if "figures" in parts:
            yield from time_all(pages, home)
        if "lighthouse" in parts:
            yield from light_up(pages, home, runs)


# What is said about it


def table_lines(rows, bars):
    """Set the table as Markdown; a * marks what misses its bar."""
    head = ["page", *(bar.column for bar in bars)]
    cells = [head]
    for page, values in rows.items():
        marks = {b: "" if b.is_met(page, values.get(b.column, 0)) else " *" for b in bars}
        cells.append([page, *(f"{values.get(b.column, '')}{marks[b]}" for b in bars)])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rule = ["-" * width for width in widths]
    rule[1:] = [line[:-1] + ":" for line in rule[1:]]  # numbers to the right
    for row in [head, rule, *cells[1:]]:
        first, *rest = zip(row, widths, strict=True)
        yield "| " + " | ".join([first[0].ljust(first[1]), *(c.rjust(w) for c, w in rest)]) + " |"


def summary_lines(rows, bars):
    """Say for each bar whether all pages met it, and which page is the worst."""
    for bar in bars:
        values = {page: row[bar.column] for page, row in rows.items() if bar.column in row}
        if not values:
            continue
        missed = [page for page, value in values.items() if not bar.is_met(page, value)]
        worst = (min if bar.part == "lighthouse" else max)(missed or values, key=values.get)
        verdict = f"MISSED by {len(missed)} of {len(values)}" if missed else "met"
        yield f"- {bar.column}: {bar}: {verdict}; worst is {values[worst]} on {worst}"


def missing_tools(parts, folder):
    """Name what the chosen parts need and this machine lacks, and how to get it."""
    if not (folder / f"{LANDING}.html").exists():
        yield f"There is no site in {folder}; build it: make book"
    if set(parts) - {"html"} and not find_chromium():
        yield "There is no Chromium; install it, for example: apt-get install chromium"
    if "html" in parts and not shutil.which("java"):
        yield "The HTML validator needs Java: apt-get install default-jre-headless"
    for part, file in (
        ("axe", axe.SCRIPT),
        ("html", html.JAR),
        ("lighthouse", lighthouse.HERE / "node_modules" / "lighthouse"),
    ):
        if part in parts and not file.exists():
            yield f"The npm packages for {part} are missing; make audit fetches them"


def read_arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(
        "audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", nargs="+", metavar="PAGE", help="such as: 01_softmax index 404")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--runs", type=int, default=3, help="of Lighthouse (default: 3)")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html", metavar="DIR")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    if unknown := set(arguments.only) - set(PARTS):
        parser.error(f"no part is called {', '.join(unknown)}; the parts are {', '.join(PARTS)}")
    pages = {page.rsplit("/", 1)[-1]: page for page in list_pages()}
    if unknown := set(arguments.pages or ()) - set(pages):
        parser.error(f"no page is called {', '.join(unknown)}; the pages are {', '.join(pages)}")
    arguments.pages = [pages[name] for name in arguments.pages or pages]
    return arguments


def main():
    """Measure, print, write down; return the exit code."""
    arguments = read_arguments()
    folder = arguments.site.resolve()
    if missing := list(missing_tools(arguments.only, folder)):
        sys.exit("\n".join(missing))

    rows = {page: {} for page in arguments.pages}
    explained = defaultdict(list)
    for page, (values, why) in measure(arguments.pages, arguments.only, folder, arguments.runs):
        rows[page] |= values
        explained[page] += why

    bars = [bar for bar in BARS if bar.part in arguments.only]
    table = "\n".join(table_lines(rows, bars))
    summary = "\n".join(summary_lines(rows, bars))
    reasons = "\n".join(
        f"\n### {page}\n\n" + "\n".join(f"- `{line}`" for line in lines)
        for page, lines in explained.items()
        if lines
    )
    print(f"\n{table}\n\n{summary}")

    out = ROOT / "_build" / "audit"
    out.mkdir(parents=True, exist_ok=True)
    text = f"# The site, measured\n\n{summary}\n\n{table}\n\n## What could be better\n{reasons}\n"
    (out / "audit.md").write_text(text, encoding="utf-8")
    with (out / "audit.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["page", *(bar.column for bar in bars)])
        writer.writeheader()
        writer.writerows({"page": page, **values} for page, values in rows.items())
    print(f"\nWritten to {out}, with what each page could do better")
    return int("MISSED" in summary)


if __name__ == "__main__":
    sys.exit(main())
