"""Views that are kept: right while runs are written to, for many threads at once, and not without limit."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_runs.errors import RunNotFoundError
from jupyter_runs.server.kept import KeptViews


def test_what_is_new_is_seen_and_what_is_gone_is_not(make_run):
    views = KeptViews()
    folder, writer = make_run("r1")
    writer.log("loss", 1.0)
    with views.of(folder) as view:
        first, version = view, view.version
        assert view.reader.metrics["loss"].count == 1
    writer.log("loss", 2.0)
    with views.of(folder) as view:
        assert view is first
        assert view.version > version
        version = view.version
    writer.close()
    shutil.rmtree(folder.path)
    with pytest.raises(RunNotFoundError), views.of(folder):
        pass
    folder, writer = make_run("r1")  # another run that has the id of one before
    writer.log("acc", 1.0)
    with views.of(folder) as view:
        assert list(view.reader.metrics) == ["acc"]
        assert view.version > version


def test_only_so_many_are_kept(make_run):
    views = KeptViews(4)
    folders = [make_run(f"r{i}")[0] for i in range(10)]
    for folder in folders:
        with views.of(folder):
            pass
        with views.comparing(folders[:3]) as view:
            assert len(view.views) == 3
        with views.comparing([folder, *folders[:1]]):
            pass
    assert len(views._kept) <= 4
    assert len(views._compared) <= 1


def test_a_comparison_is_kept_and_stays_right(make_run):
    views = KeptViews()
    made = [make_run(f"r{i}") for i in range(3)]
    folders = [folder for folder, _ in made]
    for _, writer in made:
        writer.log("loss", 1.0)
        writer.log("loss", 0.5)
    with views.comparing(folders) as view:
        first = view
        assert [row.metrics["loss"].last for row in view.rows] == [0.5, 0.5, 0.5]
    made[1][1].log("loss", 0.1)
    with views.comparing(folders) as view:
        assert view is first
        assert [row.metrics["loss"].last for row in view.rows] == [0.5, 0.1, 0.5]
    made[2][1].close()
    shutil.rmtree(folders[2].path)
    with views.comparing(folders) as view:
        assert [row.head.id for row in view.rows] == ["r0", "r1"]


def test_many_threads_at_once(make_run):
    views = KeptViews(3)  # fewer than there are runs: they push each other out
    made = [make_run(f"r{i}") for i in range(5)]
    folders = [folder for folder, _ in made]
    stop = threading.Event()

    def write():
        step = 0
        while not stop.wait(0.001):  # else there would be more to draw at each look
            for _, writer in made:
                writer.log("loss", 1 / (step + 1), step=step)
            step += 1

    def look(n):
        counts = []
        for i in range(12):
            if (n + i) % 3:
                with views.of(folders[(n + i) % 5]) as view:
                    view.load(view.chart_keys())
                    found = [view.chart(key).lines[0].total for key in view.chart_keys()]
                    counts += found
            else:
                chosen = folders[::-1] if n % 2 else folders
                with views.comparing(chosen) as both:
                    for key in both.chart_keys():
                        assert len(both.chart(key).lines) <= 5
        return counts

    writing = threading.Thread(target=write)
    writing.start()
    try:
        with ThreadPoolExecutor(6) as pool:
            for counts in pool.map(look, range(6), timeout=120):
                assert all(count > 1 for count in counts)
    finally:
        stop.set()
        writing.join()
