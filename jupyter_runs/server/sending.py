"""How a run's files are sent: they come from strangers, and must never run as a page of this server."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

# an opaque origin, no scripts, nothing fetched: also for what a browser shows by itself, such as SVG
FILE_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".svg": "image/svg+xml",
}
PICTURES = tuple(dict.fromkeys(_PICTURES.values()))
_TEXTS = frozenset(
    [
        ".txt",
        ".log",
        ".csv",
        ".tsv",
        ".json",
        ".jsonl",
        ".md",
        ".rst",
        ".py",
        ".ipynb",
        ".yml",
        ".yaml",
        ".toml",
        ".cfg",
        ".ini",
        ".sh",
        ".r",
        ".jl",
        ".out",
        ".err",
        ".diff",
        ".patch",
        ".c",
        ".h",
        ".cpp",
        ".cu",
        ".java",
        ".js",
        ".ts",
        ".css",
        ".sql",
        ".tex",
    ]
)
_BLOCK = 1 << 18


def type_of(name: str) -> tuple[str, bool]:
    """Return the media type of a file, and whether it is only ever saved: all but pictures and texts are."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _PICTURES:
        return _PICTURES[suffix], False
    if suffix in _TEXTS:  # whatever it is in truth, it is shown as plain text
        return "text/plain; charset=utf-8", False
    return "application/octet-stream", True


def disposition(name: str, *, attachment: bool) -> str:
    """Return the header that names a file."""
    last = PurePosixPath(name).name or "file"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", last)[:200]
    exact = quote(last.encode("utf-8", "replace")[:600], safe="")
    word = "attachment" if attachment else "inline"
    return f"{word}; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def range_of(asked: str | None, size: int) -> tuple[int, int] | None:
    """Return the bytes that a Range header asks for (from, to, the latter not among them).

    All of them where there is none or it makes no sense, as HTTP has it; None where there is nothing of what it asks for.
    """
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", (asked or "").strip(), re.ASCII)
    if found is None or not (found[1] or found[2]):
        return 0, size
    if not found[1]:  # the last bytes
        start, end = max(0, size - int(found[2])), size
    else:
        start = int(found[1])
        end = min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return 0, size
    return (start, end) if start < end else None


def pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Give a part of a file piece by piece; what was cut off meanwhile is zeros, so that the length is as promised."""
    file.seek(start)
    while start < end:
        piece = file.read(min(_BLOCK, end - start)) or bytes(min(_BLOCK, end - start))
        start += len(piece)
        yield piece
