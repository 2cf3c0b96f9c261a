"""The bytes of a segment of numbers, as `FORMAT.md` tells them; shared by writer and reader."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple, Optional, Union

MAGIC = b"JRUNSNUM"
VERSION = 1

SLOT = 32  # bytes of a record
PAGE = 4096  # bytes of a page
SLOTS = PAGE // SLOT  # 128 slots a page, the last one for the seal
SEAL = SLOTS - 1
HEADER_SLOTS = 2
FIRST_SEGMENT = PAGE
LARGEST_SEGMENT = 1 << 20

# value, step, time, type and series, mark: stored in this order, so the mark is there only when all else is
FLOAT = struct.Struct("<dqdII")
INT = struct.Struct("<qqdII")
HEADER = struct.Struct("<8sHHIQQI24xI")
SEALED = struct.Struct("<II16sII")
_SEAL_HEAD = struct.Struct("<II16s")

NO_STEP = -(1 << 63)
SERIES_BITS = 28
SERIES_MASK = (1 << SERIES_BITS) - 1
T_FLOAT, T_INT, T_BOOL, T_NONE, T_VOID = 0, 1, 2, 3, 15


class Header(NamedTuple):
    """The first 64 bytes of a segment."""

    number: int
    size: int
    first: int
    mark: int

    def pack(self) -> bytes:
        """Return the 64 bytes, their checksum last."""
        raw = HEADER.pack(MAGIC, VERSION, 0, self.number, self.size, self.first, self.mark, 0)
        return raw[:-4] + zlib.crc32(raw[:-4]).to_bytes(4, "little")


class BadHeaderError(ValueError):
    """The first 64 bytes are not (yet) a header; ``version`` is set when a later version wrote them."""

    version: Optional[int] = None


def read_header(raw: bytes) -> Header:
    """Return the header in ``raw``.

    Raises
    ------
    BadHeaderError
        If the magic, the version or the checksum is not what this version writes.
    """
    if len(raw) < HEADER.size:
        raise BadHeaderError("the header is not complete")
    magic, version, _, number, size, first, mark, crc = HEADER.unpack_from(raw)
    if magic != MAGIC:
        raise BadHeaderError("the magic is missing")
    if version != VERSION:
        error = BadHeaderError(f"version {version}, and this package reads {VERSION}")
        error.version = version
        raise error
    if crc != zlib.crc32(raw[: HEADER.size - 4]) or not mark or size > 1 << 40 or first > 1 << 56:
        raise BadHeaderError("the header's checksum does not fit")
    return Header(number, size, first, mark)


def full_map(first_slot: int) -> bytes:
    """Return the map of a page whose every slot from ``first_slot`` on is committed."""
    return (((1 << SEAL) - 1) >> first_slot << first_slot).to_bytes(SLOTS // 8, "little")


_FULL = {0: full_map(0), HEADER_SLOTS: full_map(HEADER_SLOTS)}


def marks_of(mark: int, first_slot: int) -> memoryview:
    """Return the marks of a page whose every slot from ``first_slot`` on is committed, to be compared with."""
    return memoryview(mark.to_bytes(4, "little") * (SEAL - first_slot)).cast("I")


def seal(records: bytes, marks: memoryview, page: int, *, only_full: bool) -> Optional[bytes]:
    """Return the first 28 bytes of the seal of a page: checksum, map of what is committed, and their own checksum.

    Parameters
    ----------
    records
        The page's first 4,064 bytes.
    marks
        What a full page has: :func:`marks_of`.
    page
        Its number in the segment, so that no page is taken for another.
    only_full
        Return None while a slot lacks its mark.
    """
    count = len(marks)
    found = memoryview(records).cast("I")[(SEAL - count) * 8 + 7 :: 8]
    if found == marks:
        head = _SEAL_HEAD.pack(zlib.crc32(records), count, _FULL[SEAL - count])
    elif only_full:
        return None
    else:
        committed = [slot for slot in range(count) if found[slot] == marks[slot]]
        bitmap = sum(1 << slot for slot in committed) << SEAL - count
        whole = bitmap.to_bytes(SLOTS // 8, "little")
        head = _SEAL_HEAD.pack(zlib.crc32(records), len(committed), whole)
    return head + (zlib.crc32(head) ^ page).to_bytes(4, "little")


class Seal(NamedTuple):
    """What a sealed page says of itself."""

    crc: int
    committed: int
    bitmap: bytes


class BadSealError(ValueError):
    """There is a seal, and it is damaged."""


def read_seal(raw: Union[bytes, memoryview], mark: int, page: int) -> Optional[Seal]:
    """Return the seal in the 32 bytes ``raw``, or None while there is none.

    Raises
    ------
    BadSealError
        If its own checksum does not fit, or it is another page's than this one of the segment with this ``mark``. The
        checksum is stored after what it covers, so a seal that is being written, or whose writer died on the way, has none yet.
    """
    if len(raw) < SLOT:
        return None
    crc, count, bitmap, own, its = SEALED.unpack(raw)
    if not own and not its:
        return None
    if own != zlib.crc32(raw[:24]) ^ page or its not in (0, mark):
        raise BadSealError
    return Seal(crc, count, bitmap)


def segment_name(number: int) -> str:
    """Return the file name of a writer's segment ``number``."""
    return f"scalars-{number:04d}.bin"
