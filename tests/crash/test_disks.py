"""Disks that fail under a training, for real: EIO, quotas, ext4 and xfs that are full, a device that loses its writes.

Each training is a process of its own. It ends well, warns once, keeps what it stored before, tells how much it
dropped, and goes on when the fault is gone.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_runs.journal import RunFolder, RunReader

TRAINING = """
import json, sys, warnings
from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import RunFolder, Writer

class Training(RunLogging):
    def __init__(self, writer):
        self._writer = writer

writer = Writer(RunFolder(sys.argv[1]), name="main")
run, i = Training(writer), 0
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for line in sys.stdin:
        if writer._retry_at:
            writer._retry_at = 1e-9  # a second later
        for i in range(i, i + int(line)):
            run.log("a", float(i), step=i)
            run.log_metrics({"m": i, "n": i * 0.5, "o": True}, step=i)
            run.log_row("r", x=i)
            if i % 10 == 0:
                run.log("s", f"text {i}")
        i += 1
        writer.keep(sync=True)
        mapped = writer.hot[2] is not None
        print(json.dumps({"logged": i, "mapped": mapped}), flush=True)
    writer.close()
print(json.dumps([f"{w.category.__name__}: {w.message}" for w in told]))
"""


class Training:
    """A process that logs as many steps as it is told to."""

    def __init__(self, folder):
        self.logged, self.mapped = 0, None
        self.process = subprocess.Popen(
            [sys.executable, "-c", TRAINING, str(folder.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def log(self, count):
        """Return the numbers of the steps."""
        before = self.logged
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        said = json.loads(line)
        self.logged, self.mapped = said["logged"], said["mapped"]
        return range(before, self.logged)

    def end(self):
        """Return its warnings."""
        out, err = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, err
        return json.loads(out)


def check(folder, logged, *kept):
    """Each number once, all that was kept is there, and what is missing is told."""
    reader = RunReader(folder)
    reader.poll()
    metrics = reader.metrics
    found = {name: metrics[name].values() for name in ("a", "m", "n", "o", "s")}
    steps = {name: metrics[name].steps() for name in "amno"}
    assert found["a"] == steps["a"]
    assert found["m"] == steps["m"]
    assert found["n"] == [i * 0.5 for i in steps["n"]]
    steps["r"] = metrics["r"].columns()["x"]
    steps["s"] = [int(text.split()[1]) for text in found["s"]]
    for there in steps.values():
        assert there == sorted(set(there))
    for part in kept:
        for name in "amnor":
            assert set(part) <= set(steps[name]), name
        assert {i for i in part if i % 10 == 0} <= set(steps["s"])
    missing = 5 * logged + -(-logged // 10) - sum(map(len, steps.values()))
    dropped = sum(
        int(m[1].replace(",", ""))
        for _, text in reader.warnings
        if (m := re.match(r"([\d,]+) values could not be stored", text))
    )
    assert missing == dropped
    assert len(reader.damage) <= 1  # a line that was cut short
    return missing


def shell(*words):
    """Run a command of the system, or skip the test that needs it."""
    if not shutil.which(words[0]):
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{' '.join(words[:2])}: {done.stderr.strip()[-200:]}")


@pytest.fixture
def mounted(tmp_path):
    """Make a file system in a file, and mount it."""
    if not sys.platform.startswith("linux") or os.geteuid():
        pytest.skip("mounting needs Linux and root")
    with contextlib.ExitStack() as stack:

        def mount(place, *words):
            place.mkdir()
            shell("mount", *words, str(place))
            unmount = ["umount", "--lazy", str(place)]
            stack.callback(subprocess.run, unmount, check=False, capture_output=True)
            return place

        yield mount


@pytest.fixture
def failing(tmp_path):
    """A disk that fails as it is told: ``(mountpoint, what lies below, fail)``."""
    if not sys.platform.startswith("linux") or os.geteuid() or not Path("/dev/fuse").exists():
        pytest.skip("a file system of one's own needs Linux, root and /dev/fuse")
    (tmp_path / "disk").mkdir()
    (tmp_path / "below").mkdir()
    program = Path(__file__).with_name("failing_disk.py")
    process = subprocess.Popen(
        [sys.executable, str(program), str(tmp_path / "disk"), str(tmp_path / "below")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if process.stdout.readline() != "mounted\n":
        pytest.skip(f"FUSE is not allowed here: {process.communicate()[1][-200:]}")

    def fail(number):
        process.stdin.write(f"{number}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"

    yield tmp_path / "disk", tmp_path / "below", fail
    process.communicate(timeout=30)


@pytest.mark.parametrize("fault", [errno.EIO, errno.EDQUOT, errno.ESTALE, errno.EROFS])
@pytest.mark.parametrize("way", ["", "write"])
def test_a_disk_that_fails(failing, monkeypatch, fault, way):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", way)
    disk, below, fail = failing
    folder = RunFolder.create(disk, "run", {"owner": "main"})
    training = Training(folder)
    before = training.log(500)
    assert not training.mapped, "not on a file system that may lose what was stored"
    fail(fault)
    training.log(2_000)
    training.log(10)
    fail(0)
    after = training.log(500)
    told = training.end()
    assert len(told) == 1, told
    assert told[0].startswith("RunsWarning")
    assert os.strerror(fault) in told[0]
    assert check(RunFolder(below / "runs" / "run"), training.logged, before, after) > 2_000


def test_a_disk_that_fails_to_the_end(failing):
    disk, below, fail = failing
    training = Training(RunFolder.create(disk, "run", {"owner": "main"}))
    before = training.log(300)
    fail(errno.EIO)
    training.log(1_000)
    assert len(training.end()) == 1
    reader = RunReader(RunFolder(below / "runs" / "run"))
    reader.poll()
    assert set(before) <= set(reader.metrics["a"].steps())
    fail(0)


def test_a_quota(tmp_path, mounted):
    """Btrfs keeps quotas by itself; those of ext4 and xfs need a kernel built for them."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(200 << 20)
    shell("mkfs.btrfs", "-q", str(image))
    disk = mounted(tmp_path / "disk", "-o", "loop", str(image))
    shell("btrfs", "quota", "enable", str(disk))
    folder = RunFolder.create(disk, "run", {"owner": "main"})
    training = Training(folder)
    before = training.log(300)
    assert not training.mapped, "btrfs copies on writing, so nothing is allocated for good"
    ballast = disk / "ballast"
    shell("btrfs", "qgroup", "limit", "1M", "0/5", str(disk))
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    training.log(30_000)
    shell("btrfs", "qgroup", "limit", "none", "0/5", str(disk))
    ballast.unlink()
    after = training.log(300)
    told = training.end()
    assert len(told) == 1, told
    assert os.strerror(errno.EDQUOT) in told[0]
    assert check(folder, training.logged, before, after)


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
@pytest.mark.parametrize("way", ["", "write"])
def test_a_full_file_system(tmp_path, mounted, monkeypatch, kind, way):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", way)
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate((8 if kind == "ext4" else 320) << 20)
    shell(f"mkfs.{kind}", "-q", str(image))
    disk = mounted(tmp_path / "disk", "-o", "loop", str(image))
    folder = RunFolder.create(disk, "run", {"owner": "main"})
    training = Training(folder)
    before = training.log(300)
    assert training.mapped == (way == "")
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(512))
    training.log(20_000)
    ballast.unlink()
    after = training.log(300)
    told = training.end()
    assert len(told) == 1, told
    assert os.strerror(errno.ENOSPC) in told[0]
    assert check(folder, training.logged, before, after)


def test_a_device_that_loses_its_writes(tmp_path, mounted):
    """What is stored into a map lies in the page cache; that the disk below fails is learnt at the next sync."""
    store = mounted(tmp_path / "store", "-t", "tmpfs", "-o", "size=4m", "tmpfs")
    image = store / "image"
    with image.open("wb") as file:
        file.truncate(64 << 20)
    shell("mkfs.ext4", "-q", "-O", "^has_journal", "-E", "nodiscard", str(image))
    disk = mounted(tmp_path / "disk", "-o", "loop,errors=continue", str(image))
    folder = RunFolder.create(disk, "run", {"owner": "main"})
    training = Training(folder)
    before = training.log(300)
    assert training.mapped
    with contextlib.suppress(OSError), (store / "ballast").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    training.log(20_000)
    after = training.log(300)
    told = training.end()
    # data may fail in one way and the folder's own blocks in another: each kind is told once
    assert 1 <= len(told) <= 2, told
    for text in told:
        assert re.search("No space left|Input/output", text)
    check(folder, training.logged, before, after)  # the page cache still has them
