"""Which points are drawn: no extreme disappears, no mark, no gap."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_runs.views.model import ChartOptions
from jupyter_runs.views.series import Series
from jupyter_runs.views.thin import gaps, spread, thin

FINITE = st.floats(-1e12, 1e12)
ANY = FINITE | st.sampled_from([np.nan, np.inf, -np.inf])


def column(elements, most=400):
    return st.lists(elements, max_size=most).map(lambda v: np.array(v, dtype=np.float64))


@st.composite
def points(draw, elements=ANY, most=400):
    y = draw(column(elements, most))
    x = np.sort(np.array(draw(st.lists(st.floats(-1e6, 1e6), min_size=len(y), max_size=len(y)))))
    return x.astype(np.float64), y


@given(points(), st.integers(8, 100))
def test_extremes_and_ends_are_always_drawn(series, most):
    x, y = series
    chosen = thin(x, y, most)
    finite = np.flatnonzero(np.isfinite(y))
    assert np.isfinite(y[chosen]).all()
    assert (np.diff(chosen) > 0).all()
    assert len(chosen) <= max(most, 8) + 4
    if len(finite):
        assert y[chosen].min() == y[finite].min()
        assert y[chosen].max() == y[finite].max()
        assert chosen[0] == finite[0]
        assert chosen[-1] == finite[-1]
    if len(finite) <= most:
        np.testing.assert_array_equal(chosen, finite)


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_every_spike_reaches_as_far_as_before(seed, spikes):
    random = np.random.default_rng(seed)
    y = random.normal(size=20_000) * 0.01
    at = random.choice(20_000, spikes, replace=False)
    y[at] = random.choice([-5.0, 5.0], spikes)
    x = np.arange(20_000.0)
    chosen = set(thin(x, y, 1500).tolist())
    # in each column of pixels of a chart 370 wide the line reaches what it reached
    for part in np.array_split(np.arange(20_000), 180):
        kept = [i for i in part if i in chosen]
        assert kept
        whole, drawn = y[part], y[kept]
        assert abs(drawn.max() - whole.max()) < 0.05 or any(
            abs(i - part[np.argmax(whole)]) < 60 and y[i] > 4 for i in chosen
        )
        assert abs(drawn.min() - whole.min()) < 0.05 or any(
            abs(i - part[np.argmin(whole)]) < 60 and y[i] < -4 for i in chosen
        )


def test_a_single_spike_among_a_million_is_drawn():
    y = np.zeros(1_000_000)
    y[654_321] = 1e-3
    assert 654_321 in thin(np.arange(1e6), y, 300)


def test_all_at_one_x():
    y = np.arange(5000.0)
    chosen = thin(np.zeros(5000), y, 100)
    assert {0, 4999} <= set(chosen.tolist())


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=20, max_size=300),
    st.integers(8, 15),
)
def test_any_axis(x, most):
    x = np.sort(np.array(x))
    chosen = thin(x, np.arange(float(len(x))), most)
    assert {0, len(x) - 1} <= set(chosen.tolist())


@given(st.integers(0, 2**32), st.integers(110, 3000), st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_many_points_at_few_places(seed, n, places):
    random = np.random.default_rng(seed)
    x = np.sort(random.integers(0, places, n)).astype(np.float64)
    y = random.normal(size=n)
    chosen = thin(x, y, 100)
    assert {0, n - 1, int(np.argmin(y)), int(np.argmax(y))} <= set(chosen.tolist())


def test_an_axis_finer_than_floats_can_cut():
    x = np.nextafter(1.7e9, 2e9) + np.repeat([0.0, 2.4e-7, 4.8e-7], 300)
    thin(x, np.random.default_rng(0).normal(size=900), 100)


@given(points(), st.integers(8, 60))
def test_each_gap_stands_between_its_points(series, most):
    x, y = series
    chosen = thin(x, y, most)
    broken = gaps(y, chosen)
    assert not np.isfinite(y[broken]).any()
    drawn = np.union1d(chosen, broken)
    # between two neighbours that are drawn with no gap between them, there was none
    for left, right in zip(drawn[:-1], drawn[1:], strict=True):
        if np.isfinite(y[left]) and np.isfinite(y[right]):
            assert np.isfinite(y[left : right + 1]).all()


@given(points(st.just(np.nan), 300), st.integers(2, 50))
def test_marks_are_spread_with_first_and_last(series, most):
    x, y = series
    where = np.flatnonzero(np.isnan(y))
    kept = spread(x, where, most)
    assert set(kept) <= set(where)
    if len(where):
        assert kept[0] == where[0]
        assert x[kept[-1]] == x[where[-1]]
    assert len(kept) <= max(most + 1, 2 * most)


@given(points(), st.floats(0, 0.99), st.booleans(), st.integers(8, 60))
def test_a_line_tells_the_truth(series, smoothing, log_y, most):
    x, y = series
    order = np.random.default_rng(len(x)).permutation(len(x))
    one = Series("k")
    one.update(x[order], y[order])
    line = one.line(ChartOptions(smoothing=smoothing, log_y=log_y), most)
    assert (np.diff(line.x) >= 0).all()
    assert not np.isinf(line.y).any()
    assert line.total == len(y)
    assert line.drawn <= line.total
    finite = y[np.isfinite(y)]
    assert line.minimum == (finite.min() if len(finite) else None)
    assert line.maximum == (finite.max() if len(finite) else None)
    assert {m for _, m in line.marks} == {
        *(["NaN"] if np.isnan(y).any() else []),
        *(["∞"] if (y == np.inf).any() else []),
        *(["−∞"] if (y == -np.inf).any() else []),
    }
    if log_y:
        assert not (line.y <= 0).any()
        assert line.hidden == np.count_nonzero(np.isfinite(y) & (y <= 0)) + np.count_nonzero(
            y == -np.inf
        )


@given(points(FINITE), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 0.99))
def test_smoothing_never_changes_with_the_window(series, x0, x1, smoothing):
    x, y = series
    one = Series("k")
    one.update(x, y)
    whole = one.line(ChartOptions(smoothing=smoothing), 10_000)
    part = one.line(ChartOptions(smoothing=smoothing, window=(x0, x1)), 10_000)
    low, high = min(x0, x1), max(x0, x1)
    inside = (whole.x >= low) & (whole.x <= high)
    assert part.total == np.count_nonzero(inside)
    np.testing.assert_array_equal(whole.y[inside], part.y[(part.x >= low) & (part.x <= high)])


def test_smoothing_goes_on_where_it_stopped():
    random = np.random.default_rng(1)
    y = random.normal(size=3000)
    grown, once = Series("a"), Series("b")
    options = ChartOptions(smoothing=0.9)
    for n in (10, 1000, 1001, 3000):
        grown.update(np.arange(float(n)), y[:n].copy())
        grown.line(options, 100)
    once.update(np.arange(3000.0), y)
    np.testing.assert_allclose(grown.line(options, 5000).y, once.line(options, 5000).y)


def test_a_late_point_in_the_middle_is_smoothed_anew():
    one = Series("a")
    options = ChartOptions(smoothing=0.5)
    one.update(np.array([0.0, 2.0]), np.array([1.0, 3.0]))
    one.line(options, 100)
    one.update(np.array([0.0, 2.0, 1.0]), np.array([1.0, 3.0, 2.0]))
    fresh = Series("b")
    fresh.update(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(one.line(options, 100).y, fresh.line(options, 100).y)
