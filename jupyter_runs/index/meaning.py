"""What fields there are, and which values they can be compared with."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Optional

from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import FilterError
from jupyter_runs.index.filters import STATUSES
from jupyter_runs.index.nodes import METRICS, RUN, Field, Value

# a run's own fields, and what they are
FIELDS = {
    "id": "text",
    "workspace": "text",
    "experiment": "text",
    "name": "text",
    "type": "text",
    "parent": "text",
    "reason": "text",
    "target": "text",
    "creator": "text",
    "status": "status",
    "number": "number",
    "duration": "span",
    "created": "time",
    "started": "time",
    "ended": "time",
    "archived": "flag",
}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_STATUS = {status.lower(): status for status in STATUSES}
_DAYS = {"today": 0, "yesterday": 1}
_TRUE = {"true": True, "false": False}


def kind_of(field: Field) -> str:
    """Return what a field is: ``text``, ``status``, ``number``, ``span``, ``time``, ``flag``, or ``any`` of text and number."""
    if field.space == RUN:
        return FIELDS[field.name]
    if field.space != METRICS or field.part == "last":
        return "any"
    return "text" if field.part == "kind" else "number"


def check(field: Field, value: Value, *, ordered: bool = False) -> None:
    """Refuse a value that a field can't be compared with, with the column at which it stands.

    Raises
    ------
    FilterError
        If so.
    """
    kind = kind_of(field)
    if kind == "time":
        seconds(value)
    elif kind == "span":
        span(value)
    elif kind == "number":
        number(value)
    elif kind == "status":
        status(value)
        if ordered:
            raise FilterError("a status is compared by =, != and in", value.column)
    elif kind == "flag":
        flag(value)
        if ordered:
            raise FilterError(f"{field.name} is true or false: compare by =", value.column)
    elif kind == "any" and value.kind == "span":
        raise FilterError(
            f"{value} is a span of time; {field} is compared with a number or text", value.column
        )


def check_contains(field: Field, value: Value) -> None:
    """Refuse a field or value that ``contains`` makes no sense for.

    Raises
    ------
    FilterError
        If so.
    """
    if kind_of(field) not in ("text", "any"):
        raise FilterError(f"{field} holds no text that could contain something", field.column)
    if value.kind not in ("text", "word", "number"):
        raise FilterError(f"contains needs text, in quotes, not {value}", value.column)


def moment(text: str, column: Optional[int] = None, *, end: bool = False) -> float:
    """Return a time as seconds since 1970; ``end``: of a day alone, when the next one begins.

    Raises
    ------
    FilterError
        If the calendar has no such time.
    """
    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=int(end))
            return datetime(day.year, day.month, day.day).astimezone().timestamp()
        told = re.sub(r"([+-]\d\d)(\d\d)\Z", r"\1:\2", re.sub(r"[zZ]\Z", "+00:00", text))
        told = re.sub(r"\.(\d+)", lambda found: "." + found[1].ljust(6, "0"), told)
        found = datetime.fromisoformat(told)
        return (found if found.tzinfo else found.astimezone()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise FilterError(
            f"{text!r} is no time of the calendar; write 2026-01-31 or 2026-01-31T18:30", column
        ) from None


def seconds(value: Value, *, end: bool = False) -> float:
    """Return the time that a value tells, as seconds since 1970.

    Raises
    ------
    FilterError
        If it tells none.
    """
    told = str(value.value)
    if value.kind == "number":
        return float(number(value))
    if value.kind == "word" and told.lower() in _DAYS:
        now = datetime.now().astimezone()
        return moment((now.date() - timedelta(days=_DAYS[told.lower()])).isoformat(), end=end)
    if value.kind in ("moment", "text"):
        return moment(told, value.column, end=end)
    raise FilterError(
        f"{value} is no time; write 2026-01-31, 2026-01-31T18:30, today or yesterday", value.column
    )


def is_day(value: Value) -> bool:
    """Tell whether a value tells a whole day and no time of it."""
    told = str(value.value)
    if value.kind == "word":
        return told.lower() in _DAYS
    return value.kind in ("moment", "text") and len(told) == 10


def span(value: Value) -> float:
    """Return how many seconds a value tells.

    Raises
    ------
    FilterError
        If it tells no span.
    """
    if value.kind == "span":
        found = re.match(r"([\d.]+)(\w+)", str(value.value))
        assert found is not None
        return float(found[1]) * _SECONDS[found[2]]
    if value.kind == "number":
        return float(number(value))
    raise FilterError(f"{value} is no span of time; write 90, 90s, 5m, 2h or 1d", value.column)


def number(value: Value) -> float:
    """Return a value as a float.

    Raises
    ------
    FilterError
        If it is no number.
    """
    told = value.value
    if value.kind != "number" or isinstance(told, str):
        raise FilterError(f"expected a number, found {value}", value.column)
    try:
        return float(told)
    except OverflowError:
        return float("inf") if told > 0 else float("-inf")


def status(value: Value) -> str:
    """Return a status as it is stored.

    Raises
    ------
    FilterError
        If there is no such status.
    """
    found = _STATUS.get(str(value.value).lower())
    if value.kind not in ("word", "text") or found is None:
        near = did_you_mean(str(value.value), STATUSES)
        raise FilterError(f"{value} is no status of a run; {near}", value.column)
    return found


def flag(value: Value) -> bool:
    """Return a value as true or false.

    Raises
    ------
    FilterError
        If it is neither.
    """
    found = _TRUE.get(str(value.value).lower()) if value.kind == "word" else None
    if found is None:
        raise FilterError(f"expected true or false, found {value}", value.column)
    return found
