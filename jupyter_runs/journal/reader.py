"""Reads one run's folder from where it last stopped: what its writers told, put together."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from .checks import LINE_ERRORS, check
from .columns import PlainStore
from .errors import RunNotFoundError
from .events import KIND_OF, NAMED, SPECIAL_KINDS, EventTail, decode, load
from .facts import Facts
from .folder import RunFolder
from .metrics import Metric
from .tail import ScalarTail

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = 1
MOST_DAMAGE = 100  # lines told one by one
_YOUNG = 2.0  # seconds: clocks of file systems are coarse


class _Source:
    """One writer's files, and how far each was read."""

    def __init__(self, index: int, journal: str, name: str, store: Any) -> None:
        self.index = index
        self.name = name
        folder = f"{journal}/{name}"
        self.facts: dict[str, Any] = {}
        self.closed = False
        self.end = 0  # the place that it gave out last, told at its goodbye
        self.done = False
        self.begun = False  # reading numbers
        self.events = EventTail(f"{folder}/events.jsonl")
        self.scalars = ScalarTail(folder)
        self.store = store
        self.metrics: dict[int, Metric] = {}
        self.strays: set[int] = set()  # series whose line is missing

    @property
    def damage(self) -> list[str]:
        """What of this writer could not be read."""
        return [
            *self.scalars.damage,
            *(f"{self.name}/{text}" for text in self.store.damage),
            *(
                f"{self.name}/events.jsonl: the line that names series {series} is missing; "
                f"its {self.store.column(series).count:,} values are left out"
                for series in sorted(self.strays - set(self.metrics) - self.store.ignored)
            ),
        ]


