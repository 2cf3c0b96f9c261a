"""A run's folder for each test, and how values are compared: by type and value, NaN equal to NaN."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import tempfile
from pathlib import Path

import pytest

from jupyter_runs.journal import RunFolder, RunReader, keeper


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Where runs lie; in memory where there is such a place, for there are thousands."""
    if os.access("/dev/shm", os.W_OK):
        with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="jupyter-runs-") as place:
            yield Path(place)
    else:
        yield tmp_path_factory.mktemp("home")


_numbers = itertools.count(1)


@pytest.fixture
def new_folder(home):
    """Make a run's folder whose owner is the writer ``main``."""

    def make(**definition):
        return RunFolder.create(home, f"run-{next(_numbers)}", {"owner": "main", **definition})

    return make


@pytest.fixture(autouse=True)
def _closed():
    """Close what a test leaves open: a writer holds its files for its process's life."""
    yield
    for writer in keeper.open_writers():
        with contextlib.suppress(UserWarning):
            writer.close()


@pytest.fixture
def folder(new_folder):
    """One run's folder."""
    return new_folder()


def plain_types(value):
    """Return a value in a form in which ``==`` compares types too, and NaN equals NaN."""
    if isinstance(value, dict):
        return {key: plain_types(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain_types(part) for part in value]
    if isinstance(value, float):
        return ("float", "nan") if math.isnan(value) else ("float", value, math.copysign(1, value))
    return (type(value).__name__, value)


@pytest.fixture(scope="session")
def exact():
    """The form in which values are compared."""
    return plain_types


@pytest.fixture(scope="session")
def told():
    """Everything that a reader says of a run, for comparing readers."""

    def tell(reader):
        return {
            "metrics": [
                (
                    name,
                    metric.kind,
                    metric.count,
                    metric.description,
                    plain_types(_content(metric)),
                )
                for name, metric in reader.metrics.items()
            ],
            "tags": reader.tags,
            "properties": reader.properties,
            "params": plain_types(reader.params),
            "files": reader.files,
            "progress": reader.progress,
            "warnings": reader.warnings,
            "status": reader.status_events,
            "name": reader.name,
            "last_time": reader.last_time,
            "last_step": reader.last_step,
        }

    return tell


def _content(metric):
    if metric.kind in ("scalar", "list"):
        return [metric.values(), metric.steps(), metric.times()]
    if metric.kind in ("row", "table"):
        return [metric.columns(), metric.times(), metric.result()]
    return [
        [item.time, item.step, str(item.path), item.value, item.description]
        for item in metric.items()
    ]


@pytest.fixture(params=[True, False], ids=["plain", "fast"])
def read(request):
    """Read a run from scratch, with the standard library alone and with numpy."""

    def make(folder):
        reader = RunReader(folder, plain=request.param)
        reader.poll()
        return reader

    return make


@pytest.fixture(params=["map", "write"])
def way(request, monkeypatch):
    """Both ways to store a record."""
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", request.param)
    return request.param
