"""Looking at a part of a series: its points exactly, its extremes always, at the cost of that part."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_runs.views import ChartOptions, RunView
from jupyter_runs.views.series import Series
from jupyter_runs.views.thin import _width, thin

VALUES = st.floats(-1e12, 1e12) | st.sampled_from([np.nan, np.inf, -np.inf, 0.0])
STEPS = st.integers(-50, 50).map(float) | st.floats(-1e6, 1e6)  # the whole ones repeat
WEIGHTS = st.sampled_from([0.0, 0.3, 0.9, 0.999])


@st.composite
def logged(draw, most=300):
    """Steps in any order, some of them twice, and any values."""
    points = draw(st.lists(st.tuples(STEPS, VALUES), max_size=most))
    return np.array([p[0] for p in points]), np.array([p[1] for p in points], np.float64)


@st.composite
def windows(draw, x):
    """Between any two places, often those of points."""
    places = STEPS | st.sampled_from(x.tolist()) if len(x) else STEPS
    return draw(places), draw(places)


def series(x, y):
    one = Series("k")
    one.update(x, y)
    return one


def inside(line, window):
    return (line.x >= min(window)) & (line.x <= max(window))


@given(logged(), st.data(), WEIGHTS, st.booleans(), st.integers(8, 60))
def test_drawn_points_of_any_window_reach_as_far_as_the_series_there(
    points, data, smoothing, log_y, most
):
    x, y = points
    window = data.draw(windows(x))
    one = series(x, y)
    line = one.line(ChartOptions(smoothing=smoothing, log_y=log_y, window=window), most)
    at = (x >= min(window)) & (x <= max(window)) & np.isfinite(y) & ((y > 0) | (not log_y))
    drawn = (line.y if line.faint is None else line.faint)[inside(line, window)]
    drawn = drawn[np.isfinite(drawn)]
    assert line.total == np.count_nonzero((x >= min(window)) & (x <= max(window)))
    assert (
        len(drawn) == 0
        if not at.any()
        else (drawn.min(), drawn.max())
        == (
            y[at].min(),
            y[at].max(),
        )
    )
    if smoothing:  # the smoothed line keeps its own extremes
        whole = one.line(ChartOptions(smoothing=smoothing, log_y=log_y), 10_000)
        part, full = line.y[inside(line, window)], whole.y[inside(whole, window)]
        if np.isfinite(full).any():
            assert (np.nanmin(part), np.nanmax(part)) == (np.nanmin(full), np.nanmax(full))


@given(st.integers(1, 400), st.integers(1, 300))
@settings(deadline=None)
def test_a_spike_beside_the_window_hides_none_in_it(begin, at):
    y = np.random.default_rng(begin).normal(size=2000) * 1e-3
    y[begin - 1], y[begin + at - 1] = 9.0, 1.0
    one = series(np.arange(2000.0), y)
    line = one.line(ChartOptions(window=(begin, begin + 1500)), 100)
    assert line.y[inside(line, (begin, begin + 1500))].max() == 1.0


@given(logged(), st.data(), WEIGHTS, st.integers(8, 60))
def test_a_window_that_holds_few_points_shows_each_of_them(points, data, smoothing, most):
    x, y = points
    window = data.draw(windows(x))
    line = series(x, y).line(ChartOptions(smoothing=smoothing, window=window), most)
    here = (x >= min(window)) & (x <= max(window))
    if np.count_nonzero(here) > most:
        return
    order = np.argsort(x[here], kind="stable")
    expected = [(a, b) for a, b in zip(x[here][order], y[here][order]) if np.isfinite(b)]
    raw = line.y if line.faint is None else line.faint
    keep = inside(line, window) & np.isfinite(raw)
    assert list(zip(line.x[keep], raw[keep])) == expected
    assert line.drawn == line.total


@given(logged(), st.data(), WEIGHTS)
def test_smoothed_values_of_a_window_are_those_of_the_whole(points, data, smoothing):
    x, y = points
    window = data.draw(windows(x))
    one = series(x, y)
    whole = one.line(ChartOptions(smoothing=smoothing), 10_000)
    part = one.line(ChartOptions(smoothing=smoothing, window=window), 10_000)
    for a, b in ((part.x, whole.x), (part.y, whole.y)):
        np.testing.assert_array_equal(a[inside(part, window)], b[inside(whole, window)])


@given(logged(), st.data())
def test_the_line_runs_to_the_edge_of_the_window(points, data):
    x, y = points
    window = data.draw(windows(x))
    line = series(x, y).line(ChartOptions(window=window), 8)
    order = np.argsort(x, kind="stable")
    xs, ys = x[order], y[order]
    left, right = np.flatnonzero(xs < min(window)), np.flatnonzero(xs > max(window))
    for side, beyond in ((left[-1:], line.x < min(window)), (right[:1], line.x > max(window))):
        expected = [(xs[i], ys[i]) for i in side if np.isfinite(ys[i])]
        drawn = beyond & np.isfinite(line.y)
        assert list(zip(line.x[drawn], line.y[drawn])) == expected


@given(st.integers(0, 999_999), st.sampled_from([-1.0, 1.0]), st.data())
@settings(max_examples=60, deadline=None)
def test_one_spike_in_a_million_is_seen_at_every_zoom(million, at, sign, data):
    y = million.copy()
    y[at] = sign
    one = series(np.arange(1e6), y)
    span = 1_000_000
    while span >= 1:
        begin = at - data.draw(st.integers(0, span - 1))
        line = one.line(ChartOptions(window=(begin, begin + span - 1)), 1500)
        assert line.y[line.x == at].tolist() == [sign]
        span //= 10


@pytest.fixture(scope="module")
def million():
    return np.random.default_rng(0).normal(size=1_000_000) * 1e-3


@given(st.integers(0, 2**32), st.integers(2, 3000), st.integers(1, 300), st.integers(8, 200))
@settings(deadline=None)
def test_points_chosen_before_stay_while_a_series_grows(seed, n, more, most):
    """So that a line that grew is told by its new end."""
    random = np.random.default_rng(seed)
    x = random.integers(1, 9, n + more).cumsum() - 500.0
    y = random.normal(size=n + more)
    before, after = thin(x[:n], y[:n], most), thin(x, y, most)
    parts = most // 4
    if n <= most or _width(x[0], x[n - 1], parts) != _width(x[0], x[-1], parts):
        return
    same = len(np.intersect1d(before, after))
    assert same >= len(before) - 4  # but for the last part
    np.testing.assert_array_equal(before[: len(before) - 4], after[: len(before) - 4])


def test_steps_that_come_late_are_in_their_window(run):
    for step in [*range(0, 3000, 2), *range(2999, 0, -2), 7, 7]:
        run.writer.log("loss", step / 10, step=step)
    view = RunView(run.folder)
    found = view.chart("loss", ChartOptions(window=(5, 9)))
    assert found.badge == "7 points in view · exact"
    assert found.lines[0].x.tolist() == [4, 5, 6, 7, 7, 7, 8, 9, 10]
    assert found.lines[0].y.tolist() == [x / 10 for x in found.lines[0].x.tolist()]


@pytest.mark.parametrize("key", ["loss", "pair", "list"])
def test_a_zoom_reads_and_sorts_nothing_anew(run, monkeypatch, key):
    for i in range(3000):
        run.writer.log("loss", i / 10, step=i)
        run.writer.log_row("pair", {"x": i, "y": i / 10})
    run.writer.log_list("list", [i / 10 for i in range(3000)])
    view = RunView(run.folder)
    view.chart(key)
    monkeypatch.setattr(Series, "update", None)
    monkeypatch.setattr(type(view.reader.metrics[key]), "arrays", None)
    monkeypatch.setattr(type(view.reader.metrics[key]), "column_arrays", None)
    (line,) = view.chart(key, ChartOptions(window=(1000, 1100))).lines
    assert line.x.tolist() == list(range(999, 1102))
    assert line.y.tolist() == [x / 10 for x in range(999, 1102)]


def test_a_zoom_costs_what_it_shows():
    """A thousand points of a million need a thousandth of what the whole needs, smoothed too."""
    random = np.random.default_rng(0)
    one = series(np.arange(1e6), random.normal(size=1_000_000).cumsum())
    for smoothing in (0.0, 0.9):
        window = ChartOptions(smoothing=smoothing, window=(500_000, 500_999))
        whole = ChartOptions(smoothing=smoothing)
        one.line(whole, 1500)  # smoothing is computed once for the series
        assert most(one.line, window, 1500) < 200_000 < most(one.line, whole, 1500)


def most(call, *arguments):
    """Return the bytes that a call takes at its height."""
    tracemalloc.start()
    call(*arguments)
    _, height = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return height
