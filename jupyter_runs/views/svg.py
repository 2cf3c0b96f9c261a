"""Small charts as SVG text: for static pictures and tables, where nothing can be asked of a kernel.

Colours are of middle lightness (see `theme`): the same image stands on light and on dark pages.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from .axes import axis
from .format import escape, number, shorten
from .theme import ERROR, GREY, GRID, color

if TYPE_CHECKING:
    from .model import Chart, Floats, Line, Matrix

WIDTH, HEIGHT = 340, 152
_TOP, _RIGHT, _BOTTOM = 8, 10, 18
_FONT = 10
_TEXT = f'font-family="system-ui,sans-serif" font-size="{_FONT}" fill="{GREY}"'
_NAME = 14  # room for the name of the y axis, where there is one
_TALLER = 1.25  # shares and distributions want a plot that is less flat
_LINES = 10  # more lines than colours tell nobody anything
_MARKERS = 30
_LARGEST = sys.float_info.max


def _open(width: float, height: float) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'


def _extent(parts: list[Floats]) -> tuple[float, float] | None:
    finite = [p[np.isfinite(p)] for p in parts]
    finite = [p for p in finite if len(p)]
    if not finite:
        return None
    return min(float(p.min()) for p in finite), max(float(p.max()) for p in finite)


def _padded(low: float, high: float, share: float) -> tuple[float, float]:
    room = (high / 2 - low / 2) * share * 2 if high > low else abs(low) * 0.1 or 1.0
    return max(low - room, -_LARGEST), min(high + room, _LARGEST)


def _project(values: Floats, low: float, high: float, start: float, end: float) -> Floats:
    """Map values to tenths of a pixel; halved first, because high - low may overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        share = (values / 2 - low / 2) / (high / 2 - low / 2)
    return np.round((start + share * (end - start)) * 10)


def path(x: Floats, y: Floats) -> tuple[str, str]:
    """Return path data of a line with gaps (in tenths of a pixel), and of the points that stand alone."""
    parts: list[str] = []
    alone: list[str] = []
    ok = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ok.astype(np.int8), [0]])))
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        xs, ys = x[begin:end].astype(int), y[begin:end].astype(int)
        start = f"M{xs[0]} {ys[0]}"
        if end - begin == 1:
            alone.append(start + "h0")
            continue
        steps = [
            f"{dx}{dy}" if dy < 0 else f"{dx} {dy}"
            for dx, dy in zip(np.diff(xs).tolist(), np.diff(ys).tolist(), strict=True)
            if dx or dy
        ]
        joined = "".join(s if s.startswith("-") else f" {s}" for s in steps)
        parts.append(f"{start}l{joined.strip() or '0 0'}")
    return "".join(parts), "".join(alone)


