"""From what an endpoint answers to the JSON that is sent, and the tag by which a browser knows that it has it already."""

from __future__ import annotations

import hashlib
import json
from typing import Any

# what goes on by itself is no change; that it is known, or no longer, is one
_LIVE = frozenset({"elapsed", "eta"})


class Ready(dict[str, Any]):
    """An object that is sent again and again as it is, and is written once; nothing in it goes on by itself."""

    __slots__ = ("text",)

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(said)
        self.text = _written(said)


def encoded(data: Any) -> tuple[str, str]:
    """Return strict JSON (no NaN, which browsers refuse), and a tag that changes when what it says does."""
    text, lasting = _with_ready(data) if isinstance(data, dict) else _both(data)
    digest = hashlib.sha256(lasting.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return text.encode("utf-8", "replace").decode(), f'W/"{digest}"'


def _with_ready(data: dict[str, Any]) -> tuple[str, str]:
    """Write an object in which lists may hold what is ready; these lists stand last."""
    rest: dict[str, Any] = {}
    lists: dict[str, list[Any]] = {}
    for key, value in data.items():
        ready = isinstance(value, list) and any(isinstance(one, Ready) for one in value)
        (lists if ready else rest)[key] = value
    text, lasting = _both(rest)
    for key, value in lists.items():
        head = f"{_written(key)}: ["
        told = [(one.text, one.text) if isinstance(one, Ready) else _both(one) for one in value]
        text = _added(text, f"{head}{', '.join([one for one, _ in told])}]")
        lasting = _added(lasting, f"{head}{', '.join([one for _, one in told])}]")
    return text, lasting


def _added(text: str, member: str) -> str:
    """Return a JSON object with one more member."""
    return f"{text[:-1]}{', ' if len(text) > 2 else ''}{member}}}"


def _both(data: Any) -> tuple[str, str]:
    """Return JSON, and the JSON of what of it lasts."""
    return _written(data), json.dumps(_lasting(data), ensure_ascii=False)


def _written(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def _lasting(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: value is not None if key in _LIVE else _lasting(value)
            for key, value in data.items()
        }
    if isinstance(data, list) and data and isinstance(data[0], (dict, list)):
        return [_lasting(value) for value in data]
    return data


__all__ = ["Ready", "encoded"]
