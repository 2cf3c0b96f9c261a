"""Mends a journal whose writer is gone: what is damaged is set aside, never deleted, and what is whole is vouched for.

Each step may be cut off at any moment, and be done again: first the bytes are kept in a side file, then a line tells of
them, and only then are they replaced in the journal.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections import Counter
from typing import TYPE_CHECKING, Optional

from .doctor import SEGMENT, Finding, WriterLook, look, read_bytes, size_of
from .layout import (
    FIRST_SEGMENT,
    HEADER,
    HEADER_SLOTS,
    LARGEST_SEGMENT,
    PAGE,
    SEAL,
    SEALED,
    SLOT,
    BadHeaderError,
    BadSealError,
    Header,
    marks_of,
    read_header,
    read_seal,
    seal,
    segment_name,
)
from .writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from .folder import RunFolder

ORDER = ("header", "page", "seal", "cut", "blank", "move")


def repair(folder: RunFolder) -> list[tuple[Finding, str]]:
    """Mend what can be mended.

    Parameters
    ----------
    folder
        The run. Writers that are alive, or may be on another machine, are left alone.

    Returns
    -------
    list of (Finding, str)
        What was mended, and how.
    """
    mended: list[tuple[Finding, str]] = []
    for _ in range(3):  # a header that is mended shows pages that were not seen before
        done = [
            (finding, how)
            for one in look(folder)
            if one.state in ("closed", "gone")
            for finding in sorted(_mendable(one), key=lambda f: ORDER.index(f.what))
            for how in [_mend(folder, one, finding)]
            if how
        ]
        mended += done
        if not any(finding.what == "header" for finding, _ in done):
            break
    return mended


def _mendable(one: WriterLook) -> list[Finding]:
    return [finding for finding in one.findings if finding.what in ORDER]


def _mend(folder: RunFolder, one: WriterLook, finding: Finding) -> Optional[str]:
    path = folder.path / finding.file
    if finding.what == "seal":
        return _seal_page(path, finding.offset)
    if finding.what == "page":
        return _set_page_aside(folder, path, one, finding)
    if finding.what == "header":
        return _recover_header(folder, path, finding)
    if finding.what == "blank":
        _keep(folder, finding)
        write_over(path, b"\n" * finding.size, finding.offset)
        return f"set aside as {_side_name(finding)}, and left blank"
    if finding.what == "cut":
        _keep(folder, finding)
        os.truncate(path, finding.offset)
        return f"cut off, and kept as {_side_name(finding)}"
    target = folder.path / "damaged" / finding.file
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, target)
    return f"moved to damaged/{finding.file}"


def write_over(path: Path, data: bytes, offset: int) -> None:
    """Replace bytes of a file, and bring them to the disk."""
    fd = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        while data:
            done = os.pwrite(fd, data, offset)
            data, offset = data[done:], offset + done
        os.fsync(fd)
    finally:
        os.close(fd)


def _side_name(finding: Finding) -> str:
    return f"damaged/{finding.file}@{finding.offset}"


def _keep(folder: RunFolder, finding: Finding) -> None:
    """Copy the bytes of a finding beside the journal, and note where they stood; what is kept already stays."""
    side = folder.path / _side_name(finding)
    side.parent.mkdir(parents=True, exist_ok=True)
    if side.exists():
        return
    draft = side.with_name(f".{side.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with draft.open("wb") as file:
        at, left = finding.offset, finding.size
        while left:
            block = read_bytes(folder.path / finding.file, min(left, 1 << 20), at)
            if not block:
                break
            file.write(block)
            at, left = at + len(block), left - len(block)
        file.flush()
        os.fsync(file.fileno())
    told = {"t": time.time(), "file": finding.file, "offset": finding.offset, "size": finding.size}
    with (folder.path / "damaged" / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps({**told, "text": finding.text}) + "\n")
    os.replace(draft, side)


def _tell(folder: RunFolder, text: str) -> None:
    """Leave a warning with the run, by a writer of our own, unless it says so already."""
    from .reader import RunReader

    reader = RunReader(folder, plain=True, names=())
    reader.poll()
    reader.close()
    if text not in [told for _, told in reader.warnings]:
        writer = Writer(folder, role="doctor")
        writer.event("warning", text=text)
        writer.close()


def _mark_of(path: Path) -> Optional[int]:
    try:
        return read_header(read_bytes(path, HEADER.size, 0)).mark
    except BadHeaderError:
        return None


def _sealed(body: bytes, mark: int, page: int) -> bytes:
    """Return the whole seal of a page's first 4,064 bytes."""
    made = seal(body, marks_of(mark, HEADER_SLOTS if page == 0 else 0), page, only_full=False)
    assert made is not None
    return made + mark.to_bytes(4, "little")


