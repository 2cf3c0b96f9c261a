"""Runs that are open when their process ends: real processes, real kernels."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from jupyter_runs.experiment import Experiment
from jupyter_runs.views import RunView

START = """
import os, sys, time
from jupyter_runs.workspace import Workspace, start_logging
run = start_logging(snapshot_directory=None)
run.log("loss", 0.5, step=1)
run.log("loss", 0.25, step=412)
"""


def newest(ws, name="train"):
    return next(Experiment(ws, name).get_runs())


class TestScript:
    def test_the_experiment_is_named_after_it(self, ws, script):
        script(START + "run.complete()", name="my script (1).py").wait()
        assert list(ws.experiments) == ["my-script-1"]

    def test_a_normal_end_completes_with_a_warning_on_the_run(self, ws, script):
        done = script(START)
        done.wait()
        assert done.process.returncode == 0
        details = newest(ws).get_details()
        assert details["status"] == "Completed"
        assert [w["message"] for w in details["warnings"]] == [
            "the script ended without complete()"
        ]
        assert newest(ws).get_metrics() == {"loss": [0.5, 0.25]}

    def test_outputs_are_taken_up_all_the_same(self, ws, script):
        script(START + "open('outputs/model', 'w').write('m')").wait()
        assert newest(ws).get_file_names() == ["outputs/model"]

    def test_an_uncaught_exception_fails_it(self, ws, script):
        done = script(START + "raise ValueError('no luck')")
        assert "ValueError: no luck" in done.wait()  # Python's own words come too
        error = newest(ws).get_details()["error"]["error"]
        assert error["code"] == "ValueError"
        assert error["message"] == "ValueError: no luck"
        assert "train.py" in error["details"]

    @pytest.mark.parametrize("how", ["sys.exit(3)", "def f():\n    sys.exit('no data')\nf()"])
    def test_an_exit_code_fails_it(self, ws, script, how):
        done = script(START + how)
        done.wait()
        assert done.process.returncode in (1, 3)
        error = newest(ws).get_details()["error"]["error"]
        assert error["code"] == "SystemExit"
        assert error["message"].endswith(("exit code 3", "no data"))

    @pytest.mark.parametrize(
        "how",
        [
            "sys.exit()",
            "sys.exit(0)",
            "try:\n    sys.exit(3)\nexcept SystemExit:\n    pass\nprint()",
            "try:\n    sys.exit(3)\nexcept SystemExit:\n    print()",
            "def f():\n    try:\n        sys.exit(3)\n    except SystemExit:\n        pass\nf()\nprint()",
            "import threading\nt = threading.Thread(target=sys.exit, args=(3,)); t.start(); t.join()",
        ],
    )
    def test_an_exit_that_is_good_or_was_caught(self, ws, script, how):
        done = script(START + how)
        done.wait()
        assert done.process.returncode == 0
        assert newest(ws).get_status() == "Completed"

    def test_a_hook_that_was_there_is_called(self, ws, script):
        hook = "import sys\nsys.excepthook = lambda *a: print('mine', a[1])\n"
        assert script(hook + START + "1 / 0").wait().startswith("Using")
        assert newest(ws).get_status() == "Failed"

    def test_an_exception_in_a_thread_ends_nothing(self, ws, script):
        text = (
            START
            + "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start(); t.join()\n"
        )
        script(text + "run.log('a', 1)").wait()
        assert newest(ws).get_status() == "Completed"

    def test_ctrl_c(self, ws, script, tmp_path):
        # what runs in the background of a shell inherits that SIGINT is ignored
        # (the file is not left to be closed by chance: an interrupt in a destructor is told and forgotten)
        hear = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        done = script(
            hear
            + START
            + f"os.close(os.open({str(tmp_path / 'there')!r}, os.O_CREAT))\ntime.sleep(60)"
        )
        done.wait_for(tmp_path / "there")
        done.process.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in done.wait()
        assert newest(ws).get_status() == "Canceled"

    def test_a_forked_child_ends_nothing(self, ws, script):
        script(
            START
            + "if os.fork() == 0:\n    run.log('child', 1); sys.exit(0)\nos.wait()\nrun.log('parent', 1)"
        ).wait()
        run = newest(ws)
        assert run.get_status() == "Completed"
        assert run.get_metrics() == {"loss": [0.5, 0.25], "child": 1, "parent": 1}

    def test_a_run_that_nobody_holds(self, ws, script):
        script(START + "del run; import gc; gc.collect()").wait()
        assert newest(ws).get_status() == "Completed"

    @pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
    def test_killed(self, ws, script, tmp_path):
        done = script(
            START + f"os.close(os.open({str(tmp_path / 'there')!r}, os.O_CREAT))\ntime.sleep(60)"
        )
        done.wait_for(tmp_path / "there")
        run = newest(ws)
        assert run.get_status() == "Running"
        done.process.kill()
        done.wait()
        until = time.monotonic() + 15
        while run.get_status() == "Running" and time.monotonic() < until:
            time.sleep(0.1)
        details = run.get_details()
        assert details["status"] == "Failed"
        assert details["error"]["error"]["code"] == "ProcessGone"
        pid = done.process.pid
        assert re.fullmatch(
            rf"process {pid} ended without completing; last point at step 412", details["reason"]
        )
        assert run.get_metrics() == {"loss": [0.5, 0.25]}

    def test_killed_in_the_middle_of_a_snapshot(self, ws, script, tmp_path):
        Path("big").mkdir()
        for i in range(200):
            Path("big", str(i)).write_bytes(os.urandom(100_000))
        done = script(
            "from jupyter_runs.workspace import start_logging\nimport time, os\n"
            "run = start_logging()\nrun.log('a', 1)\n"
            f"open({str(tmp_path / 'there')!r}, 'w')\ntime.sleep(0.25)\nos.kill(os.getpid(), 9)"
        )
        done.wait()
        run = newest(ws)
        assert run.get_metrics() == {"a": 1}
        assert run.get_status() == "Failed"
        assert Experiment(ws, "train").start_logging().get_snapshot_id()  # the next one is whole


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A real kernel, told its notebook's name as JupyterLab does."""
    manager = pytest.importorskip("jupyter_client.manager")
    root = str(Path(__file__).parents[2])
    env = {**os.environ, "PYTHONPATH": root, "JPY_SESSION_NAME": "work/My notebook.ipynb"}
    km, client = manager.start_new_kernel(kernel_name="python3", env=env, cwd=str(Path.cwd()))

    def execute(code, cell="c-1"):
        output = []

        def hook(message):
            content = message["content"]
            output.append(content.get("text") or content.get("evalue") or "")

        message = client.session.msg("execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": True,
        }, metadata={"cellId": cell})  # fmt: skip
        client.shell_channel.send(message)
        client._recv_reply(message["header"]["msg_id"], timeout=60)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            reply = client.get_iopub_msg(timeout=20)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                break
            if reply["msg_type"] in ("stream", "error"):
                hook(reply)
        return "".join(output)

    yield km, execute
    client.stop_channels()
    if km.is_alive():
        km.shutdown_kernel(now=True)


