"""What is known of each series of a writer before it is decoded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import numpy.typing as npt

from .fast_column import as_numbers, as_scalar
from .layout import FLOAT, INT, SEAL, SERIES_BITS, SERIES_MASK, SLOTS, T_FLOAT, T_NONE

if TYPE_CHECKING:
    from .columns import Entry
    from .pages import Piece
    from .values import Scalar

Array = npt.NDArray[Any]

COUNTED = 1 << 16  # series with larger ids are not counted: a made-up id must not cost memory


class Counts:
    """How many records each series has, the first and the last of them, the least and the greatest."""

    def __init__(self, *, extremes: bool = False) -> None:
        self.extremes = extremes  # whether the least and greatest of each series are kept
        self.rising = extremes  # no record's time is before that of one with a lower place
        self.total = 0  # records of all series
        self._count = np.zeros(1, np.int64)  # by id, as all of these
        self._first_time, self._last_time = np.zeros(1), np.zeros(1)
        self._last_step, self._last_place = np.zeros(1, np.int64), np.full(1, -1, np.int64)
        self._last_bits, self._last_kind = np.zeros(1, np.int64), np.zeros(1, np.uint8)
        self._low, self._high = np.full(1, np.nan), np.full(1, np.nan)
        self._cells = self._views()
        self._latest = 0.0

    @property
    def ids(self) -> list[int]:
        """The series that there are."""
        found: list[int] = np.flatnonzero(self._count).tolist()
        return found

    def tally_few(self, piece: Piece) -> Optional[set[int]]:
        """Count records one by one, as `tally` does all at once; None, and nothing is counted, where arrays are needed."""
        raw, slot, place = piece.raw, piece.slot, piece.place
        seal = SEAL - slot % SLOTS  # no record
        told = []
        for at, (real, whole) in enumerate(zip(FLOAT.iter_unpack(raw), INT.iter_unpack(raw))):
            word = whole[3]
            series, kind = word & SERIES_MASK, word >> SERIES_BITS
            if series >= COUNTED:
                return None
            if series and kind <= T_NONE and at != seal:
                told.append((series, kind, real[0], whole[0], whole[1], whole[2], place + at))
        ids = {one[0] for one in told}
        if not ids:
            return ids
        top = max(ids)
        if top >= len(self._count):
            self._grow(top + 1)
        self.total += len(told)
        counts, firsts, times, steps, places, last_bits, kinds, lows, highs = self._cells
        for series, kind, value, bits, step, time, its_place in told:
            if not counts[series]:
                firsts[series] = time
            counts[series] += 1
            if its_place > places[series]:
                places[series], times[series], steps[series] = its_place, time, step
                last_bits[series], kinds[series] = bits, kind
            if self.extremes:
                number = value if kind == T_FLOAT else math.nan if kind == T_NONE else float(bits)
                if not math.isnan(number):
                    # written so that it holds too where there is none yet, which is NaN
                    if not lows[series] <= number:
                        lows[series] = number
                    if not highs[series] >= number:
                        highs[series] = number
                self.rising = self.rising and time >= self._latest
                self._latest = time
        return ids

    def tally(self, records: Array, series: Array, kind: Optional[Array], place: int) -> Array:
        """Count records by series, and note the first and the last of each; return the ids there are."""
        counts = np.bincount(series)
        counts[0] = 0
        present = np.flatnonzero(counts)
        if not len(present):
            return present
        top = len(counts)
        if top > len(self._count):
            self._grow(top)
        self.total += int(counts.sum())
        last = _lasts(series, present)
        newer = place + last > self._last_place[present]
        some, at = present[newer], last[newer]
        self._last_place[some] = place + at
        self._last_time[some] = records["time"][at]
        self._last_step[some] = records["step"][at]
        self._last_bits[some] = records["bits"][at]
        self._last_kind[some] = T_FLOAT if kind is None else kind[at]
        fresh = present[self._count[present] == 0]
        if len(fresh):
            first = len(series) - 1 - _lasts(series[::-1], fresh)
            self._first_time[fresh] = records["time"][first]
        self._count[:top] += counts
        if self.extremes:
            self._stretch(records, series, kind, present)
        return present

    def _stretch(
        self, records: Array, series: Array, kind: Optional[Array], present: Array
    ) -> None:
        """Keep the least and the greatest of each series, and whether times rise."""
        there = series > 0
        if not there.all():
            records, series = records[there], series[there]
            kind = None if kind is None else kind[there]
        values = as_numbers(records["bits"], kind)
        if len(present) == 1:
            one = present[0]
            self._low[one] = np.fmin(self._low[one], np.fmin.reduce(values))
            self._high[one] = np.fmax(self._high[one], np.fmax.reduce(values))
        else:
            np.fmin.at(self._low, series, values)
            np.fmax.at(self._high, series, values)
        if self.rising:
            times = records["time"]
            self.rising = bool(times[0] >= self._latest and (times[1:] >= times[:-1]).all())
            self._latest = float(times[-1])

    def _grow(self, room: int) -> None:
        room = max(room, 2 * len(self._count))
        for name, empty in (
            ("_count", 0),
            ("_first_time", 0.0),
            ("_last_time", 0.0),
            ("_last_step", 0),
            ("_last_place", -1),
            ("_last_bits", 0),
            ("_last_kind", 0),
            ("_low", np.nan),
            ("_high", np.nan),
        ):
            old = getattr(self, name)
            new = np.full(room, empty, old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)
        self._cells = self._views()

    def _views(self) -> tuple[Any, ...]:
        """Return what `tally_few` counts with: numbers one by one, for half of what an array takes for them."""
        return tuple(
            memoryview(array)  # type: ignore[arg-type]  # arrays of numpy are such, whatever it tells
            for array in (
                self._count,
                self._first_time,
                self._last_time,
                self._last_step,
                self._last_place,
                self._last_bits,
                self._last_kind,
                self._low,
                self._high,
            )
        )

    def counted(self, series: int) -> int:
        """Return how many records of a series there are."""
        return int(self._count[series]) if series < len(self._count) else 0

    def span(self, series: int) -> tuple[float, float]:
        """Return the times of the first and the last."""
        return float(self._first_time[series]), float(self._last_time[series])

    def last_step(self, series: int) -> int:
        """Return the newest record's step."""
        return int(self._last_step[series])

    def last(self, series: int) -> Entry:
        """Return the record with the highest place."""
        return (
            int(self._last_place[series]),
            float(self._last_time[series]),
            int(self._last_step[series]),
            as_scalar(int(self._last_bits[series]), int(self._last_kind[series])),
        )

    def span_of_values(self, series: int) -> Optional[tuple[float, float]]:
        """Return the least and the greatest value, NaN left out; None where there is no number."""
        low, high = float(self._low[series]), float(self._high[series])
        return None if math.isnan(low) else (low, high)

    def last_time(self, series: int) -> Optional[float]:
        """Return when the last came; None where none is counted."""
        counts, times = self._cells[0], self._cells[2]
        return times[series] if series < len(counts) and counts[series] else None

    def figures(self, series: int) -> Optional[tuple[int, Scalar, Optional[tuple[float, float]]]]:
        """Return count, last value, least and greatest of a series; None where these are not counted."""
        counts, _, _, _, _, bits, kinds, lows, highs = self._cells
        if not self.extremes or series >= len(counts) or not counts[series]:
            return None
        low = lows[series]
        ends = None if math.isnan(low) else (low, highs[series])
        return counts[series], as_scalar(bits[series], kinds[series]), ends


def _lasts(series: Array, wanted: Array) -> Array:
    """Return where each of the wanted ids, all of which are there, stands last."""
    where = np.full(int(wanted.max()) + 1, -1, np.int64)
    for start in (max(0, len(series) - 4 * SLOTS), 0):  # nearly always, all are among the last ones
        part = series[start:]
        near = np.flatnonzero(part < len(where))
        where[part[near]] = start + near  # of equal ones, the last stands
        if where[wanted].min() >= 0:
            break
    return where[wanted]
