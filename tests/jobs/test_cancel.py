"""Cancel: from anywhere, in any state, and nothing of the script is left."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest
from submitting import another, done, log_of, of_this_test, wait_for

from jupyter_runs import ComputeTarget, LocalCompute, Run

STUBBORN = """
    import os, signal, subprocess, sys, time
    from jupyter_runs import Run
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    run = Run.get_context()
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    children.append(subprocess.Popen([sys.executable, "-c", code], start_new_session=True))
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:      # a daemon, as far from the script as it gets
            time.sleep(600)
        os._exit(0)
    os.wait()
    run.log("ready", 1)
    open("outputs/half.txt", "w").write("half")
    time.sleep(600)
"""


def _ready(run) -> bool:
    return run.get_metrics("ready") == {"ready": 1}


def test_a_script_that_forks_and_ignores_being_asked_is_gone(exp, source, home):
    run = exp.submit(source(STUBBORN))
    wait_for(lambda: _ready(run), log_of(run))
    assert len(of_this_test(home)) == 7  # the queue's process, the driver, the script, its four
    run.cancel()
    assert run.get_status() == "CancelRequested"
    details = done(run)
    assert details["status"] == "Canceled"
    assert len(of_this_test(home)) <= 1
    assert run.get_metrics() == {"ready": 1}  # what was logged is kept, and what was made
    assert (
        run.get_file_names() == ["outputs/half.txt"] or "outputs/half.txt" in run.get_file_names()
    )
    assert any("did not stop within" in each["message"] for each in details["warnings"])


def test_a_script_that_cleans_up_when_asked_has_the_time_to(exp, source, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_GRACE", "30")
    run = exp.submit(
        source(
            """
            import signal, sys, time
            from jupyter_runs import Run
            run = Run.get_context()
            def stop(*_):
                run.log("saved", 1); open("outputs/saved.txt", "w").write("x"); sys.exit(0)
            signal.signal(signal.SIGTERM, stop)
            run.log("ready", 1)
            time.sleep(600)
            """
        )
    )
    wait_for(lambda: _ready(run))
    run.cancel()
    assert done(run)["status"] == "Canceled"
    assert run.get_metrics() == {"ready": 1, "saved": 1}
    assert "outputs/saved.txt" in run.get_file_names()


def test_one_that_is_stopped_is_ended_too(exp, source, home):
    run = exp.submit(
        source(
            """
            import os, signal
            from jupyter_runs import Run
            Run.get_context().log("ready", 1)
            os.kill(os.getpid(), signal.SIGSTOP)
            """
        )
    )
    wait_for(lambda: _ready(run))
    run.cancel()
    assert done(run)["status"] == "Canceled"
    assert len(of_this_test(home)) <= 1


def test_cancel_of_a_waiting_run_ends_it_at_once(exp, source):
    ComputeTarget.create(exp.workspace, "one", LocalCompute.provisioning_configuration())
    config = source("import time; time.sleep(600)", compute_target="one")
    first, second = exp.submit(config), exp.submit(config)
    second.cancel()
    assert second.get_status() == "Canceled"
    assert second.get_details()["startTimeUtc"] is None
    wait_for(lambda: first.get_status() == "Running")
    first.cancel()
    done(first)


def test_cancel_from_another_process(exp, source):
    run = exp.submit(source("import time; time.sleep(600)"))
    process = another(
        "import sys; from jupyter_runs import Workspace; Workspace().get_run(sys.argv[1]).cancel()",
        run.id,
    )
    assert done(run)["status"] == "Canceled"
    process.communicate(timeout=60)


@pytest.mark.parametrize("delay", [0, 0.01, 0.03, 0.05, 0.1, 0.2])
def test_cancel_at_any_moment(exp, source, home, delay):
    run = exp.submit(source("import time; time.sleep(600)"))
    until = time.monotonic() + delay
    wait_for(lambda: time.monotonic() >= until)
    run.cancel()
    assert done(run)["status"] == "Canceled"
    wait_for(lambda: len(of_this_test(home)) <= 1)


def test_the_longest_time_that_it_may_run(exp, source):
    run = exp.submit(source("import time; time.sleep(600)", max_run_duration_seconds=0.5))
    assert done(run)["status"] == "Canceled"
    assert "the longest that it was allowed" in run._status().message


def test_what_a_script_leaves_behind_is_ended(exp, source, home):
    run = exp.submit(
        source(
            """
            import subprocess, sys
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
            """
        )
    )
    details = done(run)
    assert details["status"] == "Completed"
    assert details["warnings"] == [{"message": "1 process that the script left behind was ended"}]
    assert len(of_this_test(home)) <= 1


def test_a_function_in_a_thread_stops_at_its_next_log(exp):
    seen = []

    def work() -> None:
        run = Run.get_context()
        try:
            for step in range(10**9):
                try:
                    run.log("step", float(step))
                except Exception:  # a training's own
                    seen.append("swallowed")
                time.sleep(0.001)
        finally:
            seen.append("cleaned up")

    run = exp.submit(work)
    wait_for(run.get_metrics)
    run.cancel()
    assert done(run)["status"] == "Canceled"
    assert seen == ["cleaned up"]
    assert exp.workspace.get_run(run.id).get_status() == "Canceled"


def test_a_function_stops_at_its_next_progress_too(exp):
    def work() -> None:
        for step in range(10**9):
            Run.get_context().progress(step)
            time.sleep(0.001)

    run = exp.submit(work)
    run.cancel()
    assert done(run)["status"] == "Canceled"


def test_a_function_in_a_process_is_ended(exp, home):
    def work() -> None:
        from jupyter_runs import Run

        Run.get_context().log("ready", 1)
        __import__("time").sleep(600)

    run = exp.submit(work, where="process")
    wait_for(lambda: _ready(run))
    run.cancel()
    assert done(run)["status"] == "Canceled"
    assert len(of_this_test(home)) <= 1
    assert os.getpid() not in of_this_test(home)


def test_ctrl_c_ends_the_waiting_and_not_the_run(exp, source):
    run = exp.submit(source("import time; print('here', flush=True); time.sleep(600)"))
    waiting = another(
        "import sys; from jupyter_runs import Workspace; run = Workspace().get_run(sys.argv[1])\n"
        "run.wait_for_completion(show_output=True)",
        run.id,
    )
    seen = ""
    while "here" not in seen:
        seen += waiting.stdout.readline()
    os.kill(waiting.pid, signal.SIGINT)
    _, err = waiting.communicate(timeout=60)
    assert "KeyboardInterrupt" in err
    assert run.get_status() == "Running"
    run.cancel()
    done(run)


def test_it_can_be_awaited(exp, source):
    async def both() -> list[str]:
        runs = [exp.submit(source("print(1)")) for _ in range(2)]
        return [details["status"] for details in await asyncio.gather(*(r.wait() for r in runs))]

    assert asyncio.run(both()) == ["Completed", "Completed"]
