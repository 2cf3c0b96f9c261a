"""Rows, tables, matrices and the values with a schema, as text and numbers to show."""

from __future__ import annotations

from typing import Any

from .format import clean, count, number, shorten
from .model import Matrix, Table

MOST_ROWS = 200
MOST_COLUMNS = 40
MOST_LABELS = 50
_CELL = 200


def cell(value: Any) -> str:
    """Return a value as the text of a table's cell."""
    if value is None:
        return ""
    return shorten(value, _CELL) if isinstance(value, str) else number(value)


def table(columns: dict[str, list[Any]], *, tail: bool = False) -> Table:
    """Return columns as rows of text: the first `MOST_ROWS`, or with ``tail`` the last."""
    names = list(columns)[:MOST_COLUMNS]
    total = max((len(columns[name]) for name in names), default=0)
    start = max(0, total - MOST_ROWS) if tail else 0
    parts = [columns[name][start : start + MOST_ROWS] for name in names]
    rows = tuple(
        tuple(cell(part[i]) if i < len(part) else "" for part in parts)
        for i in range(min(MOST_ROWS, total - start))
    )
    return Table(columns=tuple(names), rows=rows, total=total, start=start)


def matrix(value: Any) -> Matrix | None:
    """Return a confusion matrix in its documented schema, or None when it is not one."""
    data = value.get("data", value) if isinstance(value, dict) else None
    if not isinstance(data, dict):
        return None
    try:
        counts = [[float(c) for c in row] for row in data["matrix"]]
        labels = [clean(label) for label in data.get("class_labels", range(len(counts)))]
    except (KeyError, TypeError, ValueError):
        return None
    n = len(counts)
    if not n or len(labels) != n or any(len(row) != n for row in counts):
        return None
    sums = [sum(row) for row in counts]
    total = sum(sums)
    right = sum(counts[i][i] for i in range(n))
    shares = tuple(
        tuple(c / s if s > 0 else 0.0 for c in row) for row, s in zip(counts, sums, strict=True)
    )
    return Matrix(
        labels=tuple(labels),
        counts=tuple(tuple(row) for row in counts),
        shares=shares,
        total=total,
        accuracy=right / total if total > 0 else None,
    )


def matrix_badge(found: Matrix) -> str:
    """Return ``360 samples · accuracy 0.9444``."""
    amount = int(found.total) if found.total == int(found.total) else None
    said = number(found.total) if amount is None else count(amount, "sample")
    return said if found.accuracy is None else f"{said} · accuracy {number(found.accuracy, 4)}"


def schema_table(value: Any) -> Table:
    """Return what a value with a schema holds: its lists side by side, the rest in words."""
    data = value.get("data", value) if isinstance(value, dict) else value
    if not isinstance(data, dict):
        return table({"value": [str(value)]})
    flat = {
        str(key): part
        for key, part in data.items()
        if isinstance(part, list) and not any(isinstance(p, (list, dict)) for p in part)
    }
    if flat:
        return table(flat)
    return table({"field": list(data), "holds": [_shape(part) for part in data.values()]})


def _shape(part: Any) -> str:
    sizes: list[str] = []
    while isinstance(part, list) and len(sizes) < 4:
        sizes.append(str(len(part)))
        part = part[0] if part else None
    return f"{' x '.join(sizes)} numbers" if sizes else shorten(part, _CELL)
