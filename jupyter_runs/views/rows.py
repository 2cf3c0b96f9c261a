"""A run as one row of a list, as JSON."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_runs.index import STATUSES
from jupyter_runs.journal import Progress

from . import theme
from .format import clean, shorten
from .head import progress_of
from .jsonable import jsonable
from .table_view import summary, summary_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.index import Row as Indexed
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
        "tags": _tags(reader.tags),
        "params": _params(reader.params),
        "metrics": [
            metric_json(summary(metric, points=0))
            for metric in islice(reader.metrics.values(), MOST)
            if metric.kind != "image"
        ],
    }


def row_known(row: Indexed) -> Row | None:
    """Return the same of what an index knows, with no look at the folder; None where that does not say it all."""
    if row.status != "Completed" or row.reason is not None:
        return None  # it may change by itself, or the folder tells why it is so
    started, ended = row.started, row.ended
    told = None if row.progress is None else progress_of(Progress(**row.progress))
    return {
        "id": row.id,
        "workspace": clean(row.workspace),
        "experiment": clean(row.experiment),
        "number": row.number if row.number is None or abs(row.number) < 2**53 else None,
        "name": shorten(row.name, 100),
        "type": shorten(row.type, 100),
        "parent": row.parent,
        "status": row.status,
        "icon": theme.icon(row.status),
        "active": False,
        "reason": None,
        "created": time_of(row.created),
        "started": jsonable(started),
        "ended": jsonable(ended),
        "elapsed": None if started is None or ended is None else max(0.0, ended - started),
        "target": _word(row.target),
        "creator": _word(row.creator),
        "progress": None
        if told is None
        else {"fraction": jsonable(told.fraction), "text": shorten(told.text, 100)},
        "waiting": None,
        "archived": row.archived,
        "tags": _tags(row.tags),
        "params": _params(row.params),
        "metrics": [
            metric_json(summary_of(name, figures))
            for name, figures in islice(row.metrics.items(), MOST)
            if figures.kind != "image"
        ],
    }


def _tags(tags: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        key: None if value is None else shorten(value, _LONGEST)
        for key, value in islice(jsonable(dict(sorted(tags.items()))).items(), MOST)
    }


def _params(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: shorten(value, _LONGEST) if isinstance(value, str) else value
        for key, value in islice(jsonable(dict(sorted(params.items()))).items(), MOST)
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
