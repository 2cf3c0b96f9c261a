"""The feed of a workspace: which runs it says were made or changed, since it was read last."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

FEED = "runs.jsonl"
_MARK = 64  # bytes before the place that was reached: they tell whether it is the same file


class Place(NamedTuple):
    """How far a feed was read, and what stands before that."""

    at: int = 0
    mark: str = ""


def end_of(workspace: Path) -> Place:
    """Return the place behind the last whole line."""
    try:
        with (workspace / FEED).open("rb") as file:
            at = size = file.seek(0, os.SEEK_END)
            while at:
                start = max(0, at - 4096)
                file.seek(start)
                found = file.read(at - start).rfind(b"\n")
                if found >= 0:
                    return Place(start + found + 1, _mark(file, start + found + 1))
                at = start
            return Place(0, _mark(file, 0) if size else "")
    except OSError:
        return Place()


def read(workspace: Path, place: Place) -> tuple[list[str], Place]:
    """Return the ids that the lines since a place name, and the place behind them.

    A feed that is another one, or was cut, is read from its start. Lines that make no sense are passed over: it is a hint.
    """
    try:
        with (workspace / FEED).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if size == place.at and _mark(file, place.at) == place.mark:
                return [], place
            if size < place.at or _mark(file, place.at) != place.mark:
                place = Place()
            file.seek(place.at)
            new = file.read()
            whole = new.rfind(b"\n") + 1
            at = place.at + whole
            found: dict[str, None] = {}
            for line in new[:whole].split(b"\n"):
                try:
                    run = json.loads(line)["run"]
                except (ValueError, LookupError, TypeError, RecursionError):
                    continue
                if isinstance(run, str):
                    found[run] = None
            return list(found), Place(at, _mark(file, at))
    except OSError:
        return [], Place()


def _mark(file: BinaryIO, at: int) -> str:
    start = max(0, at - _MARK)
    file.seek(start)
    told = file.read(at - start)
    return told.hex()
