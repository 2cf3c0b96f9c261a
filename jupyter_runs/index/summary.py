"""What the index keeps of one run, made from its folder and nothing else."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs.index.query import Figures, Row
from jupyter_runs.journal.checks import LATEST
from jupyter_runs.journal.columns import as_float
from jupyter_runs.journal.events import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_runs.journal import Metric, RunFolder, RunReader, Scalar, Status

_LONGEST = 500  # characters of what is looked up: databases have limits of their own
_LONGEST_REASON = 2_000
_LONGEST_WORDS = 20_000
_LARGEST = (1 << 63) - 1
UNREADABLE = "Unreadable"


class Summary(NamedTuple):
    """What is stored of a run: its row, and rows of the other tables by their names."""

    row: dict[str, Any]
    metrics: dict[str, tuple[Any, ...]]  # kind, count, last, text, min, max
    labels: dict[tuple[str, str], tuple[Any, ...]]  # text, number


def storable(text: str) -> str:
    """Return text that every database takes."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair, from a stranger's JSON
        text = text.encode("utf-8", "replace").decode()
    return text


class Told:
    """What there is to say of a metric, as it is stored to be looked up and to be shown.

    Attributes
    ----------
    name : str
    row : tuple
        Kind, count, last, text, min, max.
    shown : str
        A member of a JSON object.
    version : int
        Which of the metric's this is of.
    """

    __slots__ = (
        *("_head", "_high", "_high_shown", "_low", "_low_shown"),
        *("metric", "name", "row", "shown", "version"),
    )

    def __init__(self, name: str, metric: Metric) -> None:
        self.metric = metric
        self.name = looked_up(name)
        self._head = f"{json.dumps(name)}: [{json.dumps(metric.kind)}, "
        self._low: Optional[float] = None
        self._high: Optional[float] = None
        self._low_shown = self._high_shown = "null"
        self.update()

    def update(self) -> None:
        """Take what the metric says now."""
        metric = self.metric
        self.version = metric.version
        count, last, ends = metric.figures()
        low, high = ends or (None, None)
        number, text = (
            (last, None) if type(last) is float and not math.isnan(last) else _forms(last)
        )
        shown = _json(_plain(last))
        # writing floats takes longer than all else: an end is mostly what it was, or else the last value; 0.0 is -0.0
        same = last if type(last) is float and last else math.nan
        if low != self._low or not low:
            self._low, self._low_shown = low, shown if low == same else _json(low)
        if high != self._high or not high:
            self._high, self._high_shown = high, shown if high == same else _json(high)
        self.shown = f"{self._head}{count}, {shown}, {self._low_shown}, {self._high_shown}]"
        self.row = (metric.kind, min(count, _LARGEST), number, text, low, high)


def _json(value: Any) -> str:
    """Return a value as ``json.dumps`` writes it; finite floats, as most are, in a third of the time."""
    return repr(value) if type(value) is float and value - value == 0 else json.dumps(value)


class Said(NamedTuple):
    """What the lines of a run say beside its metrics: it changes far less often than these."""

    row: dict[str, Any]
    labels: dict[tuple[str, str], tuple[Any, ...]]
    body: str  # the end of a JSON object


def said_by(reader: RunReader, inode: int) -> Said:
    """Return what a run's lines say.

    Parameters
    ----------
    reader
        A reader of it that was just polled.
    inode
        Which folder it is: another one of the same name is another run.
    """
    progress = reader.progress
    body = {
        # by name: the order in which several writers are read is no order
        "params": {key: _plain(value) for key, value in sorted(reader.params.items())},
        "tags": dict(sorted(reader.tags.items())),
        "properties": dict(sorted(reader.properties.items())),
        "progress": None if progress is None else progress._asdict(),
    }
    row = {
        **_defined(reader.folder, inode),
        "archived": int(reader.archived is not None),
        "name": _short(reader.name),
        "words": _words(reader, reader.name),
    }
    labels: dict[tuple[str, str], tuple[Any, ...]] = {}
    for key, value in reader.params.items():
        number, text = _forms(value)
        shown = text if text is not None or value is None else _shown(value)
        labels["params", looked_up(key)] = shown, number
    for space, pairs in (("tags", reader.tags), ("properties", reader.properties)):
        for key, told in pairs.items():
            text = None if told is None else storable(told)
            labels[space, looked_up(key)] = text, _number_in(told)
    return Said(row, labels, json.dumps(body)[1:])


