"""What is told of one run: header, metrics, charts, details, images, children."""

from __future__ import annotations

import struct

import pytest

RUN = "runs/default/full"


async def test_the_header_and_the_tabs(api, full_run, jp_base_url):
    answer = await api("GET", RUN)
    head = answer.json["head"]
    assert head["status"] == "Completed"
    assert head["title"] == "diabetes / run 1"
    assert head["portal_url"] == f"{jp_base_url}jupyter-runs/workspaces/default/runs/full"
    tabs = [tab["id"] for tab in answer.json["tabs"]]
    assert tabs == ["metrics", "logs", "outputs", "images", "details", "snapshot"]
    assert answer.json["version"] > 10**12


async def test_metrics_and_a_search(api, full_run):
    answer = await api("GET", f"{RUN}/metrics")
    assert [tile["name"] for tile in answer.json["tiles"]] == ["accuracy", "note"]
    assert answer.json["charts"] == ["sine", "values", "table", "confusion", "train/loss"]
    answer = await api("GET", f"{RUN}/metrics", search="LOSS train")
    assert (answer.json["tiles"], answer.json["charts"]) == ([], ["train/loss"])


async def test_charts_that_are_known_are_left_out(api, full_run):
    keys = (await api("GET", f"{RUN}/metrics")).json["charts"]
    first = await api("POST", f"{RUN}/charts", {"keys": [*keys, "no such", keys[0]]})
    assert [chart["key"] for chart in first.json["charts"]] == keys
    known = {chart["key"]: chart["version"] for chart in first.json["charts"]}
    again = await api("POST", f"{RUN}/charts", {"keys": keys, "known": known})
    assert again.json["charts"] == []
    known["sine"] -= 1
    again = await api("POST", f"{RUN}/charts", {"keys": keys, "known": known})
    assert [chart["key"] for chart in again.json["charts"]] == ["sine"]


async def test_a_view_made_anew_has_other_versions(api, full_run, extension):
    known = (await api("POST", f"{RUN}/charts", {"keys": ["sine"]})).json["charts"][0]["version"]
    extension.shared.views._kept.clear()
    body = {"keys": ["sine"], "known": {"sine": known}}
    (chart,) = (await api("POST", f"{RUN}/charts", body)).json["charts"]
    assert chart["version"] > known


async def test_a_window_gives_the_exact_points(api, full_run):
    options = {"window": [100.0, 120.0], "points": 1500}
    body = {"keys": ["train/loss"], "options": options}
    (chart,) = (await api("POST", f"{RUN}/charts", body)).json["charts"]
    assert chart["lines"][0]["total"] == 21
    (chart,) = (await api("POST", f"{RUN}/charts", {"keys": ["train/loss"]})).json["charts"]
    assert chart["lines"][0]["total"] == 3000
    assert len(chart["lines"][0]["x"]) <= 1500


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"keys": "loss"},
        {"keys": [1]},
        {"keys": ["a"] * 501},
        {"keys": [], "more": 1},
        {"keys": [], "options": {"smoothing": 2}},
        {"keys": [], "options": {"window": [1]}},
        {"keys": [], "options": {"points": 10**9}},
        {"keys": [], "known": {"a": "b"}},
    ],
)
async def test_what_makes_no_sense_is_a_clear_400(api, full_run, body):
    answer = await api("POST", f"{RUN}/charts", body)
    assert answer.status == 400
    assert 5 < len(answer.json["message"]) < 300


@pytest.mark.parametrize("raw", ["", "{", "nul", '{"keys": [NaN]}', "[" * 100_000, b"\xff\xfe"])
async def test_what_is_no_json_is_a_clear_400(api, full_run, raw):
    answer = await api("POST", f"{RUN}/charts", raw=raw)
    assert answer.status == 400
    assert "no JSON" in answer.json["message"]


async def test_what_is_too_large_is_refused(api, full_run):
    answer = await api("POST", f"{RUN}/charts", raw=" " * 2_000_000)
    assert answer.status == 413


async def test_exact_points_as_bytes(api, full_run):
    answer = await api("GET", f"{RUN}/series/train%2Floss")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Count"] == "3000"
    numbers = struct.unpack("<6000d", answer.body)
    assert numbers[:6] == (0.0, 1.0, 1.0, 0.5, 2.0, 1 / 3)
    answer = await api("GET", f"{RUN}/series/train/loss", **{"from": "2998"})
    assert struct.unpack("<4d", answer.body) == (2998.0, 1 / 2999, 2999.0, 1 / 3000)
    answer = await api("GET", f"{RUN}/series/values")
    assert struct.unpack("<6d", answer.body)[4:] == (2.0, 3.0)
    assert struct.unpack("<6d", answer.body)[3] != 0


@pytest.mark.parametrize(
    ("key", "query", "status"),
    [
        ("no", {}, 404),
        ("accuracy", {}, 404),
        ("sine", {"line": "none"}, 404),
        ("sine", {"x": "depth"}, 400),
        ("sine", {"from": "nan"}, 400),
        ("sine", {"from": "1_0"}, 400),
        ("sine", {"to": "9" * 400}, 400),
        ("confusion", {}, 404),
    ],
)
async def test_points_that_are_not_there(api, full_run, key, query, status):
    assert (await api("GET", f"{RUN}/series/{key}", **query)).status == status


