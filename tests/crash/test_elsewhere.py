"""A run of another machine, of this one before it was started anew, and of processes that lose their lock."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import shutil
import subprocess
import sys
import time

import pytest

from jupyter_runs.journal import RunFolder, RunReader, Writer, alive, read_status, status


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path / "home", "run", {"owner": "main"})


def elsewhere(folder, **facts):
    """Rewrite what the writer said of its machine, as a folder that came from there says it."""
    path = folder.journal / "main" / "events.jsonl"
    first, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps({**json.loads(first), **facts}).encode() + b"\n" + rest)


@pytest.fixture
def clock(monkeypatch):
    """The observer's clock, set by hand."""
    now = [1000.0]

    class Clock:
        time = staticmethod(time.time)

        @staticmethod
        def monotonic():
            return now[0]

    monkeypatch.setattr(status, "time", Clock)
    monkeypatch.setattr(status, "_observed", {})

    def go_on(seconds):
        now[0] += seconds

    return go_on


def test_another_host_falls_silent_and_comes_back(folder, clock):
    writer = Writer(folder, name="main")
    writer.log("a", 1.0, step=7)
    elsewhere(folder, boot="another", host="node-17")
    assert read_status(folder).status == "Running"
    clock(59)
    assert read_status(folder).status == "Running"
    clock(2)
    silent = read_status(folder)
    assert (silent.status, silent.alive) == ("NotResponding", None)
    assert "node-17" in silent.reason
    assert "61 s" in silent.reason
    writer._alive.beat()  # a sign of life, and nothing else: what is stored in a map changes no time
    assert read_status(folder).status == "Running"
    clock(61)
    assert read_status(folder).status == "NotResponding"
    writer.log("a", "spoken")
    assert read_status(folder).status == "Running"
    clock(61)
    assert read_status(folder).status == "NotResponding"
    assert folder.end("Completed")
    assert read_status(folder).status == "Completed"


def test_the_wall_clock_has_no_say_in_silence(folder, clock, monkeypatch):
    Writer(folder, name="main").log("a", 1.0)
    elsewhere(folder, boot="another", host="node-17")
    for path in (folder.journal / "main").iterdir():
        os.utime(path, (1.0, 1.0))
    assert read_status(folder).status == "Running"
    clock(5)
    assert read_status(folder).status == "Running"


def test_cancel_and_silence(folder, clock):
    Writer(folder, name="main").log("a", 1.0)
    elsewhere(folder, boot="another", host="node-17")
    folder.request_cancel("test")
    assert read_status(folder).status == "CancelRequested"
    clock(1)
    read_status(folder)
    clock(70)
    assert read_status(folder).status == "NotResponding"


def test_this_machine_was_started_anew(folder, clock):
    writer = Writer(folder, name="main")
    writer.log("a", 1.0, step=7)
    elsewhere(folder, boot="the one before")
    clock(0)
    before = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) - 5
    os.utime(folder.journal / "main" / "alive", (before, before))
    found = read_status(folder)
    assert (found.status, found.code) == ("Failed", "ProcessGone")
    assert "started anew" in found.message
    assert found.message.endswith("last point at step 7")


def test_a_machine_of_the_same_name_that_is_alive_is_not_taken_for_this_one(folder, clock):
    """Two containers on two hosts may both be called "trainer"."""
    Writer(folder, name="main").log("a", 1.0)
    elsewhere(folder, boot="another", host=platform.node())
    assert read_status(folder).status == "Running"
    clock(61)
    assert read_status(folder).status == "NotResponding"


