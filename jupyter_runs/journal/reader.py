"""Reads one run's folder from where it last stopped: what its writers told, put together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Union

from .columns import PlainStore
from .errors import RunNotFoundError
from .events import KIND_OF, SPECIAL_KINDS, EventTail, check_body, decode, decode_scalar, load
from .folder import RunFolder
from .metrics import Metric
from .tail import ScalarTail

if TYPE_CHECKING:
    from pathlib import Path

    from .values import Scalar

FORMAT = 1


class FileEntry(NamedTuple):
    """A file that was taken up by the run; ``size`` in bytes."""

    name: str
    size: int
    sha256: Optional[str]
    time: float


class Progress(NamedTuple):
    """How far the run says it is; ``started`` is when it first said so."""

    done: float
    total: Optional[float]
    unit: str
    time: float
    started: float
    first: float


class _Source:
    """One writer's files, and how far each was read."""

    def __init__(self, index: int, folder: Path, store: Any) -> None:
        self.index = index
        self.name = folder.name
        self.facts: dict[str, Any] = {}
        self.closed = False
        self.done = False
        self.events = EventTail(folder / "events.jsonl")
        self.scalars = ScalarTail(folder)
        self.store = store
        self.metrics: dict[int, Metric] = {}


class RunReader:
    """Tails one run.

    Not made for several threads at once: each view has a reader of its own.

    Parameters
    ----------
    folder
        The run.
    plain
        Do without numpy: slower, and without ``Metric.arrays``. Chosen by itself where numpy is missing.

    Attributes
    ----------
    version : int
        Grows with each :meth:`poll` that found something.
    metrics : dict of str to Metric
        In the order in which they were first logged.
    """

    def __init__(
        self, folder: Union[RunFolder, str, os.PathLike[str]], *, plain: bool = False
    ) -> None:
        self.folder = folder if isinstance(folder, RunFolder) else RunFolder(folder)
        self.version = 0
        self.metrics: dict[str, Metric] = {}
        self.tags: dict[str, Optional[str]] = {}
        self.properties: dict[str, str] = {}
        self.params: dict[str, Scalar] = {}
        self.facts: dict[str, Any] = {}
        self.files: dict[str, FileEntry] = {}
        self.progress: Optional[Progress] = None
        self.warnings: list[tuple[float, str]] = []
        self.status_events: list[tuple[float, str]] = []
        self.writer_names: list[str] = []
        self.last_time: Optional[float] = None
        self._damage: list[str] = []
        self._name: Optional[str] = None
        self._set: dict[tuple[str, str], float] = {}
        self._sources: dict[str, _Source] = {}
        self._store: Callable[[], Any] = PlainStore if plain else _best_store()

    def __repr__(self) -> str:
        return f"RunReader({str(self.folder.path)!r}, version={self.version})"

    @property
    def definition(self) -> dict[str, Any]:
        """What never changes (``run.json``)."""
        return self.folder.definition

    @property
    def name(self) -> str:
        """The display name; renames are followed."""
        return self._name or str(self.definition.get("name") or self.folder.id)

    @property
    def writers(self) -> dict[str, dict[str, Any]]:
        """What each writer says of its process (host, pid, start, role …), and whether it has said goodbye."""
        return {
            name: {**source.facts, "closed": source.closed}
            for name, source in self._sources.items()
        }

    @property
    def damage(self) -> list[str]:
        """What could not be read, a line each."""
        return [
            *self._damage,
            *(text for source in self._sources.values() for text in source.scalars.damage),
        ]

    @property
    def last_step(self) -> Optional[int]:
        """The step of the newest point that has one."""
        with_step = [
            (m.last_time, m.last_step)
            for m in self.metrics.values()
            if m.kind == "scalar" and m.last_step is not None
        ]
        return max(with_step, key=lambda pair: pair[0])[1] if with_step else None

    def poll(self) -> bool:
        """Read what is new.

        Returns
        -------
        bool
            Whether something changed.

        Raises
        ------
        RunNotFoundError
            If the run's folder is not (or no longer) there.
        """
        self._find_writers()
        touched: set[int] = set()
        metrics_before, changed = len(self.metrics), False
        following = self.version + 1
        for source in self._sources.values():
            if source.done:
                continue
            was_closed = source.closed
            # numbers first: the line that names a series is written before the first number of it
            pieces = source.scalars.poll()
            for offset, line in source.events.poll():
                changed = True
                self._apply_line(source, offset, line, following)
            for series in source.store.add(pieces):
                changed = True
                metric = source.metrics.get(series)
                if metric is not None:
                    metric.version = following
                    touched.add(id(metric))
                self._see(source.store.column(series).span()[1])
            if was_closed and not pieces:
                source.done = True
                source.events.close()
                source.scalars.close()
        if changed:
            self.version = following
            if len(self.metrics) != metrics_before and len(self._sources) > 1:
                self.metrics = dict(
                    sorted(self.metrics.items(), key=lambda item: item[1].first_time)
                )
        return changed

    def close(self) -> None:
        """Close the files; what was read stays, and a later poll goes on."""
        for source in self._sources.values():
            source.events.close()
            source.scalars.close()

    def _find_writers(self) -> None:
        try:
            names = os.listdir(self.folder.journal)
        except OSError:
            if not self.folder.path.is_dir():
                raise RunNotFoundError(
                    f"there is no run in {self.folder.path} (any more)"
                ) from None
            return
        if len(names) == len(self._sources):
            return
        for name in sorted(names):
            if name not in self._sources:
                source = _Source(len(self.writer_names), self.folder.journal / name, self._store())
                self._sources[name] = source
                self.writer_names.append(name)

    def _see(self, time: float) -> None:
        if self.last_time is None or time > self.last_time:
            self.last_time = time

    def _apply_line(self, source: _Source, offset: int, line: bytes, version: int) -> None:
        """Take one line; one that makes no sense is told as damage and left out."""
        try:
            event = load(line)
            self._apply(source, event["e"], event, version)
        except (
            ValueError,
            KeyError,
            TypeError,
            IndexError,
            AttributeError,
            RecursionError,
        ) as error:
            self._damage.append(
                f"{source.name}/events.jsonl: the line at byte {offset} cannot be read ({error})"
            )
            return
        if event["e"] != "close":
            self._see(event["t"])

    def _apply(self, source: _Source, kind: str, event: dict[str, Any], version: int) -> None:
        if kind == "scalar":
            metric = self._metric(event, "scalar", version)
            metric.description = metric.description or str(event.get("description") or "")
            column = source.store.column(int(event["id"]))
            metric.add_column(source.index, column)
            source.metrics[int(event["id"])] = metric
        elif kind == "rows":
            ids, names = [int(i) for i in event["ids"]], [str(n) for n in event["columns"]]
            if len(ids) != len(names) or not ids:
                raise ValueError("as many ids as columns are needed")
            metric = self._metric(event, "row", version)
            metric.description = metric.description or str(event.get("description") or "")
            metric.add_shape(source.index, names, [source.store.column(i) for i in ids])
            source.metrics.update(dict.fromkeys(ids, metric))
        elif kind == "value":
            decode_scalar(event["value"])
            metric = source.metrics[int(event["id"])]
            metric.add_event(event["t"], source.index, int(event["at"]), event)
            metric.version = version
        elif kind == "row":
            if not all(
                isinstance(cell, (int, float, str, type(None)))
                for cell in decode(event["values"]).values()
            ):
                raise ValueError("a row of scalars is needed")
            self._metric(event, "row", version).add_event(
                event["t"], source.index, int(event["at"]), event
            )
        elif kind in ("list", "table", "image", *SPECIAL_KINDS):
            if "value" in event:
                check_body(kind, decode(event["value"]))
            self._metric(event, kind, version).add_event(event["t"], source.index, 0, event)
        else:
            self._apply_fact(source, kind, event)

    def _metric(self, event: dict[str, Any], kind: str, version: int) -> Metric:
        name = event["name"]
        if not isinstance(name, str):
            raise ValueError("a metric's name is a string")
        kind = KIND_OF.get(kind, kind)
        found = self.metrics.get(name)
        if (
            found is not None and found.kind != kind
        ):  # two processes chose at the same moment: keep both
            name = f"{name} ({kind})"
            found = self.metrics.get(name)
        if found is None:
            found = self.metrics[name] = Metric(
                name, kind, self.writer_names.__getitem__, self.folder.payload
            )
        found.version = version
        return found

    def _newest(self, kind: str, key: str, time: float) -> bool:
        """Tell whether what is said of ``key`` is not older than what is known: several writers may set a tag."""
        if time < self._set.get((kind, key), time):
            return False
        self._set[kind, key] = time
        return True

    def _apply_fact(self, source: _Source, kind: str, event: dict[str, Any]) -> None:
        time = float(event["t"])
        if kind == "writer":
            if int(event.get("format", FORMAT)) > FORMAT:
                raise ValueError(
                    f"format {event['format']} was written by a later version of jupyter-runs; upgrade to read it"
                )
            source.facts = {k: decode(v) for k, v in event.items() if k not in ("e", "t")}
            source.facts["opened"] = time
        elif kind == "close":
            source.closed = True
        elif kind == "tag":
            if self._newest("tag", str(event["key"]), time):
                value = event.get("value")
                self.tags[str(event["key"])] = None if value is None else str(value)
        elif kind == "untag":
            if self._newest("tag", str(event["key"]), time):
                self.tags.pop(str(event["key"]), None)
        elif kind == "property":
            self.properties.setdefault(str(event["key"]), str(event["value"]))
        elif kind == "param":
            self.params.setdefault(str(event["key"]), decode_scalar(event["value"]))
        elif kind == "file":
            name, digest = str(event["name"]), event.get("sha256")
            self.files[name] = FileEntry(
                name, int(event["size"]), None if digest is None else str(digest), time
            )
        elif kind == "progress":
            total = event.get("total")
            done = float(event["done"])
            before = self.progress
            started, first = (before.started, before.first) if before is not None else (time, done)
            if before is None or time >= before.time:
                unit = str(event.get("unit") or "")
                self.progress = Progress(
                    done, None if total is None else float(total), unit, time, started, first
                )
        elif kind == "facts":
            self.facts.update({k: decode(v) for k, v in event.items() if k not in ("e", "t")})
        elif kind == "warning":
            self.warnings.append((time, str(event["text"])))
        elif kind == "status":
            self.status_events.append((time, str(event["status"])))
        elif kind == "rename" and self._newest("name", "", time):
            self._name = str(event["name"])


def _best_store() -> Callable[[], Any]:
    try:
        from .fast import FastStore
    except ImportError:
        return PlainStore
    return FastStore
