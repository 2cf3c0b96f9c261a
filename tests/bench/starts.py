"""What it costs to begin, and what a run costs on the disk."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from runs import a_run, an_experiment
from timing import Pair, now, paired


def importing() -> dict[str, Pair]:
    """The import alone, in interpreters that have nothing else to do, beside their whole start."""
    code = "from time import perf_counter as t; s = t(); import jupyter_runs; print(t() - s)"
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(7):
        done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE)
        found[0].append(float(done.stdout))
        start = now()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        found[1].append(now() - start)
    return {"import": (statistics.median(found[0]), statistics.median(found[1]))}


def starting() -> dict[str, Pair]:
    """The second run of a process, from the start to where its first ``log`` has returned."""
    with an_experiment() as experiment, tempfile.TemporaryDirectory() as place:

        def start(count: int) -> None:
            for _ in range(count):
                run = experiment.start_logging(snapshot_directory=None)
                run.log("loss", 1.0)
                started.append(run)

        def floor(count: int) -> None:
            for _ in range(count):
                folder = Path(place) / str(len(made))
                made.append(folder)
                folder.mkdir()
                for name in ("run.json", "events.jsonl", "scalars.bin"):
                    fd = os.open(folder / name, os.O_WRONLY | os.O_CREAT)
                    os.write(fd, b"x" * 4096)
                    os.close(fd)

        started: list = []
        made: list = []
        start(1)
        pair = paired(start, floor, 1, 1, blocks=9)
        for run in started:
            run.complete()
    return {"start": pair}


def sizes() -> dict[str, Pair]:
    """Bytes a point of a closed run of 100,000, and all files of one of ten points."""
    found = {}
    for key, points, floor in (("bytes a point", 100_000, 32.0), ("ten points", 10, 10 * 32.0)):
        with a_run() as run:
            for step in range(points):
                run.log("loss", step * 0.5, step=step)
            run.complete()
            files = [path for path in run.folder.rglob("*") if path.is_file()]
            if points > 10:
                files = [path for path in files if path.suffix == ".bin"]
            size = sum(path.stat().st_size for path in files)
        found[key] = (size / points if points > 10 else float(size), floor)
    return found
