"""Trainings that are killed at random moments, and what must be read of them; a program of its own, run by several at once.

A forked child logs for ever, and counts in a shared page each call that has returned: one store, which outlives
SIGKILL. What it logs follows from the number of the call, so the count tells what must be there. Beyond that only
the call that had not returned may have left something: of each thread one, and of several values the first ones.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import random
import shutil
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import NO_STEP, RunFolder, RunReader, Writer, read_status

WORKS = ("log", "metrics", "odd metrics", "row", "typed", "lines", "all")
DELAYS = [0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.04]  # seconds
GOING = 4095  # where in the shared page the child says that it begins
BIG = 1 << 70  # only a line holds it


class Training(RunLogging):
    """What a run is to its training, around a writer."""

    def __init__(self, writer):
        self._writer = writer


class Model:
    """Takes the same calls, and says what a reader must find."""

    def __init__(self):
        self.found = {}
        self.last = []  # what the last call stored, in order

    def log(self, name, value, step=None):
        if step is not None and not isinstance(step, int):
            raise TypeError
        self._store(name, [(type(value), value, step)])

    def log_metrics(self, metrics, step=None):
        for name, value in metrics.items():
            self.log(name, value, step)

    def log_row(self, name, **cells):
        self._store(name, [{key: (type(value), value) for key, value in cells.items()}])

    def log_list(self, name, values):
        self._store(name, [(type(value), value, None) for value in values])

    def _store(self, name, items):
        self.found.setdefault(name, []).extend(items)
        self.last.append((name, len(items)))


def call(work, run, thread, i):
    """Make the ``i``-th call of a thread."""
    if work == "all":
        work = WORKS[i % (len(WORKS) - 1)]
    name = f"{work} {thread}"
    if work == "log":
        run.log(name, float(i), step=i)
    elif work == "metrics":
        run.log_metrics({f"{name}/{j}": _number(i, j) for j in range(50)}, step=i)
    elif work == "odd metrics":
        odd = {f"{name}/{j}": _odd(i, j) for j in range(7)}
        run.log_metrics(odd, step=i if i % 2 else None)
    elif work == "row":
        if i % 9:
            run.log_row(name, x=i, y=-float(i), z=i % 3 == 0)
        else:
            run.log_row(name, **{f"c{j}": float(i + j) for j in range(20)})
    elif work == "typed":
        if i % 7 == 3:
            with contextlib.suppress(TypeError, ValueError):
                run.log(name, float(i), step="no step")
        else:
            run.log(name, _odd(i, i))
    elif i % 2:
        run.log_list(name, [i, float(i), None, f"{i}"])
    else:
        run.log(f"{name} text", f"{i}", step=i)


def _number(i, j):
    kind = j % 3
    return float(i + j) if kind == 0 else i + j if kind == 1 else (i + j) % 2 == 0


def _odd(i, j):
    return (float(i), i, i % 2 == 0, None, f"text {i}", BIG + i, -i)[j % 7]


def train(path, page, work, threads):
    """Log for ever."""
    run = Training(Writer(RunFolder(path), name="main"))

    def go_on(thread):
        at = slice(8 * thread, 8 * thread + 8)
        i = 0
        while True:
            call(work, run, thread, i)
            i += 1
            page[at] = i.to_bytes(8, "little")

    for thread in range(1, threads):
        threading.Thread(target=go_on, args=(thread,), daemon=True).start()
    page[GOING] = 1
    go_on(0)


def kill_one(home, name, work, threads, chance):
    """Start a training, kill it, read it; return how many items were acknowledged.

    Raises
    ------
    AssertionError
        If anything is missing, or there that was not logged.
    """
    folder = RunFolder.create(home, name, {"owner": "main"})
    page = mmap.mmap(-1, 4096)
    pid = os.fork()
    if not pid:
        try:
            train(folder.path, page, work, threads)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    while not page[GOING]:
        assert os.waitpid(pid, os.WNOHANG) == (0, 0), "it ended by itself"
        time.sleep(0)
    # with numpy: the plain reader is slower than a writer of batches, and its poll ends only when it has caught up
    live = RunReader(folder)
    wanted = time.monotonic() + chance.choice(DELAYS) * chance.random()
    while chance.random() < 0.7 and time.monotonic() < wanted:
        live.poll()
    time.sleep(max(0.0, wanted - time.monotonic()))
    os.kill(pid, signal.SIGKILL)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL, "it ended by itself"
    returned = [int.from_bytes(page[8 * t : 8 * t + 8], "little") for t in range(threads)]
    status = read_status(folder)
    if any(returned) or status.status != "NotStarted":
        assert (status.status, status.code) == ("Failed", "ProcessGone")
        assert f"process {pid} " in status.message
    live.poll()
    readers = [live, RunReader(folder, plain=True), RunReader(folder, plain=False)]
    for reader in readers[1:]:
        reader.poll()
    count = 0
    for thread, calls in enumerate(returned):
        count += check(readers, work, thread, calls)
    names = {name for reader in readers for name in reader.metrics}
    assert all(int(name.replace(" text", "").split("/")[0].split()[-1]) < threads for name in names)
    return count


def check(readers, work, thread, calls):
    """Hold what one thread logged against what readers find; return how much of it was acknowledged."""
    model = Model()
    for i in range(calls):
        call(work, model, thread, i)
    must = {name: len(items) for name, items in model.found.items()}
    model.last.clear()
    call(work, model, thread, calls)  # the one that had not returned
    for reader in readers:
        assert reader.damage == []
        more = {}
        for name, items in model.found.items():
            got = items_of(reader.metrics.get(name))
            assert got == items[: len(got)], f"{name}: {len(got)} items"
            more[name] = len(got) - must.get(name, 0)
            assert more[name] >= 0, f"{name}: {-more[name]} of {must[name]} are lost"
        for name, size in model.last:  # the first ones may be there, and each as a whole
            if more[name] != size:
                assert more[name] == 0, f"{name}: a part of a call"
                break
            more[name] = 0
        assert not any(more.values()), f"{more}: not the first ones of the call"
    return sum(must.values())


def items_of(metric):
    """Return what a metric holds in the form of the model's items."""
    if metric is None:
        return []
    if metric.kind == "row":
        columns, found = metric.columns(), []
        for i in range(metric.count):
            cells = {name: column[i] for name, column in columns.items()}
            if len(cells) > 20:  # a row has 3 of the 23 columns, or the other 20
                mine = ("x", "y", "z") if cells["x"] is not None else None
                cells = {k: v for k, v in cells.items() if (k in mine if mine else k[0] == "c")}
            found.append({name: (type(value), value) for name, value in cells.items()})
        return found
    steps = [None] * metric.count if metric.kind == "list" else metric.steps()
    assert NO_STEP not in steps
    return [(type(value), value, step) for value, step in zip(metric.values(), steps)]


def main(home, seed, kills, way, threads):
    """Kill ``kills`` trainings one after the other; print what was found."""
    os.environ["JUPYTER_RUNS_JOURNAL"] = way
    chance, items, began = random.Random(seed), 0, time.monotonic()
    for number in range(int(kills)):
        work, name = WORKS[number % len(WORKS)], f"run-{seed}-{number}"
        try:
            items += kill_one(Path(home), name, work, int(threads), chance)
        except AssertionError as error:
            raise AssertionError(f"{name}, {work}: {error}") from error
        shutil.rmtree(Path(home) / "runs" / name, ignore_errors=True)
    print(json.dumps({"items": items, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
