"""Reads a writer's numbers from where it last stopped: what is committed, all of it, once, and nothing else."""

from __future__ import annotations

import os
import re
import sys
import zlib
from typing import TYPE_CHECKING, Optional

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
_SEGMENT = re.compile(r"scalars-\d{4,9}\.bin\Z")
_FARTHEST = 1 << 48  # no run has more slots; a header that says so is made up

# The place of the first record in the order of its writer, and the bytes of records that follow one another.
Piece = tuple[int, bytes]


class _Segment:
    """An open segment and how far it was read; closed, it opens again when it is read."""

    def __init__(self, path: Path, fd: int, header: Header) -> None:
        self._path = path
        self._fd = fd
        self.header = header
        self.offset = HEADER_SLOTS * SLOT
        # marks are compared as this machine's integers
        self.mark = int.from_bytes(header.mark.to_bytes(4, "little"), sys.byteorder)

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

    def marks(self, raw: bytes) -> list[int]:
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
        self._number = 0
        self._reached = 0  # the first place behind the segments that were left
        self._segment: Optional[_Segment] = None
        self._holes: dict[tuple[_Segment, int], list[int]] = {}  # by page: slots within the segment
        self.damage: list[str] = []

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
            passed = self._number < last or (self._folder / segment_name(self._number + 1)).exists()
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
                self._tell(f"{name} is missing; its values are lost")
            return None
        raw = os.pread(fd, PAGE, 0)
        try:
            header = read_header(raw)
            if header.number != self._number or header.first + header.size // SLOT > _FARTHEST:
                raise BadHeaderError("the header belongs to another file")
            return _Segment(self._folder / name, fd, header)
        except BadHeaderError as error:
            # without a byte in it, it is being made right now, or its making was interrupted
            if any(raw if passed else raw[: HEADER.size]) and os.pread(fd, PAGE, 0) == raw:
                self._tell(f"{name}: {error}; its values are left out")
            os.close(fd)
            return None

    def _leave(self, segment: Optional[_Segment]) -> None:
        if segment is not None:
            self._reached = segment.header.first + segment.header.size // SLOT
            self._expect(segment, self._reached - 1)
            if not any(owner is segment for owner, _ in self._holes):
                segment.close()
        self._segment = None
        self._number += 1

    def _expect(self, segment: _Segment, place: int) -> None:
        """Tell of values that are missing before ``place``."""
        if segment.header.first + segment.offset // SLOT < place:
            self._tell(f"{segment_name(self._number)} is cut short; its last values are lost")

    def _finish(self, pieces: list[Piece], end: int) -> None:
        """Tell what is missing of a writer that closed in peace: it has sealed all its pages."""
        if self._holes:
            self._look_at_holes(pieces)
        for owner, page in self._holes:
            name = segment_name(owner.header.number)
            self._tell(f"{name}: page {page} has no seal; values in it are missing")
        name = segment_name(self._number)
        if self._segment is not None:
            self._expect(self._segment, end)
        elif end > self._reached and not (self._folder / name).exists():
            self._tell(f"{name} is missing; its values are lost")
        self.close()
        self._holes = {}

    def _tell(self, text: str) -> None:
        told = f"{self._folder.name}/{text}"
        if told not in self.damage:
            self.damage.append(told)

    def _read(self, segment: _Segment, pieces: list[Piece], *, passed: bool) -> None:
        """Read on in a segment; ``passed``: all its slots were given out, those without a mark are holes."""
        chunk = PAGE
        while True:
            asked = min(chunk, segment.header.size - segment.offset)
            if asked <= 0:
                return
            seen = segment.read(asked, segment.offset)
            marks = segment.marks(seen)
            count = len(marks)
            if not passed:
                while count and marks[count - 1] != segment.mark:
                    count -= 1
            if not count:
                return
            # read again: only now is the body of each record whose mark was there certain to be there too
            bodies = segment.read(count * SLOT, segment.offset)
            count = min(count, len(bodies) // SLOT)
            self._take(segment, bodies, marks[:count], pieces)
            segment.offset += count * SLOT
            if count * SLOT < asked:
                return
            chunk = min(chunk * 4, LARGEST_READ)

    def _take(
        self, segment: _Segment, bodies: bytes, marks: list[int], pieces: list[Piece]
    ) -> None:
        """Go through what was read page by page."""
        start = segment.offset // SLOT
        slot, end = start, start + len(marks)
        while slot < end:
            page = slot // SLOTS
            stop = min(end, page * SLOTS + SEAL)
            body = bodies[(slot - start) * SLOT : (stop - start) * SLOT]
            seal = None
            if end > page * SLOTS + SEAL:
                at = (page * SLOTS + SEAL - start) * SLOT
                try:
                    seal = read_seal(bodies[at : at + SLOT])
                except BadSealError:
                    self._tell_page(segment, page)
                    slot = page * SLOTS + SLOTS
                    continue
            if seal is None:
                self._records(segment, slot, body, marks[slot - start : stop - start], pieces, None)
            else:
                self._sealed(segment, page, slot, body, seal, pieces)
            slot = page * SLOTS + SLOTS if end > stop else stop

    def _sealed(
        self,
        segment: _Segment,
        page: int,
        slot: int,
        body: bytes,
        seal: Seal,
        pieces: list[Piece],
    ) -> None:
        """Take the records from ``slot`` on of a sealed page; a damaged one is reported, not guessed."""
        begin = page * SLOTS
        before = segment.read((slot - begin) * SLOT, page * PAGE) if slot > begin else b""
        if zlib.crc32(before + body) != seal.crc:
            # a slot may have been filled, and the page sealed, while it was read: what is sealed stays as it is
            fresh = segment.read(SEAL * SLOT, page * PAGE)
            if zlib.crc32(fresh) != seal.crc:
                self._tell_page(segment, page)
                return
            body = fresh[(slot - begin) * SLOT :]
        self._records(segment, slot, body, segment.marks(body), pieces, seal)

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
        seal: Optional[Seal],
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
            elif seal is None:
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
