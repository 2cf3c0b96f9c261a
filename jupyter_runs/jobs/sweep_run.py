"""The run of a sweep: what a person asks of it beside what any run tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.jobs.policies import MINIMIZE
from jupyter_runs.jobs.trials import Trial, sweep_of
from jupyter_runs.journal import Children
from jupyter_runs.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

_NONE: dict[str, Any] = {"metric": "", "goal": MINIMIZE}


class HyperDriveRun(Run):
    """A run that tries parameters; its children are the tries."""

    def _trials(self) -> Iterator[Trial]:
        told = sweep_of(self._folder) or _NONE
        for folder in Children(self._folder).folders():
            trial = Trial(folder, str(told["metric"]), str(told["goal"]))
            trial.refresh()
            yield trial

    def get_best_run_by_primary_metric(
        self,
        include_failed: bool = True,
        include_canceled: bool = True,
        include_resume_from_runs: bool = True,  # noqa: ARG002 - sweeps begin anew
    ) -> Optional[Run]:
        """Return the child whose primary metric was best at any time, None if none has logged it.

        Parameters
        ----------
        include_failed, include_canceled
            Whether one that failed, or was canceled, may be the best.
        include_resume_from_runs
            Of no effect here.
        """
        left_out = {"Failed"} if not include_failed else set()
        left_out |= {"Canceled"} if not include_canceled else set()
        for trial in self._sorted():
            if trial.best is not None and trial.status not in left_out:
                return Run._open(trial.folder, self._workspace, self.experiment)
        return None

    def get_children_sorted_by_primary_metric(
        self, top: int = 0, reverse: bool = False, discard_no_metric: bool = False
    ) -> list[dict[str, Any]]:
        """Return what came of the children, the best first; those without the metric come last.

        Parameters
        ----------
        top
            Only so many; 0 for all.
        reverse
            The worst first.
        discard_no_metric
            Leave out those without the metric.

        Returns
        -------
        list of dict
            With ``run_id``, ``hyperparameters`` (as JSON), ``best_primary_metric`` and ``status``.
        """
        trials = self._sorted(reverse=reverse)
        found = [
            {
                "run_id": trial.folder.id,
                "hyperparameters": json.dumps(trial.choices),
                "best_primary_metric": trial.best,
                "status": trial.status,
            }
            for trial in trials
            if trial.best is not None or not discard_no_metric
        ]
        return found[:top] if top > 0 else found

    def _sorted(self, *, reverse: bool = False) -> list[Trial]:
        told = sweep_of(self._folder) or _NONE
        trials = list(self._trials())
        low_first = (told["goal"] == MINIMIZE) != reverse
        there = [trial for trial in trials if trial.best is not None]
        there.sort(key=lambda trial: trial.best or 0.0, reverse=not low_first)
        return there + [trial for trial in trials if trial.best is None]

    def get_hyperparameters(self) -> dict[str, str]:
        """Return what was chosen for each child, as JSON, by its id."""
        return {trial.folder.id: json.dumps(trial.choices) for trial in self._trials()}

    def get_metrics(
        self,
        name: Optional[str] = None,
        recursive: bool = False,
        run_type: Optional[str] = None,
        populate: bool = False,  # noqa: ARG002 - nothing is fetched from afar
    ) -> dict[str, Any]:
        """Return what the children have logged, by their ids; the parameters are those of `Run.get_metrics`.

        What the sweep itself has logged is what ``recursive=True`` adds, under its own id.
        """
        found = super().get_metrics(name, recursive=True, run_type=run_type)
        if not recursive:
            del found[self.id]
        return found
