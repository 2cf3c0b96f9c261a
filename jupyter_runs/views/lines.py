"""From a metric's numbers to the lines of its chart: one for each process that logged, or each column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .format import clean, count, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.journal import Arrays, Metric, RunReader

    from .model import ChartOptions, Floats, Line, Trend, XAxis, XKind
    from .series import Series

_LABEL = {"step": "step", "index": "index", "time": "time", "relative": "since start"}


class Part(NamedTuple):
    """The numbers of one line in the order logged; ``notes`` as `Series.update` takes them."""

    key: str
    label: str
    x: Floats
    y: Floats
    notes: dict[int, str]


class Plot(NamedTuple):
    """All lines of a chart, and what they share; ``unit`` is what the badge counts."""

    x_kind: XKind
    x_label: str
    y_label: str
    unit: str
    parts: list[Part]


def of_scalars(
    metric: Metric,
    x: XAxis,
    writer_label: Callable[[int], tuple[str, str]],
    started: float,
) -> Plot:
    """Return a scalar or list over step, time or index, a line for each writer."""
    arrays = metric.arrays()
    listed = metric.kind == "list"
    kind: XKind = x
    if listed or (x == "step" and not np.any(~np.isnan(arrays.step))):
        kind = "index"
    notes = _notes(metric, arrays.value)
    writers = _distinct(arrays.writer)
    parts = []
    for writer in writers:
        mine = None if len(writers) == 1 else np.flatnonzero(arrays.writer == writer)
        key, label = writer_label(writer)
        own = notes
        if mine is not None:
            place = {int(i): at for at, i in enumerate(mine)} if notes else {}
            own = {place[i]: text for i, text in notes.items() if i in place}
        parts.append(
            Part(
                key,
                clean(label) if len(writers) > 1 else "",
                _x(kind, arrays, mine, started),
                arrays.value if mine is None else arrays.value[mine],
                own,
            )
        )
    return Plot(kind, _LABEL[kind], "", "list" if listed else "point", parts)


def of_columns(metric: Metric) -> Plot | None:
    """Return rows or a table as a line for each number column over the first, None if it has none."""
    columns = metric.columns()
    numeric = {name: y for name, y in metric.column_arrays().items() if name in columns}
    rows = max((len(column) for column in columns.values()), default=0)
    if rows < 2 or not numeric or (len(numeric) == 1 < len(columns)):
        return None
    over = next(iter(numeric)) if len(numeric) > 1 else None
    x = np.arange(rows, dtype=np.float64) if over is None else numeric[over]
    names = [name for name in numeric if name != over]
    parts = [
        Part(
            name,
            clean(name) if len(names) > 1 else "",
            x,
            numeric[name],
            {
                i: "None"
                for i in np.flatnonzero(np.isnan(numeric[name])).tolist()
                if columns[name][i] is None
            },
        )
        for name in names
    ]
    return Plot(
        "index" if over is None else "column",
        "row" if over is None else clean(over),
        clean(names[0]) if len(names) == 1 else "",
        "row",
        parts,
    )


def _x(kind: XKind, arrays: Arrays, mine: Any, started: float) -> Floats:
    if kind == "index":
        return np.arange(len(arrays.value) if mine is None else len(mine), dtype=np.float64)
    if kind == "step":
        return fill_steps(arrays.step if mine is None else arrays.step[mine])
    time: Floats = arrays.time if mine is None else arrays.time[mine]
    return time if kind == "time" else time - started


def _notes(metric: Metric, value: Floats) -> dict[int, str]:
    """Return what the marks of values say that are no numbers at all."""
    missing = np.flatnonzero(np.isnan(value))
    if not len(missing):
        return {}
    values = metric.values()
    notes = {}
    for i in missing.tolist():
        found = values[i]
        if found is None:
            notes[i] = "None"
        elif isinstance(found, str):
            notes[i] = "text"
    return notes


def writer_label(reader: RunReader, index: int) -> tuple[str, str]:
    """Return the name of a writer, and what tells it apart for a person."""
    names = reader.writer_names
    name = names[index] if 0 <= index < len(names) else str(index)
    facts = reader.writers.get(name, {})
    rank = facts.get("rank")
    if rank is None and (found := re.match(r"rank(\d+)", name)):
        rank = found.group(1)
    if rank is not None:
        return name, f"rank {rank}"
    role, pid = facts.get("role"), facts.get("pid")
    return name, f"{role} {pid}" if role and pid else name


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


def draw(series: list[Series], options: ChartOptions, unit: str) -> tuple[tuple[Line, ...], str]:
    """Return the lines with the points to draw, and the badge."""
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
            said += " in view · exact"
    elif window:
        said = f"{drawn:,} of {total:,} in view · zoom for exact"
    else:
        said = f"{drawn:,} of {total:,} drawn · zoom for exact"
    if hidden:
        said += f" · {hidden:,} not above 0 not shown"
    if placeless:
        said += f" · {placeless:,} without a place on the x axis"
    return said


def last_text(series: list[Series]) -> str:
    """Return the last value of each line, for beside the title."""
    if len(series) > 2:  # more than two numbers beside a title tell nobody which is which
        return ""
    return " · ".join(number(one.last) for one in series if one.last is not None)


def trend(series: list[Series]) -> Trend:
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