def _seal_page(path: Path, offset: int) -> Optional[str]:
    mark = _mark_of(path)
    body = read_bytes(path, SEAL * SLOT, offset)
    if mark is None or len(body) < SEAL * SLOT:
        return None
    write_over(path, _sealed(body, mark, offset // PAGE), offset + SEAL * SLOT)
    return "sealed"


def _set_page_aside(
    folder: RunFolder, path: Path, one: WriterLook, finding: Finding
) -> Optional[str]:
    """Take a page that does not fit its seal out of the journal; one whose seal alone is damaged gets a new one."""
    mark, page = _mark_of(path), finding.offset // PAGE
    raw = read_bytes(path, PAGE, finding.offset)
    if mark is None or len(raw) < PAGE:
        return None
    _keep(folder, finding)
    body = raw[: SEAL * SLOT]
    if zlib.crc32(body) == SEALED.unpack(raw[SEAL * SLOT :])[0]:
        write_over(path, _sealed(body, mark, page), finding.offset + SEAL * SLOT)
        return "its checksum fits the values: sealed anew"
    count = "some" if finding.values is None else f"{finding.values:,}"
    file = f"{one.name}/{path.name}"
    _tell(
        folder,
        f"{count} values are missing: page {page} of {file} is damaged, and kept as {_side_name(finding)}",
    )
    kept = raw[: HEADER_SLOTS * SLOT] if page == 0 else b""
    empty = kept + bytes(SEAL * SLOT - len(kept))
    write_over(path, empty + _sealed(empty, mark, page), finding.offset)
    return f"set aside as {_side_name(finding)}; its values are missing"


def _recover_header(folder: RunFolder, path: Path, finding: Finding) -> Optional[str]:
    """Write a segment's header anew, where sealed pages prove what stood there."""
    match = SEGMENT.match(path.name)
    number = int(match[1]) if match else 0
    size = min(FIRST_SEGMENT << min(number, 40), LARGEST_SEGMENT)
    marks: Counter[int] = Counter()
    for page in range(min(size_of(path), size) // PAGE):
        raw = read_bytes(path, PAGE, page * PAGE)
        mark = SEALED.unpack(raw[SEAL * SLOT :])[4]
        try:
            told = read_seal(raw[SEAL * SLOT :], mark, page)
        except BadSealError:
            continue
        # page 0 covers the header itself: it is looked at below
        if told is not None and mark and (page == 0 or zlib.crc32(raw[: SEAL * SLOT]) == told.crc):
            marks[mark] += 1
    first = _first_place(path, number, size)
    if not marks or first is None:
        return None
    header = Header(number, size, first, marks.most_common(1)[0][0]).pack()
    begin = read_bytes(path, PAGE, 0)
    whole = zlib.crc32(header + begin[HEADER.size : SEAL * SLOT])
    proven = len(begin) == PAGE and whole == SEALED.unpack(begin[SEAL * SLOT :])[0]
    if not proven and sum(marks.values()) < 2:
        return None
    _keep(folder, finding)
    write_over(path, header, 0)
    return "its header was written anew: sealed pages say what it was"


def _first_place(path: Path, number: int, size: int) -> Optional[int]:
    """Return the place of a segment's first slot, by the segments beside it."""
    if number == 0:
        return 0
    for other, place in ((number - 1, "before"), (number + 1, "behind")):
        try:
            header = read_header(read_bytes(path.with_name(segment_name(other)), HEADER.size, 0))
        except BadHeaderError:
            continue
        if place == "before":
            return header.first + header.size // SLOT
        return header.first - size // SLOT
    return None


__all__ = ["repair"]
