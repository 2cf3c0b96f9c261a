"""How a speed is taken: in short blocks, ours and its floor in turn, so that a noisy machine is noisy for both."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Pair = tuple[float, float]  # ours, and the floor: seconds, bytes, or whatever the row is in
Block = Callable[[int], Any]  # does something so many times

now = time.perf_counter


def each(block: Block, count: int) -> float:
    """Return the seconds that one of ``count`` takes."""
    start = now()
    block(count)
    return (now() - start) / count


def paired(ours: Block, floor: Block, count: int, floor_count: int, blocks: int = 20) -> Pair:
    """Return the medians over blocks of ours and of the floor, taken in turn."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(blocks):
        order = [(0, ours, count), (1, floor, floor_count)]
        for which, block, times in order if number % 2 else order[::-1]:
            found[which].append(each(block, times))
    return statistics.median(found[0]), statistics.median(found[1])


def singles(call: Callable[[int], Any], count: int) -> list[float]:
    """Return the seconds of single calls, sorted, less what looking at the clock takes."""
    taken = []
    for number in range(count):
        start = now()
        call(number)
        taken.append(now() - start)
    idle = []
    for _ in range(20_000):
        start = now()
        idle.append(now() - start)
    clock = statistics.median(idle)
    return sorted(max(0.0, seconds - clock) for seconds in taken)


@contextmanager
def writing():
    """Give a block of the floor of all calls: one ``os.write`` of 32 bytes at the end of a file."""
    with tempfile.TemporaryDirectory() as folder:
        fd = os.open(Path(folder) / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        record = b"x" * 32

        def block(count: int) -> None:
            write = os.write
            for _ in range(count):
                write(fd, record)

        try:
            yield block
        finally:
            os.close(fd)


def best(block: Callable[[], Any], times: int = 5) -> float:
    """Return the median seconds of a few runs of something long, once it has been run before."""
    block()
    return statistics.median(each(lambda _: block(), 1) for _ in range(times))
