"""Few records are counted one by one, many as arrays: what is told of a series is the same."""

from __future__ import annotations

import struct
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_runs.journal import fast, fast_counts
from jupyter_runs.journal.layout import SEAL, SERIES_BITS, SLOTS, T_VOID
from jupyter_runs.journal.pages import Piece

FLOATS = st.floats(width=64)
RECORD = st.tuples(
    st.sampled_from([0, 1, 2, 3, 40, fast_counts.COUNTED - 1, fast_counts.COUNTED]),  # series
    st.sampled_from([0, 0, 0, 1, 2, 3, 4, T_VOID]),  # type
    FLOATS | st.sampled_from([0.0, -0.0, float("nan")]),
    st.integers(-(2**63), 2**63 - 1),
    FLOATS,
)
PIECES = st.lists(
    st.tuples(st.integers(0, 3 * SLOTS), st.lists(RECORD, min_size=1, max_size=12)), max_size=8
)
TOLD = ("_count", "_first_time", "_last_time", "_last_step", "_last_place", "_last_bits")
TOLD += ("_last_kind", "_low", "_high")


def packed(record):
    """Return a record as it is stored."""
    series, kind, value, step, time = record
    bits = struct.pack("<d", value) if kind == 0 else struct.pack("<q", step)
    return bits + struct.pack("<qdII", step, time, series | kind << SERIES_BITS, 7)


def taken(pieces, few, monkeypatch, *, extremes=True):
    """Let a store take pieces; return it, and what it said has changed."""
    monkeypatch.setattr(fast, "FEW", few)
    store = fast.FastStore(extremes=extremes)
    segment = SimpleNamespace(header=SimpleNamespace(number=0, first=1000))
    changed = [
        store.add([Piece(segment, slot, b"".join(map(packed, records)))])
        for slot, records in pieces
    ]
    return store, changed


@settings(max_examples=150, deadline=None)
@given(pieces=PIECES, extremes=st.booleans())
@example(
    pieces=[(SEAL - 1, [(1, 0, 1.0, 0, 5.0), (2, 0, 9.0, 0, 9.0), (1, 0, 2.0, 0, 6.0)])],
    extremes=True,
)
def test_counted_one_by_one_or_all_at_once(pieces, extremes):
    with pytest.MonkeyPatch.context() as monkeypatch:
        one, changed = taken(pieces, 1 << 20, monkeypatch, extremes=extremes)
        all_, expected = taken(pieces, 0, monkeypatch, extremes=extremes)
    assert changed == expected
    a, b = one.counts, all_.counts
    assert (a.total, a.rising) == (b.total, b.rising)
    for name in TOLD:
        told, same = getattr(a, name), getattr(b, name)
        top = max(len(told), len(same))
        np.testing.assert_array_equal(padded(told, top, name), padded(same, top, name), name)
    assert {n: (seen.spans, seen.ids) for n, seen in one._seen.items()} == {
        n: (seen.spans, seen.ids) for n, seen in all_._seen.items()
    }
    for series in set().union(*changed):
        assert plain(a.figures(series)) == plain(b.figures(series))
        assert str(a.last_time(series)) == str(b.last_time(series))


def padded(array, top, name):
    """Return an array with so many values: how much room there is, is no difference."""
    empty = {"_last_place": -1, "_low": np.nan, "_high": np.nan}.get(name, 0)
    return np.concatenate([array, np.full(top - len(array), empty, array.dtype)])


def plain(told):
    """Return what can be compared: NaN is itself, and 0.0 is -0.0."""
    return str(told).replace("-0.0", "0.0")
