"""Numbers as numpy arrays: all are counted as they are read, and decoded when somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import numpy.typing as npt

from .fast_column import RECORD, FastColumn, as_numbers, as_scalar
from .layout import PAGE, SEAL, SERIES_BITS, SERIES_MASK, SLOT, SLOTS, T_NONE, segment_name
from .scratch import borrow, give_back

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .columns import Entry
    from .pages import Piece, Segment

Array = npt.NDArray[Any]

LITTLE = 1 << 17  # records: of so few, all series are decoded as soon as one is asked for
FEW = 6  # series: so few are picked out one by one faster than all are sorted
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
        self._wanted = np.zeros(1, np.bool_)  # by id
        self._count = np.zeros(1, np.int64)
        self._first_time, self._last_time = np.zeros(1), np.zeros(1)
        self._last_step, self._last_place = np.zeros(1, np.int64), np.full(1, -1, np.int64)
        self._last_bits, self._last_kind = np.zeros(1, np.int64), np.zeros(1, np.uint8)
        self._low, self._high = np.full(1, np.nan), np.full(1, np.nan)
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
            records = np.frombuffer(piece.raw, RECORD)
            series, kind = _series(records, piece.slot)
            if series.max(initial=0) >= COUNTED:
                changed |= self._add_far(records, series, kind, piece.place)
            present = self._tally(records, series, kind, piece.place)
            if not len(present):
                continue
            ids = present.tolist()
            changed.update(ids)
            seen = self._seen.get(piece.segment.header.number)
            if seen is None:
                seen = self._seen[piece.segment.header.number] = _Seen(piece.segment)
            seen.add(piece.slot, len(records))
            seen.ids.update(ids)
            wanted = ids if self._all else present[self._wanted[present]].tolist()
            for number, at in _groups(series, wanted):
                self._take(number, records, kind, piece.place, at)
        return changed

    def _add_far(self, records: Array, series: Array, kind: Array, place: int) -> set[int]:
        """Take the records of ids that are not counted, and let nobody else see them; return their series."""
        far = np.flatnonzero(series >= COUNTED)
        groups = _split(series[far], far)
        for number, at in groups:
            self._take(number, records, kind, place, at)
        series[far] = 0
        return {number for number, _ in groups}

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
        last = _lasts(series, present)
        newer = place + last > self._last_place[present]
        some, at = present[newer], last[newer]
        self._last_place[some] = place + at
        self._last_time[some] = records["time"][at]
        self._last_step[some] = records["step"][at]
        self._last_bits[some], self._last_kind[some] = records["bits"][at], kind[at]
        fresh = present[self._count[present] == 0]
        if len(fresh):
            first = len(series) - 1 - _lasts(series[::-1], fresh)
            self._first_time[fresh] = records["time"][first]
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

    # -- decoding later

    def want(self, ids: Iterable[int]) -> None:
        """Decode series as they come, from their first record on."""
        fresh = [number for number in ids if number < COUNTED and not self.counted(number)]
        if fresh:
            self._choose(fresh)

    def expect(self, room: int) -> None:
        """Set memory aside for so many records of each series that is decoded as it comes."""
        for number in np.flatnonzero(self._wanted).tolist():
            self.columns[number].begin(room)

    def _choose(self, ids: Collection[int]) -> None:
        top = max(ids)
        if top >= len(self._wanted):
            self._grow(top + 1)
        for number in ids:
            self.column(number).begin(self.counted(number))
        self._wanted[list(ids)] = True

    def release(self) -> None:
        """Let go of what was decoded: asked for again, it is read again."""
        self._all = False
        self._wanted[:] = False
        for number, column in self.columns.items():
            if number < COUNTED:  # of others nothing was counted
                column.release()

    def load(self, wanted: Iterable[int]) -> None:
        """Decode these series from the files, in one pass, and keep them up to date from now on."""
        ids = {number for number in wanted if not self.column(number).loaded}
        if not ids:
            return
        if self._total <= LITTLE:
            self._all, ids = True, {n for n, column in self.columns.items() if not column.loaded}
            ids.update(np.flatnonzero(self._count).tolist())
        self._choose(ids)
        buffer = memoryview(b"")
        for number in sorted(self._seen):
            seen = self._seen[number]
            wanted = sorted(ids & seen.ids)
            if not wanted:
                continue
            segment, opened = seen.segment, seen.segment.opened
            size = (max(end for _, end in seen.spans) // SLOTS + 1) * PAGE
            if len(buffer) < size:
                give_back(buffer)
                buffer = borrow(size)
            if not self._load_segment(seen, segment.read_into(buffer[:size], 0), wanted):
                self._tell_lost(number)
            if not opened:
                segment.close()
        give_back(buffer)

    def _load_segment(self, seen: _Seen, raw: memoryview, wanted: list[int]) -> bool:
        """Decode what was seen of a segment; tell whether all of it is there, and not damaged since."""
        segment, whole = seen.segment, True
        records = np.frombuffer(raw[: len(raw) // SLOT * SLOT], RECORD)
        stamp = segment.stamp()
        good = None if stamp and stamp == segment.stamped else _good(seen, raw, records)
        for start, end in sorted(seen.spans):
            part = records[start:end]
            series, kind = _series(part, start)
            if series.max(initial=0) >= COUNTED:
                series[series >= COUNTED] = 0  # decoded already
            whole = whole and len(part) == end - start
            if good is not None and not good[start:end].all():
                whole = whole and bool(good[start:end][series > 0].all())
                series[~good[start:end]] = 0
            for number, at in _groups(series, wanted):
                self._take(number, part, kind, segment.header.first + start, at)
        return whole

    def _take(self, number: int, records: Array, kind: Array, place: int, at: Array) -> None:
        """Decode the records at ``at`` into the column of their series."""
        bits, step, time = records["bits"][at], records["step"][at], records["time"][at]
        self.column(number).extend(bits, kind[at], step, time, place + at)

    def _tell_lost(self, number: int) -> None:
        told = f"{segment_name(number)}: values that were there before cannot be read again"
        if told not in self.damage:
            self.damage.append(told)


def _good(seen: _Seen, raw: memoryview, records: Array) -> Array:
    """Tell of each record of a segment that may have changed whether it is there and its page is not damaged."""
    segment = seen.segment
    good: Array = records["mark"] == segment.mark
    page, behind = min(seen.spans)[0] // SLOTS, len(raw) // PAGE
    while page < behind:
        whole = segment.fitting(raw, page * PAGE, page)
        if not whole and not segment.sound(raw[page * PAGE : (page + 1) * PAGE], page):
            good[page * SLOTS : (page + 1) * SLOTS] = False
        page += whole or 1
    return good


def _series(records: Array, slot: int) -> tuple[Array, Array]:
    """Return the series and type of each record; the series of what is none (voids, seals) is 0."""
    word = records["word"].copy()
    word[SEAL - slot % SLOTS :: SLOTS] = 0
    if word.max(initial=0) <= SERIES_MASK:  # floats, as nearly always
        return word.astype(np.int64), np.zeros(len(word), np.uint8)
    series, kind = word & SERIES_MASK, (word >> SERIES_BITS).astype(np.uint8)
    series[kind > T_NONE] = 0
    return series.astype(np.int64), kind


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


def _groups(series: Array, wanted: list[int]) -> Iterable[tuple[int, Array]]:
    """Return each wanted id that is there, and where; ``wanted`` rises."""
    if len(wanted) <= FEW:
        for number in wanted:
            at = np.flatnonzero(series == number)
            if len(at):
                yield number, at
        return
    chosen = np.zeros(max(wanted[-1], int(series.max(initial=0))) + 1, np.bool_)
    chosen[wanted] = True
    at = np.flatnonzero(chosen[series])
    if len(at):  # of 16 bits, a stable sort counts and does not compare
        yield from _split(series[at].astype(np.uint16), at)


def _split(ids: Array, at: Array) -> list[tuple[int, Array]]:
    """Return what is at ``at`` by id, in order."""
    order = np.argsort(ids, kind="stable")
    ids, at = ids[order], at[order]
    edges = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)]
    return [(int(ids[start]), at[start:end]) for start, end in zip(edges, edges[1:])]


__all__ = ["COUNTED", "FastStore"]
