from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest

from jupyter_runs._run import at_exit, offline
from jupyter_runs.errors import RunEnvironmentException, RunFailedError, RunsWarning
from jupyter_runs.index import STATUSES
from jupyter_runs.run import Run
from jupyter_runs.workspace import Workspace, start_logging


class TestEnds:
    def test_complete(self, exp, run):
        assert run.get_status() == run.status == "Running"
        run.complete()
        assert run.get_status() == Run(exp, run.id).get_status() == "Completed"
        assert run not in at_exit.open_runs()

    @pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system does not tell")
    def test_a_run_that_has_ended_holds_no_file(self, run):
        run.log("loss", 1.0)
        assert run.get_metrics() == {"loss": 1.0}
        run.complete()
        held = [entry for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
        assert not [file for file in held if str(run.folder) in str(file.readlink())]
        assert run.get_metrics() == {"loss": 1.0}

    def test_fail_with_text(self, run):
        run.fail("no data\nin the folder", "NoData")
        error = run.get_details()["error"]["error"]
        assert error == {
            "code": "NoData",
            "message": "no data",
            "details": "no data\nin the folder",
        }

    def test_fail_with_an_exception(self, run):
        try:
            raise ValueError("bad <b>")
        except ValueError as error:
            run.fail(error)
        error = run.get_details()["error"]["error"]
        assert error["code"] == "ValueError"
        assert error["message"] == "ValueError: bad <b>"
        assert "test_run_life.py" in error["details"]

    def test_fail_without_a_word(self, run):
        run.fail()
        assert run.get_status() == "Failed"

    def test_cancel(self, run):
        run.cancel()
        assert run.get_status() == "Canceled"

    def test_the_first_end_stands(self, run):
        run.complete()
        for later in (run.fail, run.cancel, run.complete):
            with pytest.warns(RunsWarning, match="Completed already"):
                later()
        assert run.get_status() == "Completed"

    def test_another_process_cancels(self, exp, run, script):
        done = script(f"""
            from jupyter_runs.workspace import Workspace
            Workspace().get_run({run.id!r}).cancel()
        """)
        assert done.wait() == ""
        assert run.get_status() == "Canceled"
        run.log("a", 1)  # nothing in the way of a training
        with pytest.warns(RunsWarning, match="Canceled already"):
            run.complete()
        assert run.get_metrics() == {"a": 1}

    def test_a_cancel_that_was_only_asked_for(self, run):
        run._folder.request_cancel(by="ann")
        assert run.get_status() == "CancelRequested"
        run.complete()
        assert run.get_status() == "Canceled"
        assert "ann" in run.get_details()["reason"]

    def test_logging_after_the_end_is_kept_with_one_warning(self, exp, run):
        run.log("a", 1.0)
        run.complete()
        with pytest.warns(RunsWarning, match="after the run's end") as caught:  # noqa: PT031
            run.log("a", 2.0)
            run.log("a", 3.0)
            run.log_row("r", x=1)
            run.log_list("l", (i for i in range(3)))
            run.log_metrics({"m": 1})
        assert len(caught) == 1
        assert caught[0].filename == __file__
        assert Run(exp, run.id).get_metrics() == {
            "a": [1.0, 2.0, 3.0], "r": {"x": 1}, "l": [0, 1, 2], "m": 1,
        }  # fmt: skip
        assert run.get_status() == "Completed"

    def test_the_warning_names_the_callers_line(self, run):
        run.complete()
        with pytest.warns(RunsWarning) as caught:
            run.complete()
        assert caught[0].filename == __file__

    def test_flush(self, run):
        run.log("a", 1)
        run.flush(timeout_seconds=10)


class TestBlock:
    def test_completes_and_keeps_output(self, exp, capsys):
        with exp.start_logging(snapshot_directory=None) as run:
            print("out")
            print("err", file=sys.stderr)
        assert run.get_status() == "Completed"
        assert (run.folder / "logs" / "user_log.txt").read_text() == "out\nerr\n"
        assert run.get_file_names() == ["logs/user_log.txt"]
        assert capsys.readouterr().out == "out\n"

    def test_an_exception_fails_and_goes_on_up(self, exp):
        with pytest.raises(ZeroDivisionError), exp.start_logging(snapshot_directory=None) as run:
            print("before")
            1 / 0  # noqa: B018
        details = run.get_details()
        assert details["status"] == "Failed"
        assert details["error"]["error"]["code"] == "ZeroDivisionError"
        assert details["error"]["error"]["message"] == "ZeroDivisionError: division by zero"
        assert "1 / 0" in details["error"]["error"]["details"]
        assert (run.folder / "logs" / "user_log.txt").read_text() == "before\n"

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (KeyboardInterrupt, "Canceled"),
            (asyncio.CancelledError, "Canceled"),
            (GeneratorExit, "Canceled"),
            (SystemExit(0), "Completed"),
            (SystemExit, "Completed"),
            (SystemExit(3), "Failed"),
            (SystemExit("bad"), "Failed"),
        ],
    )
    def test_what_is_no_failure(self, exp, error, status):
        kind = error if isinstance(error, type) else type(error)
        with pytest.raises(kind), exp.start_logging(snapshot_directory=None) as run:
            raise error
        assert run.get_status() == status

    def test_ended_inside(self, exp):
        with exp.start_logging(snapshot_directory=None) as run:
            run.fail("meant")
        assert run.get_status() == "Failed"

    def test_nested(self, exp):
        with exp.start_logging(snapshot_directory=None) as outer:
            print("1")
            with exp.start_logging(snapshot_directory=None) as inner:
                print("2")
            print("3")
        assert (outer.folder / "logs/user_log.txt").read_text() == "1\n2\n3\n"
        assert (inner.folder / "logs/user_log.txt").read_text() == "2\n"

    def test_a_broken_repr_of_the_error(self, exp):
        class BrokenError(Exception):
            def __str__(self):
                raise RuntimeError("no text")

        with pytest.raises(BrokenError), exp.start_logging(snapshot_directory=None) as run:
            raise BrokenError
        assert run.get_status() == "Failed"


