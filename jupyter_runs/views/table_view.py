"""Several runs beside each other: a table of them, what differs, and their curves in one chart."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_runs.journal import RunFolder, RunNotFoundError
from jupyter_runs.journal.columns import as_float

from .format import count, shorten
from .jsonable import chart_json, jsonable
from .lines import badge_of
from .model import Chart, ChartOptions, Floats, Line, MetricSummary, RunRow, TableView
from .run_view import RunView
from .tables import cell
from .thin import thin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from jupyter_runs.index import Figures
    from jupyter_runs.journal import Metric

    Known = Callable[[list[RunFolder]], Mapping[str, Mapping[str, Figures]]]

_SPARK = 40
_FRESH = 1.0  # seconds that a row may be old: what has elapsed goes on
_DEFAULT = ChartOptions()


class ComparisonView:
    """A live view of several runs.

    Not thread-safe, like `RunView`.

    Parameters
    ----------
    sources
        Folders (or views) of the runs, in the order of the rows. A run that is not there (any more) is
        left out.
    total
        How many runs there are, where only some are given.
    known
        Gives what an index knows of the metrics of runs, by folder and name: the points of those are read
        when they are drawn, and not for the table, which then has no `spark` of them.
    """

    def __init__(
        self,
        sources: Iterable[RunFolder | RunView | Path | str],
        total: int | None = None,
        known: Known | None = None,
    ) -> None:
        self.version = 0
        self._known = known
        self._views: list[RunView] = []
        self._total = total
        self._summaries: dict[tuple[str, str], tuple[int, MetricSummary]] = {}
        self._table: tuple[float, TableView] | None = None
        self._charts: dict[tuple[str, ChartOptions], tuple[tuple[int, ...], Chart]] = {}
        self.set_runs(sources, total)

    @property
    def views(self) -> list[RunView]:
        """The views of the runs, in the order of the rows."""
        return list(self._views)

    def set_runs(
        self, sources: Iterable[RunFolder | RunView | Path | str], total: int | None = None
    ) -> None:
        """Show these runs from now on; what was read of those that stay is kept."""
        known = {str(view.folder.path): view for view in self._views}
        views: dict[str, RunView] = {}
        for source in sources:
            if isinstance(source, RunView):
                views[str(source.folder.path)] = source
                continue
            folder = source if isinstance(source, RunFolder) else RunFolder(source)
            key = str(folder.path)
            try:
                views[key] = known[key] if key in known else RunView(folder)
            except RunNotFoundError:
                continue
        self._views, self._total = list(views.values()), total
        self._touch()

    def refresh(self) -> bool:
        """Read what is new; True if anything changed. A run that was deleted goes from the table."""
        changed, gone = False, []
        for view in self._views:
            try:
                changed |= view.refresh()
            except RunNotFoundError:
                gone.append(view)
        if gone:
            self._views = [view for view in self._views if view not in gone]
        if changed or gone:
            self._touch()
        return changed or bool(gone)

    def _touch(self) -> None:
        self.version += 1
        self._table = None

    # -- the table --------------------------------------------------------------------------------

    @property
    def table(self) -> TableView:
        """The rows and columns as they are now."""
        if self._table is None or time.monotonic() - self._table[0] > _FRESH:
            self._table = (time.monotonic(), self._build())
        return self._table[1]

    @property
    def rows(self) -> tuple[RunRow, ...]:
        """The runs, in the order given."""
        return self.table.rows

    @property
    def params(self) -> tuple[str, ...]:
        """Names of all parameters."""
        return self.table.params

    @property
    def differing(self) -> tuple[str, ...]:
        """Names of the parameters whose values are not the same in all runs."""
        return self.table.differing

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of all metrics but images."""
        return self.table.metrics

    def _build(self) -> TableView:
        known = self._figures()
        rows = tuple(
            self._row(i, view, known.get(str(view.folder.path), {}))
            for i, view in enumerate(self._views)
        )
        params = tuple(dict.fromkeys(name for row in rows for name in row.params))
        return TableView(
            rows=rows,
            params=params,
            differing=tuple(name for name in params if _differ(name, rows)),
            metrics=tuple(dict.fromkeys(name for row in rows for name in row.metrics)),
            total=max(len(rows), self._total or 0),
        )

    def _figures(self) -> Mapping[str, Mapping[str, Figures]]:
        """Return what an index knows of the runs with a metric that is another one than before."""
        if self._known is None:
            return {}
        wanted = [
            view.folder
            for view in self._views
            if any(
                self._summaries.get((str(view.folder.path), name), (None,))[0] != metric.version
                for name, metric in view.reader.metrics.items()
            )
        ]
        return self._known(wanted) if wanted else {}

    def _row(self, index: int, view: RunView, known: Mapping[str, Figures]) -> RunRow:
        reader = view.reader
        metrics = {
            name: self._summary(view, metric, known.get(name))
            for name, metric in reader.metrics.items()
            if metric.kind != "image" and (metric.count or metric.kind == "list")
        }
        return RunRow(view.head(), dict(reader.params), metrics, dict(reader.tags), index)

    def _summary(self, view: RunView, metric: Metric, figures: Figures | None) -> MetricSummary:
        key = (str(view.folder.path), metric.name)
        known = self._summaries.get(key)
        if known is None or known[0] != metric.version:
            # an index that is behind, or ahead, speaks of another moment
            same = figures is not None and figures.count == metric.count
            told = summary_of(metric.name, figures) if figures and same else summary(metric)
            known = self._summaries[key] = (metric.version, told)
        return known[1]

    # -- the charts -------------------------------------------------------------------------------

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the charts, in the order first seen."""
        return tuple(self.chart_keys())

    def chart_keys(self, search: str = "") -> list[str]:
        """Return the names of the metrics that are lines in one run at least."""
        found: dict[str, None] = {}
        for view in self._views:
            for key in view.chart_keys(search):
                if key not in found and view.is_line(key):
                    found[key] = None
        return list(found)

    def load(self, keys: Iterable[str]) -> None:
        """Read the points of these charts, one pass over each run's files."""
        keys = list(keys)
        for view in self._views:
            view.load(keys)

    def chart(self, key: str, options: ChartOptions | None = None) -> Chart:
        """Return the curves of one metric, those of all runs in one chart.

        Lines have keys ``<run id>:<key of the line in its run>`` and are labelled by run; a line's colour
        is that of its run's row (`RunRow.color`).

        Raises
        ------
        KeyError
            If no run has a line of that name.
        """
        options = options or _DEFAULT
        versions = tuple(view.chart_version(key) for view in self._views)
        versions = (len(self._views), *(hash(view.folder.id) for view in self._views), *versions)
        known = self._charts.get((key, options))
        if known is not None and known[0] == versions:
            return known[1]
        n = sum(1 for view in self._views if view.chart_version(key))
        share = self._share(key, options)
        lines: list[Line] = []
        first: Chart | None = None
        frame: tuple[float, float, float, float] | None = None
        for view in self._views:
            try:
                chart = view.chart(key, share)
            except KeyError:
                continue
            if chart.kind != "line":
                continue
            first = first or chart
            frame = _around(frame, chart.frame)
            lines += [_of_run(line, view) for line in chart.lines]
        if first is None:
            raise KeyError(key)
        if len(self._charts) > 200:
            self._charts.clear()
        chart = replace(
            first,
            lines=tuple(lines),
            badge=_badge(lines, options, n),
            last_text="",
            trend="",
            table=None,
            texts=(),
            frame=frame,
            version=self.version,
        )
        self._charts[key, options] = (versions, chart)
        return chart

    def _share(self, key: str, options: ChartOptions) -> ChartOptions:
        """Return how each run's curve is drawn, so that all of them together are no more than can be seen."""
        n = sum(1 for view in self._views if view.chart_version(key))
        points = max(100, min(options.points, 3 * options.points // max(1, n)))
        return replace(options, points=points)

    def charts(self, keys: Iterable[str], options: ChartOptions | None = None) -> list[Chart]:
        """Return several charts, run after run: of one that has ended only the curves are kept, not what was read.

        Raises
        ------
        KeyError
            If no run has a line of one of these names.
        """
        keys, options = list(keys), options or _DEFAULT
        wanted = set(keys)
        for view in self._views:
            there = [key for key in view.chart_keys() if key in wanted]
            view.load(there, options.x)
            for key in there:
                view.chart(key, self._share(key, options))
            if not view.head().active:
                view.release()
        return [self.chart(key, options) for key in keys]

    def to_json(
        self, *, options: ChartOptions | None = None, keys: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Return the table, and the charts with these keys, as strict JSON values."""
        names = self.chart_keys()
        keys = [key for key in keys if key in names]
        return {
            "version": self.version,
            "table": jsonable(self.table),
            "order": jsonable(names),
            "charts": list(map(chart_json, self.charts(keys, options))),
        }


def experiment_table(
    folders: Iterable[RunFolder | Path | str], total: int | None = None
) -> TableView:
    """Return the runs of an experiment as a table; see `ComparisonView` for one that is kept."""
    return ComparisonView(folders, total).table


def comparison(folders: Iterable[RunFolder | RunView | Path | str]) -> ComparisonView:
    """Return a live view of several runs beside each other."""
    return ComparisonView(folders)


def summary(metric: Metric, points: int = _SPARK) -> MetricSummary:
    """Return a metric as a cell of a table, with a few points to draw (with 0 of them: none)."""
    kind, amount = metric.kind, metric.count
    if kind not in ("scalar", "list"):
        return MetricSummary(metric.name, kind, amount, None, _text(kind, amount), None, None, None)
    if kind == "scalar" and amount == 1:
        last: Any = metric.values()[0]
        low = high = _number(last)
        return MetricSummary(metric.name, kind, 1, last, _text(kind, 1, last), low, high, None)
    value = metric.arrays().value
    finite = value[np.isfinite(value)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (None, None)
    last = float(value[-1]) if len(value) else None
    if not metric.is_numeric():
        last = metric.values()[-1]
    text = _text(kind, amount, last)
    return MetricSummary(metric.name, kind, amount, last, text, low, high, spark(value, points))


def summary_of(name: str, told: Figures) -> MetricSummary:
    """Return the same of a metric that an index knows, with no point of it read."""
    kind, amount, last = told.kind, told.count, told.last
    if kind not in ("scalar", "list"):
        return MetricSummary(name, kind, amount, None, _text(kind, amount), None, None, None)
    if (amount > 1 or (amount and kind == "list")) and not isinstance(last, str):
        last = as_float(last)  # as of a series, whose values are of one type
    text = _text(kind, amount, last)
    low, high = _number(told.min), _number(told.max)
    return MetricSummary(name, kind, amount, last, text, low, high, None)


def _text(kind: str, amount: int, last: Any = None) -> str:
    """Return what a cell says of a metric."""
    if kind in ("row", "table"):
        return count(amount, "row")
    if kind == "list":
        return f"list of {amount:,}"
    if kind != "scalar":
        return kind.replace("_", " ")
    return shorten(last, 60) if isinstance(last, str) else cell(last)


def _number(value: Any) -> float | None:
    found = as_float(value) if isinstance(value, (int, float)) else math.inf
    return found if math.isfinite(found) else None


def spark(value: Floats, points: int = _SPARK) -> Floats | None:
    """Return a few points of a series, extremes among them, NaN where a value is no number."""
    if not points:
        return None
    index = np.arange(len(value), dtype=np.float64)
    chosen = thin(index, value, points)
    return value[chosen]


def _differ(name: str, rows: tuple[RunRow, ...]) -> bool:
    # by their text: NaN equals NaN, 1 is not True, and a value that is missing is another one
    texts = {repr(row.params[name]) if name in row.params else None for row in rows}
    return len(texts) > 1


def _of_run(line: Line, view: RunView) -> Line:
    head = view.head()
    run = head.name if head.number is None else f"{head.number} {head.name}"
    label = f"{run} · {line.label}" if line.label else run
    return replace(line, key=f"{view.folder.id}:{line.key}", label=label)


def _around(
    a: tuple[float, float, float, float] | None, b: tuple[float, float, float, float] | None
) -> tuple[float, float, float, float] | None:
    """Return axes that hold two charts."""
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), max(a[3], b[3])


def _badge(lines: list[Line], options: ChartOptions, runs: int) -> str:
    said = badge_of(tuple(lines), "point", window=options.window is not None)
    return f"{count(runs, 'run')} · {said}"
