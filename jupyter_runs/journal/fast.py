"""Numbers as numpy arrays: all are counted as they are read, and decoded when somebody asks for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import numpy.typing as npt

from .fast_column import RECORD, FastColumn, as_numbers, as_scalar
from .layout import (
    FLOAT,
    INT,
    PAGE,
    SEAL,
    SERIES_BITS,
    SERIES_MASK,
    SLOT,
    SLOTS,
    T_FLOAT,
    T_NONE,
    segment_name,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .columns import Entry
    from .pages import Piece, Segment
    from .values import Scalar

Array = npt.NDArray[Any]

LITTLE = 1 << 17  # records: of so few, all series are decoded as soon as one is asked for
FEW = 32 * SLOT  # bytes of records: so few are counted one by one faster than as arrays
COUNTED = 1 << 16  # series with larger ids are decoded at once: a made-up id must not cost memory


class _Seen:
    """What was read of one segment: which slots, and series with records in it."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.spans: list[list[int]] = []  # slots, from and to; seals in between belong to them
        self.ids: set[int] = set()

    def add(self, slot: int, count: int) -> None:
        """Take slots that follow one another."""
        last = self.spans[-1] if self.spans else None
        if last is not None and slot - last[1] == (last[1] % SLOTS == SEAL):
            last[1] = slot + count
        else:
            self.spans.append([slot, slot + count])


