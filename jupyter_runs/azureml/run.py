"""What old scripts ask of a run beside its methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs._run.offline import OFFLINE
from jupyter_runs.run import Run

if TYPE_CHECKING:
    from jupyter_runs.experiment import Experiment


class _OfType(type):
    """Which runs are instances is told by their type, as all of them are `Run`."""

    kind = ""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Run) and instance.type == cls.kind

    def __call__(cls, experiment: Experiment, run_id: str, **_: Any) -> Any:
        return Run(experiment, run_id)


class OfflineRun(metaclass=_OfType):
    """``isinstance(run, _OfflineRun)``: whether a script was not submitted."""

    kind = OFFLINE


class ScriptRun(metaclass=_OfType):
    """A run of a script: ``ScriptRun(experiment, run_id)`` opens it."""

    kind = "script"


def get_run(experiment: Experiment, run_id: str, *_: Any, **__: Any) -> Run:
    """Return a run of an experiment by its id."""
    return Run(experiment, run_id)
