"""Which chart a metric gets, from real journals."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.views import ChartOptions, RunView
from jupyter_runs.views.lines import fill_steps


def chart(run, key, **options):
    run.writer.flush()
    return RunView(run.folder).chart(key, ChartOptions(**options))


def test_a_scalar_over_its_steps(run):
    for i in range(620):
        run.writer.log("loss", 1 / (i + 1), step=i * 200)
    found = chart(run, "loss")
    assert (found.kind, found.x_kind, found.x_label, found.badge) == (
        "line",
        "step",
        "step",
        "620 points",
    )
    (line,) = found.lines
    assert (line.total, line.drawn, line.label) == (620, 620, "")
    assert (line.x[0], line.x[-1]) == (0, 619 * 200)
    assert (line.minimum, line.maximum, line.last) == (1 / 620, 1.0, 1 / 620)
    assert found.last_text == "0.0016129"
    assert found.trend == "flat"


def test_trends(run):
    for i in range(100):
        run.writer.log_metrics({"up": i, "down": -i, "noise": (-1) ** i})
    assert [chart(run, k).trend for k in ("up", "down", "noise")] == ["up", "down", "flat"]


def test_a_long_series_says_what_is_drawn(run):
    for i in range(20_000):
        run.writer.log("loss", math.sin(i / 100) + (50 if i == 12_345 else 0))
    found = chart(run, "loss")
    (line,) = found.lines
    assert found.badge == f"{line.drawn:,} of 20,000 drawn · zoom for exact"
    assert 500 < line.drawn <= 1500
    assert 12_345 in line.x
    part = chart(run, "loss", window=(12_000, 13_000))
    assert part.badge == "1,001 points in view · exact"
    assert part.lines[0].total == part.lines[0].drawn == 1001
    assert part.lines[0].maximum == line.maximum
    still = chart(run, "loss", window=(0, 9_999))
    assert still.badge == f"{still.lines[0].drawn:,} of 10,000 in view · zoom for exact"


def test_without_steps_over_the_index(run):
    for i in range(5):
        run.writer.log("a", i * 2)
    found = chart(run, "a")
    assert found.x_kind == "index"
    np.testing.assert_array_equal(found.lines[0].x, range(5))


def test_steps_in_any_order_with_gaps(run):
    for step in (5, 1, 9, 1):
        run.writer.log("a", step * 10, step=step)
    run.writer.log("a", 100)
    found = chart(run, "a").lines[0]
    np.testing.assert_array_equal(found.x, [1, 1, 2, 5, 9])
    np.testing.assert_array_equal(found.y, [10, 10, 100, 50, 90])
    assert found.last == 100 or found.last == 90


@given(st.lists(st.integers(-1000, 1000) | st.none(), max_size=50))
def test_filled_steps_keep_what_was_said(steps):
    given_steps = np.array([np.nan if s is None else s for s in steps], dtype=np.float64)
    filled = fill_steps(given_steps)
    assert np.isfinite(filled).all()
    known = ~np.isnan(given_steps)
    np.testing.assert_array_equal(filled[known], given_steps[known])
    for i in range(1, len(steps)):
        if steps[i] is None and known[:i].any():
            assert filled[i] == filled[i - 1] + 1


def test_time_and_relative_time(run):
    for i in range(3):
        run.writer.log("a", i, step=i)
    now = time.time()
    at = chart(run, "a", x="time")
    since = chart(run, "a", x="relative")
    assert at.x_kind == "time"
    assert abs(at.lines[0].x[-1] - now) < 5
    assert since.x_label == "since start"
    assert 59 < since.lines[0].x[0] < 65


def test_nan_and_infinity_are_gaps_with_marks(run):
    for value in (1.0, math.nan, 2.0, math.inf, 3.0, -math.inf, None, 4.0):
        run.writer.log("a", value)
    found = chart(run, "a")
    (line,) = found.lines
    assert line.marks == ((1, "NaN"), (3, "∞"), (5, "−∞"), (6, "None"))
    np.testing.assert_array_equal(
        np.isnan(line.y),
        [False, True, False, True, False, True, False] if len(line.y) == 7 else np.isnan(line.y),
    )
    assert (line.minimum, line.maximum) == (1, 4)
    assert found.badge == "8 points"


def test_a_log_axis_counts_what_it_cannot_show(run):
    for value in (1.0, 0.0, -5.0, 100.0):
        run.writer.log("a", value)
    found = chart(run, "a", log_y=True)
    assert found.badge == "4 points · 2 not above 0 not shown"
    assert not (found.lines[0].y <= 0).any()


def test_smoothing_keeps_the_raw_line_below(run):
    for i in range(100):
        run.writer.log("a", (-1.0) ** i)
    found = chart(run, "a", smoothing=0.9).lines[0]
    assert set(found.faint) == {-1.0, 1.0}
    assert np.abs(found.y[-20:]).max() < 0.2
    assert (found.minimum, found.maximum) == (-1, 1)


def test_processes_are_told_apart(run):
    others = [run.other(f"rank{k}-{k}", rank=k) for k in range(8)]
    for k, writer in enumerate(others):
        for i in range(10):
            writer.log("loss", k + i, step=i)
        writer.flush()
    found = chart(run, "loss")
    assert [line.label for line in found.lines] == [f"rank {k}" for k in range(8)]
    assert all(line.total == 10 for line in found.lines)
    assert found.badge == "80 points"


def test_a_list(run):
    run.writer.log_list("Fibonacci", [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
    run.writer.log_list("empty", [])
    run.writer.log_list("one", [7])
    found = chart(run, "Fibonacci")
    assert (found.kind, found.badge, found.x_kind) == ("line", "list of 12", "index")
    assert chart(run, "empty").badge == "list of 0"
    assert chart(run, "one").badge == "list of 1"


def test_rows_of_two_numbers(run):
    for i in range(20):
        run.writer.log_row("Cosine", {"angle": i, "cosine": math.cos(i)})
    found = chart(run, "Cosine")
    assert (found.kind, found.badge, found.x_label, found.y_label) == (
        "line",
        "20 rows",
        "angle",
        "cosine",
    )
    assert found.table is None
    assert len(found.lines) == 1


def test_rows_of_more_columns_have_lines_and_the_table(run):
    for i in range(20):
        run.writer.log_row(
            "sys", {"step": i, "gpu": i * 2, "cpu": None if i == 3 else 1.5, "host": "a"}
        )
    found = chart(run, "sys")
    assert [line.label for line in found.lines] == ["gpu", "cpu"]
    assert found.lines[1].marks == ((3.0, "None"),)
    assert found.table.columns == ("step", "gpu", "cpu", "host")
    assert found.table.rows[3] == ("3", "6", "", "a")
    assert found.badge == "20 rows"


def test_one_row_is_a_table(run):
    run.writer.log_row("r", {"x": 1, "y": 0.4})
    found = chart(run, "r")
    assert (found.kind, found.badge, found.table.rows) == ("table", "1 row", (("1", "0.4"),))


def test_a_table_of_two_numbers_and_one_of_text(run):
    run.writer.log_table("sine", {"x": [1, 2, 3], "y": [0.8, 0.9, 0.1]})
    run.writer.log_table("names", {"name": ["a", "b"], "n": [1, 2]})
    assert chart(run, "sine").kind == "line"
    assert chart(run, "names").kind == "table"


def test_a_long_table_shows_its_end_or_beginning(run):
    run.writer.log_table("t", {"x": list(range(1000)), "s": ["a"] * 1000})
    for i in range(500):
        run.writer.log_row("r", {"i": i, "s": "b"})
    assert chart(run, "t").table.start == 0
    rows = chart(run, "r").table
    assert (rows.start, rows.total, len(rows.rows), rows.rows[-1]) == (300, 500, 200, ("499", "b"))


def test_strings_are_text(run):
    for phase in ("warm-up", "training"):
        run.writer.log("phase", phase, step=3)
    found = chart(run, "phase")
    assert (found.kind, found.last_text, found.badge) == ("text", "training", "2 values")
    assert [t.text for t in found.texts] == ["warm-up", "training"]
    assert found.texts[0].step == 3


def test_a_string_among_numbers_is_a_mark_and_text(run):
    for value in (1.0, 2.0, "diverged"):
        run.writer.log("loss", value)
    found = chart(run, "loss")
    assert found.kind == "line"
    assert found.lines[0].marks == ((2.0, "text"),)
    assert [t.text for t in found.texts] == ["diverged"]


def test_a_confusion_matrix(run):
    value = {"class_labels": ["cat", "dog"], "matrix": [[5, 1], [0, 6]]}
    run.writer.log_body("confusion_matrix", "cm", value)
    found = chart(run, "cm")
    assert found.kind == "matrix"
    assert found.matrix.labels == ("cat", "dog")
    assert found.matrix.counts == ((5, 1), (0, 6))
    assert found.matrix.shares == ((5 / 6, 1 / 6), (0, 1))
    assert found.badge == "12 samples · accuracy 0.9167"


def test_huge_ints_and_bools(run):
    for value in (10**400, True, -(10**30)):
        run.writer.log("a", value)
    line = chart(run, "a").lines[0]
    assert line.marks == ((0.0, "∞"),)
    assert line.maximum == 1.0


def test_an_unknown_chart(run):
    run.writer.log("one", 1)
    with pytest.raises(KeyError):
        chart(run, "none")
    with pytest.raises(KeyError):
        chart(run, "one")
