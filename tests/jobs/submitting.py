"""What the tests of submitted runs share beside fixtures."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]


def of_this_test(place: Path) -> list[int]:
    """Return the processes that serve queues below a home, and what they started."""
    found = []
    mark = os.fsencode(place)
    for entry in os.listdir("/proc"):  # noqa: PTH208 - names are all it needs
        if entry.isdigit() and int(entry) != os.getpid():
            with suppress(OSError):
                told = Path(f"/proc/{entry}/cmdline").read_bytes()
                if (
                    mark in told
                    or b"JUPYTER_RUNS_RUN_DIR=" + mark
                    in Path(f"/proc/{entry}/environ").read_bytes()
                ):
                    found.append(int(entry))
    return found


def wait_for(condition, what: str = "", timeout: float = 30):
    """Wait until a condition holds, and return what it returned."""
    until = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < until, f"waited {timeout} s in vain: {what or condition}"
        time.sleep(0.02)


def done(run, timeout: float = 60) -> dict:
    """Wait for a run's end, and return its details."""
    wait_for(
        lambda: run.get_status() in ("Completed", "Failed", "Canceled"),
        f"{run.id} is {run.get_status()}",
        timeout,
    )
    return run.get_details()


def log_of(run) -> str:
    """Return what a run's script has printed."""
    with suppress(FileNotFoundError):
        return (run.folder / "logs" / "70_driver_log.txt").read_text()
    return ""


def another(text: str, *arguments: str) -> subprocess.Popen:
    """Run a text in another process of this Python."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(text), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
