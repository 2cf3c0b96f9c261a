"""Decoded numbers as numpy arrays: each record is looked at once, and a column grows in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .layout import SERIES_BITS, SERIES_MASK, T_BOOL, T_FLOAT, T_INT, T_NONE

if TYPE_CHECKING:
    from .columns import Entry
    from .tail import Piece
    from .values import Scalar

Array = npt.NDArray[Any]

RECORD = np.dtype(
    [("bits", "<i8"), ("step", "<i8"), ("time", "<f8"), ("word", "<u4"), ("mark", "<u4")]
)


class FastColumn:
    """The records of one series: value bits, type, step, time and place, as arrays with room to grow."""

    def __init__(self) -> None:
        self.count = 0
        self._arrays: tuple[Array, ...] = tuple(
            np.empty(0, kind) for kind in ("<i8", "<u1", "<i8", "<f8", "<i8")
        )
        self._sorted = True
        self.all_float = True

    def extend(self, bits: Array, kind: Array, step: Array, time: Array, place: Array) -> None:
        """Take more records."""
        more, have = len(bits), self.count
        if have and place[0] < self._arrays[4][have - 1]:
            self._sorted = False
        if have + more > len(self._arrays[0]):
            room = max(have + more, 2 * have, 64) if have else more
            grown = tuple(np.empty(room, array.dtype) for array in self._arrays)
            for new, old in zip(grown, self._arrays):
                new[:have] = old[:have]
            self._arrays = grown
        for array, part in zip(self._arrays, (bits, kind, step, time, place)):
            array[have : have + more] = part
        self.all_float = self.all_float and not kind.any()
        self.count = have + more

    def arrays(self) -> tuple[Array, Array, Array, Array, Array]:
        """Return value bits, type, step, time and place, in the order of places; not to be written to."""
        if not self._sorted:
            order = np.argsort(self._arrays[4][: self.count], kind="stable")
            for array in self._arrays:
                array[: self.count] = array[: self.count][order]
            self._sorted = True
        bits, kind, step, time, place = (array[: self.count] for array in self._arrays)
        return bits, kind, step, time, place

    def numbers(self) -> Array:
        """Return the values as float64, NaN for None."""
        bits, kind, *_ = self.arrays()
        if self.all_float:
            return bits.view("<f8")
        return np.where(
            kind == T_FLOAT, bits.view("<f8"), np.where(kind == T_NONE, np.nan, bits.astype("<f8"))
        )

    def values(self) -> list[Scalar]:
        """Return the values as Python's own types, exactly."""
        bits, kind, *_ = self.arrays()
        if self.all_float:
            floats: list[Scalar] = bits.view("<f8").tolist()
            return floats
        if (kind == T_INT).all():
            whole: list[Scalar] = bits.tolist()
            return whole
        mixed: list[Scalar] = bits.view("<f8").tolist()
        for index in np.flatnonzero(kind != T_FLOAT).tolist():
            held = int(bits[index])
            mixed[index] = (
                held if kind[index] == T_INT else bool(held) if kind[index] == T_BOOL else None
            )
        return mixed

    def entries(self) -> list[Entry]:
        """Return all records, in order."""
        _, _, step, time, place = self.arrays()
        return list(zip(place.tolist(), time.tolist(), step.tolist(), self.values()))

    def span(self) -> tuple[float, float]:
        """Return the times of the first and the last."""
        time = self.arrays()[3]
        return float(time[0]), float(time[-1])

    def last_step(self) -> int:
        """Return the newest record's step."""
        return int(self.arrays()[2][-1])


class FastStore:
    """The columns of one writer."""

    def __init__(self) -> None:
        self.columns: dict[int, FastColumn] = {}

    def column(self, series: int) -> FastColumn:
        """Return the column of a series, empty before its first record."""
        found = self.columns.get(series)
        if found is None:
            found = self.columns[series] = FastColumn()
        return found

    def add(self, pieces: list[Piece]) -> set[int]:
        """Take records; return the series that changed."""
        if not pieces:
            return set()
        records = np.frombuffer(b"".join(raw for _, raw in pieces), RECORD)
        counts = np.array([len(raw) // RECORD.itemsize for _, raw in pieces])
        starts = np.array([place for place, _ in pieces])
        before = np.cumsum(counts) - counts
        place = np.repeat(starts - before, counts) + np.arange(len(records))
        word = records["word"]
        kind, series = (word >> SERIES_BITS).astype("<u1"), word & SERIES_MASK
        known = kind <= T_NONE
        if not known.all():  # voids
            records, kind, series, place = records[known], kind[known], series[known], place[known]
        if not len(records):
            return set()
        if (series == series[0]).all():
            self._extend(int(series[0]), records, kind, place)
            return {int(series[0])}
        order = np.argsort(series, kind="stable")
        records, kind, series, place = records[order], kind[order], series[order], place[order]
        edges = [0, *(np.flatnonzero(series[1:] != series[:-1]) + 1).tolist(), len(series)]
        changed: set[int] = set()
        for start, end in zip(edges, edges[1:]):
            part = slice(start, end)
            self._extend(int(series[start]), records[part], kind[part], place[part])
            changed.add(int(series[start]))
        return changed

    def _extend(self, series: int, records: Array, kind: Array, place: Array) -> None:
        self.column(series).extend(records["bits"], kind, records["step"], records["time"], place)


__all__ = ["FastColumn", "FastStore"]
