"""An experiment in a home of its own."""

from __future__ import annotations

import pytest


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    from jupyter_runs import Experiment, Workspace

    return Experiment(Workspace.create("test", exist_ok=True), "exp")


@pytest.fixture
def run(experiment):
    run = experiment.start_logging(name="brave-otter", snapshot_directory=None)
    yield run
    if run.folder.exists() and run.get_status() not in ("Completed", "Failed", "Canceled"):
        run.complete()
