"""What a comparison reads, and what it keeps of it."""

from __future__ import annotations

import pytest

from jupyter_runs.journal import RunReader, fast
from jupyter_runs.views import ChartOptions, comparison


@pytest.fixture
def read(monkeypatch):
    """Return the series that are decoded, as they are."""
    monkeypatch.setattr(fast, "LITTLE", 0)
    found = []
    choose = fast.FastStore._choose
    monkeypatch.setattr(
        fast.FastStore, "_choose", lambda self, ids: found.extend(sorted(ids)) or choose(self, ids)
    )
    return found


@pytest.fixture
def begin(make):
    """Begin a run with three curves."""

    def _begin(name):
        run = make(name)
        for step in range(500):
            points = {"loss": 1 / (step + 1), "acc": step / 500, "other": 1.0}
            run.writer.log_metrics(points, step)
        return run

    return _begin


@pytest.fixture
def ended(begin):
    runs = [begin(name) for name in ("one", "two")]
    for run in runs:
        run.close()
        run.folder.end("Completed")
    return [run.folder for run in runs]


def test_each_file_is_read_once_and_curves_are_zoomed_without_reading(ended, read):
    view = comparison(ended)
    charts = view.charts(["loss", "acc"])
    assert [len(chart.lines) for chart in charts] == [2, 2]
    assert read == [1, 2, 1, 2]
    zoomed = view.charts(["loss", "acc"], ChartOptions(window=(100.0, 200.0)))
    assert all(line.total == 101 for chart in zoomed for line in chart.lines)
    view.charts(["loss"], ChartOptions(smoothing=0.5, log_y=True))
    assert read == [1, 2, 1, 2]
    by_time = view.charts(["loss"], ChartOptions(x="time"))[0]
    assert by_time.x_kind == "time"
    assert read == [1, 2, 1, 2, 1, 1]


def test_of_a_run_that_has_ended_only_curves_are_kept(ended):
    view = comparison(ended)
    drawn = view.charts(["loss"])[0]
    for one in view.views:
        assert not any(
            column.loaded
            for source in one.reader._sources.values()
            for column in source.store.columns.values()
        )
    whole = RunReader(ended[0])
    whole.poll()
    assert view.views[0].reader.metrics["loss"].values() == whole.metrics["loss"].values()
    assert view.charts(["loss"])[0] == drawn


def test_a_run_that_goes_on_is_read_on(begin, ended, read):
    run = begin("three")
    view = comparison([*ended, run.folder])
    view.charts(["loss"])
    del read[:]
    run.writer.log("loss", 7.0, step=500)
    view.refresh()
    chart = view.charts(["loss"])[0]
    assert [line.last for line in chart.lines][2] == 7.0
    assert read == []


def test_a_metric_that_some_runs_lack_or_have_once(make, ended):
    run = make("few")
    run.writer.log("loss", 1.0)
    view = comparison([*ended, run.folder])
    assert len(view.charts(["loss"])[0].lines) == 2
    with pytest.raises(KeyError):
        view.charts(["never"])