def test_a_reader_on_another_boot(folder):
    """The same, from a process that believes to be on another machine."""
    writer = Writer(folder, name="main")
    writer.log("a", 1.0)
    program = (
        "import sys, json; from jupyter_runs.journal import *; from jupyter_runs.journal import status\n"
        "import time\n"
        "folder = RunFolder(sys.argv[1]); found = [read_status(folder).status]\n"
        "status.SILENT_SECONDS = 0.05; time.sleep(0.1); found.append(read_status(folder).status)\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder.path)],
        env={**os.environ, "JUPYTER_RUNS_BOOT_ID": "another"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == ["Running", "NotResponding"]
    assert folder.ended is None


LOOK = "import sys; from jupyter_runs.journal import *; print(read_status(RunFolder(sys.argv[1])).status)"


def look(folder):
    return subprocess.run(
        [sys.executable, "-c", LOOK, str(folder.path)], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_lock_that_its_own_process_has_lost(folder, tmp_path):
    """POSIX: closing any descriptor of a file drops the process's locks on it, as copying the folder does."""
    writer = Writer(folder, name="main")
    writer.log("a", 1.0)
    path = folder.journal / "main" / "alive"
    assert look(folder) == "Running"
    with path.open("rb"):
        pass
    shutil.copytree(folder.path, tmp_path / "copy")
    assert locked_for_others(path) == "False"
    assert look(folder) == "Running"
    writer.keep(sync=False)  # within ten seconds it is held again
    assert locked_for_others(path) == "True"
    assert read_status(folder).status == "Running"
    assert locked_for_others(path) == "True"  # looking has not dropped it
    copy = RunFolder(tmp_path / "copy")
    assert read_status(copy).status == "Running"
    writer.close()


def locked_for_others(path):
    program = (
        "import sys; from jupyter_runs.journal.alive import *; print(is_locked(Path(sys.argv[1])))"
    )
    return subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_another_container_sees_the_lock_and_not_the_process(folder):
    """In another pid namespace ids mean nothing: the lock alone decides."""
    writer = Writer(folder, name="main")
    writer.log("a", 1.0)
    elsewhere(folder, pidns="pid:[1]")
    assert look(folder) == "Running"
    writer._alive.release()
    assert look(folder) == "Failed"


def test_a_process_id_that_was_given_out_again(folder):
    Writer(folder, name="main").log("a", 1.0)
    assert alive.process_gone({**alive.own_facts(), "started": "1"})
    assert not alive.process_gone(alive.own_facts())
    assert alive.process_gone({**alive.own_facts(), "pid": 2**22 + 5})


def test_without_an_alive_file_the_process_decides(folder):
    Writer(folder, name="main").log("a", 1.0)
    (folder.journal / "main" / "alive").unlink()
    assert look(folder) == "Running"
    elsewhere(folder, pid=2**22 + 5)
    assert look(folder) == "Failed"


# -- processes that come from this one


def child(writer, name):
    writer.log("shared", name)
    writer.log_row("row", {"x": os.getpid()})


@pytest.mark.parametrize("opened", [True, False], ids=["opened before", "not yet opened"])
def test_a_fork_writes_into_a_folder_of_its_own(folder, opened):
    writer = Writer(folder, name="main")
    if opened:
        writer.log("shared", "before")
        writer.log_row("row", {"x": 0})
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=child, args=(writer, f"child {i}")) for i in range(3)]
    for process in children:
        process.start()
    for i in range(200):
        writer.log("parent", float(i))
    for process in children:
        process.join()
    assert [process.exitcode for process in children] == [0, 0, 0]
    assert locked_for_others(folder.journal / "main" / "alive") == "True"
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == []
    assert sorted(reader.metrics["shared"].values()) == sorted(
        (["before"] if opened else []) + [f"child {i}" for i in range(3)]
    )
    assert reader.metrics["parent"].values() == [float(i) for i in range(200)]
    pids = {process.pid for process in children} | ({0} if opened else set())
    assert set(reader.metrics["row"].columns()["x"]) == pids
    assert len(reader.writers) == 4
    assert sorted(facts["role"] for facts in reader.writers.values()) == ["fork"] * 3 + ["main"]
    assert writer.name == "main"
    writer.close()


def test_a_fork_while_threads_log(folder):
    """A lock that another thread held at the fork is not met again in the child."""
    import threading

    writer = Writer(folder, name="main")
    stop = threading.Event()
    logged = [0] * 3

    def work(index):
        while not stop.is_set():
            writer.log(f"t{index}", logged[index])
            logged[index] += 1

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    try:
        for i in range(20):
            pid = os.fork()
            if not pid:
                try:
                    for k in range(20):
                        writer.log("child", k)
                    writer.close()
                    os._exit(0)
                except BaseException:
                    os._exit(1)
            deadline = time.monotonic() + 20
            while not (done := os.waitpid(pid, os.WNOHANG))[0] and time.monotonic() < deadline:
                time.sleep(0.001)
            assert done == (pid, 0), f"child {i} hangs or failed: {done}"
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    writer.close()
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == []
    assert sorted(reader.metrics["child"].values()) == sorted(list(range(20)) * 20)
    for index in range(3):
        assert reader.metrics[f"t{index}"].values() == list(range(logged[index]))


def spawned(path, count, index):
    writer = Writer(RunFolder(path), role="guest")
    for i in range(count):
        writer.log("a", float(index * count + i), step=i)
    os._exit(0)  # without a goodbye


def test_many_processes_into_one_run(folder):
    context = multiprocessing.get_context("fork")
    crowd, count = 16, 2_000
    processes = [
        context.Process(target=spawned, args=(folder.path, count, index)) for index in range(crowd)
    ]
    live = RunReader(folder)
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        live.poll()
        time.sleep(0.01)
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * crowd
    whole = RunReader(folder, plain=True)
    for reader in (live, whole):
        reader.poll()
        assert reader.damage == []
        assert sorted(reader.metrics["a"].values()) == [float(i) for i in range(crowd * count)]
        times = reader.metrics["a"].times()
        assert times == sorted(times)
    assert live.metrics["a"].values() == whole.metrics["a"].values()
    assert live.metrics["a"].arrays().value.tolist() == whole.metrics["a"].values()
