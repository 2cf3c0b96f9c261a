"""The trash of a workspace: runs that were deleted, until somebody restores them or deletes them for good.

``<workspace>/trash/<item>/`` holds ``trash.json`` (what it was, when it was deleted) and ``runs/<run id>``, the folders as
they were. An item is a run with all below it, or an experiment with all its runs.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs._settings import read_json, write_json
from jupyter_runs.capture.snapshot import drop_snapshots
from jupyter_runs.errors import ActiveRunsError, NotFoundError, RunExistsError, RunsError
from jupyter_runs.index import find_children
from jupyter_runs.journal import TERMINAL, RunFolder, RunReader, read_status
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ITEM = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}-[\w-]{1,255}")
_SNAPSHOT = re.compile(r"[0-9a-f]{32}")
# what is being deleted for good: never shown again, even if that is interrupted
_GONE = ".deleted-"
_lock = threading.Lock()
_sizes: dict[Path, tuple[int, int]] = {}


class Item(NamedTuple):
    """What lies in the trash; ``size`` is what deleting it would free, in bytes."""

    workspace: str
    item: str
    what: str
    name: str
    experiment: Optional[str]
    time: Optional[float]
    runs: list[str]
    size: int


def move(folder: RunFolder) -> Item:
    """Move a run, and all below it, to its workspace's trash.

    Raises
    ------
    ActiveRunsError
        If it, or one below it, is going on.
    RunNotFoundError
        If it is not there.
    """
    definition = folder.definition
    whole = [folder, *find_children(folder, recursive=True)]
    active = [one.id for one in whole if is_active(one)]
    if active:
        more = f" and {len(active) - 5} more" if len(active) > 5 else ""
        raise ActiveRunsError(
            f"still going on: {', '.join(active[:5])}{more}; cancel or complete what is to be deleted first"
        )
    reader = RunReader(folder, plain=True)
    reader.poll()
    reader.close()
    workspace = folder.path.parent.parent
    stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(3).hex()}"
    place = workspace / "trash" / f"{stamp}-{folder.id}"
    (place / "runs").mkdir(parents=True)
    told = {"what": "run", "name": reader.name, "experiment": definition.get("experiment")}
    told.update(time=time.time(), number=definition.get("number"), runs=[one.id for one in whole])
    write_json(place / "trash.json", told)
    for one in reversed(whole):  # the run itself last: while it is there, it can be deleted again
        one.path.rename(place / "runs" / one.id)
        one.announce("deleted")
    return _item(place)


def is_active(folder: RunFolder) -> bool:
    """Tell whether a run is going on, or waits to begin."""
    status = read_status(folder).status
    return status not in TERMINAL and (
        status != "NotStarted" or bool(folder.definition.get("target"))
    )


def items(workspace: Path) -> list[Item]:
    """Return what lies in a workspace's trash, the newest first."""
    return sorted(
        (_item(place) for place in _places(workspace)), key=lambda one: one.item, reverse=True
    )


def _places(workspace: Path) -> Iterator[Path]:
    trash = workspace / "trash"
    try:
        names = os.listdir(trash)  # noqa: PTH208 - a list of names
    except OSError:
        return
    for name in names:
        place = trash / name
        if _ITEM.fullmatch(name) and place.is_dir() and not place.is_symlink():
            yield place


def find(workspace: Path, item: str) -> Path:
    """Return the folder of an item.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    """
    for place in _places(workspace):
        if place.name == item:
            return place
    raise NotFoundError(f"there is no {shown(item)} in the trash of workspace {workspace.name!r}")


