"""Write the page of the book from what was measured."""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from .cases import COST_GAP, L2, OURS, PEERS, REGRESSION, SCIPY, TORCH, Case
from .networks import LEARNING_RATE, MOMENTUM
from .results import Row, absent_peers, faster_peers
from .timing import CALLS_IN_A_ROW

INTRODUCTION = f"""\
# Benchmarks

The functions of this book are written to be read. This page says how fast they are, beside
SciPy, PyTorch and scikit-learn on the same machine. It is written by `make bench`, which you
can run on yours; no number on it is typed by hand.

## What is measured, and how

- All functions of a row run in one process, on one thread, on the same arrays. They take
  turns: {CALLS_IN_A_ROW} calls of one, {CALLS_IN_A_ROW} calls of the next, and so on. Each
  round starts with another. The figure is the median over all calls.
- Each row runs in fresh processes of its own, because what ran before changes how fast memory
  is handed out. The tables show the median of {{processes}} processes, and the first one also
  the lowest and highest of them.
- Before anything is timed, the results are compared. They agree up to rounding.
- Logits are seeded standard normal numbers, labels are uniform. Conversion to a tensor is not
  timed.
- A speed of 2 beside SciPy means that SciPy takes twice as long as `softmax_edu`.
- *SciPy* means `scipy.special.softmax`, `log_softmax` and `logsumexp` with `axis=1`. It has no
  cross-entropy: its loss is `logsumexp` minus the true logit, its gradient is `softmax` minus
  one at the true class. *PyTorch* means `torch.softmax`, `log_softmax` and `logsumexp`,
  `cross_entropy`, and for the gradient a forward and a backward pass. *scikit-learn* means
  `sklearn.utils.extmath.softmax`, and `LogisticRegression` with the lbfgs solver.
- Softmax regression learns the {{digits}} training digits with a penalty of
  $\\lambda$ = {L2:g} on the weights ($C = 1/(\\lambda m)$ in scikit-learn, the same cost).
  scikit-learn stops at the loosest tolerance that brings the cost to within
  {COST_GAP:.0e} of the optimum, searched in steps of $10^{{{{1/8}}}}$. `softmax_edu` uses its
  default tolerance.
- Networks are trained for one epoch on the same digits. Both start from the same parameters,
  see the same mini-batches in the same order, and take the same steps, with learning rate
  {LEARNING_RATE:g} and momentum {MOMENTUM:g}; both note the cost of every step. PyTorch's
  network is a `torch.nn.Sequential`, trained by `backward` and `torch.optim.SGD` in a plain
  loop, without compiling it.
"""

LIMITS = """\
## What this does not show

- **Other machines.** Ratios depend on the processor, on the width of its vector instructions,
  and on the versions above.
- **Other threads.** PyTorch and BLAS can use all cores; here they have one. PyTorch can also use
  a graphics processor.
- **Other states of memory.** A result costs less where the C library hands out memory that it
  kept than where it asks the system for new pages, and what a program did before decides which.
  The ratios differ a lot between the two: for arrays of about 32 MB, such as (4096, 1000) in
  float64, and even for those of 0.8 MB, such as (10000, 10). The tables show what a fresh
  process gives in which the peers take turns. In another program a ratio can be higher or lower
  by a third or more.
- **Long loops.** Right after a peer, the processor's cache holds the peer's numbers. A loop that
  calls one function only is faster than the tables say, and small arrays gain most.
- **Small arrays.** For a single row of ten scores nearly all the time goes into checks and calls.
- **Larger networks.** The pictures here have 64 pixels. For anything larger, use a framework.
"""

WHY = """\
## Where the time goes

With ten classes the exponentials are not the bottleneck. NumPy is slow at reducing many short
rows: a maximum or a sum over ten neighbours costs more than their ten exponentials. So
`softmax_edu` sums short rows by a product with a vector of ones, and skips the maximum where no
logit is large enough to overflow. `log_softmax` cannot skip it without losing digits. For few
classes it takes the maximum of a copy that is stored column by column, and the result keeps that
layout. With many classes all functions work on blocks of rows that fit into the cache.
{doc}`/notebooks/01_softmax` derives the shift that makes the exponentials safe.

Softmax regression gains in another way. `softmax_edu` first changes coordinates so that the
cost is about equally curved in all directions, and then needs fewer steps.

Of a step of a small network, a framework spends most on everything but arithmetic: choosing
for each operation the right version of it, and recording it for the way back. `softmax_edu`
calls NumPy a few dozen times per step and nothing else. Its convolutions hold the batch on the
last axis, so that copies run over long stretches of memory, and nearly all their arithmetic is
one matrix product. {doc}`/notebooks/09_cnn` derives it.
"""


