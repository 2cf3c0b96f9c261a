"""Runs submitted anew by the server."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress

import pytest
from submitting import of_this_test

from jupyter_runs.jobs import outlive


@pytest.fixture
def script(make_run, snap, home, monkeypatch):
    """A run of a script that has ended; what is submitted is ended after the test."""
    monkeypatch.setattr(outlive, "_told", True)

    def make(run_id="r1", **told):
        definition = {
            "script": "train.py",
            "arguments": ["--lr", "0.1", "--amp"],
            "source_directory": "/nowhere",
            "snapshot": snap({"train.py": "import sys; print(sys.argv[1:])\n"}),
            "environment_variables": {},
            "max_run_duration_seconds": 2_592_000,
            "python": sys.executable,
            **told,
        }
        folder, writer = make_run(run_id, type="script", target="local", definition=definition)
        writer.close()
        folder.end("Completed")
        return folder

    yield make
    for pid in of_this_test(home):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)


async def ended(api, run):
    """Ask until a run has ended; the tests' time limit ends it otherwise."""
    until = time.monotonic() + 60
    while True:
        head = (await api("GET", f"runs/default/{run}")).json["head"]
        if not head["active"]:
            return head
        assert time.monotonic() < until, head


async def test_a_script_is_submitted_anew_with_other_arguments(api, script, home):
    script()
    asked = (await api("GET", "runs/default/r1/again")).json
    assert [field["label"] for field in asked["fields"]] == ["--lr", "--amp"]
    assert (asked["what"], asked["target"], asked["refusal"]) == ("train.py", "local", None)
    assert "ScriptRunConfig" in asked["code"]["text"]
    answer = await api(
        "POST", "runs/default/r1/again", {"arguments": ["--lr", "<b>", ""], "name": "again"}
    )
    new = answer.json["run"]
    assert (new["name"], new["experiment"], new["params"]) == ("again", "diabetes", {"lr": "<b>"})
    assert (await ended(api, new["id"]))["status"] == "Completed"
    log = home / "default" / "runs" / new["id"] / "logs" / "70_driver_log.txt"
    assert log.read_text().strip() == "['--lr', '<b>', '']"
    told = (await api("GET", f"runs/default/{new['id']}/details")).json["sections"]
    (properties,) = [section for section in told if section["title"] == "Properties"]
    assert properties["rows"] == [["repeats", "r1"]]


async def test_what_can_not_be_repeated_says_why(api, script, make_run, home):
    folder, writer = make_run("plain")
    writer.close()
    folder.end("Completed")
    asked = (await api("GET", "runs/default/plain/again")).json
    assert (asked["code"], asked["fields"]) == (None, [])
    answer = await api("POST", "runs/default/plain/again", {})
    assert (answer.status, answer.json["message"]) == (409, asked["refusal"])
    script("r2", arguments=["--api-key", "***"])
    answer = await api("POST", "runs/default/r2/again", {})
    assert (answer.status, "--api-key" in answer.json["message"]) == (400, True)
    for body in (
        {"arguments": ["a\0b"]},
        {"arguments": "x"},
        {"command": "x"},
        {"name": ""},
        {"tags": {}},
    ):
        assert (await api("POST", "runs/default/r2/again", body)).status == 400
    answer = await api("POST", "runs/default/r2/again", {"target": "../x", "arguments": []})
    assert (answer.status, "no compute target" in answer.json["message"]) == (404, True)
    assert (await api("POST", "runs/default/none/again", {})).status == 404
    assert len(list((home / "default" / "runs").iterdir())) == 2
