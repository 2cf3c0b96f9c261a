"""Reads a writer's numbers from where it last stopped: what is committed, all of it, once, and nothing else."""

from __future__ import annotations

import os
import re
import zlib
from typing import TYPE_CHECKING, Optional, Union

from .events import open_plain
from .layout import (
    HEADER,
    HEADER_SLOTS,
    PAGE,
    SEAL,
    SLOT,
    SLOTS,
    BadHeaderError,
    BadSealError,
    Seal,
    read_header,
    read_seal,
    segment_name,
)
from .pages import Piece, Segment
from .scratch import borrow, give_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .pages import Bytes

LARGEST_READ = 1 << 20
LITTLE = 1 << 16  # bytes; what is more goes into a buffer that is used again
_ZEROS = bytes(2 * PAGE)
_SEGMENT = re.compile(r"scalars-\d{4,9}\.bin\Z")
_FARTHEST = 1 << 48  # no run has more slots; a header that says so is made up


class ScalarTail:
    """Tails the segments in one writer's folder.

    A slot may be taken and not yet filled while a later one is: such holes are kept and looked at again at each
    :meth:`poll`, until they are filled or their page is sealed without them.
    """

    def __init__(self, folder: Union[str, os.PathLike[str]]) -> None:
        self._folder = os.fspath(folder)  # texts are joined in a tenth of the time of paths
        self._go_to(0)
        self._reached = 0  # the first place behind the segments that were left
        self._segment: Optional[Segment] = None
        self._left: Optional[Segment] = None
        self._short: list[str] = []  # what is missing in that one, if the next one proves it
        self._doubts: list[str] = []  # what could not be read behind it, likewise
        self._open_pages: list[tuple[Segment, int]] = []  # were not sealed when they were passed
        self._holes: dict[tuple[Segment, int], list[int]] = {}  # by page: slots within the segment
        self._chunk = PAGE
        self._buffer = memoryview(b"")
        self.damage: list[str] = []

    def _go_to(self, number: int) -> None:
        self._number = number
        self._following = f"{self._folder}/{segment_name(number + 1)}"

    def idle(self) -> bool:
        """Tell cheaply that a poll would find nothing, as long as the writer's lines tell nothing new.

        Where this segment still has free slots, the next one is not looked for: a writer goes on to the next with slots
        unfilled only after an interrupt or ahead of a slow thread, and says so by a line.
        """
        segment = self._segment
        if segment is None or self._holes:
            return False
        offset = segment.offset
        free = segment.header.size - offset
        if free <= SLOT:
            return False
        ahead = PAGE + -offset % PAGE  # to the end of this page, and over the next
        return _ZEROS.startswith(segment.read(min(free, ahead), offset))

    def poll(self, *, final: Optional[int] = None) -> Iterator[Piece]:
        """Give what was committed since the last call, piece by piece; to be gone through to the end.

        Parameters
        ----------
        final
            The writer has said goodbye, having given out all places before this one: what is not there now is
            missing for good.
        """
        self._chunk = PAGE  # what is new is little, or else very much
        if self._holes:
            yield from self._look_at_holes()
        last = self._number if final is None else self._highest()
        latest = -1
        while True:
            # asked before reading: once the next one exists, nothing but holes is filled in this one
            passed = self._number < last or os.access(self._following, os.F_OK)
            if self._segment is None:
                self._segment = self._open(passed=passed)
            elif not passed and final is None and (few := self._few(self._segment)) is not None:
                yield few
                return
            if self._segment is not None:
                yield from self._read(self._segment, passed=passed or final is not None)
            if not passed:
                if final is not None:
                    yield from self._finish(final)
                self._let_go()
                return
            self._leave(self._segment)
            if final is None:
                # what is newer than this poll is the next one's: a writer may be faster than its reader
                latest = latest if latest >= 0 else self._highest()
                if self._number > latest:
                    self._let_go()
                    return

    def _let_go(self) -> None:
        """Give the buffer back: what was given out of it has been taken."""
        give_back(self._buffer)
        self._buffer = memoryview(b"")

    def _few(self, segment: Segment) -> Optional[Piece]:
        """Return what is new where it is as it is most often: records of one open page, none missing, nothing behind them.

        None, and nothing is taken, where it is not so; then one has to look more closely.
        """
        offset = segment.offset
        rest = -offset % PAGE
        seen = segment.read(min(segment.header.size - offset, PAGE + rest), offset)
        count = (seen.rfind(segment.mark_bytes) + 4) // SLOT
        size = count * SLOT
        if not 0 < size <= rest - SLOT or not _ZEROS.startswith(seen[size:]):
            return None
        if segment.marks(seen[:size]) != [segment.mark] * count:
            return None
        # read again: only now is the body of each record whose mark was there certain to be there too
        body = segment.read(size, offset)
        if len(body) < size:
            return None
        segment.offset = offset + size
        return Piece(segment, offset // SLOT, body)

    def _highest(self) -> int:
        """Return the number of the last segment there is: those before it may be missing."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            names = []
        found = [int(name[8:-4]) for name in names if _SEGMENT.match(name)]
        return max(n for n in [self._number, *found] if n <= self._number + 2 * len(found))

    def room(self) -> int:
        """Return how many records the files that are there can hold."""
        try:
            with os.scandir(self._folder) as entries:
                sizes = [e.stat().st_size for e in entries if _SEGMENT.match(e.name)]
        except OSError:
            return 0
        return sum(sizes) // SLOT

    def close(self) -> None:
        """Close the files; the place is kept, and a later poll opens them again."""
        for segment in {self._segment, *(owner for owner, _ in self._holes)} - {None}:
            assert segment is not None
            segment.close()

    def _open(self, *, passed: bool) -> Optional[Segment]:
        name = segment_name(self._number)
        fd = open_plain(f"{self._folder}/{name}")
        if fd < 0:
            if passed:
                self._doubts.append(f"{name} is missing; its values are lost")
            return None
        raw = os.pread(fd, HEADER.size, 0)
        try:
            header = read_header(raw)
            if header.number != self._number or header.first + header.size // SLOT > _FARTHEST:
                raise BadHeaderError("the header belongs to another file")
        except BadHeaderError as error:
            told = f"{name}: {error}; its values are left out"
            if passed:
                self._doubts.append(told)
            elif (
                any(raw) and os.pread(fd, HEADER.size, 0) == raw
            ):  # else it is being made right now
                self._tell(told)
            os.close(fd)
            return None
        self._settle(header.first)
        return Segment(f"{self._folder}/{name}", fd, header)

    def _leave(self, segment: Optional[Segment]) -> None:
        """Go on to the next segment; where that one starts tells whether anything is missing."""
        if segment is not None:
            self._left = segment
            self._reached = segment.header.first + segment.header.size // SLOT
            self._short = self._shortness(segment, self._reached - 1)
            if segment.offset % PAGE:
                self._open_pages.append((segment, segment.offset // PAGE))
            if not any(owner is segment for owner, _ in self._holes):
                segment.close()
        self._segment = None
        self._go_to(self._number + 1)

    def _settle(self, following: int) -> None:
        """Judge what was passed, knowing the place that follows: an interrupted start has no place of its own."""
        left, doubts = self._left, self._short
        if left is not None and left.header.first == following:
            self._holes = {key: slots for key, slots in self._holes.items() if key[0] is not left}
            self._open_pages = [entry for entry in self._open_pages if entry[0] is not left]
            self._reached, doubts = following, []
            left.close()
        for doubt in [*doubts, *(self._doubts if following > self._reached else [])]:
            self._tell(doubt)
        self._left, self._short, self._doubts = None, [], []

    def _shortness(self, segment: Segment, place: int) -> list[str]:
        """Tell of values that are missing before ``place``."""
        if segment.header.first + segment.offset // SLOT >= place:
            return []
        return [f"{segment_name(segment.header.number)} is cut short; its last values are lost"]

    def _finish(self, end: int) -> Iterator[Piece]:
        """Tell what is missing of a writer that closed in peace: it has sealed all its pages."""
        segment, name = self._segment, segment_name(self._number)
        if segment is not None:
            self._reached = segment.header.first + segment.header.size // SLOT
            self._short = self._shortness(segment, min(end, self._reached - 1))
            if segment.offset % PAGE:
                self._open_pages.append((segment, segment.offset // PAGE))
            name = segment_name(self._number + 1)
        if not any(name in text for text in self.damage):
            self._doubts.append(f"{name} is missing; its values are lost")
        self._settle(end)
        if self._holes:
            yield from self._look_at_holes()
        for owner, page in self._open_pages:
            if not owner.is_sealed(page):
                own = segment_name(owner.header.number)
                self._tell(f"{own}: page {page} has no seal; nothing vouches for its values")
        self.close()
        self._holes, self._open_pages = {}, []

    def _tell(self, text: str) -> None:
        told = f"{os.path.basename(self._folder)}/{text}"
        if told not in self.damage:
            self.damage.append(told)

    def _read(self, segment: Segment, *, passed: bool) -> Iterator[Piece]:
        """Read on in a segment; ``passed``: all its slots were given out, those without a mark are holes."""
        while True:
            # to the end of a page, to see what is sealed with its seal, and over the next, behind holes in this one
            ahead = self._chunk + -segment.offset % PAGE
            asked = min(ahead, segment.header.size - segment.offset)
            if asked <= 0:
                return
            seen: Bytes
            if asked <= LITTLE:
                seen = segment.read(asked, segment.offset)
            else:
                if len(self._buffer) < asked:
                    self._let_go()
                    self._buffer = borrow(asked)
                seen = segment.read_into(self._buffer[:asked], segment.offset)
            count = len(seen) // SLOT if passed else segment.frontier(seen)
            if not count:
                return
            start = segment.offset // SLOT
            yield from self._take(segment, seen, count)
            taken = segment.offset // SLOT - start
            if (
                asked - taken * SLOT >= PAGE
            ):  # a page without a mark; less may be holes, with more behind them
                return
            self._chunk = min(self._chunk * 4, LARGEST_READ)

    def _take(self, segment: Segment, seen: Bytes, count: int) -> Iterator[Piece]:
        """Go through the first ``count`` slots of what was read, whole pages together, and move the offset on."""
        start = segment.offset // SLOT
        slot, end, view = start, start + count, memoryview(seen)
        while slot < end:
            page = slot // SLOTS
            if slot % SLOTS == 0 and end - slot >= SEAL:
                whole = segment.fitting(
                    view[: (end + 1 - start) * SLOT], (slot - start) * SLOT, page
                )
                if whole:
                    following = slot + whole * SLOTS
                    segment.offset = following * SLOT
                    yield Piece(
                        segment, slot, view[(slot - start) * SLOT : (following - start) * SLOT]
                    )
                    slot = following
                    continue
            last = page * SLOTS + SEAL
            at = (last - start) * SLOT
            try:
                seal = read_seal(view[at : at + SLOT], segment.header.mark, page)
            except BadSealError:
                self._tell_page(segment, page)
                slot = last + 1
                segment.offset = slot * SLOT
                continue
            if seal is not None:
                segment.offset = (last + 1) * SLOT
                yield from self._sealed(segment, page, slot, view[(slot - start) * SLOT : at], seal)
            else:
                stop = min(end, last)
                marks = segment.marks(view[(slot - start) * SLOT : (stop - start) * SLOT])
                # read again: only now is the body of each record whose mark was there certain to be there too
                body = segment.read((stop - slot) * SLOT, slot * SLOT)
                segment.offset = (stop if end <= last else last + 1) * SLOT
                yield from self._records(segment, slot, body, marks[: len(body) // SLOT])
                if end <= last:
                    return
                self._open_pages.append((segment, page))
            slot = last + 1

    def _sealed(
        self, segment: Segment, page: int, slot: int, body: Bytes, seal: Seal
    ) -> Iterator[Piece]:
        """Take the records from ``slot`` on of a sealed page; a damaged one is reported, not guessed."""
        begin, first = page * SLOTS, HEADER_SLOTS if page == 0 else 0
        before = segment.read((slot - begin) * SLOT, page * PAGE) if slot > begin else b""
        if zlib.crc32(body, zlib.crc32(before)) != seal.crc:
            # a slot may have been filled, and the page sealed, while it was read: what is sealed stays as it is
            fresh = segment.read(SEAL * SLOT, page * PAGE)
            if zlib.crc32(fresh) != seal.crc:
                self._tell_page(segment, page)
                return
            body = fresh[(slot - begin) * SLOT :]
        if seal.committed != SEAL - first:
            yield from self._records(segment, slot, body, segment.marks(body), sealed=True)
        elif body:
            yield Piece(segment, slot, body)

    def _tell_page(self, segment: Segment, page: int) -> None:
        self._tell(
            f"{segment_name(segment.header.number)}: page {page} does not fit its checksum; its values are left out"
        )

    def _records(
        self, segment: Segment, slot: int, body: Bytes, marks: list[int], *, sealed: bool = False
    ) -> Iterator[Piece]:
        """Give the records that carry the mark, as long as they follow one another; the others are holes."""
        begin = 0
        for index, found in enumerate(marks):
            if found == segment.mark:
                continue
            if index > begin:
                yield Piece(segment, slot + begin, body[begin * SLOT : index * SLOT])
            begin = index + 1
            if not sealed:
                hole = slot + index
                self._holes.setdefault((segment, hole // SLOTS), []).append(hole)
        if len(marks) > begin:
            yield Piece(segment, slot + begin, body[begin * SLOT : len(marks) * SLOT])

    def _look_at_holes(self) -> Iterator[Piece]:
        before, self._holes = self._holes, {}
        for (segment, page), slots in before.items():
            # the seal first: what was filled before it was set is seen afterwards
            try:
                raw = segment.read(SLOT, page * PAGE + SEAL * SLOT)
                seal = read_seal(raw, segment.header.mark, page)
            except BadSealError:
                self._tell_page(segment, page)
                continue
            marks = segment.marks(segment.read(SEAL * SLOT, page * PAGE))
            body = segment.read(SEAL * SLOT, page * PAGE)
            if seal is not None and zlib.crc32(body) != seal.crc:
                self._tell_page(segment, page)
                continue
            for index in slots:
                at = index % SLOTS
                if at < len(marks) and marks[at] == segment.mark:
                    yield Piece(segment, index, body[at * SLOT : (at + 1) * SLOT])
                elif seal is None:
                    self._holes.setdefault((segment, page), []).append(index)
        for segment in {owner for owner, _ in before} - {owner for owner, _ in self._holes}:
            if segment is not self._segment:
                segment.close()