def write_page(path: Path, rows: Sequence[Row], processes: int) -> None:
    """Write all tables, with the machine and the versions."""
    networks = [row for row in rows if row.case.epoch]
    ordinary = [row for row in rows if row.case.logits == "ordinary" and not row.case.epoch]
    introduction = INTRODUCTION.format(
        processes=processes,
        digits=next(row.case.shape[0] for row in rows if row.case.operation == REGRESSION),
    )
    sections = [
        introduction,
        "## Machine and versions\n",
        table(("", ""), _machine(), align="l l"),
        "## The bars\n",
        "These are the figures that the project holds itself to. Speed has to be at least the\n"
        "bar, memory at most.\n",
        _bars(rows),
        "## All times\n",
        _times(ordinary),
        _peers_ahead(ordinary),
        _memory(rows),
        _unusual_logits(rows),
        _networks(networks),
        WHY,
        LIMITS.rstrip() + "\n",
    ]
    path.write_text("\n".join(sections), encoding="utf-8")


def table(head: Sequence[str], lines: Iterable[Sequence[str]], align: str) -> str:
    """Write a table in Markdown; align has l or r for each column."""
    rule = [{"l": "---", "r": "---:"}[column] for column in align.split()]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *lines))


def what(case: Case) -> str:
    """Name operation and size as a reader would."""
    if case.epoch:
        fused = ", fused" if case.epoch.fused else ""
        return f"one epoch of {case.epoch.architecture}, batches of {case.epoch.batch_size}{fused}"
    return f"{case.operation}, {case.shape}"


def _bars(rows: Sequence[Row]) -> str:
    verdicts = [verdict for row in rows for verdict in row.verdicts()]
    missed = sum(not verdict.met for verdict in verdicts)
    lines = [
        (
            what(v.case),
            v.case.dtype,
            v.measure,
            f"{v.bar:g}",
            f"{v.reached:.2f}",
            f"{v.lowest:.2f} to {v.highest:.2f}",
            "met" if v.met else "**not met**",
        )
        for v in verdicts
    ]
    head = ("operation", "type", "measure", "bar", "reached", "lowest to highest", "")
    count = f"{len(verdicts) - missed} of {len(verdicts)} bars are met.\n"
    for peer in absent_peers(rows):
        count += f"Those beside {peer} are not measured: it is not installed.\n"
    return table(head, lines, "l l l r r r l") + "\n" + count


def _times(rows: Sequence[Row]) -> str:
    absent = absent_peers(rows)

    def cells(row: Row) -> list[str]:
        times = [_time(row.milliseconds(OURS))]
        for peer in PEERS:
            time = row.milliseconds(peer)
            if time is None:
                times.append("not installed" if peer in absent else "")
            else:
                times.append(f"{_time(time)} ({_middle(row.ratios(peer)):.2f})")
        return [what(row.case), row.case.dtype, *times]

    text = "Milliseconds for one call, and in brackets the speed of ours beside that peer.\n\n"
    return text + table(
        ("operation", "type", OURS, *PEERS), [cells(row) for row in rows], "l l r r r r"
    )


def _peers_ahead(rows: Sequence[Row]) -> str:
    ahead = faster_peers(rows)
    remarks = [row.runs[0].remark for row in rows if row.runs[0].remark]
    text = ""
    if ahead:
        text += "A peer is faster here:\n\n"
        text += "".join(
            f"- {peer} in {what(row.case)}, {row.case.dtype}: it takes {ratio:.2f} of the time.\n"
            for row, peer, ratio in ahead
        )
        text += (
            "\nPyTorch takes all steps of a row in compiled code while the row is in the nearest"
            "\ncache. NumPy passes over a whole block of rows once for each step.\n"
        )
    else:
        text += "No peer is faster in any row.\n"
    return text + "".join(f"\nSoftmax regression: {remark}.\n" for remark in remarks)


def _memory(rows: Sequence[Row]) -> str:
    lines = [
        (
            what(row.case),
            row.case.dtype,
            *(f"{row.memory(name) or 0:.2f}" for name in (OURS, SCIPY)),
        )
        for row in rows
        if row.memory(OURS) is not None
    ]
    return (
        "## Memory\n\n"
        "The most memory that one call holds beyond its input, in sizes of the input, as traced\n"
        "by `tracemalloc`. The result itself is 1.\n\n"
        + table(("operation", "type", OURS, SCIPY), lines, "l l r r")
    )


