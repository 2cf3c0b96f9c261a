"""The static picture of a run: what stays in a notebook when kernel, server and browser are gone.

One piece of HTML with its charts inside it, no script, no style sheet, nothing to load (`theme` says
which hosts strip what, and why it is made so). It keeps to a budget: what does not fit is counted.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from . import theme
from .format import about, clean, duration, escape, moment, shorten
from .model import Chart, ChartOptions, Head, ImageItem, Table, Tile
from .parallel import HEIGHT as P_HEIGHT
from .parallel import parallel_svg, width_of
from .svg import HEIGHT, WIDTH, chart_svg
from .theme import BORDER, CUT, FADED, MONO, SANS, SOFT

if TYPE_CHECKING:
    from .run_view import RunView

CHARTS = 12
TILES = 24
BUDGET = 64_000  # bytes for charts
LIMIT = 92_000  # for all but the words around images: the whole stays below 100 kB
_POINTS = 240
_ROWS = 6
_COLUMNS = 6
_TEXTS = 4
_IMAGES = 3
_IMAGE_BYTES = 40_000  # of all images together, before encoding
_FRAME = (
    f"{SANS}{BORDER}border-radius:6px;padding:10px 12px 12px;font-size:13px;line-height:1.45;"
    "max-width:1160px;box-sizing:border-box;"
)
_CARD = f"{BORDER}border-radius:4px;padding:7px 9px 6px;min-width:0;box-sizing:border-box;"


def picture(view: RunView, as_of: float) -> str:
    """Return the picture of a run as HTML."""
    head = view.head()
    keys = view.chart_keys()
    view.load(keys[:CHARTS])
    tiles = view.tiles()
    out = [
        f'<div class="jupyter-runs-picture" style="{_FRAME}">',
        header(head, as_of),
        _error(head),
        _tiles(tiles[:TILES]),
    ]
    spent = sum(len(part.encode()) for part in out)
    charts, shown = _charts(view, keys, min(BUDGET, LIMIT - spent))
    out += charts
    spent += sum(len(part.encode()) for part in charts)
    out.append(_images(view, min(_IMAGE_BYTES, (LIMIT - spent) * 3 // 4)))
    if not tiles and not keys and not view.images():
        out.append(
            f'<div style="{FADED}padding:14px 0 4px;">No metrics logged{" yet" if head.active else ""}.</div>'
        )
    rest = len(keys) - shown + max(0, len(tiles) - TILES)
    if rest:
        more = "metric" if rest == 1 else "metrics"
        out.append(f'<div style="{FADED}margin-top:9px;">… and {rest:,} more {more}</div>')
    out.append("</div>")
    return "".join(out)


def header(head: Head, as_of: float) -> str:
    """Return title, status, progress and times of a run."""
    title = (
        f'<b style="font-size:15px;" title="{escape(head.id)}">{escape(shorten(head.title, 120))}</b> '
        f'<span style="{FADED}margin:0 4px;">{escape(shorten(head.name, 60))}</span> {theme.pill(head.status)}'
    )
    stamp = f'<span style="{FADED}font-size:12px;">as of {escape(moment(as_of))}</span>'
    row = "display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:2px 16px;"
    out = [
        f'<div style="{row}"><div style="overflow-wrap:anywhere;">{title}</div><div>{stamp}</div></div>'
    ]
    progress = head.progress
    if progress is not None and progress.fraction is not None:
        share = f"{100 * progress.fraction:.1f}%"
        out.append(
            f'<div style="{SOFT}height:4px;border-radius:2px;margin:7px 0 5px;" title="{share}">'
            f'<div style="width:{share};height:4px;border-radius:2px;background:{theme.status_colors(head.status)[0]};">'
            "</div></div>"
        )
    said = [head.waiting] if head.waiting else []
    if progress is not None:
        said.append(progress.text)
    if head.elapsed is not None:
        said.append(_elapsed(head, duration(head.elapsed)))
    if head.eta is not None and head.eta > 0:
        said.append(f"about {about(head.eta)} left")
    if head.reason and head.reason != head.error:
        said.append(head.reason)
    if said:
        spans = "".join(f'<span style="margin-right:16px;">{escape(s)}</span> ' for s in said)
        out.append(f'<div style="{FADED}margin-top:2px;overflow-wrap:anywhere;">{spans}</div>')
    out += [
        f'<div style="color:{theme.WARNING};overflow-wrap:anywhere;">⚠ {escape(shorten(text, 300))}</div>'
        for text in head.warnings[:3]
    ]
    if len(head.warnings) > 3:
        out.append(
            f'<div style="color:{theme.WARNING};">⚠ and {len(head.warnings) - 3:,} more warnings</div>'
        )
    return "".join(out)


def _elapsed(head: Head, text: str) -> str:
    if head.active:
        return f"{text} elapsed"
    if head.status == "Completed":
        return f"took {text}"
    return f"after {text}" + ("" if head.last_step is None else f", at step {head.last_step:,}")


def _error(head: Head) -> str:
    if head.error is None:
        return ""
    code = f" ({head.error_code})" if head.error_code and head.error_code not in head.error else ""
    style = f"color:{theme.ERROR};margin-top:4px;overflow-wrap:anywhere;"
    out = [f'<div style="{style}"><b>{escape(head.error)}</b>{escape(code)}</div>']
    if head.log_tail is not None:
        out.append(_excerpt(f"Last lines of {head.log_tail.name}", head.log_tail.text))
    elif head.error_details:
        out.append(_excerpt("Traceback", "\n".join(head.error_details.rstrip().split("\n")[-10:])))
    return "".join(out)


def _excerpt(title: str, text: str) -> str:
    lines = "\n".join(clean(line)[:300] for line in text.split("\n"))
    return (
        f'<div style="{BORDER}border-radius:4px;margin-top:8px;overflow:hidden;">'
        f'<div style="{SOFT}padding:4px 10px;font-weight:600;">{escape(title)}</div>'
        f'<pre style="{MONO}font-size:11.5px;line-height:1.5;margin:0;padding:7px 10px;border:0;background:none;'
        f'color:inherit;white-space:pre-wrap;overflow-wrap:anywhere;">{escape(lines)}</pre></div>'
    )


def _tiles(tiles: list[Tile]) -> str:
    if not tiles:
        return ""
    cards = "".join(
        f'<div style="{BORDER}display:inline-block;border-radius:4px;padding:4px 11px 5px;min-width:70px;max-width:230px;'
        f'box-sizing:border-box;"><div style="{FADED}{CUT}font-size:11px;" title="{escape(shorten(t.name, 100))}">'
        f'{escape(shorten(t.name, 40))}</div><div style="{CUT}font-size:15px;font-weight:600;" title="{escape(shorten(t.text, 100))}">'
        f"{escape(shorten(t.text, 40))}</div></div> "
        for t in tiles
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:7px;margin-top:9px;">{cards}</div>'


def _charts(view: RunView, keys: list[str], budget: int) -> tuple[list[str], int]:
    out: list[str] = []
    spent = shown = 0
    for key in keys[:CHARTS]:
        card = _card(view.chart(key, ChartOptions(points=_POINTS)))
        spent += len(card.encode())
        if spent > budget:
            break
        shown += 1
        out.append(card)
    if not out:
        return out, 0
    grid = "display:grid;grid-template-columns:repeat(auto-fill,minmax(min(290px,100%),1fr));gap:9px;margin-top:9px;"
    return [f'<div style="{grid}">', *out, "</div>"], shown


_ARROWS = {"up": " ↑", "down": " ↓"}


def _card(chart: Chart) -> str:
    legend = ""
    if len(chart.lines) > 1:
        legend = "".join(
            f'<span style="display:inline-block;margin-left:8px;font-size:12px;white-space:nowrap;">'
            f'<span style="color:{theme.color(i)};font-weight:700;">━</span> {escape(shorten(line.label, 24))}</span>'
            for i, line in enumerate(chart.lines[:4])
        )
        if len(chart.lines) > 4:
            legend += f'<span style="{FADED}margin-left:8px;font-size:12px;">+ {len(chart.lines) - 4}</span>'
    legend += "".join(
        f'<span style="{FADED}margin-left:8px;font-size:12px;white-space:nowrap;">╌ {escape(guide.label)}</span>'
        for guide in chart.guides
    )
    last = f"{escape(shorten(chart.last_text, 32))}{_ARROWS.get(chart.trend, '')}"
    below = ""
    if chart.frame is not None and len(chart.lines) > 1:  # these have more to say than their colour
        below = f'<div style="margin-left:-8px;line-height:1.5;">{legend}</div>'
        legend = ""
    head = (
        '<div style="display:flex;justify-content:space-between;gap:8px;">'
        f'<div style="{CUT}min-width:0;"><b title="{escape(shorten(chart.title, 260))}">{escape(shorten(chart.title, 44))}</b>'
        f'{legend}</div> <b style="white-space:nowrap;">{last}</b></div>'
    )
    foot = (
        f'<div style="{FADED}display:flex;justify-content:space-between;gap:8px;font-size:11px;">'
        f'<span>{escape(_badge(chart))}</span> <span style="{CUT}">{escape(shorten(_x_words(chart), 30))}</span></div>'
    )
    wide = "grid-column:1/-1;" if chart.parallel is not None else ""
    return f'<div style="{_CARD}{wide}">{head}{below}{_body(chart)}{foot}</div>'


def _badge(chart: Chart) -> str:
    # nobody zooms into a picture
    return chart.badge.replace(" · zoom for exact", "")


def _x_words(chart: Chart) -> str:
    return chart.x_label if chart.kind == "line" else ""


def _body(chart: Chart) -> str:
    if chart.parallel is not None:
        width = width_of(chart.parallel)
        style = (
            f"display:block;width:100%;max-width:{width * 4 // 3}px;height:auto;margin:4px 0 2px;"
        )
        return theme.image(parallel_svg(chart.parallel), width, P_HEIGHT, _alt(chart), style)
    svg = chart_svg(chart)
    if svg:
        height = int(svg.partition(' height="')[2].partition('"')[0] or HEIGHT)
        style = "display:block;width:100%;height:auto;margin:4px 0 2px;"
        if chart.kind == "matrix":
            style += f"max-width:{WIDTH}px;"
        return theme.image(svg, WIDTH, height, _alt(chart), style)
    if chart.table is not None:
        return table_html(chart.table)
    items = chart.texts[-_TEXTS:]
    lines = "".join(
        f'<div style="{CUT}"><span style="{FADED}">{escape("" if t.step is None else f"{t.step:,}")}</span> '
        f"{escape(shorten(t.text, 120))}</div>"
        for t in items
    )
    return f'<div style="margin:4px 0;">{lines}</div>'


def _alt(chart: Chart) -> str:
    if chart.matrix is not None:
        return f"Confusion matrix {chart.title}: {chart.badge}"
    if chart.parallel is not None:
        names = ", ".join(shorten(axis.name, 30) for axis in chart.parallel.axes)
        return f"Parallel coordinates of {names}: {chart.badge}"
    spans = [
        f"{line.label + ' ' if line.label else ''}from {line.minimum:.5g} to {line.maximum:.5g}"
        for line in chart.lines[:4]
        if line.minimum is not None and line.maximum is not None
    ]
    return f"Chart of {shorten(chart.title, 80)}: {chart.badge}{'; ' if spans else ''}{', '.join(spans)}"


def table_html(table: Table, rows: int = _ROWS, columns: int = _COLUMNS) -> str:
    """Return the first rows and columns of a table."""
    cell = f"padding:1px 10px 1px 0;text-align:left;max-width:140px;{CUT}background:none;border:0;"
    names = table.columns[:columns]
    more = len(table.columns) > columns
    head = "".join(
        f'<th style="{cell}font-weight:600;">{escape(shorten(n, 24))}</th>' for n in names
    )
    head += f'<th style="{cell}">…</th>' if more else ""
    picked = table.rows[-rows:] if table.start else table.rows[:rows]
    body = "".join(
        f'<tr style="background:none;">{"".join(f"<td style={chr(34)}{cell}{chr(34)}>{escape(shorten(c, 28))}</td>" for c in r[:columns])}</tr>'
        for r in picked
    )
    return (
        '<div style="overflow-x:auto;"><table style="table-layout:auto;border-collapse:collapse;font-size:12px;color:inherit;margin:4px 0;border:0;">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _images(view: RunView, room: int) -> str:
    out: list[str] = []
    more = 0
    for series in view.images():
        item = series.items[-1] if series.items else None
        data = _small(item, room) if item is not None and len(out) < _IMAGES else None
        if item is None or data is None:
            more += len(series.items)
            continue
        room -= len(data)
        more += len(series.items) - 1
        step = "" if item.step is None else f" · step {item.step:,}"
        source = f"data:{item.mime};base64,{base64.b64encode(data).decode('ascii')}"
        out.append(
            f'<div style="{_CARD}"><b title="{escape(series.name)}">{escape(shorten(series.name, 44))}</b>'
            f'<span style="{FADED}font-size:11px;">{escape(step)}</span><img src="{source}" '
            f'alt="{escape(shorten(item.description or series.name, 80))}" width="{WIDTH}" '
            f'style="display:block;width:100%;max-width:{WIDTH}px;height:auto;margin-top:4px;"></div>'
        )
    if more:
        words = "image" if more == 1 else "images"
        out.append(
            f'<div style="{FADED}align-self:end;">{"… and " if out else ""}{more:,} {"more " if out else ""}{words}</div>'
        )
    if not out:
        return ""
    grid = "display:grid;grid-template-columns:repeat(auto-fill,minmax(min(290px,100%),1fr));gap:9px;margin-top:9px;"
    return f'<div style="{grid}">{"".join(out)}</div>'


def _small(item: ImageItem, room: int) -> bytes | None:
    """Return the bytes of an image that fits."""
    try:
        if item.mime == "application/octet-stream" or item.path.stat().st_size > room:
            return None
        return item.path.read_bytes()
    except OSError:
        return None
