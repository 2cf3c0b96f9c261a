"""The kinds with a schema and a chart of their own, as the other SDK's documents give it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import InvalidValueError, shown
from .values import scalar, sequence

_FIELDS = {
    "confusion_matrix": ("class_labels", "matrix"),
    "accuracy_table": (
        "probability_tables",
        "precision_tables",
        "probability_thresholds",
        "precision_thresholds",
        "class_labels",
    ),
    "residuals": ("bin_edges", "bin_counts"),
    "predictions": ("bin_averages", "bin_errors", "bin_counts", "bin_edges"),
}
# that SDK's documents have one thing under two names
_ALSO = {
    "precision_tables": "percentile_tables",
    "precision_thresholds": "percentile_thresholds",
}
_EXAMPLE = {
    "confusion_matrix": (
        '{"schema_type": "confusion_matrix", "schema_version": "1.0.0", '
        '"data": {"class_labels": ["cat", "dog"], "matrix": [[5, 1], [0, 6]]}}'
    ),
}


def check(kind: str, name: str, value: Any) -> dict[str, Any]:
    """Return ``value`` as ``{"schema_type", "schema_version", "data"}`` of plain lists and scalars.

    Parameters
    ----------
    kind
        ``"confusion_matrix"``, ``"accuracy_table"``, ``"residuals"`` or ``"predictions"``.
    name
        The metric's name, for the message.
    value
        The dict with its schema, or its ``data`` alone.

    Raises
    ------
    InvalidValueError
        If a field is missing, or its shape does not fit.
    """
    way_out = (
        f"; give a dict like {_EXAMPLE[kind]}"
        if kind in _EXAMPLE
        else f"; its data has {', '.join(_FIELDS[kind])}"
    )
    if not isinstance(value, Mapping):
        raise InvalidValueError(
            f"{name!r}: a {kind} is a dict, got {shown(value)} ({type(value).__name__}){way_out}"
        )
    told = value.get("schema_type", kind)
    if told != kind:
        raise InvalidValueError(
            f"{name!r}: schema_type is {shown(told)}, and this call logs a {kind}{way_out}"
        )
    data = value.get("data", value)
    if not isinstance(data, Mapping):
        raise InvalidValueError(f"{name!r}: data is a dict, got {shown(data)}{way_out}")
    missing = [
        field for field in _FIELDS[kind] if field not in data and _ALSO.get(field) not in data
    ]
    if missing:
        raise InvalidValueError(f"{name!r}: {', '.join(map(repr, missing))} missing{way_out}")
    plain = {
        str(key): _plain(f"{name}.{key}", part)
        for key, part in data.items()
        if key not in ("schema_type", "schema_version")
    }
    if kind == "confusion_matrix":
        _check_matrix(name, plain, way_out)
    return {
        "schema_type": kind,
        "schema_version": str(value.get("schema_version", "1.0.0")),
        "data": plain,
    }


def _plain(name: str, value: Any) -> Any:
    """Return nested lists and arrays as nested lists of scalars."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(f"{name}.{key}", part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        if any(
            isinstance(part, (list, tuple, Mapping)) or hasattr(part, "tolist") for part in value
        ):
            return [_plain(f"{name}[{i}]", part) for i, part in enumerate(value)]
        return sequence(name, value)
    return scalar(name, value)


def _check_matrix(name: str, data: dict[str, Any], way_out: str) -> None:
    matrix: list[Any] = data["matrix"] if isinstance(data["matrix"], list) else []
    labels: list[Any] = data["class_labels"] if isinstance(data["class_labels"], list) else []
    data["class_labels"] = [str(label) for label in labels]
    square = all(isinstance(line, list) and len(line) == len(labels) for line in matrix)
    if not labels or len(matrix) != len(labels) or not square:
        held = f"{len(matrix)} rows"
        raise InvalidValueError(
            f"{name!r}: {len(labels)} class_labels need a matrix of as many rows and columns, got {held}{way_out}"
        )
    for i, line in enumerate(matrix):
        for j, cell in enumerate(line):
            if isinstance(cell, str) or cell is None:
                raise InvalidValueError(
                    f"{name!r}: matrix[{i}][{j}] is {cell!r}, not a number{way_out}"
                )
