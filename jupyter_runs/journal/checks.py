"""What a line or a payload must hold before it is used: a run's folder may come from anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Optional

from .errors import InvalidPathError
from .events import NAMED, SPECIAL_KINDS, decode, open_plain
from .folder import safe_path
from .layout import SERIES_MASK

if TYPE_CHECKING:
    from pathlib import Path

LATEST = 253_402_300_000.0  # the end of the year 9999: what calendars can show
_FARTHEST = 1 << 53
_NEEDED = {
    "scalar": ("id",),
    "value": ("id", "at", "value"),
    "row": ("at", "values"),
    "rows": ("ids", "columns"),
}


def check(event: dict[str, Any]) -> None:
    """Refuse an event whose fields are not of the form that the format's page gives them.

    Raises
    ------
    ValueError
        And whatever decoding something senseless raises: `LINE_ERRORS`.
    """
    kind = event["e"]
    _need(0 <= event["t"] <= LATEST, "t", event["t"])
    missing = [field for field in _NEEDED.get(kind, ()) if field not in event]
    if missing:
        raise ValueError(f"{missing[0]!r} is missing")
    if kind in NAMED:
        _need(isinstance(event.get("name"), str), "name", event.get("name"))
    if kind not in NAMED and kind not in ("value", "close"):
        return  # their fields are anybody's
    step = event.get("step")
    _need(step is None or _is_int(step, -(1 << 63), 1 << 63), "step", step)
    for field, low, high in (("id", 1, SERIES_MASK), ("at", 0, _FARTHEST), ("count", 0, _FARTHEST)):
        if field in event:
            _need(_is_int(event[field], low, high), field, event[field])
    if kind == "rows":
        ids, names = event["ids"], event["columns"]
        sound = len(ids) == len(names) == len(set(ids)) == len(set(names)) > 0
        sound = sound and all(_is_int(i, 1, SERIES_MASK) for i in ids)
        _need(sound and all(isinstance(n, str) for n in names), "ids", ids)
    elif kind == "row":
        _need(all(_is_scalar(v) for v in decode(event["values"]).values()), "values", "")
    elif kind == "value":
        _need(_is_scalar(decode(event["value"])), "value", "")
    elif kind in ("list", "table") and "value" not in event:
        _need("payload" in event, "payload", None)
    elif kind in ("list", "table", *SPECIAL_KINDS) and "value" in event:
        value = decode(event["value"])
        check_body(kind, value)
        if kind in ("list", "table"):  # what is counted is what is there
            held = value if kind == "list" else next(iter(value.values()), ())
            _need(event.get("count") == len(held), "count", event.get("count"))


LINE_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


def _need(sound: bool, field: str, value: Any) -> None:
    if not sound:
        raise ValueError(f"{field!r} cannot be {value!r}"[:120])


def _is_int(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value < high


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (int, float, str))


def check_body(kind: str, value: Any) -> None:
    """Refuse a value that is not of its kind's shape."""
    if kind == "list":
        sound = isinstance(value, list) and all(map(_is_scalar, value))
    elif kind == "table":
        sound = (
            isinstance(value, dict)
            and all(isinstance(v, list) and all(map(_is_scalar, v)) for v in value.values())
            and len({len(v) for v in value.values()}) <= 1
        )
    else:
        sound = isinstance(value, dict)
    if not sound:
        raise ValueError(f"this is no {kind}")


def payload_path(folder: Path, name: Any) -> Optional[Path]:
    """Return where a payload lies, None where the name is none that a writer gives, or a link leads elsewhere."""
    if not isinstance(name, str) or "/" in name or name.startswith(".") or folder.is_symlink():
        return None
    try:
        return safe_path(folder, name)
    except InvalidPathError:
        return None


def read_payload(folder: Path, name: Any, kind: str) -> Any:
    """Return the value that lies in a file beside the journal, or an empty one where the file is gone or not ours."""
    empty: Any = [] if kind == "list" else {}
    path = payload_path(folder, name)
    fd = -1 if path is None else open_plain(path)
    if fd < 0:
        return empty
    try:
        with open(fd, "rb") as file:
            value = decode(json.loads(file.read())["value"])
        check_body(kind, value)
    except (OSError, *LINE_ERRORS):
        return empty
    return value
