"""Will a submitted run outlive what it was submitted from? Some surroundings end everything in them when they end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Optional

_told = False


def surroundings() -> Optional[str]:
    """Return what ends all its processes when it ends, None where nothing does."""
    if os.environ.get("SLURM_JOB_ID"):
        return f"Slurm job {os.environ['SLURM_JOB_ID']}"
    if os.environ.get("KUBERNETES_SERVICE_HOST"):
        return "Kubernetes pod"
    if any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")):
        return "container"
    if os.environ.get("container"):  # noqa: SIM112 - as systemd-nspawn, podman and lxc call it
        return "container"
    try:
        groups = Path("/proc/self/cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for line in groups.splitlines():
        unit = line.rpartition("/")[2]
        if unit.endswith(".service") and not unit.startswith("user@"):
            return f"service {unit[: -len('.service')]}"
    return None


def tell_once() -> None:
    """Say so in one line, the first time that this process submits a run there."""
    global _told
    if _told:
        return
    _told = True
    found = surroundings()
    of_run = os.environ.get(
        "JUPYTER_RUNS_RUN_DIR"
    )  # a run that submits others: its log is no place to say it again
    if found is not None and not of_run:
        text = f"This is a {found}: submitted runs outlive the kernel, and end when it ends."
        print(text, file=sys.stderr)  # noqa: T201 - for the person
