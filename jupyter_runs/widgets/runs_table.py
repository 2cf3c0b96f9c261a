"""Several runs as a table: status, what they were given, what came out, the best marked."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from jupyter_runs.views.format import count, duration, escape, moment, number, shorten

from .header import pill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_runs.views import MetricSummary, RunRow, TableView

COLUMNS = 12  # of parameters, and as many of metrics
TAGS = 6  # columns of tags
_LOW = re.compile(
    r"loss|err|mse|rmse|mae|mape|perplex|nll|cost|wer\b|cer\b|latency|regret", re.IGNORECASE
)
_HIGH = re.compile(
    r"acc|auc|f1|score|\br2\b|r²|precision|recall|\bmap\b|map@|bleu|rouge|iou|dice|reward|psnr|ssim",
    re.IGNORECASE,
)


def better(name: str) -> str:
    """Return which values of a metric are better as far as its name tells: "low", "high" or ""."""
    low, high = _LOW.search(name), _HIGH.search(name)
    if bool(low) == bool(high):
        return ""
    return "low" if low else "high"


def best(name: str, rows: Sequence[RunRow], way: str = "") -> dict[str, str]:
    """Return which runs have the best value of a metric, as id and how it is told; ties all count.

    A curve counts with its last value, as the table shows it. Which way is better is told by the name,
    unless ``way`` says so.
    """
    way = way or better(name)
    values = {}
    for row in rows:
        value = _value(row.metrics.get(name))
        if value is not None:
            values[row.head.id] = value
    if not way or len(values) < 2:
        return {}
    winner = (min if way == "low" else max)(values.values())
    if all(value == winner for value in values.values()):
        return {}
    said = f"{'lowest' if way == 'low' else 'highest'} {name}"
    return {run: said for run, value in values.items() if value == winner}


def _value(metric: MetricSummary | None) -> float | None:
    if metric is None or isinstance(metric.last, (bool, str)) or metric.last is None:
        return None
    try:
        value = float(metric.last)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def differing_metrics(table: TableView) -> tuple[str, ...]:
    """Return the metrics that are not the same in all runs; all of them when none differs."""
    found = []
    for name in table.metrics:
        texts = {None if (m := row.metrics.get(name)) is None else m.text for row in table.rows}
        if len(texts) > 1 or len(table.rows) < 2:
            found.append(name)
    return tuple(found) or table.metrics


def leader(
    rows: Sequence[RunRow], metrics: Sequence[str], ways: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Return which run leads by the first metric that tells two apart, and how that is told; "" if none does.

    Where the name does not tell which way is better, the highest leads, and is called no more than that. ``ways`` says it
    for metrics of which it is known.
    """
    for name in metrics:
        found = best(name, rows, (ways or {}).get(name, "")) or best(name, rows, way="high")
        if len(found) == 1:
            return next(iter(found.items()))
        if found:
            break
    return "", ""


def tag_columns(rows: Sequence[RunRow]) -> tuple[str, ...]:
    """Return the tags that have a value in some run: what tells the children of a sweep apart."""
    keys = dict.fromkeys(
        key for row in rows for key, value in row.tags.items() if value is not None
    )
    return tuple(keys)[:TAGS]


