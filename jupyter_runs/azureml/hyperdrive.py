"""Sweeps as that SDK calls them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Optional, Union

from jupyter_runs.errors import InvalidValueError, NotOfferedError
from jupyter_runs.jobs.policies import MAXIMIZE, MINIMIZE
from jupyter_runs.jobs.spaces import Sampling
from jupyter_runs.jobs.sweep_config import LONGEST, SweepConfig
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.jobs.config import ScriptRunConfig
    from jupyter_runs.jobs.policies import Policy
    from jupyter_runs.jobs.spaces import Space

HyperParameterSampling = Sampling


class PrimaryMetricGoal(Enum):
    """What is to become of the primary metric."""

    MAXIMIZE = MAXIMIZE
    MINIMIZE = MINIMIZE

    @staticmethod
    def from_str(goal: str) -> PrimaryMetricGoal:
        """Return a goal by its name."""
        try:
            return PrimaryMetricGoal(goal.lower())
        except (AttributeError, ValueError):
            raise InvalidValueError(
                f"the goal is maximize or minimize, not {shown(goal)}"
            ) from None


class _Sampling(Sampling):
    """What the kinds of choosing have in common under that SDK's names."""

    _kind: ClassVar[str]

    def __init__(
        self,
        parameter_space: Mapping[str, Space],
        properties: Optional[Mapping[str, Any]] = None,
        seed: Optional[int] = None,
    ) -> None:
        super().__init__(self._kind, parameter_space, seed)
        self.properties = properties


class RandomParameterSampling(_Sampling):
    """Chooses each parameter by chance."""

    _kind = "random"


class GridParameterSampling(_Sampling):
    """Goes through all there is, in an order made by chance."""

    _kind = "grid"


class BayesianParameterSampling(_Sampling):
    """Chooses by what came of the choices before: Optuna's TPE."""

    _kind = "bayesian"


class HyperDriveConfig(SweepConfig):
    """A script, run again and again with other arguments each time.

    Parameters
    ----------
    hyperparameter_sampling
        What is chosen, and how.
    primary_metric_name, primary_metric_goal
        The metric that the script logs, and what is to become of it.
    max_total_runs, max_concurrent_runs, max_duration_minutes
        Limits.
    policy
        Says which runs are not worth going on with.
    run_config
        What to run.
    estimator, pipeline, resume_from, resume_child_runs
        Not offered: a clear error.
    kept
        Kept, and of no effect.
    """

    def __init__(
        self,
        hyperparameter_sampling: Sampling,
        primary_metric_name: str,
        primary_metric_goal: Union[PrimaryMetricGoal, str],
        max_total_runs: int,
        max_concurrent_runs: Optional[int] = None,
        max_duration_minutes: float = LONGEST,
        policy: Optional[Policy] = None,
        estimator: Any = None,
        run_config: Optional[ScriptRunConfig] = None,
        resume_from: Any = None,
        resume_child_runs: Any = None,
        pipeline: Any = None,
        **kept: Any,
    ) -> None:
        given = {
            "estimator": (estimator, "use run_config=ScriptRunConfig(…)"),
            "pipeline": (pipeline, "use run_config=ScriptRunConfig(…)"),
            "resume_from": (resume_from, "sweeps begin anew"),
            "resume_child_runs": (resume_child_runs, "sweeps begin anew"),
        }
        for name, (value, way) in given.items():
            if value:
                raise NotOfferedError(
                    f"jupyter_runs does not offer HyperDriveConfig({name}=…); {way}"
                )
        if run_config is None:
            raise InvalidValueError("HyperDriveConfig needs run_config=ScriptRunConfig(…)")
        goal = primary_metric_goal
        super().__init__(
            run_config,
            hyperparameter_sampling,
            primary_metric_name,
            goal.value if isinstance(goal, PrimaryMetricGoal) else str(goal).lower(),
            max_total_runs,
            max_concurrent_runs,
            max_duration_minutes,
            policy,
        )
        self.kept = kept
