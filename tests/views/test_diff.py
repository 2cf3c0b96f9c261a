"""What is other in one run than in another."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.views import diff
from jupyter_runs.views.diff import Told, differences, file_changes

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n"]), max_size=12)


@given(LINES, LINES)
def test_what_is_left_between_equal_ends(a, b):
    left, right = diff._middle(a, b), diff._middle(b, a)
    assert left - right == len(a) - len(b)
    assert min(left, right) >= 0
    if a == b:
        assert left == right == 0


@pytest.fixture
def zipped(tmp_path):
    def zipped(name, **files):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as made:
            for file, data in files.items():
                made.writestr(file, data)
        return tmp_path / name

    return zipped


def told(changes):
    return [(one["name"], one["change"], one["diff"] is not None) for one in changes]


def test_files_that_are_no_text_or_too_large_are_named(zipped):
    large = "x\n" * diff.LARGEST
    old = zipped("a.zip", bytes=b"\0\1", latin=b"\xff", large=large, same="s")
    new = zipped("b.zip", bytes=b"\0\2", latin=b"\xfe", large=large + "y", same="s")
    assert told(file_changes(old, new)) == [
        ("bytes", "changed", False),
        ("large", "changed", False),
        ("latin", "changed", False),
    ]


def test_lines_without_end_are_not_compared_for_ever(zipped):
    old = zipped("a.zip", a="".join(f"{i}\n" for i in range(20_000)))
    new = zipped("b.zip", a="".join(f"{i}\n" for i in range(20_000, 0, -1)))
    (change,) = file_changes(old, new)
    assert (change["diff"], change["note"]) == (None, "too many lines differ")
    new = zipped("c.zip", a="".join(f"{i}\n" for i in range(20_000)) + "end\n")
    (change,) = file_changes(old, new)
    assert change["diff"].endswith("+end\n")


def test_many_changes_are_named_but_not_all_shown(zipped, monkeypatch):
    monkeypatch.setattr(diff, "MOST_TEXT", 100)
    old = zipped("a.zip", **{f"f{i}": "a\n" * 30 for i in range(5)})
    new = zipped("b.zip", **{f"f{i}": "b\n" * 30 for i in range(5)})
    shown = [change["diff"] is not None for change in file_changes(old, new)]
    assert shown == [True, False, False, False, False]


def test_damaged_archives_are_no_reason_to_fail(zipped, tmp_path):
    good = zipped("a.zip", a="a")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 no zip")
    assert file_changes(good, tmp_path / "bad.zip") == []
    assert file_changes(good, tmp_path / "none.zip") == []
    assert file_changes(None, good) == []


def test_values_are_compared_as_they_are():
    nan = float("nan")
    before = Told(params={"a": nan, "b": 1, "c": None, "d": 1.0})
    after = Told(params={"a": nan, "b": True, "d": 1.0, "e": "x"})
    assert differences(before, after)["params"] == [
        {"name": "b", "before": 1, "after": True},
        {"name": "c", "before": None, "after": None},
        {"name": "e", "before": None, "after": "x"},
    ]
