"""Files, logs, snapshots: whole and in parts, and never as a page of this server."""

from __future__ import annotations

import io
import zipfile

import pytest

RUN = "runs/default/full"


async def test_files_and_their_content(api, full_run):
    files = (await api("GET", f"{RUN}/files")).json["files"]
    assert [file["name"] for file in files] == [
        "deep/er/report.html",
        "model.bin",
        "notes.txt",
        "picture.svg",
    ]
    assert files[0]["path"] == "outputs/deep/er/report.html"
    answer = await api("GET", f"{RUN}/files/outputs/notes.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body.decode() == "grüße\n"


@pytest.mark.parametrize(
    ("name", "media", "word"),
    [
        ("model.bin", "application/octet-stream", "attachment"),
        ("deep/er/report.html", "application/octet-stream", "attachment"),
        ("picture.svg", "image/svg+xml", "inline"),
        ("notes.txt", "text/plain; charset=utf-8", "inline"),
    ],
)
async def test_nothing_runs_as_ours(api, full_run, name, media, word):
    answer = await api("GET", f"{RUN}/files/outputs/{name}")
    assert answer.headers["Content-Type"] == media
    assert answer.headers["Content-Disposition"].startswith(f'{word}; filename="')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-" not in policy
    assert "script" not in policy
    answer = await api("GET", f"{RUN}/files/outputs/{name}", download="true")
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=0-2", 206, b"\0\1\2", "bytes 0-2/3000"),
        ("bytes=2999-", 206, b"\2", "bytes 2999-2999/3000"),
        ("bytes=-2", 206, b"\1\2", "bytes 2998-2999/3000"),
        ("bytes=2998-99999999", 206, b"\1\2", "bytes 2998-2999/3000"),
        ("bytes=3000-", 416, None, "bytes */3000"),
        ("bytes=-0", 416, None, "bytes */3000"),
        ("bytes=5-2", 200, b"\0\1\2" * 1000, None),
        ("bytes=0-1,4-5", 200, b"\0\1\2" * 1000, None),
        ("bytes=-", 200, b"\0\1\2" * 1000, None),
        ("words=0-2", 200, b"\0\1\2" * 1000, None),
        ("bytes=" + "9" * 400 + "-", 200, b"\0\1\2" * 1000, None),
    ],
)
async def test_a_part_of_a_file(api, full_run, asked, status, content, told):
    answer = await api("GET", f"{RUN}/files/outputs/model.bin", headers={"Range": asked})
    assert (answer.status, answer.headers.get("Content-Range")) == (status, told)
    if content is not None:
        assert answer.body == content


async def test_a_part_of_a_file_that_has_changed_is_all_of_it(api, full_run):
    path = f"{RUN}/files/outputs/model.bin"
    tag = (await api("GET", path)).headers["Etag"]
    headers = {"Range": "bytes=0-1", "If-Range": tag}
    assert (await api("GET", path, headers=headers)).status == 206
    assert (await api("GET", path, headers={"If-None-Match": tag})).status == 304
    (full_run.outputs / "model.bin").write_bytes(b"new")
    answer = await api("GET", path, headers=headers)
    assert (answer.status, answer.body) == (200, b"new")


async def test_an_empty_file(api, full_run):
    (full_run.outputs / "empty.txt").touch()
    answer = await api("GET", f"{RUN}/files/outputs/empty.txt")
    assert (answer.status, answer.body) == (200, b"")


async def test_uploaded_files_elsewhere_and_nothing_else(api, make_run):
    folder, writer = make_run("r1")
    (folder.path / "extra").mkdir()
    (folder.path / "extra" / "a.txt").write_text("a")
    (folder.path / "extra" / "b.txt").write_text("b")
    writer.event("file", name="extra/a.txt", size=1, sha256=None)
    writer.event("file", name="journal/main-1/events.jsonl", size=1, sha256=None)
    writer.flush()
    assert (await api("GET", "runs/default/r1/files/extra/a.txt")).body == b"a"
    assert (await api("GET", "runs/default/r1/files/extra/b.txt")).status == 404
    assert (await api("GET", "runs/default/r1/files/run.json")).status == 404
    assert (await api("GET", "runs/default/r1/files/control/end")).status == 404


