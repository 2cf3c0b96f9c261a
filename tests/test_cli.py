"""The command line, as it is called."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from jupyter_runs import ComputeTarget, Experiment, LocalCompute, ScriptRunConfig, Workspace
from jupyter_runs.cli import main
from jupyter_runs.cli.text import printable


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with two runs that are well."""
    place = tmp_path / "home"
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(place))
    experiment = Experiment(Workspace.create("default", place, exist_ok=True), "cli")
    for run_id in ("one", "two"):
        run = experiment.start_logging(run_id=run_id, snapshot_directory=None)
        for step in range(300):
            run.log("loss", 1 / (step + 1), step=step)
        run.complete()
    return place


def break_a_page(home, run_id="one"):
    (path,) = (home / "default" / "runs" / run_id).glob("journal/main-*/scalars-0001.bin")
    raw = bytearray(path.read_bytes())
    raw[50] ^= 1
    raw[4096 + 50] ^= 1
    path.write_bytes(raw)


def test_jupyter_finds_the_subcommand(home):
    scripts = Path(sysconfig.get_path("scripts"))
    if not (scripts / "jupyter-runs").exists():
        pytest.skip("the package is installed here from before it had a command")
    jupyter = shutil.which("jupyter", path=str(scripts)) or "jupyter"
    done = subprocess.run(
        [jupyter, "runs", "doctor"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 runs, 600 values: all well.\n"


def test_doctor_tells_and_mends(home, capsys):
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == "2 runs, 600 values: all well.\n"
    break_a_page(home)
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "one" in told.splitlines()[0]
    assert "checksum" in told or "header" in told
    assert "--repair" in told.splitlines()[-1]
    assert "two" not in told
    assert main(["doctor", "two"]) == 0
    capsys.readouterr()
    assert main(["doctor", "one", "--repair"]) == 0
    assert "mended" in capsys.readouterr().out
    assert main(["doctor"]) == 0


def test_doctor_as_json(home, capsys):
    break_a_page(home)
    assert main(["doctor", "--json", "--workspace", "default"]) == 1
    one, two = json.loads(capsys.readouterr().out)["runs"]
    assert (one["run"], two["run"]) == ("one", "two")
    assert two["findings"] == []
    assert {"kind", "file", "offset", "size", "text", "values", "writer"} <= set(one["findings"][0])


@pytest.mark.parametrize(
    ("args", "told"),
    [(["doctor", "no-such-run"], "no-such-run"), (["doctor", "-w", "nowhere"], "nowhere")],
)
def test_a_wrong_call_names_what_is_wrong(home, capsys, args, told):
    assert main(args) == 2
    assert told in capsys.readouterr().err


def test_a_folder_of_a_run_may_be_given(home, capsys, tmp_path):
    shutil.copytree(home / "default" / "runs" / "one", tmp_path / "copied")
    assert main(["doctor", str(tmp_path / "copied")]) == 0
    assert "1 run, 300 values: all well." in capsys.readouterr().out


def test_names_that_would_move_the_cursor():
    assert printable("a\x1b[2Jb\nc\u202ed") == "a\\x1b[2Jb\\nc\\u202ed"


def test_without_a_command_it_says_how():
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_runs.cli"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "usage: jupyter runs" in done.stderr


def test_queue_shows_what_is_active_and_what_waits(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_RUNS_GRACE", "0.1")
    experiment = Experiment(Workspace(), "cli")
    assert main(["queue"]) == 0
    assert capsys.readouterr().out == "no runs are active or wait\n"
    ComputeTarget.create(
        experiment.workspace, "one", LocalCompute.provisioning_configuration(max_nodes=1)
    )
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("import time; time.sleep(600)")
    config = ScriptRunConfig(tmp_path / "src", "train.py", compute_target="one")
    runs = [experiment.submit(config) for _ in range(3)]
    until = time.monotonic() + 30
    while runs[0].get_status() != "Running":
        assert time.monotonic() < until
        time.sleep(0.02)
    assert main(["queue", "--json"]) == 0
    targets = {each["target"]: each for each in json.loads(capsys.readouterr().out)["targets"]}
    assert [each["run"] for each in targets["one"]["active"]] == [runs[0].id]
    assert [each["run"] for each in targets["one"]["queued"]] == [runs[1].id, runs[2].id]
    assert main(["queue", "-t", "one"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "default / one: 1 of 1 places taken, 2 waiting"
    assert [line.split()[0] for line in lines[1:]] == ["▶", "1.", "2."]
    assert main(["queue", "-t", "no"]) == 2
    for run in reversed(runs):
        run.cancel()
    runs[0].wait_for_completion()
