"""A line of ``events.jsonl``: strict JSON, one object, readable by eye."""

from __future__ import annotations

import json
import math
import os
import stat
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .values import Scalar

_LONGEST_INT = 2_000  # bits
_SPECIAL = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_PLAIN = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_BINARY", "O_NONBLOCK"))
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


def encode(value: Any) -> Any:
    """Return ``value`` with what JSON lacks (NaN and the infinities) as ``{"$": "nan"}``, at any depth."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"$": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
    if isinstance(value, int) and value.bit_length() > _LONGEST_INT:
        return {"$": hex(value)}  # Python refuses to turn very long decimals into numbers
    if isinstance(value, dict):
        told = {str(k): encode(v) for k, v in value.items()}
        return {"$": [told["$"]]} if list(told) == ["$"] else told  # someone's own "$" is not ours
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    return value


def _hexadecimal(text: str) -> str:
    if not text.startswith(("0x", "-0x")):
        raise ValueError(f"{text[:20]!r} is no number")
    return text


def decode(value: Any) -> Any:
    """Return what :func:`encode` was given."""
    if isinstance(value, dict):
        if len(value) == 1 and "$" in value:
            told = value["$"]
            if isinstance(told, list):
                return {"$": decode(told[0])}
            return _SPECIAL[told] if told in _SPECIAL else int(_hexadecimal(told), 16)
        return {k: decode(v) for k, v in value.items()}
    if isinstance(value, list):
        return [decode(v) for v in value]
    return value


def decode_scalar(value: Any) -> Scalar:
    """Return a scalar from a line.

    Raises
    ------
    ValueError
        If it is none.
    """
    found = decode(value)
    if found is None or isinstance(found, (bool, int, float, str)):
        return found
    raise ValueError(f"not a scalar: {found!r}")


def dump(event: dict[str, Any]) -> bytes:
    """Return the line of ``event``, its newline included."""
    return (_encode(encode(event)) + "\n").encode("ascii")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse)  # `json.loads` would make one for each line


def load(line: bytes) -> dict[str, Any]:
    """Return the event in one line.

    Raises
    ------
    ValueError
        If it is no event.
    """
    event = _decoder.decode(line.decode("utf-8"))
    if not isinstance(event, dict) or not isinstance(event.get("e"), str):
        raise ValueError("not an event")
    if not isinstance(event.get("t"), (int, float)):
        raise ValueError("an event without its time")
    return event


def open_plain(path: Union[str, os.PathLike[str]], *, follow: bool = False) -> int:
    """Open a file to read, -1 where there is none; a journal from strangers may hold links and pipes: those are none."""
    try:
        fd = os.open(path, _PLAIN if follow else _PLAIN | _NO_LINK)
    except (OSError, ValueError):
        return -1
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    return -1


class EventLog:
    """The writer's side: each event is one ``write`` at the end of the file."""

    def __init__(self, path: Path) -> None:
        flags = (
            os.O_RDWR
            | os.O_CREAT
            | os.O_APPEND
            | getattr(os, "O_CLOEXEC", 0)
            | getattr(os, "O_BINARY", 0)
        )
        self._fd = os.open(path, flags, 0o600)
        self._torn = False
        self.written = 0

    def append(self, event: dict[str, Any]) -> None:
        """Write one event.

        Raises
        ------
        OSError
            If it could not be written whole; the next one begins on a line of its own.
        """
        line = dump(event)
        if self._torn:
            # what was refused must not be read, even if but its newline is missing: it was counted as dropped
            line = b"~\n" + line
        done = os.write(self._fd, line)
        self.written += done
        if done < len(line):
            self._torn = True
            rest = line[done:]
            rest = rest[os.write(self._fd, rest) :]
            if rest:
                raise OSError(28, "the line could not be written whole")
        self._torn = False

    def linked(self) -> bool:
        """Tell whether the file still has a name."""
        return os.fstat(self._fd).st_nlink > 0

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


class EventTail:
    """The reader's side: complete lines, each once."""

    def __init__(self, path: Union[str, os.PathLike[str]]) -> None:
        self._path = path
        self._offset = 0
        self._fd = -1

    def idle(self) -> bool:
        """Tell cheaply that a poll would find nothing."""
        try:
            return self._fd >= 0 and not os.pread(self._fd, 1, self._offset)
        except OSError:  # a disk that fails: nothing new, as far as can be told
            return True

    def poll(self) -> Iterator[tuple[int, bytes]]:
        """Give ``(offset, line)`` for each line that is complete since the last call."""
        rest = b""
        for block in self._blocks():
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            for line in lines:
                start = self._offset
                self._offset += len(line) + 1
                if line:
                    yield start, line

    def _blocks(self) -> Iterator[bytes]:
        if self._fd < 0:
            self._fd = open_plain(self._path)
            if self._fd < 0:
                return
        at, size = self._offset, 1 << 13
        while True:
            try:
                block = os.pread(self._fd, size, at)
            except OSError:  # a disk that fails: nothing new, as far as can be told
                return
            if not block:
                return
            yield block
            if len(block) < size:
                return
            at, size = at + len(block), min(size * 4, 1 << 22)

    def close(self) -> None:
        """Close the file; the place is kept."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        self.close()


def kinds_in(path: Path, known: dict[str, str], tails: dict[Path, EventTail]) -> None:
    """Add to ``known`` which kind each name was logged as in another writer's events; read on from the last call."""
    tail = tails.setdefault(path, EventTail(path))
    wanted: list[bytes] = [b'"e":"%s"' % kind.encode() for kind in NAMED]
    for _, line in tail.poll():
        head = line[:80]
        if not any(kind in head for kind in wanted):
            continue
        try:
            event = load(line)
        except (ValueError, RecursionError):
            continue
        kind = KIND_OF.get(event["e"], event["e"])
        if event["e"] in NAMED and isinstance(event.get("name"), str):
            known.setdefault(event["name"], kind)
    tail.close()


# Events that say which kind a metric is; a row's columns and its values that are no numbers are of one kind.
SPECIAL_KINDS = ("confusion_matrix", "accuracy_table", "residuals", "predictions")
NAMED = ("scalar", "rows", "row", "list", "table", "image", *SPECIAL_KINDS)
KIND_OF = {"rows": "row"}
