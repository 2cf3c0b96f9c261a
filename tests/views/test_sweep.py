"""A sweep's charts, from runs of every kind."""

from __future__ import annotations

import json
import math
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.views.parallel import parallel, parallel_svg

_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers(0, 3), max_size=2),
)
_runs = st.lists(
    st.tuples(
        st.text("abc", min_size=1),
        st.dictionaries(st.sampled_from(["--lr", "<b>", "layers"]), _values),
        st.none() | st.floats(),
    ),
    min_size=1,
    max_size=20,
)
_KINDS = ["choice", "loguniform", "uniform", "normal"]
_spaces = st.dictionaries(
    st.sampled_from(["--lr", "<b>", "layers"]), st.tuples(st.sampled_from(_KINDS), st.just([]))
)


@given(_runs, _spaces, st.booleans())
def test_parallel_coordinates_of_anything(runs, space, low):
    drawn = parallel(runs, space, "loss & more", low=low)
    assert drawn.axes[-1].name == "loss & more"
    known = [value for _, _, value in runs if value is not None and math.isfinite(value)]
    assert drawn.lines[0].share == 1
    if known:
        best = min(known) if low else max(known)
        assert any(run[0] == drawn.lines[0].run and run[2] == best for run in runs)
    assert sum(line.places[-1] is not None for line in drawn.lines) == sum(
        abs(value) < 1e305 for value in known
    )
    for line in drawn.lines:
        assert len(line.places) == len(drawn.axes)
        assert all(place is None or -1e-9 <= place <= 1 + 1e-9 for place in line.places)
    for axis in drawn.axes:
        assert all(-0.01 <= place <= 1.01 for place, _ in axis.ticks)
    ET.fromstring(parallel_svg(drawn))
    json.dumps([line.places for line in drawn.lines], allow_nan=False)


def test_logarithmic_axes_and_choices_in_order():
    runs = [(str(i), {"lr": 10.0**-i, "size": 2**i}, float(i)) for i in range(5)]
    drawn = parallel(runs, {"lr": ["loguniform", [-9, 0]], "size": ["choice", [[]]]}, "loss")
    lr, size, _ = drawn.axes
    assert [label for _, label in size.ticks] == ["1", "2", "4", "8", "16"]
    assert len(lr.ticks) >= 3
    assert [line.places[0] for line in drawn.lines] == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_an_axis_is_logarithmic_where_numbers_span_decades_and_tells_what_has_no_place_on_it():
    nan = float("nan")
    rates = [0.001, 0.01, 0.1, nan, None]
    runs = [(str(i), {"lr": rate}, float(i)) for i, rate in enumerate(rates)]
    drawn = parallel([*runs, ("5", {"lr": 0.1}, nan), ("6", {}, None)], {}, "loss", low=True)
    lr, loss = drawn.axes
    assert [line.places[0] for line in drawn.lines[:5]] == [0.0, 0.5, 1.0, None, None]
    assert (lr.note, loss.note) == ("1 NaN", "1 NaN")
    assert [line.places[-1] is None for line in drawn.lines] == [False] * 5 + [True] * 2
    assert "1 NaN" in parallel_svg(drawn)
