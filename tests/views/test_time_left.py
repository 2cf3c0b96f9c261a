"""How long a run may still take, and when nobody can tell any more."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.journal import Progress
from jupyter_runs.views import RunView
from jupyter_runs.views.bars import Bar
from jupyter_runs.views.head import PAUSE, build, progress_of, progress_of_bar, time_left


def test_it_goes_on_as_it_went_so_far():
    def told(done, total, at, started=100.0, first=0.0):
        return Progress(done, total, "", at, started, first)

    assert time_left(told(25, 100, 110.0), 2, 90.0, 110.0) == 30
    assert time_left(told(25, 100, 110.0), 2, 90.0, 120.0) == 20
    assert time_left(told(60, 100, 110.0, first=50.0), 2, 90.0, 110.0) == 40
    assert time_left(told(50, 100, 100.0, first=50.0), 1, 90.0, 100.0) == 10
    assert time_left(told(0, 100, 100.0), 1, 90.0, 100.0) is None
    assert time_left(told(5, None, 110.0), 2, 90.0, 110.0) is None
    assert time_left(told(120, 100, 110.0), 2, 90.0, 110.0) is None
    assert progress_of(told(120, 100, 110.0)).fraction == 1
    assert progress_of(told(5, None, 110.0)).text == "5"


def test_an_estimate_that_no_longer_holds_is_left_out():
    # said once, 10 s after the start: the half was done, so that 10 s were left
    once = Progress(50.0, 100.0, "", 110.0, 110.0, 50.0)
    assert time_left(once, 1, 100.0, 119.0) == 1
    for now in (120.0, 121.0, 10_000.0):
        assert time_left(once, 1, 100.0, now) is None
    # each second from 0 on, of an hour: silent for longer than a pause takes, it may stand still
    often = Progress(600.0, 3600.0, "", 700.0, 100.0, 0.0)
    assert time_left(often, 601, 90.0, 700 + PAUSE) == 3000 - PAUSE
    assert time_left(often, 601, 90.0, 703 + PAUSE) is None
    # each ten minutes: so long it is silent anyway
    seldom = Progress(2.0, 8.0, "epochs", 1300.0, 100.0, 0.0)
    assert time_left(seldom, 3, 90.0, 2300.0) == 2600
    assert time_left(seldom, 3, 90.0, 2600.0) is None


@given(
    done=st.floats(0, 1e6),
    total=st.floats(0, 1e6) | st.none(),
    first=st.floats(0, 1e6),
    at=st.floats(0, 1e9),
    since=st.floats(0, 1e9),
    started=st.floats(0, 1e9) | st.none(),
    tellings=st.integers(1, 10**6),
    later=st.lists(st.floats(0, 1e9), min_size=2, max_size=2),
)
def test_what_is_left_only_becomes_less_until_it_is_not_known(
    done, total, first, at, since, started, tellings, later
):
    told = Progress(done, total, "", at, since, first)
    before, after = (time_left(told, tellings, started, at + more) for more in sorted(later))
    assert before is None or before > 0
    assert after is None or (before is not None and 0 < after <= before)


def test_a_run_that_told_its_progress_long_ago(make):
    now = time.time()
    run = make(created=now - 20)
    run.writer.event("progress", done=50, total=100)
    view = RunView(run.folder)
    known = {"last_step": None, "portal_url": None, "log_tail": None}
    soon, late = (build(view._reader, view._status, **known, now=now + more) for more in (5, 3600))
    assert 10 < soon.eta < 20
    assert (late.eta, late.active, late.progress.text) == (None, True, "50 of 100")


def test_a_bar_that_stands_still():
    bar = Bar(420.0, 1000.0, "batch", 42.0, 58.0)
    assert progress_of_bar(bar, 100.0, 110.0)[1] == 48
    assert progress_of_bar(bar, 100.0, 158.0)[1] is None  # so long it was to take
    assert progress_of_bar(bar._replace(left=5800.0), 100.0, 120.0)[1] == 5780
    assert progress_of_bar(bar._replace(left=5800.0), 100.0, 100 + 2 * PAUSE)[1] is None
    assert progress_of_bar(bar._replace(done=0.0), 100.0, 110.0)[1] is None
