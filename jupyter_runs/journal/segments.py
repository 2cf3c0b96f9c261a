"""The files of numbers of one writer: pages of records, mapped where that is safe, else written one by one."""

from __future__ import annotations

import mmap
import operator
import os
import platform
import secrets
import sys
from typing import TYPE_CHECKING, Any, Callable, Optional

from .layout import (
    FIRST_SEGMENT,
    FLOAT,
    HEADER_SLOTS,
    INT,
    LARGEST_SEGMENT,
    PAGE,
    SEAL,
    SERIES_BITS,
    SLOT,
    T_VOID,
    Header,
    seal,
    segment_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Allocation is a promise here: a store into an allocated page can't fail for want of space.
_PROMISING = frozenset({"ext3", "ext4", "xfs", "tmpfs", "overlay"})
_ORDERED_STORES = frozenset({"x86_64", "AMD64", "i686", "i386"})


def mapping_is_safe(folder: Path) -> bool:
    """Tell whether records may be stored straight into a mapped file in ``folder``.

    ``JUPYTER_RUNS_JOURNAL=write`` says no, ``=map`` says yes. Without it: on Linux, under the GIL, on processors that
    keep the order of stores, on file systems that keep what they have allocated.
    """
    forced = os.environ.get("JUPYTER_RUNS_JOURNAL", "")
    if forced in ("write", "map"):
        return forced == "map" and hasattr(os, "posix_fallocate")
    if not sys.platform.startswith("linux") or platform.machine() not in _ORDERED_STORES:
        return False
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return False
    return file_system(folder) in _PROMISING


_kinds: dict[str, str] = {}


def file_system(folder: Path) -> str:
    """Return the kind of file system that ``folder`` lies on, "" where that can't be told (Linux only)."""
    mount, kind = "", ""
    real = os.path.realpath(folder)
    device = str(os.stat(folder).st_dev)
    if device not in _kinds:
        try:
            with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
                for line in lines:
                    left, _, right = line.partition(" - ")
                    point = left.split()[4].encode().decode("unicode_escape")
                    inside = real == point or real.startswith(point.rstrip("/") + "/")
                    if inside and len(point) >= len(mount):
                        mount, kind = point, right.split()[0]
        except (OSError, IndexError, UnicodeError):
            pass
        _kinds[device] = kind
    return _kinds[device]


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
        self._path = folder / segment_name(number)
        self._map: Optional[mmap.mmap] = None
        flags = (
            os.O_RDWR
            | os.O_CREAT
            | os.O_EXCL
            | getattr(os, "O_CLOEXEC", 0)
            | getattr(os, "O_BINARY", 0)
        )
        self._fd = os.open(self._path, flags, 0o600)
        try:
            if mapped:
                os.posix_fallocate(self._fd, 0, size)
            write_all(self._fd, self.header.pack(), 0)
            if mapped:
                self._map = mmap.mmap(self._fd, size)
        except BaseException:
            os.close(self._fd)
            os.unlink(self._path)
            raise

    @property
    def target(self) -> Any:
        """The map to store into, or None where records are written one by one."""
        return self._map

    def write(self, offset: int, record: bytes) -> None:
        """Put 32 bytes at ``offset``; where there is no map, one system call."""
        if self._map is None:
            write_all(self._fd, record, offset)
        else:
            self._map[offset : offset + SLOT - 4] = record[:-4]
            self._map[offset + SLOT - 4 : offset + SLOT] = record[-4:]

    def page(self, index: int) -> bytes:
        """Return the bytes of page ``index``."""
        if self._map is None:
            return os.pread(self._fd, PAGE, index * PAGE).ljust(PAGE, b"\0")
        return self._map[index * PAGE : (index + 1) * PAGE]

    def seal(self, index: int, *, only_full: bool = False) -> bool:
        """Write the seal of page ``index``; with ``only_full``, tell whether each of its slots was committed."""
        sealed = seal(self.page(index), self.mark, first_slot(index), only_full=only_full)
        if sealed is None:
            return False
        self.write(index * PAGE + SEAL * SLOT, sealed)
        return True

    def linked(self) -> bool:
        """Tell whether the file still has a name."""
        return os.fstat(self._fd).st_nlink > 0

    def sync(self) -> None:
        """Bring what was stored to the disk."""
        os.fdatasync(self._fd) if hasattr(os, "fdatasync") else os.fsync(self._fd)

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


Take = Callable[[], int]
_NOTHING: Iterator[int] = iter(())


class Scalars:
    """The numbers of one writer: takes slots, turns pages, changes segments.

    Not locked: the writer calls everything but the slots' iterator under its own lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mapped = mapping_is_safe(folder)
        self._segment: Optional[Segment] = None
        self._page = 0
        self._slots: Iterator[int] = _NOTHING
        self._page_end = 0
        self._unsealed: list[
            tuple[Segment, int]
        ] = []  # pages with a slot that another thread has yet to fill
        self._spent: list[Segment] = []  # segments kept open for those pages

    @property
    def position(self) -> int:
        """The number of the next slot, counted over all segments: a place in the order of what was logged."""
        segment = self._segment  # asked for without the lock, too
        if segment is None:
            return 0
        left = operator.length_hint(self._slots)
        return segment.header.first + self._page_end // SLOT - left

    def hot(self) -> tuple[Any, Take, Any, int]:
        """Return what the fast path needs: a packer, the next slot, the map and the mark."""
        if self._segment is None or self._segment.target is None:
            return FLOAT.pack_into, _NOTHING.__next__, None, 0
        return FLOAT.pack_into, self._slots.__next__, self._segment.target, self._segment.mark

    def put(self, value: Any, step: int, now: float, kind: int, series: int) -> bool:
        """Store one record; tell whether a new page was begun (the fast path needs the new one)."""
        turned = False
        offset = next(self._slots, None)
        while offset is None:
            self._turn()
            turned = True
            offset = next(self._slots, None)
        segment = self._segment
        assert segment is not None
        pack = FLOAT if kind == 0 else INT
        word = series | kind << SERIES_BITS
        try:
            if segment.target is not None:
                pack.pack_into(segment.target, offset, value, step, now, word, segment.mark)
            else:
                segment.write(offset, pack.pack(value, step, now, word, segment.mark))
        except OSError:  # not written: the slot is taken again when there is space
            self._slots = iter(range(offset, self._page_end, SLOT))
            raise
        return turned

    def void(self, offset: int, target: Any) -> None:
        """Fill a slot that the fast path took and could not use."""
        for segment in (self._segment, *self._spent):
            if segment is not None and target is not None and target is segment.target:
                INT.pack_into(target, offset, 0, 0, 0.0, T_VOID << SERIES_BITS, segment.mark)

    def _turn(self) -> None:
        """Begin the next page, in a new segment where this one is full."""
        segment = self._segment
        if segment is None:
            self._begin(self._following(Header(-1, 0, 0, 0)))
            return
        if (self._page + 1) * PAGE < segment.header.size:
            self._finish_page(segment, self._page)
            self._set_page(self._page + 1)
            return
        following = self._following(segment.header)
        self._finish_page(segment, self._page)
        if (
            self._segment is not segment
        ):  # a signal's handler has logged in between, and turned the page
            following.close()
            return
        self._spent.append(segment)
        self._begin(following)
        self._let_go()

    def _following(self, header: Header) -> Segment:
        """Make the segment after one; a number that an interrupted try has left behind is passed over."""
        number, first = header.number + 1, header.first + header.size // SLOT
        while True:
            try:
                return Segment(self._folder, number, first, self._mapped)
            except FileExistsError:
                number += 1

    def _begin(self, segment: Segment) -> None:
        self._segment = segment
        self._set_page(0)

    def _set_page(self, page: int) -> None:
        self._page = page
        self._page_end = page * PAGE + SEAL * SLOT
        self._slots = iter(range(page * PAGE + first_slot(page) * SLOT, self._page_end, SLOT))

    def _finish_page(self, segment: Segment, page: int) -> None:
        """Seal a page, and those before it that have become complete since."""
        self._unsealed.append(
            (segment, page)
        )  # first of all: an interrupt must not make it forgotten
        self._unsealed = [
            (owner, index)
            for owner, index in self._unsealed
            if not owner.seal(index, only_full=True)
        ]

    def _let_go(self) -> None:
        """Close the segments that no open page needs any more."""
        needed = {id(segment) for segment, _ in self._unsealed}
        for segment in [s for s in self._spent if id(s) not in needed]:
            self._spent.remove(segment)
            segment.close()

    def linked(self) -> bool:
        """Tell whether what is stored still lands in a file that has a name."""
        return self._segment is None or self._segment.linked()

    def sync(self) -> None:
        """Bring what was stored to the disk."""
        if self._segment is not None:
            self._segment.sync()

    def close(self) -> None:
        """Seal what is open, cut off what is unused, close the files."""
        self._slots, segment = _NOTHING, self._segment
        self._segment = None
        if segment is None:
            return
        for owner, index in [*self._unsealed, (segment, self._page)]:
            owner.unmap()  # nothing may be stored behind the seal
            owner.seal(index)
        for spent in self._spent:
            spent.close()
        segment.close(used=(self._page + 1) * PAGE)

    def forget(self) -> None:
        """In a forked child: let go of the parent's files and leave them as they are."""
        segments = [*self._spent, *([self._segment] if self._segment else [])]
        self._segment, self._slots = None, _NOTHING
        for segment in segments:
            segment.close()
