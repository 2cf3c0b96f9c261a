"""One run that may still change: read on from where it was left, until nothing is expected of its folder any more."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.index.summary import Said, Summary, Told, said_by, summarise, unreadable
from jupyter_runs.journal import RunNotFoundError, RunReader, read_status
from jupyter_runs.journal.alive import is_locked, process_gone, rebooted, same_machine

if TYPE_CHECKING:
    from jupyter_runs.journal import RunFolder, Status

_YOUNG = 2.0  # seconds: clocks of file systems are coarse
_COPYING = 3.0  # seconds in which the next file of a copy comes
_LATE = 3600.0  # seconds after its end in which a writer elsewhere may still write
_POINTS = ("scalar", "row")  # kinds that are named before their first point


class Followed:
    """Follows one run.

    Parameters
    ----------
    folder
        The run.
    inode
        Which folder it is.
    key
        Its row's, once it has one.
    plain
        Do without numpy.

    Attributes
    ----------
    summary : Summary or None
        What was found at the last look.
    stored : Summary or None
        What of it the database holds.
    held : dict or None
        The row that another process has stored.
    marked : int
        The version that the stored row is of.
    fresh : bool
        Whether the last look found something new, be the summary what it was.
    doubted : bool
        Whether another process has stored a row since we did.
    settled : bool
        Whether nothing is expected of it any more.
    stamp : int
        When a writer's folder was last made in it.
    """

    def __init__(
        self, folder: RunFolder, inode: int, key: Optional[int] = None, *, plain: bool = False
    ) -> None:
        self._plain = plain
        self.folder = folder
        self.inode = inode
        self.key = key
        self.summary: Optional[Summary] = None
        self.stored: Optional[Summary] = None
        self.held: Optional[dict[str, Any]] = None
        self.marked = 0
        self.fresh = True
        self.doubted = False
        self.settled = False
        self.stamp = 0
        self._opened: Optional[RunReader] = None
        self._status: Optional[Status] = None
        self._said: Optional[tuple[int, Said]] = None
        self._told = (-1, 0, 0)
        self._control = str(folder.control)
        self._alive: Optional[str] = None
        self._figures: dict[str, Told] = {}

    def take(self, summary: Summary, stamp: int) -> None:
        """Take what another process has found of a run of which nothing more is expected."""
        self.summary, self.stamp, self.settled = summary, stamp, True

    @property
    def _reader(self) -> RunReader:
        if self._opened is None:
            self._opened = RunReader(self.folder, plain=self._plain, extremes=True)
        return self._opened

    def look(self) -> bool:
        """Look what is new; tell whether the summary is another one than before.

        Raises
        ------
        RunNotFoundError
            If the run is gone.
        """
        ended = self._status is not None and self._status.ended is not None
        stamp = changed_at(self.folder) if ended or self._status is None else 0
        try:
            reader = self._reader
            changed = reader.poll() or self.summary is None
            status = self._status_now()
            self.fresh = changed or status != self._status
            if not self.fresh:
                self._settle(stamp)
                return False
            self._status = status
            if self._said is None or self._said[0] != reader.lines:
                self._said = reader.lines, said_by(reader, self.inode)
            summary = summarise(self._said[1], status, self._figures_now())
        except RunNotFoundError:
            raise
        except Exception as error:  # a stranger's folder must not hide the others
            self.folder.definition  # noqa: B018 - raises where it is gone
            summary = unreadable(self.folder, error, self.inode)
            self.settled = self.summary == summary
        else:
            self._settle(stamp)
        before, self.summary = self.summary, summary
        return before != summary

    def close(self) -> None:
        """Close the files; the next look opens them again."""
        if self._opened is not None:
            self._opened.close()

    def _figures_now(self) -> list[Told]:
        found, figures = [], self._figures
        for name, metric in self._reader.metrics.items():
            known = figures.get(name)
            if known is None or known.metric is not metric:
                known = figures[name] = Told(name, metric)
            elif known.version != metric.version:
                known.update()
            if known.row[1] or metric.kind not in _POINTS:
                found.append(known)
        return found

    def _status_now(self) -> Status:
        """Return the status; where nothing was asked of the run, and its owner lives, it is what it was."""
        reader = self._reader
        told = _stamp(self._control), len(reader.status_events), len(reader.writer_names)
        if (
            self._status is not None
            and self._status.alive
            and told == self._told
            and told[0] > 0
            and self._alive is not None
            and is_locked(self._alive)
        ):
            return self._status
        self._told = told
        self._alive = f"{self.folder.journal}/{self.folder.definition.get('owner')}/alive"
        return read_status(self.folder, reader)._replace(last_seen=None)

    def _settle(self, stamp: int) -> None:
        """Find out whether anything more is to be expected."""
        if self._status is None or self._status.ended is None:
            self.settled = False
            return
        self.stamp = stamp
        writers = self._reader.writers
        owner = self.folder.definition.get("owner")
        complete = all(told.get("closed") for told in writers.values()) and (
            owner is None or owner in writers
        )
        if complete and not self._reader.damage:
            self.settled = True
            return
        # killed, or copied in this moment
        gone = all(told.get("closed") or self._gone(name, told) for name, told in writers.items())
        self.settled = gone and not _fresh(self.folder)
        if not self.settled and gone:  # what was said to be missing may come
            self.close()
            self._opened = self._said = None
            self._figures.clear()

    def _gone(self, name: str, told: dict[str, Any]) -> bool:
        alive = self.folder.journal / name / "alive"
        if same_machine(told):
            return is_locked(alive) is False or process_gone(told) is True
        if not told.get("pid") or rebooted(told, alive):
            return True
        ended = self._status.ended if self._status is not None else None
        return ended is not None and time.time() - ended > _LATE


def changed_at(folder: RunFolder) -> int:
    """Return when a writer's folder was last made in a run, 0 where that can't be told."""
    try:
        return folder.journal.stat().st_mtime_ns
    except OSError:
        return 0


def _stamp(folder: str) -> int:
    """Return when a folder was changed, -1 where that was a moment ago: it may be changed again without a later time."""
    try:
        told = os.stat(folder)
    except OSError:
        return 0
    return told.st_mtime_ns if time.time() - told.st_mtime > _YOUNG else -1


def _fresh(folder: RunFolder) -> bool:
    """Tell whether a file of the run came a moment ago, whatever time a copy has given it."""
    now = time.time()
    try:
        places = [folder.path, folder.journal, folder.control, *folder.journal.iterdir()]
        return any(now - place.stat().st_ctime < _COPYING for place in places)
    except OSError:
        return False


__all__ = ["Followed", "changed_at"]
