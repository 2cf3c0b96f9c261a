"""Which chart a metric gets, and that chart, ready to draw.

A scalar logged again or a list is a line over step, time or index; rows and tables are a line for each
number column over the first one (and, with more than two columns, the table too); strings are text; a
confusion matrix is a matrix. A metric with one value is a tile, images have a tab of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import tables
from .format import clean, count, number, shorten
from .model import Chart, ChartKind, ChartOptions, Floats, Line, Table, TextItem, Trend, XKind
from .series import Series

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.journal import Metric

_TEXTS = 200
_LABEL = {"step": "step", "index": "index", "time": "time", "relative": "since start", "column": ""}
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
    """

    def __init__(
        self,
        metric: Metric,
        writer_label: Callable[[int], tuple[str, str]],
        started: Callable[[], float],
    ) -> None:
        self._metric = metric
        self._writer_label = writer_label
        self._started = started
        self._series: dict[str, tuple[int, XKind, str, list[Series]]] = {}
        self._drawn: dict[ChartOptions, tuple[int, Chart]] = {}

    def chart(self, options: ChartOptions, version: int) -> Chart:
        """Return the chart; the same object while nothing changed."""
        metric = self._metric
        known = self._drawn.get(options)
        if known is not None and known[0] == metric.version:
            return known[1]
        if len(self._drawn) >= 4:  # a person looks at one or two; old ones only hold memory
            self._drawn.pop(next(iter(self._drawn)))
        chart = self._build(options, version)
        self._drawn[options] = (metric.version, chart)
        return chart

    def _build(self, options: ChartOptions, version: int) -> Chart:
        metric = self._metric
        if metric.kind in SPECIAL:
            return self._special(version)
        if metric.kind in ("row", "table"):
            return self._columns(options, version)
        texts: tuple[TextItem, ...] = ()
        if not metric.is_numeric():
            values = metric.values()
            texts = self._texts(values)
            if not any(_is_number(v) for v in values):
                badge = (
                    f"list of {metric.count:,}"
                    if metric.kind == "list"
                    else count(metric.count, "value")
                )
                return self._chart(
                    "text",
                    version,
                    x_kind="index",
                    badge=badge,
                    last=shorten(values[-1], 40),
                    texts=texts,
                )
        kind, label, series = self._scalars(options)
        lines, badge = _draw(series, options, "list" if metric.kind == "list" else "point")
        last = "" if metric.kind == "list" else _last_text(series)
        trend = _trend(series) if metric.kind == "scalar" else ""
        return self._chart(
            "line",
            version,
            x_kind=kind,
            x_label=label,
            lines=lines,
            badge=badge,
            last=last,
            trend=trend,
            texts=texts,
        )

    def _chart(
        self,
        kind: ChartKind,
        version: int,
        *,
        x_kind: XKind = "index",
        x_label: str = "",
        y_label: str = "",
        lines: tuple[Line, ...] = (),
        badge: str = "",
        last: str = "",
        trend: Trend = "",
        texts: tuple[TextItem, ...] = (),
        table: Table | None = None,
        matrix: Any = None,
    ) -> Chart:
        metric = self._metric
        return Chart(
            key=metric.name,
            title=clean(metric.name),
            group=group_of(metric.name),
            kind=kind,
            description=clean(metric.description or ""),
            x_label=x_label,
            x_kind=x_kind,
            y_label=y_label,
            lines=lines,
            badge=badge,
            last_text=last,
            trend=trend,
            version=version,
            table=table,
            matrix=matrix,
            texts=texts,
        )

    # -- scalars and lists ------------------------------------------------------------------------

    def _scalars(self, options: ChartOptions) -> tuple[XKind, str, list[Series]]:
        metric = self._metric
        axis = "index" if metric.kind == "list" else options.x
        known = self._series.get(axis)
        if known is not None and known[0] == metric.version:
            return known[1], known[2], known[3]
        arrays = metric.arrays()
        notes = self._notes(arrays.value)
        old = {s.key: s for s in known[3]} if known is not None else {}
        with_steps = axis == "step" and bool(np.any(~np.isnan(arrays.step)))
        kind: XKind = "step" if with_steps else "index" if axis in ("step", "index") else options.x
        writers = _distinct(arrays.writer)
        series = []
        for writer in writers:
            mine = None if len(writers) == 1 else np.flatnonzero(arrays.writer == writer)
            value = arrays.value if mine is None else arrays.value[mine]
            x = self._x(kind, arrays, mine)
            name, label = self._writer_label(writer)
            one = old.get(name) or Series(name)
            one.label = clean(label) if len(writers) > 1 else ""
            if mine is None:
                own = notes
            else:
                own = {
                    int(np.searchsorted(mine, i)): t
                    for i, t in notes.items()
                    if arrays.writer[i] == writer
                }
            one.update(x, value, own)
            series.append(one)
        if axis not in self._series and len(self._series) > 1:
            self._series.clear()  # the axis that is looked at, and that of the picture, are enough
        self._series[axis] = (metric.version, kind, _LABEL[kind], series)
        return kind, _LABEL[kind], series

    def _x(self, kind: XKind, arrays: Any, mine: Any) -> Floats:
        if kind == "index":
            return np.arange(len(arrays.value) if mine is None else len(mine), dtype=np.float64)
        if kind == "step":
            return fill_steps(arrays.step if mine is None else arrays.step[mine])
        time: Floats = arrays.time if mine is None else arrays.time[mine]
        return time if kind == "time" else time - self._started()

    def _notes(self, value: Floats) -> dict[int, str]:
        """Return what the marks of values say that are no numbers at all."""
        missing = np.flatnonzero(np.isnan(value))
        if not len(missing):
            return {}
        values = self._metric.values()
        notes = {}
        for i in missing.tolist():
            found = values[i]
            if found is None:
                notes[i] = "None"
            elif isinstance(found, str):
                notes[i] = "text"
        return notes

    def _texts(self, values: list[Any]) -> tuple[TextItem, ...]:
        metric = self._metric
        where = [i for i, v in enumerate(values) if isinstance(v, str)][-_TEXTS:]
        if metric.kind == "list":
            begun = metric.first_time or 0.0
            return tuple(TextItem(step=i, time=begun, text=clean(values[i])) for i in where)
        steps, times = metric.steps(), metric.times()
        return tuple(TextItem(step=steps[i], time=times[i], text=clean(values[i])) for i in where)

    # -- rows, tables, schemas --------------------------------------------------------------------

    def _columns(self, options: ChartOptions, version: int) -> Chart:
        metric = self._metric
        columns = metric.columns()
        numeric = {k: v for k, v in metric.column_arrays().items() if k in columns}
        rows = max((len(c) for c in columns.values()), default=0)
        unit = "row"
        x_name: str | None = None
        if len(numeric) >= 2:
            x_name = next(iter(numeric))
        elif len(numeric) != 1 or len(columns) != 1:
            numeric = {}
        table = (
            tables.table(columns, tail=metric.kind == "row")
            if len(columns) > 2 or not numeric or rows < 2
            else None
        )
        if not numeric or rows < 2:
            return self._chart("table", version, badge=count(rows, unit), table=table)
        x = np.arange(rows, dtype=np.float64) if x_name is None else numeric[x_name]
        known = self._series.get("column")
        old = {s.key: s for s in known[3]} if known is not None else {}
        series = []
        names = [name for name in numeric if name != x_name]
        for name in names:
            one = old.get(name) or Series(name, clean(name) if len(names) > 1 else "")
            one.label = clean(name) if len(names) > 1 else ""
            one.update(
                x, numeric[name], {i: "None" for i, v in enumerate(columns[name]) if v is None}
            )
            series.append(one)
        kind: XKind = "index" if x_name is None else "column"
        label = "row" if x_name is None else clean(x_name)
        self._series = {"column": (metric.version, kind, label, series)}
        lines, badge = _draw(series, options, unit)
        return self._chart(
            "line",
            version,
            x_kind=kind,
            x_label=label,
            y_label=clean(names[0]) if len(names) == 1 else "",
            lines=lines,
            badge=badge,
            table=table,
        )

    def _special(self, version: int) -> Chart:
        items = self._metric.items()
        value = items[-1].value if items else None
        more = f" · last of {len(items):,}" if len(items) > 1 else ""
        found = tables.matrix(value) if self._metric.kind == "confusion_matrix" else None
        if found is not None:
            return self._chart(
                "matrix",
                version,
                x_label="predicted",
                y_label="true",
                badge=tables.matrix_badge(found) + more,
                matrix=found,
            )
        name = self._metric.kind.replace("_", " ")
        return self._chart("table", version, badge=name + more, table=tables.schema_table(value))


