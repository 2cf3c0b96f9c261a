"""The Children tab, on real runs."""

from __future__ import annotations

import pytest
from ipywidgets.widgets.widget import _instances

from jupyter_runs.views import ComparisonView
from jupyter_runs.widgets import RunDetails
from jupyter_runs.widgets.details import TABS
from jupyter_runs.widgets.runs_table import leader, tag_columns


@pytest.fixture
def details(run, monkeypatch):
    """A widget that nobody but the test drives."""
    from jupyter_runs.widgets import live

    monkeypatch.setattr(live.Poller, "start", lambda self: None)
    monkeypatch.setattr(RunDetails, "_ask_portal", lambda self: None)
    made = RunDetails(run)
    _ = made.widget
    yield made
    made.close()


def look(details):
    details._look()
    assert details._fault == ""


def open_tab(details):
    details._tabs.value = TABS["children"]
    assert details._fault == ""


def send(details, **message):
    details._heard(None, message, None)
    assert details._fault == ""


def test_there_is_a_tab_as_soon_as_there_are_children(run, details):
    assert "jpr-no-children" in details._tabs._dom_classes
    run.create_children(tag_key="fold", tag_values=["<i>a</i>", "2"])
    look(details)
    assert "jpr-no-children" not in details._tabs._dom_classes
    assert details._tabs.tooltips[5] == "2"
    assert details._children._table.value == ""  # nobody looks
    open_tab(details)
    html = details._children._table.value
    assert html.count("<tr data-run=") == 2
    assert 'data-column="tag:fold"' in html
    assert "&lt;i&gt;a&lt;/i&gt;" in html
    assert "<i>a" not in html


def test_the_best_is_marked_and_said(run, details):
    for value in (0.3, 0.1, 0.2):
        run.child_run(f"c{value}").log("loss", value)
    look(details)
    open_tab(details)
    tab = details._children
    assert "has the lowest loss: 0.1" in tab._note.value
    assert "c0.1" in tab._note.value
    assert tab._table.value.count("★") == 1


def test_leader_by_the_first_metric_that_tells_two_apart(experiment):
    runs = [experiment.start_logging(snapshot_directory=None) for _ in range(3)]
    for k, run in enumerate(runs):
        run.log("same loss", 1.0)
        run.log("size", k)
        run.log("loss", -k)
        run.flush()
    rows = ComparisonView([run.folder for run in runs]).rows
    assert leader(rows, ["same loss", "size", "loss"]) == (runs[2].id, "highest size")
    assert leader(rows, ["loss"]) == (runs[2].id, "lowest loss")
    assert leader(rows, []) == leader(rows, ["none", "same loss"]) == ("", "")
    runs[0].tag("no value")
    runs[0].tag("key", "v")
    assert tag_columns(ComparisonView([run.folder for run in runs]).rows) == ("key",)
    for run in runs:
        run.complete()


def test_a_child_opens_below_and_goes_again(run, details):
    a, b = run.create_children(count=2)
    a.log("loss", 1.0)
    look(details)
    open_tab(details)
    tab = details._children
    send(details, kind="open", run=a.id)
    assert tab._below.children == (tab._opened.widget,)
    assert f'<tr data-run="{a.id}" class="jpr-opened">' in tab._table.value
    assert tab._opened._run == a
    first = tab._opened
    send(details, kind="open", run=b.id)
    assert tab._opened_id == b.id
    assert first.widget.comm is None  # closed, and all within it
    assert first._tabs.comm is None
    send(details, kind="open", run=b.id)
    assert tab._below.children == ()
    send(details, kind="open", run="../../etc")
    assert tab._opened is None


def test_what_was_opened_leaves_nothing_behind(run, details):
    child = run.child_run()
    for i in range(30):
        child.log("loss", i)
    look(details)
    open_tab(details)
    for _ in range(2):
        send(details, kind="open", run=child.id)
    before = set(_instances)
    for _ in range(2):
        send(details, kind="open", run=child.id)
    left = [_instances[key] for key in set(_instances) - before if _instances[key].comm]
    assert len(left) <= 1  # a layout of anywidget's


def test_it_goes_on_while_a_child_does(run, details):
    child = run.child_run()
    child._own = None  # as one that another process runs: it does not end with its parent
    run.complete()
    look(details)
    assert details._active()
    child.complete()
    look(details)
    assert not details._active()
    assert details._final


def test_a_run_that_has_children_alone_opens_with_them(run):
    run.child_run("trial").log("loss", 1)
    made = RunDetails(run)
    _ = made.widget
    assert made._tabs.value == TABS["children"]
    made.close()
    run.log("loss", 1)
    made = RunDetails(run)
    _ = made.widget
    assert made._tabs.value == TABS["metrics"]
    made.close()
