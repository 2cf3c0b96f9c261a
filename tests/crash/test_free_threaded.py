"""Python without the GIL: numbers are written, not mapped; threads and kills lose nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import jupyter_runs

THREADS = """
import json, sys, threading
from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import RunFolder, RunReader, Writer

assert not sys._is_gil_enabled()

class Training(RunLogging):
    def __init__(self, writer):
        self._writer = writer

def work(thread):
    start.wait()
    for i in range(1_500):
        run.log("all", float(i * 8 + thread), step=i)
        run.log(f"new {i % 300}", i * 8 + thread)
        if i % 10 == 0:
            run.log_metrics({"m0": i * 8 + thread, "m1": i * 0.5, "m2": i % 3 == 0}, step=thread)
            run.log_row("row", x=i, y=float(thread))
            run.log("text", f"{thread} {i}")

folder = RunFolder.create(sys.argv[1], sys.argv[2], {"owner": "main"})
writer = Writer(folder, name="main")
run, start = Training(writer), threading.Barrier(8)
threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
for thread in threads:
    thread.start()
live = RunReader(folder, plain=True)
while any(thread.is_alive() for thread in threads):
    live.poll()
for thread in threads:
    thread.join()
mapped = writer.hot[2] is not None
writer.close()
live.poll()
assert not sys._is_gil_enabled(), "an import has switched it on"
for reader in (live, RunReader(folder, plain=True)):
    reader.poll()
    assert reader.damage == []
    values = reader.metrics["all"].values()
    assert sorted(values) == [float(i) for i in range(12_000)]
    for thread in range(8):
        mine = [value for value in values if value % 8 == thread]
        assert mine == sorted(mine)
    assert sum(reader.metrics[f"new {i}"].count for i in range(300)) == 12_000
    assert sorted(reader.metrics["m0"].values()) == sorted(i * 8 + t for i in range(0, 1_500, 10) for t in range(8))
    assert reader.metrics["m1"].count == reader.metrics["m2"].count == 1_200
    rows = reader.metrics["row"].columns()
    assert sorted(zip(rows["x"], rows["y"])) == [(i, float(t)) for i in range(0, 1_500, 10) for t in range(8)]
    assert len(set(reader.metrics["text"].values())) == 1_200
print(json.dumps({"mapped": mapped}))
"""


@pytest.fixture(scope="module")
def python():
    named = os.environ.get("JUPYTER_RUNS_TEST_FREE_THREADED")
    found = named or shutil.which("python3.14t") or shutil.which("python3.13t")
    if not found:
        pytest.skip(
            "no free-threaded Python: none in JUPYTER_RUNS_TEST_FREE_THREADED, none on PATH"
        )
    return found


def ask(python, *words):
    """Run a free-threaded interpreter with the package, and nothing else of ours."""
    done = subprocess.run(
        [python, *words],
        env={
            **{k: v for k, v in os.environ.items() if k != "PYTHON_GIL"},
            "PYTHONPATH": str(Path(jupyter_runs.__file__).parent.parent),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("way", ["", "map", "write"])
def test_threads_without_the_gil(python, tmp_path, monkeypatch, way):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", way)
    said = ask(python, "-c", THREADS, str(tmp_path), "run")
    assert not said["mapped"], "slots are taken without a lock, which needs the GIL"


@pytest.mark.parametrize("threads", [1, 4])
def test_kills_without_the_gil(python, tmp_path, threads):
    killing = str(Path(__file__).with_name("killing.py"))
    said = ask(python, killing, str(tmp_path), "free", "70", "write", str(threads))
    assert said["items"] > 70
