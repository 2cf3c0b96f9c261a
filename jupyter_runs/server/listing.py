"""Lists of runs: a query in, rows out. The one place that knows how runs are found."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_runs._settings import home_dir
from jupyter_runs.errors import RunsError
from jupyter_runs.experiment import Experiment, names
from jupyter_runs.index import Held, Index, Query, find_runs, parse, workspace_folders
from jupyter_runs.jobs.recover import look_after
from jupyter_runs.journal import TERMINAL, RunFolder, read_status
from jupyter_runs.views import RunView
from jupyter_runs.views.jsonable import jsonable
from jupyter_runs.views.rows import Row, row_known, row_of, time_of, unreadable
from jupyter_runs.workspace import Workspace

from .answer import Ready
from .archived import Archived

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_runs.index import Figures
    from jupyter_runs.index import Row as Indexed

KEPT_VIEWS = 512
KEPT_ROWS = 2_000
_MANY = 1_000  # runs: so many more are not waited for
_LOOK = 0.05  # seconds
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
    behind: bool = False  # runs are found faster than they are read: more are to come


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
        self._ready: OrderedDict[tuple[str, str, str], tuple[int, Row]] = OrderedDict()
        self._over: set[str] = set()  # runs that have ended
        # one after the other: each sees what was there when it was asked for
        self._reads = ThreadPoolExecutor(1, thread_name_prefix="jupyter-runs-index")
        self._indexed: Index | None = None
        self._archived = Archived()

    def _folders(self, workspace: str | None) -> list[Path]:
        found = workspace_folders(self._home_now())
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
        home = self._home_now()
        index = self._index(home)
        whole = self._catch_up(index)
        found = index.page(replace(query, put_away=self._away()))
        rows = [row for one in found.rows if (row := self._known(home, one)) is not None]
        page = Page(rows, found.next, found.total, found.version, not whole)
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

    def begin(self) -> None:
        """Bring the index up to date before anybody asks, and be ready to understand what is asked."""
        try:
            parse("status = Completed")  # the first time, the language is learned
            self._catch_up(self._index(self._home_now()))
        except Exception as error:
            log.warning("the index of runs can't be brought up to date: %s", error)

    def figures(self, folders: list[RunFolder]) -> dict[str, dict[str, Figures]]:
        """Return what the index knows of the metrics of these runs, by folder and name."""
        index = self._index(self._home_now())
        self._catch_up(index)
        try:
            rows = index.rows((one.path.parent.parent.name, one.id) for one in folders)
        except RunsError:
            return {}  # they are read from the folders
        return {
            str(index.home / workspace / "runs" / run): row.metrics
            for (workspace, run), row in rows.items()
        }

    def _catch_up(self, index: Index) -> bool:
        """Bring the index up to date; False where thousands are still to be read, and the newest are there."""
        task = self._reads.submit(index.catch_up)
        while not wait([task], _LOOK).done:
            if index.left >= _MANY and index.version():
                task.cancel()  # if it has not begun
                return False
        task.result()
        return True

    def _known(self, home: Path, one: Indexed) -> Row | None:
        """Return the row of a run, made once for each version of what the index says of one that has ended."""
        key = str(home), one.workspace, one.id
        with self._lock:
            version, row = self._ready.get(key, (-1, None))
            if row is not None and version == one.changed:
                self._ready.move_to_end(key)
                # what its folder has told is not told of a folder that is gone
                whole = one.status == "Completed" or _there(home, one)
                return row if whole else None
        told = row_known(one) or self._told(home, one.workspace, one.id)
        if told is None or told["active"] or one.status not in TERMINAL:
            return told  # it goes on by itself
        ready = Ready(told)
        with self._lock:
            self._ready[key] = one.changed, ready
            while len(self._ready) > KEPT_ROWS:
                self._ready.popitem(last=False)
        return ready

    def _told(self, home: Path, workspace: str, run: str) -> Row | None:
        with self._lock:
            return self._row(RunFolder(home / workspace / "runs" / run))

    def _home_now(self) -> Path:
        return Path(self._home).expanduser() if self._home else home_dir()

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
            head = view.head()
            if head.status == "Queued":
                look_after(folder)
            if view.version != version:
                row = row_of(view)
            elif row["active"]:  # nothing but time has passed
                row = {**row, "elapsed": jsonable(head.elapsed)}
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
        index = self._index(self._home_now())
        self._catch_up(index)
        held: dict[str, dict[str, Held]] = {}
        for one in index.experiments():
            held.setdefault(one.workspace, {})[one.experiment] = one
        found = []
        for folder in self._folders(workspace):
            with_runs = held.get(folder.name, {})
            there = Workspace._at(folder)
            known = dict.fromkeys(names(there, "ActiveOnly"), False)
            known.update(dict.fromkeys(names(there, "ArchivedOnly"), True))
            for name in {**known, **with_runs}:
                runs = with_runs.get(name)
                found.append(
                    {
                        "workspace": folder.name,
                        "name": name,
                        "runs": runs.runs if runs else 0,
                        "active": runs.active if runs else 0,
                        "latest": time_of(runs.latest) if runs else None,
                        "tags": Experiment(there, name).tags if name in known else {},
                        "archived": known.get(name, False),
                        "archived_runs": runs.archived if runs else 0,
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


def _there(home: Path, one: Indexed) -> bool:
    return (home / one.workspace / "runs" / one.id).is_dir()
