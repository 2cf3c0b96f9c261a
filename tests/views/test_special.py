"""Charts of values with a schema, from real journals."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.views import ChartOptions, ComparisonView, RunView, special
from jupyter_runs.views.jsonable import chart_json
from jupyter_runs.views.picture import picture
from jupyter_runs.views.svg import chart_svg

# of the schema's documents: three classes, 200 samples, thresholds 0, 0.25, 0.5, 0.75, 1
TABLES = [
    [[82, 118, 0, 0], [75, 31, 87, 7], [66, 9, 109, 16], [46, 2, 116, 36], [0, 0, 118, 82]],
    [[60, 140, 0, 0], [56, 20, 120, 4], [47, 4, 136, 13], [28, 0, 140, 32], [0, 0, 140, 60]],
    [[58, 142, 0, 0], [53, 29, 113, 5], [40, 10, 132, 18], [24, 1, 141, 34], [0, 0, 142, 58]],
]
ACCURACY = {
    "probability_tables": TABLES,
    "percentile_tables": TABLES,
    "probability_thresholds": [0.0, 0.25, 0.5, 0.75, 1.0],
    "percentile_thresholds": [0.0, 0.01, 0.24, 0.98, 1.0],
    "class_labels": ["0", "<b>x</b>", "2"],
}
RESIDUALS = {"bin_edges": [-3, -1, 0, 1, 4], "bin_counts": [5, 20, 30, 4]}
PREDICTIONS = {
    "bin_averages": [0.3, 0, 1.4],
    "bin_errors": [0.1, 0, 0.2],
    "bin_counts": [40, 0, 20],
    "bin_edges": [0.0, 0.5, 1.0, 1.5],
}
OPTIONS = ChartOptions()


def view_of(run, kind, value, name="m"):
    run.writer.log_body(kind, name, value)
    run.writer.flush()
    return RunView(run.folder)


def area(x, y):
    return sum((b - a) * (u + v) / 2 for a, b, u, v in zip(x, x[1:], y, y[1:]))


# -- accuracy tables


def test_an_accuracy_table_has_two_charts(run):
    view = view_of(run, "accuracy_table", ACCURACY, "test/accuracy")
    first, second = (view.chart(key) for key in view.chart_keys())
    assert view.chart_keys()[0] == "test/accuracy"
    assert (first.title, second.title) == (
        "test/accuracy · ROC",
        "test/accuracy · precision-recall",
    )
    assert (first.x_label, first.y_label) == ("false positive rate", "true positive rate")
    assert (second.x_label, second.y_label) == ("recall", "precision")
    assert {first.group, second.group} == {"test"}
    assert first.badge == "5 probabilities · AUC by trapezoids"
    assert [guide.label for guide in first.guides] == ["chance"]
    assert [len(c.lines) for c in (first, second)] == [3, 3]
    assert view.chart_version(second.key) == view.chart_version(first.key) > 0
    assert [tab.count for tab in view.tabs() if tab.id == "metrics"] == [1]


def test_the_area_is_that_of_the_trapezoids(run):
    line = view_of(run, "accuracy_table", ACCURACY).chart("m").lines[0]
    rows = TABLES[0][::-1]
    x, y = [fp / 118 for _, fp, _, _ in rows], [tp / 82 for tp, *_ in rows]
    assert line.x == pytest.approx(x)
    assert line.y == pytest.approx(y)
    assert line.label == f"0 · AUC {area(x, y):.3f}"


def test_thresholds_in_any_order_give_the_same_curve(run, make):
    mixed = {**ACCURACY, "probability_tables": [table[::-1] for table in TABLES]}
    a = view_of(run, "accuracy_table", ACCURACY).chart("m").lines
    b = view_of(make("r2"), "accuracy_table", mixed).chart("m").lines
    for one, other in zip(a, b, strict=True):
        assert one.label == other.label
        assert one.x.tolist() == other.x.tolist()


def test_the_table_with_more_points_is_drawn(run):
    value = {**ACCURACY, "probability_tables": [[[82, 118, 0, 0], [0, 0, 118, 82]]] * 3}
    assert "5 percentiles" in view_of(run, "accuracy_table", value).chart("m").badge


def test_perfect_and_hopeless(run):
    value = {
        **ACCURACY,
        "probability_tables": [
            [[5, 5, 0, 0], [5, 0, 5, 0], [0, 0, 5, 5]],
            [[5, 5, 0, 0], [0, 5, 0, 5], [0, 0, 5, 5]],
        ],
        "percentile_tables": [],
        "class_labels": ["good", "bad"],
    }
    lines = view_of(run, "accuracy_table", value).chart("m").lines
    assert [line.label for line in lines] == ["good · AUC 1", "bad · AUC 0"]


def test_one_class_says_its_area_beside_the_title(run):
    value = {**ACCURACY, "probability_tables": TABLES[:1], "percentile_tables": []}
    view = view_of(run, "accuracy_table", value)
    first, second = (view.chart(key) for key in view.chart_keys())
    assert first.last_text.startswith("AUC 0.9")
    assert second.guides[0].y.tolist() == pytest.approx([0.41, 0.41])


def test_a_class_without_positives_has_no_curve(run):
    value = {**ACCURACY, "probability_tables": [TABLES[0], [[0, 9, 0, 0], [0, 0, 9, 0]]]}
    value["percentile_tables"] = []
    found = view_of(run, "accuracy_table", value).chart("m")
    assert len(found.lines) == 1
    assert "1 of 2 classes without positives or negatives" in found.badge


def test_nothing_that_could_be_drawn_is_a_table(run):
    value = {**ACCURACY, "probability_tables": [[[0, 0, 0, 0]]], "percentile_tables": []}
    found = view_of(run, "accuracy_table", value).chart("m")
    assert (found.kind, found.badge) == ("table", "accuracy table")


def test_a_long_table_keeps_its_shape(run):
    scores = np.sort(np.random.default_rng(1).beta(5, 1, 20_000))
    tp = np.cumsum(scores > 0.7)[::-1]
    fp = np.cumsum(scores <= 0.7)[::-1]
    rows = np.column_stack((tp, fp, fp.max() - fp, tp.max() - tp)).tolist()
    value = {**ACCURACY, "probability_tables": [rows], "percentile_tables": []}
    view = view_of(run, "accuracy_table", value)
    (line,) = view.chart("m").lines
    assert 200 < len(line.x) < 2000
    assert line.total > 10_000
    assert area(line.x, line.y) == pytest.approx(float(view.chart("m").last_text[4:]), abs=0.002)
    assert np.hypot(np.diff(line.x), np.diff(line.y)).max() < 0.01  # no part is cut short
    (part,) = view.chart("m", ChartOptions(window=(0.1, 0.2))).lines
    assert part.x[0] <= 0.1 < 0.2 <= part.x[-1]


def test_of_many_classes_the_worst(run):
    value = {**ACCURACY, "probability_tables": TABLES * 20, "percentile_tables": []}
    value["class_labels"] = [f"class {i}" for i in range(60)]
    found = view_of(run, "accuracy_table", value).chart("m")
    assert len(found.lines) == special.CURVES
    assert "10 of 60 classes, those of least AUC" in found.badge


def test_curves_of_two_runs_lie_in_one_chart(run, make):
    views = [
        view_of(one, "residuals", {**RESIDUALS, "bin_edges": edges})
        for one, edges in ((run, [-3, -1, 0, 1, 4]), (make("r2"), [-9, -1, 0, 1, 2]))
    ]
    found = ComparisonView(views).chart("m")
    assert len(found.lines) == 2
    assert found.frame[:2] == (-9, 4)


# -- residuals and predictions


def test_residuals_are_bars_as_logged(run):
    found = view_of(run, "residuals", {**RESIDUALS, "mean": 0.25, "stddev": 1.5}).chart("m")
    (line,) = found.lines
    assert line.edges.tolist() == [-3, -1, 0, 1, 4]
    assert line.y.tolist() == [5, 20, 30, 4]
    assert line.x.tolist() == [-2, -0.5, 0.5, 2.5]
    assert found.frame == (-3, 4, 0, pytest.approx(31.8))
    assert found.badge == "4 bins · 59 residuals · mean 0.25 · sd 1.5"
    assert [guide.label for guide in found.guides] == ["no error"]
    assert found.table.columns == ("bin_edges", "bin_counts")


def test_the_last_one_logged_is_shown(run):
    run.writer.log_body("residuals", "m", RESIDUALS)
    found = view_of(run, "residuals", {"bin_edges": [0, 1], "bin_counts": [3]}).chart("m")
    assert found.badge == "1 bin · 3 residuals · last of 2"


def test_predictions_have_a_band_and_the_ideal(run):
    found = view_of(run, "predictions", PREDICTIONS).chart("m")
    (line,) = found.lines
    assert line.x.tolist() == [0.25, 1.25]  # the bin without values has no average
    assert [part.tolist() for part in line.band] == [
        pytest.approx([0.2, 1.2]),
        pytest.approx([0.4, 1.6]),
    ]
    (ideal,) = found.guides
    assert ideal.label == "ideal"
    assert ideal.x.tolist() == ideal.y.tolist() == [0, 1.5]
    assert found.badge == "3 bins (1 empty) · 60 values"
    assert found.frame[2] <= 0
    assert found.frame[3] >= 1.6


@pytest.mark.parametrize(
    ("kind", "value", "drawn"),
    [
        ("residuals", {"bin_edges": [0, 1], "bin_counts": [3]}, True),
        ("residuals", {"bin_edges": [1, 1], "bin_counts": [3]}, True),
        ("residuals", {"bin_edges": [0, 1, 2], "bin_counts": [0, 0]}, True),
        ("residuals", {"bin_edges": [0, 1, 2], "bin_counts": [math.nan, 1]}, True),
        ("residuals", {"bin_edges": [0, 1, 2], "bin_counts": [math.nan, math.nan]}, True),
        ("residuals", {"bin_edges": [0, 1, 2], "bin_counts": [1]}, False),
        ("residuals", {"bin_edges": [2, 1, 0], "bin_counts": [1, 1]}, False),
        ("residuals", {"bin_edges": [0, math.nan, 2], "bin_counts": [1, 1]}, False),
        ("residuals", {"bin_edges": [], "bin_counts": []}, False),
        ("predictions", {**PREDICTIONS, "bin_counts": [1, 1]}, False),
        ("predictions", {**PREDICTIONS, "bin_counts": [0, 0, 0]}, False),
        ("predictions", {**PREDICTIONS, "bin_averages": [math.nan, 1, math.inf]}, False),
        ("predictions", {**PREDICTIONS, "bin_errors": [math.nan, 0, math.inf]}, True),
        ("predictions", {**PREDICTIONS, "bin_averages": [0.3, None, math.nan]}, True),
    ],
)
def test_what_is_odd_is_drawn_or_told(run, kind, value, drawn):
    found = view_of(run, kind, value).chart("m")
    assert found.kind == ("line" if drawn else "table")
    if drawn:
        ET.fromstring(chart_svg(found))


# -- whatever is in it

NUMBERS = st.one_of(
    st.none(), st.integers(-5, 400), st.floats(), st.floats(0, 1e308), st.just(10**400)
)
VALUES = st.recursive(
    st.one_of(NUMBERS, st.text(max_size=5), st.booleans()),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)
COUNTS = st.lists(
    st.lists(st.lists(NUMBERS, min_size=4, max_size=4), max_size=6), min_size=1, max_size=3
)


def row(n):
    return st.lists(NUMBERS, min_size=n, max_size=n)


@given(
    st.fixed_dictionaries(
        {
            "probability_tables": st.one_of(COUNTS, VALUES),
            "precision_tables": st.one_of(COUNTS, VALUES),
            "class_labels": VALUES,
            "bin_edges": st.one_of(VALUES, row(4)),
            "bin_counts": st.one_of(VALUES, row(3)),
            "bin_averages": st.one_of(VALUES, row(3)),
            "bin_errors": st.one_of(VALUES, row(3)),
            "mean": VALUES,
        }
    ),
    st.sampled_from(
        [special.roc, special.precision_recall, special.residuals, special.predictions]
    ),
)
def test_no_value_breaks_a_chart(data, draw):
    with np.errstate(all="ignore"):
        parts = draw(data, OPTIONS)
    if parts is not None:
        assert all(math.isfinite(v) for v in parts["frame"])
        assert parts["frame"][0] < parts["frame"][1]
        assert parts["frame"][2] < parts["frame"][3]
        assert all(np.isfinite(line.x).all() for line in parts["lines"])


# -- where it is shown


def test_as_json_and_as_a_picture(run):
    run.writer.log_body("accuracy_table", "acc", ACCURACY)
    run.writer.log_body("residuals", "res", RESIDUALS)
    view = view_of(run, "predictions", PREDICTIONS, "pred")
    told = view.to_json()
    assert told["order"] == view.chart_keys()
    json.dumps(told["charts"], allow_nan=False)
    assert [chart["key"] for chart in told["charts"]] == told["order"]
    bars = told["charts"][2]
    assert bars["lines"][0]["edges"] == [-3, -1, 0, 1, 4]
    assert bars["frame"][2] == 0
    assert told["charts"][3]["guides"][0]["label"] == "ideal"
    page = picture(view, 0.0)
    assert page.count("<img") == 4
    assert "&lt;b&gt;x&lt;/b&gt; · AUC" in page
    assert "<b>x" not in page


def test_a_chart_told_again_is_told_whole(run):
    chart = view_of(run, "residuals", RESIDUALS).chart("m")
    assert chart_json(chart, chart)["lines"][0]["start"] == 0


def test_an_unknown_chart_of_a_metric(run):
    view = view_of(run, "residuals", RESIDUALS)
    with pytest.raises(KeyError):
        view.chart("m\x1fROC")