class FastStore:
    """The numbers of one writer."""

    def __init__(self, *, extremes: bool = False) -> None:
        self.extremes = extremes  # whether the least and greatest of each series are kept
        self.rising = extremes  # no record's time is before that of one with a lower place
        self.columns: dict[int, FastColumn] = {}
        self.ignored: set[int] = set()  # series that nobody will ask for
        self.damage: list[str] = []
        self._total = 0
        self._all = False  # every series is decoded as it comes
        self._none = True  # no series is
        self._wanted = np.zeros(1, np.bool_)  # by id
        self._count = np.zeros(1, np.int64)
        self._first_time, self._last_time = np.zeros(1), np.zeros(1)
        self._last_step, self._last_place = np.zeros(1, np.int64), np.full(1, -1, np.int64)
        self._last_bits, self._last_kind = np.zeros(1, np.int64), np.zeros(1, np.uint8)
        self._low, self._high = np.full(1, np.nan), np.full(1, np.nan)
        self._cells = self._views()
        self._latest = 0.0
        self._seen: dict[int, _Seen] = {}

    def column(self, series: int) -> FastColumn:
        """Return the column of a series, empty before its first record."""
        found = self.columns.get(series)
        if found is None:
            found = self.columns[series] = FastColumn(self, series)
            found.loaded = self._all or series >= COUNTED
        return found

    def add(self, pieces: Iterable[Piece]) -> set[int]:
        """Take records; return the series that changed."""
        changed: set[int] = set()
        for piece in pieces:
            if self._none and len(piece.raw) <= FEW and (few := self._take_few(piece)) is not None:
                changed |= few
                continue
            records = np.frombuffer(piece.raw, RECORD)
            series, kind = _series(records, piece.slot)
            far = np.flatnonzero(series >= COUNTED)
            if len(far):
                changed |= self._append(records, series, kind, piece.place, far)
                series[far] = 0
            present = self._tally(records, series, kind, piece.place)
            if not len(present):
                continue
            ids = present.tolist()
            changed.update(ids)
            self._note(piece, len(records), ids)
            wanted = np.flatnonzero(series if self._all else self._wanted[series])
            if len(wanted):
                self._append(records, series, kind, piece.place, wanted)
        return changed

    def _note(self, piece: Piece, count: int, ids: Iterable[int]) -> None:
        """Note what was read of a segment."""
        number = piece.segment.header.number
        seen = self._seen.get(number)
        if seen is None:
            seen = self._seen[number] = _Seen(piece.segment)
        seen.add(piece.slot, count)
        seen.ids.update(ids)

    def _take_few(self, piece: Piece) -> Optional[set[int]]:
        """Count records one by one, as `_tally` does all at once; None, and nothing is counted, where arrays are needed."""
        raw, slot, place = piece.raw, piece.slot, piece.place
        count = len(raw) // SLOT
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
        self._total += len(told)
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
                # written so that it holds too where there is none yet, which is NaN
                if not lows[series] <= number and number == number:  # noqa: PLR0124 - NaN alone is not itself
                    lows[series] = number
                if not highs[series] >= number and number == number:  # noqa: PLR0124
                    highs[series] = number
                self.rising = self.rising and time >= self._latest
                self._latest = time
        self._note(piece, count, ids)
        return ids

    def _tally(self, records: Array, series: Array, kind: Array, place: int) -> Array:
        """Count records by series, and note the first and the last of each; return the ids there are."""
        counts = np.bincount(series)
        counts[0] = 0
        present = np.flatnonzero(counts)
        if not len(present):
            return present
        top = len(counts)
        if top > len(self._count):
            self._grow(top)
        self._total += int(counts.sum())
        where = np.empty(top, np.int64)
        where[series] = np.arange(len(series))  # of equal ones, the last stands
        last = where[present]
        newer = place + last > self._last_place[present]
        some, at = present[newer], last[newer]
        self._last_place[some] = place + at
        self._last_time[some] = records["time"][at]
        self._last_step[some] = records["step"][at]
        self._last_bits[some], self._last_kind[some] = records["bits"][at], kind[at]
        fresh = present[self._count[present] == 0]
        if len(fresh):
            where[series[::-1]] = np.arange(len(series))[::-1]
            self._first_time[fresh] = records["time"][where[fresh]]
        self._count[:top] += counts
        if self.extremes:
            self._stretch(records, series, kind, present)
        return present

    def _stretch(self, records: Array, series: Array, kind: Array, present: Array) -> None:
        """Keep the least and the greatest of each series, and whether times rise."""
        there = series > 0
        if not there.all():
            records, series, kind = records[there], series[there], kind[there]
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
            ("_wanted", False),
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
        """Return what `_take_few` counts with: numbers one by one, for half of what an array takes for them."""
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

    def _append(
        self, records: Array, series: Array, kind: Array, place: int, which: Array
    ) -> set[int]:
        """Decode the records at ``which`` into the columns of their series."""
        ids = series[which]
        if ids[0] == ids[-1] and (ids == ids[0]).all():
            groups = [(int(ids[0]), which)]
        else:
            # of 16 bits, a stable sort counts and does not compare
            order = np.argsort(ids.astype(np.uint16) if ids.max() < 1 << 16 else ids, kind="stable")
            ids, which = ids[order], which[order]
            edges = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)]
            groups = [(int(ids[a]), which[a:b]) for a, b in zip(edges, edges[1:])]
        bits, step, time = records["bits"], records["step"], records["time"]
        for number, at in groups:
            self.column(number).extend(bits[at], kind[at], step[at], time[at], place + at)
        return {number for number, _ in groups}

    # -- what a column tells before it is decoded

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
        return None if low != low else (low, high)  # noqa: PLR0124 - NaN alone is not itself

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
        ends = (low, highs[series]) if low == low else None  # noqa: PLR0124 - NaN alone is not itself
        return counts[series], as_scalar(bits[series], kinds[series]), ends

    # -- decoding later

    def want(self, series: int) -> None:
        """Decode a series as it comes, from its first record on."""
        if series < COUNTED and not self.counted(series):
            self._choose([series])

    def _choose(self, ids: Collection[int]) -> None:
        top = max(ids)
        if top >= len(self._wanted):
            self._grow(top + 1)
        for number in ids:
            self.column(number).begin(self.counted(number))
        self._wanted[list(ids)] = True
        self._none = False

    def load(self, wanted: Iterable[int]) -> None:
        """Decode these series from the files, in one pass, and keep them up to date from now on."""
        ids = {number for number in wanted if not self.column(number).loaded}
        if not ids:
            return
        if self._total <= LITTLE:
            self._all, ids = True, {n for n, column in self.columns.items() if not column.loaded}
            ids.update(np.flatnonzero(self._count).tolist())
        self._choose(ids)
        chosen = np.zeros(COUNTED, np.bool_)
        chosen[list(ids)] = True
        buffer = memoryview(b"")
        for number in sorted(self._seen):
            seen = self._seen[number]
            if ids.isdisjoint(seen.ids):
                continue
            segment, opened = seen.segment, seen.segment.opened
            size = (max(end for _, end in seen.spans) // SLOTS + 1) * PAGE
            if len(buffer) < size:
                buffer = memoryview(bytearray(size))
            self._load_segment(seen, segment.read_into(buffer[:size], 0), chosen)
            if not opened:
                segment.close()

    def _load_segment(self, seen: _Seen, raw: memoryview, chosen: Array) -> None:
        """Decode what was seen of a segment, once it is sure that it has not been damaged since."""
        segment, lost = seen.segment, False
        records = np.frombuffer(raw[: len(raw) // SLOT * SLOT], RECORD)
        good = records["mark"] == segment.mark
        page, behind = min(seen.spans)[0] // SLOTS, len(raw) // PAGE
        stamp = segment.stamp()
        while page < behind and not (stamp and stamp == segment.stamped):
            whole = segment.fitting(raw, page * PAGE, page)
            if not whole and not segment.sound(raw[page * PAGE : (page + 1) * PAGE], page):
                good[page * SLOTS : (page + 1) * SLOTS] = False
            page += whole or 1
        for start, end in sorted(seen.spans):
            part = records[start:end]
            series, kind = _series(part, start)
            sound = good[start:end]
            lost = lost or len(part) < end - start or not sound[series > 0].all()
            which = np.flatnonzero(chosen[np.where(series < COUNTED, series, 0)] & sound)
            if len(which):
                self._append(part, series, kind, segment.header.first + start, which)
        if lost:
            self.damage.append(
                f"{segment_name(segment.header.number)}: values that were there before cannot be read again"
            )


def _series(records: Array, slot: int) -> tuple[Array, Array]:
    """Return the series and type of each record; the series of what is none (voids, seals) is 0."""
    word = records["word"]
    series, kind = word & SERIES_MASK, (word >> SERIES_BITS).astype(np.uint8)
    series[SEAL - slot % SLOTS :: SLOTS] = 0
    series[kind > T_NONE] = 0
    return series.astype(np.int64), kind


__all__ = ["COUNTED", "FastStore"]
