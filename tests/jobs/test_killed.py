"""Who is killed when, and how the run ends: real processes, real signals, one at a time.

``JUPYTER_RUNS_TEST_ROUNDS=50`` does each of these so many times, at moments spread over the phase.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest
from submitting import another, done, of_this_test, wait_for

from jupyter_runs import ComputeTarget, LocalCompute

ROUNDS = int(os.environ.get("JUPYTER_RUNS_TEST_ROUNDS", "1"))
GONE = "its driver, process {driver} ended without completing"

# phase, victim: status, code, what the message holds
TABLE = {
    ("queued", "kernel"): ("Completed", None, None),
    ("queued", "runner"): ("Completed", None, None),
    ("building", "kernel"): ("Completed", None, None),
    ("building", "runner"): ("Completed", None, None),
    ("building", "driver"): ("Failed", "ProcessGone", GONE),
    ("running", "kernel"): ("Completed", None, None),
    ("running", "runner"): ("Completed", None, None),
    ("running", "driver"): ("Failed", "ProcessGone", GONE),
    ("running", "script"): ("Failed", "Killed", "the script was killed by SIGKILL"),
    ("canceling", "kernel"): ("Canceled", None, "canceled by"),
    ("canceling", "driver"): ("Canceled", "ProcessGone", "canceled by"),
    ("canceling", "script"): ("Canceled", None, "canceled by"),
    ("finalizing", "kernel"): ("Completed", None, None),
    ("finalizing", "runner"): ("Completed", None, None),
    # what its script has come to was known already
    ("finalizing", "driver"): ("Completed", None, None),
}

SUBMIT = """
    import sys, time
    from jupyter_runs import Environment, Experiment, ScriptRunConfig, Workspace
    environment = Environment("slow")
    environment.python.user_managed_dependencies = True
    environment.python.interpreter_path = sys.argv[2]
    config = ScriptRunConfig(sys.argv[1], "train.py", compute_target="one", environment=environment)
    print(Experiment(Workspace(), "exp").submit(config).id, flush=True)
    time.sleep(600)
"""
SCRIPT = """
    import os, signal, subprocess, sys, time
    from jupyter_runs import Run
    run = Run.get_context()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for i in range(100):
        run.log("loss", 1 / (i + 1), step=i)
    open("outputs/model.txt", "w").write("weights")
    for i in range({files}):
        open(f"outputs/part-{{i}}.txt", "w").write("x")
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    run.log("ready", 1)
    while not os.path.exists({gate!r}): time.sleep(0.005)
"""


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize(("phase", "victim"), list(TABLE))
def test_who_is_killed_when(exp, source, home, tmp_path, monkeypatch, phase, victim, turn):
    monkeypatch.setenv("JUPYTER_RUNS_GRACE", "2" if phase == "canceling" else "0.2")
    ComputeTarget.create(exp.workspace, "one", LocalCompute.provisioning_configuration())
    gate, built = tmp_path / "gate", tmp_path / "built"
    blocker = None
    if phase == "queued":
        blocker = exp.submit(source(_until(gate), name="first.py", compute_target="one"))
        wait_for(lambda: blocker.get_status() == "Running")
    source(SCRIPT.format(gate=str(gate), files=2000 if phase == "finalizing" else 0))
    # an interpreter that takes its time to answer: what a build takes
    slow = tmp_path / "python"
    slow.write_text(
        f'#!/bin/sh\nwhile [ ! -e "{built}" ]; do sleep 0.01; done\nexec {sys.executable} "$@"\n'
    )
    slow.chmod(0o755)
    if phase not in ("building", "queued"):
        built.touch()
    kernel = another(SUBMIT, str(source.folder), str(slow))
    run = exp.workspace.get_run(kernel.stdout.readline().split()[-1])
    _reach(phase, run, gate)
    time.sleep(random.random() * 0.05 * turn / ROUNDS)
    pid = _victim(victim, run, kernel, home)
    os.kill(pid, signal.SIGKILL)
    if victim == "kernel":
        kernel.wait()
    built.touch()
    if phase != "canceling" and (phase, victim) != ("running", "script"):
        gate.touch()

    details = done(run, 60)
    status, code, message = TABLE[phase, victim]
    error = (details["error"] or {"error": {}})["error"]
    told = run._status()
    assert details["status"] == status, (details["error"], told)
    assert told.code == code
    if message is not None:
        assert message.format(driver=pid) in told.message, error
    if phase in ("running", "canceling", "finalizing") or status == "Completed":
        assert len(run.get_metrics("loss")["loss"]) == 100
        wait_for(lambda: "outputs/model.txt" in run.get_file_names(), "its files")
    if blocker is not None:
        done(blocker)
    kernel.kill()
    kernel.communicate()
    wait_for(lambda: _left(home) == [], "nothing of the run is left")


def _until(gate: Path) -> str:
    return f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.01)"


def _reach(phase: str, run, gate: Path) -> None:
    """Wait until a run is in a phase."""
    if phase == "queued":
        assert run.get_status() == "Queued"
        return
    if phase == "building":
        wait_for(lambda: run.get_status() == "Preparing")
        return
    wait_for(lambda: run.get_metrics("ready") == {"ready": 1}, "the script")
    if phase == "canceling":
        run.cancel()
        assert run.get_status() == "CancelRequested"
    if phase == "finalizing":
        gate.touch()
        wait_for(lambda: (run._folder.stage or {}).get("status") == "Finalizing")


def _victim(victim: str, run, kernel, home: Path) -> int:
    if victim == "kernel":
        return kernel.pid
    if victim == "runner":
        return next(pid for pid in of_this_test(home) if _is_runner(pid))
    with run._reading() as reader:
        if victim == "script":
            return int(reader.facts["script_process"])
        return int(reader.writers[run._definition("owner")]["pid"])


def _is_runner(pid: int) -> bool:
    """Tell who serves a queue from the drivers that it forked."""
    try:
        process = psutil.Process(pid)
        return "jobs.runner" in " ".join(process.cmdline()) and "jobs.runner" not in " ".join(
            process.parent().cmdline() if process.parent() else []
        )
    except psutil.Error:
        return False


def _left(home: Path) -> list[int]:
    """Return what is left of scripts."""
    mark = b"JUPYTER_RUNS_RUN_DIR=" + os.fsencode(home)
    found = []
    for pid in of_this_test(home):
        try:
            if mark in Path(f"/proc/{pid}/environ").read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found
