"""Runs to measure with, in homes of their own."""

from __future__ import annotations

import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import jupyter_runs


@contextmanager
def an_experiment():
    """Give an experiment in an empty home."""
    with tempfile.TemporaryDirectory() as home, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield jupyter_runs.Experiment(jupyter_runs.Workspace.create("bench", home), "bench")


@contextmanager
def a_run():
    """Give a run in an empty home."""
    with an_experiment() as experiment:
        run = experiment.start_logging(snapshot_directory=None)
        try:
            yield run
        finally:
            run.complete()


def many_metrics(home: Path, metrics: int, points: int) -> jupyter_runs.Run:
    """Return a run of so many metrics and points each in ``home``, made by whoever asks first."""
    workspace = jupyter_runs.Workspace.create("bench", home, exist_ok=True)
    name = f"{metrics}-of-{points}"
    experiment = jupyter_runs.Experiment(workspace, "bench")
    for run in experiment.get_runs():
        if run.name == name:
            return run
    run = experiment.start_logging(name, snapshot_directory=None)
    for step in range(points):
        run.log_metrics({f"m{i}": step * 0.5 + i for i in range(metrics)}, step)
    run.complete()
    return run
