"""An active run is activity: a hub's culler leaves its server, and the kernel that it was started from, alone.

What counts is a submitted run, or a function or cell in a thread, that has not ended. A run that somebody started with
`start_logging` and forgot does not hold a server for ever.
"""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_runs._settings import home_dir
from jupyter_runs.errors import RunsError
from jupyter_runs.index import find_runs, workspace_folders
from jupyter_runs.jobs.recover import look_after
from jupyter_runs.journal import TERMINAL, RunReader, read_status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_runs.journal import RunFolder

EVERY = 60.0  # seconds

log = logging.getLogger(__name__)


class Activity:
    """Looks which runs are active.

    Parameters
    ----------
    home
        Folder that holds the workspaces; by default the one that kernels use too.
    """

    def __init__(self, home: str | None = None) -> None:
        self._home = home
        self._over: set[str] = set()  # runs that have ended, or never counted

    def look(self) -> tuple[int, set[str]]:
        """Return how many runs are active, and the ids of the kernels that they were started from.

        Runs that wait in a queue which nobody serves are seen to on the way.
        """
        home = Path(self._home).expanduser() if self._home else home_dir()
        count, kernels = 0, set()
        for folder in find_runs(workspace_folders(home), include_children=True):
            key = str(folder.path)
            if key in self._over:
                continue
            try:
                if not self._active(folder):
                    self._over.add(key)
                    continue
                count += 1
                kernels |= _kernels(folder)
            except (OSError, RunsError) as error:
                log.debug("run %s can't be looked at: %s", folder.id, error)
        return count, kernels

    def _active(self, folder: RunFolder) -> bool:
        said = folder.definition
        if not (said.get("driver") or said.get("stoppable")) or folder.ended is not None:
            return False
        look_after(folder)
        return read_status(folder).status not in TERMINAL


def _kernels(folder: RunFolder) -> set[str]:
    reader = RunReader(folder, plain=True)
    try:
        reader.poll()
        found = reader.facts.get("kernel")
    finally:
        reader.close()
    return {found} if isinstance(found, str) else set()


def mark(settings: dict[str, Any], count: int, kernels: Iterable[str]) -> None:
    """Note with a server that runs are active now.

    Parameters
    ----------
    settings
        The web application's.
    count
        How many are.
    kernels
        The kernels that they were started from.
    """
    if not count:
        return
    now = datetime.now(timezone.utc)
    settings.setdefault("last_activity_times", {})["jupyter_runs"] = now
    manager = settings.get("kernel_manager")
    for kernel_id in kernels:
        if manager is not None and kernel_id in manager:
            manager.get_kernel(kernel_id).last_activity = now