def chart_svg(chart: Chart, width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return a line chart or a matrix as an SVG document; other kinds have none ("")."""
    if chart.kind == "matrix" and chart.matrix is not None:
        return matrix_svg(chart.matrix, width)
    if chart.kind != "line":
        return ""
    lines = chart.lines[:_LINES]
    ys = [v for line in lines for v in (line.y, line.faint) if v is not None]
    y_extent = _extent(ys)
    marks = [m for line in lines for m in line.marks]
    x_extent = _extent([*(line.x for line in lines), np.array([m[0] for m in marks])])
    if x_extent is None:
        return _empty("no values yet", width, height)
    y_low, y_high = _padded(*(y_extent or (0.0, 1.0)), 0.05)
    top = _TOP
    if chart.frame is not None:
        x_extent, (y_low, y_high), y_extent = chart.frame[:2], chart.frame[2:], chart.frame[2:]
        top += _NAME
        height = round(height * _TALLER)
    y_ticks = axis(y_low, y_high, wanted=3 if chart.frame is None else 4) if y_extent else []
    left = 10 + max((len(t) for _, t in y_ticks), default=2) * 5.6
    right, bottom = width - _RIGHT, height - _BOTTOM
    x_low, x_high = x_extent if x_extent[1] > x_extent[0] else _padded(*x_extent, 0)
    out = [_open(width, height), f"<g {_TEXT}>"]
    if chart.frame is not None:
        out.append(f'<text x="{left:g}" y="{_FONT}">{escape(shorten(chart.y_label, 48))}</text>')
    rules = []
    for place, label in y_ticks:
        at = _project(np.array([place]), y_low, y_high, bottom, top)[0] / 10
        rules.append(f"M{left:g} {at:g}H{right:g}")
        out.append(
            f'<text x="{left - 6:g}" y="{at + 3.5:g}" text-anchor="end">{escape(label)}</text>'
        )
    for place, label in _fitting(axis(x_low, x_high, chart.x_kind), (right - left) / 5.6):
        at = _project(np.array([place]), x_low, x_high, left, right)[0] / 10
        half = len(label) * 2.8
        anchor = "end" if at + half > width - 2 else "middle"
        at = min(at, width - 2) if anchor == "end" else at
        out.append(
            f'<text x="{at:g}" y="{bottom + 14:g}" text-anchor="{anchor}">{escape(label)}</text>'
        )
    out.append("</g>")
    out.append(f'<path d="{"".join(rules)}" stroke="{GRID}" stroke-opacity=".28" fill="none"/>')
    out.append(
        '<g transform="scale(.1)" fill="none" stroke-linejoin="round" stroke-linecap="round">'
    )
    out.append(_marks(marks, x_low, x_high, left, right, bottom))
    across, upward = (x_low, x_high, left, right), (y_low, y_high, bottom, top)
    for guide in chart.guides:
        drawn, _ = path(_project(guide.x, *across), _project(guide.y, *upward))
        out.append(
            f'<path d="{drawn}" stroke="{GREY}" stroke-width="10" stroke-dasharray="40 36"/>'
        )
    for i, line in enumerate(lines):
        x = _project(line.x, *across)
        if line.edges is not None:
            out.append(_bars(line, _project(line.edges, *across), upward, color(i)))
            continue
        if line.band is not None:
            low, high = (_project(part, *upward) for part in line.band)
            out.append(_band(x, low, high, color(i)))
        for values, extra in ((line.faint, ' stroke-opacity=".3" stroke-width="10"'), (line.y, "")):
            if values is None:
                continue
            y = _project(values, *upward)
            drawn, alone = path(x, y)
            out.append(
                f'<path d="{drawn}" stroke="{color(i)}"{extra or _stroke}/>' if drawn else ""
            )
            if alone and not extra:
                out.append(f'<path d="{alone}" stroke="{color(i)}" stroke-width="42"/>')
            if not extra and np.count_nonzero(np.isfinite(y)) <= _MARKERS:
                dots = "".join(
                    f"M{a:.0f} {b:.0f}h0" for a, b in zip(x, y, strict=True) if np.isfinite(b)
                )
                out.append(f'<path d="{dots}" stroke="{color(i)}" stroke-width="42"/>')
    out.append("</g>")
    out.append(_mark_words(marks, x_low, x_high, left, right))
    out.append("</svg>")
    return "".join(out)


_stroke = ' stroke-width="15"'


def _bars(line: Line, edges: Floats, upward: tuple[float, float, float, float], fill: str) -> str:
    """Return bars from zero up, each as wide as its bin; a bin whose count is not known has none."""
    zero = _project(np.zeros(1), *upward)[0]
    tops = _project(line.y, *upward)
    boxes = "".join(
        f"M{a:.0f} {zero:.0f}V{y:.0f}H{b:.0f}V{zero:.0f}z"
        for a, b, y in zip(edges[:-1], edges[1:], tops, strict=True)
        if np.isfinite(y)
    )
    return (
        f'<path d="{boxes}" fill="{fill}" fill-opacity=".35" stroke="{fill}" stroke-width="8"/>'
        if boxes
        else ""
    )


def _band(x: Floats, low: Floats, high: Floats, fill: str) -> str:
    """Return the surface between two lines, in as many parts as gaps leave."""
    ok = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ok.astype(np.int8), [0]])))
    parts = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        there = [f"{a:.0f} {b:.0f}" for a, b in zip(x[begin:end], high[begin:end], strict=True)]
        back = [f"{a:.0f} {b:.0f}" for a, b in zip(x[begin:end], low[begin:end], strict=True)]
        parts.append(f"M{' '.join([*there, *reversed(back)])}z")
    return f'<path d="{"".join(parts)}" fill="{fill}" fill-opacity=".18"/>' if parts else ""


def _fitting(labels: list[tuple[float, str]], room: float) -> list[tuple[float, str]]:
    """Leave out every other label until they don't touch."""
    while len(labels) > 2 and sum(len(t) + 3 for _, t in labels) > room:
        labels = labels[::2]
    return labels


def _marks(
    marks: list[tuple[float, str]],
    low: float,
    high: float,
    left: float,
    right: float,
    bottom: float,
) -> str:
    """Return a dashed line wherever a value is no number: a gap alone is easily overlooked."""
    if not marks:
        return ""
    at = sorted({int(v) for v in _project(np.array([m[0] for m in marks]), low, high, left, right)})
    data = "".join(f"M{v} {_TOP * 10 + 40}V{bottom * 10:.0f}" for v in at)
    return f'<path d="{data}" stroke="{ERROR}" stroke-opacity=".55" stroke-width="8" stroke-dasharray="12 26"/>'


def _mark_words(
    marks: list[tuple[float, str]], low: float, high: float, left: float, right: float
) -> str:
    out: list[str] = []
    said: set[str] = set()
    taken = -1e9
    for place, label in marks:
        if label in said:
            continue
        at = float(_project(np.array([place]), low, high, left, right)[0] / 10)
        if at - taken < 26:
            continue
        said.add(label)
        taken = at
        out.append(
            f'<text x="{at:g}" y="{_TOP + 2}" text-anchor="middle" font-family="system-ui,sans-serif" '
            f'font-size="9" fill="{ERROR}">{escape(label)}</text>'
        )
    return "".join(out)


def _empty(text: str, width: int, height: int) -> str:
    return (
        f'{_open(width, height)}<text {_TEXT} x="{width / 2:g}" y="{height / 2:g}" '
        f'text-anchor="middle">{escape(text)}</text></svg>'
    )


def matrix_svg(matrix: Matrix, width: int = WIDTH) -> str:
    """Return a confusion matrix as an SVG document: darker is a larger share of its row."""
    n = len(matrix.labels)
    named = n <= 24
    labels = [shorten(label, 12) for label in matrix.labels]
    left = min(92.0, 24 + max(len(label) for label in labels) * 5.6) if named else 20.0
    wide = min((width - left - _RIGHT) / n, 64.0)
    # as high as the charts beside it where numbers stay legible
    tall = min(max((HEIGHT - 26) / n, 13.0 if named else 3.0), 32.0, wide)
    top, right = 4.0, left + wide * n
    bottom = top + tall * n
    height = round(bottom + (28 if named else 14))
    shades: dict[int, list[str]] = {}
    words: list[str] = []
    for i, (counts, shares) in enumerate(zip(matrix.counts, matrix.shares, strict=True)):
        y = top + i * tall
        for j, (count, share) in enumerate(zip(counts, shares, strict=True)):
            x = left + j * wide
            shades.setdefault(round(20 * share), []).append(
                f"M{x:.1f} {y:.1f}h{wide - 1:.1f}v{tall - 1:.1f}h{1 - wide:.1f}z"
            )
            text = number(count, 3)
            if count and wide >= 16 and tall >= 12 and len(text) * 5.2 < wide:
                fill = ' fill="#fff"' if share > 0.45 else ""
                words.append(
                    f'<text x="{x + wide / 2 - 0.5:.1f}" y="{y + tall / 2 + 3:.1f}"{fill}>{text}</text>'
                )
        if named:
            words.append(
                f'<text x="{left - 5:.1f}" y="{y + tall / 2 + 3:.1f}" text-anchor="end">{escape(labels[i])}</text>'
            )
            across = shorten(labels[i], max(1, int(wide / 5.6)))
            words.append(
                f'<text x="{left + (i + 0.5) * wide:.1f}" y="{bottom + 11:.1f}">{escape(across)}</text>'
            )
    middle = top + n * tall / 2
    cells = "".join(
        f'<path d="{"".join(parts)}" fill-opacity="{0.06 + 0.043 * shade:.2f}"/>'
        for shade, parts in sorted(shades.items())
    )
    return (
        f'{_open(width, height)}<g fill="{color(0)}">{cells}</g><g {_TEXT} text-anchor="middle">{"".join(words)}'
        f'<text x="{(left + right) / 2:.1f}" y="{height - 4}">predicted →</text>'
        f'<text x="10" y="{middle:.1f}" transform="rotate(-90 10 {middle:.1f})">← true</text></g></svg>'
    )


def sparkline_svg(values: Floats, width: int = 90, height: int = 22, index: int = 0) -> str:
    """Return a line without axes as an SVG document; "" when there is no number."""
    y = np.asarray(values, dtype=np.float64)
    extent = _extent([y])
    if extent is None:
        return ""
    low, high = _padded(*extent, 0.0)
    x = _project(np.arange(len(y), dtype=np.float64), 0, max(1, len(y) - 1), 3, width - 4)
    drawn, alone = path(x, _project(np.where(np.isfinite(y), y, np.nan), low, high, height - 4, 4))
    at = int(np.flatnonzero(np.isfinite(y))[-1])
    last = _project(y[at : at + 1], low, high, height - 4, 4)[0]
    return (
        f'{_open(width, height)}<g transform="scale(.1)" fill="none" stroke="{color(index)}" '
        f'stroke-linejoin="round" stroke-linecap="round"><path d="{drawn}" stroke-width="13"/>'
        f'<path d="{alone}M{x[at]:.0f} {last:.0f}h0" stroke-width="34"/></g></svg>'
    )