class TestDetails:
    def test_keys_and_json(self, exp):
        run = exp.start_logging(params={"lr": 1}, snapshot_directory=None)
        run.tag("t")
        run.add_properties({"p": 1})
        details = run.get_details()
        json.dumps(details)
        assert details["runId"] == run.id
        assert details["target"] == "local"
        assert details["status"] == "Running"
        assert details["error"] is None
        assert details["endTimeUtc"] is None
        assert details["properties"] == {"p": "1"}
        assert details["tags"] == {"t": None}
        assert details["params"] == {"lr": 1}
        run.complete()
        details = run.get_details()
        begin, end = details["startTimeUtc"], details["endTimeUtc"]
        assert begin.endswith("Z")
        assert datetime.fromisoformat(begin[:-1]) <= datetime.fromisoformat(end[:-1])
        for key in ("warnings", "runDefinition", "logFiles"):
            assert key in details

    def test_logs(self, exp, tmp_path):
        with exp.start_logging(snapshot_directory=None) as run:
            print("line")
        assert Path(run.get_details()["logFiles"]["logs/user_log.txt"]).read_text() == "line\n"
        assert run.get_details_with_logs()["logFiles"] == {"logs/user_log.txt": "line\n"}
        (copied,) = run.get_all_logs(tmp_path / "all")
        assert Path(copied).read_text() == "line\n"
        (copied,) = run.get_all_logs()
        assert Path(copied) == Path(run.id, "logs", "user_log.txt")

    def test_the_statuses_are_the_documented_ones(self):
        assert set(STATUSES) == {
            "NotStarted", "Queued", "Preparing", "Provisioning", "Starting", "Running",
            "CancelRequested", "Finalizing", "Completed", "Failed", "Canceled", "NotResponding",
        }  # fmt: skip


