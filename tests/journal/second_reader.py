"""A second reader of a run's metrics, written from FORMAT.md alone: the page must suffice.

It shares no line with the package and needs the standard library only. It reads a run once, as
it lies there; the marks are read before the bodies, so the writers may be alive.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple

PAGE, SLOT, BODY = 4096, 32, 4064
NO_STEP = -(2**63)
ARTIFACTS = ("confusion_matrix", "accuracy_table", "residuals", "predictions")
VOID = object()
NONFINITE = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


class Record(NamedTuple):
    """One point of a metric; a row's value is a dict by column."""

    value: Any
    step: int | None
    time: float
    writer: str


class Metric(NamedTuple):
    """What one name holds."""

    kind: str
    records: list[Record]


def read(folder: Path | str, problems: list[str] | None = None) -> dict[str, Metric]:
    """Return every metric of the run by name; what is damaged goes to ``problems``."""
    problems = [] if problems is None else problems
    journal = Path(folder) / "journal"
    # the time of the first line decides which of several kinds keeps the name
    firsts: list[tuple[float, str, int, str, str]] = []
    points: dict[tuple[str, str], list[tuple[Any, Record]]] = {}
    for place in sorted(journal.iterdir()):
        if place.is_dir():
            writer = _Writer(Path(folder), place, problems)
            firsts += writer.firsts
            for key, own in writer.points.items():
                own.sort(key=lambda point: point[0])
                points.setdefault(key, []).extend(own)
    metrics: dict[str, Metric] = {}
    for name, kind in dict.fromkeys(first[3:] for first in sorted(firsts)):
        own, shown = points.get((name, kind), []), name
        if len({record.writer for _, record in own}) > 1:
            own.sort(key=lambda point: (point[1].time, point[1].writer, point[0]))
        while shown in metrics:
            shown = f"{shown} ({kind})"
        metrics[shown] = Metric(kind, [record for _, record in own])
    # a writer may have died between the line and the first record
    return {k: m for k, m in metrics.items() if m.records or m.kind not in ("scalar", "row")}


class _Writer:
    """What one writer has logged; the sort key of a point is (place, line before record, line)."""

    def __init__(self, folder: Path, place: Path, problems: list[str]):
        self.folder, self.name, self.problems = folder, place.name, problems
        self.firsts: list[tuple[float, str, int, str, str]] = []
        self.points: dict[tuple[str, str], list[tuple[Any, Record]]] = {}
        self.scalars: dict[int, str] = {}
        self.rows: dict[int, tuple[str, list[str], list[int]]] = {}
        # the numbers first: the line that names a series is older than its first record
        records = _records(place, problems)
        self._read_lines(place / "events.jsonl")
        self._take(records)

    def _read_lines(self, path: Path) -> None:
        data = path.read_bytes() if path.exists() else b""
        # what follows the last newline is not there yet
        for number, line in enumerate(data.split(b"\n")[:-1]):
            if not line:
                continue
            try:
                event = _decoded(json.loads(line, parse_constant=_refuse))
                if event["e"] == "writer" and event["format"] != 1:
                    self.problems.append(f"{path}: format {event['format']}")
                    return
                self._take_event(event, number)
            except (ValueError, KeyError, TypeError, OSError) as error:
                self.problems.append(f"{path}, line {number + 1}: {error!r}")

    def _take_event(self, event: dict[str, Any], line: int) -> None:
        kind, time = event["e"], event["t"]
        if kind == "scalar":
            self._first(event["name"], "scalar", time, line)
            self.scalars[event["id"]] = event["name"]
        elif kind == "value":
            self._add(
                self.scalars[event["id"]],
                "scalar",
                (event["at"], 0, line),
                (event["value"], event.get("step"), time),
            )
        elif kind == "rows":
            name, columns, ids = event["name"], event["columns"], event["ids"]
            self._first(name, "row", time, line)
            self.rows.update(dict.fromkeys(ids, (name, columns, ids)))
        elif kind == "row":
            name, values = event["name"], event["values"]
            self._first(name, "row", time, line)
            self._add(name, "row", (event["at"], 0, line), (values, None, time))
        elif kind in ("list", "table"):
            self._first(event["name"], kind, time, line)
            value = self._value(event)
            if kind == "table":
                value = [dict(zip(value, row)) for row in zip(*value.values())]
            for index, element in enumerate(value):
                self._add(event["name"], kind, (line, index), (element, None, time))
        elif kind == "image":
            self._first(event["name"], kind, time, line)
            value = (event["payload"], event.get("step"), time)
            self._add(event["name"], kind, (line,), value)
        elif kind in ARTIFACTS:
            self._first(event["name"], kind, time, line)
            self._add(event["name"], kind, (line,), (self._value(event), None, time))

    def _first(self, name: str, kind: str, time: float, line: int) -> None:
        self.firsts.append((time, self.name, line, name, kind))

    def _add(self, name: str, kind: str, key: Any, point: tuple[Any, int | None, float]) -> None:
        own = self.points.setdefault((name, kind), [])
        own.append((key, Record(*point, self.name)))

    def _value(self, event: dict[str, Any]) -> Any:
        if "payload" not in event:
            return event["value"]
        text = (self.folder / "payload" / event["payload"]).read_bytes()
        return _decoded(json.loads(text, parse_constant=_refuse))["value"]

    def _take(self, records: list[tuple[int, int, Any, int, float]]) -> None:
        parts: dict[tuple[str, int, int], dict[int, tuple[int, Any, float]]] = {}
        for place, series, value, step, time in records:
            if series in self.scalars:
                point = (value, None if step == NO_STEP else step, time)
                self._add(self.scalars[series], "scalar", (place, 1, 0), point)
            elif series in self.rows:
                name, _, ids = self.rows[series]
                parts.setdefault((name, ids[0], step), {})[series] = (place, value, time)
            else:
                self.problems.append(f"{self.name}: a record of the unknown series {series}")
        for (name, series, _), row in parts.items():
            _, columns, ids = self.rows[series]
            # an interrupted row lacks some of its records: it is not there
            if all(one in row for one in ids):
                values = {column: row[one][1] for column, one in zip(columns, ids)}
                place, _, time = row[ids[0]]
                self._add(name, "row", (place, 1, 0), (values, None, time))


