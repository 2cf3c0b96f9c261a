"""A home of its own for each test, scripts to submit, and an end to all that was started."""

from __future__ import annotations

import os
import signal
import textwrap
from contextlib import suppress

import pytest
from building import builder, no_conda, slow, store, tried, wheels, ws  # noqa: F401 - fixtures
from submitting import of_this_test

from jupyter_runs import Experiment, ScriptRunConfig, Workspace
from jupyter_runs._run import at_exit
from jupyter_runs.jobs import outlive


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The folder that workspaces lie in; the current folder is an empty one beside it."""
    place, work = tmp_path / "home", tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(place))
    monkeypatch.setenv("JUPYTER_RUNS_GRACE", "1")
    monkeypatch.delenv("JUPYTER_RUNS_RUN_DIR", raising=False)
    monkeypatch.setattr(outlive, "_told", True)
    monkeypatch.chdir(work)
    yield place
    for run in at_exit.open_runs():
        if run._folder.ended is None:  # else its thread is about to say so
            run.cancel()
    for pid in of_this_test(place):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def exp():
    """An experiment of the default workspace."""
    return Experiment(Workspace(), "exp")


@pytest.fixture
def source(tmp_path):
    """A folder of scripts; call it with a text to get a configuration that runs it."""
    folder = tmp_path / "source"
    folder.mkdir()

    def config(text: str, *arguments: str, name: str = "train.py", **more) -> ScriptRunConfig:
        (folder / name).write_text(textwrap.dedent(text))
        return ScriptRunConfig(folder, name, list(arguments), **more)

    config.folder = folder
    return config