def table_html(
    table: TableView,
    colors: Mapping[str, str],
    *,
    tags: Sequence[str] = (),
    sort: str = "runs",
    opened: str | None = None,
    ways: Mapping[str, str] | None = None,
) -> str:
    """Return the table; the page sorts it by `data-v` when a heading is pressed.

    Parameters
    ----------
    table
        The runs.
    colors
        By run id: the colour that its curves have.
    tags
        Tags that have a column of their own.
    sort
        What the page keeps the order under.
    opened
        Id of the run that is shown below, "" while none is; None: a press on a row opens nothing.
    ways
        By metric: which values are better, "low" or "high"; told by the name of those that are not here.
    """
    params = (table.differing or table.params)[:COLUMNS]
    metrics = differing_metrics(table)[:COLUMNS]
    winners = {name: best(name, table.rows, (ways or {}).get(name, "")) for name in metrics}
    names = [("Run", "run"), ("Status", "status")]
    if opened is None:  # children began when their parent did
        names.append(("Started", "started"))
    names.append(("Took", "took"))
    names += [(name, f"tag:{name}") for name in tags]
    names += [(name, f"param:{name}") for name in params]
    names += [(name, f"metric:{name}") for name in metrics]
    words = {
        name for name in params if any(isinstance(row.params.get(name), str) for row in table.rows)
    } | set(tags)
    head = "".join(
        f'<th scope="col" aria-sort="none" class="{_side(key, name, words)}"><button type="button" data-jpr="sort" '
        f'data-column="{escape(key)}" title="Sort by {escape(name)}">{escape(shorten(name, 40))}</button></th>'
        for name, key in names
    )
    body = "".join(
        _row(row, tags, params, metrics, winners, colors.get(row.head.id, ""), opened)
        for row in table.rows
    )
    same = [name for name in table.params if name not in params]
    notes = []
    if len(table.rows) < table.total:
        notes.append(f"the newest {len(table.rows):,} of {count(table.total, 'run')}")
    if same and table.differing:
        notes.append(
            f"{count(len(same), 'parameter')} the same in all: {', '.join(same[:6])}{' …' if len(same) > 6 else ''}"
        )
    if (hidden := len(table.metrics) - len(metrics)) > 0:
        notes.append(f"{count(hidden, 'metric')} not in the table")
    foot = f'<p class="jpr-badge">{escape(" · ".join(notes))}</p>' if notes else ""
    return (
        '<div class="jpr-scroll" tabindex="0" role="region" aria-label="runs">'
        f'<table class="jpr-table jpr-runs-table" data-sort="{escape(sort)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{foot}"
    )


def _side(key: str, name: str, words: set[str]) -> str:
    return "" if key in ("run", "status", "started") or name in words else "jpr-number"


def _row(
    row: RunRow,
    keys: Sequence[str],
    params: Sequence[str],
    metrics: Sequence[str],
    winners: dict[str, dict[str, str]],
    color: str,
    opened: str | None,
) -> str:
    head = row.head
    swatch = f'<i class="jpr-swatch" style="background:{color}"></i> ' if color else ""
    label = head.name if head.number is None else f"{head.number}</b> {escape(head.name)}"
    title = f"<b>{label}" if head.number is not None else f"<b>{escape(label)}</b>"
    tags = "".join(
        f' <span class="jpr-chip jpr-chip-small">{escape(shorten(key if value is None else f"{key}: {value}", 30))}</span>'
        for key, value in [tag for tag in row.tags.items() if tag[0] not in keys][:3]
    )
    named = f'<span title="{escape(head.id)}">{title}</span>'
    if opened is not None:
        named = (
            f'<button type="button" class="jpr-open" data-jpr="open" data-run="{escape(head.id)}" '
            f'aria-expanded="{"true" if opened == head.id else "false"}" title="Show or hide {escape(head.id)} below">{title}</button>'
        )
    cells = [
        _cell(
            f"{swatch}{named}{tags}",
            head.number if head.number is not None else head.name,
        ),
        _cell(pill(head), head.status),
    ]
    if opened is None:
        cells.append(_cell(escape(moment(head.started)[:16]), head.started))
    cells.append(_cell(duration(head.elapsed), head.elapsed, "jpr-number"))
    cells += [
        _cell(escape(shorten(row.tags.get(key) or "", 40)), _sortable(row.tags.get(key)))
        for key in keys
    ]
    for name in params:
        value = row.params.get(name)
        text = (
            "" if value is None else shorten(value, 40) if isinstance(value, str) else number(value)
        )
        cells.append(_cell(escape(text), value, "" if isinstance(value, str) else "jpr-number"))
    for name in metrics:
        metric = row.metrics.get(name)
        won = winners[name].get(head.id)
        text = "" if metric is None else escape(shorten(metric.text, 40))
        if won:
            text = f'<b title="{escape(won)}">{text} ★</b>'
        sort = (
            None
            if metric is None
            else _value(metric)
            if _value(metric) is not None
            else metric.text
        )
        cells.append(_cell(text, sort, "jpr-number"))
    mark = ' class="jpr-opened"' if opened == head.id else ""
    return f'<tr data-run="{escape(head.id)}"{mark}>{"".join(cells)}</tr>'


def _sortable(text: str | None) -> Any:
    """Return a tag's value as the number that it is, else the text."""
    try:
        return text if text is None else float(text)
    except ValueError:
        return text


def _cell(inner: str, value: Any, classes: str = "") -> str:
    key = (
        ""
        if value is None
        else float(value)
        if isinstance(value, (int, float)) and abs(value) < 1e300
        else value
    )
    return f'<td class="{classes}" data-v="{escape(key)}">{inner}</td>'
