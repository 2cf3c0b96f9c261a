"""Processes that read many runs for one that writes what they found: a home's index is made anew on all cores.

They are plain interpreters that are told which folders to read over a pipe; nothing of the process that starts them is copied.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_runs.index.summary import Summary

    Asked = tuple[str, int]  # the folder of a run, and which one it is

MOST = 8
_SMALL = 1 << 15  # bytes of numbers
_ROOT = Path(__file__).parents[2]
_CODE = "from jupyter_runs.index.workers import serve; serve()"


class Found(NamedTuple):
    """What was found of a run of which nothing more is expected."""

    summary: Summary
    stamp: int


Answer = Optional[Found]  # None: whoever asked is to look himself


def cores() -> int:
    """Return how many processes can work at once."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(MOST, count or 1)


def read_all(batches: Sequence[list[Asked]]) -> Iterator[list[Answer]]:
    """Yield what was found of each batch, in their order.

    Where no processes can be had, or one fails, its answers are None.
    """
    count = min(cores(), len(batches))
    if count < 2 or not sys.executable:
        for batch in batches:
            yield [None] * len(batch)
        return
    idle: SimpleQueue[Optional[subprocess.Popen[bytes]]] = SimpleQueue()
    processes = [_start() for _ in range(count)]
    for one in processes:
        idle.put(one)

    def ask(batch: list[Asked]) -> list[Answer]:
        one = idle.get()
        try:
            return _ask(one, batch)
        except (OSError, EOFError, pickle.PickleError, ValueError):
            return [None] * len(batch)
        finally:
            idle.put(one)

    pool = ThreadPoolExecutor(count, thread_name_prefix="jupyter-runs-index")
    try:
        # a few ahead of who takes the answers, and not all of them
        waiting = [pool.submit(ask, batch) for batch in batches[: 2 * count]]
        for number in range(len(batches)):
            found = waiting[number].result()
            waiting[number] = waiting[0]  # it is not kept
            if len(waiting) < len(batches):
                waiting.append(pool.submit(ask, batches[len(waiting)]))
            yield found
    finally:
        for process in processes:
            if process is not None:
                process.kill()
        pool.shutdown(wait=True, cancel_futures=True)
        for process in processes:
            if process is not None:
                process.communicate()


def _start() -> Optional[subprocess.Popen[bytes]]:
    try:
        # in the folder of the package: what is imported there is this one
        return subprocess.Popen(
            [sys.executable, "-c", _CODE],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def _ask(process: Optional[subprocess.Popen[bytes]], batch: list[Asked]) -> list[Answer]:
    if process is None or process.stdin is None or process.stdout is None:
        return [None] * len(batch)
    pickle.dump(batch, process.stdin)
    process.stdin.flush()
    found: list[Answer] = pickle.load(process.stdout)  # noqa: S301 - our own process says it
    return found


def _is_small(path: str) -> bool:
    """Tell whether a run has so few numbers that numpy costs more than it saves."""
    size = 0
    try:
        for writer in os.listdir(f"{path}/journal"):
            with os.scandir(f"{path}/journal/{writer}") as entries:
                size += sum(e.stat().st_size for e in entries if e.name.endswith(".bin"))
    except OSError:
        pass
    return size <= _SMALL


def serve() -> None:
    """Answer over standard input and output, until that is closed."""
    from jupyter_runs.index.following import Followed
    from jupyter_runs.journal import RunFolder

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not come between
    while True:
        try:
            asked: list[Asked] = pickle.load(sys.stdin.buffer)  # noqa: S301 - as above
        except EOFError:
            return
        found: list[Any] = []
        for path, inode in asked:
            run = Followed(RunFolder(path), inode, plain=_is_small(path))
            try:
                run.look()
            except Exception:
                found.append(None)
            else:
                known = run.settled and run.summary is not None
                found.append(Found(run.summary, run.stamp) if known and run.summary else None)
            run.close()
        pickle.dump(found, answers)
        answers.flush()
