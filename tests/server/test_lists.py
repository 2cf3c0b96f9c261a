"""Workspaces, experiments, runs in any order, pages that stay right while runs come."""

from __future__ import annotations

import pytest

from jupyter_runs.experiment import Experiment
from jupyter_runs.workspace import Workspace


async def test_workspaces_and_experiments(api, make_run, home):
    folder, _ = make_run("r1")
    for run_id, more in (("r2", {"workspace": "other", "experiment": "e"}), ("r3", {})):
        _, writer = make_run(run_id, **more)
        writer.log("loss", 1)
    make_run("never-begun")
    folder.end("Completed", by="ada")
    Experiment(Workspace._at(home / "default"), "empty").tag("a", "b")
    answer = await api("GET", "workspaces")
    assert answer.json["workspaces"] == [
        {"name": "default", "runs": 3, "active": 1},
        {"name": "other", "runs": 1, "active": 1},
    ]
    answer = await api("GET", "experiments")
    told = [(e["workspace"], e["name"], e["runs"], e["active"]) for e in answer.json["experiments"]]
    assert told == [
        ("default", "diabetes", 3, 1),
        ("other", "e", 1, 1),
        ("default", "empty", 0, 0),
    ]
    assert answer.json["experiments"][2]["tags"] == {"a": "b"}
    answer = await api("GET", "experiments", workspace="other")
    assert [e["name"] for e in answer.json["experiments"]] == ["e"]
    assert (await api("GET", "experiments", workspace="none")).status == 404


@pytest.fixture
def five(make_run):
    for i, loss in enumerate([0.5, 0.1, None, 0.9, 0.3]):
        _, writer = make_run(f"r{i}", name=f"name {'abcde'[4 - i]}")
        if loss is not None:
            writer.log("loss", loss + 1)
            writer.log("loss", loss)
        writer.event("param", key="p.x", value=i if i % 2 else str(i))
        writer.event("tag", key="t", value=f"v{i % 2}")
        writer.flush()


async def ids(api, **query):
    """Return the ids of all pages of two."""
    found, after = [], None
    while True:
        asked = {**query, "limit": "2", **({"after": after} if after else {})}
        answer = await api("GET", "runs", **asked)
        assert answer.status == 200, answer.json
        found += [row["id"] for row in answer.json["runs"]]
        after = answer.json["next"]
        if after is None:
            return " ".join(found)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-created", "r4 r3 r2 r1 r0"),
        ("created", "r0 r1 r2 r3 r4"),
        ("name", "r4 r3 r2 r1 r0"),
        ("-name", "r0 r1 r2 r3 r4"),
        ("-number", "r4 r3 r2 r1 r0"),
        ("metrics.loss.last", "r1 r4 r0 r3 r2"),
        ("-metrics.loss.max", "r3 r0 r4 r1 r2"),
        ("params.p.x", "r1 r3 r0 r2 r4"),
        ("tags.t", "r4 r2 r0 r3 r1"),
        ("-tags.none", "r4 r3 r2 r1 r0"),
    ],
)
async def test_any_order_in_pages(api, five, sort, expected):
    assert await ids(api, sort=sort) == expected


@pytest.mark.parametrize(
    "sort", ["id", "metrics.loss", "metrics..last", "--name", "tags.", "x" * 400, "name\n"]
)
async def test_an_order_that_there_is_not(api, sort):
    assert (await api("GET", "runs", sort=sort)).status == 400


async def test_words_and_what_they_are_looked_for_in(api, five):
    assert await ids(api, text="NAME e") == "r4 r3 r2 r1 r0"
    assert await ids(api, text="v1") == "r3 r1"
    assert await ids(api, text="nowhere") == ""


async def test_pages_while_runs_come_and_go(api, five, make_run):
    first = await api("GET", "runs", limit="2")
    assert [row["id"] for row in first.json["runs"]] == ["r4", "r3"]
    make_run("newer")
    second = await api("GET", "runs", limit="2", after=first.json["next"])
    assert [row["id"] for row in second.json["runs"]] == ["r2", "r1"]
    assert second.json["version"] >= first.json["version"]
    assert (await api("GET", "runs", limit="2")).json["total"] == 6


async def test_only_what_was_asked_for(api, make_run):
    make_run("r1", experiment="a")
    make_run("r2", workspace="w2", experiment="a")
    make_run("r3", experiment="b", parent="r1")
    assert await ids(api) == "r2 r1"
    assert await ids(api, include_children="true") == "r3 r2 r1"
    assert await ids(api, parent="r1") == "r3"
    assert await ids(api, experiment="a", workspace="w2") == "r2"
    assert (await api("GET", "runs", workspace="none")).status == 404
    assert (await api("GET", "runs", archived="maybe")).status == 400


async def test_more_in_the_query_does_no_harm(api, make_run):
    make_run("r1")  # JupyterLab adds the time, so that no cache answers
    assert (await api("GET", "runs?1795251234567=")).json["total"] == 1
