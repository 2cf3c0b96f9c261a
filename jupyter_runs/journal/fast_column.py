"""The decoded numbers of one series, as arrays with room to grow."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import numpy.typing as npt

from .layout import T_BOOL, T_FLOAT, T_INT, T_NONE

if TYPE_CHECKING:
    from .columns import Entry
    from .fast import FastStore
    from .values import Scalar

Array = npt.NDArray[Any]

RECORD = np.dtype(
    [("bits", "<i8"), ("step", "<i8"), ("time", "<f8"), ("word", "<u4"), ("mark", "<u4")]
)


_EMPTY = tuple(np.empty(0, kind) for kind in ("<i8", "<u1", "<i8", "<f8", "<i8"))
_FLOAT, _BITS = struct.Struct("<d"), struct.Struct("<q")
MANY = 4096  # parts that wait to be joined, at most


class FastColumn:
    """The records of one series: value bits, type, step, time and place.

    Not decoded before somebody asks for them (``loaded``); how many there are, and when the last came, the store knows.
    """

    def __init__(self, store: FastStore, series: int) -> None:
        self.store = store
        self.counts = store.counts
        self.series = series
        self.release()

    def release(self) -> None:
        """Hold nothing, as before it was asked for."""
        self.loaded = False
        self._have = 0
        self._arrays: tuple[Array, ...] = _EMPTY
        self._new: list[tuple[Array, ...]] = []  # taken, and not yet joined to the arrays
        self._waiting = 0  # records in these
        self._last_place = -1
        self._sorted = True
        self._all_float = True

    @property
    def count(self) -> int:
        """How many records there are."""
        return self._have + self._waiting if self.loaded else self.counts.counted(self.series)

    def begin(self, room: int) -> None:
        """Take records from now on, so many at first."""
        self.loaded = True
        self._arrays = tuple(np.empty(room, array.dtype) for array in self._arrays)

    def extend(
        self, bits: Array, kind: Optional[Array], step: Array, time: Array, place: Array
    ) -> None:
        """Take more records, which are copied; without types, all are floats."""
        if place[0] < self._last_place:
            self._sorted = False
        self._last_place = max(self._last_place, int(place[-1]))
        kinds: Any = T_FLOAT
        if kind is not None:
            kinds, self._all_float = kind, self._all_float and not kind.any()
        after = self._have + len(bits)
        if not self._new and after <= len(self._arrays[0]):  # what it began with has room
            for array, part in zip(self._arrays, (bits, kinds, step, time, place)):
                array[self._have : after] = part
            self._have = after
            return
        kinds = np.full(len(bits), kinds, np.uint8)
        self._new.append((bits.copy(), kinds, step.copy(), time.copy(), place))
        self._waiting += len(bits)
        if len(self._new) > MANY:
            self._join()

    def _join(self) -> None:
        """Join what is new to the arrays: a whole series at once is copied once."""
        have, after = self._have, self._have + self._waiting
        if after > len(self._arrays[0]):
            room = max(after, 2 * have) if have else after
            grown = tuple(np.empty(room, array.dtype) for array in self._arrays)
            for new, old in zip(grown, self._arrays):
                new[:have] = old[:have]
            self._arrays = grown
        for array, parts in zip(self._arrays, zip(*self._new)):
            np.concatenate(parts, out=array[have:after])
        self._have, self._new, self._waiting = after, [], 0

    def arrays(self) -> tuple[Array, Array, Array, Array, Array]:
        """Return value bits, type, step, time and place, in the order of places; not to be written to."""
        if not self.loaded:
            self.store.load([self.series])
        if self._new:
            self._join()
        have = self._have
        if not self._sorted:
            order = np.argsort(self._arrays[4][:have], kind="stable")
            for array in self._arrays:
                array[:have] = array[:have][order]
            self._sorted = True
        bits, kind, step, time, place = (array[:have] for array in self._arrays)
        return bits, kind, step, time, place

    def numbers(self) -> Array:
        """Return the values as float64, NaN for None."""
        bits, kind, *_ = self.arrays()
        return bits.view("<f8") if self._all_float else as_numbers(bits, kind)

    @property
    def all_float(self) -> bool:
        """Whether each value is a float."""
        self.arrays()
        return self._all_float

    def values(self) -> list[Scalar]:
        """Return the values as Python's own types, exactly."""
        bits, kind, *_ = self.arrays()
        if self._all_float:
            floats: list[Scalar] = bits.view("<f8").tolist()
            return floats
        return as_scalars(bits, kind)

    def entries(self) -> list[Entry]:
        """Return all records, in order."""
        _, _, step, time, place = self.arrays()
        return list(zip(place.tolist(), time.tolist(), step.tolist(), self.values()))

    def span(self) -> tuple[float, float]:
        """Return the times of the first and the last."""
        if not self.loaded:
            return self.counts.span(self.series)
        time = self.arrays()[3]
        return float(time[0]), float(time[-1])

    def last_time(self) -> float:
        """Return the time of the last."""
        known = self.counts.last_time(self.series)
        return self.span()[1] if known is None else known

    def last_step(self) -> int:
        """Return the newest record's step."""
        if not self.loaded:
            return self.counts.last_step(self.series)
        return int(self.arrays()[2][-1])

    @property
    def _counted(self) -> bool:
        """Whether the store has counted it, be it decoded or not."""
        return self.counts.counted(self.series) > 0

    @property
    def rising(self) -> bool:
        """Whether it is known that times rise with places."""
        return self.counts.rising and self._counted

    def last(self) -> Entry:
        """Return the record with the highest place."""
        return self.counts.last(self.series) if self._counted else self.entries()[-1]

    def extremes(self) -> Optional[tuple[float, float]]:
        """Return the least and the greatest value, NaN left out; None where there is no number."""
        if self.counts.extremes and self._counted:
            return self.counts.span_of_values(self.series)
        values = self.numbers()
        values = values[~np.isnan(values)]
        return (float(values.min()), float(values.max())) if len(values) else None

    def figures(self) -> Optional[tuple[int, Scalar, Optional[tuple[float, float]]]]:
        """Return how many there are, the last value, the least and the greatest; None where there is nothing."""
        known = self.counts.figures(self.series)
        if known is not None:
            return known
        return (self.count, self.last()[3], self.extremes()) if self.count else None


def as_numbers(bits: Array, kind: Optional[Array]) -> Array:
    """Return values as float64, NaN for None; without types, all are floats."""
    if kind is None or not kind.any():
        return bits.view("<f8")
    return np.where(
        kind == T_FLOAT, bits.view("<f8"), np.where(kind == T_NONE, np.nan, bits.astype("<f8"))
    )


def as_scalars(bits: Array, kind: Array) -> list[Scalar]:
    """Return values as Python's own types, exactly."""
    if (kind == T_INT).all():
        whole: list[Scalar] = bits.tolist()
        return whole
    mixed: list[Scalar] = bits.view("<f8").tolist()
    for index in np.flatnonzero(kind != T_FLOAT).tolist():
        mixed[index] = as_scalar(int(bits[index]), int(kind[index]))
    return mixed


def as_scalar(bits: int, kind: int) -> Scalar:
    """Return one value as Python's own type."""
    if kind == T_FLOAT:
        value: float = _FLOAT.unpack(_BITS.pack(bits))[0]
        return value
    return bits if kind == T_INT else bool(bits) if kind == T_BOOL else None
