"""Brings the index up to date: what the feed says, which folders there are, and what runs that go on have told since.

All is looked at while nobody else writes to the database. So whatever is written is at least as new as what it replaces, whoever
wrote that.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from sqlalchemy import delete, insert, select, update

from jupyter_runs.errors import RunsError
from jupyter_runs.index import feed, workers
from jupyter_runs.index.following import Followed, changed_at
from jupyter_runs.index.rows import Rows
from jupyter_runs.index.scan import workspace_folders
from jupyter_runs.journal import RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy import Connection

    from jupyter_runs.index.store import Store

_YOUNG = 2.0  # seconds: clocks of file systems are coarse
_BATCH = 250  # runs that are read while others wait to write
_MANY = 4  # batches: of so many, other processes read them
_OPEN = 100  # runs whose files are kept open
_DEAR = 0.005  # seconds: names of folders with more runs than can be compared in that are not compared each time
_SHARE = 20  # … but so that it takes a twentieth of the time
_SAMPLE = 20  # settled runs that are looked at now and then, for lines of the feed that were lost

Key = tuple[str, str]  # workspace, id


class _Workspace(NamedTuple):
    feed: feed.Place
    stamp: int


class Catching:
    """Follows the runs of a home for one process; not made for several threads at once.

    Parameters
    ----------
    store
        The database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables = store.tables
        self._opened = -1
        self._pid = 0
        self.left = 0  # runs that were found and not yet read
        self.forget()

    def forget(self) -> None:
        """Know nothing of the database any more."""
        for run in getattr(self, "_followed", {}).values():
            run.close()
        self._followed: dict[Key, Followed] = {}
        self._version = -1
        self._dear: dict[str, tuple[float, float]] = {}  # what comparing names took, and when
        self._sampled = 0
        self._sample_at = 0.0

    def catch_up(self, *, thorough: bool = False) -> int:
        """Bring the database up to date.

        Parameters
        ----------
        thorough
            Compare names also where that was done a moment ago and takes long.

        Returns
        -------
        int
            How many runs came, went or changed.
        """
        self._store.engine()
        if (self._store.opened, os.getpid()) != (self._opened, self._pid):
            self.forget()
            self._opened, self._pid = self._store.opened, os.getpid()
        try:
            written, new = self._first_pass(thorough)
            batches = [new[at : at + _BATCH] for at in range(0, len(new), _BATCH)]
            self.left = len(new)
            if len(batches) < _MANY:
                for batch in batches:
                    written += self._read_new(batch, [None] * len(batch))
                    self.left -= len(batch)
            else:
                told = [[(str(folder.path), inode) for folder, inode in batch] for batch in batches]
                for batch, found in zip(batches, workers.read_all(told)):
                    written += self._read_new(batch, found)
                    self.left -= len(batch)
        except BaseException:
            self.forget()  # what was rolled back is not what we think it is
            raise
        finally:
            self.left = 0
        self._close_some()
        return written

    def _first_pass(self, thorough: bool) -> tuple[int, list[tuple[RunFolder, int]]]:
        with self._store.writing() as connection:
            version = self._store.version(connection)
            rows = Rows(connection, self._tables, version + 1)
            if version != self._version:
                self._adopt(connection)
            new: list[tuple[RunFolder, int]] = []
            hinted: set[Key] = set()
            known = self._workspaces(connection)
            folders = workspace_folders(self._store.home)
            for folder in folders:
                before = known.pop(folder.name, None)
                new += self._look_into(connection, rows, folder, before, hinted, thorough)
            for name in known:  # its folder is gone
                self._drop_workspace(connection, rows, name)
            hinted |= self._sample(connection)
            self._reopen(connection, hinted)
            self._look(rows, self._followed.values())
            self._commit(connection, rows)
        return rows.written, new

    def _commit(self, connection: Connection, rows: Rows) -> None:
        if rows.written:
            self._store.set_version(connection, rows.version)
        self._version = rows.version if rows.written else rows.version - 1

    def _read_new(self, batch: list[tuple[RunFolder, int]], found: list[workers.Answer]) -> int:
        """Store new runs, of which other processes may have found all there is."""
        with self._store.writing() as connection:
            version = self._store.version(connection)
            rows = Rows(connection, self._tables, version + 1)
            if version != self._version:
                self._adopt(connection)
            there = self._there(connection, [folder for folder, _ in batch])
            runs = []
            for (folder, inode), told in zip(batch, found):
                key = _key_of(folder)
                if key not in there:
                    run = self._followed[key] = Followed(folder, inode)
                    if told is not None:
                        run.take(*told)
                    runs.append(run)
            for name in self._look(rows, runs):  # no runs yet: looked at again
                connection.execute(
                    update(self._tables.workspaces)
                    .where(self._tables.workspaces.c.name == name)
                    .values(names_stamp=-1)
                )
            self._commit(connection, rows)
        return rows.written

    # -- which runs there are

    def _workspaces(self, connection: Connection) -> dict[str, _Workspace]:
        return {
            row.name: _Workspace(feed.Place(row.feed_at, row.feed_mark), row.names_stamp)
            for row in connection.execute(select(self._tables.workspaces))
        }

    def _look_into(
        self,
        connection: Connection,
        rows: Rows,
        folder: Path,
        before: Optional[_Workspace],
        hinted: set[Key],
        thorough: bool,
    ) -> list[tuple[RunFolder, int]]:
        """Find out which runs of a workspace are new, gone, or said to have changed."""
        if before is None:
            ids: list[str] = []
            place = feed.end_of(folder)
        else:
            ids, place = feed.read(folder, before.feed)
        stamp = before.stamp if before is not None else -1
        now = _names_stamp(folder)
        new: dict[str, tuple[RunFolder, int]] = {}
        if stamp < 0 or now != stamp:
            if thorough or before is None or not self._too_dear(folder.name):
                new = self._compare(connection, rows, folder)
                stamp = now
            else:
                stamp = -1
        there = self._there(
            connection, [RunFolder(folder / "runs" / run) for run in ids if _is_name(run)]
        )
        for run in ids:
            if (folder.name, run) in there:
                hinted.add((folder.name, run))
            elif run not in new and _is_name(run):
                path = folder / "runs" / run
                try:
                    new[run] = RunFolder(path), path.stat().st_ino
                except OSError:
                    pass  # made, and deleted again
        self._note_workspace(connection, folder.name, before, _Workspace(place, stamp))
        return list(new.values())

    def _too_dear(self, name: str) -> bool:
        took, at = self._dear.get(name, (0.0, 0.0))
        return took > _DEAR and time.monotonic() - at < _SHARE * took

    def _compare(
        self, connection: Connection, rows: Rows, folder: Path
    ) -> dict[str, tuple[RunFolder, int]]:
        """Compare names; return what is new, newest first."""
        start = time.monotonic()
        table = self._tables.runs
        known = {
            row.id: (row.inode, row.key)
            for row in connection.execute(
                select(table.c.id, table.c.inode, table.c.key).where(
                    table.c.workspace == folder.name
                )
            )
        }
        gone: list[int] = []
        fresh: list[os.DirEntry[str]] = []
        try:
            with os.scandir(folder / "runs") as entries:
                for entry in entries:
                    inode, key = known.pop(entry.name, (None, None))
                    if key is not None and inode == entry.inode():
                        continue
                    if key is not None:
                        gone.append(key)
                    if not entry.name.startswith("."):
                        fresh.append(entry)
        except OSError:
            pass
        gone += (key for _, key in known.values())
        self._remove(rows, gone)
        fresh.sort(key=_age)
        now = time.monotonic()
        self._dear[folder.name] = now - start, now
        return {entry.name: (RunFolder(entry.path), entry.inode()) for entry in fresh}

    def _remove(self, rows: Rows, keys: list[int]) -> None:
        if not keys:
            return
        rows.remove(keys)
        gone = set(keys)
        for key in [key for key, run in self._followed.items() if run.key in gone]:
            self._followed.pop(key).close()

    def _there(self, connection: Connection, folders: list[RunFolder]) -> set[Key]:
        """Return which of these runs the database has."""
        found: set[Key] = set()
        table = self._tables.runs
        for name in {folder.path.parent.parent.name for folder in folders}:
            ids = [f.id for f in folders if f.path.parent.parent.name == name]
            for at in range(0, len(ids), 500):
                asked = select(table.c.id).where(
                    table.c.workspace == name, table.c.id.in_(ids[at : at + 500])
                )
                found.update((name, row.id) for row in connection.execute(asked))
        return found

    def _note_workspace(
        self, connection: Connection, name: str, before: Optional[_Workspace], now: _Workspace
    ) -> None:
        if before == now:
            return
        table = self._tables.workspaces
        values = {"feed_at": now.feed.at, "feed_mark": now.feed.mark, "names_stamp": now.stamp}
        if before is None:
            connection.execute(insert(table).values(name=name, **values))
        else:
            connection.execute(update(table).where(table.c.name == name).values(**values))

    def _drop_workspace(self, connection: Connection, rows: Rows, name: str) -> None:
        runs, table = self._tables.runs, self._tables.workspaces
        self._remove(
            rows, list(connection.scalars(select(runs.c.key).where(runs.c.workspace == name)))
        )
        connection.execute(delete(table).where(table.c.name == name))

    # -- what they tell

    def _adopt(self, connection: Connection) -> None:
        """Follow what other processes have found; let go of what they have seen to the end."""
        table = self._tables.runs
        found: dict[Key, Any] = {
            (row.workspace, row.id): row
            for row in connection.execute(select(table).where(table.c.settled == 0))
        }
        for key in [key for key in self._followed if key not in found]:
            self._followed.pop(key).close()
        for key, row in found.items():
            run = self._followed.get(key)
            if run is None or run.key != row.key:
                self._follow(key, row)
            elif run.marked != row.changed:
                run.doubted, run.held, run.marked = True, _held(row), row.changed

    def _follow(self, key: Key, row: Any) -> None:
        folder = RunFolder(self._store.home / key[0] / "runs" / key[1])
        run = self._followed[key] = Followed(folder, row.inode, row.key)
        run.held, run.marked = _held(row), row.changed

    def _reopen(self, connection: Connection, hinted: set[Key]) -> None:
        """Follow settled runs again that have changed."""
        table = self._tables.runs
        for key in hinted - self._followed.keys():
            asked = select(table).where(table.c.workspace == key[0], table.c.id == key[1])
            row = connection.execute(asked).first()
            if row is not None:
                self._follow(key, row)

    def _sample(self, connection: Connection) -> set[Key]:
        """Return those of a few settled runs that somebody has written to since, without a line in the feed."""
        if time.monotonic() - self._sample_at < 1.0:
            return set()
        self._sample_at = time.monotonic()
        table = self._tables.runs
        asked = (
            select(table.c.key, table.c.workspace, table.c.id, table.c.stamp)
            .where(table.c.settled == 1, table.c.key > self._sampled)
            .order_by(table.c.key)
            .limit(_SAMPLE)
        )
        found = connection.execute(asked).all()
        self._sampled = found[-1].key if len(found) == _SAMPLE else 0
        home = self._store.home
        return {
            (row.workspace, row.id)
            for row in found
            if changed_at(RunFolder(home / row.workspace / "runs" / row.id)) != row.stamp
        }

    def _look(self, rows: Rows, runs: Iterable[Followed]) -> set[str]:
        """Look at runs, and store what is new; return the workspaces of those that are none."""
        changed: list[Followed] = []
        gone: list[Followed] = []
        over: list[Followed] = []
        for run in runs:
            try:
                new = (run.key is None and run.settled) or run.look()  # else it was taken whole
                if run.doubted and run.fresh:  # what was stored may have been true in between
                    run.stored = None
                run.doubted = False
                if new or run.stored is None or run.settled:
                    changed.append(run)
            except (OSError, RunsError):
                gone.append(run)
                continue
            if run.settled:
                over.append(run)
        rows.store(changed)
        rows.remove([run.key for run in gone if run.key is not None])
        for run in [*gone, *over]:
            run.close()
            self._followed.pop(_key_of(run.folder), None)
        return {_key_of(run.folder)[0] for run in gone}

    def _close_some(self) -> None:
        """Keep the files of few runs open."""
        for run in list(self._followed.values())[_OPEN:]:
            run.close()


def _key_of(folder: RunFolder) -> Key:
    return folder.path.parent.parent.name, folder.id


def _held(row: Any) -> dict[str, Any]:
    own = ("key", "settled", "stamp", "changed")
    return {name: told for name, told in row._mapping.items() if name not in own}


def _names_stamp(workspace: Path) -> int:
    """Return when the folder of a workspace's runs was changed, -1 where that was a moment ago, -2 without one."""
    try:
        told = (workspace / "runs").stat()
    except OSError:
        return -2
    return told.st_mtime_ns if time.time() - told.st_mtime > _YOUNG else -1


def _is_name(run: str) -> bool:
    return not run.startswith(".") and "/" not in run and "\0" not in run and bool(run)


def _age(entry: os.DirEntry[str]) -> float:
    """Sort by it, newest first."""
    try:
        return -entry.stat().st_mtime
    except OSError:
        return 0.0
