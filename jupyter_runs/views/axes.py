"""Ticks and their labels for an axis of numbers, of clock times or of durations."""

from __future__ import annotations

import math
from datetime import datetime, timezone

from .format import tick_labels, ticks

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_STEPS = tuple(
    s * unit
    for unit, steps in (
        (1.0, (1, 2, 5, 10, 15, 30)),
        (_MINUTE, (1, 2, 5, 10, 15, 30)),
        (_HOUR, (1, 2, 3, 6, 12)),
        (_DAY, (1, 2, 7, 14, 30, 90, 180, 365)),
    )
    for s in steps
)


def axis(low: float, high: float, kind: str = "", wanted: int = 4) -> list[tuple[float, str]]:
    """Return (place, label) of the ticks of an axis; ``kind`` as `Chart.x_kind`."""
    if kind == "time":
        return _clock(low, high, wanted)
    if kind == "relative":
        return _durations(low, high, wanted)
    places = ticks(low, high, wanted)
    if kind in ("step", "index"):
        places = [p for p in places if p == round(p)] or places[:1]
    return list(zip(places, tick_labels(places), strict=True))


def _step(span: float, wanted: int) -> float:
    raw = span / max(1, wanted)
    return next((s for s in _STEPS if s >= raw), math.ceil(raw / _STEPS[-1]) * _STEPS[-1])


def _durations(low: float, high: float, wanted: int) -> list[tuple[float, str]]:
    span = high - low
    if not span > 0 or span < wanted or not math.isfinite(span):
        places = ticks(low, high, wanted)
        return [
            (p, f"{t} s" if p else "0") for p, t in zip(places, tick_labels(places), strict=True)
        ]
    step = _step(span, wanted)
    places = [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return [(p, _short(p, step)) for p in places]


def _short(seconds: float, step: float) -> str:
    if seconds == 0:
        return "0"
    sign, s = ("-" if seconds < 0 else ""), abs(seconds)
    if step >= _DAY:
        return f"{sign}{s / _DAY:g} d"
    if step >= _HOUR:
        return f"{sign}{s / _HOUR:g} h"
    if step >= _MINUTE:
        return (
            f"{sign}{s / _MINUTE:g} min"
            if s < _HOUR
            else f"{sign}{int(s // _HOUR)}:{int(s % _HOUR // 60):02d} h"
        )
    return f"{sign}{s:g} s" if s < _MINUTE else f"{sign}{int(s // 60)}:{int(s % 60):02d} min"


def _clock(low: float, high: float, wanted: int) -> list[tuple[float, str]]:
    try:
        shift = _offset(low)
        span = high - low
        form = (
            "%H:%M"
            if 10 * _MINUTE <= span < 2 * _DAY
            else "%d %b"
            if span >= 2 * _DAY
            else "%H:%M:%S"
        )
        if not span > 0 or span < wanted:
            return [(low, _at(low, "%H:%M:%S"))]
        step = _step(span, max(2, wanted - 1))
        first, last = math.ceil((low + shift) / step), math.floor((high + shift) / step)
        places = [i * step - shift for i in range(first, last + 1)]
        return [(p, _at(p, form)) for p in places] or [(low, _at(low, form))]
    except (ValueError, OverflowError, OSError):
        return []


def _offset(seconds: float) -> float:
    delta = datetime.fromtimestamp(seconds, timezone.utc).astimezone().utcoffset()
    return delta.total_seconds() if delta is not None else 0.0


def _at(seconds: float, form: str) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).astimezone().strftime(form)
