"""One process that logs into one run: what ``log`` has returned for survives the death of the process."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional, cast

from . import keeper, special
from .batch import FEW, HEAD, Shape
from .errors import InvalidValueError, KindError
from .events import dump, kinds_in
from .folder import RunFolder
from .layout import NO_STEP, T_BOOL, T_FLOAT, T_INT, T_NONE
from .ledger import new_writer_name
from .recorder import Recorder, harmless
from .values import Scalar, check_name, columns, row, scalar, sequence, step_of

LARGEST_LINE = 16_384  # bytes of a body that still goes into a line
MOST_SHAPES = 1_000  # kept for the fast path


class Writer(Recorder):
    """Writes into one run from one process; threads share it, a forked child gets files of its own.

    The parameters are those of :class:`~.ledger.Ledger`.
    """

    # -- scalars

    def log(self, name: str, value: Any, description: str = "", step: Optional[int] = None) -> None:
        """Log one value under ``name``; see :meth:`jupyter_runs.Run.log`."""
        # The fast path for what is no float: a type that this name has had before.
        kind = type(value)
        if kind is not float:
            wide = self.wide
            try:
                shape = wide[5][name, kind]
            except (KeyError, TypeError):  # not yet, or a name that is none
                pass
            else:
                if self.store_one(wide, shape, value, step):
                    return
        self._log(name, value, description, step)

    @harmless
    def _log(self, name: str, value: Any, description: str, step: Optional[int]) -> None:
        self.heed()
        checked = scalar(name, value)
        step = step_of(name, step)
        with self._lock:
            self._put_scalar(name, checked, description, step, self._now())
            series = self._series.get(name)
            if type(value) is not float and series is not None:
                self._shape([name], {name: value}, {name: checked}, [series])

    def log_metrics(self, metrics: Mapping[str, Any], step: Optional[int] = None) -> None:
        """Log many values of one step; all are checked before the first is stored."""
        # The fast path: names and types as once before.
        if type(metrics) is dict:
            wide = self.wide
            names, values = list(metrics), metrics.values()
            try:
                shape = wide[5][names[0], len(names)]
            except (LookupError, TypeError):  # nothing in it, or a name that is none
                pass
            else:
                if (
                    shape.names == names
                    and shape.types == list(map(type, values))
                    and self.store_together(wide, shape, values, step)
                ):
                    return
        self._log_metrics(metrics, step)

    @harmless
    def _log_metrics(self, metrics: Mapping[str, Any], step: Optional[int]) -> None:
        self.heed()
        if not isinstance(metrics, Mapping):
            raise InvalidValueError(
                f"log_metrics takes a dict of names and values, got a {type(metrics).__name__}"
            )
        given = {check_name(name): value for name, value in metrics.items()}
        checked = {name: scalar(name, value) for name, value in given.items()}
        step = step_of("log_metrics", step)
        with self._lock:
            self._claim_all(checked)
            now = self._now()
            if None in map(_kind_of, checked.values()):
                for name, value in checked.items():
                    self._put_scalar(name, value, "", step, now)
                return
            known = {name: self._series_id(name, "") for name in checked}
            ids = [number for number in known.values() if number is not None]
            shape = self._shape(list(checked), given, checked, ids) if ids else None
            where = NO_STEP if step is None else step
            if shape is not None and len(ids) == len(known):
                self._shapes[shape.names[0], shape.count] = shape
                if shape.count <= FEW:
                    packed = shape.packs, shape.words, shape.words[-1], None
                    self._rows[(None, *shape.names, *shape.types)] = packed
                self._put_together(shape, checked, where, now)
                return
            for name, value in checked.items():  # those without an id are counted as dropped
                series = known[name]
                if series is not None:
                    self._put(value, where, now, cast("int", _kind_of(value)), series)

    def _shape(
        self,
        key: list[str],
        given: Mapping[str, Any],
        checked: Mapping[str, Scalar],
        ids: Sequence[int],
    ) -> Optional[Shape]:
        """Return the shape of values that were given, so that the fast path finds it; None where one has none."""
        types: list[type] = list(map(type, given.values()))
        if not Shape.fits(types):
            types = list(map(type, checked.values()))
        if len(ids) != len(types) or not Shape.fits(types):
            return None
        whole = (*key, *types)
        shape = self._shapes.get(whole)
        if shape is None:
            if len(self._shapes) >= MOST_SHAPES:
                self._shapes.clear()
                self._rows.clear()
            shape = self._shapes[whole] = Shape(list(checked), types, ids)
        return shape

    def _put_together(
        self, shape: Shape, checked: Mapping[str, Scalar], step: int, now: float
    ) -> None:
        records: list[Any] = [HEAD.pack(step, now)] * (3 * shape.count)
        records[::3] = checked.values()
        self._put_all(shape, records)

    def _series_id(self, name: str, description: str) -> Optional[int]:
        """Return the id of a scalar's series, named by a line before its first use; None while there is no space."""
        series = self._series.get(name) if isinstance(name, str) else None
        if series is None:
            self._claim(name, "scalar")
            number = self._new_ids(1)[0]
            told = {"e": "scalar", "id": number, "name": name}
            if not self._write({**told, "description": str(description or "")}):
                return None
            self._series[name] = series = number
        return series

    def _put_scalar(
        self, name: str, value: Scalar, description: str, step: Optional[int], now: float
    ) -> None:
        series = self._series_id(name, description)
        if series is None:
            return
        kind = _kind_of(value)
        if kind is None:
            self._write(
                {"e": "value", "id": series, "value": value, "step": step, "at": self._position()}
            )
        else:
            self._put(value, NO_STEP if step is None else step, now, kind, series)

    # -- rows, lists, tables, images

    @harmless
    def log_row(
        self, name: str, cells: Mapping[str, Any], description: Optional[str] = None
    ) -> None:
        """Log one row; all cells are checked before the first is stored."""
        self.heed()
        checked = row(name, cells)
        kinds = [_kind_of(value) for value in checked.values()]
        with self._lock:
            self._claim(name, "row")
            numbers = self._row_numbers.setdefault(name, itertools.count())
            if None in kinds:
                told = {"e": "row", "name": name, "row": next(numbers), "values": checked}
                self._write({**told, "at": self._position()})
                return
            key = (name, *checked)
            ids = self._row_ids.get(key)
            if ids is None:
                ids = self._new_ids(len(checked))
                told = {"e": "rows", "name": name, "columns": list(checked), "ids": ids}
                if not self._write({**told, "description": str(description or "")}):
                    return
                self._row_ids[key] = ids
            shape = self._shape([name, *checked], cells, checked, ids)
            number, now = next(numbers), self._now()
            if shape is not None:
                if shape.count <= FEW:
                    packed = shape.packs, shape.words, shape.words[-1], numbers
                    self._rows[(name, *shape.names, *shape.types)] = packed
                self._put_together(shape, checked, number, now)
                return
            for series, value, kind in zip(ids, checked.values(), kinds):
                self._put(value, number, now, cast("int", kind), series)

    @harmless
    def log_list(self, name: str, values: Any, description: str = "") -> None:
        """Log a list of values; the same name again adds to it."""
        self.heed()
        checked = sequence(name, values)
        with self._lock:
            self._claim(name, "list")
            self._body("list", name, checked, description, count=len(checked))

    @harmless
    def log_table(self, name: str, table: Any, description: str = "") -> None:
        """Log a table; the same name again adds rows to it."""
        self.heed()
        checked = columns(name, table)
        count = len(next(iter(checked.values())))
        with self._lock:
            self._claim(name, "table")
            self._body("table", name, checked, description, count=count)

    @harmless
    def log_image(
        self, name: str, data: bytes, suffix: str, description: str = "", step: Optional[int] = None
    ) -> None:
        """Log the bytes of an image file whose type is ``suffix`` (``.png`` and the like)."""
        self.heed()
        step = step_of(name, step)
        if not re.match(r"\.(png|jpe?g|gif|webp|svg)\Z", suffix):
            raise InvalidValueError(
                f"{name!r}: {suffix!r} is no image type; one of .png .jpg .gif .webp .svg"
            )
        with self._lock:
            self._claim(name, "image")
            file = self._payload(data, suffix)
            if file is not None:
                told = {
                    "e": "image",
                    "name": name,
                    "payload": file,
                    "step": step,
                    "description": description,
                    "size": len(data),
                }
                self._write(told)

    @harmless
    def log_body(
        self, kind: str, name: str, value: Mapping[str, Any], description: str = ""
    ) -> None:
        """Log a confusion matrix, an accuracy table, residuals or predictions, in the documented schema."""
        self.heed()
        checked = special.check(kind, name, value)
        with self._lock:
            self._claim(name, kind)
            self._body(kind, name, checked, description)

    def _body(self, kind: str, name: str, value: Any, description: str, **fields: Any) -> None:
        line = dump(
            {
                "e": kind,
                "t": self._now(),
                "name": name,
                **fields,
                "value": value,
                "description": str(description or ""),
            }
        )
        event = {
            "e": kind,
            "name": name,
            "description": str(description or ""),
            **fields,
            "value": value,
        }
        if len(line) > LARGEST_LINE:
            file = self._payload(dump({"value": value}), ".json")
            if file is None:
                return
            del event["value"]
            event["payload"] = file
        self._write(event)

    # -- everything else

    @harmless
    def event(self, kind: str, **fields: Any) -> None:
        """Write an event that is no metric: tag, property, param, file, progress, facts, warning, status, rename."""
        if kind == "progress":
            self.heed()
        with self._lock:
            self._write({"e": kind, **fields})

    def _claim(self, name: str, kind: str) -> None:
        """Hold a name for one kind.

        Raises
        ------
        KindError
            If it was logged as another kind before, here or by another process.
        """
        before = self._kinds.get(name) if isinstance(name, str) else None
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

    def _claim_all(self, names: Iterable[str]) -> None:
        """Hold all names for scalars, or none of them."""
        known = dict(self._kinds)
        try:
            for name in names:
                self._claim(name, "scalar")
        except KindError:
            self._kinds = known
            raise

    def _new_ids(self, count: int) -> tuple[int, ...]:
        """Return ids for series, never to be used again, whatever interrupts their first use."""
        start = self._last_id + 1
        self._last_id += count
        return tuple(range(start, start + count))

    def _kind_elsewhere(self, name: str) -> Optional[str]:
        try:
            others = [entry for entry in os.listdir(self.folder.journal) if entry != self.name]
        except OSError:
            return None
        for other in others:
            kinds_in(self.folder.journal / other / "events.jsonl", self._others, self._tails)
        return self._others.get(name)


def _kind_of(value: Scalar) -> Optional[int]:
    """Return the record type that holds ``value`` exactly, None where only a line can."""
    if value is None:
        return T_NONE
    kind = type(value)
    if kind is float:
        return T_FLOAT
    if kind is bool:
        return T_BOOL
    if kind is int and -(1 << 63) <= cast("int", value) < 1 << 63:
        return T_INT
    return None


def pulse(folder: Any) -> int:
    """Return a count that grows whenever this process stores something into the run in ``folder``."""
    path = Path(folder.path if isinstance(folder, RunFolder) else folder)
    return sum(
        writer.position for writer in list(keeper.open_writers()) if writer.folder.path == path
    )


__all__ = ["Writer", "new_writer_name", "pulse"]
