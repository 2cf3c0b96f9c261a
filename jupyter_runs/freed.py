"""What deleting from the trash frees: the folders that lie there, and the snapshots that no other run was started from."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from jupyter_runs.capture.snapshot import drop_snapshots, droppable, space_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# in JSON as it stands in a journal: a quote within a text is escaped there
_STARTED_FROM = re.compile(rb'"snapshot": ?"([0-9a-f]{32})"')
_NAMED = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_OF_RUNS = ("runs/*/journal/*/events.jsonl", "runs/*/run.json")
_KNOWN = 10_000  # items, and workspaces, of which is kept what was found
_lock = threading.Lock()


class _Item(NamedTuple):
    """What was found of an item: nothing changes in the trash."""

    stamp: int
    size: int
    snapshots: frozenset[bytes]
    named: frozenset[bytes]


class _Living(NamedTuple):
    """What the runs of a workspace name, and when they were asked, in seconds since the epoch."""

    stamp: int
    time: float
    named: frozenset[bytes]


_items: dict[Path, _Item] = {}
_living: dict[Path, _Living] = {}


class Freed(NamedTuple):
    """Bytes that deleting each item alone frees beside its folder, and deleting all of them at once."""

    alone: dict[Path, int]
    together: int


def folder_size(place: Path) -> int:
    """Return how many bytes the folders of an item take."""
    return _known(place).size


def snapshots_freed(workspace: Path, places: Iterable[Path]) -> Freed:
    """Return what the snapshots take that go with items of the trash.

    Parameters
    ----------
    workspace
        The workspace's folder.
    places
        The folders of all items in its trash.
    """
    store = workspace / "snapshots"
    found = {place: _known(place) for place in places}
    candidates = {one for item in found.values() for one in item.snapshots}
    takes = {one: droppable(store, one.decode()) for one in candidates}
    free = {one: size for one, size in takes.items() if size}
    if free:
        living = _named_by_runs(workspace, free)
        free = {one: size for one, size in free.items() if one not in living}
    users = Counter(one for item in found.values() for one in item.named)
    alone = {
        place: sum(free[one] for one in item.snapshots if one in free and users[one] == 1)
        for place, item in found.items()
    }
    return Freed(alone, sum(free.values()))


def forget(place: Path) -> frozenset[bytes]:
    """Return the ids of the snapshots that the runs of an item were started from, and keep nothing more of it."""
    snapshots = _known(place).snapshots
    with _lock:
        _items.pop(place, None)
    return snapshots


def drop_unused(workspace: Path, snapshots: frozenset[bytes]) -> int:
    """Delete those of some snapshots that nothing names, also in the trash; return how many bytes that has freed.

    What is too young to go is noted, and goes at a later call.
    """
    store = workspace / "snapshots"
    left = {one.name[1:33].encode(): one for one in store.glob(f".{'[0-9a-f]' * 32}.left")}
    snapshots = snapshots.union(left)
    if not snapshots:
        return 0
    needed: set[bytes] = set()
    for text in _texts(workspace, (*_OF_RUNS, *(f"trash/[!.]*/{one}" for one in _OF_RUNS))):
        needed.update(snapshots.intersection(_NAMED.findall(text)))
        if needed == snapshots:
            break
    unused = {one.decode() for one in snapshots - needed}
    freed = drop_snapshots(store, unused, lambda _: False)
    for one in snapshots:
        mark = left.get(one, store / f".{one.decode()}.left")
        try:
            if one not in needed and (store / f"{one.decode()}.zip").exists():
                mark.touch()
            else:
                mark.unlink(missing_ok=True)
        except OSError:  # it is looked at again when a run that was started from it is deleted
            continue
    return freed


def _known(place: Path) -> _Item:
    try:
        stamp = (place / "runs").stat().st_mtime_ns
    except OSError:
        stamp = 0
    with _lock:
        known = _items.get(place)
    if known is not None and known.stamp == stamp:
        return known
    snapshots: set[bytes] = set()
    named: set[bytes] = set()
    for text in _texts(place, _OF_RUNS):
        snapshots.update(_STARTED_FROM.findall(text))
        named.update(_NAMED.findall(text))
    store = place.parent.parent / "snapshots"
    # of all that looks like an id, what is one
    there = frozenset(one for one in named if (store / f"{one.decode()}.zip").is_file())
    known = _Item(stamp, _size(place), there & snapshots, there)
    with _lock:
        if len(_items) > _KNOWN:
            _items.clear()
        _items[place] = known
    return known


def _size(place: Path) -> int:
    size = 0
    for base, _, files in os.walk(place):
        for name in files:
            try:
                size += space_of(os.lstat(os.path.join(base, name)))  # noqa: PTH118 - there may be very many
            except OSError:
                continue
    return size


def _named_by_runs(workspace: Path, snapshots: Iterable[bytes]) -> frozenset[bytes]:
    """Return which snapshots the runs name that are not in the trash.

    All journals are read for it, and again only where runs came or went, or where one of `snapshots` was taken
    since: taking it marks it.
    """
    now = time.time()
    try:
        stamp = (workspace / "runs").stat().st_mtime_ns
        newest = max(
            (workspace / "snapshots" / f"{one.decode()}.zip").stat().st_mtime for one in snapshots
        )
    except OSError:
        stamp, newest = -1, now
    with _lock:
        known = _living.get(workspace)
    if known is not None and known.stamp == stamp and newest < known.time:
        return known.named
    named: set[bytes] = set()
    for text in _texts(workspace, _OF_RUNS):
        named.update(_NAMED.findall(text))
    try:
        kept = {entry.name[:32].encode() for entry in os.scandir(workspace / "snapshots")}
    except OSError:
        kept = set()
    known = _Living(stamp, now, frozenset(named & kept))
    with _lock:
        if len(_living) > _KNOWN:
            _living.clear()
        _living[workspace] = known
    return known.named


def _texts(base: Path, patterns: Iterable[str]) -> Iterator[bytes]:
    """Give what each writer of each run has told, and what never changes of it: an id stands there as it is."""
    for pattern in patterns:
        for path in base.glob(pattern):
            try:
                if path.is_file():  # and no pipe that nobody writes to
                    yield path.read_bytes()
            except OSError:
                continue
