"""Decoded numbers, a column for each series of a writer; this one needs the standard library alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Optional

from .layout import (
    FLOAT,
    INT,
    SEAL,
    SERIES_BITS,
    SERIES_MASK,
    SLOT,
    SLOTS,
    T_BOOL,
    T_FLOAT,
    T_INT,
    T_NONE,
)
from .values import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .pages import Piece

_SWAPPED = sys.byteorder != "little"  # else records can be looked at as arrays

# place, time, step (NO_STEP for none) and value of a record
Entry = tuple[int, float, int, Scalar]


class PlainColumn:
    """The records of one series, in the order of their places."""

    def __init__(self) -> None:
        self._places: list[int] = []
        self._times: list[float] = []
        self._steps: list[int] = []
        self._values: list[Scalar] = []
        self._sorted = True
        self._looked = 0  # how many values the extremes are of
        self._extremes: Optional[tuple[float, float]] = None

    @property
    def count(self) -> int:
        """How many records there are."""
        return len(self._places)

    def add(self, place: int, time: float, step: int, value: Scalar) -> None:
        """Take one more; a hole that was filled late comes out of order."""
        if self._places and place < self._places[-1]:
            self._sorted = False
        self._places.append(place)
        self._times.append(time)
        self._steps.append(step)
        self._values.append(value)

    def extend(
        self,
        places: Sequence[int],
        times: Sequence[float],
        steps: Sequence[int],
        values: Sequence[Scalar],
    ) -> None:
        """Take many more that follow one another."""
        if self._places and places[0] < self._places[-1]:
            self._sorted = False
        self._places += places
        self._times += times
        self._steps += steps
        self._values += values

    def _sort(self) -> None:
        if not self._sorted:
            self.extremes()  # what they are of changes its place now
            self._sorted = True
            order = sorted(range(self.count), key=self._places.__getitem__)
            self._places = [self._places[i] for i in order]
            self._times = [self._times[i] for i in order]
            self._steps = [self._steps[i] for i in order]
            self._values = [self._values[i] for i in order]

    def entries(self) -> list[Entry]:
        """Return all, in order."""
        self._sort()
        return list(zip(self._places, self._times, self._steps, self._values))

    def values(self) -> list[Scalar]:
        """Return the values alone; not to be written to."""
        self._sort()
        return self._values

    def span(self) -> tuple[float, float]:
        """Return the times of the first and the last."""
        self._sort()
        return self._times[0], self._times[-1]

    def last_time(self) -> float:
        """Return the time of the last."""
        return self.span()[1]

    def last_step(self) -> int:
        """Return the newest record's step."""
        self._sort()
        return self._steps[-1]

    @property
    def rising(self) -> bool:
        """Whether it is known that times rise with places."""
        return False

    def last(self) -> Entry:
        """Return the record with the highest place."""
        self._sort()
        return self._places[-1], self._times[-1], self._steps[-1], self._values[-1]

    def extremes(self) -> Optional[tuple[float, float]]:
        """Return the least and the greatest value, NaN left out; None where there is no number."""
        new = self._values[self._looked :] if self._looked else self._values
        self._looked = len(self._values)
        self._extremes = extremes_of(new, self._extremes)
        return self._extremes

    def figures(self) -> Optional[tuple[int, Scalar, Optional[tuple[float, float]]]]:
        """Return how many there are, the last value, the least and the greatest; None where there is nothing."""
        return (self.count, self.last()[3], self.extremes()) if self.count else None


def extremes_of(
    values: Iterable[Scalar], before: Optional[tuple[float, float]] = None
) -> Optional[tuple[float, float]]:
    """Return the least and the greatest number, those of before counted in; None where there is none."""
    found = [as_float(value) for value in values]
    numbers = [value for value in found if value == value]  # noqa: PLR0124 - NaN alone is not itself
    if before is not None:
        numbers += before
    return (min(numbers), max(numbers)) if numbers else None


def as_float(value: Scalar) -> float:
    """Return a value as a float, NaN where it is no number; a whole number beyond all floats is infinite."""
    if value is None or isinstance(value, str):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


class PlainStore:
    """The columns of one writer."""

    def __init__(self, *, extremes: bool = False) -> None:
        self.extremes = extremes  # they are found when somebody asks for them
        self.columns: dict[int, PlainColumn] = {}
        self.ignored: set[int] = set()  # series that nobody will ask for
        self.damage: list[str] = []

    def column(self, series: int) -> PlainColumn:
        """Return the column of a series, empty before its first record."""
        return self.columns.setdefault(series, PlainColumn())

    def want(self, ids: Iterable[int]) -> None:
        """Do nothing: all is decoded as it comes."""

    def expect(self, room: int) -> None:
        """Do nothing: lists grow by themselves."""

    def release(self) -> None:
        """Do nothing: nothing would be decoded again."""

    def load(self, wanted: Iterable[int]) -> None:
        """Do nothing: all is decoded as it comes."""

    def add(self, pieces: Iterable[Piece]) -> set[int]:
        """Take records; return the series that changed."""
        changed: set[int] = set()
        for piece in pieces:
            view, slot, place = memoryview(piece.raw), piece.slot, piece.place
            while view:  # up to the end of each page: its seal is no record
                count = min(len(view) // SLOT, SEAL - slot % SLOTS)
                changed |= self._add(view[: count * SLOT], place)
                skipped = count + (slot + count < piece.slot + len(piece.raw) // SLOT)
                view, slot, place = view[skipped * SLOT :], slot + skipped, place + skipped
        return changed

    def _add(self, records: memoryview, place: int) -> set[int]:
        """Take the records of one page."""
        words = (
            [word for *_, word, _ in FLOAT.iter_unpack(records)]
            if _SWAPPED
            else (records.cast("I")[6::8].tolist())
        )
        if words.count(words[0]) == len(words) and 0 < words[0] <= SERIES_MASK and not _SWAPPED:
            # by far the most frequent, and by far the fastest: floats of one series
            if words[0] not in self.ignored:
                floats, wholes = records.cast("d"), records.cast("q")
                places = range(place, place + len(words))
                self.column(words[0]).extend(
                    places, floats[2::4].tolist(), wholes[1::4].tolist(), floats[::4].tolist()
                )
                return {words[0]}
            return set()
        changed: set[int] = set()
        for index, (value, step, time, word, _) in enumerate(FLOAT.iter_unpack(records)):
            kind, series = word >> SERIES_BITS, word & SERIES_MASK
            if not series or series in self.ignored:
                continue
            decoded: Scalar = value
            if kind != T_FLOAT:
                if kind not in (T_INT, T_BOOL, T_NONE):
                    continue  # a void
                whole = INT.unpack_from(records, index * SLOT)[0]
                decoded = whole if kind == T_INT else bool(whole) if kind == T_BOOL else None
            self.column(series).add(place + index, time, step, decoded)
            changed.add(series)
        return changed


__all__ = ["Entry", "PlainColumn", "PlainStore", "as_float", "extremes_of"]
