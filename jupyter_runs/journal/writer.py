"""One process that logs into one run: what ``log`` has returned for survives the death of the process."""

from __future__ import annotations

import functools
import os
import re
import secrets
import threading
import time
import warnings
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, TypeVar, cast

from . import keeper, special
from .alive import Alive, own_facts
from .errors import InvalidValueError, KindError, RunsError, RunsWarning
from .events import EventLog, EventTail, dump, kinds_in
from .folder import RunFolder
from .layout import NO_STEP, T_BOOL, T_FLOAT, T_INT, T_NONE
from .segments import Scalars
from .values import Scalar, check_name, columns, row, scalar, sequence, step_of

FORMAT = 1
RETRY_SECONDS = 1.0
LARGEST_LINE = 16_384  # bytes of a body that still goes into a line

_Call = TypeVar("_Call", bound=Callable[..., Any])


def _exhausted() -> int:
    raise StopIteration


# What the fast path of `Run.log` sees while there is nothing to store into: the slow path takes over.
_DORMANT: Tuple[Any, ...] = (None, _exhausted, None, {}, time.monotonic, 0.0, 0)


def _harmless(call: _Call) -> _Call:
    """Let the errors that people can mend through, and turn a fault of ours into one warning."""

    @functools.wraps(call)
    def guarded(self: Writer, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except (RunsError, RunsWarning):  # a warning is raised only where somebody asked for that
            raise
        except Exception as error:
            self.fault(error)
            return None

    return cast(_Call, guarded)


class Writer:
    """Writes into one run from one process; threads share it, a forked child gets files of its own.

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
    without a call: ``(pack_into, next_slot, map, series, clock, ahead, mark)``; it is swapped as a whole.
    """

    def __init__(
        self, folder: RunFolder, *, role: str = "main", name: Optional[str] = None, facts: Optional[Mapping[str, Any]] = None
    ) -> None:
        self.folder = folder
        self.role = role
        self.name = name or new_writer_name(role)
        self.hot: Tuple[Any, ...] = _DORMANT
        self._facts = dict(facts or {})
        self._faults: set[str] = set()
        self._reset()

    def _reset(self) -> None:
        """Forget all that belongs to open files."""
        self._lock = threading.RLock()
        self._events: Optional[EventLog] = None
        self._scalars: Optional[Scalars] = None
        self._alive: Optional[Alive] = None
        self._ahead = time.time() - time.monotonic()
        self._kinds: Dict[str, str] = {}
        self._series: Dict[str, int] = {}
        self._shapes: Dict[Tuple[str, ...], Tuple[int, ...]] = {}
        self._rows: Dict[str, int] = {}
        self._others: Dict[str, str] = {}
        self._tails: Dict[Path, EventTail] = {}
        self._payloads = 0
        self._retry_at = 0.0
        self._dropped = 0

    def __repr__(self) -> str:
        return f"Writer({self.folder.id!r}, {self.name!r})"

    # -- scalars

    @_harmless
    def log(self, name: str, value: Any, description: str = "", step: Optional[int] = None) -> None:
        """Log one value under ``name``; see :meth:`jupyter_runs.Run.log`."""
        value = scalar(name, value)
        step = step_of(name, step)
        with self._lock:
            self._put_scalar(name, value, description, step, self._now())

    @_harmless
    def log_metrics(self, metrics: Mapping[str, Any], step: Optional[int] = None) -> None:
        """Log many values of one step; all are checked before the first is stored."""
        if not isinstance(metrics, Mapping):
            raise InvalidValueError(f"log_metrics takes a dict of names and values, got a {type(metrics).__name__}")
        values = [(name, scalar(check_name(name), value)) for name, value in metrics.items()]
        step = step_of("log_metrics", step)
        with self._lock:
            for name, _ in values:
                self._claim(name, "scalar")
            now = self._now()
            for name, value in values:
                self._put_scalar(name, value, "", step, now)

    def _put_scalar(self, name: str, value: Scalar, description: str, step: Optional[int], now: float) -> None:
        series = self._series.get(name)
        if series is None:
            self._claim(check_name(name), "scalar")
            number = len(self._series) + sum(len(ids) for ids in self._shapes.values()) + 1
            if not self._write({"e": "scalar", "id": number, "name": name, "description": str(description or "")}):
                return
            self._series[name] = series = number
        kind = _kind_of(value)
        if kind is None:
            self._write({"e": "value", "id": series, "value": value, "step": step, "at": self._position()})
        else:
            self._put(value, NO_STEP if step is None else step, now, kind, series)

    def _put(self, value: Any, step: int, now: float, kind: int, series: int) -> None:
        """Store one number, or count it as dropped while there is no place for it."""
        if not self._ready():
            self._dropped += 1
            return
        try:
            if self._scalars is None:
                self._scalars = Scalars(self._folder_of_writer())
            if self._scalars.put(0 if value is None else value, step, now, kind, series):
                self._heat()
        except OSError as error:
            self._dropped += 1
            self._stumble(error)

    def _heat(self) -> None:
        """Give the fast path the page that numbers go to now; the clock is set right, and never back."""
        self._now()
        if self._scalars is not None:
            pack, take, target, mark = self._scalars.hot()
            self.hot = (pack, take, target, self._series, time.monotonic, self._ahead, mark)

    def void(self, offset: int, target: Any) -> None:
        """Mark a slot as used for nothing: the fast path took it and could not store its value."""
        with self._lock:
            if self._scalars is not None:
                self._scalars.void(offset, target)

    # -- rows, lists, tables, images

    @_harmless
    def log_row(self, name: str, cells: Mapping[str, Any], description: Optional[str] = None) -> None:
        """Log one row; all cells are checked before the first is stored."""
        checked = row(name, cells)
        kinds = [_kind_of(value) for value in checked.values()]
        with self._lock:
            self._claim(name, "row")
            number = self._rows.get(name, 0)
            if None in kinds:
                self._write({"e": "row", "name": name, "row": number, "values": checked, "at": self._position()})
            else:
                key = (name, *checked)
                ids = self._shapes.get(key)
                if ids is None:
                    start = len(self._series) + sum(len(known) for known in self._shapes.values()) + 1
                    ids = tuple(range(start, start + len(checked)))
                    told = {"e": "rows", "name": name, "columns": list(checked), "ids": ids, "description": description or ""}
                    if not self._write(told):
                        return
                    self._shapes[key] = ids
                now = self._now()
                for series, value, kind in zip(ids, checked.values(), kinds):
                    self._put(value, number, now, cast(int, kind), series)
            self._rows[name] = number + 1

    @_harmless
    def log_list(self, name: str, values: Any, description: str = "") -> None:
        """Log a list of values; the same name again adds to it."""
        checked = sequence(name, values)
        with self._lock:
            self._claim(name, "list")
            self._body("list", name, checked, description, count=len(checked))

    @_harmless
    def log_table(self, name: str, table: Any, description: str = "") -> None:
        """Log a table; the same name again adds rows to it."""
        checked = columns(name, table)
        count = len(next(iter(checked.values())))
        with self._lock:
            self._claim(name, "table")
            self._body("table", name, checked, description, count=count)

    @_harmless
    def log_image(self, name: str, data: bytes, suffix: str, description: str = "", step: Optional[int] = None) -> None:
        """Log the bytes of an image file whose type is ``suffix`` (``.png`` and the like)."""
        step = step_of(name, step)
        if not re.match(r"\.(png|jpe?g|gif|webp|svg)\Z", suffix):
            raise InvalidValueError(f"{name!r}: {suffix!r} is no image type; one of .png .jpg .gif .webp .svg")
        with self._lock:
            self._claim(name, "image")
            file = self._payload(data, suffix)
            if file is not None:
                told = {"e": "image", "name": name, "payload": file, "step": step, "description": description, "size": len(data)}
                self._write(told)

    @_harmless
    def log_body(self, kind: str, name: str, value: Mapping[str, Any], description: str = "") -> None:
        """Log a confusion matrix, an accuracy table, residuals or predictions, in the documented schema."""
        checked = special.check(kind, name, value)
        with self._lock:
            self._claim(name, kind)
            self._body(kind, name, checked, description)

    def _body(self, kind: str, name: str, value: Any, description: str, **fields: Any) -> None:
        line = dump({"e": kind, "t": self._now(), "name": name, **fields, "value": value, "description": str(description or "")})
        event = {"e": kind, "name": name, "description": str(description or ""), **fields, "value": value}
        if len(line) > LARGEST_LINE:
            file = self._payload(dump({"value": value}), ".json")
            if file is None:
                return
            del event["value"]
            event["payload"] = file
        self._write(event)

    def _payload(self, data: bytes, suffix: str) -> Optional[str]:
        """Keep a large body in a file of its own, complete before a line speaks of it; return the file's name."""
        if not self._ready():
            return None
        self._payloads += 1
        name = f"{self.name}-{self._payloads:06d}{suffix}"
        try:
            self.folder.payload.mkdir(exist_ok=True)
            draft = self.folder.payload / f".{name}"
            draft.write_bytes(data)
            os.replace(draft, self.folder.payload / name)
        except OSError as error:
            self._stumble(error)
            return None
        return name

    # -- everything else

    @_harmless
    def event(self, kind: str, **fields: Any) -> None:
        """Write an event that is no metric: tag, property, param, file, progress, facts, warning, status, rename."""
        with self._lock:
            self._write({"e": kind, **fields})

    def _claim(self, name: str, kind: str) -> None:
        """Hold a name for one kind.

        Raises
        ------
        KindError
            If it was logged as another kind before, here or by another process.
        """
        before = self._kinds.get(name)
        if before is None:
            check_name(name)
            before = self._kind_elsewhere(name) or kind
            if before == kind:
                self._kinds[name] = kind
        if before != kind:
            raise KindError(
                f"{name!r} was logged as a {before} before and cannot be logged as a {kind}; "
                f"choose another name for the {kind} (nothing logged before is lost)"
            )

    def _kind_elsewhere(self, name: str) -> Optional[str]:
        try:
            others = [entry for entry in os.listdir(self.folder.journal) if entry != self.name]
        except OSError:
            return None
        for other in others:
            kinds_in(self.folder.journal / other / "events.jsonl", self._others, self._tails)
        return self._others.get(name)

    def _write(self, event: Dict[str, Any]) -> bool:
        """Write one event; False while there is no place for it."""
        if not self._ready():
            return False
        told = {"e": event.pop("e"), "t": self._now(), **event}
        try:
            assert self._events is not None
            self._events.append(told)
        except OSError as error:
            self._stumble(error)
            return False
        return True

    def _position(self) -> int:
        return self._scalars.position if self._scalars is not None else 0

    def _now(self) -> float:
        """Return the time, which never goes back: it follows the monotonic clock, and the wall clock only forward."""
        steady = time.monotonic()
        self._ahead = max(self._ahead, time.time() - steady)
        return steady + self._ahead

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
        place = self._folder_of_writer()
        place.mkdir(exist_ok=True)
        if self._alive is None:
            self._alive = Alive(place / "alive")
        events = EventLog(place / "events.jsonl")
        first = {"e": "writer", "t": self._now(), "format": FORMAT, "name": self.name, "role": self.role}
        try:
            events.append({**first, **own_facts(), **self._facts})
        except OSError:
            events.close()
            raise
        self._events = events
        keeper.watch(self)

    def _recover(self) -> None:
        """After a time without space: go on, and say what is missing."""
        self._retry_at, dropped, self._dropped = 0.0, self._dropped, 0
        if dropped:
            text = f"{dropped:,} values could not be stored and are missing before this moment"
            if not self._write({"e": "warning", "text": text}):
                self._dropped += dropped

    def _stumble(self, error: OSError) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        self.hot = _DORMANT
        self.fault(error)

    def fault(self, error: BaseException) -> None:
        """Tell of a fault of ours, once a kind; the training goes on."""
        kind = f"{type(error).__name__}:{getattr(error, 'errno', '')}"
        if kind in self._faults:
            return
        self._faults.add(kind)
        text = f"run {self.folder.id}: not all could be stored ({type(error).__name__}: {error}); the training goes on"
        warnings.warn(text, RunsWarning, stacklevel=4)

    def keep(self, sync: bool) -> None:
        """Give a sign of life, and bring data to the disk (called by the housekeeping thread)."""
        with self._lock:
            alive, events, scalars = self._alive, self._events, self._scalars
            if events is None:
                return
            try:
                if not events.linked() or (scalars is not None and not scalars.linked()):
                    raise FileNotFoundError(2, f"the run's folder {self.folder.path} is gone")
                if alive is not None:
                    alive.beat()
                if sync:
                    events.sync()
                    if scalars is not None:
                        scalars.sync()
            except OSError as error:
                self.fault(error)

    @property
    def position(self) -> int:
        """A count that grows with all that this writer stores."""
        return self._position() + (self._events.written if self._events is not None else 0)

    def flush(self, timeout: Optional[float] = None) -> None:  # noqa: ARG002  # local writes never wait
        """Bring what was logged to the disk; it is in the kernel's hands, and visible to all readers, before that."""
        self.keep(sync=True)

    def close(self) -> None:
        """Say goodbye and close the files; what is logged later goes to a new writer's folder."""
        with self._lock:
            self.hot = _DORMANT
            events, scalars, alive = self._events, self._scalars, self._alive
            if events is None:
                return
            keeper.unwatch(self)
            try:
                if scalars is not None:
                    scalars.close()
                events.append({"e": "close", "t": self._now()})
                events.close()
                if alive is not None:
                    alive.release()
            except (OSError, ValueError) as error:
                self.fault(error)
            self._renew()

    def after_fork(self) -> None:
        """In a forked child: leave the parent's files alone."""
        self.hot = _DORMANT
        if self._scalars is not None:
            self._scalars.forget()
        if self._events is not None:
            self._events.close()
        if self._alive is not None:
            self._alive.forget()
        self._renew("fork")

    def _renew(self, role: str = "guest") -> None:
        lock = self._lock
        self.role = role
        self.name = new_writer_name(role)
        kinds = self._kinds
        self._reset()
        self._kinds = kinds
        if role != "fork":  # whoever waits for the old lock must meet the same one
            self._lock = lock


def new_writer_name(role: str = "main") -> str:
    """Return a name for a writer of this process: its role or rank, its process id, and four random characters."""
    rank = os.environ.get("RANK", "")
    label = f"rank{int(rank)}" if rank.isdigit() and role == "main" else role
    return f"{label}-{os.getpid()}-{secrets.token_hex(2)}"


def _kind_of(value: Scalar) -> Optional[int]:
    """Return the record type that holds ``value`` exactly, None where only a line can."""
    if value is None:
        return T_NONE
    kind = type(value)
    if kind is float:
        return T_FLOAT
    if kind is bool:
        return T_BOOL
    if kind is int and -(1 << 63) <= cast(int, value) < 1 << 63:
        return T_INT
    return None


def pulse(folder: Any) -> int:
    """Return a count that grows whenever this process stores something into the run in ``folder``."""
    path = Path(folder.path if isinstance(folder, RunFolder) else folder)
    return sum(writer.position for writer in list(keeper.open_writers()) if writer.folder.path == path)


__all__: List[str] = ["Writer", "new_writer_name", "pulse"]
