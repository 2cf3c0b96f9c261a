"""Real runs, written by a real `Writer`, for the views to show."""

from __future__ import annotations

import time

import pytest

from jupyter_runs.journal import RunFolder, Writer


class Made:
    """A run's folder and its writer."""

    def __init__(self, base, run_id="r1", **definition):
        about = {
            "experiment": "cifar10",
            "number": 12,
            "name": "brave-otter",
            "owner": "main-1",
            "type": "interactive",
            **definition,
        }
        self.folder = RunFolder.create(base, run_id, about)
        self.writer = Writer(self.folder, name="main-1")
        self._others = []

    def other(self, name, **facts):
        writer = Writer(self.folder, role="guest", name=name, facts=facts)
        self._others.append(writer)
        return writer

    def log_file(self, name, text):
        self.folder.logs.mkdir(exist_ok=True)
        path = self.folder.logs / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def close(self):
        for writer in [*self._others, self.writer]:
            writer.close()


@pytest.fixture
def make(tmp_path):
    made = []

    def _make(run_id="r1", **definition):
        run = Made(tmp_path / "default", run_id, **definition)
        made.append(run)
        return run

    yield _make
    for run in made:
        run.close()


@pytest.fixture
def run(make):
    return make(created=time.time() - 60)
