"""Where the figures come from."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from jupyter_runs.journal.mapping import file_system


def machine() -> dict[str, Any]:
    """Return what there is to say of this machine."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "file system": file_system(Path(tempfile.gettempdir())) or "?",
        "load": round(load, 2),
    }


def processor() -> str:
    """Return the processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
