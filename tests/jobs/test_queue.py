"""A target's queue: so many at once and no more, in order, none lost."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from submitting import another, done, of_this_test, wait_for

from jupyter_runs import ComputeTarget, LocalCompute, ScriptRunConfig
from jupyter_runs.errors import ComputeTargetException, InvalidValueError
from jupyter_runs.jobs.tickets import Queue, Slot, run_of

SPAN = """
    import json, os, time
    from jupyter_runs import Run
    run = Run.get_context()
    run.log("pid", os.getpid())
    began = time.monotonic()
    time.sleep(0.05)
    open("outputs/span.json", "w").write(json.dumps([began, time.monotonic()]))
"""
SUBMIT = """
    import sys
    from jupyter_runs import Workspace, Experiment, ScriptRunConfig
    exp = Experiment(Workspace(), "exp")
    for _ in range(int(sys.argv[2])):
        run = exp.submit(ScriptRunConfig(sys.argv[1], "train.py", compute_target="two"))
        print(run.id)
"""


@pytest.fixture
def two(exp):
    """A target of two places."""
    return ComputeTarget.create(
        exp.workspace, "two", LocalCompute.provisioning_configuration(max_nodes=2)
    )


def test_two_processes_submit_forty_runs_to_two_places(exp, source, two):
    source(SPAN)
    submitters = [another(SUBMIT, str(source.folder), "20") for _ in range(2)]
    ids = []
    for each in submitters:
        out, err = each.communicate(timeout=120)
        assert each.returncode == 0, err
        ids.append([line for line in out.split() if "-" in line])
    assert [len(each) for each in ids] == [20, 20]
    runs = {run_id: exp.workspace.get_run(run_id) for each in ids for run_id in each}
    spans = {}
    for run_id, run in runs.items():
        assert done(run, 120)["status"] == "Completed"
        spans[run_id] = json.loads((run.folder / "outputs" / "span.json").read_text())
    moments = sorted([(b, 1) for b, _ in spans.values()] + [(e, -1) for _, e in spans.values()])
    busy = most = 0
    for _, change in moments:
        busy += change
        most = max(most, busy)
    assert most == 2
    for mine in ids:  # of two that start beside each other, either script may be the first to run
        started = [_started(runs[run_id]) for run_id in mine]
        assert all(a < b for a, b in zip(started, started[2:]))


def _started(run) -> float:
    return json.loads((run.folder / "control" / "status").read_text())["started"]


def test_a_thousand_waiting_runs_cost_no_process(exp, source, home):
    ComputeTarget.create(exp.workspace, "one", LocalCompute.provisioning_configuration())
    config = source("import time; time.sleep(600)", compute_target="one")
    first = exp.submit(config)
    wait_for(lambda: first.get_status() == "Running")
    queue = Queue(exp.workspace.folder, "one")
    waiting = [exp.submit(config) for _ in range(30)]
    for number in range(
        970
    ):  # tickets are what waits; their runs' folders would only take time here
        (queue.tickets / f"{100 + number:012d}-made-up-{number}").touch()
    assert len(queue.waiting()) == 1000
    assert queue.place_of(waiting[4].id) == 5
    assert len(of_this_test(home)) == 3  # who serves the queue, a driver, its script
    assert {run.get_status() for run in waiting} == {"Queued"}
    for run in waiting:
        run.cancel()
    assert {run.get_status() for run in waiting} == {"Canceled"}
    for number in range(970):
        (queue.tickets / f"{100 + number:012d}-made-up-{number}").unlink()
    first.cancel()
    assert done(first)["status"] == "Canceled"


def test_a_place_is_free_when_the_script_is_gone_whoever_was_killed(exp, source):
    ComputeTarget.create(exp.workspace, "one", LocalCompute.provisioning_configuration())
    config = source("import time; time.sleep(600)", compute_target="one")
    queue = Queue(exp.workspace.folder, "one")
    for victim in ("driver", "script"):
        run = exp.submit(config)
        wait_for(lambda run=run: run.get_status() == "Running")
        assert Slot.free(queue.slots, 1) is None
        os.kill(_pid_of(run, victim), signal.SIGKILL)
        slot = wait_for(lambda: Slot.free(queue.slots, 1))
        slot.release()
        assert done(run)["status"] == "Failed"


def _facts(run) -> dict:
    with run._reading() as reader:
        return dict(reader.facts)


def _pid_of(run, what: str) -> int:
    if what == "script":  # told a moment after the run is said to be running
        return int(wait_for(lambda: _facts(run).get("script_process")))
    with run._reading() as reader:
        return int(reader.writers[run._definition("owner")]["pid"])


def test_more_places_while_runs_wait(exp, source):
    target = ComputeTarget.create(
        exp.workspace, "grows", LocalCompute.provisioning_configuration(max_nodes=1)
    )
    config = source("import time; time.sleep(600)", compute_target=target)
    runs = [exp.submit(config) for _ in range(3)]
    wait_for(lambda: runs[0].get_status() == "Running")
    assert runs[2].get_status() == "Queued"
    target.update(3)
    wait_for(lambda: [run.get_status() for run in runs] == ["Running"] * 3)
    assert [run.id for run in target.get_active_runs()] == [run.id for run in runs]
    assert [node["nodeState"] for node in target.list_nodes()] == ["running"] * 3
    with pytest.raises(ComputeTargetException, match="cancel them first"):
        target.delete()
    for run in runs:
        run.cancel()
        done(run)
    target.delete()
    assert list(exp.workspace.compute_targets) == ["local"]


@pytest.mark.parametrize("name", ["", "a", "1abc", "a b", "a/b", "../a", "a" * 65, 5, "é1"])
def test_names_of_targets(exp, name):
    with pytest.raises(InvalidValueError, match="can't be a compute target's name"):
        ComputeTarget.create(exp.workspace, name, LocalCompute.provisioning_configuration())


def test_a_target_that_is_not_there(exp, two):
    with pytest.raises(ComputeTargetException, match=r"targets: local, two"):
        ComputeTarget(exp.workspace, "tow")
    assert exp.workspace.get_default_compute_target().name == "local"
    with pytest.raises(InvalidValueError, match="from 1 on"):
        LocalCompute.provisioning_configuration(max_nodes=0)


def test_whoever_looks_at_a_waiting_run_has_its_queue_served_again(exp, source, home):
    ComputeTarget.create(exp.workspace, "one", LocalCompute.provisioning_configuration())
    gate = source.folder.parent / "gate"
    config = source(
        f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.01)",
        compute_target="one",
    )
    first, second = exp.submit(config), exp.submit(config)
    wait_for(lambda: first.get_status() == "Running")
    for pid in _runners(home):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not _runners(home))
    gate.touch()
    assert done(first)["status"] == done(second)["status"] == "Completed"


def _runners(home: Path) -> list[int]:
    return [
        pid
        for pid in of_this_test(home)
        if b"jobs.runner" in Path(f"/proc/{pid}/cmdline").read_bytes()
        and os.getsid(pid) == pid
        and Path(f"/proc/{pid}/stat").read_text().split(") ")[1].split()[1] == str(os.getpid())
    ]


def test_a_run_whose_submitter_died_before_its_ticket_is_told_to_be_gone(exp, source, home):
    config = source("print(1)")
    process = another(
        """
        import os, sys
        from jupyter_runs import Workspace, Experiment, ScriptRunConfig
        from jupyter_runs.jobs.tickets import Queue
        Queue.put = lambda self, run_id: os.kill(os.getpid(), 9)
        Experiment(Workspace(), "exp").submit(ScriptRunConfig(sys.argv[1], "train.py"))
        """,
        str(config.folder()),
    )
    process.communicate(timeout=60)
    (run,) = exp.get_runs()
    details = done(run)
    assert details["status"] == "Failed"
    assert details["error"]["error"]["code"] == "ProcessGone"
    assert f"process {process.pid} ended while it submitted" in details["error"]["error"]["message"]


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.sampled_from(["put", "claim", "withdraw"]), max_size=30))
def test_tickets_are_dealt_with_once_and_in_order(tmp_path, steps):
    queue = Queue(tmp_path / os.urandom(4).hex(), "local")
    queue.make()
    expected: list[str] = []
    for number, step in enumerate(steps):
        if step == "put":
            queue.put(f"run-{number}")
            expected.append(f"run-{number}")
        elif expected and step == "claim":
            ticket = queue.waiting()[0]
            assert queue.claim(ticket) is not None
            assert queue.claim(ticket) is None
            assert run_of(ticket) == expected.pop(0)
        elif expected:
            assert queue.withdraw(expected[-1])
            assert not queue.withdraw(expected.pop())
        assert [run_of(ticket) for ticket in queue.waiting()] == expected


def test_a_driver_takes_little_memory(exp, source):
    run = exp.submit(source("import time; time.sleep(600)"))
    wait_for(lambda: run.get_status() == "Running")
    assert psutil.Process(_pid_of(run, "driver")).memory_full_info().uss < 40e6
    run.cancel()
    done(run)


def test_configurations_name_their_target(exp, source, two):
    run = exp.submit(ScriptRunConfig(source("print(1)").folder(), "train.py", compute_target=two))
    assert done(run)["target"] == "two"


def test_a_run_that_waits_on_another_machine_is_left_there_and_can_be_canceled(exp, source):
    run = exp.submit(source("print(1)"))
    done(run)
    told = json.loads((run.folder / "run.json").read_text())
    elsewhere = {
        **told,
        "id": "elsewhere",
        "submitter": {**told["submitter"], "host": "far", "boot": "x"},
    }
    folder = exp.workspace.folder / "runs" / "elsewhere"
    (folder / "control").mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(elsewhere))
    queue = Queue(exp.workspace.folder, "local", "far")
    queue.put("elsewhere")
    there = exp.workspace.get_run("elsewhere")
    assert there.get_status() == "Queued"
    assert not queue.served()
    there.cancel()
    assert there.get_status() == "Canceled"
    assert queue.waiting() == []


def test_waiting_ends_when_driver_and_script_are_killed(exp, source):
    run = exp.submit(source("import time; time.sleep(600)"))
    wait_for(lambda: run.get_status() == "Running")
    for victim in ("driver", "script"):
        os.kill(_pid_of(run, victim), signal.SIGKILL)
    details = run.wait_for_completion(raise_on_error=False)
    assert details["status"] == "Failed"
    assert details["error"]["error"]["code"] == "ProcessGone"


def test_a_machine_that_was_started_anew(exp, source, monkeypatch):
    run = exp.submit(source("import time; time.sleep(600)"))
    wait_for(lambda: run.get_status() == "Running")
    alive = run._folder.journal / run._definition("owner") / "alive"
    os.utime(alive, (1e9, 1e9))  # its last sign of life is older than this start of the machine
    monkeypatch.setenv("JUPYTER_RUNS_BOOT_ID", "another")
    looker = another(
        "import sys; from jupyter_runs import Workspace; "
        "run = Workspace().get_run(sys.argv[1]); "
        "print(run.wait_for_completion(raise_on_error=False)['status'], run._status().message)",
        run.id,
    )
    out, err = looker.communicate(timeout=60)
    assert out.startswith("Failed "), err
    assert "was started anew" in out
