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


def numbers(values: Floats, decimals: int | None = None) -> list[float | None]:
    """Return numbers as JSON holds them, rounded if ``decimals`` are given, NaN and infinity as null."""
    if decimals is not None:
        values = np.round(values, decimals)
    if np.isfinite(values).all():
        return [int(v) if v == int(v) and abs(v) < _WHOLE else v for v in values.tolist()]
    return [v if math.isfinite(v) else None for v in values.tolist()]


def _decimals(values: Floats, digits: int) -> int | None:
    """Return the decimals that keep so many digits of the span: a third of the bytes, and no pixel differs."""
    finite = values[np.isfinite(values)]
    span = float(np.ptp(finite)) if len(finite) else 0.0
    if not 0 < span < math.inf:
        return None
    decimals = digits - math.ceil(math.log10(span))
    return decimals if abs(decimals) < 300 else None


def _rounding(line: Line) -> tuple[int | None, int | None]:
    """Return the decimals of x and y: a thinned line has what a screen can show, a whole one is exact."""
    if line.drawn + line.hidden >= line.total:
        return None, None
    return _decimals(line.x, 6), _decimals(line.y, 5)


def _same(line: Line, before: Line | None) -> int:
    """Return how many points at the beginning of a line are those of an earlier one."""
    if before is None or _rounding(line) != _rounding(before):
        return 0
    if line.band is not None or line.edges is not None:  # nothing that grows
        return 0
    n = min(len(line.x), len(before.x))
    differs = line.x[:n] != before.x[:n]
    pairs = [(line.y, before.y)]
    if line.faint is not None and before.faint is not None:
        pairs.append((line.faint, before.faint))
    elif line.faint is not before.faint:
        return 0
    for new, old in pairs:
        a, b = new[:n], old[:n]
        differs |= (a != b) & ~(np.isnan(a) & np.isnan(b))
    return int(differs.argmax()) if differs.any() else n


def line_json(line: Line, before: Line | None = None) -> dict[str, Any]:
    """Return a line; of one that was told ``before`` only the points from ``start`` on."""
    of_x, of_y = _rounding(line)
    start = _same(line, before)
    extra = {
        name: jsonable(part)
        for name, part in (("band", line.band), ("edges", line.edges))
        if part is not None
    }
    return {
        "key": _text(line.key),
        "label": _text(line.label),
        "start": start,
        "x": numbers(line.x[start:], of_x),
        "y": numbers(line.y[start:], of_y),
        "faint": None if line.faint is None else numbers(line.faint[start:], of_y),
        "marks": [[jsonable(x), mark] for x, mark in line.marks],
        "total": line.total,
        "drawn": line.drawn,
        "hidden": line.hidden,
        "minimum": jsonable(line.minimum),
        "maximum": jsonable(line.maximum),
        "last": jsonable(line.last),
        **extra,
    }


def chart_json(chart: Chart, before: Chart | None = None) -> dict[str, Any]:
    """Return a chart with only the parts that it has.

    Parameters
    ----------
    chart
        As it is now.
    before
        As it was told to who asks. Then ``"after"`` is the version of that, and of each line that is no other
        since, only the points from ``"start"`` on are told: those before it stay.
    """
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
    known = {} if before is None else {line.key: line for line in before.lines}
    if before is not None:
        found["after"] = before.version
    found["lines"] = [line_json(line, known.get(line.key)) for line in chart.lines]
    for name in ("table", "matrix", "frame", "parallel"):
        if getattr(chart, name) is not None:
            found[name] = jsonable(getattr(chart, name))
    for name in ("texts", "guides"):
        if getattr(chart, name):
            found[name] = jsonable(getattr(chart, name))
    return found
