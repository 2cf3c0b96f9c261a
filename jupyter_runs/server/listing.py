"""Lists of runs: a query in, rows out. The one place that knows how runs are found."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_runs._settings import home_dir
from jupyter_runs.errors import FilterError, RunsError
from jupyter_runs.experiment import Experiment, names
from jupyter_runs.index import find_runs, workspace_folders
from jupyter_runs.jobs.recover import look_after
from jupyter_runs.journal import TERMINAL, read_status
from jupyter_runs.journal.errors import shown
from jupyter_runs.views import RunView
from jupyter_runs.views.rows import Row, row_of, time_of, unreadable
from jupyter_runs.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_runs.journal import RunFolder

KEPT_VIEWS = 512
# a metric's name may hold dots: what is asked of it stands last
SORTS = r"-?(created|name|status|number|duration|metrics\..{1,250}\.(last|min|max)|(params|tags)\..{1,250})"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Query:
    """Which runs are wanted, and in which order; each that is None or "" narrows nothing.

    ``sort`` with a minus begins with the highest. ``after`` is the ``next`` of the page before. ``archived`` also gives
    those that were taken off the lists.
    """

    workspace: str | None = None
    experiment: str | None = None
    filter: str = ""
    text: str = ""
    sort: str = "-created"
    limit: int = 50
    after: str | None = None
    parent: str | None = None
    include_children: bool = False
    archived: bool = False


@dataclass(frozen=True)
class Page:
    """Some of the rows that are wanted; ``total`` of them all, ``version`` grows with each change that was seen."""

    rows: list[Row]
    next: str | None
    total: int
    version: int


class Listing:
    """Finds runs by looking at their folders; safe to use from several threads.

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
        self._told: dict[Query, Any] = {}
        self._version = 0

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
            If the filter or the cursor can't be understood.
        """
        if query.filter:
            raise FilterError("filter: runs can be filtered by text alone here; use text=")
        after = None if query.after is None else _cursor(query.after)
        found = find_runs(
            self._folders(query.workspace),
            experiment=query.experiment,
            parent=query.parent,
            include_children=query.include_children,
        )
        with self._lock:
            rows, total = self._rows(list(found), query, after)
            while len(self._views) > KEPT_VIEWS:
                self._views.popitem(last=False)
            page = rows[: query.limit]
            self._see(query, page, total)
            following = _told(page[-1], query.sort) if len(rows) > query.limit else None
            return Page(page, following, total, self._version)

    def rows(self, folders: Iterable[RunFolder]) -> list[Row]:
        """Return the rows of these runs, without those that are gone."""
        with self._lock:
            return [row for folder in folders if (row := self._row(folder)) is not None]

    def _rows(
        self, folders: list[RunFolder], query: Query, after: list[Any] | None
    ) -> tuple[list[Row], int]:
        """Return the rows after a place, one more than wanted at least where there are, and how many there are in all."""
        wanted = (row for folder in folders if (row := self._row(folder)) is not None)
        if not query.archived:
            wanted = (row for row in wanted if not row["archived"])
        if query.sort == "-created" and not query.text:  # the order that they are found in
            total, rows = len(folders), []
            for row in wanted:
                if after is None or _place(row, query.sort) > after:
                    rows.append(row)
                if len(rows) > query.limit:
                    return rows, total
            return rows, len(rows) if after is None else total
        words = query.text.casefold().split()
        whole = [row for row in wanted if _holds(row, words)]
        whole.sort(key=lambda row: _place(row, query.sort))
        rest = [row for row in whole if after is None or _place(row, query.sort) > after]
        return rest, len(whole)

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

    def _see(self, query: Query, rows: list[Row], total: int) -> None:
        told = total, [{**row, "elapsed": None} for row in rows]
        if self._told.get(query) != told:
            self._version += 1
            if len(self._told) > 20:
                self._told.clear()
            self._told[query] = told

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


# -- order


def _value(row: Row, sort: str) -> Any:
    """Return what a row is sorted by, None where it has no such thing."""
    field = sort.lstrip("-")
    if field == "duration":
        return row["elapsed"]
    if field.startswith("metrics."):
        name, _, which = field[len("metrics.") :].rpartition(".")
        return next((one[which] for one in row["metrics"] if one["name"] == name), None)
    of, dot, name = field.partition(".")
    return row[of].get(name) if dot else row[field]


def _place(row: Row, sort: str) -> list[Any]:
    """Return what rows are ordered by: what can be compared with any other row's, and is never the same."""
    down = -1 if sort.startswith("-") else 1
    value = _value(row, sort)
    if isinstance(value, (int, float)) and math.isfinite(value):
        key: list[Any] = [0, down * value]
    elif isinstance(value, str):
        key = [1, [-ord(c) for c in value] + [1] if down < 0 else [ord(c) for c in value]]
    else:
        key = [2, 0]  # what lacks it stands last in either order
    number = row["number"] or 0
    return [*key, -(row["created"] or 0.0), -number, [-ord(c) for c in row["id"]] + [1]]


def _told(row: Row, sort: str) -> str:
    """Return the cursor that stands for the place behind a row."""
    text = json.dumps([sort, *_place(row, sort)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _cursor(text: str) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = json.loads(raw)
        _, kind, value, created, number, run = found
        sound = kind in (0, 1, 2) and isinstance(value, list) == (kind == 1)
        lists = [value, run] if kind == 1 else [run]
        sound = sound and all(type(c) is int for one in lists for c in one)
        numbers = [created, number] if kind == 1 else [value, created, number]
        sound = sound and all(isinstance(n, (int, float)) for n in numbers)
    except (ValueError, TypeError, RecursionError, binascii.Error):
        sound = False
    if not sound:
        raise FilterError(f"after={shown(text, 40)} is no cursor: give the next of a page")
    return list(found[1:])


def _holds(row: Row, words: list[str]) -> bool:
    if not words:
        return True
    tags = " ".join(f"{key} {value or ''}" for key, value in row["tags"].items())
    held = f"{row['name']} {row['id']} {row['experiment']} {row['number']} {row['status']} {row['creator']} {tags}"
    folded = held.casefold()
    return all(word in folded for word in words)
