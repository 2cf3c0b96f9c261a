from __future__ import annotations

import json
import math
import shutil

import pytest

from jupyter_runs.index import catching
from jupyter_runs.journal import Writer
from jupyter_runs.server import listing
from jupyter_runs.server.listing import Listing, Query


def page(limit=50, after=None, runs=None, **more):
    found = (runs or Listing()).page(Query(limit=limit, after=after, **more))
    return {"runs": found.rows, "next": found.next}


def test_there_are_none_where_there_is_no_home(home):
    assert page() == {"runs": [], "next": None}
    assert not home.exists()


def test_a_run_is_told_in_full(make_run):
    folder, writer = make_run("r1")
    writer.log("loss", 0.75)
    writer.log("loss", 0.5)
    writer.log("note", "warm")
    writer.log_row("sine", {"x": 1, "y": 2})
    writer.event("progress", done=3, total=4, unit="epochs")
    writer.flush()
    (row,) = page()["runs"]
    assert row["id"] == "r1"
    assert row["workspace"] == "default"
    assert row["experiment"] == "diabetes"
    assert row["number"] == 1
    assert row["name"] == "brave-otter"
    assert row["status"] == "Running"
    assert row["active"] is True
    assert row["elapsed"] > 0
    assert row["progress"]["fraction"] == 0.75
    assert [(one["name"], one["kind"], one["text"]) for one in row["metrics"]] == [
        ("loss", "scalar", "0.5"),
        ("note", "scalar", "warm"),
        ("sine", "row", "1 row"),
    ]
    loss = row["metrics"][0]
    assert (loss["count"], loss["last"], loss["min"], loss["max"]) == (2, 0.5, 0.5, 0.75)
    folder.end("Failed", code="ValueError", message="no such alpha", by="ada")
    (row,) = page()["runs"]
    assert row["status"] == "Failed"
    assert row["active"] is False
    assert "no such alpha" in row["reason"]


def test_newest_first_in_pages_across_workspaces(make_run):
    for i in range(5):
        make_run(f"r{i}", workspace=f"ws{i % 2}")
    first = page(2)
    assert [row["id"] for row in first["runs"]] == ["r4", "r3"]
    second = page(2, first["next"])
    assert [row["id"] for row in second["runs"]] == ["r2", "r1"]
    third = page(2, second["next"])
    assert [row["id"] for row in third["runs"]] == ["r0"]
    assert third["next"] is None
    assert page(5)["next"] is None


def test_a_kept_view_sees_what_is_new(make_run, monkeypatch):
    monkeypatch.setattr(catching, "_DEAR", math.inf)  # names are compared however slow that is
    runs = Listing()
    folder, writer = make_run("r1")
    writer.log("loss", 1.0)
    assert page(runs=runs)["runs"][0]["metrics"][0]["text"] == "1"
    writer.log("loss", 2.0)
    assert page(runs=runs)["runs"][0]["metrics"][0]["text"] == "2"
    writer.close()
    folder.end("Completed", by="ada")
    assert page(runs=runs)["runs"][0]["status"] == "Completed"
    shutil.rmtree(folder.path)
    assert page(runs=runs)["runs"] == []


@pytest.mark.parametrize("end", ["Completed", "Failed", "Canceled"])
def test_a_row_of_what_has_ended_is_made_once_until_something_changes(make_run, monkeypatch, end):
    runs = Listing()
    folder, writer = make_run("r1")
    writer.log("loss", 1.0)
    writer.close()
    folder.end(end, by="ada", message="so it was")
    (first,) = page(runs=runs)["runs"]
    with monkeypatch.context() as patched:
        patched.setattr(listing, "row_known", None)  # would be called
        patched.setattr(listing, "RunView", None)
        assert page(runs=runs)["runs"][0] is first
    late = Writer(folder, role="guest")
    late.event("tag", key="best", value="yes")
    late.close()
    (second,) = page(runs=runs)["runs"]
    assert (first["status"], second["status"]) == (end, end)
    assert second["tags"] == {"best": "yes"}
    if end != "Completed":
        shutil.rmtree(folder.path)
        assert page(runs=runs)["runs"] == []


def test_what_goes_on_is_looked_at_each_time(make_run):
    runs = Listing()
    _, writer = make_run("r1")
    for value in (1.0, 2.0):
        writer.log("loss", value)
        (row,) = page(runs=runs)["runs"]
        assert (row["status"], row["metrics"][0]["last"]) == ("Running", value)
    assert runs._ready == {}


def test_rows_are_not_kept_without_limit(make_run, monkeypatch):
    monkeypatch.setattr(listing, "KEPT_ROWS", 2)
    runs = Listing()
    for i in range(4):
        folder, writer = make_run(f"r{i}")
        writer.close()
        folder.end("Completed", by="ada")
    assert len(page(runs=runs)["runs"]) == 4
    assert len(runs._ready) == 2


def test_views_are_not_kept_without_limit(make_run, monkeypatch):
    monkeypatch.setattr(listing, "KEPT_VIEWS", 2)
    runs = Listing()
    for i in range(4):
        make_run(f"r{i}")
    assert len(page(runs=runs)["runs"]) == 4
    assert len(runs._views) == 2


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 10**400, "<script>", "a\x00\u202eb", True, None]
)
def test_any_value_and_name_is_strict_json(make_run, value):
    name = "<b>\u202e" + "x" * 240
    _, writer = make_run("r1", name=name, experiment=name)
    writer.log("v", value)
    writer.log("é" * 200, 1)
    writer.flush()
    text = json.dumps(page(), allow_nan=False)
    assert "\\u202e" not in text
    assert len(text) < 3_000


def test_many_points_are_told_by_the_last(make_run):
    _, writer = make_run("r1")
    for i in range(1_500):
        writer.log("loss", i)
    writer.flush()
    assert page()["runs"][0]["metrics"][0]["text"] == "1,499"


def test_one_run_that_cannot_be_read_hides_no_other(make_run, monkeypatch):
    make_run("good")
    make_run("bad")
    real = listing.row_of

    def row_of(view):
        if view.folder.id == "bad":
            raise OSError("the disk says no")
        return real(view)

    monkeypatch.setattr(listing, "row_of", row_of)
    bad, good = page()["runs"]
    assert good["id"] == "good"
    assert bad["status"] == "Unreadable"
    assert bad["reason"] == "the disk says no"
    assert bad["experiment"] == "diabetes"
