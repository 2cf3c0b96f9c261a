"""A segment to be read: its pages, their seals and marks, and pieces of records that follow one another."""

from __future__ import annotations

import os
import sys
import time
import zlib
from typing import NamedTuple, Union

from .events import open_plain
from .layout import (
    HEADER_SLOTS,
    PAGE,
    SEAL,
    SEALED,
    SLOT,
    BadSealError,
    Header,
    full_map,
    read_seal,
)

_FULL = full_map(0)
_YOUNG = 2.0  # seconds: clocks of file systems are coarse

Bytes = Union[bytes, memoryview]


class Segment:
    """An open segment and how far it was read; closed, it opens again when it is read."""

    def __init__(self, path: str, fd: int, header: Header) -> None:
        self._path = path
        self._fd = fd
        self.header = header
        self.offset = HEADER_SLOTS * SLOT
        self.stamped: tuple[int, ...] = self.stamp()  # before anything was read
        self.mark_bytes = header.mark.to_bytes(4, "little")
        self.mark = int.from_bytes(
            self.mark_bytes, sys.byteorder
        )  # compared as this machine's integer

    def close(self) -> None:
        """Close the file; it is opened again when it is read."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        self.close()

    @property
    def opened(self) -> bool:
        """Whether the file is open."""
        return self._fd >= 0

    def read(self, size: int, offset: int) -> bytes:
        """Return up to ``size`` bytes; none where the file is gone."""
        if self._fd < 0:
            self._fd = open_plain(self._path)
        try:
            return os.pread(self._fd, size, offset) if self._fd >= 0 else b""
        except OSError:  # a disk that fails: nothing new, as far as can be told
            return b""

    def read_into(self, buffer: memoryview, offset: int) -> memoryview:
        """Return as much of ``buffer`` as could be filled: cheaper than :meth:`read` where that is much."""
        if self._fd < 0:
            self._fd = open_plain(self._path)
        try:
            return buffer[: os.preadv(self._fd, [buffer], offset) if self._fd >= 0 else 0]
        except OSError:
            return buffer[:0]

    def stamp(self) -> tuple[int, ...]:
        """Return what changes when somebody writes to the file; nothing if it is so young that this may not show."""
        if self._fd < 0:
            self._fd = open_plain(self._path)
        if self._fd < 0:
            return ()
        told = os.fstat(self._fd)
        if time.time() - max(told.st_mtime, told.st_ctime) < _YOUNG:
            return ()
        return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns

    def fitting(self, raw: Bytes, start: int, page: int) -> int:
        """Return how many whole pages from the byte ``start`` on, the first being ``page``, are sealed, full, and fit."""
        view, mark, crc32, unpack = (
            memoryview(raw),
            self.header.mark,
            zlib.crc32,
            SEALED.unpack_from,
        )
        count = 0
        for at in range(start, len(view) - PAGE + 1, PAGE):
            end = at + SEAL * SLOT
            crc, committed, bitmap, own, its = unpack(view, end)
            if (
                crc32(view[at:end]) != crc
                or committed != SEAL
                or bitmap != _FULL
                or its != mark
                or crc32(view[end : end + 24]) ^ (page + count) != own
            ):
                break
            count += 1
        return count

    def sound(self, raw: Bytes, page: int) -> bool:
        """Tell whether the bytes of a page are not known to be damaged: it has no seal, or fits it."""
        try:
            seal = read_seal(raw[SEAL * SLOT :], self.header.mark, page)
        except BadSealError:
            return False
        return seal is None or zlib.crc32(raw[: SEAL * SLOT]) == seal.crc

    def is_sealed(self, page: int) -> bool:
        """Tell whether a page has a seal, be it damaged."""
        try:
            return (
                read_seal(self.read(SLOT, page * PAGE + SEAL * SLOT), self.header.mark, page)
                is not None
            )
        except BadSealError:
            return True

    def frontier(self, raw: Bytes) -> int:
        """Return how many slots there are up to the last one that carries the mark."""
        end = len(raw)
        while end:  # from behind, a page at a time: where it is full, the first look tells
            start = max(0, end - PAGE)
            part = bytes(raw[start:end])
            found = part.rfind(self.mark_bytes)
            while found >= 0 and (start + found) % SLOT != SLOT - len(self.mark_bytes):
                found = part.rfind(self.mark_bytes, 0, found + len(self.mark_bytes) - 1)
            if found >= 0:
                return (start + found) // SLOT + 1
            end = start
        return 0

    def marks(self, raw: Union[bytes, memoryview]) -> list[int]:
        """Return the mark of each whole slot in ``raw``."""
        found: list[int] = memoryview(raw)[: len(raw) // SLOT * SLOT].cast("I")[7::8].tolist()
        return found


class Piece(NamedTuple):
    """Committed records that follow one another in a segment; good until the next one is asked for.

    Over the end of a page their bytes hold its seal, which is no record.
    """

    segment: Segment
    slot: int
    raw: Bytes

    @property
    def place(self) -> int:
        """The first one's place in the order of its writer."""
        return self.segment.header.first + self.slot
