"""A clock that is set back under a training, for real (libfaketime) and by hand: a writer's times never go back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_runs.journal import RunFolder, RunReader, Writer, ledger

PLACES = ("*/faketime/libfaketimeMT.so.1", "faketime/libfaketimeMT.so.1")


@pytest.fixture(params=["map", "write"])
def folder(request, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", request.param)
    return RunFolder.create(tmp_path, "run", {"owner": "main"})


def check(folder, count, writer="main"):
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == []
    assert reader.metrics["a"].values() == [float(i) for i in range(count)]
    times = reader.metrics["a"].times()
    assert times == sorted(times)
    lines = (folder.journal / writer / "events.jsonl").read_text().splitlines()
    told = [json.loads(line)["t"] for line in lines]
    assert told == sorted(told)
    return times


def test_the_clock_is_set_back_and_forth(folder, monkeypatch):
    shift = [0.0]

    class Clock:
        monotonic = staticmethod(time.monotonic)

        @staticmethod
        def time():
            return time.time() + shift[0]

    monkeypatch.setattr(ledger, "time", Clock)
    writer = Writer(folder, name="main")
    for i in range(5_000):
        shift[0] = (0.0, -3600.0, 7200.0, -1e8)[i // 1_000 % 4]
        writer.log("a", float(i))
        if i % 500 == 0:
            writer.log(f"s{i}", "text")
            writer.keep(sync=False)
    writer.close()
    times = check(folder, 5_000)
    assert times[-1] - times[0] >= 7200  # forward is followed


TRAINING = """
import sys, time
from pathlib import Path
from jupyter_runs.journal import RunFolder, Writer

writer, setting = Writer(RunFolder(sys.argv[1]), name="main"), Path(sys.argv[2])
last, back = time.time(), 0
for i in range(6_000):
    if i % 1_000 == 0:
        setting.write_text(("+0", "-3h", "-100d")[i // 1_000 % 3])
    writer.log("a", float(i))
    if i % 250 == 0:
        writer.log("s", "text")
        writer.keep(sync=False)
        now = time.time()
        back += now < last - 3_600
        last = now
writer.close()
print(back)
"""


def test_a_clock_that_is_really_set_back(folder, tmp_path):
    library = next((path for place in PLACES for path in Path("/usr/lib").glob(place)), None)
    if library is None:
        pytest.skip("libfaketime is not installed")
    setting = tmp_path / "clock"
    setting.write_text("+0")
    done = subprocess.run(
        [sys.executable, "-c", TRAINING, str(folder.path), str(setting)],
        env={
            **os.environ,
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(setting),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 2, "the clock was not set back"
    check(folder, 6_000)
