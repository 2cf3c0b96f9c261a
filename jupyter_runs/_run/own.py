"""What the process that started a run does for it: capture at the start, collection at the end."""

from __future__ import annotations

import os
import queue
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional

from jupyter_runs._run.files import files_below, take_up
from jupyter_runs._settings import snapshot_limits
from jupyter_runs.errors import RunsError, SnapshotTooLargeError

if TYPE_CHECKING:
    from jupyter_runs._settings import SnapshotLimits
    from jupyter_runs.journal import RunFolder, Writer

# The first moments of a run belong to the person: a busy thread would make their calls wait for
# Python's lock, 5 ms at a time.
_GRACE = 0.1
_PATIENCE = 60.0  # seconds for which a folder that was too large is taken to be so still
_MOST_KNOWN = 1000  # files of an outputs folder that are looked at while the run starts

_told: set[str] = set()
_too_large: dict[tuple[Path, SnapshotLimits], tuple[float, str]] = {}


class Own:
    """The duties of the process that started a run.

    Parameters
    ----------
    folder, writer
        The run's.
    outputs
        The folder whose new and changed files are taken up as ``outputs/``; None for none.
    logs
        The same for ``logs/``; None for none.
    snapshot
        The folder to take a snapshot of; None for none.
    """

    def __init__(
        self,
        folder: RunFolder,
        writer: Writer,
        outputs: Optional[Path],
        logs: Optional[Path],
        snapshot: Optional[Path],
    ) -> None:
        self.pid = os.getpid()
        self.captured = threading.Event()
        self._folder = folder
        self._writer = writer
        self._snapshot = snapshot
        self._taken = [
            Collection(place, prefix)
            for place, prefix in ((outputs, "outputs"), (logs, "logs"))
            if place is not None
        ]
        self._hurry = threading.Event()
        self._late: list[str] = []

    @property
    def here(self) -> bool:
        """Whether this is still the process that started the run, and not a fork of it."""
        return os.getpid() == self.pid

    # -- at the start

    def begin(self) -> None:
        """Have the surroundings captured in the background."""
        _worker.put(self._capture)

    def _capture(self) -> None:
        try:
            self._hurry.wait(_GRACE)
            for step in (self._capture_packages, self._capture_git, self._capture_snapshot):
                try:
                    step()
                except RunsError as error:
                    self._tell(f"{error}")
                except Exception as error:
                    self._tell(f"not all could be captured ({type(error).__name__}: {error})")
        finally:
            self.captured.set()

    def _capture_packages(self) -> None:
        from jupyter_runs.capture.packages import packages

        self._writer.event("facts", packages=packages())

    def _capture_git(self) -> None:
        from jupyter_runs.capture.git import capture_git

        capture_git(self._folder, self._snapshot or Path.cwd(), self._writer)

    def _capture_snapshot(self) -> None:
        if self._snapshot is None:
            return
        from jupyter_runs.capture.snapshot import take_snapshot

        workspace = self._folder.path.parent.parent
        key = (self._snapshot, snapshot_limits(workspace))
        looked, text = _too_large.get(key, (-_PATIENCE, ""))
        if time.monotonic() - looked < _PATIENCE:
            raise SnapshotTooLargeError(text)  # a sweep need not walk a home folder each time
        try:
            snapshot_id = take_snapshot(self._snapshot, workspace / "snapshots", key[1])
        except RunsError as error:
            text = f"no snapshot was taken: {error}"
            if isinstance(error, SnapshotTooLargeError):
                _too_large[key] = (time.monotonic(), text)
            raise type(error)(text) from None
        self._writer.event(
            "facts", snapshot=snapshot_id, snapshot_folder=str(self._snapshot.resolve())
        )

    def _tell(self, text: str) -> None:
        # A warning of this thread would be printed below whatever cell runs by then: the run keeps
        # it at once, and the person hears of it at the run's end, of each thing once.
        self._writer.event("warning", text=text)
        if text not in _told:
            _told.add(text)
            self._late.append(text)

    # -- at the end

    def settle(self, timeout: float = 60.0) -> list[str]:
        """Wait for what is being captured, and take up new and changed files.

        Returns
        -------
        list of str
            What the person should be warned of; the run keeps it already.
        """
        self._hurry.set()
        warnings = []
        if not self.captured.wait(timeout):
            warnings.append(f"the snapshot is not ready after {timeout:.0f} s")
        for collection in self._taken:
            warnings += collection.collect(self._folder, self._writer.event)
        for text in warnings:
            self._writer.event("warning", text=text)
        late, self._late = self._late, []
        return late + warnings


class Collection:
    """A folder whose files are taken up at the end of a run if they are new or changed since.

    Parameters
    ----------
    place
        The folder; it need not be there yet.
    prefix
        The first part of the files' names in the run.
    """

    def __init__(self, place: Path, prefix: str) -> None:
        self.place = place
        self.prefix = prefix
        self._before: dict[str, tuple[int, int, int]] = {}
        self._since: Optional[int] = None  # set if there were too many to look at each
        for file in files_below(place):
            if len(self._before) >= _MOST_KNOWN:
                self._since = _file_clock()
                break
            state = file_state(file)
            if state is not None:
                self._before[str(file)] = state

    def changed(self) -> list[Path]:
        """Return the files that are new or changed, in order."""
        found = []
        for file in files_below(self.place):
            state = file_state(file)
            if state is None:
                continue
            before = self._before.get(str(file))
            if before is None and self._since is not None:
                try:
                    if file.stat().st_ctime_ns < self._since:
                        continue
                except OSError:
                    continue
            elif before == state:
                continue
            found.append(file)
        return found

    def collect(self, folder: RunFolder, event: Callable[..., Any]) -> list[str]:
        """Take up what is new or changed; return warnings."""
        warnings: list[str] = []
        try:
            inside = folder.path.resolve()
            real = self.place.resolve()
            if real == inside or inside in real.parents:
                return []  # it is the run's own folder already
            files = self.changed()
        except OSError as error:
            return [f"{self.place} can't be read: {error}"]
        for file in files:
            name = f"{self.prefix}/{file.relative_to(self.place).as_posix()}"
            try:
                with file.open("rb") as stream:
                    told = take_up(folder, name, stream, overwrite=False)
            except (OSError, RunsError) as error:
                warnings.append(f"{name} was not taken up: {error}")
                continue
            if told is not None:
                event("file", name=name, size=told[0], sha256=told[1])
        return warnings


def file_state(file: Path) -> Optional[tuple[int, int, int]]:
    """Return what changes when a file does: its time, size and inode; None if it is gone."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _file_clock() -> int:
    """Return the time by the clock that stamps files, which lags behind the precise one."""
    if hasattr(time, "CLOCK_REALTIME_COARSE"):
        return time.clock_gettime_ns(time.CLOCK_REALTIME_COARSE)
    return time.time_ns() - 20_000_000


class _Worker:
    """One thread that captures for all runs of this process, one after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._pid = 0

    def put(self, job: Callable[[], None]) -> None:
        with self._lock:
            if self._pid != os.getpid():  # the first time, or a fork, which has no threads
                self._pid = os.getpid()
                self._jobs = queue.SimpleQueue()
                threading.Thread(
                    target=self._work, args=(self._jobs,), name="jupyter_runs capture", daemon=True
                ).start()
            self._jobs.put(job)

    @staticmethod
    def _work(jobs: queue.SimpleQueue[Callable[[], None]]) -> None:
        while True:
            jobs.get()()

    def forked(self) -> None:
        self._lock = threading.Lock()  # another thread of the parent may have held it


_worker = _Worker()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_worker.forked)