def summarise(said: Said, status: Status, metrics: Iterable[Told]) -> Summary:
    """Return what is stored of a run: what its lines say, where it stands, and its metrics' figures."""
    metrics = list(metrics)
    row = {
        **said.row,
        "status": status.status,
        "reason": _short(status.reason or status.message, _LONGEST_REASON),
        "started": status.started,
        "ended": status.ended,
        "body": f'{{"metrics": {{{", ".join([told.shown for told in metrics])}}}, {said.body}',
    }
    return Summary(row, {told.name: told.row for told in metrics}, said.labels)


def row_from(found: Any) -> Row:
    """Return a row as it is handed out, from one of the database."""
    body = json.loads(found.body)
    return Row(
        id=found.id,
        workspace=found.workspace,
        experiment=found.experiment or "",
        number=found.number,
        name=found.name or "",
        type=found.type or "",
        parent=found.parent,
        status=found.status,
        reason=found.reason,
        created=found.created,
        started=found.started,
        ended=found.ended,
        target=found.target,
        creator=found.creator,
        archived=bool(found.archived),
        params={key: _told(value) for key, value in body["params"].items()},
        tags=body["tags"],
        properties=body["properties"],
        metrics={
            key: Figures(kind, count, _told(last), low, high)
            for key, (kind, count, last, low, high) in body["metrics"].items()
        },
        progress=body["progress"],
        changed=found.changed,
    )


def _plain(value: Scalar) -> Any:
    """Return a value as JSON can hold it; it takes NaN as Python writes it."""
    return encode(value) if type(value) is int else value


def _told(value: Any) -> Any:
    return decode(value) if isinstance(value, dict) else value


def _short(value: Any, most: int = _LONGEST) -> Optional[str]:
    return storable(value[:most]) if isinstance(value, str) else None


def looked_up(text: str) -> str:
    """Return a name as it is looked up."""
    return storable(text[:_LONGEST])


def _finite(value: Any) -> Optional[float]:
    if not isinstance(value, (int, float)):
        return None
    number = as_float(value)
    return None if math.isnan(number) else number


def _calendar(value: Any) -> Optional[float]:
    found = None if isinstance(value, bool) else _finite(value)
    return found if found is not None and 0 <= found <= LATEST else None


def _whole(value: Any) -> Optional[int]:
    return max(-_LARGEST, min(int(value), _LARGEST)) if isinstance(value, int) else None


def _forms(value: Scalar) -> tuple[Optional[float], Optional[str]]:
    """Return a value as a number and as text, each None where it has no such form; NaN is no number to compare."""
    if isinstance(value, str):
        return None, storable(value)
    number = as_float(value)
    return None if math.isnan(number) else number, str(value) if isinstance(value, bool) else None


def _shown(value: Scalar) -> str:
    return hex(value) if type(value) is int and value.bit_length() > 2_000 else str(value)


def _number_in(text: Optional[str]) -> Optional[float]:
    """Return the number that a tag says, None where it says none."""
    if not text or len(text) > 40 or "_" in text:
        return None
    try:
        return _finite(float(text))
    except ValueError:
        return None


def _words(reader: RunReader, name: str) -> str:
    said = reader.definition
    number = said.get("number")
    told = [name, reader.folder.id, str(said.get("experiment") or "")]
    told += [] if number is None else [f"#{number}"]
    for pairs in (reader.tags, reader.params):
        told += sorted(
            key if value is None else f"{key}={_shown(value)}" for key, value in pairs.items()
        )
    return storable("\n".join(told)[:_LONGEST_WORDS].lower())


def unreadable(folder: RunFolder, error: Exception, inode: int) -> Summary:
    """Return what is stored of a run whose folder makes no sense."""
    body: dict[str, Any] = {
        "params": {},
        "tags": {},
        "properties": {},
        "metrics": {},
        "progress": None,
    }
    row = {
        **_defined(folder, inode),
        "archived": 0,
        "name": _short(folder.definition.get("name")) or _short(folder.id),
        "status": UNREADABLE,
        "reason": _short(f"{type(error).__name__}: {error}", _LONGEST_REASON),
        "started": None,
        "ended": None,
        "words": storable(folder.id.lower()),
        "body": json.dumps(body),
    }
    return Summary(row, {}, {})


def _defined(folder: RunFolder, inode: int) -> dict[str, Any]:
    """Return what a run's definition says of its row."""
    said = folder.definition
    created, number, parent = said.get("created"), said.get("number"), said.get("parent")
    return {
        "workspace": _short(folder.path.parent.parent.name),
        "id": _short(folder.id),
        "inode": inode,
        "at": _finite(created) or 0.0,
        "nth": _whole(number) or 0,
        "nested": int(parent is not None),
        "experiment": _short(said.get("experiment")),
        "number": _whole(number),
        "type": _short(said.get("type")),
        "parent": _short(parent),
        "created": _calendar(created),
        "target": _short(said.get("target")),
        "creator": _short(said.get("creator")),
    }
