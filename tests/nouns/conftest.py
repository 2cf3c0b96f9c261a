"""A home of its own for each test, and real processes to run scripts in."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from jupyter_runs._run import at_exit
from jupyter_runs.experiment import Experiment
from jupyter_runs.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The folder that workspaces lie in; the current folder is an empty one beside it."""
    place, work = tmp_path / "home", tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(place))
    monkeypatch.delenv("JUPYTER_RUNS_RUN_DIR", raising=False)
    monkeypatch.chdir(work)
    yield place
    for run in at_exit.open_runs():
        if run._folder.ended is None:  # else a child, which has ended with its parent
            run.cancel()


@pytest.fixture
def ws():
    """The default workspace."""
    return Workspace()


@pytest.fixture
def exp(ws):
    """An experiment of the default workspace."""
    return Experiment(ws, "exp")


@pytest.fixture
def run(exp):
    """A run that goes on, without a snapshot."""
    return exp.start_logging(name="first", snapshot_directory=None)


class Script:
    """A script in a process of its own."""

    def __init__(self, path: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "default", str(path)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self, timeout: float = 60) -> str:
        """Wait for its end; what it printed is returned, its exit code kept."""
        output, _ = self.process.communicate(timeout=timeout)
        return output

    def wait_for(self, path: Path, timeout: float = 30) -> None:
        """Wait until it has made a file."""
        until = time.monotonic() + timeout
        while not path.exists():
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() < until, f"{path} was not made"
            time.sleep(0.02)


@pytest.fixture
def script(tmp_path):
    """Start a script from its text; killed at the end of the test if need be."""
    started = []

    def start(text: str, name: str = "train.py") -> Script:
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        started.append(Script(path))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()
