"""How runs, experiments and workspaces show as the last line of a cell: small tables in HTML.

Made like the static picture (`theme` says why): no style sheet, no script, sparklines are images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from . import theme
from .format import count, duration, escape, moment, number, shorten
from .svg import sparkline_svg
from .table_view import ComparisonView
from .theme import BORDER, FADED, SANS, SOFT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jupyter_runs.journal import RunFolder

    from .model import MetricSummary, RunRow, TableView

_COLUMNS = 6
_CELL = "padding:4px 14px 4px 0;text-align:left;vertical-align:middle;background:none;border:0;white-space:nowrap;"
_WIDTH, _HEIGHT = 90, 22
# max-width: notebooks limit images to their cell, which then counts as having no width
_SPARK = "display:inline-block;vertical-align:middle;margin:0;max-width:none;"


def sparkline(values: Sequence[float], width: int = _WIDTH, height: int = _HEIGHT) -> str:
    """Return a line without axes as an SVG document, "" when there is no number in it."""
    return sparkline_svg(np.asarray(values, dtype=np.float64), width, height)


def link(url: str | None, text: str) -> str:
    """Return a link, or nothing where the address is none that a page may lead to."""
    if not url or urlsplit(url).scheme not in ("http", "https", ""):
        return ""
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer" style="color:{theme.PALETTE[0]};">{escape(text)}</a>'


def page(url: str | None) -> str:
    """Return the link to a page; where no server answers (``""``) how to start one; for None nothing."""
    if url == "":
        return (
            f'<span style="{FADED}"><code>jupyter runs portal</code> opens it in a browser</span>'
        )
    return link(url, "Open in the portal")


def run_html(folder: RunFolder | Path | str, url: str | None = None) -> str:
    """Return the table that stands for a run: experiment, id, type, status, link, latest metrics."""
    row = ComparisonView([folder]).rows
    if not row:
        return _frame(f"<b>This run is not there any more</b>: {escape(folder)}")
    head = row[0].head
    status = theme.pill(head.status)
    if head.elapsed is not None:
        status += f' <span style="{FADED}margin-left:6px;">{escape(duration(head.elapsed))}</span>'
    said = head.error or head.reason
    if said:
        color = f"color:{theme.ERROR};" if head.error else ""
        status += f'<div style="{color}white-space:normal;overflow-wrap:anywhere;">{escape(shorten(said, 300))}</div>'
    name = f'{escape(shorten(head.name, 60))} <span style="{FADED}">{escape(head.id)}</span>'
    cells = [
        ("Experiment", escape(head.experiment)),
        ("Id", name),
        ("Type", escape(head.type)),
        ("Status", status),
        ("Page", page(url)),
    ]
    cells += [
        (shorten(metric.name, 30), _value(metric))
        for metric in list(row[0].metrics.values())[:_COLUMNS]
    ]
    rest = len(row[0].metrics) - _COLUMNS
    if rest > 0:
        cells.append(("", f'<span style="{FADED}">… and {rest:,} more metrics</span>'))
    lines = "".join(
        f'<tr style="background:none;"><th style="{_CELL}{FADED}font-weight:400;">{escape(label)}</th>'
        f'<td style="{_CELL}">{value}</td></tr>'
        for label, value in cells
        if value
    )
    title = f"<b>{escape(shorten(head.title, 120))}</b>"
    return _frame(
        f'{title}<table style="table-layout:auto;border-collapse:collapse;border:0;margin:4px 0 0;font-size:13px;color:inherit;">{lines}</table>'
    )


def experiment_html(
    name: str,
    workspace: str,
    folders: Iterable[RunFolder | Path | str],
    url: str | None = None,
    total: int | None = None,
) -> str:
    """Return the table of an experiment's latest runs: status, parameters that differ, metrics.

    Parameters
    ----------
    name, workspace
        Of the experiment.
    folders
        Of the runs, newest first.
    url
        Of the experiment's page; ``""`` where no server answers, None to say nothing of one.
    total
        How many runs there are, where only some are given.
    """
    table = ComparisonView(folders, total).table
    title = (
        f'<b style="font-size:15px;">{escape(shorten(name, 120))}</b> '
        f'<span style="{FADED}">experiment in {escape(workspace)}</span> {page(url)}'
    )
    if not table.rows:
        return _frame(f'{title}<div style="{FADED}margin-top:6px;">No runs yet.</div>')
    shown = f"the latest {len(table.rows):,} runs" if len(table.rows) > 1 else "one run"
    if table.total > len(table.rows):
        shown += f" of {table.total:,}"
    foot = f'<div style="{FADED}font-size:12px;margin-top:5px;">{escape(shown)}</div>'
    return _frame(title + runs_table(table) + foot)


def runs_table(table: TableView) -> str:
    """Return the runs as a table: the parameters that differ, and metrics with their curves."""
    params = (table.differing or table.params)[:_COLUMNS]
    metrics = table.metrics[:_COLUMNS]
    hidden = len(table.metrics) - len(metrics)
    names = [
        "Run",
        "Status",
        "Started",
        *(shorten(p, 24) for p in params),
        *(shorten(m, 24) for m in metrics),
    ]
    head = "".join(f'<th style="{_CELL}font-weight:600;">{escape(n)}</th>' for n in names)
    head += f'<th style="{_CELL}{FADED}font-weight:400;">+ {hidden:,} more</th>' if hidden else ""
    body = "".join(_line(row, params, metrics) for row in table.rows)
    return (
        '<div style="overflow-x:auto;margin-top:6px;"><table style="table-layout:auto;border-collapse:collapse;border:0;font-size:13px;color:inherit;">'
        f'<thead><tr style="{SOFT}">{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _line(row: RunRow, params: Sequence[str], metrics: Sequence[str]) -> str:
    head = row.head
    label = f"<b>{head.number}</b> " if head.number is not None else ""
    cells = [
        f'{label}<span title="{escape(head.id)}">{escape(shorten(head.name, 40))}</span>',
        theme.pill(head.status),
        f'<span style="{FADED}">{escape(moment(head.started)[:16])}</span>',
    ]
    for name in params:
        value = row.params.get(name)
        cells.append(
            escape(
                shorten(value, 30)
                if isinstance(value, str)
                else ""
                if value is None
                else number(value)
            )
        )
    for name in metrics:
        metric = row.metrics.get(name)
        cells.append(_value(metric) if metric is not None else "")
    inner = "".join(f'<td style="{_CELL}">{c}</td>' for c in cells)
    return f'<tr style="background:none;border-top:1px solid rgba(128,128,128,.2);">{inner}</tr>'


def _value(metric: MetricSummary) -> str:
    """Return the last value, the curve, and how far it reached."""
    text = f"<b>{escape(shorten(metric.text, 30))}</b>"
    if metric.spark is None or not len(metric.spark) or metric.count < 2:
        return text
    svg = sparkline_svg(metric.spark, _WIDTH, _HEIGHT)
    if not svg or metric.minimum is None or metric.maximum is None:
        return text
    span = f"{number(metric.minimum, 4)} … {number(metric.maximum, 4)}"
    image = theme.image(svg, _WIDTH, _HEIGHT, f"from {span}", _SPARK)
    reach = f'<span style="{FADED}font-size:11px;" title="lowest and highest">{escape(span)}</span>'
    return (
        f'<span style="display:inline-block;vertical-align:middle;line-height:1.2;margin-right:8px;min-width:84px;">{text}<br>{reach}</span>'
        f" {image}"
    )


def workspace_html(name: str, location: str, experiments: Iterable[str]) -> str:
    """Return the table that stands for a workspace."""
    names = list(experiments)
    listed = ", ".join(escape(shorten(n, 60)) for n in names[:20])
    if len(names) > 20:
        listed += f" … and {len(names) - 20:,} more"
    rows = [
        ("Location", f"<code>{escape(location)}</code>"),
        (count(len(names), "experiment"), listed or f'<span style="{FADED}">none yet</span>'),
    ]
    lines = "".join(
        f'<tr style="background:none;"><th style="{_CELL}{FADED}font-weight:400;">{escape(label)}</th>'
        f'<td style="{_CELL}white-space:normal;overflow-wrap:anywhere;">{value}</td></tr>'
        for label, value in rows
    )
    title = f'<b style="font-size:15px;">{escape(shorten(name, 120))}</b> <span style="{FADED}">workspace</span>'
    return _frame(
        f'{title}<table style="table-layout:auto;border-collapse:collapse;border:0;margin:4px 0 0;font-size:13px;color:inherit;">{lines}</table>'
    )


def _frame(inner: str) -> str:
    return (
        f'<div style="{SANS}{BORDER}border-radius:6px;padding:9px 12px;font-size:13px;line-height:1.45;'
        f'display:inline-block;max-width:100%;box-sizing:border-box;">{inner}</div>'
    )
