"""Hostile requests, and hostile run folders: nothing without a token, nothing outside of a run's folder."""

from __future__ import annotations

import json
import os

import pytest

from jupyter_runs.server.table import ENDPOINTS

SECRET = b"the secret of another"
# ways to say `..` and `/` that something on the way may undo
UP = [
    "../",
    "..%2F",
    "%2e%2e/",
    "%2E%2E%2F",
    ".%2e/",
    "..%5C",
    "%252e%252e%252f",
    "..%c0%af",
    "%2e%2e%5c",
]


@pytest.fixture
def secret(home):
    """A file beside the workspaces, and one in the workspace."""
    (home / "default").mkdir(parents=True, exist_ok=True)
    for place in (home.parent, home, home / "default"):
        (place / "secret.txt").write_bytes(SECRET)
    return home.parent / "secret.txt"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
@pytest.mark.parametrize("token", ["", "token wrong", "Bearer wrong", "Basic YTpi"])
async def test_nothing_without_a_token(api, full_run, endpoint, token):
    path = endpoint.path.format(
        workspace="default",
        run="full",
        key="sine",
        name="picture",
        index="0",
        path="outputs/notes.txt",
        item="x",
        experiment="diabetes",
    )
    answer = await api(endpoint.method, path, headers={"Authorization": token})
    assert answer.status == 403
    assert set(answer.json) == {"message"}
    assert full_run.path.is_dir()


@pytest.mark.parametrize("up", UP)
@pytest.mark.parametrize("part", ["files", "logs", "snapshot", "images/picture/0", "series"])
async def test_no_way_up(api, full_run, secret, up, part):
    for depth in range(1, 8):
        for path in (f"{part}/{up * depth}secret.txt", f"{part}/outputs/{up * depth}secret.txt"):
            answer = await api("GET", f"runs/default/full/{path}")
            assert answer.status in (400, 403, 404)
            assert SECRET not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "%2Fetc%2Fpasswd",
        "//etc/passwd",
        "C:%5CWindows%5Cwin.ini",
        "outputs%00.txt",
        "outputs/notes.txt%00.png",
        "outputs/notes.txt%0d%0aX-Evil:%201",
        "outputs",
        "outputs/",
        ".",
        "outputs/" + "a" * 300,
        "outputs/" + "a/" * 2000 + "b",
        "%ff%fe",
        "outputs/%ed%a0%80",
        "run.json",
        "journal/main-1/events.jsonl",
        "control/end",
        "payload/x.json",
        "children.jsonl",
    ],
)
async def test_odd_paths(api, full_run, path):
    for part in ("files", "logs", "snapshot"):
        answer = await api("GET", f"runs/default/full/{part}/{path}")
        assert answer.status in (400, 404)
        assert b"root:" not in answer.body
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("up", UP)
async def test_no_way_up_by_names(api, full_run, secret, up):
    for path in (
        f"runs/{up}default/full",
        f"runs/default/{up}full",
        f"runs/{up}/x",
        f"runs/default/{up}{up}x",
    ):
        answer = await api("GET", path)
        assert answer.status in (400, 403, 404)
    for query in ({"workspace": "../default"}, {"workspace": "/"}, {"workspace": "."}):
        assert (await api("GET", "runs", **query)).status == 404
    assert (await api("GET", "runs", parent="../full")).json["runs"] == []


@pytest.fixture
def linked(full_run, secret, tmp_path):
    """A run whose folder is full of links that lead out of it."""
    away = tmp_path / "away"
    away.mkdir()
    (away / "secret.txt").write_bytes(SECRET)
    (full_run.outputs / "link.txt").symlink_to(secret)
    (full_run.outputs / "folder").symlink_to(away)
    (full_run.outputs / "up").symlink_to("../../../..")
    (full_run.outputs / "loop").symlink_to("loop")
    (full_run.logs / "link.txt").symlink_to(secret)
    os.mkfifo(full_run.outputs / "pipe.txt")
    return full_run


async def test_links_lead_nowhere(api, linked):
    files = [file["name"] for file in (await api("GET", "runs/default/full/files")).json["files"]]
    assert not {"link.txt", "folder/secret.txt", "pipe.txt"} & set(files)
    for path in (
        *("outputs/link.txt", "outputs/folder/secret.txt", "outputs/up/secret.txt"),
        *("outputs/loop", "outputs/pipe.txt", "logs/link.txt"),
    ):
        answer = await api("GET", f"runs/default/full/files/{path}")
        assert (answer.status, SECRET in answer.body) == (404, False), path
    answer = await api("GET", "runs/default/full/logs/link.txt")
    assert answer.status == 404
    assert SECRET not in (await api("GET", "runs/default/full/files.zip")).body
    tail = (await api("GET", "runs/default/full")).body
    assert SECRET not in tail


@pytest.mark.parametrize("part", ["outputs", "logs", "payload"])
async def test_a_folder_that_is_a_link(api, make_run, tmp_path, part):
    away = tmp_path / "away"
    away.mkdir()
    for name in ("secret.txt", "main-1-000001.png"):
        (away / name).write_bytes(SECRET)
    folder, writer = make_run("r1")
    (folder.path / part).symlink_to(away)
    writer.event("image", name="x", payload="main-1-000001.png", size=1, step=None)
    writer.event("file", name=f"{part}/secret.txt", size=1, sha256=None)
    writer.close()
    folder.end("Failed", message="x")
    for path in (
        *("", "/files", "/logs", "/images", "/details", "/metrics", "/files.zip", "/images/x/0"),
        *(f"/files/{part}/secret.txt", "/logs/secret.txt"),
    ):
        answer = await api("GET", f"runs/default/r1{path}")
        assert SECRET not in answer.body, path
    files = (await api("GET", "runs/default/r1/files")).json["files"]
    assert part == "payload" or files == []


