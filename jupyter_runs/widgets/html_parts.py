"""Tables, matrices and texts of metrics as HTML, with everything from strangers escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_runs.views.format import count, escape, number
from jupyter_runs.views.parallel import HEIGHT, parallel_svg, width_of
from jupyter_runs.views.theme import image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_runs.views.model import Chart, Matrix, Table, TextItem

TEXTS_SHOWN = 100


def _fold(summary: str, body: str, keep: str, folded: bool) -> str:
    if not folded:
        return body
    return (
        f'<details data-keep="{escape(keep)}"><summary>{escape(summary)}</summary>{body}</details>'
    )


def parallel_html(chart: Chart) -> str:
    """Return parallel coordinates as an image."""
    if chart.parallel is None:
        return ""
    names = ", ".join(axis.name for axis in chart.parallel.axes)
    width = width_of(chart.parallel)
    style = f"display:block;width:100%;max-width:{width * 4 // 3}px;height:auto;"
    return image(parallel_svg(chart.parallel), width, HEIGHT, f"{names}: {chart.badge}", style)


def rows_html(table: Table, *, keep: str, folded: bool = False) -> str:
    """Return the last rows of a table."""
    rows = table.rows
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    body = "".join(
        f"<tr><td class='jpr-index'>{table.start + index}</td>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for index, row in enumerate(rows)
    )
    shown = count(table.total, "row")
    if len(rows) < table.total:
        shown = f"{'last' if table.start else 'first'} {len(rows):,} of {shown}"
    return _fold(
        f"Table: {shown}",
        f'<div class="jpr-scroll" tabindex="0" role="region" aria-label="{shown}"><table class="jpr-table">'
        f'<thead><tr><th class="jpr-index"></th>{head}</tr></thead><tbody>{body}</tbody></table></div>',
        keep,
        folded,
    )


def texts_html(texts: Sequence[TextItem], *, keep: str, folded: bool = False) -> str:
    """Return logged strings, the newest last."""
    shown = texts[-TEXTS_SHOWN:]
    items = "".join(
        f"<tr><td class='jpr-index'>{'' if item.step is None else f'{item.step:,}'}</td>"
        f"<td class='jpr-text'>{escape(item.text)}</td></tr>"
        for item in shown
    )
    label = count(len(texts), "text")
    return _fold(
        label,
        f'<div class="jpr-scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="jpr-table"><tbody>{items}</tbody></table></div>',
        keep,
        folded,
    )


def matrix_html(matrix: Matrix) -> str:
    """Return a confusion matrix as a heat map; each cell says its count, colour only repeats it."""
    head = "".join(
        f'<th scope="col" title="{escape(name)}">{escape(name)}</th>' for name in matrix.labels
    )
    body = ""
    for name, counts, shares in zip(matrix.labels, matrix.counts, matrix.shares):
        cells = "".join(
            f'<td style="--share:{share:.3f}" class="{"jpr-strong" if share > 0.55 else ""}" '
            f'title="true {escape(name)}, predicted {escape(other)}: {escape(number(count))} ({share:.1%})">'
            f"{escape(number(count))}</td>"
            for other, count, share in zip(matrix.labels, counts, shares)
        )
        body += f'<tr><th scope="row" title="{escape(name)}">{escape(name)}</th>{cells}</tr>'
    return (
        '<div class="jpr-scroll jpr-scroll-matrix" tabindex="0" role="region" aria-label="confusion matrix">'
        f'<table class="jpr-matrix"><caption>predicted →, true ↓</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
