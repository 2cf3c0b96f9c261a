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
from jupyter_runs.widgets.logs_tab import FOUND, MOST, STEP, TAIL, LogsTab, marked


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


def shown(tab):
    return html.unescape("".join(piece.value for piece in tab._lines.children))


def write(tab, text, name="train.txt"):
    with (tab._view.folder.logs / name).open("a") as log:
        log.write(text)
    tab._view._logs._max_age = 0  # files are looked for at once
    tab._view.refresh()
    tab.refresh()


def test_a_progress_bar_is_one_line_that_changes(tab):
    before = shown(tab)
    for i in range(5):
        write(tab, f"\r {i}%|#| {i}/100")
        assert shown(tab) == f"{before} {i}%|#| {i}/100"
    write(tab, "\r100%|#| 100/100\ndone\n")
    assert shown(tab) == f"{before}100%|#| 100/100\ndone\n"


def test_only_the_end_of_a_huge_log_is_read(tab):
    path = tab._view.folder.logs / "70_driver_log.txt"
    with path.open("wb") as log:
        log.truncate(100_000_000)
        log.seek(0, 2)
        log.write(b"\n" + b"".join(b"line %06d\n" % i for i in range(10_000)))
    tab._choice.value = "train.txt"
    tab._view._logs._max_age = 0
    tab._view.refresh()
    tab.refresh()
    tab._choice.value = "70_driver_log.txt"
    text = shown(tab)
    assert text.endswith("line 009999\n")
    assert len(text) <= TAIL
    first = int(text.split("\n")[0][5:])
    tab._earlier.click()
    lines = shown(tab).split("\n")[:-1]
    assert len(lines) > 1.8 * (10_000 - first)
    assert lines == [f"line {i:06d}" for i in range(int(lines[0][5:]), 10_000)]


def test_a_log_that_grows_faster_than_anybody_reads(tab):
    write(tab, "x" * 99 + "\n")
    write(tab, ("y" * 99 + "\n") * (STEP // 100 + 5) + "the end\n")
    assert shown(tab).endswith("the end\n")
    assert len(shown(tab)) <= TAIL


def test_the_page_does_not_grow_for_ever(tab):
    for i in range(30):
        write(tab, f"{i:03d}" + "y" * 40_000 + "\n")
    assert len(shown(tab)) <= MOST + 200_000
    assert tab._earlier.layout.display != "none"
    assert "of 1.2 MB" in tab._info.value


def test_a_new_file_is_shown_until_somebody_has_chosen(tab):
    assert tab._choice.value == "train.txt"
    write(tab, "build\n", "20_image_build_log.txt")
    assert tab._choice.value == "20_image_build_log.txt"
    assert shown(tab) == "build\n"
    write(tab, "drive\n", "70_driver_log.txt")
    assert tab._choice.options == ("20_image_build_log.txt", "70_driver_log.txt", "train.txt")
    assert shown(tab) == "drive\n"
    tab._choice.value = "train.txt"
    write(tab, "later\n", "90.txt")
    assert tab._choice.value == "train.txt"
    assert "90.txt" in tab._choice.options


@given(st.text(max_size=40), st.text(min_size=1, max_size=3))
def test_a_marked_line_is_the_line(line, wanted):
    found = marked(line, re.compile(re.escape(wanted), re.IGNORECASE))
    assert set(re.findall("<[^>]*>", found)) <= {"<mark>", "</mark>"}
    assert html.unescape(re.sub("</?mark>", "", found)) == clean(line)
