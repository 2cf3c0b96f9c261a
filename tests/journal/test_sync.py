"""What is brought to the disk every half minute: all of it, and nobody waits."""

from __future__ import annotations

import threading

import pytest

from jupyter_runs.journal import Writer, ledger


@pytest.fixture
def synced(monkeypatch):
    """Return the names that were synced, in order."""
    names: list[str] = []
    sync = ledger.sync_file

    def noted(path):
        sync(path)
        names.append(path.name)

    monkeypatch.setattr(ledger, "sync_file", noted)
    return names


@pytest.mark.parametrize("way", ["map", "write"])
def test_each_segment_is_synced_after_its_last_value(folder, synced, way, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", way)
    writer = Writer(folder, name="main")
    writer.log("a", 0.0)
    writer.keep(sync=True)
    assert synced == ["scalars-0000.bin", "events.jsonl", "main"]
    for i in range(2_000):  # 125 + 253 + 509 + 1,021 slots and more: over into the fifth segment
        writer.log("a", float(i))
    synced.clear()
    writer.keep(sync=False)
    assert synced == []
    writer.flush()
    assert synced[:-2] == [f"scalars-{n:04d}.bin" for n in range(5)]
    synced.clear()
    writer.flush()
    assert synced == ["scalars-0004.bin", "events.jsonl", "main"]


def test_a_slow_disk_holds_nobody_up(folder, monkeypatch, read):
    """The disk hangs in the middle of a sync; new names, new pages and new segments go on."""
    writer = Writer(folder, name="main")
    writer.log("a", 0.0)
    hangs, goes_on = threading.Event(), threading.Event()

    def hang(path):
        hangs.set()
        goes_on.wait(60)

    monkeypatch.setattr(ledger, "sync_file", hang)
    keeper = threading.Thread(target=writer.keep, args=[True])
    keeper.start()
    assert hangs.wait(60)
    for i in range(1, 2_000):
        writer.log("a", float(i))
        writer.log_metrics({"b": i, f"c{i % 20}": float(i)})
    assert keeper.is_alive()
    writer.close()
    goes_on.set()
    keeper.join()
    assert read(folder).metrics["a"].values() == [float(i) for i in range(2_000)]


def test_a_disk_that_fails_to_sync_is_told_once(folder, monkeypatch):
    writer = Writer(folder, name="main")
    writer.log("a", 0.0)

    def fail(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(ledger, "sync_file", fail)
    with pytest.warns(UserWarning, match="Input/output error") as told:
        writer.keep(sync=True)
    writer.keep(sync=True)  # a second warning would be an error here
    assert len(told) == 1
    assert told[0].filename == __file__
    writer.log("a", 1.0)
