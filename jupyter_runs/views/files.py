"""The files of a run: what there is, and pieces of its logs."""

from __future__ import annotations

import codecs
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_runs.journal import InvalidPathError, safe_path

from .model import FileInfo, LogPart
from .terminal import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 10_000  # files of one run that are listed
_TAIL = 4096  # bytes of a failed run's log that stand in its header
_TAIL_LINES = 12


class Listing:
    """The files below a folder, scanned again only when a folder in it changed or it is old.

    Links are not followed: they may lead anywhere.
    """

    def __init__(self, base: Path, max_age: float = 5.0) -> None:
        self._base = base
        self._max_age = max_age
        self._folders: dict[Path, int] = {}
        self._files: list[FileInfo] = []
        self._scanned = -1e9

    def files(self, *, fresh: bool = False) -> list[FileInfo]:
        """Return the files, newest first; with ``fresh`` their sizes are those of now."""
        if self._stale() or (fresh and time.monotonic() - self._scanned > self._max_age):
            self._scan()
        return self._files

    def _stale(self) -> bool:
        if not self._folders:
            return True
        try:
            return any(path.stat().st_mtime_ns != at for path, at in self._folders.items())
        except OSError:
            return True

    def _scan(self) -> None:
        self._scanned = time.monotonic()
        folders: dict[Path, int] = {}
        found: list[FileInfo] = []
        todo = [] if self._base.is_symlink() else [(self._base, "")]
        while todo and len(found) < _MOST:
            path, prefix = todo.pop()
            try:
                folders[path] = path.stat().st_mtime_ns
                with os.scandir(path) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            todo.append((Path(entry.path), f"{prefix}{entry.name}/"))
                        elif entry.is_file(follow_symlinks=False):
                            told = entry.stat(follow_symlinks=False)
                            found.append(
                                FileInfo(
                                    prefix + entry.name,
                                    told.st_size,
                                    told.st_mtime,
                                    Path(entry.path),
                                )
                            )
            except OSError:  # gone in between, or not ours to read
                continue
        found.sort(key=lambda f: (-f.mtime, f.name))
        self._folders, self._files = folders, found


def elsewhere(folder: Path, names: Iterable[str]) -> list[FileInfo]:
    """Return the uploaded files that lie neither under ``outputs/`` nor ``logs/``."""
    found = []
    for name in names:
        if name.startswith(("outputs/", "logs/")):
            continue
        try:
            path = safe_path(folder, name)
            told = path.stat()
        except (OSError, InvalidPathError):
            continue
        found.append(FileInfo(name, told.st_size, told.st_mtime, path))
    return found


def last_lines(base: Path, logs: Iterable[FileInfo]) -> LogPart | None:
    """Return the last lines of the first of these logs that has any."""
    for log in logs:
        try:
            part = read_log(base, log.name, None, _TAIL)
        except OSError:
            continue
        if part.size:
            lines = part.text.rstrip().split("\n")[-_TAIL_LINES:]
            return LogPart(part.name, "\n".join(lines), part.start, part.end, part.size)
    return None


def last_bytes(path: Path, limit: int) -> str:
    """Return the end of a file as it was written; "" when it can't be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - limit))
            data = file.read(limit)
    except OSError:
        return ""
    return data.decode("utf-8", "replace")


def read_log(
    base: Path,
    name: str,
    offset: int | None,
    limit: int,
    *,
    before: int | None = None,
    raw: bool = False,
) -> LogPart:
    """Return a piece of a log file.

    Parameters
    ----------
    base
        The folder of the logs.
    name
        As listed; a name that leads out of ``base`` is an `InvalidPathError`.
    offset
        Where to begin, in bytes; None gives the last lines. Beyond the end (the file was cut) it begins
        anew.
    limit
        How many bytes at most.
    before
        Without ``offset``: the lines that end at this byte, and not at the file's end.
    raw
        As it was written, for a `Terminal`; else as a terminal would show it.

    Raises
    ------
    FileNotFoundError
        If there is no such log.
    """
    limit = max(1, limit)
    if base.is_symlink():
        raise InvalidPathError(f"{base} is a link, and those are not followed")
    with safe_path(base, name).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if offset is None:
            end = size if before is None else min(before, size)
            start = max(0, end - limit)
        else:
            start = max(0, offset)
            start = 0 if start > size else start
            end = start + limit
        file.seek(start)
        data = file.read(end - start)
    if offset is None and start:
        cut = _first_line(data)
        start, data = start + cut, data[cut:]
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data)
    held = len(decoder.getstate()[0])  # half a character: it comes with the next piece
    if held and held == len(data):
        text, held = decoder.decode(b"", final=True), 0
    return LogPart(name, text if raw else plain(text), start, start + len(data) - held, size)


def _first_line(data: bytes) -> int:
    """Return where the first whole line begins; of one that is longer than all of it, a state of it."""
    for end in (b"\n", b"\r"):  # a progress bar is one line, however often it is drawn
        cut = data.find(end, 0, -1) + 1
        if cut:
            return cut
    return next((i for i, b in enumerate(data[:4]) if b & 0xC0 != 0x80), 0)
