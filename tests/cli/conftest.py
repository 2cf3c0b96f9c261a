"""A home with runs, and the command line."""

from __future__ import annotations

import itertools
import json

import pytest

from jupyter_runs.cli import main
from jupyter_runs.journal import RunFolder, Writer


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home of runs, which the commands use."""
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


@pytest.fixture
def make_run(home):
    """Make runs that have ended, or go on still; returns the folder."""
    clock = itertools.count(1_700_000_000)
    open_ones = []

    def make(
        run_id, *, workspace="default", loss=(1.0, 0.5), tags=(), params=(), end="Completed", **more
    ):
        definition = {
            "experiment": "diabetes",
            "number": next(clock) - 1_699_999_999,
            "name": "brave-otter",
            "created": float(next(clock)),
            "owner": "main-1",
            **more,
        }
        folder = RunFolder.create(home / workspace, run_id, definition)
        writer = Writer(folder, name="main-1")
        for step, value in enumerate(loss):
            writer.log("loss", value, step=step)
        for kind, pairs in (("tag", tags), ("param", params)):
            for key, value in dict(pairs).items():
                writer.event(kind, key=key, value=value)
        if end:
            writer.close()
            folder.end(end, message="no such alpha" if end == "Failed" else None)
        else:
            open_ones.append(writer)
            writer.flush()
        return folder

    yield make
    for writer in open_ones:
        writer.close()


@pytest.fixture
def run(capsys):
    """Run a command; returns its status and what it printed."""

    def run(*argv):
        status = main([str(part) for part in argv])
        told = capsys.readouterr()
        return status, told.out + told.err

    return run


@pytest.fixture
def told(run):
    """Run a command with ``--json``, which must do well; returns what it told."""

    def told(*argv):
        status, text = run(*argv, "--json")
        assert status == 0, text
        return json.loads(text)

    return told
