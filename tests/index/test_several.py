"""Several processes bring one index up to date; some are killed in the midst of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from house import House, expect

from jupyter_runs.index import Index, Query
from jupyter_runs.journal import RunFolder, Writer

ROOT = Path(__file__).parents[2]
CATCH = """
import sys
from pathlib import Path
from jupyter_runs.index import Index, Query
index = Index(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    index.catch_up()
    index.page(Query(filter="metrics.loss.min < 3"))
    if sys.stdin.readline() != "again\\n":
        break
    print("done", flush=True)
"""
READ = """
import sys
from pathlib import Path
from jupyter_runs.index import Index, Query
index = Index(Path(sys.argv[1]))
for _ in range(50):
    index.catch_up()
    index.page(Query())
    index.page(Query(sort="metrics.loss"))
index.close()
"""


def process(code, home, **options):
    """Start a process that works on a home's index."""
    return subprocess.Popen(
        [sys.executable, "-W", "error::jupyter_runs.errors.RunsWarning", "-c", code, str(home)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        **options,
    )


def many(home, count, start=0):
    """Make runs that have ended."""
    for number in range(start, start + count):
        folder = RunFolder.create(
            home / "w",
            f"r{number}",
            {"experiment": "e", "created": float(number), "owner": f"main-{number}"},
        )
        writer = Writer(folder, name=f"main-{number}")
        writer.event("tag", key="n", value=str(number))
        writer.log("loss", number * 0.5)
        writer.close()
        folder.end("Completed")


def test_all_begin_at_once(home):
    many(home, 300)
    processes = [process(READ, home, stderr=subprocess.PIPE) for _ in range(4)]
    many(home, 100, 300)
    for one in processes:
        _, told = one.communicate(timeout=120)
        assert one.returncode == 0, told
    index = Index(home)
    assert index.catch_up() == 0  # they have left nothing to do
    expect(index, home)
    index.close()


def test_what_one_has_found_the_other_has_too(home):
    house = House(home)
    house.furnish()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    other = process(CATCH, home, **pipes)
    index = Index(home)
    assert other.stdout.readline() == "ready\n"
    for n in range(12):
        house.do("log", n, "loss", float(n))
        house.do("tag", n + 1, "t", str(n))
        house.do("end", 3 * n, "Failed", "why")
        if n % 4 == 1:
            house.do("delete", n, None, None)
            house.do("create", n, "w", None)
        if n % 2:
            index.catch_up()
        other.stdin.write("again\n")
        other.stdin.flush()
        assert other.stdout.readline() == "done\n"
        if n % 3:
            house.do("log", n, "loss", -float(n))
        index.catch_up()
        expect(index, home)
    other.communicate("end\n", timeout=60)
    assert other.returncode == 0
    index.close()


def test_killed_in_the_midst(home):
    many(home, 400)
    for attempt in range(12):
        one = process(READ, home, stderr=subprocess.PIPE)
        time.sleep(0.4 + 0.05 * attempt)  # somewhere in its work, or before, or behind
        one.send_signal(signal.SIGKILL)
        one.communicate(timeout=60)
        if attempt % 4 == 3:
            many(home, 20, 400 + 20 * attempt)
            shutil.rmtree(home / "w" / "runs" / f"r{attempt}")
    index = Index(home)
    index.catch_up()
    expect(index, home)
    index.close()


def test_threads_share_one(home):
    house = House(home)
    house.furnish()
    index = Index(home)
    faults = []

    def work():
        try:
            for _ in range(15):
                index.catch_up()
                index.page(Query(sort="-metrics.loss"))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for n in range(40):
        house.do("log", n, "loss", float(n))
    for thread in threads:
        thread.join()
    assert faults == []
    index.catch_up()
    expect(index, home)
    index.close()


def test_one_that_was_removed_under_another(home):
    house = House(home)
    house.furnish()
    first, second = Index(home), Index(home)
    first.catch_up()
    second.catch_up()
    first.rebuild()
    house.do("log", 0, "loss", 77.0)
    second.catch_up()
    expect(second, home)
    assert second._store.path == first._store.path
    first.catch_up()
    expect(first, home)
    first.close()
    second.close()


def test_after_a_fork(home):
    house = House(home)
    house.furnish()
    index = Index(home)
    index.catch_up()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            index.catch_up()
            status = 0 if index.page(Query()).total else 1
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    index.catch_up()
    expect(index, home)
    index.close()


def test_a_long_writer_does_not_stop_the_others(home, monkeypatch):
    House(home).furnish()
    index, other = Index(home), Index(home)
    index.catch_up()
    monkeypatch.setattr("jupyter_runs.index.store.PATIENCE", 0.05)
    other.close()
    other._store._engine = None
    with index._store.writing():
        assert other.page(Query()).rows
        assert other.catch_up() == 0  # and no word of a lock
        assert not other.caught_up()
    other.catch_up()
    assert other.caught_up()
    expect(other, home)
    index.close()
    other.close()
