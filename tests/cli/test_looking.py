"""list, show, tail, compare, export."""

from __future__ import annotations

import csv
import json
import threading
import zipfile

import pytest

from jupyter_runs.journal import RunFolder, RunReader

EVIL = "\x1b[2J\u202e<b>"


def test_runs_are_listed_newest_first(make_run, run, told):
    make_run("r1", tags={"model": "cnn"})
    make_run("r2", end="Failed", workspace="other")
    make_run("child", parent="r1")
    assert [row["id"] for row in told("list")["runs"]] == ["r2", "r1"]
    assert [row["id"] for row in told("list", "--children")["runs"]] == ["child", "r2", "r1"]
    assert [row["id"] for row in told("list", "-w", "other")["runs"]] == ["r2"]
    assert [row["id"] for row in told("list", "-t", "model=cnn")["runs"]] == ["r1"]
    assert [row["id"] for row in told("list", "-t", "model")["runs"]] == ["r1"]
    assert [row["id"] for row in told("list", "-s", "failed")["runs"]] == ["r2"]
    assert [row["id"] for row in told("list", "-n", "1")["runs"]] == ["r2"]
    status, text = run("list")
    assert status == 0
    head, first, second = text.splitlines()
    assert head.split() == ["ID", "EXPERIMENT", "NAME", "STATUS", "TOOK", "METRICS"]
    assert first.startswith("r2 ")
    assert "✕ Failed" in first
    assert "loss=0.5" in second


def test_no_runs(home, run, told):
    assert told("list") == {"runs": []}
    assert run("list") == (0, "no runs\n")
    status, text = run("list", "-w", "none")
    assert (status, "there is no workspace 'none'" in text) == (2, True)
    assert run("list", "-n", "0")[0] == 2
    assert run("list", "-s", "Lost")[0] == 2
    assert run("list", "-t", "a", "-t", "b=c")[0] == 2


def test_what_strangers_wrote_does_not_move_the_cursor(make_run, run):
    folder = make_run("r1", name=EVIL, experiment=EVIL, tags={EVIL: EVIL}, params={EVIL: EVIL})
    folder.logs.mkdir()
    (folder.logs / "log.txt").write_text(EVIL + "\nsecond\n")
    for command in (
        ["list"],
        ["show", "r1"],
        ["tail", "r1"],
        ["tag", "r1"],
        ["compare", "r1", "r1"],
    ):
        _, text = run(*command)
        assert "\x1b" not in text, command
        assert "\u202e" not in text, command


def test_one_run_is_shown_in_full(make_run, run, told):
    make_run("r1", params={"alpha": 0.1}, end="Failed")
    found = told("show", "r1")
    assert found["head"]["status"] == "Failed"
    (metric,) = found["metrics"]
    assert (metric["name"], metric["last"], metric["max"]) == ("loss", 0.5, 1)
    status, text = run("show", "default/r1")
    assert status == 0
    for expected in (
        "diabetes / run 1 brave-otter: ✕ Failed",
        "no such alpha",
        "alpha: 0.1",
        "LOWEST",
    ):
        assert expected in text


@pytest.mark.parametrize("name", ["r2", "../r1", "default/r2", "none/r1", "", "/etc", "a\0b"])
def test_a_run_that_is_not_there(make_run, run, name):
    make_run("r1")
    status, text = run("show", name)
    assert (status, text.startswith("error: there is no run")) == (2, True)


def test_a_run_by_its_folder_and_one_of_two(make_run, run, told):
    folder = make_run("r1")
    make_run("r1", workspace="other")
    assert told("show", folder.path)["head"]["id"] == "r1"
    status, text = run("show", "r1")
    assert (status, "say which of default/r1, other/r1" in text) == (2, True)
    assert told("show", "other/r1")["head"]["workspace"] == "other"