class RunReader(Facts):
    """Tails one run.

    Not made for several threads at once: each view has a reader of its own.

    Parameters
    ----------
    folder
        The run.
    plain
        Do without numpy: slower, and without ``Metric.arrays``. Chosen by itself where numpy is missing.
    names
        Only these metrics: of others nothing is told or held.
    extremes
        Keep the least and the greatest value of each scalar up to date, so that they cost no decoding.

    Notes
    -----
    With numpy, numbers are counted as they are read, and decoded once their metric is asked for them (:meth:`load`
    does so for several at once).

    Attributes
    ----------
    version : int
        Grows with each :meth:`poll` that found something.
    metrics : dict of str to Metric
        In the order in which they were first logged.
    lines : int
        How many lines were read: where it is what it was, nothing but numbers is new.
    """

    def __init__(
        self,
        folder: Union[RunFolder, str, os.PathLike[str]],
        *,
        plain: bool = False,
        names: Optional[Iterable[str]] = None,
        extremes: bool = False,
    ) -> None:
        self._only = None if names is None else frozenset(names)
        self.folder = folder if isinstance(folder, RunFolder) else RunFolder(folder)
        self.version = 0
        self._journal = str(self.folder.journal)  # a path is made a text each time it is asked for
        self._store = partial(PlainStore if plain else _best_store(), extremes=extremes)
        self._start()

    def _start(self) -> None:
        super()._start()
        self._torn = False
        self._stamp, self._looks = -1, 0
        self.metrics: dict[str, Metric] = {}
        self.writer_names: list[str] = []
        self.last_time: Optional[float] = None
        self.lines = 0
        self._by_kind: dict[tuple[str, str], Metric] = {}
        self._unordered = False
        self._damage: list[str] = []
        self._more_damage = 0
        self._sources: dict[str, _Source] = {}

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
        found = [*self._damage, *(t for source in self._sources.values() for t in source.damage)]
        if self._more_damage:
            found.append(f"{self._more_damage:,} more lines cannot be read")
        return found

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
        if self._torn:  # interrupted in the midst of it: what was taken then is not known
            self.close()
            self._start()
        self._find_writers()
        self._torn = True
        changed, following = False, self.version + 1
        for source in self._sources.values():
            if source.done:
                continue
            quiet = source.events.idle()
            if not quiet or not source.scalars.idle():
                changed = self._read(source, following, quiet) or changed
        if changed:
            self.version = following
            if self._unordered:
                self._arrange()
        self._torn = False
        return changed

    def _read(self, source: _Source, version: int, quiet: bool) -> bool:
        """Read what is new of a writer; ``quiet``: it had no new line a moment ago."""
        changed = False if quiet else self._read_lines(source, version)
        while not source.done:
            fresh = self._read_numbers(source, version)
            changed = changed or fresh
            source.done = source.closed
            if source.done or not fresh:
                break
            # the line that names a series is written before the first number of it
            changed = self._read_lines(source, version) or changed
            if not source.closed:
                break
        if source.done:
            source.events.close()
            source.scalars.close()
        return changed

    def _read_lines(self, source: _Source, version: int) -> bool:
        told = False
        for offset, line in source.events.poll():
            told = True
            self._apply_line(source, offset, line, version)
            if source.done:  # of a later version
                break
        return told

    def _read_numbers(self, source: _Source, version: int) -> bool:
        store, final = source.store, source.end if source.closed else None
        if self._only is not None and source.metrics and not source.begun:
            source.begun = True
            store.expect(source.scalars.room() // (len(source.metrics) + len(store.ignored)))
        changed: set[int] = store.add(source.scalars.poll(final=final))
        if changed:
            metrics = source.metrics
            told = changed - store.ignored if store.ignored else changed
            for series in told:
                metric = metrics.get(series)
                if metric is not None:
                    metric.version = version
                else:
                    source.strays.add(series)
            if told:
                self._see(max([store.column(series).last_time() for series in told]))
        return bool(changed)

    def load(self, metrics: Iterable[Metric]) -> None:
        """Decode the numbers of several metrics in one pass over the files, and keep them so."""
        wanted: dict[int, tuple[Any, list[int]]] = {}
        for metric in metrics:
            for store, series in metric.stored():
                wanted.setdefault(id(store), (store, []))[1].append(series)
        for store, ids in wanted.values():
            store.load(ids)

    def release(self) -> None:
        """Let go of the decoded numbers of all metrics: one that is asked for them again reads its files again."""
        for source in self._sources.values():
            source.store.release()
        for metric in self.metrics.values():
            metric.release()

    def _arrange(self) -> None:
        """Put the metrics in the order in which they were first logged, whatever the order of reading was."""
        self._unordered, self.metrics = False, {}
        for (told, kind), metric in sorted(self._by_kind.items(), key=lambda i: i[1].declared):
            name = told
            while name in self.metrics:  # two processes chose at the same moment: keep both
                name = f"{name} ({kind})"
            metric.name = name
            self.metrics[name] = metric

    def close(self) -> None:
        """Close the files; what was read stays, and a later poll goes on."""
        for source in self._sources.values():
            source.events.close()
            source.scalars.close()

    def _find_writers(self) -> None:
        try:
            told = os.stat(self._journal)
            # a folder that was changed a moment ago may be changed again without a later time
            stamp = told.st_mtime_ns if time.time() - told.st_mtime > _YOUNG else -1
            self._looks += 1
            if (
                stamp == self._stamp >= 0 and self._looks % 16
            ):  # 16: other hosts' clocks may be wrong
                return
            names = os.listdir(self._journal)
        except OSError:
            if not self.folder.path.is_dir():
                raise RunNotFoundError(
                    f"there is no run in {self.folder.path} (any more)"
                ) from None
            return
        self._stamp = stamp
        if len(names) == len(self._sources):
            return
        for name in sorted(names):
            if name not in self._sources:
                source = _Source(len(self.writer_names), self._journal, name, self._store())
                self._sources[name] = source
                self.writer_names.append(name)

    def _see(self, time: float) -> None:
        if self.last_time is None or time > self.last_time:
            self.last_time = time

    def _apply_line(self, source: _Source, offset: int, line: bytes, version: int) -> None:
        """Take one line; one that makes no sense is told as damage and left out."""
        self.lines += 1
        try:
            event = load(line)
            check(event)
            self._apply(source, event["e"], event, version)
        except LINE_ERRORS as error:
            if len(self._damage) >= MOST_DAMAGE:
                self._more_damage += 1
                return
            told = f"the line at byte {offset} cannot be read ({str(error)[:120]})"
            self._damage.append(f"{source.name}/events.jsonl: {told}")
            return
        if event["e"] != "close":
            self._see(event["t"])

    def _apply(self, source: _Source, kind: str, event: dict[str, Any], version: int) -> None:
        if self._only is not None and kind in NAMED and event["name"] not in self._only:
            ids = [event["id"]] if kind == "scalar" else event["ids"] if kind == "rows" else ()
            source.store.ignored.update(i for i in ids if i not in source.metrics)
        elif kind == "scalar":
            series = event["id"]
            if self._is_new(source, event, [series]):
                metric = self._metric(event, version)
                metric.add_column(source.index, source.store.column(series))
                if self._only is not None:
                    source.store.want([series])
                source.metrics[series] = metric
        elif kind == "rows":
            ids = event["ids"]
            if self._is_new(source, event, ids):
                metric = self._metric(event, version)
                columns = [source.store.column(i) for i in ids]
                metric.add_shape(source.index, event["columns"], columns)
                if self._only is not None:
                    source.store.want(ids)
                source.metrics.update(dict.fromkeys(ids, metric))
        elif kind == "value":
            if event["id"] in source.store.ignored:
                return
            metric = source.metrics[event["id"]]
            if metric.kind != "scalar":
                raise ValueError(f"series {event['id']} is no scalar's")
            metric.add_event(event["t"], source.index, event["at"], event)
            metric.version = version
        elif kind in ("row", "list", "table", "image", *SPECIAL_KINDS):
            metric = self._metric(event, version)
            metric.add_event(event["t"], source.index, event.get("at", 0), event)
        else:
            self._apply_writer(source, kind, event)

    def _is_new(self, source: _Source, event: dict[str, Any], ids: list[int]) -> bool:
        """Tell whether a line names series for the first time; it may stand there twice, and not for another name."""
        known = [source.metrics[series] for series in ids if series in source.metrics]
        kind = KIND_OF.get(event["e"], event["e"])
        if known and (
            len(known) < len(ids) or {(m.told, m.kind) for m in known} != {(event["name"], kind)}
        ):
            raise ValueError(f"series {ids[0]} has another name already")
        return not known

    def _metric(self, event: dict[str, Any], version: int) -> Metric:
        name, kind = event["name"], KIND_OF.get(event["e"], event["e"])
        found = self._by_kind.get((name, kind))
        if found is None:
            found = Metric(name, kind, self.writer_names.__getitem__, self.folder.payload)
            found.declared = event["t"]
            self._by_kind[name, kind] = found
            self._unordered = True
        elif event["t"] < found.declared:
            found.declared = event["t"]
            self._unordered = True
        found.description = found.description or str(event.get("description") or "")
        found.version = version
        return found

    def _apply_writer(self, source: _Source, kind: str, event: dict[str, Any]) -> None:
        time = float(event["t"])
        if kind == "writer":
            if int(event.get("format", FORMAT)) > FORMAT:
                source.done = True
                raise ValueError(
                    f"format {event['format']} was written by a later version of jupyter-runs; upgrade to read it"
                )
            source.facts = {k: decode(v) for k, v in event.items() if k not in ("e", "t")}
            source.facts["opened"] = time
        elif kind == "close":
            source.closed, source.end = True, event.get("at", 0)
        else:
            self._apply_fact(kind, event, time)


def _best_store() -> Callable[..., Any]:
    try:
        from .fast import FastStore
    except ImportError:
        return PlainStore
    return FastStore