@pytest.mark.parametrize(
    "fact",
    ["../../secret", "/etc/passwd", "x" * 32, "..", "", None, 5, {"a": 1}, "A" * 32, "a" * 31],
)
async def test_a_snapshot_that_a_stranger_names(api, make_run, home, secret, fact):
    _, writer = make_run("r1")
    (home / "default" / "snapshots").mkdir()
    writer.event("facts", snapshot=fact)
    writer.flush()
    for part in ("snapshot", "snapshot.zip", "snapshot/a", "diff?with=default/r1", ""):
        answer = await api("GET", f"runs/default/r1/{part}")
        assert SECRET not in answer.body


async def test_a_hostile_definition(api, make_run, home):
    make_run("good")
    for i, definition in enumerate(
        [
            {"created": "<b>", "number": "x", "experiment": ["a"], "name": {"a": 1}},
            {"created": float("nan"), "number": 10**400, "parent": 5, "owner": "../../x"},
            {"created": 1e300, "number": -1, "parent": "../r", "target": {"a": 1}, "type": 7},
            {"created": -1e300, "experiment": "<script>", "target": "../../etc", "driver": True},
            {"created": True, "status": ["x"], "submitter": "x", "definition": "x", "creator": []},
            {"definition": {"environment": "x", "command": 5}, "driver": True, "target": "local"},
        ]
    ):
        folder = home / "default" / "runs" / f"bad{i}"
        (folder / "journal").mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps(definition))
    listed = (await api("GET", "runs", archived="true")).json["runs"]
    assert "good" in [row["id"] for row in listed]
    for sort in ("name", "-number", "duration", "status", "created", "params.x"):
        assert (await api("GET", "runs", sort=sort)).status == 200
    for path in ("experiments", "workspaces", "compute"):
        assert (await api("GET", path)).status == 200
    for i in range(6):
        for part in ("", "/metrics", "/details", "/files", "/logs", "/images", "/children"):
            await api("GET", f"runs/default/bad{i}{part}")
        await api("GET", f"runs/default/bad{i}/diff", **{"with": "default/good"})
        await api("GET", "compare", run=[f"default/bad{i}", "default/good"])


async def test_hostile_names_and_values_stay_text(api, make_run):
    evil = '<img src=x onerror="alert(1)">\u202e'
    _, writer = make_run("r1", name=evil, experiment=evil)
    writer.log(evil.rstrip("\u202e"), 1.0)
    writer.log("text", evil)
    writer.event("tag", key=evil, value=evil)
    writer.event("param", key=evil, value=10**400)
    writer.event("facts", git={"commit": evil}, packages={evil: evil}, environment={evil: [1]})
    writer.event("warning", text=evil)
    writer.flush()
    for path in (
        "runs",
        "experiments",
        "runs/default/r1",
        "runs/default/r1/details",
        "runs/default/r1/metrics",
    ):
        answer = await api("GET", path)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/json"
    answer = await api("GET", "runs/default/r1/series/%3Cscript%3E")
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("number", ["9" * 5000, "1e400", "-1", "0x10", "1.5", "٣", " 1", "NaN"])
async def test_huge_and_odd_numbers(api, full_run, number):
    for path, name in (
        ("runs", "limit"),
        ("runs/default/full/logs/user_log.txt", "from"),
        ("runs/default/full/logs/user_log.txt", "before"),
        ("runs/default/full/logs/user_log.txt", "limit"),
    ):
        assert (await api("GET", path, **{name: number})).status == 400
    await api("GET", "runs/default/full/series/sine", **{"from": number})


async def test_a_log_read_from_beyond_its_end(api, full_run):
    for query in ({"from": 2**53}, {"before": 2**53}, {"from": 2**53, "before": 0}):
        assert (await api("GET", "runs/default/full/logs/user_log.txt", **query)).status == 200


async def test_a_cursor_that_somebody_made_up(api, full_run):
    import base64

    for made in (
        [],
        [1],
        ["x", 0, [1], 0, 0, []],
        ["x", 1, 5, 0, 0, []],
        ["x", 0, {}, 0, 0, [1]],
        {"a": 1},
        "x" * 3,
    ):
        text = base64.urlsafe_b64encode(json.dumps(made).encode()).decode().rstrip("=")
        assert (await api("GET", "runs", after=text)).status == 400
        assert (await api("GET", "runs", after=text, sort="name")).status == 400


async def test_a_body_that_is_deep(api, full_run):
    deep = '{"a":' * 5000 + "1" + "}" * 5000
    for path in ("runs/default/full/tags", "runs/default/full/charts", "compare/charts"):
        assert (await api("POST", path, raw=deep)).status == 400


async def test_the_system_s_words_are_not_told(api, full_run):
    """Messages name what was asked for, and no path of this machine."""
    for path in (
        "files/outputs/none",
        "logs/none",
        "snapshot/none",
        "images/none/0",
        "files/outputs/" + "a" * 300,
    ):
        answer = await api("GET", f"runs/default/full/{path}")
        assert answer.status == 404
        assert str(full_run.path.parent.parent.parent.parent) not in answer.json["message"]