def test_a_run_by_how_its_id_begins_and_by_its_number(make_run, run, told):
    make_run("live-17a3", experiment="live", number=12)
    make_run("live-99b4", experiment="live", number=3)
    make_run("live", experiment="other", number=12)
    assert told("show", "live-1")["head"]["id"] == "live-17a3"
    assert told("show", "live/3")["head"]["id"] == "live-99b4"
    assert told("show", "live")["head"]["id"] == "live"  # an id goes first
    status, text = run("show", "live-")
    assert (status, "default/live-99b4, default/live-17a3" in text) == (2, True)
    for asked in ("liv", "live/99", "live/"):
        assert run("show", asked)[0] == 2


def test_the_end_of_a_log(make_run, run, told):
    folder = make_run("r1")
    assert run("tail", "r1")[0] == 2
    folder.logs.mkdir()
    (folder.logs / "user_log.txt").write_text("".join(f"line {i}\n" for i in range(100)))
    assert run("tail", "r1", "-n", "2") == (0, "line 98\nline 99\n")
    found = told("tail", "r1", "-n", "1", "--file", "user_log.txt")
    assert (found["text"], found["name"]) == ("line 99", "user_log.txt")
    assert run("tail", "r1", "--file", "../run.json")[0] == 2
    assert run("tail", "r1", "--follow", "-n", "1") == (0, "line 99\n")


def test_a_log_is_followed_until_the_run_ends(make_run, run, monkeypatch):
    from jupyter_runs.cli import tail

    folder = make_run("r1", end=None)
    folder.logs.mkdir()
    log = folder.logs / "user_log.txt"
    log.write_text("first\n")
    looks = []

    def sleep(seconds):
        looks.append(seconds)
        with log.open("a") as file:
            file.write(f"more {len(looks)}\n")
        if len(looks) == 3:
            folder.end("Completed")

    monkeypatch.setattr(tail.time, "sleep", sleep)
    status, text = run("tail", "r1", "-f")
    assert (status, text) == (0, "first\nmore 1\nmore 2\nmore 3\n")
    assert threading.active_count() >= 1


def test_what_differs(make_run, run, told):
    make_run("r1", params={"lr": 0.1, "act": "relu"})
    make_run("r2", params={"lr": 0.2, "act": "relu"}, loss=(0.25,))
    found = told("compare", "r1", "r2")
    assert found["differing"] == ["lr"]
    assert found["diff"]["params"] == [{"name": "lr", "before": 0.1, "after": 0.2}]
    status, text = run("compare", "r1", "r2")
    assert status == 0
    rows = [line.split() for line in text.splitlines()]
    assert ["lr", "0.1", "0.2"] in rows
    assert ["loss", "0.5", "0.25"] in rows
    assert "relu" not in text
    assert run("compare", "r1")[0] == 2


def test_a_run_as_one_file(make_run, run, told, home, tmp_path):
    folder = make_run("r1")
    folder.outputs.mkdir()
    (folder.outputs / "model.bin").write_bytes(b"model")
    (folder.outputs / "link").symlink_to("/etc/passwd")
    assert told("export", "r1")["file"] == str(tmp_path / "r1.zip")
    with zipfile.ZipFile("r1.zip") as archive:
        assert "r1/outputs/link" not in archive.namelist()
        archive.extractall(home / "other" / "runs")
    copied = RunFolder(home / "other" / "runs" / "r1")
    reader = RunReader(copied)
    reader.poll()
    assert reader.metrics["loss"].values() == [1.0, 0.5]
    assert (copied.outputs / "model.bin").read_bytes() == b"model"
    told("export", "default/r1", "-o", "r1.csv")
    with (tmp_path / "r1.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["metric", "step", "time", "value"]
    assert [(row[0], row[1], row[3]) for row in rows[1:]] == [
        ("loss", "0", "1.0"),
        ("loss", "1", "0.5"),
    ]
    told("export", "default/r1", "-o", "r1.json")
    found = json.loads((tmp_path / "r1.json").read_text())
    assert found["metrics"] == {"loss": [1.0, 0.5]}
    assert run("export", "default/r1", "-o", "r1.pdf")[0] == 2
    assert run("export", "default/r1", "-o", "none/r1.zip")[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "r1.csv",
        "r1.json",
        "r1.zip",
        "runs",
    ]