@pytest.mark.skipif(sys.platform == "win32", reason="kernels end otherwise there")
class TestKernel:
    def test_shut_down(self, ws, kernel):
        km, execute = kernel
        execute(START, cell="cell-7")
        run = newest(ws, "My-notebook")
        assert run.get_status() == "Running"
        facts = run.get_details()["facts"]
        assert facts["notebook"] == "work/My notebook.ipynb"
        assert facts["cell"] == "cell-7"
        told = {row for section in RunView(run._folder).details() for row in section.rows}
        assert ("Notebook", "work/My notebook.ipynb") in told
        assert "Arguments" not in dict(told)  # those that the kernel was started with
        km.shutdown_kernel()
        details = run.get_details()
        assert details["status"] == "Canceled"
        assert details["reason"] == "kernel was shut down before complete()"
        assert run.get_metrics() == {"loss": [0.5, 0.25]}

    def test_restarted(self, ws, kernel):
        km, execute = kernel
        execute(START)
        run = newest(ws, "My-notebook")
        km.restart_kernel()
        assert run.get_details()["reason"] == "kernel was shut down before complete()"

    def test_an_error_in_a_cell_ends_nothing_outside_a_block(self, ws, kernel):
        _, execute = kernel
        execute(START)
        assert "division" in execute("1 / 0")
        assert newest(ws, "My-notebook").get_status() == "Running"

    def test_the_block_and_its_output(self, ws, kernel):
        _, execute = kernel
        shown = execute("""
from jupyter_runs import start_logging
import threading, sys
with start_logging(snapshot_directory=None) as run:
    print("from the cell")
    t = threading.Thread(target=print, args=("from a thread",)); t.start(); t.join()
    print("to stderr", file=sys.stderr)
print("after")
""")
        run = newest(ws, "My-notebook")
        kept = (run.folder / "logs" / "user_log.txt").read_text()
        assert kept == "from the cell\nfrom a thread\nto stderr\n"
        for text in ("from the cell", "from a thread", "to stderr", "after"):
            assert text in shown
        assert "division" in execute(
            "with start_logging(snapshot_directory=None) as run:\n    1 / 0"
        )
        details = newest(ws, "My-notebook").get_details()
        assert details["error"]["error"]["code"] == "ZeroDivisionError"

    def test_interrupted(self, ws, kernel, tmp_path):
        km, execute = kernel
        import threading

        there = tmp_path / "there"
        timer = threading.Timer(
            0.1, lambda: (wait_for(there), time.sleep(0.2), km.interrupt_kernel())
        )
        timer.start()
        execute(f"""
from jupyter_runs import start_logging
import time
with start_logging(snapshot_directory=None) as run:
    open({str(there)!r}, "w")
    time.sleep(30)
""")
        timer.join()
        assert newest(ws, "My-notebook").get_status() == "Canceled"

    def test_killed(self, ws, kernel):
        km, execute = kernel
        execute(START)
        run = newest(ws, "My-notebook")
        km.shutdown_kernel(now=True)
        until = time.monotonic() + 15
        while run.get_status() == "Running" and time.monotonic() < until:
            time.sleep(0.1)
        assert run.get_details()["error"]["error"]["code"] == "ProcessGone"


def wait_for(path: Path) -> None:
    until = time.monotonic() + 30
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.02)
