"""Disks that are full, read-only or gone: the training goes on, what was stored is kept, what is missing is told."""

# ruff: noqa: PT031  # what is warned of is a loop's
from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

from jupyter_runs.journal import RunFolder, RunReader, RunsWarning, Writer, keeper

BALLAST = 4096


@pytest.fixture
def small_disk(tmp_path):
    """A file system of half a megabyte of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() or not shutil.which("mount"):
        pytest.skip("mounting a small file system needs Linux and root")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.decode().strip()}")
    yield place
    for writer in keeper.open_writers():
        if place in writer.folder.path.parents:
            writer.close()
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk):
    """Leave no page free."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(BALLAST))
    return ballast


@pytest.fixture(params=["map", "write"])
def way(request, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", request.param)
    return request.param


def retry_now(writer):
    """A second later."""
    if writer._retry_at:
        writer._retry_at = 1e-9


def dropped(reader):
    return sum(
        int(re.match(r"([\d,]+) values could not be stored", text)[1].replace(",", ""))
        for _, text in reader.warnings
    )


def read(folder):
    reader = RunReader(folder)
    reader.poll()
    return reader


def test_a_full_disk(small_disk, way):
    folder = RunFolder.create(small_disk, "run", {"owner": "main"})
    writer = Writer(folder, name="main")
    live = RunReader(folder)
    logged = 0

    def log(count):
        nonlocal logged
        for _ in range(count):
            writer.log("a", logged, step=logged)
            logged += 1

    log(500)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for again in range(3):
            ballast = fill(small_disk)
            before = read(folder).metrics["a"].values()
            log(3_000)
            writer.log("a new name", 1.0)
            writer.log_list("too large a list", range(20_000))
            writer.log_table("t", {"x": range(20_000)})
            writer.log_image("i", bytes(50_000), ".png")
            writer.log_row(f"r{again}", {"x": 1})
            writer.event("tag", key="k", value="v" * 5_000)
            retry_now(writer)
            log(100)
            live.poll()
            assert live.metrics["a"].values()[: len(before)] == before
            assert len(live.metrics["a"].values()) < logged
            ballast.unlink()
            retry_now(writer)
            log(300)
            live.poll()
            assert live.metrics["a"].values()[-300:] == list(range(logged - 300, logged))
        writer.log("a new name", 2.0)
        writer.close()
    ours = [w for w in told if issubclass(w.category, RunsWarning)]
    assert len(ours) == 1
    assert "No space left" in str(ours[0].message)
    assert "the training goes on" in str(ours[0].message)
    live.poll()
    for reader in (live, read(folder)):
        values = reader.metrics["a"].values()
        assert values == reader.metrics["a"].steps() == sorted(set(values))
        assert not [text for text in reader.damage if "cannot be read" not in text]
        assert reader.metrics["a new name"].values()[-1] == 2.0
        missing = logged - len(values)
        others = (
            3 * 6
            - len(reader.tags)
            - sum(reader.metrics[name].count > 0 for name in reader.metrics if name != "a")
        )
        assert missing <= dropped(reader) <= missing + 3 * 6
        assert others >= 0
    assert not list(folder.payload.glob(".*"))


def test_a_disk_that_is_full_from_the_start(small_disk, way):
    folder = RunFolder.create(small_disk, "run", {"owner": "main"})
    ballast = fill(small_disk)
    writer = Writer(folder, name="main")
    with pytest.warns(RunsWarning, match="No space left") as told:
        for i in range(100):
            writer.log("a", float(i))
    assert len(told) == 1
    ballast.unlink()
    retry_now(writer)
    writer.log("a", 100.0)
    reader = read(folder)
    assert reader.metrics["a"].values() == [100.0]
    assert dropped(reader) == 100


def test_a_disk_that_is_full_to_the_end_and_a_close_with_space_again(small_disk, way):
    folder = RunFolder.create(small_disk, "run", {"owner": "main"})
    writer = Writer(folder, name="main")
    writer.log("a", 0.0)
    ballast = fill(small_disk)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for i in range(1, 5_000):
            writer.log("a", float(i))
        held = len(list(Path("/proc/self/fd").iterdir()))
        writer.close()
        assert len(list(Path("/proc/self/fd").iterdir())) < held
    assert len([w for w in told if issubclass(w.category, RunsWarning)]) == 1
    stored = read(folder).metrics["a"].values()
    assert stored == [float(i) for i in range(len(stored))]
    ballast.unlink()
    writer.log("a", -1.0)
    for i in range(3_000):
        writer.log("b", float(i))
    ballast = fill(small_disk)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i in range(3_000, 20_000):
            writer.log("b", float(i))
    ballast.unlink()
    writer.close()  # tells what is missing before it says goodbye
    reader = read(folder)
    assert reader.metrics["a"].values() == [*stored, -1.0]
    missing = 20_000 - reader.metrics["b"].count
    # the first goodbye tells what it dropped where the last page of its lines has room for that
    assert dropped(reader) in (missing, missing + 5_000 - len(stored))


def test_threads_on_a_full_disk(small_disk, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    folder = RunFolder.create(small_disk, "run", {"owner": "main"})
    writer = Writer(folder, name="main")
    writer.log("a", -1)
    ballast = fill(small_disk)

    def work(index):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for i in range(2_000):
                writer.log("a", i * 4 + index)
                if i == 1_500 and index == 0:
                    ballast.unlink()
                    retry_now(writer)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        retry_now(writer)
        writer.log("a", -2)
    reader = read(folder)
    values = reader.metrics["a"].values()
    assert values[-1] == -2
    assert len(values) == len(set(values))
    assert dropped(reader) == 8_002 - len(values)


LIMITED = """
import resource, signal, sys, warnings
from jupyter_runs.journal import RunFolder, RunReader, Writer

assert signal.getsignal(signal.SIGXFSZ) == signal.SIG_IGN
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
writer = Writer(RunFolder(sys.argv[1]), name="main")
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for i in range(100):
        writer.log("a", i)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    for i in range(100, 5_000):
        writer.log("a", i)
        if i % 3 == 0:
            writer.log("s", f"text {i}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    writer._retry_at = 1e-9
    for i in range(5_000, 6_000):
        writer.log("a", i)
        writer.log("s", f"text {i}")
    writer.close()
print(len(told), told[0].category.__name__, told[0].message)
"""


def test_a_limit_on_the_size_of_files(tmp_path, way):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 RunsWarning")
    assert "File too large" in done.stdout
    reader = read(folder)
    values = reader.metrics["a"].values()
    assert values[:100] == list(range(100))
    assert values[-1_000:] == list(range(5_000, 6_000))
    assert values == sorted(set(values))
    texts = reader.metrics["s"].values()
    assert texts[-1_000:] == [f"text {i}" for i in range(5_000, 6_000)]
    assert len(reader.damage) <= 1  # the line that was cut short
    assert dropped(reader) == 6_000 - len(values) + 1_000 + len(range(102, 5_000, 3)) - len(texts)


def test_a_read_only_folder(small_disk, way):
    folder = RunFolder.create(small_disk, "run", {"owner": "main"})
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    writer = Writer(folder, name="main")
    with pytest.warns(RunsWarning, match="Read-only") as told:
        for i in range(10):
            writer.log("a", float(i))
            writer.log_list("l", range(20_000))
            writer.log_image("i", b"x", ".png")
        writer.flush()
        writer.close()
    assert len(told) == 1
    remount[2] = "remount,rw"
    subprocess.run(remount, check=True)
    retry_now(writer)
    writer.log("a", 10.0)
    reader = read(folder)
    assert reader.metrics["a"].values() == [10.0]
    assert dropped(reader) == 30


@pytest.mark.parametrize("opened", [True, False])
def test_a_folder_that_is_deleted(tmp_path, way, opened):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    writer = Writer(folder, name="main")
    if opened:
        writer.log("a", 1.0)
    shutil.rmtree(folder.path)
    with pytest.warns(RunsWarning, match=r"gone|No such file") as told:
        for i in range(3_000):
            writer.log("a", float(i))
            if i % 1_000 == 0:
                writer.log(f"name {i}", "text")
                writer.log_row("r", {"x": i})
                writer.log_list("l", range(20_000))
                writer.log_image("i", b"x", ".png")
                writer.keep(sync=True)
                retry_now(writer)
        writer.flush()
        writer.close()
    assert len(told) == 1
    assert not folder.path.exists()


def test_a_folder_that_is_moved_away_and_comes_back(tmp_path, way):
    folder = RunFolder.create(tmp_path, "run", {"owner": "main"})
    writer = Writer(folder, name="main")
    for i in range(100):
        writer.log("a", float(i))
    folder.path.rename(tmp_path / "elsewhere")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i in range(100, 2_000):
            writer.log("a", float(i))
    (tmp_path / "elsewhere").rename(folder.path)
    retry_now(writer)
    writer.log("a", 2_000.0)
    reader = read(folder)
    values = reader.metrics["a"].values()
    assert values == sorted(set(values))
    assert values[:100] == [float(i) for i in range(100)]
    assert values[-1] == 2_000.0
    assert dropped(reader) == 2_001 - len(values)


def test_warnings_as_errors_are_raised_where_they_were_asked_for(small_disk):
    folder = RunFolder.create(small_disk, "run", {"owner": "main"})
    ballast = fill(small_disk)
    writer = Writer(folder, name="main")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RunsWarning):
            writer.log("a", 1.0)
        writer.log("a", 2.0)  # told once
    ballast.unlink()
    retry_now(writer)
    writer.log("a", 3.0)
    reader = read(folder)
    assert reader.metrics["a"].values() == [3.0]
    assert dropped(reader) in (1, 2)  # the first was told by the error
