"""A run as one row of a list, as JSON."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_runs.index import STATUSES

from . import theme
from .format import clean, shorten
from .jsonable import jsonable
from .table_view import summary

if TYPE_CHECKING:
    from jupyter_runs.journal import RunFolder

    from .model import MetricSummary
    from .run_view import RunView

MOST = 100  # metrics, params, tags of one row each
UNREADABLE = "Unreadable"  # the status of what makes no sense
_LONGEST = 200  # characters of a value

Row = dict[str, Any]


def row_of(view: RunView) -> Row:
    """Return what a list shows of one run; names and texts are cleaned, not escaped."""
    head, reader = view.head(), view.reader
    definition = reader.definition
    return {
        "id": head.id,
        "workspace": clean(head.workspace),
        "experiment": clean(head.experiment),
        "number": head.number,
        "name": shorten(head.name, 100),
        "type": shorten(head.type, 100),
        "parent": head.parent,
        "status": head.status if head.status in STATUSES else UNREADABLE,
        "icon": head.icon,
        "active": head.active,
        "reason": shorten(head.error or head.reason, _LONGEST)
        if head.error or head.reason
        else None,
        "created": time_of(head.created),
        "started": jsonable(head.started),
        "ended": jsonable(head.ended),
        "elapsed": jsonable(head.elapsed),
        "target": _word(definition.get("target")),
        "creator": _word(definition.get("creator")),
        "progress": None
        if head.progress is None
        else {
            "fraction": jsonable(head.progress.fraction),
            "text": shorten(head.progress.text, 100),
        },
        "waiting": head.waiting,
        "archived": reader.archived is not None,
        "tags": {
            key: None if value is None else shorten(value, _LONGEST)
            for key, value in islice(jsonable(reader.tags).items(), MOST)
        },
        "params": {
            key: shorten(value, _LONGEST) if isinstance(value, str) else value
            for key, value in islice(jsonable(reader.params).items(), MOST)
        },
        "metrics": [
            metric_json(summary(metric, points=0))
            for metric in islice(reader.metrics.values(), MOST)
            if metric.kind != "image"
        ],
    }


def metric_json(told: MetricSummary) -> dict[str, Any]:
    """Return a metric as the cell of a row: its last value, also as a person reads it, lowest and highest."""
    last = told.last
    return {
        "name": jsonable(told.name),
        "kind": told.kind,
        "count": told.count,
        "text": shorten(told.text, 40),
        "last": shorten(last, _LONGEST) if isinstance(last, str) else jsonable(last),
        "min": jsonable(told.minimum),
        "max": jsonable(told.maximum),
    }


def time_of(value: Any) -> float | None:
    """Return seconds since 1970 as JSON holds them, None for what is no time."""
    return jsonable(float(value)) if isinstance(value, (int, float)) and abs(value) < 1e15 else None


def _word(value: Any) -> str | None:
    return shorten(value, 100) if isinstance(value, str) and value else None


def unreadable(folder: RunFolder, error: Exception) -> Row:
    """Return a row that says why the run can't be shown."""
    try:
        definition = folder.definition
    except Exception:
        definition = {}
    experiment = definition.get("experiment")
    number_ = definition.get("number")
    parent = definition.get("parent")
    return {
        "id": folder.id,
        "workspace": clean(folder.path.parent.parent.name),
        "experiment": clean(experiment if isinstance(experiment, str) else ""),
        "number": number_ if isinstance(number_, int) else None,
        "name": shorten(str(definition.get("name", "")), 100),
        "type": "",
        "parent": parent if isinstance(parent, str) else None,
        "status": UNREADABLE,
        "icon": theme.icon(UNREADABLE),
        "active": False,
        "reason": shorten(str(error), _LONGEST),
        **dict.fromkeys(("created", "started", "ended", "elapsed", "target", "creator")),
        "progress": None,
        "waiting": None,
        "archived": False,
        "tags": {},
        "params": {},
        "metrics": [],
    }
