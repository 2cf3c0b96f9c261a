"""Runs to be listed, and a Jupyter Server to list them."""

from __future__ import annotations

import itertools

import pytest

# not as a plugin: its autouse fixtures would make a server and a loop for every test there is
from pytest_jupyter.jupyter_server import *  # noqa: F403

from jupyter_runs.journal import RunFolder, Writer


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home of runs."""
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def make_run(home):
    """Make runs, each created a second after the last; returns the folder and its open writer."""
    clock = itertools.count(1_700_000_000)
    writers = []

    def make(run_id, *, workspace="default", experiment="diabetes", **more):
        definition = {
            "id": run_id,
            "experiment": experiment,
            "number": len(writers) + 1,
            "name": "brave-otter",
            "parent": None,
            "type": "interactive",
            "creator": "ada",
            "created": float(next(clock)),
            "owner": "main-1",
            **more,
        }
        folder = RunFolder.create(home / workspace, run_id, definition)
        writers.append(Writer(folder, name="main-1"))
        return folder, writers[-1]

    yield make
    for writer in writers:
        writer.close()
