"""Time several functions in turn, so that whatever disturbs one disturbs all."""

import time
import tracemalloc
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

Functions = Mapping[str, Callable[[], Any]]

CALLS_IN_A_ROW = 5
FEWEST_ROUNDS = 3


def interleaved_medians(functions: Functions, seconds: float) -> dict[str, float]:
    """Return the median time of one call of each function, in milliseconds.

    A round gives each function a few calls in a row: right after a peer, the memory
    allocator is in the peer's state, and the first call pays for it. Each round starts with
    the next function. Rounds go on until the time is used up.
    """
    for function in functions.values():
        function()
    order = list(functions)
    times: dict[str, list[float]] = {name: [] for name in order}
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < FEWEST_ROUNDS or time.perf_counter() < end:
        for name in order:
            function = functions[name]
            for _ in range(CALLS_IN_A_ROW):
                start = time.perf_counter()
                function()
                times[name].append(time.perf_counter() - start)
        order.append(order.pop(0))
        rounds += 1
    return {name: 1e3 * median(times[name]) for name in functions}


def peak_memory(function: Callable[[], Any]) -> int:
    """Return the most bytes that one call holds at a time, its result included.

    NumPy reports its arrays to tracemalloc; libraries that do not cannot be measured so.
    """
    function()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - before
