"""The moving average: as its definition, in one piece or many, and fast."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.views.smooth import Ema, smooth

WEIGHTS = st.floats(0.0, 0.999)
VALUES = st.lists(
    st.floats(width=64) | st.sampled_from([np.nan, np.inf, -np.inf]), max_size=300
).map(lambda v: np.array(v, dtype=np.float64))
SANE = st.lists(st.floats(-1e9, 1e9) | st.just(np.nan), max_size=400).map(
    lambda v: np.array(v, dtype=np.float64)
)


def plain(values, weight):
    state, count, out = 0.0, 0, []
    for value in values.tolist():
        if not np.isfinite(value):
            out.append(np.nan)
            continue
        count += 1
        state = weight * state + (1 - weight) * value
        out.append(state / (1 - weight**count))
    return np.array(out)


@given(SANE, WEIGHTS)
def test_is_the_plain_definition(values, weight):
    scale = np.nanmax(np.abs(values)) if np.isfinite(values).any() else 1.0
    np.testing.assert_allclose(
        smooth(values, weight), plain(values, weight), rtol=1e-9, atol=1e-11 * scale
    )


@given(SANE, WEIGHTS, st.lists(st.integers(0, 400), max_size=5))
def test_pieces_are_the_whole(values, weight, cuts):
    ema = Ema(weight)
    parts = np.concatenate(
        [ema.extend(part) for part in np.split(values, sorted(min(c, len(values)) for c in cuts))]
    )
    scale = np.nanmax(np.abs(values)) if np.isfinite(values).any() else 1.0
    np.testing.assert_allclose(parts, smooth(values, weight), rtol=1e-9, atol=1e-11 * scale)


@given(VALUES, WEIGHTS)
def test_any_values_give_gaps_where_they_are_no_numbers(values, weight):
    out = smooth(values, weight)
    assert out.shape == values.shape
    np.testing.assert_array_equal(np.isnan(out), ~np.isfinite(values))


def test_the_largest_float_stays_finite():
    most = np.finfo(np.float64).max
    assert smooth(np.array([most, -most]), 0.75)[0] == most


@pytest.mark.parametrize("weight", [0.6, 0.9, 0.99, 0.999])
def test_a_long_series_agrees_far_from_its_beginning(weight):
    values = np.random.default_rng(0).normal(size=50_000).cumsum()
    np.testing.assert_allclose(smooth(values, weight), plain(values, weight), rtol=1e-9, atol=1e-9)


def test_a_constant_stays_itself():
    np.testing.assert_allclose(smooth(np.full(1000, 7.5), 0.999), 7.5)


@pytest.mark.parametrize("weight", [1.0, -0.1, np.nan, 2])
def test_another_weight_is_an_error(weight):
    with pytest.raises(ValueError, match="below 1"):
        Ema(weight)
