"""What old scripts ask of a run beside its methods."""

from __future__ import annotations

from typing import Any

from jupyter_runs._run.offline import OFFLINE
from jupyter_runs.run import Run


class _Offline(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Run) and instance.type == OFFLINE


class OfflineRun(metaclass=_Offline):
    """``isinstance(run, _OfflineRun)``: whether a script was not submitted."""