def _records(place: Path, problems: list[str]) -> list[tuple[int, int, Any, int, float]]:
    """Return (place, series, value, step, time) of all that a writer's segments hold."""
    found = []
    segments = {}
    for path in place.iterdir():
        if match := re.fullmatch(r"scalars-(\d{4,})\.bin", path.name):
            segments[int(match[1])] = path
    for number, path in sorted(segments.items()):
        # the marks of the first reading say which bodies of the second are complete
        marks, data = path.read_bytes(), path.read_bytes()
        size = min(len(marks), len(data))
        if not any(data[:64]):
            continue  # made a moment ago: its header is still to come
        header = data[:64]
        magic, version, _, own, _, first, mark = struct.unpack_from("<8sHHIQQI", header)
        (check,) = struct.unpack_from("<I", header, 60)
        if check != zlib.crc32(header[:60]) or (magic, version, own) != (b"JRUNSNUM", 1, number):
            problems.append(f"{path}: a header that does not fit")
            continue
        for start in range(0, size, PAGE):
            old, page = marks[start : start + PAGE], data[start : start + PAGE]
            try:
                taken = _committed(old, page, start // PAGE, mark)
            except ValueError:
                # once more: a hole may have been filled between page and seal
                with path.open("rb") as file:
                    file.seek(start)
                    page = file.read(PAGE)
                try:
                    taken = _committed(page, page, start // PAGE, mark)
                except ValueError as error:
                    problems.append(f"{path}, page {start // PAGE}: {error}")
                    continue
            for slot in taken:
                raw, step, time, word, _ = struct.unpack_from("<8sqdII", page, slot * SLOT)
                value = _number(raw, word >> 28)
                if value is not VOID:
                    at = first + start // SLOT + slot
                    found.append((at, word & 0x0FFFFFFF, value, step, time))
    return found


def _committed(old: bytes, page: bytes, number: int, mark: int) -> list[int]:
    """Return the slots of a page that may be used; a seal that does not fit is a ValueError."""
    slots = range(0 if number else 2, min(len(page), len(old), BODY) // SLOT)
    if any(page[PAGE - 8 :]):
        check, _, bits, own, sealed = struct.unpack_from("<II16sII", page, BODY)
        if own != zlib.crc32(page[BODY : BODY + 24]) ^ number or sealed not in (0, mark):
            raise ValueError("a seal that does not fit")
        if check != zlib.crc32(page[:BODY]):
            raise ValueError("a checksum that does not fit")
        return [slot for slot in slots if bits[slot // 8] >> slot % 8 & 1]
    ends = (slot * SLOT + SLOT - 4 for slot in slots)
    return [end // SLOT for end in ends if old[end : end + 4] == struct.pack("<I", mark)]


def _number(raw: bytes, kind: int) -> Any:
    if kind == 0:
        return struct.unpack("<d", raw)[0]
    if kind in (1, 2):
        (value,) = struct.unpack("<q", raw)
        return bool(value) if kind == 2 else value
    return None if kind == 3 else VOID


def _decoded(value: Any) -> Any:
    """Return a value of a line or a payload, with what JSON lacks."""
    if isinstance(value, list):
        return [_decoded(part) for part in value]
    if not isinstance(value, dict):
        return value
    if list(value) != ["$"]:
        return {key: _decoded(part) for key, part in value.items()}
    (inner,) = value.values()
    if isinstance(inner, list):
        (part,) = inner
        return {"$": _decoded(part)}
    return NONFINITE[inner] if inner in NONFINITE else int(inner, 16)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not strict JSON")
