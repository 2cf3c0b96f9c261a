"""What the index knows of a run is what its folder says: no list reads the folders of runs that have ended."""

from __future__ import annotations

import itertools
import math

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_runs.index import Index
from jupyter_runs.journal import RunFolder, RunReader, Writer
from jupyter_runs.server import listing
from jupyter_runs.server.kept import KeptViews
from jupyter_runs.server.listing import Listing, Query
from jupyter_runs.views import RunView
from jupyter_runs.views.rows import row_known, row_of

NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12
)
NUMBERS = st.floats() | st.integers() | st.booleans() | st.none()
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
VALUES = st.lists(NUMBERS, min_size=1, max_size=5) | st.lists(TEXTS, max_size=3)
HERE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
ids = itertools.count()


def ended(home, metrics=(), params=(), tags=(), name="otter"):
    """Make a run that has ended well."""
    said = {"experiment": "e", "number": 1, "name": name, "created": 1.7e9, "owner": "main"}
    folder = RunFolder.create(home / "w", f"run-{next(ids)}", said)
    writer = Writer(folder, name="main")
    for key, values in metrics:
        for step, value in enumerate(values):
            writer.log(key, value, step=step)
    for key, value in params:
        writer.event("param", key=key, value=value)
    for key, value in tags:
        writer.event("tag", key=key, value=value)
    writer.close()
    folder.end("Completed")
    return folder


def same(a, b):
    """Tell whether two values are the same, NaN and the type of what has one value left aside."""
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


@HERE
@example(metrics={"m": [0.0, 1e308]}, params={}, tags={}, name="")
@given(
    metrics=st.dictionaries(NAMES, VALUES, max_size=4),
    params=st.dictionaries(NAMES, TEXTS | st.floats() | st.integers(), max_size=4),
    tags=st.dictionaries(NAMES, st.none() | TEXTS, max_size=4),
    name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400),
)
def test_a_row_of_the_index_says_what_the_folder_says(home, metrics, params, tags, name):
    home = home / str(next(ids))
    folder = ended(home, metrics.items(), params.items(), tags.items(), name)
    index = Index(home)
    try:
        index.catch_up()
        row = index.rows([("w", folder.id)])["w", folder.id]
    finally:
        index.close()
    told, known = row_of(RunView(folder)), row_known(row)
    for one in (told, known):
        for metric in one["metrics"]:  # of a series with infinities the index has no other ends
            if any(isinstance(v, float) and math.isinf(v) for v in metrics[metric["name"]]):
                metric["min"] = metric["max"] = None
    assert same(told, known)


def test_a_list_reads_no_folder_of_a_run_that_has_ended_well(home, monkeypatch):
    ended(home, [("loss", [2, 1])])
    failed = ended(home)
    (failed.path / "control" / "end").unlink()
    failed.end("Failed", message="no such alpha")
    read = []
    monkeypatch.setattr(
        listing, "RunView", lambda folder: read.append(folder.id) or RunView(folder)
    )
    rows = Listing().page(Query()).rows
    assert [row["status"] for row in rows] == ["Failed", "Completed"]
    assert rows[0]["reason"] == "no such alpha"
    assert rows[1]["metrics"][0]["min"] == 1
    assert read == [failed.id]


def test_a_comparison_reads_points_when_they_are_drawn(home, monkeypatch):
    folders = [ended(home, [("loss", range(9)), ("acc", range(9))]) for _ in range(3)]
    loaded = []
    load = RunReader.load
    monkeypatch.setattr(
        RunReader,
        "load",
        lambda self, metrics: loaded.extend(m.name for m in metrics) or load(self, metrics),
    )
    with KeptViews(known=Listing().figures).comparing(folders) as view:
        assert view.rows[0].metrics["loss"].maximum == 8
        assert view.rows[0].metrics["loss"].text == "8"
        assert "loss" in view.keys
        assert loaded == []
        assert len(view.charts(["loss"])[0].lines) == 3
        assert loaded == ["loss"] * 3


def test_what_a_run_has_logged_since_the_index_looked_counts(home):
    folder = ended(home, [("loss", range(9))])
    known = Listing().figures([folder])
    writer = Writer(folder, role="guest")
    writer.log("loss", 100.0, step=9)
    writer.close()
    with KeptViews(known=lambda _: known).comparing([folder]) as view:
        assert view.rows[0].metrics["loss"].maximum == 100


def test_of_an_index_that_is_made_anew_the_newest_runs_are_there_at_once(home, monkeypatch):
    for _ in range(6):
        ended(home)
    monkeypatch.setattr(listing, "_MANY", 2)
    monkeypatch.setattr("jupyter_runs.index.catching._BATCH", 2)
    monkeypatch.setattr("jupyter_runs.index.catching._MANY", 100)
    runs = Listing()
    index = runs._index(home)
    read_new = index._catching._read_new
    pages = []

    def slowly(batch, found):
        written = read_new(batch, found)
        pages.append(asked())
        return written

    def asked():
        # as another request would: this thread is busy with the index
        if not index.left or len(pages) > 1:
            return None
        return runs.page(Query())

    monkeypatch.setattr(index._catching, "_read_new", slowly)
    index.catch_up()
    first = pages[0]
    assert first.behind
    assert [row["id"] for row in first.rows] == sorted(row["id"] for row in first.rows)[::-1]
    monkeypatch.setattr(index._catching, "_read_new", read_new)
    whole = runs.page(Query())
    assert not whole.behind
    assert whole.total == 6
