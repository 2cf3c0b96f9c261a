"""Which experiments are archived, asked for with each list: read again only where something was noted."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from jupyter_runs.experiment import names
from jupyter_runs.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

_State = tuple[tuple[str, int, int], ...]


class Archived:
    """Remembers the archived experiments of workspaces; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Path, tuple[_State, list[str]]] = {}

    def of(self, workspace: Path) -> list[str]:
        """Return the names of a workspace's archived experiments."""
        state = _state(workspace)
        with self._lock:
            known = self._known.get(workspace)
        if known is not None and known[0] == state:
            return known[1]
        found = names(Workspace._at(workspace), "ArchivedOnly")
        with self._lock:
            self._known[workspace] = state, found
        return found


def _state(workspace: Path) -> _State:
    """Return what differs after something was noted of an experiment."""
    place = workspace / "experiments"
    try:
        with os.scandir(place) as entries:
            there = sorted(entry.name for entry in entries)
    except OSError:
        return ()
    found = []
    for name in there:
        try:
            told = (place / name / "events.jsonl").stat()
        except OSError:
            continue
        found.append((name, told.st_size, told.st_mtime_ns))
    return tuple(found)
