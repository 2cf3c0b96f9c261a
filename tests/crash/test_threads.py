"""Threads that share one writer: each point once, whatever happens meanwhile."""

from __future__ import annotations

import sys
import threading
import time

import pytest

import jupyter_runs
from jupyter_runs.journal import NO_STEP, RunFolder, RunReader, Writer

THREADS, POINTS = 8, 20_000


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path, "run", {"owner": "main"})


@pytest.fixture(autouse=True)
def _restless():
    """Switch threads much more often than usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def slow(writer):
    return writer.log


def fast(writer):
    """As `Run.log` does."""

    def log(name, value, step=None):
        pack, take, target, series, clock, ahead, mark = writer.hot
        try:
            number, slot = series[name], take()
        except (KeyError, StopIteration):
            return writer.log(name, value, step=step)
        try:
            where = NO_STEP if step is None else step
            pack(target, slot, value, where, clock() + ahead, number, mark)
        except (TypeError, ValueError):
            writer.void(slot, target)
            writer.log(name, value, step=step)

    return log


@pytest.mark.parametrize("way", ["map", "write"])
@pytest.mark.parametrize("door", [slow, fast])
def test_each_point_of_each_thread_once(folder, door, way, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", way)
    writer = Writer(folder, name="main")
    log = door(writer)

    def work(index):
        for i in range(POINTS):
            log("all", float(i * THREADS + index), step=i)

    run_threads([threading.Thread(target=work, args=(i,)) for i in range(THREADS)], folder)
    writer.close()
    check(folder, THREADS * POINTS)


def run_threads(threads, folder):
    live = RunReader(folder)
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        live.poll()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    live.poll()
    assert live.damage == []
    return live


def check(folder, count):
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == []
    values = reader.metrics["all"].values()
    assert len(values) == count
    assert sorted(values) == [float(i) for i in range(count)]
    for index in range(THREADS):
        mine = [v for v in values if v % THREADS == index]
        assert mine == sorted(mine), "a thread's own points are in its order"


def test_closing_while_threads_log(folder, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    writer = Writer(folder, name="main")
    log, count = fast(writer), 4_000

    def work(index):
        for i in range(count):
            log("all", float(i * THREADS + index))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
    closer = threading.Thread(target=close_often, args=(writer, threads))
    closer.start()
    run_threads(threads, folder)
    closer.join()
    writer.close()
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == []
    assert sorted(reader.metrics["all"].values()) == [float(i) for i in range(THREADS * count)]
    assert len(reader.writers) > 3


def close_often(writer, threads):
    while not any(thread.is_alive() for thread in threads):
        time.sleep(0.001)
    while any(thread.is_alive() for thread in threads):
        writer.close()
        time.sleep(0.01)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run as people start it."""
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    monkeypatch.chdir(tmp_path)
    workspace = jupyter_runs.Workspace.from_config()
    return jupyter_runs.Experiment(workspace, "threads").start_logging(snapshot_directory=None)


def test_a_thread_that_comes_late_meets_a_closed_map(run):
    """It has taken its slot; then another thread ends the run; then it stores."""
    run.log("all", 1.0)
    late = run._writer.hot
    run._writer.close()
    run._writer.hot = late
    run.log("all", 2.0)
    reader = RunReader(run._folder)
    reader.poll()
    assert reader.metrics["all"].values() == [1.0, 2.0]
    run.complete()


def test_the_real_run_log(run):
    """The same through the package's own fast path."""
    count = 5_000

    def work(index):
        for i in range(count):
            run.log("all", float(i * THREADS + index), step=i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
    run_threads(threads, run._folder)
    run.complete()
    check(run._folder, THREADS * count)
