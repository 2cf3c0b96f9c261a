"""Find runs by looking at their folders."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from jupyter_runs.index.filters import RunFilter
from jupyter_runs.journal import Children, RunFolder, RunsError, note_children

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# what a run's definition says never changes: it is read once for a folder of that inode
_lock = threading.Lock()
_known: dict[str, dict[str, tuple[int, RunFolder]]] = {}


def find_runs(
    workspaces: Union[Path, Iterable[Path]], *, after: Optional[str] = None, **wanted: Any
) -> Iterator[RunFolder]:
    """Yield the folders of the runs that are wanted, newest first.

    Parameters
    ----------
    workspaces
        Folder of a workspace, or several.
    after
        Id of a run: begin with the one that follows it in this order (for pages). Nothing is
        yielded if it is not there.
    **wanted
        The arguments of `RunFilter`: ``experiment``, ``type``, ``tags``, ``properties``,
        ``status``, ``parent``, ``include_children``. They are checked at once; the runs are
        looked at as they are asked for.

    Returns
    -------
    iterator of RunFolder
        By the time of creation, then number, then id, all descending. Runs that are made while
        this goes on are not in it, and one whose folder is gone is passed over.
    """
    chosen = RunFilter(**wanted)
    folders = [workspaces] if isinstance(workspaces, (str, os.PathLike)) else list(workspaces)
    return _search([Path(folder) for folder in folders], chosen, after)


def _search(workspaces: list[Path], chosen: RunFilter, after: Optional[str]) -> Iterator[RunFolder]:
    found = [folder for workspace in workspaces for folder in _runs(workspace)]
    found.sort(key=_place, reverse=True)
    waiting = after is not None
    for folder in found:
        if waiting:
            waiting = folder.id != after
            continue
        try:
            admitted = chosen.admits(folder)
        except (OSError, RunsError):
            continue  # deleted while we looked
        if admitted:
            yield folder


def find_children(
    parent: RunFolder, *, recursive: bool = False, **wanted: Any
) -> Iterator[RunFolder]:
    """Yield the folders of the runs below one, newest first.

    Parameters
    ----------
    parent
        The run.
    recursive
        Also the children of children; of those that are not wanted, too.
    **wanted
        As for `find_runs`, without ``parent`` and ``include_children``; checked at once.

    Notes
    -----
    The folders have the last word. Children that the hint in the parent's folder lacks are written there.
    """
    chosen = RunFilter(**wanted, include_children=True)
    return below(parent, recursive, chosen, children_of)


Lookup = Callable[[str], "list[RunFolder]"]


def children_of(workspace: Path) -> Lookup:
    """Return what finds the children of a run, given its id, by looking at all folders once."""
    children: dict[str, list[RunFolder]] = {}
    for folder in _runs(workspace):
        of = folder.definition.get("parent")
        if isinstance(of, str):
            children.setdefault(of, []).append(folder)
    return lambda run: children.get(run, [])


def below(
    parent: RunFolder, recursive: bool, chosen: RunFilter, look: Callable[[Path], Lookup]
) -> Iterator[RunFolder]:
    """Yield the runs below one; ``look`` makes what finds the children of one run in a workspace."""
    children = look(parent.path.parent.parent)
    found = children(parent.id)
    hinted = {folder.id for folder in Children(parent).folders()}
    missing = [folder.id for folder in found if folder.id not in hinted and folder.id != parent.id]
    if missing:
        note_children(parent, missing)
    below = {folder.id: folder for folder in found}
    waiting = list(below) if recursive else []
    while waiting:
        for folder in children(waiting.pop()):
            if folder.id not in below:  # a damaged definition may lead in a circle
                below[folder.id] = folder
                waiting.append(folder.id)
    below.pop(parent.id, None)
    for folder in sorted(below.values(), key=_place, reverse=True):
        try:
            admitted = chosen.admits(folder)
        except (OSError, RunsError):
            continue  # deleted while we looked
        if admitted:
            yield folder


def _place(folder: RunFolder) -> tuple[float, int, str]:
    definition = folder.definition
    created, number = definition.get("created"), definition.get("number")
    return (
        created if isinstance(created, (int, float)) else 0.0,
        number if isinstance(number, int) else 0,
        folder.id,
    )


def _runs(workspace: Path) -> list[RunFolder]:
    runs = workspace / "runs"
    key = str(runs)
    with _lock:
        before = _known.get(key, {})
    now: dict[str, tuple[int, RunFolder]] = {}
    try:
        entries = list(os.scandir(runs))
    except OSError:
        entries = []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        inode = entry.inode()
        known = before.get(entry.name)
        if known is None or known[0] != inode:
            folder = RunFolder(entry.path)
            try:
                folder.definition  # noqa: B018 - reads it, so that what is no run yet is passed over
            except (OSError, RunsError):
                continue
            known = (inode, folder)
        now[entry.name] = known
    with _lock:
        _known[key] = now
    return [folder for _, folder in now.values()]


def workspace_folders(home: Path) -> list[Path]:
    """Return the folders of the workspaces under `home`, by name."""
    try:
        entries = sorted(os.scandir(home), key=lambda entry: entry.name)
    except OSError:
        return []
    return [
        Path(entry.path)
        for entry in entries
        if not entry.name.startswith(".")
        and entry.is_dir()
        and (Path(entry.path, "workspace.json").is_file() or Path(entry.path, "runs").is_dir())
    ]
