"""Adapter for the bench that runs experiment trackers side by side.

To run it beside them: copy this file into its ``adapters/`` and make the environment that ``META`` names
(``python -m venv VENVS/jupyter_runs && VENVS/jupyter_runs/bin/pip install -e .`` here), then
``python bench.py run --only jupyter_runs,floor,trackio_local,tensorboardx,sacred_file``.
"""

from __future__ import annotations

from typing import Any

from . import Base

META = {
    "venv": "jupyter_runs",
    "pip": ["jupyter-runs"],
    "imports": "import jupyter_runs",
    "reader": "Run.get_metrics, with numpy imported",
    "note": "plain folders, no server; nothing but files of the run's own is written",
}


class Peer(Base):
    """A workspace in the store's folder."""

    def __init__(self, root: Any) -> None:
        super().__init__(root)
        import numpy as np  # noqa: F401  # whoever reads has it; a script that logs needs none

        import jupyter_runs

        workspace = jupyter_runs.Workspace.create("bench", self.root, exist_ok=True)
        self.experiment = jupyter_runs.Experiment(workspace, "bench")

    def start(self, run: str) -> None:
        """Start a run of this id."""
        self.run = self.experiment.start_logging(run, run_id=run, snapshot_directory=None)
        log = self.run.log
        # their third argument is the step, ours the description: the wrapper's 0.1 µs is in the figure
        self.log = lambda name, value, step: log(name, value, step=step)
        self.log_dict = self.run.log_metrics

    def finish(self) -> None:
        """Complete the run."""
        self.run.complete()

    def read(self, run: str, name: str) -> Any:
        """Return the values of one metric."""
        return self.experiment.workspace.get_run(run).get_metrics(name)[name]

    def list_runs(self) -> list[tuple[str, str, Any, dict[str, Any]]]:
        """Return id, name, status and the last value of each metric, of all runs."""
        return [
            (run.id, run.name, run.get_status(), {k: v[-1] for k, v in run.get_metrics().items()})
            for run in self.experiment.get_runs()
        ]
