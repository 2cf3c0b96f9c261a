"""Numbers as numpy arrays: all are counted as they are read, and decoded when somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import numpy.typing as npt

from . import fast_counts
from .fast_column import RECORD, FastColumn
from .fast_counts import Counts
from .layout import PAGE, SEAL, SERIES_BITS, SERIES_MASK, SLOT, SLOTS, T_NONE, segment_name
from .scratch import borrow, give_back

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .pages import Piece, Segment

Array = npt.NDArray[Any]

LITTLE = 1 << 17  # records: of so few, all series are decoded as soon as one is asked for
APART = 6  # series: so few are picked out one by one faster than all are sorted
FEW = 32 * SLOT  # bytes of records: so few are counted one by one faster than as arrays


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
        self.counts = Counts(extremes=extremes)
        self.columns: dict[int, FastColumn] = {}
        self.ignored: set[int] = set()  # series that nobody will ask for
        self.damage: list[str] = []
        self._all = False  # every series is decoded as it comes
        self._none = True  # no series is
        self._wanted = np.zeros(1, np.bool_)  # by id: is decoded as it comes
        self._seen: dict[int, _Seen] = {}

    def column(self, series: int) -> FastColumn:
        """Return the column of a series, empty before its first record."""
        found = self.columns.get(series)
        if found is None:
            found = self.columns[series] = FastColumn(self, series)
            found.loaded = self._all or series >= fast_counts.COUNTED
        return found

    def add(self, pieces: Iterable[Piece]) -> set[int]:
        """Take records; return the series that changed."""
        changed: set[int] = set()
        for piece in pieces:
            if self._none and len(piece.raw) <= FEW:
                few = self.counts.tally_few(piece)
                if few is not None:
                    self._note(piece, few)
                    changed |= few
                    continue
            records = np.frombuffer(piece.raw, RECORD)
            series, kind = _series(records, piece.slot)
            if series.max(initial=0) >= fast_counts.COUNTED:
                changed |= self._add_far(records, series, kind, piece.place)
            present = self.counts.tally(records, series, kind, piece.place)
            ids = present.tolist()
            self._note(piece, ids)
            changed.update(ids)
            wanted = ids if self._all else self._of_wanted(present)
            for number, at in _groups(series, wanted):
                self._take(number, records, kind, piece.place, at)
        return changed

    def _add_far(
        self, records: Array, series: Array, kind: Optional[Array], place: int
    ) -> set[int]:
        """Take the records of ids that are not counted, and let nobody else see them; return their series."""
        far = np.flatnonzero(series >= fast_counts.COUNTED)
        groups = _split(series[far], far)
        for number, at in groups:
            self._take(number, records, kind, place, at)
        series[far] = 0
        return {number for number, _ in groups}

    def _of_wanted(self, present: Array) -> list[int]:
        """Return those of the series that are decoded as they come."""
        near = present[present < len(self._wanted)]
        found: list[int] = near[self._wanted[near]].tolist()
        return found

    def _note(self, piece: Piece, ids: Collection[int]) -> None:
        """Note what was read of a segment."""
        if not ids:
            return
        number = piece.segment.header.number
        seen = self._seen.get(number)
        if seen is None:
            seen = self._seen[number] = _Seen(piece.segment)
        seen.add(piece.slot, len(piece.raw) // SLOT)
        seen.ids.update(ids)

    # -- decoding later

    def want(self, ids: Iterable[int]) -> None:
        """Decode series as they come, from their first record on."""
        fresh = [
            number
            for number in ids
            if number < fast_counts.COUNTED and not self.counts.counted(number)
        ]
        if fresh:
            self._choose(fresh)

    def expect(self, room: int) -> None:
        """Set memory aside for so many records of each series that is decoded as it comes."""
        for number in np.flatnonzero(self._wanted).tolist():
            self.columns[number].begin(room)

    def _choose(self, ids: Collection[int]) -> None:
        top = max(ids)
        if top >= len(self._wanted):
            before, self._wanted = self._wanted, np.zeros(2 * (top + 1), np.bool_)
            self._wanted[: len(before)] = before
        for number in ids:
            self.column(number).begin(self.counts.counted(number))
        self._wanted[list(ids)] = True
        self._none = False

    def release(self) -> None:
        """Let go of what was decoded: asked for again, it is read again."""
        self._all, self._none = False, True
        self._wanted[:] = False
        for number, column in self.columns.items():
            if number < fast_counts.COUNTED:  # of others nothing was counted
                column.release()

    def load(self, wanted: Iterable[int]) -> None:
        """Decode these series from the files, in one pass, and keep them up to date from now on."""
        ids = {number for number in wanted if not self.column(number).loaded}
        if not ids:
            return
        if self.counts.total <= LITTLE:
            self._all, ids = True, {n for n, column in self.columns.items() if not column.loaded}
            ids.update(self.counts.ids)
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
            if series.max(initial=0) >= fast_counts.COUNTED:
                series[series >= fast_counts.COUNTED] = 0  # decoded already
            whole = whole and len(part) == end - start
            if good is not None and not good[start:end].all():
                whole = whole and bool(good[start:end][series > 0].all())
                series[~good[start:end]] = 0
            for number, at in _groups(series, wanted):
                self._take(number, part, kind, segment.header.first + start, at)
        return whole

    def _take(
        self, number: int, records: Array, kind: Optional[Array], place: int, at: Array
    ) -> None:
        """Decode the records at ``at`` into the column of their series."""
        buffer = borrow(len(at) * SLOT)
        found = np.frombuffer(buffer, "<i8", 4 * len(at)).reshape(-1, 4)
        # whole records at once, to where memory is: a third of what its fields take one by one
        np.take(records.view("<i8").reshape(-1, 4), at, axis=0, out=found, mode="clip")
        kinds = None if kind is None else kind[at]
        time = found[:, 2].view("<f8")
        self.column(number).extend(found[:, 0], kinds, found[:, 1], time, place + at)
        give_back(buffer)

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


def _series(records: Array, slot: int) -> tuple[Array, Optional[Array]]:
    """Return the series and type of each record; the series of what is none (voids, seals) is 0. No types: all are floats."""
    word = records["word"].copy()
    word[SEAL - slot % SLOTS :: SLOTS] = 0
    if word.max(initial=0) <= SERIES_MASK:
        return word.astype(np.int64), None
    series, kind = word & SERIES_MASK, (word >> SERIES_BITS).astype(np.uint8)
    series[kind > T_NONE] = 0
    return series.astype(np.int64), kind


def _groups(series: Array, wanted: list[int]) -> Iterable[tuple[int, Array]]:
    """Return each wanted id that is there, and where; ``wanted`` rises."""
    if len(wanted) <= APART:
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


__all__ = ["FastStore"]
