"""Lists of runs: a query in, rows out. The one place that knows how runs are found."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_runs._settings import home_dir
from jupyter_runs.errors import RunsError
from jupyter_runs.experiment import Experiment, names
from jupyter_runs.index import Index, Query, find_runs, workspace_folders
from jupyter_runs.jobs.recover import look_after
from jupyter_runs.journal import TERMINAL, RunFolder, read_status
from jupyter_runs.views import RunView
from jupyter_runs.views.rows import Row, row_of, time_of, unreadable
from jupyter_runs.workspace import Workspace

from .archived import Archived

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEPT_VIEWS = 512
# a metric's name may hold dots: what is asked of it stands last
SORTS = r"-?(created|name|status|number|duration|metrics\..{1,250}\.(last|min|max)|(params|tags)\..{1,250})"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """Some of the rows that are wanted; ``total`` of them all, ``version`` grows with each change in the index."""

    rows: list[Row]
    next: str | None
    total: int
    version: int


class Listing:
    """Finds runs by the index, and tells of them by their folders; safe to use from several threads.

    Parameters
    ----------
    home
        Folder that holds the workspaces; by default the one that kernels use too.
    """

    def __init__(self, home: str | None = None) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._views: OrderedDict[str, tuple[RunView, int, Row]] = OrderedDict()
        self._over: set[str] = set()  # runs that have ended
        self._indexed: Index | None = None
        self._archived = Archived()

    def _folders(self, workspace: str | None) -> list[Path]:
        home = Path(self._home).expanduser() if self._home else home_dir()
        found = workspace_folders(home)
        return found if workspace is None else [one for one in found if one.name == workspace]

    # -- runs

    def page(self, query: Query) -> Page:
        """Return a page of runs.

        Raises
        ------
        FilterError
            If the filter, the order or the cursor can't be understood.
        IndexUnusableError
            If the index can be neither opened nor made.
        """
        home = Path(self._home).expanduser() if self._home else home_dir()
        index = self._index(home)
        index.catch_up()
        found = index.page(replace(query, put_away=self._away()))
        runs = [RunFolder(home / row.workspace / "runs" / row.id) for row in found.rows]
        page = Page(self.rows(runs), found.next, found.total, found.version)
        with self._lock:
            while len(self._views) > KEPT_VIEWS:
                self._views.popitem(last=False)
        return page

    def _away(self) -> tuple[tuple[str, str], ...]:
        """Return workspace and name of the experiments that are archived."""
        return tuple(
            (folder.name, name)
            for folder in self._folders(None)
            for name in self._archived.of(folder)
        )

    def _index(self, home: Path) -> Index:
        with self._lock:
            if self._indexed is None or self._indexed.home != home:
                if self._indexed is not None:
                    self._indexed.close()
                self._indexed = Index(home)
            return self._indexed

    def rows(self, folders: Iterable[RunFolder]) -> list[Row]:
        """Return the rows of these runs, without those that are gone."""
        with self._lock:
            return [row for folder in folders if (row := self._row(folder)) is not None]

    def _row(self, folder: RunFolder) -> Row | None:
        key = str(folder.path)
        try:
            view, version, row = self._views.get(key) or (None, -1, {})
            if view is None:
                view = RunView(folder)
            else:
                view.refresh()
            if view.head().status == "Queued":
                look_after(folder)
            if view.version != version or row["active"]:
                row = row_of(view)
        except Exception as error:
            self._views.pop(key, None)
            if not folder.path.is_dir():
                return None  # deleted while we looked
            # one run that can't be read must not hide the others
            if not isinstance(error, RunsError):
                log.warning("run %s can't be read", key, exc_info=True)
            return unreadable(folder, error)
        if not row["active"]:
            view.reader.close()  # it is kept for its content; the file is opened again if need be
        self._views[key] = view, view.version, row
        self._views.move_to_end(key)
        return row

    # -- what holds them

    def workspaces(self) -> list[dict[str, Any]]:
        """Return the workspaces, with how many runs they have and how many of these are active."""
        return [
            {"name": folder.name, **self._counts(find_runs(folder))}
            for folder in self._folders(None)
        ]

    def experiments(self, workspace: str | None = None) -> list[dict[str, Any]]:
        """Return the experiments, those with the newest runs first."""
        found = []
        for folder in self._folders(workspace):
            by_name: dict[str, list[RunFolder]] = {}
            for run in find_runs(folder):
                by_name.setdefault(str(run.definition.get("experiment") or ""), []).append(run)
            there = Workspace._at(folder)
            known = dict.fromkeys(names(there, "ActiveOnly"), False)
            known.update(dict.fromkeys(names(there, "ArchivedOnly"), True))
            for name in {**known, **by_name}:
                created = [run.definition.get("created") for run in by_name.get(name, [])[:1]]
                found.append(
                    {
                        "workspace": folder.name,
                        "name": name,
                        **self._counts(by_name.get(name, [])),
                        "latest": time_of(created[0]) if created else None,
                        "tags": Experiment(there, name).tags if name in known else {},
                        "archived": known.get(name, False),
                    }
                )
        return sorted(found, key=lambda one: one["latest"] or 0.0, reverse=True)

    def _counts(self, folders: Iterable[RunFolder]) -> dict[str, int]:
        whole = list(folders)
        return {"runs": len(whole), "active": sum(1 for _ in self._active(whole))}

    def _active(self, folders: Iterable[RunFolder]) -> Iterator[RunFolder]:
        for folder in folders:
            key = str(folder.path)
            if key in self._over:
                continue
            try:
                status = read_status(folder).status
            except (OSError, RunsError):
                continue  # deleted while we looked
            if status in TERMINAL:
                self._over.add(key)
            elif status != "NotStarted" or folder.definition.get("target"):
                yield folder
