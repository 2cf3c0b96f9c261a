"""Functions and cells as runs: in a thread, in a process, and from a real kernel."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path

import pytest
from submitting import ROOT, done, log_of, wait_for

from jupyter_runs import Run, Workspace
from jupyter_runs.errors import InvalidValueError


def _said(run) -> str:
    return (run.folder / "logs" / "user_log.txt").read_text()


def test_a_function_runs_in_a_thread_and_its_output_is_its_own(exp, capsys):
    def work(n: int, lr: float = 0.1, **more) -> None:
        run = Run.get_context(allow_offline=False)
        print("in the function", run.id)
        print("an error", file=sys.stderr)
        child = threading.Thread(target=lambda: print("in its thread", Run.get_context().id))
        child.start()
        child.join()
        for step in range(n):
            run.log("loss", lr / (step + 1))

    run = exp.submit(work, (3,), {"more": "x"}, tags={"a": 1})
    print("in the cell")
    details = done(run)
    assert details["status"] == "Completed"
    assert _said(run) == f"in the function {run.id}\nan error\nin its thread {run.id}\n"
    assert capsys.readouterr().out == "in the cell\n"
    assert run.get_metrics() == {"loss": [0.1, 0.05, 0.1 / 3]}
    assert details["params"] == {"n": 3, "lr": 0.1, "more": "x"}
    assert (run.type, run.tags) == ("function", {"a": "1"})
    assert "def work(n: int" in details["facts"]["function_source"]


def test_two_functions_at_once_are_two_runs(exp):
    gate = threading.Barrier(2)

    def work(name: str) -> None:
        gate.wait(30)
        print(name)
        Run.get_context().log("name", name)

    runs = {name: exp.submit(work, (name,)) for name in ("a", "b")}
    for name, run in runs.items():
        assert done(run)["status"] == "Completed"
        assert run.get_metrics() == {"name": name}
        assert _said(run) == f"{name}\n"


def test_an_exception_fails_the_run_with_the_persons_own_traceback(exp):
    def work() -> None:
        print("so far")
        raise KeyError("gone")

    run = exp.submit(work)
    error = done(run)["error"]["error"]
    assert (error["code"], error["message"]) == ("KeyError", "KeyError: 'gone'")
    assert "jupyter_runs/jobs" not in error["details"]
    assert _said(run).startswith("so far\nTraceback (most recent call last):")


def test_a_function_in_a_process(exp, tmp_path, monkeypatch):
    (tmp_path / "work" / "beside.py").write_text("VALUE = 7")
    monkeypatch.syspath_prepend(str(tmp_path / "work"))
    import beside

    factor = 3

    def work(x: int) -> None:
        from jupyter_runs import Run

        Run.get_context().log("y", x * factor + beside.VALUE)
        print("pid", os.getpid(), Path.cwd())

    run = exp.submit(work, (5,), where="process")
    details = done(run)
    assert details["status"] == "Completed", details["error"]
    assert run.get_metrics() == {"y": 22}
    assert log_of(run).endswith(f" {tmp_path / 'work'}\n")
    assert f"pid {os.getpid()}" not in log_of(run)


def test_an_exception_in_a_process(exp):
    def work() -> None:
        raise RuntimeError("not today")

    run = exp.submit(work, where="process")
    error = done(run)["error"]["error"]
    assert (error["code"], error["message"]) == ("RuntimeError", "RuntimeError: not today")
    assert "jupyter_runs/jobs" not in log_of(run)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda exp: exp.submit(5), "takes a ScriptRunConfig or a function"),
        (lambda exp: exp.submit(print, where="moon"), "where is 'thread' or 'process'"),
        (lambda exp: exp.submit(lambda x: x, ()), "can't be called so"),
        (
            lambda exp: exp.submit(lambda: lock, where="process"),
            "can't be sent to another process",
        ),
    ],
)
def test_what_can_not_be_run_is_refused_at_the_call(exp, call, text):
    with pytest.raises(InvalidValueError, match=text):
        call(exp)
    assert not list(exp.get_runs())


lock = threading.Lock()


def test_get_context_outside_is_no_run(exp):
    seen: queue.SimpleQueue = queue.SimpleQueue()
    run = exp.submit(lambda: seen.put(Run.get_context().id))
    done(run)
    assert seen.get() == run.id
    assert Run.get_context().id.startswith("OfflineRun")


# -- in a real kernel


class Kernel:
    """A real kernel, and what its cells print."""

    def __init__(self) -> None:
        from jupyter_client.manager import start_new_kernel

        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.manager, self.client = start_new_kernel(kernel_name="python3", env=env)

    def run(self, code: str) -> list[dict]:
        """Run a cell; return its outputs."""
        outputs: list[dict] = []

        def take(message: dict) -> None:
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                outputs.append({"type": message["msg_type"], **message["content"]})

        self.client.execute_interactive(code, output_hook=take, timeout=60)
        return outputs

    def text(self, code: str) -> str:
        """Run a cell; return what it printed."""
        outputs = self.run(code)
        assert not [each for each in outputs if each["type"] == "error"], outputs
        return "".join(each["text"] for each in outputs if each["type"] == "stream")

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel():
    """A kernel with the magics loaded."""
    started = Kernel()
    started.text("%load_ext jupyter_runs\nimport time")
    yield started
    started.close()


def test_a_cell_in_a_thread_shares_the_notebooks_names(kernel):
    kernel.text("x = 20")
    outputs = kernel.run(
        "%%submit digits --name first --tag kind=cell\nfrom jupyter_runs import Run\nprint('from the cell')\n"
        "Run.get_context().log('loss', x + 1.5)\ny = x + 1"
    )
    shown = [each for each in outputs if each["type"] == "display_data"]
    assert len(shown) == 1
    assert {"application/vnd.jupyter-runs+json", "text/html"} <= set(shown[0]["data"])
    printed = [each["text"] for each in outputs if each["type"] == "stream"]
    assert len(printed) == 1
    assert printed[0].startswith("Using the default workspace")
    assert kernel.text("run.wait_for_completion(); print(y, run.status, run.name)") == (
        "21 Completed first\n"
    )
    found = json.loads(kernel.text("import json; print(json.dumps([run.id, run.get_metrics()]))"))
    run = Workspace().get_run(found[0])
    assert found[1] == {"loss": 21.5}
    assert _said(run) == "from the cell\n"
    assert run.experiment.name == "digits"
    assert run.tags == {"kind": "cell"}
    assert "y = x + 1" in run.get_details()["facts"]["function_source"]


def test_a_cell_in_a_process_outlives_the_kernel(kernel, tmp_path):
    gate = tmp_path / "gate"
    kernel.text(
        "x = 20\nimport threading, math\nbad = threading.Lock()\ndef helper(v): return v + x"
    )
    kernel.run(
        "%%submit digits --process\nimport os, time\nfrom jupyter_runs import Run\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\n"
        "Run.get_context().log('y', helper(1) + math.floor(1.5))\nprint('bad' in globals())"
    )
    run = Workspace().get_run(kernel.text("print(run.id)").strip())
    wait_for(lambda: run.get_status() == "Running")
    kernel.manager.shutdown_kernel(now=True)
    gate.touch()
    assert done(run)["status"] == "Completed", log_of(run)
    assert run.get_metrics() == {"y": 22}


def test_a_cell_that_fails_and_one_that_is_no_python(kernel):
    kernel.run("%%submit e\n1 / 0")
    told = kernel.text(
        "d = run.wait_for_completion(raise_on_error=False); print(d['error']['error']['message'])\n"
        "print(d['error']['error']['details'])"
    )
    assert told.startswith("ZeroDivisionError: division by zero\n")
    assert "1 / 0" in told
    outputs = kernel.run("%%submit e\nif:")
    assert "the cell is no Python" in json.dumps(outputs)
    assert kernel.text("print(len(list(run.experiment.get_runs())))") == "1\n"


def test_a_cell_that_waits_for_something(kernel):
    kernel.run("%%submit e --quiet\nimport asyncio\nawait asyncio.sleep(0.01)\nz = 5")
    assert kernel.text("run.wait_for_completion(); print(z)") == "5\n"


def test_a_kernel_that_goes_on_while_a_cell_runs(kernel):
    kernel.run(
        "%%submit e --quiet\nfor i in range(10**9):\n    print('tick')\n    time.sleep(0.01)\n"
        "    run.progress(i)"
    )
    began = time.monotonic()
    assert kernel.text("time.sleep(0.2); print('mine')") == "mine\n"
    assert time.monotonic() - began < 30
    assert kernel.text("run.cancel(); print(run.wait_for_completion()['status'])") == "Canceled\n"
