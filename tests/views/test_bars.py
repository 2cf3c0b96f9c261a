"""Progress bars in logs."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.views import RunView
from jupyter_runs.views.bars import Bar, newest_bar
from jupyter_runs.views.head import progress_of_bar


@pytest.mark.parametrize(
    ("line", "bar"),
    [
        (
            " 42%|████▏     | 420/1000 [00:12<00:17, 34.1it/s]",
            Bar(420, 1000, "", 12, 17),
        ),
        (
            "epoch 2:   0%|          | 0/12500 [00:00<?, ?batch/s]",
            Bar(0, 12500, "batch", 0, None),
        ),
        (
            "100%|##########| 3/3 [1:02:03<00:00, 1.20s/batch, loss=0.3, acc=[1]]",
            Bar(3, 3, "batch", 3723, 0),
        ),
        (" 12%|█▏  | 20.5M/170M [00:03<00:40, 4.10MB/s]", Bar(20.5e6, 170e6, "", 3, 40)),
        ("Downloading:  50%|█████     | 1.50/3.00 [00:01<00:01]", Bar(1.5, 3, "", 1, 1)),
        ("  5%|▌         | 5/100 [00:01<100:00:01,  1.5 it/s]", Bar(5, 100, "", 1, 360001)),
    ],
)
def test_bars_as_they_are_drawn(line, bar):
    assert newest_bar(line) == bar
    assert newest_bar(f"noise\n{line}\r{line}\nmore noise [1/2]") == bar


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42%",
        "50%|##| 5/0 [00:00<00:00]",
        "50%|##| 1.2.3/4 [00:00<00:00]",
        "420/1000 [00:12<00:17]",
    ],
)
def test_what_is_no_bar(text):
    assert newest_bar(text) is None


def test_the_newest_counts():
    text = (
        "\r".join(f" {i}%|#| {i}/100 [00:0{i}<00:09, 1.0it/s]" for i in range(9)) + "\nloss 0.3\n"
    )
    assert newest_bar(text).done == 8


def interval(seconds):
    minutes, s = divmod(seconds, 60)
    h, m = divmod(minutes, 60)
    return f"{h:d}:{m:02d}:{s:02d}" if h else f"{m:02d}:{s:02d}"


@given(
    done=st.integers(0, 10**9),
    more=st.integers(0, 10**9),
    spent=st.integers(0, 10**6),
    left=st.one_of(st.none(), st.integers(0, 10**6)),
    label=st.text(st.characters(blacklist_characters="\r\n"), max_size=30),
    blocks=st.text("█▏▎▍▌▋▊▉# ", max_size=40),
    unit=st.sampled_from(["it", "batch", "img", "step"]),
    slow=st.booleans(),
    after=st.sampled_from(["", "\r", "\n", "\x1b[A", ", loss=0.12"]),
)
def test_what_is_drawn_is_read(done, more, spent, left, label, blocks, unit, slow, after):
    total = done + more + 1
    rate = f"1.25s/{unit}" if slow else f"12.5{unit}/s"
    till = "?" if left is None else interval(left)
    drawn = f"{label}: {100 * done // total:3d}%|{blocks}| {done}/{total} [{interval(spent)}<{till}, {rate}]{after}"
    assert newest_bar(drawn) == Bar(done, total, "" if unit == "it" else unit, spent, left)


@given(st.text("0123456789%|█/[]<:?.,kM its\r\n", max_size=400))
def test_no_text_breaks_it(text):
    bar = newest_bar(text)
    if bar is not None:
        said, left = progress_of_bar(bar, 0.0, 1.0)
        assert 0 <= said.fraction <= 1
        assert left is None or left >= 0


def test_a_log_that_looks_like_many_bars_costs_little():
    assert newest_bar("9%|" * 3000) is None
    assert newest_bar("9%|" + "█" * 8000) is None


# -- in the header


@pytest.fixture
def going(run):
    """A run that goes on."""
    run.writer.log("loss", 1.0)
    return run


def test_time_left_from_the_newest_log(going):
    path = going.log_file(
        "70_driver_log.txt", "start\n 42%|████▏  | 420/1000 [00:12<00:30, 34.1batch/s]"
    )
    os.utime(path, (time.time() - 10, time.time() - 10))
    head = RunView(going.folder).head()
    assert head.progress.text == "420 of 1,000 batch"
    assert head.progress.fraction == 0.42
    assert 15 < head.eta <= 20.1


def test_a_bar_that_moves_is_news(going):
    path = going.log_file("log.txt", "  1%|  | 1/100 [00:12<00:30, 34.1it/s]")
    view = RunView(going.folder)
    assert not view.refresh()
    with path.open("a") as log:
        log.write("\r  2%|  | 2/100 [00:12<00:29, 34.1it/s]")
    assert view.refresh()
    assert view.head().progress.done == 2


def test_what_the_run_says_itself_goes_first(going):
    going.log_file("log.txt", " 42%|████▏  | 420/1000 [00:12<00:30, 34.1it/s]")
    going.writer.event("progress", done=3, total=4, unit="epochs")
    assert RunView(going.folder).head().progress.text == "3 of 4 epochs"


def test_a_finished_bar_says_nothing_of_what_is_left(going):
    going.log_file("log.txt", "100%|████| 10/10 [00:12<00:00, 34.1it/s]")
    head = RunView(going.folder).head()
    assert (head.progress.fraction, head.eta) == (1, None)


def test_a_run_that_ended_shows_none(going):
    going.log_file("log.txt", " 42%|████▏  | 420/1000 [00:12<00:30, 34.1it/s]")
    going.folder.end("Completed")
    assert RunView(going.folder).head().progress is None