def fill_steps(step: Floats) -> Floats:
    """Return steps where a point without one comes one after the point logged before it."""
    known = ~np.isnan(step)
    if known.all():
        return step
    if not known.any():
        return np.arange(len(step), dtype=np.float64)
    index = np.arange(len(step))
    before = np.maximum.accumulate(np.where(known, index, -1))
    first = int(np.argmax(known))
    before[:first] = first
    filled: Floats = step[before] + (index - before)
    return filled


def _distinct(writer: Any) -> list[int]:
    """Return the writers of a metric; nearly always there is one, which is told fast."""
    if not len(writer):
        return [0]
    low, high = int(writer.min()), int(writer.max())
    return [low] if low == high else [int(w) for w in np.unique(writer)]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, str)


def _draw(series: list[Series], options: ChartOptions, unit: str) -> tuple[tuple[Line, ...], str]:
    n = max(1, len(series))
    points = max(100, min(options.points, 2 * options.points // n))
    lines = tuple(one.line(options, points) for one in series)
    return lines, badge_of(
        lines, unit, window=options.window is not None, placeless=sum(s.placeless for s in series)
    )


def badge_of(
    lines: tuple[Line, ...], unit: str, *, window: bool = False, placeless: int = 0
) -> str:
    """Return what stands under a chart: ``1,500 of 120,000 drawn · zoom for exact``."""

    def amount(each: list[int]) -> int:  # the columns of a row are one row; two processes add up
        return max(each, default=0) if unit == "row" else sum(each)

    total = amount([line.total for line in lines])
    drawn = amount([line.drawn for line in lines])
    hidden = sum(line.hidden for line in lines)
    if all(line.drawn + line.hidden >= line.total for line in lines):
        said = (
            f"list of {total:,}"
            if unit == "list" and not window
            else count(total, "point" if unit == "list" else unit)
        )
        if window:
            said += " in view, all drawn"
    elif window:
        said = f"{drawn:,} of {total:,} in view drawn · zoom for exact"
    else:
        said = f"{drawn:,} of {total:,} drawn · zoom for exact"
    if hidden:
        said += f" · {hidden:,} not above 0 not shown"
    if placeless:
        said += f" · {placeless:,} without a place on the x axis"
    return said


def _last_text(series: list[Series]) -> str:
    if len(series) > 2:  # more than two numbers beside a title tell nobody which is which
        return ""
    return " · ".join(number(one.last) for one in series if one.last is not None)


def _trend(series: list[Series]) -> Trend:
    """Return where the last tenth of the first line goes, compared with the tenth before it."""
    one = series[0]
    n = len(one.y)
    if len(series) > 1 or n < 3 or one.minimum is None or one.maximum is None:
        return ""
    part = min(max(1, n // 10), 10_000)
    tail = one.y[-2 * part :]
    tail = tail[np.isfinite(tail)]
    half = len(tail) // 2
    if not half:
        return ""
    with np.errstate(over="ignore", invalid="ignore"):
        change = float(np.mean(tail[half:]) - np.mean(tail[:half]))
    if not np.isfinite(change) or abs(change) <= (one.maximum - one.minimum) * 0.01:
        return "flat"
    return "up" if change > 0 else "down"
