"""The trash of a workspace: runs that were deleted, until somebody restores them or deletes them for good.

``<workspace>/trash/<item>/`` holds ``trash.json`` (what it was, when it was deleted) and ``runs/<run id>``, the folders as
they were. An item is a run with all below it, or an experiment with all its runs.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs._settings import read_json, write_json
from jupyter_runs.errors import ActiveRunsError, NotFoundError, RunExistsError
from jupyter_runs.freed import drop_unused, folder_size, forget, snapshots_freed
from jupyter_runs.index import find_children
from jupyter_runs.journal import TERMINAL, RunFolder, RunReader, read_status
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ITEM = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}-[\w-]{1,255}")
# what is being deleted for good: never shown again, even if that is interrupted
_GONE = ".deleted-"


class Item(NamedTuple):
    """What lies in the trash.

    Attributes
    ----------
    size
        Bytes that its folders take.
    snapshots
        Bytes of the snapshots that go with it, as nothing else was started from them: known in a listing alone.
    """

    workspace: str
    item: str
    what: str
    name: str
    experiment: Optional[str]
    time: Optional[float]
    runs: list[str]
    size: int
    snapshots: int = 0

    @property
    def frees(self) -> int:
        """What deleting it would free, in bytes."""
        return self.size + self.snapshots


class Content(NamedTuple):
    """What lies in the trash of a workspace, the newest first, and how many bytes emptying it frees.

    That is more than all items free one by one where several of them were started from the same snapshot.
    """

    items: list[Item]
    frees: int


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


def look(workspace: Path) -> Content:
    """Return what lies in a workspace's trash, and what it frees."""
    places = sorted(_places(workspace), key=lambda place: place.name, reverse=True)
    freed = snapshots_freed(workspace, places)
    found = [_item(place)._replace(snapshots=freed.alone[place]) for place in places]
    return Content(found, sum(item.size for item in found) + freed.together)


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


def delete(workspace: Path, *items: str) -> int:
    """Delete items for good, with the snapshots that no other run was started from; return how many bytes are freed.

    Raises
    ------
    NotFoundError
        If there is no such item; nothing is deleted then.
    """
    places = [find(workspace, item) for item in dict.fromkeys(items)]
    freed = 0
    snapshots: frozenset[bytes] = frozenset()
    for place in places:
        freed += folder_size(place)
        snapshots |= forget(place)
        _remove(place)
    return freed + drop_unused(workspace, snapshots)


def _remove(place: Path) -> None:
    away = place.with_name(f"{_GONE}{place.name}")
    place.rename(away)
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
        size=folder_size(place),
    )
