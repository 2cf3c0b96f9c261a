"""Numbers, times and text as people read them; nothing raises."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.views import format as f
from jupyter_runs.views.axes import axis

NUMBERS = st.floats() | st.integers() | st.none() | st.booleans() | st.integers(10**300, 10**400)
TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3295.741, "3,295.7"),
        (0.4, "0.4"),
        (0.6174, "0.6174"),
        (2.1e-4, "2.1e-4"),
        (1234, "1,234"),
        (1234567, "1,234,567"),
        (123456.7, "123,457"),
        (1.5e9, "1.5e9"),
        (10**20, "1e20"),
        (-0.5, "-0.5"),
        (0.0, "0"),
        (0.001, "0.001"),
        (99999.96, "100,000"),
        (True, "True"),
        (None, "None"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (np.float32(0.1), "0.1"),
        (np.int64(3), "3"),
        ("text", "text"),
    ],
)
def test_numbers(value, text):
    assert f.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.42, "0.4 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (843, "14 min 03 s"),
        (7500, "2 h 05 min"),
        (3600 * 76, "3 d 04 h"),
        (-5, "0.0 s"),
        (None, ""),
        (math.nan, ""),
    ],
)
def test_durations(seconds, text):
    assert f.duration(seconds) == text


def test_sizes():
    assert [f.size(n) for n in (0, 532, 1200, 3_400_000, 999_990, None)] == [
        "0 B",
        "532 B",
        "1.2 kB",
        "3.4 MB",
        "1.0 MB",
        "0 B",
    ]


def test_moment_has_its_offset(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert f.moment(1_795_000_000) == "2026-11-18 16:36:40 (UTC+05:30)"
    finally:
        monkeypatch.undo()
        time.tzset()
    assert f.moment(1e300) == ""
    assert f.iso(0) == "1970-01-01T00:00:00Z"


@given(NUMBERS | TEXT)
def test_nothing_raises(value):
    for call in (
        f.number,
        f.duration,
        f.about,
        f.size,
        f.moment,
        f.iso,
        f.clean,
        f.escape,
        f.shorten,
    ):
        said = call(value)
        assert said is None or isinstance(said, str)


def test_an_int_too_long_for_python_to_print():
    assert f.number(10**5000) == "~1e5000"
    assert f.number(-(10**5000)) == "-~1e5000"


def test_an_object_that_cannot_be_said():
    class Bad:
        def __str__(self):
            raise RuntimeError

    assert f.clean(Bad()) == "<Bad>"


@given(TEXT)
def test_text_is_safe_to_show(text):
    said = f.escape(text)
    assert not re.search(r"[<>\"']", said)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", said
    )
    said.encode("utf-8")


@given(TEXT, st.integers(5, 80))
def test_short_text_is_short_and_on_one_line(text, length):
    said = f.shorten(text, length)
    assert len(said) <= length
    assert "\n" not in said


@given(
    st.floats(), st.floats(), st.sampled_from(["", "step", "index", "time", "relative", "column"])
)
def test_axes_of_any_span(low, high, kind):
    if not (math.isfinite(low) and math.isfinite(high)):
        return
    low, high = sorted((low, high))
    found = axis(low, high, kind)
    assert len(found) <= 60
    for place, label in found:
        assert math.isfinite(place)
        assert label


@pytest.mark.parametrize(
    ("low", "high", "kind", "labels"),
    [
        (0, 124_000, "step", ["0", "50k", "100k"]),
        (0, 0.00113, "", ["0", "0.0005", "0.001"]),
        (10_000, 10_001, "", None),
        (0, 14 * 60, "relative", ["0", "5 min", "10 min"]),
        (0, 3 * 3600, "relative", ["0", "1 h", "2 h", "3 h"]),
        (0, 3, "step", ["0", "1", "2", "3"]),
    ],
)
def test_ticks(low, high, kind, labels):
    found = [label for _, label in axis(low, high, kind)]
    assert len(set(found)) == len(found)
    assert labels is None or found == labels