async def test_all_files_in_one_zip(api, full_run):
    (full_run.outputs / "..\\..\\evil.txt").write_text(
        "would leave the folder where it is unpacked"
    )
    answer = await api("GET", f"{RUN}/files.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert 'filename="full.zip"' in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as found:
        assert found.testzip() is None
        assert set(found.namelist()) == {
            "outputs/deep/er/report.html",
            "outputs/model.bin",
            "outputs/notes.txt",
            "outputs/picture.svg",
        }
        assert found.read("outputs/model.bin") == b"\0\1\2" * 1000


async def test_a_zip_that_would_be_too_large(api, full_run, extension):
    extension.shared.settings["max_zip_bytes"] = 10
    answer = await api("GET", f"{RUN}/files.zip")
    assert answer.status == 413


async def test_logs_from_the_end_and_on(api, full_run):
    (file,) = (await api("GET", f"{RUN}/logs")).json["files"]
    assert (file["name"], file["path"]) == ("user_log.txt", "logs/user_log.txt")
    last = (await api("GET", f"{RUN}/logs/user_log.txt", limit="100")).json
    assert last["text"].startswith("line 49")
    assert last["text"].endswith("line 4999\n")
    before = (await api("GET", f"{RUN}/logs/user_log.txt", limit="50", before=last["start"])).json
    assert before["end"] == last["start"]
    with (full_run.logs / "user_log.txt").open("a") as file:
        file.write("new\n")
    new = (await api("GET", f"{RUN}/logs/user_log.txt", **{"from": last["end"]})).json
    assert (new["text"], new["size"]) == ("new\n", last["size"] + 4)
    assert (await api("GET", f"{RUN}/logs/none.txt")).status == 404
    assert (await api("GET", f"{RUN}/logs/user_log.txt", limit="0")).status == 400
    assert (await api("GET", f"{RUN}/files/logs/user_log.txt")).body.endswith(b"new\n")


async def test_the_snapshot(api, full_run):
    found = (await api("GET", f"{RUN}/snapshot")).json
    assert [(file["name"], file["size"]) for file in found["files"]] == [
        ("data/x.csv", 4),
        ("train.py", 9),
    ]
    answer = await api("GET", f"{RUN}/snapshot/train.py")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body == b"print(1)\n"
    assert (await api("GET", f"{RUN}/snapshot/none.py")).status == 404
    answer = await api("GET", f"{RUN}/snapshot.zip")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as whole:
        assert whole.namelist() == ["data/x.csv", "train.py"]


async def test_a_run_without_a_snapshot(api, make_run):
    make_run("r1")
    for part in ("snapshot", "snapshot.zip", "snapshot/train.py"):
        answer = await api("GET", f"runs/default/r1/{part}")
        assert (answer.status, answer.json["message"]) == (404, "run r1 has no snapshot")


async def test_a_damaged_snapshot(api, full_run, home):
    (archive,) = (home / "default" / "snapshots").glob("*.zip")
    data = archive.read_bytes()
    archive.write_bytes(data[:40] + b"\xff" * 20 + data[60:])
    await api("GET", f"{RUN}/snapshot")
    assert (await api("GET", f"{RUN}/snapshot/data/x.csv")).status == 404
    archive.write_bytes(b"no zip at all")
    for part in ("snapshot", "snapshot/train.py"):
        assert (await api("GET", f"{RUN}/{part}")).status == 404


async def test_a_bomb_in_a_snapshot(api, full_run, home, extension):
    extension.shared.settings["max_shown_bytes"] = 1000
    (archive,) = (home / "default" / "snapshots").glob("*.zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bomb.txt", b"0" * 10**7)
    assert (await api("GET", f"{RUN}/snapshot/bomb.txt")).status == 413
