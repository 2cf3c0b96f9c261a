"""How many runs a compute target runs at a time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_runs._settings import read_json

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = "local"
PARENTS = "parents"  # runs that start other runs and wait for them: they must never keep those from a place
MOST_PARENTS = 10_000


def target_file(workspace: Path, target: str) -> Path:
    """Return the file that says what a target is; ``local`` needs none."""
    return workspace / "compute" / f"{target}.json"


def capacity(workspace: Path, target: str) -> int:
    """Return how many runs a target runs at a time, at least 1.

    Of ``local`` as many as this process may use processors, unless ``JUPYTER_RUNS_LOCAL_NODES`` or its file says otherwise.
    """
    if target == PARENTS:
        return MOST_PARENTS
    said = read_json(target_file(workspace, target)).get("max_nodes")
    if target == LOCAL:
        said = os.environ.get("JUPYTER_RUNS_LOCAL_NODES") or said
    try:
        number = int(str(said))
    except ValueError:
        number = 0
    return number if number > 0 else _processors() if target == LOCAL else 1


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
