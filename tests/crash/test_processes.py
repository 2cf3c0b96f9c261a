"""Processes that log into one run: forked, spawned, from a server, workers of a DataLoader, and 64 at once."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import warnings

import pytest

from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import RunFolder, RunReader, Writer


class Training(RunLogging):
    """What a run is to its training, around a writer."""

    def __init__(self, folder, **words):
        self._writer = Writer(folder, **words)


@pytest.fixture(params=["map", "write"])
def folder(request, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", request.param)
    return RunFolder.create(tmp_path, "run", {"owner": "main"})


def read(folder, *, plain=False):
    reader = RunReader(folder, plain=plain)
    reader.poll()
    assert reader.damage == []
    return reader.metrics


CROWD = """
import sys
from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import RunFolder, Writer

class Training(RunLogging):
    def __init__(self, writer):
        self._writer = writer

run = Training(Writer(RunFolder(sys.argv[1]), role="guest"))
start, count = int(sys.argv[2]) * int(sys.argv[3]), int(sys.argv[3])
sys.stdin.read()  # all begin at once
for i in range(start, start + count):
    run.log("a", float(i), step=i)
"""


def test_64_processes_into_one_run(folder):
    crowd, count = 64, 10_000
    processes = [
        subprocess.Popen(
            [sys.executable, "-S", "-c", CROWD, str(folder.path), str(i), str(count)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        for i in range(crowd)
    ]
    for process in processes:
        process.stdin.close()
    errors = []
    for process in processes:
        errors.append(process.stderr.read().decode())
        process.stderr.close()
    assert [process.wait() for process in processes] == [0] * crowd, errors
    assert set(errors) == {""}  # no warning, no lock error
    values = read(folder)["a"].arrays().value
    assert sorted(values.tolist()) == [float(i) for i in range(crowd * count)]
    assert len(list(folder.journal.iterdir())) == crowd


CHILDREN = """
import multiprocessing, sys, warnings
from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import RunFolder, Writer

class Training(RunLogging):
    def __init__(self, folder):
        self._writer = Writer(folder, role="guest")

def work(path, number):
    run = Training(RunFolder(path))
    for i in range(500):
        run.log("child", float(number * 500 + i))
        run.log_metrics({"m": i, "n": number}, step=i)

if __name__ == "__main__":
    warnings.simplefilter("error")
    context = multiprocessing.get_context(sys.argv[2])
    run = Training(RunFolder(sys.argv[1]))
    run.log("parent", 0.0)
    children = [context.Process(target=work, args=(sys.argv[1], n)) for n in range(4)]
    for child in children:
        child.start()
    for i in range(1, 3_000):
        run.log("parent", float(i))
    for child in children:
        child.join()
    with context.Pool(2) as pool:
        pool.starmap(work, [(sys.argv[1], n) for n in range(4, 8)], chunksize=1)
    assert [child.exitcode for child in children] == [0] * 4
"""


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_multiprocessing(folder, start, tmp_path):
    if start not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {start} here")
    program = tmp_path / "training.py"
    program.write_text(CHILDREN)
    done = subprocess.run(
        [sys.executable, str(program), str(folder.path), start],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    metrics = read(folder)
    assert metrics["parent"].values() == [float(i) for i in range(3_000)]
    assert sorted(metrics["child"].values()) == [float(i) for i in range(8 * 500)]
    assert sorted(zip(metrics["n"].values(), metrics["n"].steps())) == [
        (n, i) for n in range(8) for i in range(500)
    ]


def test_a_fork_in_a_thread(folder):
    run = Training(folder, name="main")
    run.log("a", -1.0)
    stop = threading.Event()
    logged, codes = [0], []

    def go_on():
        while not stop.is_set():
            run.log("a", float(logged[0]))
            run.log_metrics({"m": logged[0], "n": True})
            logged[0] += 1

    def fork_often():
        for number in range(10):
            with warnings.catch_warnings():  # Python warns of forks beside threads
                warnings.simplefilter("ignore")
                pid = os.fork()
            if not pid:
                try:
                    for i in range(200):
                        run.log("child", float(number * 200 + i))
                        run.log_row("row", n=number, i=i)
                    run._writer.close()
                    os._exit(0)
                finally:
                    os._exit(1)
            codes.append(os.waitpid(pid, 0)[1])
        stop.set()

    threads = [threading.Thread(target=go_on), threading.Thread(target=fork_often)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run._writer.close()
    assert codes == [0] * 10
    metrics = read(folder)
    assert metrics["a"].values() == [-1.0, *map(float, range(logged[0]))]
    assert metrics["m"].values() == list(range(logged[0]))
    assert sorted(metrics["child"].values()) == [float(i) for i in range(2_000)]
    rows = metrics["row"].columns()
    assert sorted(zip(rows["n"], rows["i"])) == [(n, i) for n in range(10) for i in range(200)]


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_workers_of_a_dataloader(folder, start, tmp_path):
    pytest.importorskip("torch")
    program = tmp_path / "training.py"
    program.write_text(LOADER)
    done = subprocess.run(
        [sys.executable, str(program), str(folder.path), start],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "RunsWarning" not in done.stderr
    metrics = read(folder)
    assert metrics["loss"].values() == [float(i) for i in range(1 + 2 * 32)]
    assert sorted(metrics["loaded"].values()) == sorted(list(range(256)) * 2)
    roles = {path.name.split("-")[0] for path in folder.journal.iterdir()}
    assert roles == {"main", "fork" if start == "fork" else "guest"}


LOADER = """
import sys
import torch
from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import RunFolder, Writer

class Training(RunLogging):
    def __init__(self, folder, **words):
        self._writer = Writer(folder, **words)

class Numbers(torch.utils.data.Dataset):
    run = None

    def __len__(self):
        return 256

    def __getitem__(self, i):
        if self.run is None:  # spawned: nothing came along
            Numbers.run = Training(RunFolder(sys.argv[1]), role="guest")
        self.run.log("loaded", i, step=i)
        return float(i)

if __name__ == "__main__":
    run = Training(RunFolder(sys.argv[1]), name="main")
    if sys.argv[2] == "fork":
        Numbers.run = run
    run.log("loss", 0.0)
    count = 1
    for epoch in range(2):
        words = {"num_workers": 2, "multiprocessing_context": sys.argv[2]}
        for batch in torch.utils.data.DataLoader(Numbers(), batch_size=8, **words):
            run.log("loss", float(count))
            count += 1
"""
