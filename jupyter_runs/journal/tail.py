"""Reads a writer's numbers from where it last stopped: what is committed, all of it, once, and nothing else."""

from __future__ import annotations

import os
import sys
import zlib
from typing import TYPE_CHECKING, Optional

from .layout import (
    HEADER,
    HEADER_SLOTS,
    PAGE,
    SEAL,
    SLOT,
    SLOTS,
    BadHeaderError,
    Header,
    Seal,
    read_header,
    read_seal,
    segment_name,
)

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_READ = 1 << 20

# The place of the first record in the order of its writer, and the bytes of records that follow one another.
Piece = tuple[int, bytes]


class _Segment:
    """An open segment and how far it was read."""

    def __init__(self, fd: int, header: Header, offset: int = 0) -> None:
        self.fd = fd
        self.header = header
        self.offset = offset or HEADER_SLOTS * SLOT
        # marks are compared as this machine's integers
        self.mark = int.from_bytes(header.mark.to_bytes(4, "little"), sys.byteorder)

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __del__(self) -> None:
        self.close()

    def seal_of(self, page: int) -> Optional[Seal]:
        raw = os.pread(self.fd, SLOT, page * PAGE + SEAL * SLOT)
        return read_seal(raw, self.header.mark) if len(raw) == SLOT else None


class ScalarTail:
    """Tails the segments in one writer's folder.

    A slot may be taken and not yet filled while a later one is: such holes are kept and looked at again at each
    :meth:`poll`, until they are filled or their page is sealed without them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._resume = 0
        self._segment: Optional[_Segment] = None
        self._holes: list[tuple[_Segment, int]] = []
        self.damage: list[str] = []

    def poll(self) -> list[Piece]:
        """Return what was committed since the last call."""
        pieces: list[Piece] = []
        if self._holes:
            self._look_at_holes(pieces)
        while True:
            if self._segment is None:
                self._segment = self._open()
            if self._segment is None:
                if not os.path.exists(self._folder / segment_name(self._number + 1)):
                    return pieces
                self._tell(f"{self._folder.name}/{segment_name(self._number)} cannot be read")
                self._number += 1
                continue
            # asked before reading: once the next one exists, nothing but holes is filled in this one
            following = os.path.exists(self._folder / segment_name(self._number + 1))
            self._read(self._segment, pieces)
            if not following:
                return pieces
            self._leave(self._segment)

    def close(self) -> None:
        """Close the file; the place is kept. One with holes stays open, for they are looked at again."""
        if self._segment is not None and not self._holes:
            self._resume = self._segment.offset
            self._segment.close()
            self._segment = None

    def _open(self) -> Optional[_Segment]:
        name = segment_name(self._number)
        try:
            fd = os.open(
                self._folder / name,
                os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0),
            )
        except OSError:
            return None
        raw = os.pread(fd, HEADER.size, 0)
        try:
            return _Segment(fd, read_header(raw), self._resume)
        except BadHeaderError as error:
            os.close(fd)
            if any(raw) and len(raw) == HEADER.size:  # else it is being made right now
                self._tell(f"{self._folder.name}/{name}: {error}")
            return None

    def _leave(self, segment: _Segment) -> None:
        if not any(owner is segment for owner, _ in self._holes):
            segment.close()
        self._segment, self._resume = None, 0
        self._number += 1

    def _tell(self, text: str) -> None:
        if text not in self.damage:
            self.damage.append(text)

    def _read(self, segment: _Segment, pieces: list[Piece]) -> None:
        chunk = PAGE
        while True:
            asked = min(chunk, segment.header.size - segment.offset)
            if asked <= 0:
                return
            seen = os.pread(segment.fd, asked, segment.offset)
            whole = len(seen) // SLOT * SLOT
            marks = memoryview(seen)[:whole].cast("I")[7::8].tolist()
            count = len(marks)
            while count and marks[count - 1] != segment.mark:
                count -= 1
            if not count:
                return
            # read again: only now is the body of each record whose mark was there certain to be there too
            bodies = os.pread(segment.fd, count * SLOT, segment.offset)
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
            seal = segment.seal_of(page) if end > page * SLOTS + SEAL else None
            if seal is not None and not self._is_sound(
                segment, page, slot, bodies[(slot - start) * SLOT : (stop - start) * SLOT], seal
            ):
                slot = page * SLOTS + SLOTS
                continue
            self._records(segment, slot, stop, start, bodies, marks, pieces, seal is not None)
            slot = page * SLOTS + SLOTS if end > stop else stop

    def _is_sound(self, segment: _Segment, page: int, slot: int, body: bytes, seal: Seal) -> bool:
        """Tell whether a sealed page is what its checksum says; a damaged one is reported, not guessed."""
        begin = page * SLOTS
        if slot > begin:  # what was read before the seal was there belongs to the checksum too
            body = os.pread(segment.fd, (slot - begin) * SLOT, page * PAGE) + body
        if zlib.crc32(body) == seal.crc:
            return True
        name = segment_name(segment.header.number)
        self._tell(
            f"{self._folder.name}/{name}: page {page} does not fit its checksum; its values are left out"
        )
        return False

    def _records(
        self,
        segment: _Segment,
        slot: int,
        stop: int,
        start: int,
        bodies: bytes,
        marks: list[int],
        pieces: list[Piece],
        sealed: bool,
    ) -> None:
        mark, first = segment.mark, segment.header.first
        if marks[slot - start : stop - start].count(mark) == stop - slot:
            if stop > slot:
                pieces.append((first + slot, bodies[(slot - start) * SLOT : (stop - start) * SLOT]))
            return
        for index in range(slot, stop):
            if marks[index - start] == mark:
                pieces.append(
                    (first + index, bodies[(index - start) * SLOT : (index - start + 1) * SLOT])
                )
            elif not sealed:
                self._holes.append((segment, index))

    def _look_at_holes(self, pieces: list[Piece]) -> None:
        still: list[tuple[_Segment, int]] = []
        for segment, index in self._holes:
            mark = os.pread(segment.fd, 4, index * SLOT + SLOT - 4)
            if mark == segment.header.mark.to_bytes(4, "little"):
                pieces.append(
                    (segment.header.first + index, os.pread(segment.fd, SLOT, index * SLOT))
                )
            elif mark and segment.seal_of(index // SLOTS) is None:
                still.append((segment, index))
        gone = {
            id(s): s
            for s, _ in self._holes
            if s is not self._segment and not any(o is s for o, _ in still)
        }
        self._holes = still
        for segment in gone.values():
            segment.close()
