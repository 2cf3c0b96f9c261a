"""Homes to show: 10,000 runs to look through, 10,000 of one experiment, long curves to compare."""

from __future__ import annotations

import json
import math
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from jupyter_runs.journal import RunFolder, Writer

RUNS, KINDS, ACTIVE = 10_000, 300, 20
COMPARED, POINTS = 50, 100_000
METRICS = ("loss", "acc", "val/loss", "val/acc", "lr")
WORDS = ("brave", "wise", "calm", "swift", "bold"), ("otter", "crane", "lynx", "wren", "ibex")


def begin(workspace: Path, number: int, experiment: str, steps: int = 20) -> Writer:
    """Begin a real run: params and tags of its own, five metrics."""
    owner = f"main-{number}"
    name = f"{WORDS[0][number % 5]}-{WORDS[1][number // 5 % 5]}"
    said = {"experiment": experiment, "number": number, "name": name, "owner": owner}
    said |= {"type": "interactive", "creator": "me", "created": 1.7e9 + number}
    writer = Writer(RunFolder.create(workspace, f"run-{number:06d}", said), name=owner)
    for key, value in ((f"p{number % KINDS}", number), ("lr", 0.1 / (1 + number % 50))):
        writer.event("param", key=key, value=value)
    for key, value in ((f"t{number % KINDS}", "yes"), ("model", ("cnn", "mlp")[number % 2])):
        writer.event("tag", key=key, value=value)
    for step in range(steps):
        log(writer, step, 1 + number % 7)
    return writer


def log(writer: Writer, step: int, value: float) -> None:
    """Log a step."""
    writer.log_metrics({name: value / (step + n + 1) for n, name in enumerate(METRICS)}, step)


def copy(run: Path, workspace: Path, number: int, experiment: str) -> None:
    """Copy an ended run: its journal is linked, which is as good for who only reads it."""
    folder = workspace / "runs" / f"run-{number:06d}"
    said = json.loads((run / "run.json").read_text())
    for part in ("journal", f"journal/{said['owner']}", "control"):
        (folder / part).mkdir(parents=True)
        for file in (run / part).iterdir():
            if file.is_file():
                os.link(file, folder / part / file.name)
    said |= {"id": folder.name, "number": number, "created": 1.7e9 + number}
    (folder / "run.json").write_text(json.dumps(said | {"experiment": experiment}))


def many(home: Path, workspace: str, experiments: int) -> None:
    """Make 10,000 ended runs, every ``KINDS`` of them in turn from another real one."""
    place = home / workspace
    for number in range(RUNS):
        experiment = f"experiment-{number * 7919 % experiments:03d}"
        if number < KINDS:
            writer = begin(place, number, experiment)
            writer.close()
            writer.folder.end("Completed" if number % 9 else "Failed")
        else:
            copy(place / "runs" / f"run-{number % KINDS:06d}", place, number, experiment)


def curves(home: Path, workspace: str, *metrics: str) -> None:
    """Make 50 runs with 100,000 points of each metric."""
    for number in range(COMPARED):
        writer = begin(home / workspace, number, "curves", steps=0)
        for step in range(POINTS):
            fall = math.exp(-step / 20_000)
            noise = (step * 7919 + number) % 101 / 1000
            writer.log_metrics(dict.fromkeys(metrics, fall + noise), step)
        writer.close()
        writer.folder.end("Completed")


@contextmanager
def going_on(home: Path, workspace: str, experiments: int):
    """Give runs that go on for as long as this process holds them."""
    writers = [
        begin(home / workspace, RUNS + number, f"experiment-{number % experiments:03d}")
        for number in range(ACTIVE)
    ]
    try:
        yield writers
    finally:
        for writer in writers:
            writer.close()
            shutil.rmtree(writer.folder.path)
