"""What stands in the cell, and when its picture is renewed."""

from __future__ import annotations

import pytest

from jupyter_runs.widgets import output as module
from jupyter_runs.widgets.output import Output


class Handle:
    def __init__(self):
        self.updates = []

    def update(self, bundle, raw):
        assert raw
        self.updates.append(bundle)


@pytest.fixture
def made(monkeypatch):
    now = [0.0]
    handles = []

    def display(bundle, raw, display_id):
        assert raw
        assert display_id is True
        handles.append(Handle())
        return handles[-1]

    monkeypatch.setattr("IPython.core.getipython.get_ipython", object)
    monkeypatch.setattr("IPython.display.display", display)
    return (
        Output(lambda: {"text/html": str(now[0]), "text/plain": ""}, lambda: now[0]),
        now,
        handles,
    )


def test_is_renewed_once_a_minute_at_most_and_only_after_a_change(made):
    out, now, handles = made
    assert not out.due(1)
    out.show(1)
    now[0] = 59
    assert not out.due(2)
    now[0] = 60
    assert not out.due(1)
    assert out.due(2)
    out.renew(2)
    assert handles[0].updates == [{"text/html": "60", "text/plain": ""}]
    now[0] = 100
    assert not out.due(3)
    now[0] = 120
    assert out.due(3)


def test_a_run_of_a_week_is_renewed_some_hundred_times(made):
    out, now, handles = made
    out.show(0)
    version = 0
    while now[0] < 7 * 86400:
        now[0] += 15
        version += 1
        if out.due(version):
            out.renew(version)
    assert 100 < len(handles[0].updates) < 500


def test_the_picture_of_show_is_stale_after_a_change_until_renewed(made):
    out, _, _ = made
    out.show(1)
    assert not out.stale(1)
    assert out.stale(2)
    out.renew(2)
    assert not out.stale(3)


def test_shown_again_and_again_only_the_last_places_are_renewed(made):
    out, _, handles = made
    for _ in range(10):
        out.show(1)
    out.renew(2)
    assert [len(handle.updates) for handle in handles] == [0] * (10 - module.KEPT) + [
        1
    ] * module.KEPT


def test_without_ipython_it_says_a_line(monkeypatch, capsys):
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: None)
    Output(lambda: {"text/plain": "a run"}, lambda: 0.0).show(1)
    assert capsys.readouterr().out == "a run\n"
