"""What it costs to read."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd  # noqa: F401  # frames are measured without its import
from runs import a_run, many_metrics
from timing import Pair, paired

from jupyter_runs.journal import RunReader, Writer


def raw(folder: Path) -> None:
    """Read a journal's numbers as plain arrays, and do nothing with them."""
    for path in folder.glob("journal/*/*.bin"):
        np.fromfile(path, np.uint8)


def one_metric() -> dict[str, Pair]:
    """A metric of 100,000 points, by a reader that is new; and of a million, as a frame."""
    found = {}
    for key, points in (("read 100,000", 100_000), ("frame of 1,000,000", 1_000_000)):
        with a_run() as run:
            for step in range(points):
                run.log("loss", step * 0.5, step=step)
            run.complete()

            def arrays(count: int, folder: Path = run.folder) -> None:
                for _ in range(count):
                    reader = RunReader(folder, names=["loss"])
                    reader.poll()
                    assert len(reader.metrics["loss"].arrays().value) == 100_000
                    reader.close()

            def frame(count: int, run=run) -> None:
                for _ in range(count):
                    assert len(run.get_metric_frame("loss")) == 1_000_000

            def floor(count: int, folder: Path = run.folder) -> None:
                for _ in range(count):
                    raw(folder)

            ours = arrays if points == 100_000 else frame
            ours(2)
            found[key] = paired(ours, floor, 1, 1, blocks=9)
    return found


def idle_poll() -> dict[str, Pair]:
    """A poll of 64 writers of which none has anything new."""
    with a_run() as run:
        folder = run._folder
        writers = [Writer(folder, role="guest") for _ in range(64)]
        for writer in writers:
            for step in range(1_000):
                writer.log("loss", step * 0.5)
        reader = RunReader(folder)
        reader.poll()
        files = [
            os.open(path, os.O_RDONLY) for path in run.folder.glob("journal/guest-*/*-0000.bin")
        ]
        time.sleep(2.1)  # a folder changed a moment ago is looked at more closely

        def ours(count: int) -> None:
            for _ in range(count):
                reader.poll()

        def floor(count: int) -> None:
            for _ in range(count):
                for fd in files:
                    os.pread(fd, 32, 0)

        pair = paired(ours, floor, 50, 50)
        for fd in files:
            os.close(fd)
        for writer in writers:
            writer.close()
    return {"idle poll of 64": pair}


def one_of_many(home: Path) -> dict[str, Pair]:
    """One metric of 200, 5,000 points each."""
    run = many_metrics(home, 200, 5_000)

    def ours(count: int) -> None:
        for _ in range(count):
            reader = RunReader(run.folder, names=["m77"])
            reader.poll()
            assert len(reader.metrics["m77"].arrays().value) == 5_000
            reader.close()

    def floor(count: int) -> None:
        for _ in range(count):
            raw(run.folder)

    ours(1)
    return {"one of 200": paired(ours, floor, 1, 1, blocks=9)}


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for runs that several measurements share."""
    return tempfile.TemporaryDirectory(prefix="jupyter-runs-bench-")