def restore(workspace: Path, item: str) -> list[str]:
    """Put the runs of an item back, and return their ids.

    Raises
    ------
    RunExistsError
        If a run of the same id has been made since; nothing is put back then.
    NotFoundError
        If there is no such item.
    """
    from jupyter_runs.experiment import Experiment
    from jupyter_runs.workspace import Workspace

    place = find(workspace, item)
    told = read_json(place / "trash.json")
    folders = _runs(place)
    runs = workspace / "runs"
    taken = [folder.id for folder in folders if os.path.lexists(runs / folder.id)]
    if taken:
        raise RunExistsError(
            f"there is a run {taken[0]!r} in workspace {workspace.name!r} again; delete that one first"
        )
    runs.mkdir(exist_ok=True)
    for folder in folders:
        folder.path.rename(runs / folder.id)
        RunFolder(runs / folder.id).announce("restored")
    if told.get("what") == "experiment" and isinstance(told.get("name"), str):
        tags = told.get("tags")
        Experiment(Workspace._at(workspace), told["name"]).set_tags(
            tags if isinstance(tags, dict) else {}
        )
    _remove(place)
    return [folder.id for folder in folders]


def delete(workspace: Path, item: str) -> int:
    """Delete an item for good, with the snapshots that no other run was started from; return how many bytes are freed.

    Raises
    ------
    NotFoundError
        If there is no such item.
    """
    place = find(workspace, item)
    freed, snapshots = _size(place), _snapshots(place)
    _remove(place)
    if snapshots:
        needed: set[str] = set()
        for journal in _journals(workspace):
            needed.update(one for one in snapshots - needed if one.encode() in journal)
            if needed == snapshots:
                return freed
        freed += drop_snapshots(workspace / "snapshots", snapshots, needed.__contains__)
    return freed


def _snapshots(place: Path) -> set[str]:
    """Return the ids of the snapshots that runs in the trash were started from."""
    found = set()
    for folder in _runs(place):
        reader = RunReader(folder, plain=True)
        try:
            reader.poll()
        except RunsError:
            continue
        finally:
            reader.close()
        told = reader.facts.get("snapshot")
        if isinstance(told, str) and _SNAPSHOT.fullmatch(told):
            found.add(told)
    return found


def _journals(workspace: Path) -> Iterator[bytes]:
    """Give what each writer of each run has told, also of those in the trash: an id stands there as it is."""
    for pattern in ("runs/*/journal/*/events.jsonl", "trash/*/runs/*/journal/*/events.jsonl"):
        for path in workspace.glob(pattern):
            try:
                yield path.read_bytes()
            except OSError:
                continue


def _remove(place: Path) -> None:
    away = place.with_name(f"{_GONE}{place.name}")
    place.rename(away)
    with _lock:
        _sizes.pop(place, None)
    shutil.rmtree(away, ignore_errors=True)  # follows no links
    for left in place.parent.glob(f"{_GONE}*"):  # of an earlier time that was interrupted
        shutil.rmtree(left, ignore_errors=True)


def _runs(place: Path) -> list[RunFolder]:
    try:
        names = sorted(os.listdir(place / "runs"))  # noqa: PTH208 - a list of names
    except OSError:
        return []
    return [RunFolder(place / "runs" / name) for name in names if not name.startswith(".")]


def _item(place: Path) -> Item:
    told: dict[str, Any] = read_json(place / "trash.json")
    what, name, experiment = told.get("what"), told.get("name"), told.get("experiment")
    when = told.get("time")
    return Item(
        workspace=place.parent.parent.name,
        item=place.name,
        what="experiment" if what == "experiment" else "run",
        name=name if isinstance(name, str) else place.name[23:],
        experiment=experiment if isinstance(experiment, str) else None,
        time=float(when) if isinstance(when, (int, float)) and abs(when) < 1e15 else None,
        runs=[folder.id for folder in _runs(place)],
        size=_size(place),
    )


def _size(place: Path) -> int:
    """Return how much space all files below a folder take; nothing changes in the trash, so it is counted once."""
    try:
        stamp = (place / "runs").stat().st_mtime_ns
    except OSError:
        stamp = 0
    with _lock:
        known = _sizes.get(place)
    if known is not None and known[0] == stamp:
        return known[1]
    size = 0
    for base, _, files in os.walk(place):
        for name in files:
            try:
                status = os.lstat(os.path.join(base, name))  # noqa: PTH118 - there may be very many
            except OSError:
                continue
            blocks = getattr(status, "st_blocks", None)
            size += status.st_size if blocks is None else blocks * 512
    with _lock:
        if len(_sizes) > 10_000:
            _sizes.clear()
        _sizes[place] = (stamp, size)
    return size
