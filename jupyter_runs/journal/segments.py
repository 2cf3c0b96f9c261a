"""One file of numbers of a writer: mapped where that is safe, else written to."""

from __future__ import annotations

import mmap
import os
import secrets
import struct
from typing import TYPE_CHECKING, Any, Optional

from .layout import (
    FIRST_SEGMENT,
    HEADER_SLOTS,
    LARGEST_SEGMENT,
    PAGE,
    SEAL,
    SLOT,
    Header,
    marks_of,
    seal,
    segment_name,
)

if TYPE_CHECKING:
    from pathlib import Path

_SEAL = struct.Struct("<24s4s4s")


class Segment:
    """One file of numbers, of a size fixed when it is made.

    Parameters
    ----------
    folder
        The writer's folder.
    number
        Which segment this is: 0, 1, 2 …
    first
        How many slots the segments before it have.
    mapped
        Store into a mapped file; else write each record.
    """

    def __init__(self, folder: Path, number: int, first: int, mapped: bool) -> None:
        size = min(FIRST_SEGMENT << number, LARGEST_SEGMENT)
        self.mark = secrets.randbelow(0xFFFFFFFE) + 1
        self.header = Header(number, size, first, self.mark)
        self._mark = self.mark.to_bytes(4, "little")
        self._marks = marks_of(self.mark, first_slot(0)), marks_of(self.mark, first_slot(1))
        self.path = folder / segment_name(number)
        self._map: Optional[mmap.mmap] = None
        flags = (
            os.O_RDWR
            | os.O_CREAT
            | os.O_EXCL
            | getattr(os, "O_CLOEXEC", 0)
            | getattr(os, "O_BINARY", 0)
        )
        self._fd = os.open(self.path, flags, 0o600)
        try:
            if mapped:
                os.posix_fallocate(self._fd, 0, size)
            write_all(self._fd, self.header.pack(), 0)
            if mapped:
                self._map = mmap.mmap(self._fd, size)
        except BaseException:
            os.close(self._fd)
            os.unlink(self.path)
            raise

    @property
    def target(self) -> Any:
        """The map to store into, or None where records are written one by one."""
        return self._map

    def write(self, offset: int, records: bytes) -> int:
        """Put whole records at ``offset`` with one system call; return how many were stored, all if space allows."""
        done = 0
        while done < len(records):
            try:
                done += os.pwrite(self._fd, records[done:], offset + done)
            except OSError:
                if done < SLOT:
                    raise
                break
        return done // SLOT

    def seal(self, index: int, *, only_full: bool = False) -> bool:
        """Write the seal of page ``index``; with ``only_full``, tell whether each of its slots was committed."""
        start, end = index * PAGE, index * PAGE + SEAL * SLOT
        if self._map is None:
            records = os.pread(self._fd, end - start, start).ljust(end - start, b"\0")
        else:
            records = self._map[start:end]
        sealed = seal(records, self._marks[index > 0], index, only_full=only_full)
        if sealed is None:
            return False
        if self._map is None:
            write_all(self._fd, sealed + self._mark, end)
        else:
            # its own checksum after what it covers, the mark last
            _SEAL.pack_into(self._map, end, sealed[:24], sealed[24:], self._mark)
        return True

    def linked(self) -> bool:
        """Tell whether the file still has a name."""
        return os.fstat(self._fd).st_nlink > 0

    def unmap(self) -> None:
        """Close the map, and go on with the file: a late thread meets a closed map, and writes elsewhere."""
        if self._map is not None:
            self._map.close()
            self._map = None

    def close(self, used: Optional[int] = None) -> None:
        """Unmap, then cut to the ``used`` bytes: nobody can meet a page that is missing."""
        self.unmap()
        try:
            if used is not None and used < os.fstat(self._fd).st_size:
                os.ftruncate(self._fd, used)
        finally:
            os.close(self._fd)


def first_slot(page: int) -> int:
    """Return the first slot for records in page ``page`` of a segment."""
    return HEADER_SLOTS if page == 0 else 0


def write_all(fd: int, data: bytes, offset: int) -> None:
    """Write all of ``data`` at ``offset``."""
    while data:
        done = os.pwrite(fd, data, offset)
        data, offset = data[done:], offset + done
