"""A script, submitted: what it gets, what is kept, what is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from submitting import another, done, log_of, wait_for

from jupyter_runs import ComputeTarget, LocalCompute, Run, RunConfiguration, ScriptRunConfig
from jupyter_runs.errors import (
    ComputeTargetException,
    InvalidValueError,
    MissingPathError,
    RunFailedError,
    RunsError,
    SnapshotTooLargeError,
)
from jupyter_runs.jobs import sealed
from jupyter_runs.jobs.tickets import Queue, Slot

HELLO = """
    import os, sys
    from jupyter_runs import Run

    run = Run.get_context()
    print("arguments", sys.argv[1:])
    for i in range(5):
        run.log("loss", 1 / (i + 1), step=i)
    open("outputs/model.txt", "w").write("weights")
    os.makedirs("outputs/deep", exist_ok=True)
    open("outputs/deep/more.txt", "w").write("more")
"""


def test_a_script_is_run_and_its_metrics_files_and_output_are_kept(exp, source):
    run = exp.submit(source(HELLO, "--lr", "0.1", "a b", "--amp"), tags={"kind": "first"})
    details = done(run)
    assert details["status"] == "Completed", details
    assert run.get_metrics() == {"loss": [1.0, 0.5, 1 / 3, 0.25, 0.2]}
    assert run.get_file_names() == [
        "logs/70_driver_log.txt",
        "outputs/deep/more.txt",
        "outputs/model.txt",
    ]
    assert "arguments ['--lr', '0.1', 'a b', '--amp']" in log_of(run)
    assert details["params"] == {"lr": 0.1, "amp": True}
    assert run.tags == {"kind": "first"}
    assert (run.type, run.number, details["target"]) == ("script", 1, "local")
    assert details["startTimeUtc"] < details["endTimeUtc"]
    assert not list((exp.workspace.folder / "work").iterdir())  # what was unpacked is gone


def test_edits_after_the_submit_do_not_reach_the_script(exp, source):
    gate = source.folder.parent / "gate"
    config = source(
        f"""
        import os, time
        while not os.path.exists({str(gate)!r}): time.sleep(0.01)
        import helper
        print(helper.TEXT)
        """
    )
    (source.folder / "helper.py").write_text("TEXT = 'as it was'")
    run = exp.submit(config)
    (source.folder / "helper.py").write_text("TEXT = 'changed'")
    (source.folder / "train.py").write_text("raise SystemExit('changed')")
    gate.touch()
    assert done(run)["status"] == "Completed"
    assert log_of(run) == "as it was\n"


def test_content_is_kept_once_however_often_it_is_submitted(exp, source):
    runs = [exp.submit(source("print(1)")) for _ in range(3)]
    assert len({run.get_snapshot_id() for run in runs}) == 1
    assert len(list((exp.workspace.folder / "snapshots").glob("*.zip"))) == 1
    for run in runs:
        done(run)


def test_ignored_files_are_left_out(exp, source):
    config = source("import os; print(sorted(os.listdir('.')))")
    (source.folder / ".amlignore").write_text("*.bin\n")
    (source.folder / "big.bin").write_bytes(b"x")
    (source.folder / "data.csv").write_text("1")
    run = exp.submit(config)
    done(run)
    assert log_of(run) == "['.amlignore', 'data.csv', 'logs', 'outputs', 'train.py']\n"
    with zipfile.ZipFile(run.restore_snapshot()) as archive:
        assert sorted(archive.namelist()) == [".amlignore", "data.csv", "train.py"]


def test_a_folder_over_the_limits_is_refused_and_its_largest_named(exp, source, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_SNAPSHOT_MAX_MB", "1")
    (source.folder / "data").mkdir()
    (source.folder / "data" / "all.npy").write_bytes(os.urandom(1_500_000))
    with pytest.raises(SnapshotTooLargeError, match=r"data/ \(1\.5 MB"):
        exp.submit(source("print(1)"))
    assert not list(exp.get_runs())
    assert not (exp.workspace.folder / "snapshots").exists()


@pytest.mark.parametrize(
    ("config", "error", "text"),
    [
        (
            lambda s: ScriptRunConfig(s.folder, "trian.py"),
            MissingPathError,
            "scripts in it: train.py",
        ),
        (lambda s: ScriptRunConfig(s.folder / "no", "train.py"), MissingPathError, "is no folder"),
        (lambda s: ScriptRunConfig(s.folder, "../train.py"), InvalidValueError, "is to lie in"),
        (lambda s: ScriptRunConfig(s.folder), InvalidValueError, "needs a script or a command"),
        (
            lambda s: ScriptRunConfig(s.folder, "train.py", command="ls"),
            InvalidValueError,
            "not both",
        ),
        (
            lambda s: ScriptRunConfig(s.folder, "train.py", [1], None, 5),
            InvalidValueError,
            "named by",
        ),
        (lambda s: ScriptRunConfig(s.folder, "train.py", 5), InvalidValueError, "is a list"),
        (lambda s: ScriptRunConfig(s.folder, "train.py", ["a\0b"]), InvalidValueError, "NUL"),
        (
            lambda s: ScriptRunConfig(s.folder, "train.py", max_run_duration_seconds=-1),
            InvalidValueError,
            "above 0",
        ),
        (
            lambda s: ScriptRunConfig(s.folder, "train.py", compute_target="gpu"),
            ComputeTargetException,
            "targets: local, tiny",
        ),
    ],
)
def test_what_can_not_be_run_is_refused_at_the_call(exp, source, config, error, text):
    source("print(1)")
    ComputeTarget.create(exp.workspace, "tiny", LocalCompute.provisioning_configuration())
    with pytest.raises(error, match=re.escape(text)):
        exp.submit(config(source))
    assert not list(exp.get_runs())


def test_commands(exp, source):
    source("print(1)")
    shell = exp.submit(ScriptRunConfig(source.folder, command="echo a  $((1 + 1)); pwd; exit 0"))
    listed = exp.submit(
        ScriptRunConfig(source.folder, command=[sys.executable, "-c", "print('a  b')"])
    )
    assert done(shell)["status"] == done(listed)["status"] == "Completed"
    assert log_of(shell).startswith("a 2\n")
    assert log_of(listed) == "a  b\n"


def test_run_configuration_goes_behind_what_is_given(exp, source):
    source("import sys; print(sys.argv[1:])")
    given = RunConfiguration("train.py", ["1"])
    assert ScriptRunConfig(source.folder, run_config=given).what()["arguments"] == ["1"]
    assert ScriptRunConfig(source.folder, arguments=["2"], run_config=given).what() == {
        "script": "train.py",
        "arguments": ["2"],
    }


def test_a_failure_is_told_with_its_exception_and_the_last_lines(exp, source):
    run = exp.submit(source("print('so far')\ndef f():\n    raise ValueError('too small')\nf()\n"))
    error = done(run)["error"]["error"]
    assert (error["code"], error["message"]) == ("ValueError", "ValueError: too small")
    assert "so far" in error["details"]
    assert "Traceback" in error["details"]
    with pytest.raises(RunFailedError, match="too small"):
        run.wait_for_completion()
    exit_code = exp.submit(source("import sys; print('no data'); sys.exit(3)"))
    error = done(exit_code)["error"]["error"]
    assert (error["code"], error["message"]) == (
        "UserError",
        "the script ended with exit code 3: no data",
    )


def test_what_a_script_says_of_its_end_stands_once_it_has_ended(exp, source):
    complete = exp.submit(
        source(
            """
            from jupyter_runs import Run
            run = Run.get_context()
            run.complete()
            run.log("late", 1)
            open("outputs/late.txt", "w").write("x")
            """
        )
    )
    failed = exp.submit(
        source(
            "from jupyter_runs import Run\nRun.get_context().fail('not good', 'Bad')", name="f.py"
        )
    )
    block = exp.submit(
        source(
            "from jupyter_runs import Run\nwith Run.get_context() as run:\n    run.log('a', 1)\n    1 / 0",
            name="b.py",
        )
    )
    assert done(complete)["status"] == "Completed"
    assert complete.get_metrics() == {"late": 1}
    assert "outputs/late.txt" in complete.get_file_names()
    assert done(failed)["error"]["error"]["code"] == "Bad"
    assert done(block)["error"]["error"]["code"] == "ZeroDivisionError"


def test_secrets_reach_the_script_and_are_nowhere_on_disk(exp, source, monkeypatch, home):
    value = "s3cr3t-" + os.urandom(8).hex()
    monkeypatch.setenv("MY_API_TOKEN", value)
    config = source(
        "import os, sys; print(len(os.environ['MY_API_TOKEN']), len(os.environ['DB_PASSWORD']), sys.argv)",
        "--api-key",
        value,
        "--lr",
        "1",
    )
    config.run_config.environment_variables = {"DB_PASSWORD": value, "PLAIN": "seen"}
    text = config.folder() / "train.py"
    text.write_text(text.read_text().replace("sys.argv)", "[len(a) for a in sys.argv])"))
    run = exp.submit(config)
    assert done(run)["status"] == "Completed"
    assert log_of(run) == f"{len(value)} {len(value)} [8, 9, {len(value)}, 4, 1]\n"
    told = json.loads((run.folder / "run.json").read_text())["definition"]
    assert told["environment_variables"] == {"DB_PASSWORD": None, "PLAIN": "seen"}
    assert told["arguments"] == ["--api-key", "***", "--lr", "1"]
    found = subprocess.run(["grep", "-rl", value, str(home)], capture_output=True, check=False)
    assert not found.stdout
    assert not sealed._file(run._folder).exists()


def test_secrets_that_are_gone_fail_the_run_with_their_names(exp, source, monkeypatch):
    target = ComputeTarget.create(
        exp.workspace, "one", LocalCompute.provisioning_configuration(max_nodes=1)
    )
    gate = source.folder.parent / "gate"
    first = exp.submit(source(_until(gate), name="first.py", compute_target=target))
    config = source("print(1)", compute_target="one")
    config.run_config.environment_variables = {"DB_PASSWORD": "x"}
    second = exp.submit(config)
    sealed.discard(second._folder)
    gate.touch()
    done(first)
    assert (
        "DB_PASSWORD was given when the run was submitted"
        in done(second)["error"]["error"]["message"]
    )


def _until(gate: Path) -> str:
    return f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.01)"


def test_pythonpath_is_added_to(exp, source, tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "my_module.py").write_text("X = 5")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "mine"))
    run = exp.submit(source("import my_module, jupyter_runs; print(my_module.X)"))
    assert done(run)["status"] == "Completed"


def test_an_interpreter_with_nothing_in_it_logs_and_reads(exp, source, tmp_path):
    venv.create(tmp_path / "bare", with_pip=False)
    python = str(tmp_path / "bare" / "bin" / "python")
    text = """
        import subprocess, sys
        from jupyter_runs import Run
        run = Run.get_context()
        run.log("a", 1.5); run.log_row("r", x=1, y=2.0); run.log_list("l", [1, 2]); run.tag("k", "v")
        run.log_table("t", {"x": [1, 2]}); run.log_metrics({"m": 1, "n": 2.0}); run.progress(1, 2)
        assert run.get_metrics()["a"] == 1.5, run.get_metrics()
        assert run.get_metrics()["r"] == {"x": 1, "y": 2.0}
        assert run.tags == {"k": "v"} and run.get_details()["status"] == "Running"
        assert run.experiment.name == "exp" and run.number == 1 and run.parent is None
        run.upload_file("outputs/x.txt", __file__)
        assert "outputs/x.txt" in run.get_file_names()
        assert [each.id for each in run.experiment.get_runs()] == [run.id]
        for bad in ("numpy", "psutil", "ipykernel"):
            try: __import__(bad)
            except ImportError: pass
            else: raise SystemExit(f"{bad} is lent")
        subprocess.run([sys.executable, "-c",
            "from jupyter_runs import Run; Run.get_context().log('child', 1)"], check=True)
    """
    source(text)
    run = exp.submit(ScriptRunConfig(source.folder, command=[python, "train.py"]))
    details = done(run)
    assert details["status"] == "Completed", details["error"]
    assert run.get_metrics("child") == {"child": 1}


def test_children_and_ranks_are_writers_of_their_own(exp, source):
    run = exp.submit(
        source(
            """
            import multiprocessing, os, subprocess, sys
            from jupyter_runs import Run
            def work(i):
                Run.get_context().log("worker", i)
            if __name__ == "__main__":
                Run.get_context().log("main", 1)
                for kind in ("fork", "spawn"):
                    with multiprocessing.get_context(kind).Pool(2) as pool:
                        pool.map(work, range(4))
                for rank in range(2):
                    subprocess.run([sys.executable, "-c", "from jupyter_runs import Run; Run.get_context().log('loss', 0.5)"],
                        env={**os.environ, "RANK": str(rank), "LOCAL_RANK": "0", "WORLD_SIZE": "2"}, check=True)
            """
        )
    )
    assert done(run)["status"] == "Completed", log_of(run)
    assert sorted(run.get_metrics("worker")["worker"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    with run._reading() as reader:
        ranks = {name: facts.get("rank") for name, facts in reader.writers.items()}
    assert sorted(rank for rank in ranks.values() if rank is not None) == [0, 1]
    assert {name.split("-")[0] for name, rank in ranks.items() if rank is not None} == {
        "rank0",
        "rank1",
    }


def test_the_runs_own_workspace_is_found_inside(exp, source):
    run = exp.submit(
        source("from jupyter_runs import Workspace; print(Workspace.from_config().location)")
    )
    done(run)
    assert log_of(run) == f"{exp.workspace.location}\n"


def test_logs_come_while_the_script_runs(exp, source):
    gate = source.folder.parent / "gate"
    run = exp.submit(
        source(
            "import sys\nprint('line one')\nopen('logs/own.log', 'w').write('first\\n')\n"
            + _until(gate)
        )
    )
    wait_for(lambda: log_of(run) == "line one\n")
    wait_for((run.folder / "logs" / "own.log").exists)
    gate.touch()
    done(run)
    assert (run.folder / "logs" / "own.log").read_text() == "first\n"


def test_submit_from_a_process_that_ends_at_once(exp, source):
    source("import time; time.sleep(0.3); print('went on')")
    process = another(
        """
        import sys
        from jupyter_runs import Workspace, Experiment, ScriptRunConfig
        print(Experiment(Workspace(), "exp").submit(ScriptRunConfig(sys.argv[1], "train.py")).id)
        """,
        str(source.folder),
    )
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    run = exp.workspace.get_run(out.split()[-1])
    assert done(run)["status"] == "Completed"
    assert log_of(run) == "went on\n"


def test_what_is_kept_of_the_code(exp, source):
    config = source("print(1)")
    git = ["git", "-C", str(source.folder), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    (source.folder / "train.py").write_text("print(2)")
    run = exp.submit(config)
    facts = done(run)["facts"]
    assert facts["git"]["branch"] == "main"
    assert facts["git"]["dirty"] is True
    assert b"+print(2)" in (run.folder / facts["git"]["diff"]).read_bytes()
    assert facts["script"] == "train.py"
    assert facts["argv"] == ["train.py"]


def test_runs_of_scripts_can_be_waited_for_and_streamed(exp, source, capsys):
    run = exp.submit(source("print('hello from the script')"))
    run.wait_for_completion(show_output=True)
    out = capsys.readouterr().out
    assert "Streaming 70_driver_log.txt" in out
    assert "hello from the script" in out
    assert isinstance(Run.get_context(), Run)  # and out here it is offline


def test_children(exp, source):
    parent = exp.start_logging(snapshot_directory=None, outputs=False)
    child = parent.submit_child(source("print(1)"))
    done(child)
    assert child.parent == parent
    assert [run.id for run in exp.get_runs()] == [parent.id]
    parent.complete()


def test_a_home_that_can_not_be_written_to_is_one_clear_error(exp, source, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jupyter_runs.jobs.tickets.Queue.put", full)
    with pytest.raises(RunsError, match="can't be submitted: .*No space left"):
        exp.submit(source("print(1)"))
    (run,) = exp.get_runs()
    assert run.get_status() == "Failed"
    assert run._status().message == "it could not be submitted"


def test_where_files_can_not_be_locked_the_locks_lie_elsewhere(exp, tmp_path, monkeypatch):
    monkeypatch.setattr("jupyter_runs.jobs.tickets.can_lock", lambda _: False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    queue = Queue(exp.workspace.folder, "local")
    queue.make()
    assert tmp_path in queue.lock.parents
    assert queue.slots.is_dir()
    slot = Slot.free(queue.slots, 1)
    assert slot is not None
    assert Slot.free(Queue(exp.workspace.folder, "local").slots, 1) is None
    slot.release()


def test_a_folder_to_work_in(exp, source, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_WORK", str(tmp_path / "scratch"))
    run = exp.submit(source("import os; print(os.getcwd())"))
    monkeypatch.delenv("JUPYTER_RUNS_WORK")
    done(run)
    assert log_of(run) == f"{tmp_path / 'scratch' / run.id}\n"
    assert not list((tmp_path / "scratch").iterdir())
