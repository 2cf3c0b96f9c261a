"""Cancel, tag, rename, archive, and the trash."""

from __future__ import annotations

import json
import os
import shutil
from functools import partial
from http.cookies import SimpleCookie

import pytest

from jupyter_runs.experiment import Experiment
from jupyter_runs.journal import RunReader
from jupyter_runs.workspace import Workspace


def ended(make_run, run_id, **more):
    folder, writer = make_run(run_id, **more)
    writer.log("loss", 1.0)
    writer.close()
    folder.end("Completed", by="ada")
    return folder


async def test_tags_are_set_and_removed_also_after_the_end(api, make_run):
    folder = ended(make_run, "r1")
    body = {"set": {"a": "1", "b": None, "<b>": "<script>"}}
    answer = await api("POST", "runs/default/r1/tags", body)
    assert answer.json["run"]["tags"] == {"a": "1", "b": None, "<b>": "<script>"}
    answer = await api("POST", "runs/default/r1/tags", {"set": {"a": "2"}, "remove": ["b", "none"]})
    assert answer.json["run"]["tags"] == {"a": "2", "<b>": "<script>"}
    assert answer.json["run"]["status"] == "Completed"
    reader = RunReader(folder)
    reader.poll()
    assert reader.tags == {"a": "2", "<b>": "<script>"}
    assert not reader.damage


@pytest.mark.parametrize(
    "body",
    [{"set": {"": "x"}}, {"set": {"a": 1}}, {"set": {"a\n": "x"}}, {"remove": "a"}, {"tags": {}}],
)
async def test_tags_that_make_no_sense_change_nothing(api, make_run, body):
    folder = ended(make_run, "r1")
    before = sorted(folder.journal.iterdir())
    assert (await api("POST", "runs/default/r1/tags", body)).status == 400
    assert sorted(folder.journal.iterdir()) == before


async def test_a_new_name(api, make_run):
    ended(make_run, "r1")
    answer = await api("POST", "runs/default/r1/rename", {"name": "best so far"})
    assert answer.json["run"]["name"] == "best so far"
    assert (await api("GET", "runs/default/r1")).json["head"]["name"] == "best so far"
    assert (await api("POST", "runs/default/r1/rename", {"name": ""})).status == 400


async def test_an_archived_run_is_off_the_lists(api, make_run):
    ended(make_run, "r1")
    ended(make_run, "r2")
    answer = await api("POST", "runs/default/r1/archive", {"archived": True})
    assert answer.json["run"]["archived"] is True
    (held,) = (await api("GET", "experiments")).json["experiments"]
    assert (held["archived"], held["archived_runs"]) == (False, 1)
    listed = (await api("GET", "runs")).json["runs"]
    assert [row["id"] for row in listed] == ["r2"]
    listed = (await api("GET", "runs", archived="true")).json["runs"]
    assert [row["id"] for row in listed] == ["r2", "r1"]
    assert (await api("GET", "runs/default/r1")).json["head"]["archived"] is True
    answer = await api("POST", "runs/default/r1/archive", {"archived": False})
    assert answer.json["run"]["archived"] is False
    assert len((await api("GET", "runs")).json["runs"]) == 2


async def test_an_archived_experiment_is_off_the_lists_with_its_runs(api, make_run, home):
    ended(make_run, "r1")
    ended(make_run, "r2", experiment="other")
    Experiment(Workspace._at(home / "default"), "diabetes")

    async def listed(**query):
        return [row["id"] for row in (await api("GET", "runs", **query)).json["runs"]]

    path = "experiments/default/diabetes/archive"
    for _ in range(2):
        assert (await api("POST", path, {"archived": True})).json == {"archived": True}
    assert await listed() == ["r2"]
    assert await listed(filter="archived") == ["r1"]
    assert await listed(filter="not archived") == ["r2"]
    assert await listed(archived="true") == ["r2", "r1"]
    assert await listed(experiment="diabetes") == ["r1"]
    told = (await api("GET", "experiments")).json["experiments"]
    assert {one["name"]: one["archived"] for one in told} == {"diabetes": True, "other": False}
    assert (await api("POST", path, {"archived": False})).json == {"archived": False}
    assert await listed() == ["r2", "r1"]
    for wrong in ("experiments/default/none/archive", "experiments/none/diabetes/archive"):
        assert (await api("POST", wrong, {"archived": True})).status == 404
    for name in ("..", "%2e%2e", "..%2F..", "a%2Fb"):
        answer = await api("POST", f"experiments/default/{name}/archive", {"archived": True})
        assert answer.status in (404, 405)


