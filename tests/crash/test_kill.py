"""SIGKILL at random moments: what a call had returned for is read back, and the run is told to be dead at once."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_runs.journal import RunFolder, RunReader, read_status
from jupyter_runs.journal.alive import is_locked

KILLS = int(os.environ.get("JUPYTER_RUNS_TEST_KILLS", "1000"))

# Logs as `Run.log` does, and counts in a shared page what has returned: one store, seen even after SIGKILL.
# One process that has imported all forks the loggers, for there are hundreds.
NURSERY = """
import mmap, os, sys, threading, time
from jupyter_runs.journal import NO_STEP, RunFolder, Writer, writer

def log_for_ever(path, counters, threads, forks):
    page = mmap.mmap(os.open(counters, os.O_RDWR), 4096)
    writer = Writer(RunFolder(path), name="main")

    def fast(name, value, step):
        pack, take, target, series, clock, ahead, mark = writer.hot
        try:
            number, slot = series[name], take()
        except (KeyError, StopIteration):
            return writer.log(name, value, step=step)
        try:
            pack(target, slot, value, step, clock() + ahead, number, mark)
        except ValueError:
            writer.void(slot, target)
            writer.log(name, value, step=step)

    def work(index):
        name, i = f"thread {index}", 0
        row, text = f"row {index}", f"text {index}"
        while True:
            fast(name, float(i), i)
            page[8 * index : 8 * index + 8] = (i + 1).to_bytes(8, "little")
            if i % 50 == 0:
                writer.log_row(row, {"x": i, "y": -i})
                writer.log(text, f"{i}")
                page[2048 + 8 * index : 2056 + 8 * index] = (i // 50 + 1).to_bytes(8, "little")
            i += 1

    writer.event("status", status="Running")
    if forks and os.fork() == 0:
        writer.log("child", 1.0)
        print("child", os.getpid(), flush=True)
        time.sleep(1000)
    for index in range(1, threads):
        threading.Thread(target=work, args=(index,), daemon=True).start()
    print("going", os.getpid(), flush=True)
    work(0)

for line in sys.stdin:
    path, counters, threads, way, forks = line.split()
    pid = os.fork()
    if not pid:
        os.environ["JUPYTER_RUNS_JOURNAL"] = way
        log_for_ever(path, counters, int(threads), forks == "1")
    os.waitpid(pid, 0)
    print("dead", pid, flush=True)
"""

BY_EACH_KILL = [("map", 1), ("map", 4), ("write", 1), ("write", 4)]


class Nursery:
    """Starts one logging process after the other."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
        )
        self.heard = b""

    def hear(self, *words):
        # two lines may come at once: what a file object keeps back, select does not see
        pipe = self.process.stdout.fileno()
        while b"\n" not in self.heard:
            assert select.select([pipe], [], [], 30)[0], f"no {words}"
            more = os.read(pipe, 4096)
            assert more, f"ended before {words}"
            self.heard += more
        line, _, self.heard = self.heard.partition(b"\n")
        word, pid = line.decode().split()
        assert word in words
        return word, int(pid)

    def start(self, folder, threads, way, *, forks=False):
        counters = folder.path / "counters"
        counters.write_bytes(bytes(4096))
        self.process.stdin.write(f"{folder.path} {counters} {threads} {way} {int(forks)}\n")
        said = dict(self.hear("going", "child") for _ in range(2 if forks else 1))
        return said["going"], said.get("child"), counters

    def kill(self, pid):
        os.kill(pid, signal.SIGKILL)
        assert self.hear("dead")[1] == pid

    def close(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture(scope="module")
def nursery():
    nursery = Nursery()
    yield nursery
    nursery.close()


def acknowledged(counters):
    raw = counters.read_bytes()
    return struct.unpack_from("<8q", raw), struct.unpack_from("<8q", raw, 2048)


@pytest.mark.parametrize(("way", "threads"), BY_EACH_KILL)
def test_nothing_that_was_acknowledged_is_lost(tmp_path, way, threads, record_property):
    at_once = min(4, os.cpu_count() or 1)
    most = -(-KILLS // len(BY_EACH_KILL))
    shares = [len(range(worker, most, at_once)) for worker in range(at_once)]
    program = [sys.executable, str(Path(__file__).with_name("killing.py")), str(tmp_path)]
    workers = [
        subprocess.Popen(
            [*program, f"{way}-{threads}-{worker}", str(share), way, str(threads)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for worker, share in enumerate(shares)
    ]
    items = 0
    for worker, done in [(worker, worker.communicate()) for worker in workers]:
        assert worker.returncode == 0, done[1][-3000:]
        items += json.loads(done[0])["items"]
    assert items > 10 * most
    record_property("items", items)


def read(folder, *, plain):
    reader = RunReader(folder, plain=plain)
    reader.poll()
    return reader


@pytest.mark.parametrize("way", ["map", "write"])
def test_a_forked_child_neither_keeps_the_run_alive_nor_writes_into_it(tmp_path, nursery, way):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    pid, child, counters = nursery.start(folder, 1, way, forks=True)
    assert read_status(folder).status == "Running"
    nursery.kill(pid)
    status = read_status(folder)
    assert (status.status, status.code) == ("Failed", "ProcessGone")
    assert f"process {pid} " in status.message
    reader = read(folder, plain=False)
    points, _ = acknowledged(counters)
    assert reader.metrics["child"].values() == [1.0]
    assert points[0] <= reader.metrics["thread 0"].count <= points[0] + 1
    facts = next(facts for name, facts in reader.writers.items() if name != "main")
    assert (facts["role"], facts["pid"]) == ("fork", child)
    os.kill(child, 0)  # it lives on
    os.kill(child, signal.SIGKILL)


def test_the_parents_lock_is_not_lost_when_the_child_dies(tmp_path, nursery):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    pid, child, _ = nursery.start(folder, 1, "map", forks=True)
    os.kill(child, signal.SIGKILL)
    time.sleep(0.1)
    assert is_locked(folder.journal / "main" / "alive")
    assert read_status(folder).status == "Running"
    nursery.kill(pid)
    assert not is_locked(folder.journal / "main" / "alive")


def test_a_stopped_process_is_alive(tmp_path, nursery):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    pid, _, _ = nursery.start(folder, 1, "map")
    os.kill(pid, signal.SIGSTOP)
    time.sleep(0.05)
    assert read_status(folder).status == "Running"
    os.kill(pid, signal.SIGCONT)
    assert read_status(folder).status == "Running"
    nursery.kill(pid)
    assert read_status(folder).code == "ProcessGone"


def test_every_observer_says_the_same_and_the_first_end_stands(tmp_path, nursery):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    pid, _, _ = nursery.start(folder, 1, "map")
    nursery.kill(pid)
    program = (
        "import sys; from jupyter_runs.journal import *; s = read_status(RunFolder(sys.argv[1]));"
        "print(s.status, s.code, s.message, s.ended, sep='|')"
    )
    watching = [
        subprocess.Popen([sys.executable, "-c", program, str(folder.path)], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    answers = {watcher.communicate(timeout=30)[0] for watcher in watching}
    assert len(answers) == 1
    assert answers.pop().startswith(f"Failed|ProcessGone|process {pid} ".encode())
    assert not folder.end("Completed")
    assert read_status(folder).status == "Failed"
    assert len(list(folder.control.iterdir())) == 1  # no drafts are left


def test_a_run_that_ends_well_is_never_told_to_be_dead(tmp_path):
    program = (
        "import sys; from jupyter_runs.journal import *; f = RunFolder(sys.argv[1]);"
        "w = Writer(f, name='main'); w.log('a', 1.0); f.end('Completed'); w.close()"
    )
    for i in range(5):
        folder = RunFolder.create(tmp_path, f"run-{i}", {"owner": "main"})
        process = subprocess.Popen([sys.executable, "-c", program, str(folder.path)])
        seen = set()
        while process.poll() is None:
            seen.add(read_status(folder).status)
        assert process.returncode == 0
        assert read_status(folder).status == "Completed"
        assert seen <= {"NotStarted", "Running", "Completed"}
