"""Runs beside each other, and what differs in their code."""

from __future__ import annotations

import pytest


async def test_runs_beside_each_other(api, full_run, make_run):
    _, writer = make_run("r2")
    for i in range(10):
        writer.log("train/loss", i)
    writer.event("param", key="lr", value=0.2)
    writer.event("param", key="act", value="relu")
    writer.flush()
    answer = await api("GET", "compare", run=["default/full", "default/r2"])
    assert [row["head"]["id"] for row in answer.json["rows"]] == ["full", "r2"]
    assert answer.json["rows"][1]["label"] == "2 brave-otter"
    assert answer.json["differing"] == ["lr"]
    assert "train/loss" in answer.json["charts"]
    assert answer.json["images"] == ["picture <b>/1"]
    body = {"runs": ["default/full", "default/r2"], "keys": ["train/loss", "no such"]}
    (chart,) = (await api("POST", "compare/charts", body)).json["charts"]
    assert [line["key"].partition(":")[0] for line in chart["lines"]] == ["full", "r2"]
    before = answer.json["version"]
    writer.log("train/loss", 11)
    writer.flush()
    answer = await api("GET", "compare", run=["default/full", "default/r2"])
    assert answer.json["version"] > before
    assert answer.json["rows"][1]["metrics"]["train/loss"]["last"] == 11


async def test_parallel_coordinates_of_what_differs(api, make_run):
    for i, (rate, act, loss) in enumerate(
        [(0.001, "relu", 0.5), (0.1, "tanh", 0.25), (0.01, "relu", float("nan"))]
    ):
        _, writer = make_run(f"r{i}")
        for key, value in {"lr": rate, "act": act, "same": 1}.items():
            writer.event("param", key=key, value=value)
        writer.log("loss", 1.0)
        writer.log("loss", loss)
        writer.flush()
    runs = [f"default/r{i}" for i in range(3)]
    told = (await api("GET", "compare/parallel", run=runs, metric="loss")).json
    lr, act, loss = told["parallel"]["axes"]
    assert [axis["name"] for axis in (lr, act, loss)] == ["lr", "act", "loss"]
    assert [label for _, label in act["ticks"]] == ["relu", "tanh"]
    assert loss["note"] == "1 NaN"
    assert (told["shown"], told["without"], told["left_out"]) == (3, 1, 0)
    lines = {line["run"]: line for line in told["parallel"]["lines"]}
    assert [lines[f"r{i}"]["places"][0] for i in range(3)] == [0.0, 1.0, 0.5]
    assert (lines["r1"]["share"], lines["r2"]["places"][-1]) == (1, None)
    most = {"part": "maximum", "better": "high"}
    told = (await api("GET", "compare/parallel", run=runs, metric="loss", **most)).json
    assert told["without"] == 0
    told = (await api("GET", "compare/parallel", run=runs, metric="<none>")).json
    assert told["without"] == 3
    for wrong in ({"part": "x"}, {"better": "x"}, {"metric": ""}):
        asked = {"run": runs, "metric": "loss", **wrong}
        assert (await api("GET", "compare/parallel", **asked)).status == 400


@pytest.mark.parametrize(
    ("runs", "status"),
    [
        ([], 400),
        (["full"], 400),
        (["default/none"], 404),
        (["none/full"], 404),
        (["default/.."], 400),
        (["default/full"] * 101, 400),
        (["/full"], 400),
    ],
)
async def test_what_can_not_be_compared(api, full_run, runs, status):
    assert (await api("GET", "compare", run=runs)).status == status


async def test_what_differs(api, full_run, make_run, snap):
    _, writer = make_run("r2")
    writer.event("param", key="lr", value=0.2)
    writer.event("param", key="act", value="relu")
    writer.event("facts", packages={"numpy": "2.1", "extra": "1"}, environment={"A": "1"})
    files = {"train.py": "print(1)\nprint(2)\n", "new.py": "x = 1"}
    writer.event("facts", snapshot=snap(files))
    writer.flush()
    found = (await api("GET", "runs/default/r2/diff", **{"with": "default/full"})).json
    assert [(file["name"], file["change"]) for file in found["files"]] == [
        ("data/x.csv", "removed"),
        ("new.py", "added"),
        ("train.py", "changed"),
    ]
    assert found["files"][2]["diff"] == (
        "--- before/train.py\n+++ after/train.py\n@@ -1 +1,2 @@\n print(1)\n+print(2)\n"
    )
    assert found["files"][1]["diff"].endswith("+x = 1\n\\ No newline at end of file\n")
    assert found["params"] == [{"name": "lr", "before": 0.1, "after": 0.2}]
    assert found["packages"] == [
        {"name": "extra", "before": None, "after": "1"},
        {"name": "numpy", "before": "2.0", "after": "2.1"},
    ]
    assert found["environment"] == []
    same = (await api("GET", "runs/default/r2/diff", **{"with": "default/r2"})).json
    assert (same["files"], same["params"], same["packages"]) == ([], [], [])


async def test_what_differs_where_there_is_no_code(api, full_run, make_run):
    make_run("r2")
    found = (await api("GET", "runs/default/r2/diff", **{"with": "default/full"})).json
    assert found["files"] == []
    assert found["snapshots"] == {"before": True, "after": False}


@pytest.mark.parametrize("with_", ["", "full", "default/none", "a/b/c", "default/../x"])
async def test_nothing_to_compare_with(api, full_run, with_):
    answer = await api("GET", "runs/default/full/diff", **{"with": with_})
    assert answer.status in (400, 404)