async def test_cancel(api, make_run):
    folder, writer = make_run("r1", stoppable=True)
    writer.log("loss", 1.0)
    answer = await api("POST", "runs/default/r1/cancel")
    assert answer.json["run"]["status"] == "CancelRequested"
    assert folder.cancel_requested
    writer.close()
    folder.end("Canceled")
    answer = await api("POST", "runs/default/r1/cancel")
    assert (answer.status, "Canceled" in answer.json["message"]) == (409, True)


async def test_deleted_restored_deleted_for_good(api, make_run, home):
    ended(make_run, "r1")
    ended(make_run, "child", parent="r1")
    ended(make_run, "r2")
    moved = (await api("POST", "runs/default/r1/trash")).json
    assert moved["runs"] == ["child", "r1"]
    assert moved["bytes"] > 100
    assert [row["id"] for row in (await api("GET", "runs")).json["runs"]] == ["r2"]
    assert (await api("GET", "runs/default/r1")).status == 404
    assert (await api("GET", "trash")).json == {"items": [moved], "bytes": moved["bytes"]}
    answer = await api("POST", f"trash/default/{moved['item']}/restore")
    assert answer.json == {"runs": ["child", "r1"]}
    assert (await api("GET", "trash")).json == {"items": [], "bytes": 0}
    head = (await api("GET", "runs/default/r1")).json["head"]
    assert head["status"] == "Completed"
    moved = (await api("POST", "runs/default/r1/trash")).json
    answer = await api("DELETE", f"trash/default/{moved['item']}")
    assert answer.json == {"freed": moved["bytes"]}
    assert list((home / "default" / "trash").iterdir()) == []
    assert (await api("DELETE", f"trash/default/{moved['item']}")).status == 404


async def test_snapshots_that_nobody_needs_go_too(api, make_run, snap, home):
    ids = [snap({"a.py": "1"}), snap({"a.py": "2"}), snap({"a.py": "3"})]
    for archive in (home / "default" / "snapshots").iterdir():
        os.utime(archive, (1, 1))
    for run_id, mine in (("r1", ids[0]), ("r2", ids[1]), ("r3", ids[1])):
        folder, writer = make_run(run_id)
        writer.event("facts", snapshot=mine)
        writer.close()
        folder.end("Completed", by="ada")

    def kept():
        return {path.stem for path in (home / "default" / "snapshots").iterdir()}

    async def delete(run_id):
        item = (await api("POST", f"runs/default/{run_id}/trash")).json["item"]
        return (await api("DELETE", f"trash/default/{item}")).json["freed"]

    await delete("r2")
    assert kept() == set(ids)  # r3 needs it
    await api("POST", "runs/default/r3/trash")
    await delete("r1")
    assert kept() == {ids[1], ids[2]}  # r3 may be restored, and the third is not ours to judge


async def test_several_are_deleted_at_once_with_what_they_share(api, make_run, snap, home):
    shared = snap({"a.py": "1"})
    for archive in (home / "default" / "snapshots").iterdir():
        os.utime(archive, (1, 1))
    names = []
    for run_id in ("r1", "r2"):
        folder, writer = make_run(run_id)
        writer.event("facts", snapshot=shared)
        writer.close()
        folder.end("Completed", by="ada")
        names.append((await api("POST", f"runs/default/{run_id}/trash")).json["item"])
    told = (await api("GET", "trash")).json
    assert told["bytes"] > sum(item["bytes"] for item in told["items"])
    delete = "trash/default/delete"
    assert (await api("POST", delete, {"items": [names[0], "none"]})).status == 404
    assert (await api("GET", "trash")).json == told
    for body in ({}, {"items": []}, {"items": [1]}, {"items": names, "more": 1}):
        assert (await api("POST", delete, body)).status == 400
    freed = (await api("POST", delete, {"items": [*names, names[0]]})).json["freed"]
    assert freed == told["bytes"]
    assert (await api("GET", "trash")).json == {"items": [], "bytes": 0}
    assert list((home / "default" / "snapshots").iterdir()) == []


async def test_a_snapshot_that_was_taken_just_now_stays(api, make_run, snap, home):
    folder, writer = make_run("r1")
    writer.event("facts", snapshot=snap({"a.py": "1"}))
    writer.close()
    folder.end("Completed", by="ada")
    item = (await api("POST", "runs/default/r1/trash")).json["item"]
    await api("DELETE", f"trash/default/{item}")
    assert len(list((home / "default" / "snapshots").glob("*.zip"))) == 1


