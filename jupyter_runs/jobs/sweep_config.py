"""What a sweep is to do, and how it is submitted."""

from __future__ import annotations

import json
import math
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs._settings import snapshot_limits
from jupyter_runs.capture.secrets import clean_arguments, looks_secret
from jupyter_runs.capture.snapshot import take_snapshot
from jupyter_runs.errors import InvalidValueError, MissingPackageError
from jupyter_runs.jobs.build import refuse_containers
from jupyter_runs.jobs.capacity import PARENTS
from jupyter_runs.jobs.config import ScriptRunConfig
from jupyter_runs.jobs.enqueue import checked_tags, enqueue, known_target
from jupyter_runs.jobs.policies import MAXIMIZE, MINIMIZE, NoTerminationPolicy, Policy
from jupyter_runs.jobs.spaces import Sampling
from jupyter_runs.jobs.trials import HYPERDRIVE
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run

MODULE = "jupyter_runs.jobs.sweep"
LONGEST = 10_080.0  # minutes: a week
# named so that it is handed on as the secrets that it holds are: in memory, and never stored
HANDED_ON = "JUPYTER_RUNS_SWEEP_SECRET"


class SweepConfig:
    """A script, run again and again with other arguments each time.

    Parameters
    ----------
    config
        What to run.
    sampling
        How its parameters are chosen; each is given to it as ``--name value``.
    metric, goal
        The metric that the script logs, and whether to ``"maximize"`` or to ``"minimize"`` it.
    max_total_runs
        How many runs there are in all, at most.
    max_concurrent_runs
        How many are in the queue or going on at once; all of them by default.
    max_duration_minutes
        After this, runs that go on are canceled.
    policy
        Says which runs are not worth going on with.

    Raises
    ------
    InvalidValueError
        If one of these makes no sense.
    """

    def __init__(
        self,
        config: ScriptRunConfig,
        sampling: Sampling,
        metric: str,
        goal: str,
        max_total_runs: int,
        max_concurrent_runs: Optional[int] = None,
        max_duration_minutes: float = LONGEST,
        policy: Optional[Policy] = None,
    ) -> None:
        if not isinstance(config, ScriptRunConfig):
            raise InvalidValueError(f"a sweep runs a ScriptRunConfig, not {shown(config)}")
        if not isinstance(sampling, Sampling):
            raise InvalidValueError(f"a sampling says what to choose from, not {shown(sampling)}")
        if not isinstance(policy, (Policy, type(None))):
            raise InvalidValueError(f"policy is such as BanditPolicy(…), not {shown(policy)}")
        if not isinstance(metric, str) or not metric:
            raise InvalidValueError(f"the primary metric is named by a str, not {shown(metric)}")
        if goal not in (MAXIMIZE, MINIMIZE):
            raise InvalidValueError(f"the goal is maximize or minimize, not {shown(goal)}")
        self.config, self.sampling, self.metric, self.goal = config, sampling, metric, goal
        self.max_total_runs = _count("max_total_runs", max_total_runs)
        self.max_concurrent_runs = _count(
            "max_concurrent_runs",
            max_total_runs if max_concurrent_runs is None else max_concurrent_runs,
        )
        if not isinstance(max_duration_minutes, (int, float)) or not (
            0 < max_duration_minutes < math.inf
        ):
            raise InvalidValueError(
                f"max_duration_minutes is a number above 0, not {shown(max_duration_minutes)}"
            )
        self.max_duration_minutes = max_duration_minutes
        self.policy = policy if policy is not None else NoTerminationPolicy()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sampling.kind}, {self.goal} {self.metric!r}, {self.max_total_runs} runs)"

    def to_json(self) -> dict[str, Any]:
        """Return all but what is run as plain values."""
        size = self.sampling.size
        return {
            "sampling": self.sampling.to_json(),
            "policy": self.policy.to_json(),
            "metric": self.metric,
            "goal": self.goal,
            "max_total_runs": self.max_total_runs
            if size is None
            else min(size, self.max_total_runs),
            "max_concurrent_runs": self.max_concurrent_runs,
            "max_duration_minutes": self.max_duration_minutes,
        }

    def submit_to(
        self,
        experiment: Experiment,
        tags: Optional[Mapping[str, Any]] = None,
        *,
        parent: Optional[str] = None,
        name: Optional[str] = None,
    ) -> Run:
        """Submit it; see `Experiment.submit`.

        Raises
        ------
        MissingPackageError
            If Optuna is not installed, which does the choosing.
        """
        if find_spec("optuna") is None:
            raise MissingPackageError(
                "the parameters of a sweep are chosen by Optuna: pip install optuna"
            )
        checked = checked_tags(tags)
        child, secret = self._child(experiment)
        config = self.config
        variables = {HANDED_ON: json.dumps(secret)} if secret else {}
        return enqueue(
            experiment,
            {
                "module": MODULE,
                "cwd": str(Path.cwd()),
                "environment_variables": variables,
                "sweep": {**self.to_json(), "child": child},
            },
            kind=HYPERDRIVE,
            target=PARENTS,
            tags=checked,
            params={},
            facts={
                "snapshot": child["snapshot"],
                "snapshot_folder": child["source_directory"],
                "script": child.get("script"),
            },
            code=config.folder(),
            parent=parent,
            name=name,
            remarks=config.run_config.remarks(),
        )

    def _child(self, experiment: Experiment) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what each child is to do, checked and copied now, and what of it is not to be stored."""
        config, workspace = self.config, experiment.workspace.folder
        what = config.what()
        target = known_target(experiment, config.run_config.target)
        environment = config.run_config.chosen_environment()
        if environment is not None:
            refuse_containers(environment.to_dict())
        whole = {
            **what,
            "environment": None if environment is None else environment.to_dict(),
            "environment_variables": config.variables(),
        }
        stored = {
            **whole,
            "target": target,
            "source_directory": str(config.folder()),
            "max_run_duration_seconds": config.limit(),
            "environment": None if environment is None else environment.to_dict(stored=True),
            "environment_variables": {
                key: None if looks_secret(key) else value
                for key, value in config.variables().items()
            },
        }
        for part in ("arguments", "command"):
            if isinstance(what.get(part), list):
                stored[part] = clean_arguments(what[part])
        folder = config.folder()
        limits = snapshot_limits(workspace)
        stored["snapshot"] = take_snapshot(
            folder, workspace / "snapshots", limits, lambda _done, _total: None
        )
        return stored, {key: value for key, value in whole.items() if value != stored[key]}


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidValueError(f"{name} is a whole number of 1 or more, not {shown(value)}")
    return value
