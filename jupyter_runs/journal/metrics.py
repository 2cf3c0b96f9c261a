"""What was logged under one name, put together from all writers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

from .checks import payload_path, read_payload
from .columns import as_float, extremes_of
from .events import decode
from .layout import NO_STEP

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from .values import Scalar

    Floats = npt.NDArray[np.float64]

# time, writer, place among the writer's records (events come before the record at their place), rest
_Ordered = tuple[float, int, int, Any]


class Arrays(NamedTuple):
    """A scalar or list metric for drawing; each of shape ``(count,)``.

    ``value`` is float64 with NaN where a value is no number, ``step`` float64 with NaN where none was given, ``time``
    seconds since 1970, ``writer`` an index into the reader's ``writer_names``.
    """

    value: Floats
    step: Floats
    time: Floats
    writer: npt.NDArray[np.int64]


class Item(NamedTuple):
    """One image, or one value of a kind with a schema."""

    time: float
    step: Optional[int]
    path: Optional[Path]
    value: Any
    description: str


class Metric:
    """One name of a run.

    Attributes
    ----------
    name, kind, description : str
        ``kind`` is ``"scalar"``, ``"list"``, ``"row"``, ``"table"``, ``"image"`` or one of the kinds with a schema.
    version : int
        The reader's version when this metric last changed.
    """

    def __init__(self, name: str, kind: str, rank: Callable[[int], str], payload: Path) -> None:
        self.name = name
        self.told = name  # what was logged; `name` differs where two kinds have one name
        self.declared = 0.0  # when it was first named
        self.kind = kind
        self.description = ""
        self.version = 0
        self._rank = rank
        self._payload = payload
        self._columns: list[tuple[int, Any]] = []  # writer, column: of a scalar
        self._shapes: list[tuple[int, list[str], list[Any]]] = []  # writer, names, columns: of rows
        self._events: list[_Ordered] = []
        self._cache: dict[str, Any] = {}
        self._cached = -1

    def __repr__(self) -> str:
        return f"Metric({self.name!r}, {self.kind!r}, count={self.count})"

    # -- filled by the reader

    def add_column(self, writer: int, column: Any) -> None:
        """Take a writer's column of this scalar."""
        self._columns.append((writer, column))

    def add_shape(self, writer: int, names: list[str], columns: list[Any]) -> None:
        """Take a writer's columns of rows with these names."""
        self._shapes.append((writer, names, columns))

    def add_event(self, time: float, writer: int, place: int, event: dict[str, Any]) -> None:
        """Take what stands in a line."""
        self._events.append((time, writer, place, event))
        self.description = self.description or str(event.get("description") or "")

    def release(self) -> None:
        """Keep nothing that was made of its values."""
        self._cache = {}

    def stored(self) -> list[tuple[Any, int]]:
        """Return where its numbers are: a writer's store, and the series there."""
        columns = [column for _, column in self._columns]
        columns += [column for *_, shape in self._shapes for column in shape]
        return [(column.store, column.series) for column in columns if hasattr(column, "store")]

    # -- told to everybody

    @property
    def count(self) -> int:
        """How many points, elements, rows or images there are."""
        if self.kind == "scalar":
            return sum(int(column.count) for _, column in self._columns) + len(self._events)
        if self.kind in ("list", "table"):
            return sum(int(event.get("count", 0)) for *_, event in self._events)
        if self.kind == "row":
            return sum(
                min(int(c.count) for c in columns) for _, _, columns in self._shapes if columns
            ) + len(self._events)
        return len(self._events)

    @property
    def first_time(self) -> float:
        """When it was first logged, in seconds since 1970."""
        return min((start for start, _ in self._spans()), default=self.declared)

    @property
    def last_time(self) -> float:
        """When it was last logged, in seconds since 1970."""
        return max((end for _, end in self._spans()), default=self.declared)

    def _spans(self) -> list[tuple[float, float]]:
        columns = [column for _, column in self._columns]
        columns += [column for *_, shape in self._shapes for column in shape[:1]]
        spans: list[tuple[float, float]] = [column.span() for column in columns if column.count]
        if self._events:
            times = [time for time, *_ in self._events]
            spans.append((min(times), max(times)))
        return spans

    @property
    def last_step(self) -> Optional[int]:
        """The step of the newest record that has one."""
        newest = max(
            (c for _, c in self._columns if c.count), key=lambda c: c.span()[1], default=None
        )
        step = newest.last_step() if newest is not None else NO_STEP
        return None if step == NO_STEP else int(step)

    @property
    def last(self) -> Scalar:
        """The value that comes last of a scalar or list, without decoding the others where that can be; else None."""
        if self.kind == "list" or not self._told_last():
            values = self.values() if self.kind in ("scalar", "list") else []
            return values[-1] if values else None
        if len(self._columns) == 1 and not self._events:  # as most are
            column = self._columns[0][1]
            only: Scalar = column.last()[3] if column.count else None
            return only
        several = self._several()
        newest: Optional[tuple[tuple[Any, ...], Any]] = None
        for writer, column in self._columns:
            if column.count:
                place, time, _, value = column.last()
                key = (time, self._rank(writer), 2 * place) if several else (2 * place,)
                if newest is None or key >= newest[0]:
                    newest = key, value
        for time, writer, place, event in self._events:
            key = (time, self._rank(writer), 2 * place - 1) if several else (2 * place - 1,)
            if newest is None or key >= newest[0]:
                newest = key, event["value"]
        value = None if newest is None else decode(newest[1])
        scalar: Scalar = value
        return scalar

    def _several(self) -> bool:
        """Tell whether several writers have logged it: time has the first word on their order then."""
        return len({w for w, _ in self._columns} | {w for _, w, *_ in self._events}) > 1

    def _told_last(self) -> bool:
        """Tell whether the last of each column is enough to know the last of all."""
        return self.kind == "scalar" and (
            (len(self._columns) == 1 and not self._events)
            or not self._several()
            or all(column.rising for _, column in self._columns if column.count)
        )

    @property
    def extremes(self) -> Optional[tuple[float, float]]:
        """The least and the greatest number of a scalar or list, NaN left out; None where there is none.

        Whole numbers beyond 2⁵³ as the nearest float. Of a scalar all is decoded, unless its reader keeps ``extremes``.
        """
        if self.kind == "list":
            found: Optional[tuple[float, float]] = self._kept(
                "extremes", lambda: extremes_of(self.values())
            )
            return found
        if self.kind != "scalar":
            return None
        spans: list[Optional[tuple[float, float]]] = [
            column.extremes() for _, column in self._columns if column.count
        ]
        if len(spans) == 1 and not self._events:
            return spans[0]
        found = extremes_of(decode(event["value"]) for *_, event in self._events)
        for span in spans:
            found = extremes_of(span or (), found)
        return found

    def figures(self) -> tuple[int, Scalar, Optional[tuple[float, float]]]:
        """Return ``count``, ``last`` and ``extremes``, for less than they cost one by one."""
        if self.kind == "scalar" and len(self._columns) == 1 and not self._events:  # as most are
            told: Optional[tuple[int, Scalar, Optional[tuple[float, float]]]]
            told = self._columns[0][1].figures()
            if told is not None:
                return told
        return self.count, self.last, self.extremes

    def _kept(self, key: str, make: Callable[[], Any]) -> Any:
        """Make something once for each version."""
        if self._cached != self.version:
            self._cache, self._cached = {}, self.version
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def _points(self) -> list[tuple[float, Optional[int], Scalar, int]]:
        """Return time, step, value and writer of each point of a scalar or list, in order."""
        if self.kind == "list":
            return [(t, None, v, writer) for t, _, body, writer in self._bodies() for v in body]
        merged: list[tuple[Any, ...]] = []
        for writer, column in self._columns:
            rank = self._rank(writer)
            merged += [
                (time, rank, 2 * place, step, value, writer)
                for place, time, step, value in column.entries()
            ]
        for time, writer, place, event in self._events:
            step = NO_STEP if event.get("step") is None else event["step"]
            value = decode(event["value"])
            merged.append((time, self._rank(writer), 2 * place - 1, step, value, writer))
        self._sort(merged, 3)
        return [(e[0], None if e[3] == NO_STEP else e[3], e[4], e[5]) for e in merged]

    def _sort(self, merged: list[tuple[Any, ...]], keys: int) -> None:
        """Sort by time, then writer, then place; one writer's own order is that of its places."""
        if len({entry[1] for entry in merged}) > 1:
            merged.sort(key=lambda entry: entry[:keys])
        else:
            merged.sort(key=lambda entry: entry[2])

    def _bodies(self) -> list[tuple[float, Optional[int], Any, int]]:
        """Return time, step, decoded value and writer of each line that carries a whole value."""
        ordered = sorted(self._events, key=lambda e: (e[0], self._rank(e[1]), e[2]))
        return [(time, ev.get("step"), self._value_of(ev), w) for time, w, _, ev in ordered]

    def _value_of(self, event: dict[str, Any]) -> Any:
        if "value" in event:
            return decode(event["value"])
        return read_payload(self._payload, event.get("payload"), self.kind)

    def values(self) -> list[Scalar]:
        """Return the values of a scalar or list in order, each of the type that was logged."""
        if (
            self.kind == "scalar"
            and len(self._columns) == 1
            and not self._events
            and hasattr(self._columns[0][1], "values")
        ):
            exact: list[Scalar] = self._columns[0][1].values()
            return exact
        return [point[2] for point in self._kept("points", self._points)]

    def steps(self) -> list[Optional[int]]:
        """Return the step of each point of a scalar or list, None where none was given."""
        return [point[1] for point in self._kept("points", self._points)]

    def times(self) -> list[float]:
        """Return when each point or row was logged, in seconds since 1970."""
        if self.kind == "row":
            return [time for time, _ in self._kept("rows", self._rows)]
        if self.kind == "table":
            return [
                time for time, _, body, _ in self._bodies() for _ in next(iter(body.values()), [])
            ]
        return [point[0] for point in self._kept("points", self._points)]

    def _rows(self) -> list[tuple[float, dict[str, Scalar]]]:
        """Return time and cells of each row whose every cell is there, in order."""
        merged: list[tuple[Any, ...]] = []
        for writer, names, columns in self._shapes:
            rank = self._rank(writer)
            cells: dict[int, list[Scalar]] = {}
            heads: list[tuple[int, float, int]] = []
            for column in columns:
                for place, time, number, value in column.entries():
                    held = cells.setdefault(number, [])
                    held.append(value)
                    if len(held) == 1:
                        heads.append((place, time, number))
            for place, time, number in heads:
                if len(cells[number]) == len(columns):
                    merged.append((time, rank, 2 * place, dict(zip(names, cells[number]))))
        for time, writer, place, event in self._events:
            merged.append((time, self._rank(writer), 2 * place - 1, decode(event["values"])))
        self._sort(merged, 3)
        return [(entry[0], entry[3]) for entry in merged]

    def columns(self) -> dict[str, list[Scalar]]:
        """Return the columns of rows or a table, filled with None where a row lacks one."""
        if self.kind == "row":
            found: dict[str, list[Scalar]] = self._kept(
                "columns", lambda: ragged([row for _, row in self._kept("rows", self._rows)])
            )
            return found
        tables = self._kept("bodies", self._bodies)
        if len(tables) == 1:
            only: dict[str, list[Scalar]] = tables[0][2]
            return only
        joined: list[dict[str, Scalar]] = []
        for _, _, table, _ in tables:
            joined += [dict(zip(table, cells)) for cells in zip(*table.values())]
        return ragged(joined, [name for _, _, table, _ in tables for name in table])

    def items(self) -> list[Item]:
        """Return the images, or the values of a kind with a schema, in order."""
        ordered = sorted(self._events, key=lambda e: (e[0], self._rank(e[1]), e[2]))
        found = []
        for time, _, _, event in ordered:
            image = self.kind == "image"
            path = payload_path(self._payload, event.get("payload")) if image else None
            value = None if image else self._value_of(event)
            found.append(
                Item(time, event.get("step"), path, value, str(event.get("description") or ""))
            )
        return found

    def result(self) -> Any:
        """Return what ``get_metrics`` gives: a lone value for one scalar, lists and dicts of lists for the rest."""
        if self.kind == "scalar":
            values = self.values()
            return values[0] if len(values) == 1 else list(values)
        if self.kind == "list":
            return list(self.values())
        if self.kind == "row":
            rows = self._kept("rows", self._rows)
            return (
                dict(rows[0][1])
                if len(rows) == 1
                else {k: list(v) for k, v in self.columns().items()}
            )
        if self.kind == "table":
            return {k: list(v) for k, v in self.columns().items()}
        found = [str(item.path) if self.kind == "image" else item.value for item in self.items()]
        return found[0] if len(found) == 1 else found

    def is_float(self) -> bool:
        """Tell whether each value of a scalar is a float, NaN and the infinities included."""
        if self.kind != "scalar" or self._events:
            return False
        return all(column.all_float for _, column in self._columns)

    def is_numeric(self) -> bool:
        """Tell whether its values are numbers, bools and None only (rows and tables: in at least one column)."""
        if self.kind == "scalar" and not self._events:
            return True
        if self.kind in ("scalar", "list"):
            return not any(isinstance(value, str) for value in self.values())
        if self.kind in ("row", "table"):
            return any(
                not any(isinstance(v, str) for v in column) for column in self.columns().values()
            )
        return False

    # -- for drawing, with numpy

    def arrays(self) -> Arrays:
        """Return a scalar or list as arrays, kept until it changes: read them, do not write to them."""
        found: Arrays = self._kept("arrays", self._arrays)
        return found

    def _arrays(self) -> Arrays:
        import numpy as np

        if self.kind == "scalar" and not self._events and self._columns:
            value: list[Any] = []
            step: list[Any] = []
            time: list[Any] = []
            writer: list[Any] = []
            for index, column in self._columns:
                _, _, steps, times, _ = column.arrays()
                value.append(column.numbers())
                some = steps.astype(np.float64)
                none = steps == NO_STEP
                if none.any():
                    some[none] = np.nan
                step.append(some)
                time.append(times)
                writer.append(np.broadcast_to(np.int64(index), times.shape))  # takes no memory
            if len(value) == 1:
                return Arrays(value[0], step[0], time[0], writer[0])
            whole = [np.concatenate(parts) for parts in (value, step, time, writer)]
            ranked = sorted({index for index, _ in self._columns}, key=self._rank)
            ranks = np.empty(max(ranked) + 1, np.int64)
            ranks[ranked] = np.arange(len(ranked))
            order = np.lexsort((ranks[whole[3]], whole[2]))
            return Arrays(whole[0][order], whole[1][order], whole[2][order], whole[3][order])
        points = self._kept("points", self._points)
        return Arrays(
            np.array([as_float(point[2]) for point in points], np.float64),
            np.array([np.nan if point[1] is None else point[1] for point in points], np.float64),
            np.array([point[0] for point in points], np.float64),
            np.array([point[3] for point in points], np.int64),
        )

    def whole_steps(self) -> Optional[tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]]:
        """Return the steps of a scalar as integers, and where none was given; None where that takes all its points."""
        if self.kind != "scalar" or self._events or len(self._columns) != 1:
            return None
        steps = self._columns[0][1].arrays()[2]
        return steps, steps == NO_STEP

    def column_arrays(self) -> dict[str, Floats]:
        """Return the columns of rows or a table that hold no string, as float64 with NaN for None."""
        import numpy as np

        def make() -> dict[str, Floats]:
            return {
                name: np.array([as_float(value) for value in column], np.float64)
                for name, column in self.columns().items()
                if not any(isinstance(value, str) for value in column)
            }

        found: dict[str, Floats] = self._kept("column_arrays", make)
        return found


def ragged(rows: list[dict[str, Scalar]], names: Iterable[str] = ()) -> dict[str, list[Scalar]]:
    """Return rows as columns, None where a row lacks one; ``names`` are columns even if no row has them."""
    found: dict[str, None] = dict.fromkeys(names)
    for row in rows:
        found.update(dict.fromkeys(row))
    return {name: [row.get(name) for row in rows] for name in found}
