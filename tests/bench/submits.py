"""What it costs to submit a script: until the call returns, and until its first line runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from runs import an_experiment
from timing import Pair, now

FILES, SIZE = 50, 20_000  # together 1 MB
FIRST_LINE = "import time; print(repr(time.time()), flush=True)\n"


def submitting() -> dict[str, Pair]:
    """The first submit of a process beside a copy of its folder; the first line beside an interpreter's start."""
    from jupyter_runs import ScriptRunConfig
    from jupyter_runs.jobs import outlive

    outlive._told = True  # where this runs is nobody's news

    with an_experiment() as experiment, tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        source.mkdir()
        for number in range(FILES - 1):
            (source / f"part{number}.py").write_bytes(os.urandom(SIZE // 2).hex().encode())
        script = source / "train.py"
        script.write_text(FIRST_LINE)

        start = now()
        shutil.copytree(source, Path(place) / "copy")
        copied = now() - start
        config = ScriptRunConfig(source, "train.py")
        start = now()
        run = experiment.submit(config)
        took = now() - start

        lines, floors = [], []
        for _ in range(5):  # nobody serves the queue yet at the first of them, as a person finds it
            returned = time.time()
            run.wait_for_completion()
            log = run.folder / "logs" / "70_driver_log.txt"
            lines.append(float(log.read_text()) - returned)
            began = time.time()
            done = subprocess.run(
                [sys.executable, script], check=True, stdout=subprocess.PIPE, text=True
            )
            floors.append(float(done.stdout) - began)
            run = experiment.submit(config)
        run.wait_for_completion()
    floor = sorted(floors)[len(floors) // 2]
    return {"submit": (took, copied), "first line": (max(lines) - floor, floor)}