class TestWaiting:
    def later(self, call):
        timer = threading.Timer(0.3, call)
        timer.start()
        return timer

    def test_until_the_end(self, exp, run):
        self.later(run.complete)
        begin = time.monotonic()
        details = Run(exp, run.id).wait_for_completion()
        assert details["status"] == "Completed"
        assert time.monotonic() - begin < 10

    def test_failed_raises_and_canceled_does_not(self, exp):
        failed = exp.start_logging(snapshot_directory=None)
        failed.fail("no data", "X")
        with pytest.raises(RunFailedError, match="no data"):
            failed.wait_for_completion()
        assert failed.wait_for_completion(raise_on_error=False)["status"] == "Failed"
        canceled = exp.start_logging(snapshot_directory=None)
        canceled.cancel()
        assert canceled.wait_for_completion()["status"] == "Canceled"

    def test_shows_the_log(self, run, capsys):
        log = run.folder / "logs" / "70_driver_log.txt"
        log.parent.mkdir()
        log.write_text("one\n")
        self.later(lambda: (log.write_text("one\ntwo\n"), run.complete()))
        run.wait_for_completion(show_output=True)
        shown = capsys.readouterr().out
        assert shown.count("one\n") == 1
        assert "two\n" in shown
        assert "Status: Completed" in shown

    def test_await(self, exp, run):
        async def both():
            self.later(run.complete)
            ticks = 0

            async def tick():
                nonlocal ticks
                while True:
                    ticks += 1
                    await asyncio.sleep(0.01)

            task = asyncio.create_task(tick())
            details = await Run(exp, run.id).wait()
            task.cancel()
            return details, ticks

        details, ticks = asyncio.run(both())
        assert details["status"] == "Completed"
        assert ticks > 5


class TestContext:
    def test_offline_prints_and_keeps(self, capsys):
        run = Run.get_context()
        assert run is Run.get_context()
        assert run.id.startswith("OfflineRun_")
        run.log("loss", 0.5)
        run.log("loss", 0.25, step=3)
        run.log_row("r", x=1)
        run.log_list("l", (i for i in range(3)))
        run.log_table("t", {"a": [1]})
        run.tag("t", "v")
        run.add_properties({"p": 1})
        run.progress(1, 2, "epochs")
        shown = capsys.readouterr().out
        assert shown.startswith("scalar loss: 0.5\nscalar loss (step 3): 0.25\n")
        assert "[0, 1, 2]" in shown
        assert "progress 1 of 2 epochs" in shown
        assert run.get_metrics()["loss"] == [0.5, 0.25]
        assert run.get_metrics()["l"] == [0, 1, 2]
        assert run.get_status() == "Running"
        assert run.get_tags() == {"t": "v"}
        assert list(Workspace.list()) == []  # in no workspace
        run.complete()
        assert run.get_status() == "Completed"
        offline._contexts.clear()

    def test_or_an_error(self):
        with pytest.raises(RunEnvironmentException, match="start_logging"):
            Run.get_context(allow_offline=False)

    def test_the_run_that_was_given(self, run, monkeypatch):
        monkeypatch.setenv("JUPYTER_RUNS_RUN_DIR", str(run.folder))
        context = Run.get_context(allow_offline=False)
        assert context == run
        assert context is Run.get_context()
        context.log("a", 1)
        assert run.get_metrics() == {"a": 1}
        assert context.experiment.name == "exp"

    def test_its_folder_is_gone_with_the_process(self, script, tmp_path, monkeypatch):
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        done = script("""
            from jupyter_runs.run import Run
            run = Run.get_context()
            run.log("a", 1)
            print(run.folder)
        """)
        lines = done.wait().splitlines()
        assert lines[0] == "scalar a: 1"
        assert lines[1].startswith(str(tmp_path))
        assert not Path(lines[1]).exists()


def test_start_logging_at_the_top(capsys):
    run = start_logging(name="n", params={"a": 1}, snapshot_directory=None)
    assert run.experiment.workspace.name == "default"
    assert run.name == "n"
    other = start_logging(experiment="mine", snapshot_directory=None)
    assert other.experiment.name == "mine"