async def test_what_goes_on_is_not_deleted(api, make_run):
    ended(make_run, "r1")
    _, writer = make_run("child", parent="r1")
    writer.log("loss", 1.0)
    answer = await api("POST", "runs/default/r1/trash")
    assert (answer.status, "child" in answer.json["message"]) == (409, True)
    assert (await api("GET", "runs/default/r1")).status == 200


async def test_nothing_is_restored_over_a_run(api, make_run):
    ended(make_run, "r1")
    moved = (await api("POST", "runs/default/r1/trash")).json
    ended(make_run, "r1")
    answer = await api("POST", f"trash/default/{moved['item']}/restore")
    assert answer.status == 409
    assert len((await api("GET", "trash")).json["items"]) == 1


async def test_an_experiment_comes_back_with_its_tags(api, make_run, home):
    ended(make_run, "r1")
    ended(make_run, "r2")
    experiment = Experiment(Workspace._at(home / "default"), "diabetes")
    experiment.tag("a", "b")
    experiment.delete()
    (item,) = (await api("GET", "trash")).json["items"]
    assert (item["what"], item["name"]) == ("experiment", "diabetes")
    await api("POST", f"trash/default/{item['item']}/restore")
    (told,) = (await api("GET", "experiments")).json["experiments"]
    assert (told["runs"], told["tags"]) == (2, {"a": "b"})


@pytest.mark.parametrize(
    "item", ["..", ".", "none", "20260101-000000-abcdef-x", "%2e%2e", "..%2Fruns"]
)
async def test_only_what_lies_in_the_trash_is_deleted(api, make_run, home, item):
    ended(make_run, "r1")
    (home / "default" / "trash").mkdir(exist_ok=True)
    answer = await api("DELETE", f"trash/default/{item}")
    assert answer.status in (404, 405)
    assert (await api("GET", "runs/default/r1")).status == 200


async def test_links_in_the_trash_are_not_followed(api, make_run, home, tmp_path):
    away = tmp_path / "away"
    (away / "runs").mkdir(parents=True)
    (away / "keep.txt").write_text("keep")
    trash = home / "default" / "trash"
    ended(make_run, "r1")
    moved = (await api("POST", "runs/default/r1/trash")).json
    (trash / moved["item"] / "runs" / "link").symlink_to(away)
    (trash / "20260101-000000-abcdef-x").symlink_to(away)
    assert len((await api("GET", "trash")).json["items"]) == 1
    assert (await api("DELETE", "trash/default/20260101-000000-abcdef-x")).status == 404
    assert (await api("DELETE", f"trash/default/{moved['item']}")).status == 200
    assert (away / "keep.txt").read_text() == "keep"


async def test_an_item_with_a_damaged_note(api, make_run, home):
    ended(make_run, "r1")
    moved = (await api("POST", "runs/default/r1/trash")).json
    note = home / "default" / "trash" / moved["item"] / "trash.json"
    for text in ("", "[]", json.dumps({"name": 5, "time": "x", "what": []})):
        note.write_text(text)
        (item,) = (await api("GET", "trash")).json["items"]
        assert (item["what"], item["name"], item["time"]) == ("run", "r1", None)
    shutil.rmtree(note.parent / "runs")
    await api("POST", f"trash/default/{moved['item']}/restore")
    assert (await api("GET", "trash")).json["items"] == []


async def test_a_cookie_alone_changes_nothing(
    make_run, jp_base_url, jp_auth_header, http_server_client
):
    """A page of another site could send that: what changes something needs the token that only ours can read."""
    folder = ended(make_run, "r1")
    fetch = partial(
        http_server_client.fetch,
        raise_error=False,
        allow_nonstandard_methods=True,
        follow_redirects=False,
    )
    token = jp_auth_header["Authorization"].partition(" ")[2]
    answer = await fetch(f"{jp_base_url}tree?token={token}")
    cookies = SimpleCookie()
    for line in answer.headers.get_list("Set-Cookie"):
        cookies.load(line)
    told = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items())}
    url = f"{jp_base_url}jupyter-runs/api/runs/default/r1"
    assert (await fetch(url, headers=told)).code in (200, 403)  # as Jupyter has it: by Referer
    answer = await fetch(f"{url}/trash", method="POST", headers=told, body="")
    assert (answer.code, b"XSRF" in answer.body or b"xsrf" in answer.body) == (403, True)
    assert folder.path.is_dir()
    assert "_xsrf" in cookies
    told["X-XSRFToken"] = cookies["_xsrf"].value
    answer = await fetch(f"{url}/trash", method="POST", headers=told, body="")
    assert answer.code == 200
    assert not folder.path.is_dir()
