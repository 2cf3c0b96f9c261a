"""Decoded numbers, a column for each series of a writer; this one needs the standard library alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .layout import FLOAT, INT, SERIES_BITS, SERIES_MASK, SLOT, T_BOOL, T_FLOAT, T_INT, T_NONE
from .values import Scalar

if TYPE_CHECKING:
    from .tail import Piece

# place, time, step (NO_STEP for none) and value of a record
Entry = tuple[int, float, int, Scalar]


class PlainColumn:
    """The records of one series, in the order of their places."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._sorted = True

    @property
    def count(self) -> int:
        """How many records there are."""
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Take one more; a hole that was filled late comes out of order."""
        if self._entries and entry[0] < self._entries[-1][0]:
            self._sorted = False
        self._entries.append(entry)

    def entries(self) -> list[Entry]:
        """Return all, in order."""
        if not self._sorted:
            self._entries.sort(key=lambda entry: entry[0])
            self._sorted = True
        return self._entries

    def span(self) -> tuple[float, float]:
        """Return the times of the first and the last."""
        entries = self.entries()
        return entries[0][1], entries[-1][1]

    def last_step(self) -> int:
        """Return the newest record's step."""
        return self.entries()[-1][2]


class PlainStore:
    """The columns of one writer."""

    def __init__(self) -> None:
        self.columns: dict[int, PlainColumn] = {}

    def column(self, series: int) -> PlainColumn:
        """Return the column of a series, empty before its first record."""
        return self.columns.setdefault(series, PlainColumn())

    def add(self, pieces: list[Piece]) -> set[int]:
        """Take records; return the series that changed."""
        changed: set[int] = set()
        for place, raw in pieces:
            for index, (value, step, time, word, _) in enumerate(FLOAT.iter_unpack(raw)):
                kind, series = word >> SERIES_BITS, word & SERIES_MASK
                decoded: Scalar = value
                if kind != T_FLOAT:
                    if kind not in (T_INT, T_BOOL, T_NONE):
                        continue  # a void
                    whole = INT.unpack_from(raw, index * SLOT)[0]
                    decoded = whole if kind == T_INT else bool(whole) if kind == T_BOOL else None
                self.column(series).add((place + index, time, step, decoded))
                changed.add(series)
        return changed


__all__ = ["Entry", "PlainColumn", "PlainStore"]
