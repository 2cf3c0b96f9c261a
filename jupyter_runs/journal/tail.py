"""Reads a writer's numbers from where it last stopped: what is committed, all of it, once, and nothing else."""

from __future__ import annotations

import os
import re
import sys
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
    Header,
    Seal,
    read_header,
    read_seal,
    segment_name,
)

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_READ = 1 << 20
_ZEROS = bytes(2 * PAGE)
_SEGMENT = re.compile(r"scalars-\d{4,9}\.bin\Z")
_FARTHEST = 1 << 48  # no run has more slots; a header that says so is made up

# The place of the first record in the order of its writer, and the bytes of records that follow one another.
Piece = tuple[int, Union[bytes, memoryview]]


class _Segment:
    """An open segment and how far it was read; closed, it opens again when it is read."""

    def __init__(self, path: Path, fd: int, header: Header) -> None:
        self._path = path
        self._fd = fd
        self.header = header
        self.offset = HEADER_SLOTS * SLOT
        self._mark = header.mark.to_bytes(4, "little")
        self.mark = int.from_bytes(self._mark, sys.byteorder)  # compared as this machine's integer

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        self.close()

    def read(self, size: int, offset: int) -> bytes:
        """Return up to ``size`` bytes; none where the file is gone."""
        if self._fd < 0:
            self._fd = open_plain(self._path)
        try:
            return os.pread(self._fd, size, offset) if self._fd >= 0 else b""
        except OSError:  # a disk that fails: nothing new, as far as can be told
            return b""

    def is_sealed(self, page: int) -> bool:
        """Tell whether a page has a seal, be it damaged."""
        try:
            return read_seal(self.read(SLOT, page * PAGE + SEAL * SLOT)) is not None
        except BadSealError:
            return True

    def frontier(self, raw: bytes) -> int:
        """Return how many slots there are up to the last one that carries the mark."""
        if _ZEROS.startswith(raw):  # by far the most frequent, and by far the fastest to see
            return 0
        found = raw.rfind(self._mark)
        while found >= 0 and found % SLOT != SLOT - len(self._mark):
            found = raw.rfind(self._mark, 0, found + len(self._mark) - 1)
        return found // SLOT + 1

    def marks(self, raw: Union[bytes, memoryview]) -> list[int]:
        """Return the mark of each whole slot in ``raw``."""
        found: list[int] = memoryview(raw)[: len(raw) // SLOT * SLOT].cast("I")[7::8].tolist()
        return found


class ScalarTail:
    """Tails the segments in one writer's folder.

    A slot may be taken and not yet filled while a later one is: such holes are kept and looked at again at each
    :meth:`poll`, until they are filled or their page is sealed without them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._go_to(0)
        self._reached = 0  # the first place behind the segments that were left
        self._segment: Optional[_Segment] = None
        self._left: Optional[_Segment] = None
        self._short: list[str] = []  # what is missing in that one, if the next one proves it
        self._doubts: list[str] = []  # what could not be read behind it, likewise
        self._open_pages: list[tuple[_Segment, int]] = []  # were not sealed when they were passed
        self._holes: dict[tuple[_Segment, int], list[int]] = {}  # by page: slots within the segment
        self.damage: list[str] = []

    def _go_to(self, number: int) -> None:
        self._number = number
        self._following = str(self._folder / segment_name(number + 1))

    def poll(self, *, final: Optional[int] = None) -> list[Piece]:
        """Return what was committed since the last call.

        Parameters
        ----------
        final
            The writer has said goodbye, having given out all places before this one: what is not there now is
            missing for good.
        """
        pieces: list[Piece] = []
        if self._holes:
            self._look_at_holes(pieces)
        last = self._number if final is None else self._highest()
        while True:
            # asked before reading: once the next one exists, nothing but holes is filled in this one
            passed = self._number < last or os.access(self._following, os.F_OK)
            if self._segment is None:
                self._segment = self._open(passed=passed)
            if self._segment is not None:
                self._read(self._segment, pieces, passed=passed or final is not None)
            if not passed:
                if final is not None:
                    self._finish(pieces, final)
                return pieces
            self._leave(self._segment)

    def _highest(self) -> int:
        """Return the number of the last segment there is: those before it may be missing."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            names = []
        found = [int(name[8:-4]) for name in names if _SEGMENT.match(name)]
        return max(n for n in [self._number, *found] if n <= self._number + 2 * len(found))

    def close(self) -> None:
        """Close the files; the place is kept, and a later poll opens them again."""
        for segment in {self._segment, *(owner for owner, _ in self._holes)} - {None}:
            assert segment is not None
            segment.close()

    def _open(self, *, passed: bool) -> Optional[_Segment]:
        name = segment_name(self._number)
        fd = open_plain(self._folder / name)
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
        return _Segment(self._folder / name, fd, header)

    def _leave(self, segment: Optional[_Segment]) -> None:
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

    def _shortness(self, segment: _Segment, place: int) -> list[str]:
        """Tell of values that are missing before ``place``."""
        if segment.header.first + segment.offset // SLOT >= place:
            return []
        return [f"{segment_name(segment.header.number)} is cut short; its last values are lost"]

    def _finish(self, pieces: list[Piece], end: int) -> None:
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
            self._look_at_holes(pieces)
        for owner, page in self._open_pages:
            if not owner.is_sealed(page):
                own = segment_name(owner.header.number)
                self._tell(f"{own}: page {page} has no seal; nothing vouches for its values")
        self.close()
        self._holes, self._open_pages = {}, []

    def _tell(self, text: str) -> None:
        told = f"{self._folder.name}/{text}"
        if told not in self.damage:
            self.damage.append(told)

    def _read(self, segment: _Segment, pieces: list[Piece], *, passed: bool) -> None:
        """Read on in a segment; ``passed``: all its slots were given out, those without a mark are holes."""
        chunk = PAGE
        while True:
            # to the end of a page, to see what is sealed with its seal, and over the next, behind holes in this one
            ahead = chunk + -segment.offset % PAGE
            asked = min(ahead, segment.header.size - segment.offset)
            if asked <= 0:
                return
            seen = segment.read(asked, segment.offset)
            count = len(seen) // SLOT if passed else segment.frontier(seen)
            if not count:
                return
            taken = self._take(segment, seen, count, pieces)
            segment.offset += taken * SLOT
            if (
                asked - taken * SLOT >= PAGE
            ):  # a page without a mark; less may be holes, with more behind them
                return
            chunk = min(chunk * 4, LARGEST_READ)

    def _take(self, segment: _Segment, seen: bytes, count: int, pieces: list[Piece]) -> int:
        """Go page by page through the first ``count`` slots of what was read; return how many are done with."""
        start = segment.offset // SLOT
        slot, end, view = start, start + count, memoryview(seen)
        while slot < end:
            page = slot // SLOTS
            last = page * SLOTS + SEAL
            at = (last - start) * SLOT
            try:
                seal = read_seal(seen[at : at + SLOT])
            except BadSealError:
                self._tell_page(segment, page)
                slot = last + 1
                continue
            if seal is not None:
                self._sealed(segment, page, slot, view[(slot - start) * SLOT : at], seal, pieces)
            else:
                stop = min(end, last)
                marks = segment.marks(seen[(slot - start) * SLOT : (stop - start) * SLOT])
                # read again: only now is the body of each record whose mark was there certain to be there too
                body = segment.read((stop - slot) * SLOT, slot * SLOT)
                self._records(segment, slot, body, marks[: len(body) // SLOT], pieces)
                if end <= last:
                    return stop - start
                self._open_pages.append((segment, page))
            slot = last + 1
        return slot - start

    def _sealed(
        self,
        segment: _Segment,
        page: int,
        slot: int,
        body: Union[bytes, memoryview],
        seal: Seal,
        pieces: list[Piece],
    ) -> None:
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
            self._records(segment, slot, bytes(body), segment.marks(body), pieces, sealed=True)
        elif body:
            pieces.append((segment.header.first + slot, body))

    def _tell_page(self, segment: _Segment, page: int) -> None:
        self._tell(
            f"{segment_name(segment.header.number)}: page {page} does not fit its checksum; its values are left out"
        )

    def _records(
        self,
        segment: _Segment,
        slot: int,
        body: bytes,
        marks: list[int],
        pieces: list[Piece],
        *,
        sealed: bool = False,
    ) -> None:
        mark, first = segment.mark, segment.header.first
        if marks.count(mark) == len(marks):
            if marks:
                pieces.append((first + slot, body))
            return
        for index, found in enumerate(marks, slot):
            if found == mark:
                at = (index - slot) * SLOT
                pieces.append((first + index, body[at : at + SLOT]))
            elif not sealed:
                self._holes.setdefault((segment, index // SLOTS), []).append(index)

    def _look_at_holes(self, pieces: list[Piece]) -> None:
        before, self._holes = self._holes, {}
        for (segment, page), slots in before.items():
            # the seal first: what was filled before it was set is seen afterwards
            try:
                seal = read_seal(segment.read(SLOT, page * PAGE + SEAL * SLOT))
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
                    record = body[at * SLOT : (at + 1) * SLOT]
                    pieces.append((segment.header.first + index, record))
                elif seal is None:
                    self._holes.setdefault((segment, page), []).append(index)
        for segment in {owner for owner, _ in before} - {owner for owner, _ in self._holes}:
            if segment is not self._segment:
                segment.close()