def _unusual_logits(rows: Sequence[Row]) -> str:
    found = {(r.case.operation, r.case.shape, r.case.logits): r for r in rows if _is_double(r)}
    lines = []
    for operation, shape, logits in found:
        trio = [found.get((operation, shape, kind)) for kind in ("ordinary", "large", "masked")]
        if logits == "ordinary" and all(trio):
            cells = [
                f"{_time(row.milliseconds(OURS))} ({_middle(row.ratios(SCIPY)):.2f})"
                for row in trio
                if row
            ]
            lines.append((f"{operation}, {shape}", *cells))
    return (
        "## Large logits and masked classes\n\n"
        "Above, no logit is large enough to overflow. Here are the same functions in float64 on\n"
        "logits up to ±1000, which have to be shifted by their maximum first, and on rows in\n"
        "which one class is masked by a logit of minus infinity. Except in `log_softmax`, what\n"
        "the shift rounds away is put back, which SciPy does not do. `log_softmax` computes\n"
        "very confident rows twice, so that they keep their digits. Milliseconds, and in brackets\n"
        "the speed beside SciPy: below 1, SciPy is faster.\n\n"
        + table(("operation", "ordinary", "up to ±1000", "a masked class"), lines, "l r r r")
    )


def _networks(rows: Sequence[Row]) -> str:
    lines, ahead = [], []
    for row in rows:
        epoch, ratios = row.case.epoch, row.ratios(TORCH)
        if epoch is None:
            continue
        batch = f"{epoch.batch_size}{', fused' if epoch.fused else ''}"
        theirs = f"{_time(row.milliseconds(TORCH))} ({_middle(ratios):.2f})" if ratios else ""
        ours = _time(row.milliseconds(OURS))
        size = f"{epoch.num_parameters():,}"
        lines.append((epoch.architecture, batch, size, row.case.dtype, ours, theirs))
        if ratios and _middle(ratios) < 1:
            ahead.append(f"- {epoch.architecture}, batches of {batch}, {row.case.dtype}\n")
    text = (
        "## Networks\n\n"
        "One epoch, that is all training pictures once, in milliseconds, and in brackets the\n"
        "speed beside PyTorch. An MLP is named by its layers, a CNN by the filters of its two\n"
        "convolutions, each followed by ReLU and pooling. *Fused* means that PyTorch's optimiser\n"
        "was asked to update all parameters by one compiled loop (`fused=True`).\n\n"
        + table(("network", "batch", "parameters", "type", OURS, TORCH), lines, "l r r l r r")
    )
    if ahead:
        text += (
            "\nPyTorch overtakes where the arrays are large, because the network is wide, because\n"
            "it has many channels, or because a step sees many pictures. Then its overhead no\n"
            "longer counts, its convolutions are the better ones, and it passes over memory less\n"
            "often. It is faster here:\n\n" + "".join(ahead)
        )
    return text


def _is_double(row: Row) -> bool:
    return row.case.dtype == "float64"


def _middle(ordered: Sequence[float]) -> float:
    return float(np.median(ordered))


def _time(milliseconds: float | None) -> str:
    if milliseconds is None:
        return ""
    return f"{milliseconds:.3f}" if milliseconds < 10 else f"{milliseconds:.1f}"


def _machine() -> list[tuple[str, str]]:
    config: Any = np.show_config(mode="dicts")
    vector = config.get("SIMD Extensions", {})
    blas = config.get("Build Dependencies", {}).get("blas", {})
    facts = [
        ("processor", processor()),
        ("cores", f"{os.cpu_count()}, of which one is used"),
        ("vector instructions in NumPy", ", ".join(vector.get("found") or vector["baseline"])),
        ("system", " ".join((platform.system(), platform.machine(), *platform.libc_ver())).strip()),
        ("Python", platform.python_version()),
    ]
    for peer, package in zip(
        ("NumPy", *PEERS), ("numpy", "scipy", "torch", "scikit-learn"), strict=True
    ):
        try:
            facts.append((peer, version(package)))
        except PackageNotFoundError:
            facts.append((peer, "not installed"))
    facts.append(("BLAS of NumPy", f"{blas.get('name', '')} {blas.get('version', '')}".strip()))
    return facts


def processor() -> str:
    """Return the processor's model as the system names it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        facts: dict[str, str] = {}
        for line in cpuinfo.read_text().splitlines():
            name, _, value = line.partition(":")
            facts.setdefault(name.strip(), value.strip())
        if "model name" in facts:
            family, model = facts.get("cpu family", ""), facts.get("model", "")
            return f"{facts['model name']} (family {family}, model {model})"
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return platform.processor() or platform.machine()
