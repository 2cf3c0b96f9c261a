"""What was told of the charts, so that of those that grew only their new end is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .jsonable import chart_json

if TYPE_CHECKING:
    from .model import Chart, ChartOptions

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
