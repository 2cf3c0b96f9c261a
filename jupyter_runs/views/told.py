"""A run as JSON: what changed since somebody was told, and of charts that grew only their new end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .jsonable import chart_json, jsonable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .model import Chart, ChartOptions
    from .run_view import RunView

_VERSIONS = 3  # of a chart: as many pages may look at different times
_CHARTS = 200


class ChartsTold:
    """The last charts that were told, by key and options."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, ChartOptions], list[Chart]] = {}

    def json(self, chart: Chart, options: ChartOptions, since: int) -> dict[str, Any]:
        """Return a chart for who was told all up to version ``since`` (none: -1)."""
        told = self._told.pop((chart.key, options), [])
        before = next((one for one in reversed(told) if one.version <= since), None)
        if not told or told[-1] is not chart:
            told = [*told, chart][-_VERSIONS:]
        self._told[chart.key, options] = (
            told  # at the end: what was asked for longest ago goes first
        )
        if len(self._told) > _CHARTS:
            del self._told[next(iter(self._told))]
        return chart_json(chart, before)


def version_of(cursor: str | None, token: str, newest: int) -> int:
    """Return the version of the view that a cursor stands for, -1 for one that is not the view's own."""
    said, _, version = (cursor or "").partition(".")
    if said != token or not version.isascii() or not version.isdigit() or len(version) > 18:
        return -1
    return int(version) if int(version) <= newest else -1


def changes(
    view: RunView, cursor: str | None, options: ChartOptions, keys: Sequence[str] | None
) -> dict[str, Any]:
    """Return what changed in a view since a cursor; see `RunView.to_json`."""
    there = dict.fromkeys(view.chart_keys())
    wanted = [key for key in (there if keys is None else keys) if key in there]
    since = version_of(cursor, view._token, view.version)
    changed = [key for key in wanted if view.chart_version(key) > since]
    if since < view.version:
        view.load(changed)
    found: dict[str, Any] = {
        "cursor": f"{view._token}.{view.version}",
        "full": since < 0,
        "now": time.time(),
    }
    parts: dict[str, Callable[[], Any]] = {
        "logs": view.logs,
        "outputs": view.outputs,
        "images": view.images,
        "details": view.details,
        "order": view.chart_keys,
        "children": lambda: [folder.id for folder in view.children()],
    }
    if since < 0 or view._parts["head"] > since:
        found["head"] = {**jsonable(view.head()), "title": view.head().title}
    if since < view.version:
        found["tabs"] = jsonable(view.tabs())
        tiles = view.tiles()
        if view._parts["order"] > since or any(t.version > since for t in tiles):
            found["tiles"] = jsonable(tiles)  # all: one that became a chart is not among them
    for part, make in parts.items():
        if since < 0 or view._parts[part] > since:
            found[part] = jsonable(make())
    found["charts"] = [
        view._charts_told.json(view.chart(key, options), options, since) for key in changed
    ]
    return found
