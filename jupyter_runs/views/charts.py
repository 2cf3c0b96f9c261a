"""Which chart a metric gets, and that chart, ready to draw.

A scalar logged again or a list is a line over step, time or index; rows and tables are a line for each
number column over the first one (and, with more than two columns, the table too); strings are text; a
confusion matrix is a matrix; other values with a schema get what `special` draws. A metric with one value
is a tile, images have a tab of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import lines, special, tables
from .format import clean, count, shorten
from .model import Chart, ChartKind, ChartOptions, Floats, TextItem, Trend, XAxis
from .series import Series

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.journal import Metric

_TEXTS = 200
SPECIAL = frozenset({"confusion_matrix", "accuracy_table", "residuals", "predictions"})


def group_of(name: str) -> str:
    """Return the prefix before the first ``/``, "" when there is none."""
    return name.partition("/")[0] if "/" in name.strip("/") else ""


def is_tile(metric: Metric) -> bool:
    """Tell whether a metric is shown as one value."""
    return metric.kind == "scalar" and metric.count == 1


def is_chart(metric: Metric) -> bool:
    """Tell whether a metric is shown as a chart."""
    if metric.kind == "scalar":
        return metric.count > 1
    return metric.kind == "list" or (metric.kind != "image" and metric.count > 0)


class ChartBuilder:
    """Builds the chart of one metric again and again, keeping what costs.

    Parameters
    ----------
    metric
        A metric of a `RunReader`, which goes on growing.
    writer_label
        Gives the name and the label of the writer with an index.
    started
        Gives the time that relative times count from.
    key
        Which chart of a metric that has several; its name by default.
    """

    def __init__(
        self,
        metric: Metric,
        writer_label: Callable[[int], tuple[str, str]],
        started: Callable[[], float],
        key: str = "",
    ) -> None:
        self._metric = metric
        self._key = key or metric.name
        self._writer_label = writer_label
        self._started = started
        self._plotted: dict[str, _Plotted] = {}
        self._drawn: dict[ChartOptions, tuple[int, Chart]] = {}

    @property
    def surely_a_line(self) -> bool:
        """Whether that can be told without a look at the values."""
        return self._metric.kind == "scalar" and self._metric.is_numeric()

    def chart(self, options: ChartOptions, version: int) -> Chart:
        """Return the chart; the same object while nothing changed."""
        metric = self._metric
        known = self._drawn.get(options)
        if known is not None and known[0] == metric.version:
            return known[1]
        if len(self._drawn) >= 4:  # a person looks at one or two; old ones only hold memory
            self._drawn.pop(next(iter(self._drawn)))
        kind, parts = self._build(options)
        chart = Chart(
            key=self._key,
            group=group_of(metric.name),
            kind=kind,
            description=clean(metric.description or ""),
            version=version,
            **{**_BARE, "title": clean(metric.name), **parts},
        )
        self._drawn[options] = (metric.version, chart)
        return chart

    def holds(self, x: XAxis) -> bool:
        """Tell whether curves over this axis can be drawn without reading a point."""
        known = self._plotted.get(self._axis(x))
        return known is not None and known.version == self._metric.version

    def _axis(self, x: XAxis) -> str:
        kind = self._metric.kind
        return "column" if kind in ("row", "table") else "index" if kind == "list" else x

    def points(
        self, x: XAxis, window: tuple[float, float] | None
    ) -> list[tuple[str, Floats, Floats]]:
        """Return key, x and y of each line with all its points, none left out; x as in `ChartOptions`."""
        kind = self._metric.kind
        if kind in SPECIAL:
            options = ChartOptions(x=x, window=window)
            _, parts = self._build(options)
            return [(line.key, line.x, line.y) for line in parts.get("lines", ())]
        plotted = self._plot(self._axis(x))
        if plotted is None:
            return []
        return [(one.key, *one.part(window)) for one in plotted.series]

    def _build(self, options: ChartOptions) -> tuple[ChartKind, dict[str, Any]]:
        """Return the chart's kind, and what differs from a chart with nothing in it."""
        kind = self._metric.kind
        if kind in SPECIAL:
            return self._special(options)
        return self._rows(options) if kind in ("row", "table") else self._values(options)

    def _values(self, options: ChartOptions) -> tuple[ChartKind, dict[str, Any]]:
        metric = self._metric
        listed = metric.kind == "list"
        texts: tuple[TextItem, ...] = ()
        if not metric.is_numeric():
            values = metric.values()
            texts = self._texts(values)
            if all(isinstance(value, str) or value is None for value in values):
                badge = f"list of {metric.count:,}" if listed else count(metric.count, "value")
                return "text", {
                    "badge": badge,
                    "last_text": shorten(values[-1], 40),
                    "texts": texts,
                }
        plotted = self._plot(self._axis(options.x))
        assert plotted is not None
        told = {} if listed else {"last_text": plotted.last_text, "trend": plotted.trend}
        return "line", {**plotted.draw(options), **told, "texts": texts}

    def _rows(self, options: ChartOptions) -> tuple[ChartKind, dict[str, Any]]:
        metric = self._metric
        columns = metric.columns()
        plotted = self._plot("column")
        table = None
        if plotted is None or len(columns) > 2:
            table = tables.table(columns, tail=metric.kind == "row")
        if plotted is not None:
            return "line", {**plotted.draw(options), "table": table}
        rows = max((len(column) for column in columns.values()), default=0)
        return "table", {"badge": count(rows, "row"), "table": table}

    def _plot(self, axis: Any) -> _Plotted | None:
        """Return the series over an axis, kept until the metric changes: a zoom draws them only."""
        metric = self._metric
        known = self._plotted.get(axis)
        if known is not None and known.version == metric.version:
            return known
        plot = (
            lines.of_columns(metric)
            if axis == "column"
            else lines.of_scalars(metric, axis, self._writer_label, self._started())
        )
        if plot is None:
            return None
        old = {one.key: one for one in known.series} if known is not None else {}
        series = []
        for part in plot.parts:
            one = old.get(part.key) or Series(part.key)
            one.label = part.label
            one.update(part.x, part.y, part.notes)
            series.append(one)
        if known is None and len(self._plotted) > 1:
            self._plotted.clear()  # the axis that is looked at, and the picture's, are enough
        plotted = _Plotted(
            metric.version, plot, series, lines.last_text(series), lines.trend(series)
        )
        self._plotted[axis] = plotted
        return plotted

    def _texts(self, values: list[Any]) -> tuple[TextItem, ...]:
        metric = self._metric
        where = [i for i, v in enumerate(values) if isinstance(v, str)][-_TEXTS:]
        if metric.kind == "list":
            begun = metric.first_time or 0.0
            return tuple(TextItem(step=i, time=begun, text=clean(values[i])) for i in where)
        steps, times = metric.steps(), metric.times()
        return tuple(TextItem(step=steps[i], time=times[i], text=clean(values[i])) for i in where)

    def _special(self, options: ChartOptions) -> tuple[ChartKind, dict[str, Any]]:
        metric = self._metric
        items = metric.items()
        value = items[-1].value if items else None
        more = f" · last of {len(items):,}" if len(items) > 1 else ""
        if metric.kind == "confusion_matrix":
            found = tables.matrix(value)
            if found is not None:
                badge = tables.matrix_badge(found) + more
                words = {"x_label": "predicted", "y_label": "true"}
                return "matrix", {**words, "badge": badge, "matrix": found}
        else:
            face, parts = special.parts_of(self._key, metric.kind, value, options)
            if parts is not None:
                title = clean(metric.name) + (f" · {face}" if face else "")
                table = None if face else tables.schema_table(value)
                parts["badge"] += more
                return "line", {**parts, "title": title, "table": table}
        name = metric.kind.replace("_", " ")
        return "table", {"badge": name + more, "table": tables.schema_table(value)}


_BARE: dict[str, Any] = {
    "x_kind": "index",
    "x_label": "",
    "y_label": "",
    "lines": (),
    "badge": "",
    "last_text": "",
    "trend": "",
}


class _Plotted(NamedTuple):
    """The series of one version of a metric, ready to be drawn in part or whole."""

    version: int
    plot: lines.Plot
    series: list[Series]
    last_text: str
    trend: Trend

    def draw(self, options: ChartOptions) -> dict[str, Any]:
        drawn, badge = lines.draw(self.series, options, self.plot.unit)
        return {
            "x_kind": self.plot.x_kind,
            "x_label": self.plot.x_label,
            "y_label": self.plot.y_label,
            "lines": drawn,
            "badge": badge,
        }
