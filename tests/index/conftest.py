"""A home and a cache of their own for each test; runs made by real journals."""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyter_runs.index import Index, database
from jupyter_runs.journal import RunFolder, Writer, keeper


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """The cache folder."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("JUPYTER_RUNS_CACHE", str(folder))
    monkeypatch.delenv("JUPYTER_RUNS_INDEX_URL", raising=False)
    return folder


@pytest.fixture
def _clock_stands_still(monkeypatch):
    """No run grows older between two questions: how long one takes is what some lists are sorted by."""
    now = time.time()
    monkeypatch.setattr(database, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture(autouse=True)
def _closed():
    """Close what a test leaves open: a writer holds its files for its process's life."""
    yield
    for writer in keeper.open_writers():
        with contextlib.suppress(UserWarning):
            writer.close()


@pytest.fixture
def new_home(tmp_path):
    """Make an empty home; in memory where there is such a place, for there are many."""
    with contextlib.ExitStack() as stack:

        def make():
            place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path
            made = tempfile.TemporaryDirectory(dir=place, prefix="jupyter-runs-")
            return Path(stack.enter_context(made))

        yield make


@pytest.fixture
def home(new_home):
    """One home."""
    return new_home()


@pytest.fixture
def index(home):
    """Its index."""
    index = Index(home)
    yield index
    index.close()


_numbers = itertools.count(1)


@pytest.fixture
def start(home):
    """Start a run whose owner is this process; its folder and its writer."""

    def make(run_id=None, workspace="w", **definition):
        number = next(_numbers)
        owner = f"main-{number}"
        folder = RunFolder.create(
            home / workspace,
            run_id or f"r{number}",
            {"experiment": "e", "created": float(number), "owner": owner, **definition},
        )
        return folder, Writer(folder, name=owner)

    return make


@pytest.fixture
def make(start):
    """Make a run that has ended."""

    def make(run_id=None, *, metrics=None, params=None, tags=None, end="Completed", **definition):
        folder, writer = start(run_id, **definition)
        writer.event("facts", host="h")
        for key, value in (params or {}).items():
            writer.event("param", key=key, value=value)
        for key, value in (tags or {}).items():
            writer.event("tag", key=key, value=value)
        for name, values in (metrics or {}).items():
            for value in values:
                writer.log(name, value)
        writer.close()
        if end:
            folder.end(end)
        return folder

    return make
