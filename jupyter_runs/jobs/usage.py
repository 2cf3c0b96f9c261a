"""What a script uses: CPU, memory and GPU of all its processes, every ten seconds, as metrics of their own group."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_runs.jobs import process
from jupyter_runs.journal import SYSTEM

if TYPE_CHECKING:
    from jupyter_runs.journal import Writer

EVERY = 10.0  # seconds, unless JUPYTER_RUNS_USAGE_SECONDS says otherwise
CPU, MEMORY = f"{SYSTEM}/cpu (%)", f"{SYSTEM}/memory (MB)"
GPU, GPU_MEMORY = f"{SYSTEM}/gpu (%)", f"{SYSTEM}/gpu memory (MB)"


class Usage:
    """Measures the processes below one, and logs it.

    Parameters
    ----------
    pid
        The script.
    writer
        Where to log.
    """

    def __init__(self, pid: int, writer: Writer) -> None:
        self._pid = pid
        self._writer = writer
        self._next = 0.0
        self._known: dict[int, Any] = {}
        self._broken = False
        self._every = float(os.environ.get("JUPYTER_RUNS_USAGE_SECONDS") or EVERY)

    def look(self, now: float) -> None:
        """Measure, if it is time; `now` in seconds of a clock that never goes back."""
        if self._broken or now < self._next:
            return
        first, self._next = not self._next, now + self._every
        try:
            values = self._values()
        except Exception as error:  # psutil is not there, or the system says something new
            self._broken = True
            if not isinstance(error, ImportError):
                self._writer.event("warning", text=f"what the script uses can't be told: {error}")
            return
        if not first:  # shares of a CPU are known from the second look on
            self._writer.log_metrics(values)

    def _values(self) -> dict[str, float]:
        import psutil

        pids = [self._pid, *process.below(self._pid)]
        known = {}
        cpu = memory = 0.0
        for pid in pids:
            with suppress(psutil.Error):
                one = self._known.get(pid) or psutil.Process(pid)
                known[pid] = one
                cpu += one.cpu_percent(None)
                memory += one.memory_info().rss
        self._known = known
        return {CPU: cpu, MEMORY: memory / 1e6, **_gpu(set(pids))}


def _gpu(pids: set[int]) -> dict[str, float]:
    """Return the use of the GPUs that these processes compute on; {} where there are none, or no library to ask."""
    try:
        import pynvml
    except ImportError:
        return {}
    try:
        pynvml.nvmlInit()
    except Exception:  # no driver
        return {}
    used, busy, found = 0.0, [], False
    for index in range(pynvml.nvmlDeviceGetCount()):
        device = pynvml.nvmlDeviceGetHandleByIndex(index)
        for one in pynvml.nvmlDeviceGetComputeRunningProcesses(device):
            if one.pid in pids:
                found = True
                used += (one.usedGpuMemory or 0) / 1e6
                busy.append(float(pynvml.nvmlDeviceGetUtilizationRates(device).gpu))
    return {GPU: max(busy), GPU_MEMORY: used} if found else {}
