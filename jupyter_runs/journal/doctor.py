"""Looks a run's journal over, byte by byte: what is damaged, what a killed writer left open, what lies about."""

from __future__ import annotations

import os
import re
import stat
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from .alive import is_locked, process_gone, rebooted, same_machine
from .checks import LINE_ERRORS, check, payload_path
from .events import decode, load, open_plain
from .layout import (
    FLOAT,
    HEADER,
    HEADER_SLOTS,
    LARGEST_SEGMENT,
    PAGE,
    SEAL,
    SLOT,
    BadHeaderError,
    BadSealError,
    Header,
    read_header,
    read_seal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .folder import RunFolder

SEGMENT = re.compile(r"scalars-(\d{4,9})\.bin\Z")
_DRAFT = re.compile(r"\..+\.\d+\.[0-9a-f]{8}\Z|\.run\.json\Z")
_PAGE_OF = re.compile(r"(scalars-\d+\.bin): page (\d+)")
_LONGEST_LINE = 1 << 24


class Finding(NamedTuple):
    """One thing that was found.

    Attributes
    ----------
    kind
        ``"damage"``: something that was logged can't be read, or nothing can be told of it; ``"open"``: a killed
        writer left it unfinished, and nothing is missing; ``"leftover"``: it is no part of the run.
    file
        Its path inside the run.
    offset, size
        The bytes concerned; of no size where the whole file is.
    text
        What is wrong, in a sentence.
    values
        How many numbers are concerned, None where that can't be told.
    what
        How a repair takes it.
    """

    kind: str
    file: str
    offset: int
    size: int
    text: str
    values: Optional[int] = None
    what: str = ""


class WriterLook(NamedTuple):
    """A writer's folder: its name, ``"closed"``, ``"alive"``, ``"gone"`` or ``"elsewhere"``, and what was found."""

    name: str
    state: str
    findings: list[Finding]
    values: int


def look(folder: RunFolder) -> list[WriterLook]:
    """Return what there is to say of each writer of a run, and of the run's other files under the name ``""``."""
    found = [_look_at_writer(folder, path) for path in writer_folders(folder)]
    stray = [
        Finding(
            "leftover", _inside(folder, path), 0, 0, "a draft that nobody finished", what="move"
        )
        for part in (folder.path, folder.payload, folder.control)
        for path in _files(part)
        if _DRAFT.match(path.name)
    ]
    return [*found, WriterLook("", "closed", stray, 0)]


def writer_folders(folder: RunFolder) -> list[Path]:
    """Return the writers' own folders; links are none."""
    try:
        entries = sorted(os.scandir(folder.journal), key=lambda entry: entry.name)
    except OSError:
        return []
    return [folder.journal / e.name for e in entries if e.is_dir(follow_symlinks=False)]


def _files(place: Path) -> list[Path]:
    try:
        return [
            place / e.name
            for e in sorted(os.scandir(place), key=lambda entry: entry.name)
            if e.is_file(follow_symlinks=False)
        ]
    except OSError:
        return []


def _inside(folder: RunFolder, path: Path) -> str:
    return path.relative_to(folder.path).as_posix()


def read_bytes(path: Path, size: int, offset: int) -> bytes:
    """Return bytes of a plain file; none where there is none, or its disk fails."""
    fd = open_plain(path)
    if fd < 0:
        return b""
    try:
        return os.pread(fd, size, offset)
    except OSError:
        return b""
    finally:
        os.close(fd)


def size_of(path: Path) -> int:
    """Return the size of a plain file, 0 where there is none."""
    try:
        told = os.lstat(path)
    except OSError:
        return 0
    return told.st_size if stat.S_ISREG(told.st_mode) else 0


def _look_at_writer(folder: RunFolder, place: Path) -> WriterLook:
    findings: list[Finding] = []
    facts, closed, named = _look_at_lines(folder, place, findings)
    state = "closed" if closed is not None else _state(place, facts)
    values, reached = 0, 0
    segments = sorted(
        (int(match[1]), path) for path in _files(place) if (match := SEGMENT.match(path.name))
    )
    for index, (number, path) in enumerate(segments):
        following = segments[index + 1][1] if index + 1 < len(segments) else None
        seen, reached = _look_at_segment(
            folder, path, number, reached, findings, following, state=state, named=named
        )
        values += seen
    if closed is not None and closed > reached and not any(f.kind == "damage" for f in findings):
        text = f"numbers up to place {closed:,} were given out, and those from {reached:,} on are missing"
        findings.append(Finding("damage", _inside(folder, place), 0, 0, text))
    return WriterLook(place.name, state, findings, values)


def _state(place: Path, facts: dict[str, Any]) -> str:
    """Tell whether a writer that has not said goodbye may still write."""
    if same_machine(facts):
        locked, gone = is_locked(place / "alive"), process_gone(facts)
        over = gone if not locked and gone is not None else locked is False
        return "gone" if over else "alive"
    return "gone" if rebooted(facts, place / "alive") else "elsewhere"


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Give the offset and bytes of each line of a file, the newline included where there is one."""
    offset, end = 0, size_of(path)
    rest = b""
    start = 0
    while offset < end:
        block = read_bytes(path, 1 << 20, offset)
        if not block:
            break
        offset += len(block)
        parts = (rest + block).split(b"\n")
        rest = parts.pop()
        for part in parts:
            yield start, part + b"\n"
            start += len(part) + 1
        if len(rest) > _LONGEST_LINE:  # no line of ours: in pieces, so that memory stays what it is
            yield start, rest
            start, rest = start + len(rest), b""
    if rest:
        yield start, rest


def _look_at_lines(
    folder: RunFolder, place: Path, findings: list[Finding]
) -> tuple[dict[str, Any], Optional[int], set[int]]:
    """Return what the first line says, the place told at the goodbye, and the series that have a name."""
    path = place / "events.jsonl"
    name = _inside(folder, path)
    facts: dict[str, Any] = {}
    closed: Optional[int] = None
    named: set[int] = set()
    for offset, line in lines(path):
        if line == b"\n":
            continue
        if not line.endswith(b"\n"):
            text = "the last line was never finished"
            findings.append(Finding("open", name, offset, len(line), text, what="blank"))
            continue
        try:
            event = load(line)
            check(event)
            if event["e"] == "writer":
                facts = {key: decode(value) for key, value in event.items()}
            elif event["e"] == "close":
                closed = event.get("at", 0)
            elif event["e"] == "scalar":
                named.add(event["id"])
            elif event["e"] == "rows":
                named.update(event["ids"])
            payload = event.get("payload")
        except LINE_ERRORS as error:
            text = f"the line makes no sense ({str(error)[:80]}) and is left out"
            findings.append(Finding("damage", name, offset, len(line), text, what="blank"))
            continue
        if payload is not None and event["e"] != "param":
            body = payload_path(folder.payload, payload)
            if body is None or not size_of(body):
                text = f"the body of {event.get('name')!r} lies in a file that is not there"
                findings.append(Finding("damage", name, offset, len(line), text))
    return facts, closed, named


def _look_at_segment(
    folder: RunFolder,
    path: Path,
    number: int,
    reached: int,
    findings: list[Finding],
    following: Optional[Path],
    *,
    state: str,
    named: set[int],
) -> tuple[int, int]:
    """Return how many values are sound, and the place behind the segment."""
    name, size = _inside(folder, path), size_of(path)
    raw = read_bytes(path, HEADER.size, 0)
    try:
        header = read_header(raw)
        if header.number != number:
            raise BadHeaderError(f"the header belongs to segment {header.number}")
    except BadHeaderError as error:
        if not any(raw) and following is None:
            text = "a segment that was being made when its writer ended"
            findings.append(Finding("open" if size else "leftover", name, 0, 0, text))
            return 0, reached
        text = f"{error}; its values are left out"
        later = error.version is not None and zlib.crc32(raw[:-4]).to_bytes(4, "little") == raw[-4:]
        what = "" if later else "header"
        findings.append(Finding("damage", name, 0, HEADER.size, text, what=what))
        return 0, reached
    if header.first != reached and reached:
        text = f"it begins at place {header.first:,}, and the one before ends at {reached:,}"
        if header.first > reached:
            findings.append(Finding("damage", name, 0, 0, text))
    if size > header.size:
        text = "bytes behind its end, which nobody wrote for it"
        findings.append(Finding("damage", name, header.size, size - header.size, text, what="cut"))
    if size < header.size and following is not None:
        text = f"it is cut short by {header.size - size:,} bytes; what stood there is lost"
        findings.append(Finding("damage", name, size, 0, text))
    values, strays = 0, 0
    whole = read_bytes(path, min(size, header.size, LARGEST_SEGMENT), 0)
    for page in range(len(whole) // PAGE):
        body = whole[page * PAGE : (page + 1) * PAGE]
        held, unknown = _look_at_page(name, page, body, header, findings, state, named)
        values += held
        strays += unknown
    if strays:
        text = "values of a series that no line names; they are left out"
        findings.append(Finding("damage", name, 0, 0, text, values=strays))
    return values, header.first + header.size // SLOT


def _look_at_page(
    name: str,
    page: int,
    body: bytes,
    header: Header,
    findings: list[Finding],
    state: str,
    named: set[int],
) -> tuple[int, int]:
    """Return how many values of a page are sound, and how many belong to no name."""
    first = HEADER_SLOTS if page == 0 else 0
    marked = [
        (word & 0xFFFFFFF, word >> 28)
        for *_, word, mark in list(FLOAT.iter_unpack(body[: SEAL * SLOT]))[first:]
        if mark == header.mark
    ]
    offset = page * PAGE
    try:
        seal = read_seal(body[SEAL * SLOT :], header.mark, page)
    except BadSealError:
        text = f"the seal of page {page} is damaged; its values are left out"
        findings.append(Finding("damage", name, offset, PAGE, text, len(marked), "page"))
        return 0, 0
    if seal is None:
        if marked and state == "closed":
            text = f"page {page} has lost its seal: nothing vouches for its values, which are read"
            findings.append(Finding("damage", name, offset, PAGE, text, len(marked)))
        elif marked and state != "alive":
            text = f"page {page} was not sealed yet when its writer ended; its values are read"
            findings.append(Finding("open", name, offset, PAGE, text, len(marked), "seal"))
    elif zlib.crc32(body[: SEAL * SLOT]) != seal.crc:
        text = f"page {page} does not fit its checksum; its values are left out"
        findings.append(Finding("damage", name, offset, PAGE, text, seal.committed, "page"))
        return 0, 0
    values = [series for series, kind in marked if kind <= 3]
    return len(values), sum(1 for series in values if series not in named)


def examine(folder: RunFolder) -> list[WriterLook]:
    """Look a run over, and add what its reader complains of and the bytes did not show.

    Raises
    ------
    RunNotFoundError
        If there is no run.
    """
    from .reader import RunReader

    folder.definition  # noqa: B018 - raises where there is no run
    found = look(folder)
    reader = RunReader(folder)
    try:
        reader.poll()
        reader.load(list(reader.metrics.values()))
        told = list(reader.damage)
    finally:
        reader.close()
    looks = {one.name: one for one in found}
    damaged = {
        (one.name, f.file.rpartition("/")[2])
        for one in found
        for f in one.findings
        if f.kind == "damage"
    }
    pages = {
        (one.name, f.file.rpartition("/")[2], f.offset // PAGE)
        for one in found
        for f in one.findings
    }
    for text in told:
        writer, _, rest = text.partition("/")
        file = rest.partition(":")[0]
        at = _PAGE_OF.match(rest)
        known = (writer, file, int(at[2])) in pages if at else (writer, file) in damaged
        if not known:
            path = f"journal/{writer}/{file}" if "." in file else f"journal/{writer}"
            finding = Finding("damage", path, 0, 0, rest.partition(": ")[2] or rest)
            looks.get(writer, looks[""]).findings.append(finding)
    return found


__all__ = ["Finding", "WriterLook", "examine", "look"]
