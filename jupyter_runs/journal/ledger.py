"""The files of one writer: opened at the first write, kept through full disks and forks, closed at the end."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Optional

from . import keeper
from .alive import Alive, own_facts
from .errors import RunCanceled, warn
from .events import EventLog, EventTail
from .layout import FLOAT
from .scalars import NOTHING, Scalars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .batch import Shape
    from .folder import RunFolder

FORMAT = 1
RETRY_SECONDS = 1.0


def _nothing() -> None:
    pass


def _exhausted() -> int:
    raise StopIteration


# What the fast path of `Run.log` sees while there is nothing to store into: the slow path takes over.
DORMANT: tuple[Any, ...] = (None, _exhausted, None, {}, time.monotonic, 0.0, 0)
DORMANT_WIDE: tuple[Any, ...] = (NOTHING, None, 0, time.monotonic, 0.0, {}, {})


class Ledger:
    """What a writer stores to: lines, numbers and payloads, under one lock.

    Parameters
    ----------
    folder
        The run.
    role
        ``"main"`` for the process whose end is the run's end, ``"guest"`` for any other.
    name
        The writer's folder below ``journal/``; made from role and process id where not given.
    facts
        More to say of this process, beside host, process id, start time and Python.

    Notes
    -----
    Nothing is opened before the first write. ``hot`` is what :meth:`jupyter_runs.Run.log` needs to store a float
    without a call: ``(pack_into, next_slot, map, series, clock, ahead, mark)``; ``wide`` is what storing several at once
    needs: ``(slots, map, mark, clock, ahead, shapes, rows)``. Each is swapped as a whole.
    """

    def __init__(
        self,
        folder: RunFolder,
        *,
        role: str = "main",
        name: Optional[str] = None,
        facts: Optional[Mapping[str, Any]] = None,
    ) -> None:
        self.folder = folder
        self.role = role
        self.name = name or new_writer_name(role)
        self._chosen = name is not None
        self.hot: tuple[Any, ...] = DORMANT
        self.wide: tuple[Any, ...] = DORMANT_WIDE
        self._facts = dict(facts or {})
        self._faults: set[str] = set()
        self._halted = False
        self._lock = threading.RLock()
        self._reset()
        keeper.know(self)

    def _reset(self) -> None:
        """Forget all that belongs to open files."""
        self._events: Optional[EventLog] = None
        self._scalars: Optional[Scalars] = None
        self._alive: Optional[Alive] = None
        self._ahead = time.time() - time.monotonic()
        self._kinds: dict[str, str] = {}
        self._series: dict[str, int] = {}
        self._last_id = 0
        self._shapes: dict[tuple[Any, ...], Shape] = {}
        self._rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._row_ids: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._row_numbers: dict[str, Iterator[int]] = {}
        self._others: dict[str, str] = {}
        self._tails: dict[Path, EventTail] = {}
        self._payloads = 0
        self._retry_at = 0.0
        self._dropped = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.folder.id!r}, {self.name!r})"

    def _heat(self) -> None:
        """Give the fast paths the page that numbers go to now, and set the clock right for all."""
        if self._halted:
            return
        clock = time.monotonic
        ahead = time.time() - clock()
        if ahead > self._ahead:
            self._ahead = ahead
        else:
            ahead = self._ahead
        if self._scalars is not None:
            slots, target, mark = self._scalars.hot()
            self.hot = (FLOAT.pack_into, slots.__next__, target, self._series, clock, ahead, mark)
            if target is not None:
                self.wide = (
                    slots,
                    target,
                    mark,
                    clock,
                    ahead,
                    self._shapes,
                    self._rows,
                )
            if (
                self._scalars.ahead
            ):  # readers look for the next segment where this one is full, or a line tells
                self._scalars.ahead = False
                self._write({"e": "segment", "number": self._scalars.number})

    def _cool(self) -> None:
        """Close the fast paths."""
        self.hot, self.wide = DORMANT, DORMANT_WIDE

    def halt(self) -> None:
        """Have the next `log`, of whatever kind, and the next `progress` raise `RunCanceled`, once."""
        with self._lock:
            self._halted = True
            self._cool()

    def heed(self) -> None:
        """Raise `RunCanceled` if somebody has called `halt`.

        Raises
        ------
        RunCanceled
            Once.
        """
        if self._halted:
            self._halted = False
            raise RunCanceled(f"run {self.folder.id} was canceled")

    def _payload(self, data: bytes, suffix: str) -> Optional[str]:
        """Keep a large body in a file of its own, complete before a line speaks of it; return the file's name."""
        if not self._ready():
            self._dropped += 1
            return None
        self._payloads += 1
        name = f"{self.name}-{self._payloads:06d}{suffix}"
        draft = self.folder.payload / f".{name}"
        try:
            self.folder.payload.mkdir(exist_ok=True)
            draft.write_bytes(data)
            os.replace(draft, self.folder.payload / name)
        except OSError as error:
            self._dropped += 1
            with contextlib.suppress(OSError):
                draft.unlink()
            self._stumble(error)
            return None
        return name

    def _write(self, event: dict[str, Any]) -> bool:
        """Write one event; count it as dropped, and return False, while there is no place for it."""
        if not self._ready():
            self._dropped += 1
            return False
        told = {"e": event.pop("e"), "t": self._now(), **event}
        try:
            assert self._events is not None
            self._events.append(told)
        except OSError as error:
            self._dropped += 1
            self._stumble(error)
            return False
        return True

    def _position(self) -> int:
        scalars = self._scalars  # asked for without the lock, too
        return scalars.position if scalars is not None else 0

    def _now(self) -> float:
        """Return the time, which never goes back: it is the fast path's, and follows the wall clock only forward."""
        return time.monotonic() + self._ahead

    # -- life

    def _folder_of_writer(self) -> Path:
        return self.folder.journal / self.name

    def _ready(self) -> bool:
        """Open the files where they are not, once a second at most while that fails."""
        if self._events is not None and not self._retry_at:
            return True
        if self._retry_at and time.monotonic() < self._retry_at:
            return False
        try:
            if self._events is None:
                self._open()
            if self._retry_at:
                self._recover()
        except OSError as error:
            self._stumble(error)
            return False
        return True

    def _open(self) -> None:
        self._make_place()
        place = self._folder_of_writer()
        if self._alive is None:
            self._alive = Alive(place / "alive")
        events = EventLog(place / "events.jsonl")
        first = {
            "e": "writer",
            "t": self._now(),
            "format": FORMAT,
            "name": self.name,
            "role": self.role,
        }
        try:
            events.append({**first, **own_facts(), **self._facts})
        except OSError:
            events.close()
            raise
        self._events = events
        keeper.watch(self)
        if os.path.exists(self.folder.control / "end"):
            # whoever has stopped following it looks again, and follows this writer until it is closed
            self.folder.announce("changed")

    def _make_place(self) -> None:
        """Make the writer's folder, which is nobody else's: a name that chance has given twice is given up."""
        while not self._chosen:
            try:
                self._folder_of_writer().mkdir()
            except FileExistsError:
                self.name = new_writer_name(self.role)
            else:
                self._chosen = True
        self._folder_of_writer().mkdir(exist_ok=True)

    def _recover(self) -> None:
        """After a time without space: go on, and say what is missing."""
        self._retry_at, dropped, self._dropped = 0.0, self._dropped, 0
        if dropped:
            text = f"{dropped:,} values could not be stored and are missing before this moment"
            if not self._write({"e": "warning", "text": text}):
                self._dropped += dropped - 1  # the warning is no value

    def _stumble(self, error: OSError) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        self._cool()
        self.fault(error)

    def fault(self, error: BaseException) -> None:
        """Tell of a fault of ours, once a kind; the training goes on."""
        kind = f"{type(error).__name__}:{getattr(error, 'errno', '')}"
        if kind in self._faults:
            return
        self._faults.add(kind)
        text = f"run {self.folder.id}: not all could be stored ({type(error).__name__}: {error}); the training goes on"
        warn(text)

    def keep(self, sync: bool) -> None:
        """Give a sign of life, and bring data to the disk (called by the housekeeping thread)."""
        paths: list[Path] = []
        with self._lock:
            alive, events, scalars = self._alive, self._events, self._scalars
            if events is None:
                return
            try:
                if not events.linked() or (scalars is not None and not scalars.linked()):
                    raise FileNotFoundError(2, f"the run's folder {self.folder.path} is gone")
                if alive is not None:
                    alive.beat()
                if self.hot is not DORMANT:
                    self._heat()
                if sync:
                    place = self._folder_of_writer()
                    paths = [place / "events.jsonl", place]
                    if scalars is not None:
                        paths[:0] = scalars.unsynced()
            except OSError as error:
                self.fault(error)
        for (
            path
        ) in paths:  # without the lock: a disk may take its time, and the training does not wait
            try:
                sync_file(path)
            except OSError as error:
                self.fault(error)

    @property
    def position(self) -> int:
        """A count that grows with all that this writer stores."""
        events = self._events
        return self._position() + (events.written if events is not None else 0)

    def flush(self, timeout: Optional[float] = None) -> None:  # noqa: ARG002  # local writes never wait
        """Bring what was logged to the disk; it is in the kernel's hands, and visible to all readers, before that."""
        self.keep(sync=True)

    def close(self) -> None:
        """Say goodbye and close the files; what is logged later goes to a new writer's folder."""
        with self._lock:
            self._cool()
            events, scalars, alive = self._events, self._scalars, self._alive
            if events is None:
                return
            keeper.unwatch(self)
            end = self._position()
            steps: list[Callable[[], Any]] = [
                self._recover,
                scalars.close if scalars is not None else _nothing,
                lambda: events.append({"e": "close", "t": self._now(), "at": end}),
            ]
            try:
                for step in steps:  # without the one before, the next would not be true
                    step()
            except (OSError, ValueError) as error:
                self.fault(error)
            finally:
                events.close()
                if alive is not None:
                    alive.release()
                self._renew()

    def after_fork(self) -> None:
        """In a forked child: leave the parent's files alone."""
        self._lock = threading.RLock()  # another thread of the parent may have held it
        self._cool()
        if self._scalars is not None:
            self._scalars.forget()
        if self._events is not None:
            self._events.close()
        if self._alive is not None:
            self._alive.forget()
        self._renew("fork")

    def _renew(self, role: str = "guest") -> None:
        self.role, self._chosen = role, False
        self.name = new_writer_name(role)
        kinds = self._kinds
        self._reset()
        self._kinds = kinds


def new_writer_name(role: str = "main") -> str:
    """Return a name for a writer of this process: its role or rank, its process id, and four random characters."""
    rank = os.environ.get("RANK", "")
    label = f"rank{int(rank)}" if rank.isdigit() and role == "main" else role
    return f"{label}-{os.getpid()}-{secrets.token_hex(2)}"


def sync_file(path: Path) -> None:
    """Bring what was written to a file, or the names in a folder, to the disk."""
    folder = path.is_dir()
    if folder and os.name == "nt":  # keeps its folders' names itself, and opens no folder
        return
    fd = os.open(path, (os.O_RDONLY if folder else os.O_RDWR) | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fdatasync(fd) if hasattr(os, "fdatasync") else os.fsync(fd)
    finally:
        os.close(fd)