async def test_details(api, full_run):
    sections = (await api("GET", f"{RUN}/details")).json["sections"]
    assert {"Run", "Parameters", "Tags"} <= {section["title"] for section in sections}


async def test_images_and_their_files(api, full_run):
    (series,) = (await api("GET", f"{RUN}/images")).json["series"]
    assert series["name"] == "picture <b>/1"
    assert [(item["index"], item["step"], item["mime"]) for item in series["items"]] == [
        (0, 1, "image/png"),
        (1, 2, "image/svg+xml"),
    ]
    answer = await api("GET", f"{RUN}/images/picture%20%3Cb%3E%2F1/0")
    assert answer.body.startswith(b"\x89PNG")
    answer = await api("GET", f"{RUN}/images/picture%20%3Cb%3E%2F1/1")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    for wrong in ("2", "-1", "x", "9" * 30, "%D9%A0"):
        answer = await api("GET", f"{RUN}/images/picture%20%3Cb%3E%2F1/{wrong}")
        assert answer.status == 404


async def test_children_are_listed(api, full_run, make_run):
    make_run("c1", parent="full")
    make_run("c2", parent="full")
    make_run("grandchild", parent="c1")
    answer = await api("GET", f"{RUN}/children", limit="1")
    assert [row["id"] for row in answer.json["runs"]] == ["c2"]
    answer = await api("GET", f"{RUN}/children", limit="1", after=answer.json["next"])
    assert [row["id"] for row in answer.json["runs"]] == ["c1"]
    tabs = (await api("GET", RUN)).json["tabs"]
    assert {"id": "children", "label": "Children", "count": 2} in tabs


async def test_nothing_new_is_a_304(api, make_run):
    _, writer = make_run("r1")
    writer.log("loss", 1.0)
    writer.flush()
    for path in ("runs", "runs/default/r1", "runs/default/r1/metrics", "compute", "experiments"):
        first = await api("GET", path)
        tag = first.headers["Etag"]
        again = await api("GET", path, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status, again.body) == (304, b""), path  # though seconds have passed
    writer.log("loss", 2.0)
    writer.flush()
    again = await api("GET", "runs", headers={"If-None-Match": tag})
    assert again.json["runs"][0]["metrics"][0]["last"] == 2.0


async def test_an_estimate_that_no_longer_holds_is_news(api, make_run, monkeypatch):
    _, writer = make_run("r1")
    writer.event("progress", done=0, total=10)
    writer.event("progress", done=1, total=10**6)
    writer.flush()
    first = await api("GET", "runs/default/r1")
    assert first.json["head"]["eta"] > 0
    asked = {"If-None-Match": first.headers["Etag"]}
    assert (await api("GET", "runs/default/r1", headers=asked)).status == 304
    monkeypatch.setattr("jupyter_runs.views.head.still", lambda *_: None)  # long silent
    again = await api("GET", "runs/default/r1", headers=asked)
    assert (again.status, again.json["head"]["eta"]) == (200, None)


@pytest.mark.parametrize(
    "path",
    ["runs/default/none", "runs/none/full", "runs/default/none/metrics", "runs/.trash/full"],
)
async def test_what_is_not_there_is_a_404(api, full_run, path):
    answer = await api("GET", path)
    assert answer.status == 404
    assert "there is no" in answer.json["message"]


async def test_a_sweep_has_its_charts_and_says_what_counts(api, make_run):
    sweep = {"metric": "acc <b>", "goal": "maximize", "sampling": {"space": {}}}
    make_run("sweep", type="hyperdrive", definition={"sweep": sweep})
    for i in range(3):
        choices = {"--lr": 10.0**-i, "--act": "relu"}
        folder, writer = make_run(f"r{i}", parent="sweep", definition={"choices": choices})
        writer.log("acc <b>", i / 10)
        writer.close()
        folder.end("Completed")
    told = (await api("GET", "runs/default/sweep")).json
    assert told["sweep"] == {"metric": "acc <b>", "better": "high"}
    keys = (await api("GET", "runs/default/sweep/metrics")).json["charts"]
    assert keys == ["acc <b> · runs", "acc <b> · parameters"]
    (_, drawn) = (await api("POST", "runs/default/sweep/charts", {"keys": keys})).json["charts"]
    assert drawn["kind"] == "parallel"
    assert [axis["name"] for axis in drawn["parallel"]["axes"]] == ["lr", "act", "acc <b>"]
    assert drawn["parallel"]["lines"][0]["run"] == "r2"
    assert (await api("GET", "runs/default/r0")).json["sweep"] is None


async def test_a_pipeline_tells_its_steps_before_they_begin(api, make_run):
    steps = [{"name": "prepare"}, {"name": "<b>", "needs": ["prepare"]}, {"needs": 1}, 5]
    make_run("p", type="pipeline", definition={"steps": steps})
    told = (await api("GET", "runs/default/p")).json["steps"]
    assert told == [{"name": "prepare", "needs": []}, {"name": "<b>", "needs": ["prepare"]}]
    make_run("q", type="pipeline", definition={"steps": {"a": 1}})
    assert (await api("GET", "runs/default/q")).json["steps"] == []
