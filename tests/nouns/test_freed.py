"""What the trash says that it frees is what deleting frees."""

from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_runs import freed, trash
from jupyter_runs._settings import SnapshotLimits
from jupyter_runs.capture.snapshot import take_snapshot
from jupyter_runs.journal import RunFolder, Writer

OLD = 1_000_000_000  # long before an hour ago
SIZES = (1, 20_000, 90_000)


class Space:
    """A workspace with three snapshots."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "snapshots"
        self.ids = []
        for size in SIZES:
            code = Path(tempfile.mkdtemp(dir=folder.parent)) / "code"
            code.mkdir()
            (code / "data.bin").write_bytes(os.urandom(size))
            self.ids.append(take_snapshot(code, self.store, SnapshotLimits(10**8, 1000)))
        for archive in self.store.iterdir():
            os.utime(archive, (OLD, OLD))

    def run(self, name, *snapshots, note=None):
        """Make a run that was started from some of them, and has ended."""
        folder = RunFolder.create(self.folder, name, {"experiment": "exp"})
        writer = Writer(folder)
        for one in snapshots:
            writer.event("facts", snapshot=self.ids[one])
        if note is not None:
            writer.event("property", key="note", value=note)
        writer.close()
        folder.end("Completed")
        return folder

    def delete(self, *items):
        return trash.delete(self.folder, *items)


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path / "default")


def size_of(space, index):
    told = (space.store / f"{space.ids[index]}.zip").stat()
    return getattr(told, "st_blocks", told.st_size / 512) * 512


snapshots = st.sets(st.integers(0, 2), max_size=2)


@settings(max_examples=25, deadline=None)
@given(
    runs=st.lists(st.tuples(snapshots, st.booleans()), min_size=1, max_size=5),
    first=st.integers(0, 4),
)
def test_what_is_told_is_what_is_freed(runs, first):
    with tempfile.TemporaryDirectory() as base:
        space = Space(Path(base) / "default")
        made = [space.run(f"r{at}", *of) for at, (of, _) in enumerate(runs)]
        for folder, (_, gone) in zip(made, runs):
            if gone:
                trash.move(folder)
        content = trash.look(space.folder)
        assert sum(item.frees for item in content.items) <= content.frees
        if content.items:
            one = content.items[first % len(content.items)]
            assert space.delete(one.item) == one.frees
            after = trash.look(space.folder)
            assert after.frees == content.frees - one.frees
            assert space.delete(*(item.item for item in after.items)) == after.frees
        assert trash.look(space.folder) == ([], 0)
        needed = {space.ids[at] for of, gone in runs if not gone for at in of}
        assert needed <= {path.stem for path in space.store.iterdir()}


def test_shared_by_two_in_the_trash_and_by_one_that_is_not(space):
    for name, of in (("a", 1), ("b", 1), ("c", 2), ("d", 2)):
        space.run(name, of)
    for name in "abc":
        trash.move(RunFolder(space.folder / "runs" / name))
    content = trash.look(space.folder)
    assert [item.snapshots for item in content.items] == [0, 0, 0]
    assert content.frees == sum(item.size for item in content.items) + size_of(space, 1)
    trash.move(RunFolder(space.folder / "runs" / "d"))
    both = size_of(space, 1) + size_of(space, 2)
    content = trash.look(space.folder)
    assert content.frees == sum(item.size for item in content.items) + both


def test_one_that_stays_for_an_hour_is_not_counted(space):
    trash.move(space.run("a", 2))
    (item,) = trash.look(space.folder).items
    assert item.snapshots == size_of(space, 2)
    os.utime(space.store / f"{space.ids[2]}.zip")  # taken again just now
    content = trash.look(space.folder)
    assert content.frees == content.items[0].size
    assert space.delete(content.items[0].item) == content.frees
    assert (space.store / f"{space.ids[2]}.zip").exists()


@pytest.mark.parametrize("how", ["property", "definition"])
def test_one_that_a_run_names_in_another_way_stays(space, how):
    trash.move(space.run("a", 1))
    if how == "property":
        space.run("b", note=f"see {space.ids[1]}!")
    else:
        RunFolder.create(space.folder, "b", {"definition": {"steps": [space.ids[1]]}})
    content = trash.look(space.folder)
    assert content.frees == content.items[0].size
    assert space.delete(content.items[0].item) == content.frees
    assert (space.store / f"{space.ids[1]}.zip").exists()


def test_journals_are_read_again_only_where_something_changed(space, monkeypatch):
    read = []
    texts = freed._texts
    monkeypatch.setattr(
        freed, "_texts", lambda base, patterns: read.append(base) or texts(base, patterns)
    )
    other = space.run("b")
    trash.move(space.run("a", 2))
    before = trash.look(space.folder)
    assert before.items[0].snapshots == size_of(space, 2)
    read.clear()
    assert trash.look(space.folder) == before
    assert read == []
    # a run that goes on takes that snapshot too, more than an hour before the next look
    writer = Writer(other)
    writer.event("facts", snapshot=space.ids[2])
    writer.close()
    known = freed._living[space.folder]
    freed._living[space.folder] = known._replace(time=OLD - 1)
    assert trash.look(space.folder).items[0].snapshots == 0
    space.run("c")
    trash.look(space.folder)
    assert len(read) == 2


def test_two_that_share_one_are_deleted_at_the_same_time(space):
    for name in "ab":
        trash.move(space.run(name, 2))
    told = trash.look(space.folder)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(space.delete, (item.item for item in told.items)))
    assert sum(found) == told.frees
    assert not (space.store / f"{space.ids[2]}.zip").exists()


def test_what_an_interrupted_deletion_has_left_needs_nothing(space):
    trash.move(space.run("a", 1))
    (item,) = trash.look(space.folder).items
    left = space.folder / "trash" / ".deleted-20260101-000000-abcdef-b"
    shutil.copytree(space.folder / "trash" / item.item, left)
    assert space.delete(item.item) == item.frees
    assert not (space.store / f"{space.ids[1]}.zip").exists()
    assert not left.exists()


def test_what_stayed_as_too_young_goes_with_a_later_deletion(space):
    archive = space.store / f"{space.ids[2]}.zip"
    os.utime(archive)
    for name, of in (("a", [2]), ("b", []), ("c", [])):
        trash.move(space.run(name, *of))
    items = {item.runs[0]: item.item for item in trash.look(space.folder).items}
    space.delete(items["a"])
    assert archive.exists()
    user = space.run("d", 2)  # who was started from it meanwhile keeps it
    os.utime(archive, (OLD, OLD))
    space.delete(items["b"])
    assert archive.exists()
    assert not list(space.store.glob(".*.left"))
    os.utime(archive)
    trash.move(user)
    (d,) = (item.item for item in trash.look(space.folder).items if item.runs == ["d"])
    space.delete(d)
    assert list(space.store.glob(".*.left"))
    os.utime(archive, (OLD, OLD))
    size = size_of(space, 2)
    (last,) = trash.look(space.folder).items
    assert space.delete(items["c"]) == last.frees + size
    assert not archive.exists()
    assert not list(space.store.glob(".*.left"))
