"""The Logs tab, on real files of a real run."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.journal import RunFolder, Writer
from jupyter_runs.views import RunView
from jupyter_runs.views.format import clean
from jupyter_runs.widgets.logs_tab import FOUND, LogsTab, marked


@pytest.fixture
def tab(tmp_path):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main-1-0000", "experiment": "e"})
    writer = Writer(folder, name="main-1-0000")
    writer.log("loss", 1.0)
    folder.logs.mkdir()
    (folder.logs / "train.txt").write_text(
        "".join(f"epoch {i}\n" for i in range(20)) + "<b>Late</b>\n"
    )
    view = RunView(folder)
    view.refresh()
    made = LogsTab(view, lambda do: do())
    made.refresh()
    yield made
    writer.close()


def test_lines_that_hold_what_is_looked_for(tab):
    tab._find.value = "EPOCH 1"
    lines = re.sub("</?mark>", "", tab._hits.value).split("\n")
    assert lines == ["epoch 1", *(f"epoch {i}" for i in range(10, 20))]
    assert "11 lines" in tab._info.value
    assert tab._lines.layout.display == "none"


def test_text_stays_text(tab):
    tab._find.value = "<b>"
    assert tab._hits.value == "<mark>&lt;b&gt;</mark>Late&lt;/b&gt;"


def test_new_lines_are_found_too_and_none_is_told(tab):
    tab._find.value = "brand new"
    assert "no line" in tab._info.value
    with (tab._view.folder.logs / "train.txt").open("a") as log:
        log.write("brand new\n")
    tab.refresh()
    assert tab._hits.value == "<mark>brand new</mark>"


def test_without_it_the_log_is_as_it_was(tab):
    before = tab._info.value
    tab._find.value = "epoch"
    tab._find.value = ""
    assert tab._info.value == before
    assert tab._lines.layout.display != "none"
    assert tab._hits.layout.display == "none"


def test_so_many_at_most(tab):
    (tab._view.folder.logs / "train.txt").write_text("x\n" * (FOUND + 5))
    tab.refresh()
    tab._find.value = "x"
    assert tab._hits.value.count("<mark>") == FOUND
    assert f"{FOUND + 5:,} lines" in tab._info.value


@given(st.text(max_size=40), st.text(min_size=1, max_size=3))
def test_a_marked_line_is_the_line(line, wanted):
    found = marked(line, re.compile(re.escape(wanted), re.IGNORECASE))
    assert set(re.findall("<[^>]*>", found)) <= {"<mark>", "</mark>"}
    assert html.unescape(re.sub("</?mark>", "", found)) == clean(line)
