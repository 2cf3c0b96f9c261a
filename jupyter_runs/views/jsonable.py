"""What a view hands out, as strict JSON: no NaN, no infinity, no numpy, no objects of ours."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .model import Chart, Floats, Line

_WHOLE = 2**53  # a JavaScript number holds no larger integer


def jsonable(value: Any) -> Any:
    """Return a value as JSON holds it; NaN and infinity become null, a huge int its digits."""
    if value is None or isinstance(value, (bool, str)):
        return _text(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return value if -_WHOLE <= value <= _WHOLE else _digits(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Chart):
        return chart_json(value)
    if isinstance(value, np.ndarray):
        return numbers(value)
    if isinstance(value, np.generic):
        return jsonable(value.item())
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsonable(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {_text(str(k)): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(v) for v in value]
    if isinstance(value, Path):
        return _text(value.name)  # where it lies on the server is nobody's business
    return _text(str(value))


def _text(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _digits(value: int) -> str:
    return str(value) if value.bit_length() < 4000 else hex(value)


def numbers(values: Floats, digits: int | None = None) -> list[float | None]:
    """Return numbers as JSON holds them, NaN and infinity as null.

    Parameters
    ----------
    values
        The numbers.
    digits
        How many digits of the span they keep: a third of the bytes, and no pixel differs. None keeps all.
    """
    finite = np.isfinite(values)
    if digits is not None and finite.any():
        span = float(np.ptp(values[finite]))
        if span > 0 and math.isfinite(span):
            decimals = digits - math.ceil(math.log10(span))
            if abs(decimals) < 300:
                values = np.round(values, decimals)
                finite = np.isfinite(values)
    if finite.all():
        return [int(v) if v == int(v) and abs(v) < _WHOLE else v for v in values.tolist()]
    return [v if math.isfinite(v) else None for v in values.tolist()]


def line_json(line: Line) -> dict[str, Any]:
    """Return a line; a thinned one is rounded to what a screen can show, a whole one is exact."""
    digits = None if line.drawn + line.hidden >= line.total else 5
    return {
        "key": _text(line.key),
        "label": _text(line.label),
        "x": numbers(line.x, None if digits is None else 6),
        "y": numbers(line.y, digits),
        "faint": None if line.faint is None else numbers(line.faint, digits),
        "marks": [[jsonable(x), mark] for x, mark in line.marks],
        "total": line.total,
        "drawn": line.drawn,
        "hidden": line.hidden,
        "minimum": jsonable(line.minimum),
        "maximum": jsonable(line.maximum),
        "last": jsonable(line.last),
    }


def chart_json(chart: Chart) -> dict[str, Any]:
    """Return a chart with only the parts that it has."""
    found: dict[str, Any] = {
        name: jsonable(getattr(chart, name))
        for name in (
            "key",
            "title",
            "group",
            "kind",
            "description",
            "x_label",
            "x_kind",
            "y_label",
            "badge",
            "last_text",
            "trend",
            "version",
        )
    }
    found["lines"] = [line_json(line) for line in chart.lines]
    for name in ("table", "matrix"):
        if getattr(chart, name) is not None:
            found[name] = jsonable(getattr(chart, name))
    if chart.texts:
        found["texts"] = jsonable(chart.texts)
    return found
