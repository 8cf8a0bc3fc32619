"""What the processes measured, and what it says about the bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from .cases import OURS, SCIPY, Case, contestants, make_logits
from .timing import interleaved_medians, peak_memory


@dataclass
class Run:
    """One case in one process."""

    milliseconds: dict[str, float]  # of one call of ours and of each peer
    memory: dict[str, float]  # peak beyond the input, in sizes of the input
    remark: str = ""


class Verdict(NamedTuple):
    """One bar, and what was reached."""

    case: Case
    measure: str
    bar: float
    reached: float
    lowest: float
    highest: float
    met: bool


@dataclass
class Row:
    """One case in all its processes."""

    case: Case
    runs: list[Run]

    def milliseconds(self, name: str) -> float | None:
        """Return the median time over the processes, or None for a peer that was not there."""
        if name not in self.runs[0].milliseconds:
            return None
        return median(run.milliseconds[name] for run in self.runs)

    def ratios(self, peer: str) -> list[float]:
        """Return how many times the time of ours the peer needs, in each process, in order."""
        times = [run.milliseconds for run in self.runs]
        return sorted(time[peer] / time[OURS] for time in times if peer in time)

    def memory(self, name: str) -> float | None:
        """Return the peak memory beyond the input, in sizes of the input."""
        measured = [run.memory[name] for run in self.runs if name in run.memory]
        return median(measured) if measured else None

    def verdicts(self) -> Iterator[Verdict]:
        """Hold the case against each of its bars whose peer is there."""
        for peer, bar in self.case.bars.items():
            ratios = self.ratios(peer)
            if ratios:
                reached = median(ratios)
                ends = ratios[0], ratios[-1]
                yield Verdict(
                    self.case, f"speed beside {peer}", bar, reached, *ends, reached >= bar
                )
        peak = self.memory(OURS)
        if self.case.memory_bar is not None and peak is not None:
            bar = self.case.memory_bar
            yield Verdict(self.case, "memory beside its input", bar, peak, peak, peak, peak <= bar)


def measure(case: Case, seconds: float) -> Run:
    """Run one case in this process."""
    functions, remark = contestants(case)
    milliseconds = interleaved_medians(functions, seconds)
    memory = {}
    if case.memory_bar is not None:
        size = make_logits(case)[0].nbytes
        memory = {name: peak_memory(functions[name]) / size for name in (OURS, SCIPY)}
    return Run(milliseconds, memory, remark)


def faster_peers(rows: Sequence[Row]) -> list[tuple[Row, str, float]]:
    """Find the rows in which a peer needs less time than ours."""
    peers = {name for row in rows for name in row.runs[0].milliseconds} - {OURS}
    slower = [(row, peer, row.ratios(peer)) for row in rows for peer in sorted(peers)]
    return [
        (row, peer, median(ratios)) for row, peer, ratios in slower if ratios and median(ratios) < 1
    ]


def absent_peers(rows: Sequence[Row]) -> list[str]:
    """Name the peers that no row could be measured beside, though a bar asks for it."""
    asked = {peer for row in rows for peer in row.case.bars}
    return sorted(peer for peer in asked if not any(row.ratios(peer) for row in rows))
