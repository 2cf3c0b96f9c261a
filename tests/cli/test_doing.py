"""cancel, tag, delete, trash, portal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from jupyter_runs.cli import main


def test_runs_are_canceled(make_run, run, told):
    folder = make_run("r1", end=None, stoppable=True)
    make_run("r2")
    found = told("cancel", "r1", "r2")["runs"]
    assert [(one["run"], one["canceled"], one["status"]) for one in found] == [
        ("r1", True, "CancelRequested"),
        ("r2", False, "Completed"),
    ]
    assert folder.cancel_requested
    assert run("cancel", "r2") == (0, "r2: had ended: Completed\n")


def test_tags_are_set_removed_and_shown(make_run, run, told):
    make_run("r1", tags={"old": "1"})
    assert told("tag", "r1", "model=cnn", "good", "eq=a=b")["tags"] == {
        "old": "1",
        "model": "cnn",
        "good": None,
        "eq": "a=b",
    }
    assert run("tag", "r1", "-r", "old", "-r", "eq") == (0, "model=cnn\ngood\n")
    status, text = run("tag", "r1", "=x")
    assert (status, text.startswith("error: ")) == (2, True)


def test_deleted_put_back_and_deleted_for_good(make_run, run, told, home):
    make_run("r1")
    make_run("child", parent="r1")
    (item,) = told("delete", "r1", "child")["items"]
    assert item["runs"] == ["child", "r1"]
    assert told("list", "--children") == {"runs": []}
    status, text = run("trash")
    assert (status, item["item"] in text) == (0, True)
    assert told("trash", "--restore", item["item"]) == {"restored": ["child", "r1"]}
    assert len(told("list", "--children")["runs"]) == 2
    assert run("trash") == (0, "the trash is empty\n")
    (item,) = told("delete", "r1")["items"]
    assert told("trash", "--empty")["freed"] == item["size"] > 0
    assert not list((home / "default" / "trash").iterdir())
    assert run("trash", "--delete", item["item"])[0] == 2


def test_what_goes_on_is_not_deleted(make_run, run, told):
    make_run("r1", end=None)
    status, text = run("delete", "r1")
    assert (status, "still going on: r1" in text) == (2, True)
    assert len(told("list")["runs"]) == 1


def test_a_call_that_makes_no_sense(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["fly"])
    assert caught.value.code == 2


def answered(asked, process):
    """Return what the server answers; it names its address a moment before it listens there."""
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.URLError as error:
            assert isinstance(error.reason, ConnectionRefusedError)
            assert process.poll() is None


def test_the_portal_answers_and_ends(home, make_run, tmp_path, told):
    make_run("r1")
    (command,) = told("portal", "--no-browser").values()
    assert command[:2] == ["jupyter", "server"]
    variables = {**os.environ, "JUPYTER_TOKEN": "t", "JUPYTER_RUNTIME_DIR": str(tmp_path / "run")}
    line = [sys.executable, "-m", "jupyter_runs.cli", "portal", "--no-browser", "--port", "18890"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        line.append("--allow-root")
    process = subprocess.Popen(line, env=variables, stderr=subprocess.PIPE, text=True)
    try:
        port = next(
            found[1]
            for text in process.stderr
            if (found := re.search(r"127\.0\.0\.1:(\d+)/", text))
        )
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/jupyter-runs/api/runs", headers={"Authorization": "token t"}
        )
        assert [row["id"] for row in answered(asked, process)["runs"]] == ["r1"]
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_who_asks_for_nothing_is_told_what_there_is(capsys):
    assert main([]) == 2
    said = capsys.readouterr().err
    assert "usage: jupyter runs" in said
    assert "delete" in said
