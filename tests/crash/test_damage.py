"""10,000 damaged journals: no reader fails, no page that has a seal gives a value that was not logged."""

from __future__ import annotations

import collections
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_runs.journal import RunFolder, RunReader, Writer

JOURNALS = int(os.environ.get("JUPYTER_RUNS_TEST_DAMAGED", "10000"))


def test_damaged_journals(tmp_path, record_property):
    at_once = min(4, os.cpu_count() or 1)
    program = [sys.executable, str(Path(__file__).with_name("damaging.py")), str(tmp_path)]
    workers = [
        subprocess.Popen(
            [*program, str(worker), str(len(range(worker, JOURNALS, at_once)))],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for worker in range(at_once)
    ]
    tally = collections.Counter()
    for worker, done in [(worker, worker.communicate()) for worker in workers]:
        assert worker.returncode == 0, done[1][-3000:]
        tally.update(json.loads(done[0]))
    assert tally["told"] > JOURNALS // 2
    record_property("journals", dict(tally))


@pytest.mark.parametrize("plain", [True, False])
def test_a_page_of_another_segment_is_told_and_not_read(tmp_path, plain):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    writer = Writer(folder, name="main")
    for i in range(2_000):
        writer.log("a", float(i))
    writer.close()
    third, fourth = (folder.journal / "main" / f"scalars-000{n}.bin" for n in (2, 3))
    raw = bytearray(fourth.read_bytes())
    raw[4096:8192] = third.read_bytes()[4096:8192]
    fourth.write_bytes(raw)
    reader = RunReader(folder, plain=plain)
    reader.poll()
    values = reader.metrics["a"].values()
    assert values == sorted(set(values))
    assert len(values) == 2_000 - 127
    assert len(reader.damage) == 1
    assert fourth.name in reader.damage[0]


@pytest.mark.parametrize("wrong", [{"count": 4}, {"count": None}, {"value": None, "count": 3}])
def test_a_count_that_is_not_what_is_there_is_told(tmp_path, wrong):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    writer = Writer(folder, name="main")
    writer.log_list("l", [1, 2, 3])
    line = {"name": "l", "count": 3, "value": [4, 5, 6], **wrong}
    writer.event("list", **{key: value for key, value in line.items() if value is not None})
    reader = RunReader(folder)
    reader.poll()
    assert reader.metrics["l"].count == len(reader.metrics["l"].values()) == 3
    assert len(reader.damage) == 1
