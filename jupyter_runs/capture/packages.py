"""Which packages, on which interpreter and machine, a run had around it."""

from __future__ import annotations

import os
import platform
import sys
import threading
from pathlib import Path
from typing import Any

from jupyter_runs.capture.secrets import clean_arguments, without_secrets

# what bears on results; everything else in the environment is the person's own business
_VARIABLES = (
    "CONDA_DEFAULT_ENV",
    "CUDA_VISIBLE_DEVICES",
    "LOCAL_RANK",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "PYTHONHASHSEED",
    "RANK",
    "SLURM_JOB_ID",
    "VIRTUAL_ENV",
    "WORLD_SIZE",
)

_lock = threading.Lock()
_found: dict[tuple[tuple[str, float], ...], dict[str, str]] = {}


def packages() -> dict[str, str]:
    """Return the installed distributions and their versions, by name.

    Looked up once for a given ``sys.path`` (and the time its folders last changed).
    """
    key = tuple((entry, _mtime(entry)) for entry in sys.path)
    with _lock:
        known = _found.get(key)
        if known is None:
            known = _look_up()
            _found.clear()
            _found[key] = known
    return dict(known)


def _look_up() -> dict[str, str]:
    from importlib.metadata import distributions

    versions: dict[str, str] = {}
    for distribution in distributions():
        try:
            name, version = distribution.metadata["Name"], distribution.version
        except Exception:
            continue  # a half-removed package: importlib raises what it likes
        if name and version:
            versions.setdefault(name, version)  # the first on the path is the one imported
    return dict(sorted(versions.items(), key=lambda item: item[0].lower()))


def _mtime(entry: str) -> float:
    try:
        return Path(entry or ".").stat().st_mtime
    except OSError:
        return 0.0


def surroundings() -> dict[str, Any]:
    """Return what is cheap to tell about this process: interpreter, system, command line."""
    return {
        "python_version": platform.python_version(),
        "implementation": sys.implementation.name,
        "executable": sys.executable,
        "platform": sys.platform,
        "argv": clean_arguments(getattr(sys, "argv", [])),
        "cwd": here(),
        "cpus": os.cpu_count(),
        "environment": without_secrets(
            {name: os.environ[name] for name in _VARIABLES if name in os.environ}
        ),
    }


def here() -> str:
    """Return the current folder, ``""`` if it is gone."""
    try:
        return str(Path.cwd())
    except OSError:  # the folder we stand in was removed
        return ""
