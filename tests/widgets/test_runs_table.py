"""Which run is the best, and that strangers' text stays text."""

from __future__ import annotations

import pytest

from jupyter_runs.widgets.runs_table import best, better, differing_metrics, table_html


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("loss", "low"),
        ("train/loss", "low"),
        ("mse", "low"),
        ("val_error", "low"),
        ("accuracy", "high"),
        ("f1-score", "high"),
        ("MAP@k", "high"),
        ("map", "high"),
        ("lr", ""),
        ("alpha", ""),
        ("bitmap size", ""),
        ("accuracy loss", ""),
    ],
)
def test_better_is_told_by_the_name_or_not_at_all(name, way):
    assert better(name) == way


def test_best_and_table(experiment):
    runs = [
        experiment.start_logging(snapshot_directory=None, params={"alpha": k, "same": 1})
        for k in range(3)
    ]
    for value, run in zip([3.0, float("nan"), 1.0], runs):
        run.log("loss", value)
        run.log("<b>x</b>", value)
        run.tag("<i>t</i>")
        run.complete()
    from jupyter_runs.views import ComparisonView

    view = ComparisonView([run.folder for run in runs])
    assert best("loss", view.rows) == {runs[2].id: "lowest loss"}
    assert best("<b>x</b>", view.rows) == {}
    assert "loss" in differing_metrics(view.table)
    html = table_html(view.table, {run.id: "#123456" for run in runs})
    assert "<b>x</b>" not in html
    assert "<i>t</i>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert html.count("★") == 1
    assert "1 parameter the same in all: same" in html


def test_no_best_when_all_are_the_same(experiment):
    runs = [experiment.start_logging(snapshot_directory=None) for _ in range(2)]
    for run in runs:
        run.log("loss", 1.0)
    from jupyter_runs.views import ComparisonView

    assert best("loss", ComparisonView([run.folder for run in runs]).rows) == {}
