"""Buffers to read into, used again: memory that is new to a process costs more than what is read into it."""

from __future__ import annotations

import mmap

# private: a forked process has its own
_OWN = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
_MOST = 2  # that are kept
_LARGEST = 1 << 21  # bytes: larger ones are not
_spare: list[memoryview] = []  # from whatever thread: both its methods are atomic


def borrow(size: int) -> memoryview:
    """Return a buffer of at least ``size`` bytes, with anything in it.

    It begins with a page of memory: what begins elsewhere, as a ``bytearray`` does, the kernel takes up to three times
    as long to copy a file into.
    """
    try:
        found = _spare.pop()
    except IndexError:
        found = memoryview(b"")
    return found if len(found) >= size else memoryview(mmap.mmap(-1, size, **_OWN))


def give_back(buffer: memoryview) -> None:
    """Let the next one have a buffer; nobody looks at it any more."""
    if 0 < len(buffer) <= _LARGEST and len(_spare) < _MOST:
        _spare.append(buffer)
