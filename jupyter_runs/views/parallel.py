"""Parallel coordinates: an axis for each parameter and one for what came of it, a line for each run."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from .axes import axis
from .format import escape, number, shorten
from .model import Parallel, ParallelAxis, ParallelLine
from .theme import GREY, color

if TYPE_CHECKING:
    from collections.abc import Sequence

    Run = tuple[str, dict[str, Any], float | None]

MOST_AXES = 10  # of parameters
MOST_LINES = 300
_LARGEST = 1e305  # beyond, a span is no float any more
_FEW = 6  # whole numbers, as of layers: each has a place of its own
_DECADES = 100.0  # times the least that the greatest must be for a logarithmic axis
MOST_OPTIONS = 12  # that have a place of their own on an axis
HEIGHT = 210
_TOP, _BOTTOM, _LEFT, _RIGHT = 26, 14, 58, 52
_FONT = 11
_BETWEEN = 130  # from one axis to the next, and more where they are few
_LEAST, _MOST = 540, 900


def parallel(
    runs: Sequence[Run], space: dict[str, Any], metric: str, *, low: bool = False
) -> Parallel:
    """Return runs as lines over the axes of their parameters and of the metric.

    Numbers that span decades have a logarithmic axis; what is no finite number has no place on an axis of numbers,
    whose note tells it.

    Parameters
    ----------
    runs
        Each one's id, its choices by parameter, and its value of the metric, None where it has none.
    space
        What each parameter was chosen from, as it is stored: ``[kind, arguments]``; {} where that is not known.
    metric
        Name of the metric.
    low
        Whether less of it is better.
    """
    ranked = sorted(runs, key=lambda run: _rank(run[2], low=low))[:MOST_LINES]
    names = dict.fromkeys(name for _, choices, _ in ranked for name in choices)
    axes: list[ParallelAxis] = []
    places: list[list[float | None]] = []
    for name in list(names)[:MOST_AXES]:
        kind = str((space.get(name) or [""])[0])
        made, placed = _axis(
            name.lstrip("-"), [choices.get(name) for _, choices, _ in ranked], kind
        )
        axes.append(made)
        places.append(placed)
    made, placed = _numbers(metric, [value for _, _, value in ranked])
    axes.append(made)
    places.append(placed)
    known = sum(place is not None for place in placed)
    lines = [
        ParallelLine(
            run=run,
            places=tuple(column[i] for column in places),
            share=max(0.0, 1 - i / max(1, known - 1)),
        )
        for i, (run, _, _) in enumerate(ranked)
    ]
    return Parallel(axes=tuple(axes), lines=tuple(lines))


def _rank(value: float | None, *, low: bool) -> float:
    if value is None or not math.isfinite(value):
        return math.inf
    return value if low else -value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _axis(name: str, values: list[Any], kind: str) -> tuple[ParallelAxis, list[float | None]]:
    there = [value for value in values if value is not None]
    numeric = all(map(_is_number, there))
    finite = [value for value in there if _is_number(value) and abs(value) < _LARGEST]
    texts = {_text(value): value for value in there}
    few = kind == "" and len(texts) <= _FEW and all(isinstance(v, int) for v in there)
    if numeric and finite and not few and (kind != "choice" or len(texts) > MOST_OPTIONS):
        logarithmic = True if "log" in kind else None if kind in ("", "choice") else False
        return _numbers(name, values, log=logarithmic)
    ordered = numeric and len(finite) == len(there)
    names = sorted(texts, key=lambda text: texts[text]) if ordered else sorted(texts)
    place = {text: (i + 0.5) / len(names) for i, text in enumerate(names)}
    every = math.ceil(len(names) / MOST_OPTIONS) if names else 1
    ticks = tuple((place[text], text) for text in names[::every])
    return ParallelAxis(name, ticks), [None if v is None else place[_text(v)] for v in values]


def _text(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return value if isinstance(value, str) else json.dumps(value)


def _numbers(
    name: str, values: list[Any], *, log: bool | None = None
) -> tuple[ParallelAxis, list[float | None]]:
    """Return an axis of numbers; ``log`` None takes a logarithmic one where they span decades."""
    finite = [v if v is not None and abs(v) < _LARGEST else None for v in values]
    there = [float(v) for v in finite if v is not None]
    strange = Counter(_text(v) for v in values if v is not None and not abs(v) < _LARGEST)
    note = ", ".join(f"{times} {text}" for text, times in strange.most_common(3))
    if not there:
        return ParallelAxis(name, (), note), [None for _ in values]
    positive = min(there) > 0
    decades = positive and max(there) / _DECADES >= min(there)
    logarithmic = positive and (decades if log is None else log)
    known = [math.log10(v) for v in there] if logarithmic else there
    low, high = min(known), max(known)
    if low == high:
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room

    def place(at: float) -> float:
        return (at / 2 - low / 2) / (high / 2 - low / 2)  # halved: the span may be too large

    ticks = _powers(low, high) if logarithmic else axis(low, high, wanted=4)
    told = ParallelAxis(name, tuple((place(at), label) for at, label in ticks), note)
    return told, [
        None if v is None else place(math.log10(v) if logarithmic else float(v)) for v in finite
    ]


def _powers(low: float, high: float) -> list[tuple[float, str]]:
    """Return the ticks of a logarithmic axis: powers of ten, and more between them where those are few."""
    whole = range(math.ceil(low), math.floor(high) + 1)
    if len(whole) >= 3:
        places = [float(at) for at in whole[:: math.ceil(len(whole) / 5)]]
    else:
        every = (math.floor(low) + i for i in range(math.ceil(high) - math.floor(low) + 1))
        places = [at + math.log10(share) for at in every for share in (1, 2, 5)]
        places = [at for at in places if low <= at <= high]
    return [(at, number(10**at, 3)) for at in places]


def width_of(drawn: Parallel) -> int:
    """Return how wide the axes want to be drawn."""
    return min(_MOST, max(_LEAST, _LEFT + _RIGHT + _BETWEEN * (len(drawn.axes) - 1)))


def parallel_svg(drawn: Parallel, height: int = HEIGHT) -> str:
    """Return parallel coordinates as an SVG document; the best run stands out."""
    width = width_of(drawn)
    top, bottom = _TOP, height - _BOTTOM
    wide = (width - _LEFT - _RIGHT) / max(1, len(drawn.axes) - 1)
    at = [_LEFT + i * wide for i in range(len(drawn.axes))]
    letters = max(4, int(wide / 6))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    ]
    for index in range(len(drawn.lines) - 1, -1, -1):  # the best last, so that it lies above all
        line, best = drawn.lines[index], index == 0 and len(drawn.lines) > 1
        steps: list[str] = []
        gap = True
        for x, place in zip(at, line.places, strict=True):
            if place is not None:
                steps.append(f"{'M' if gap else 'L'}{x:.0f} {bottom - place * (bottom - top):.1f}")
            gap = place is None
        look = (
            f'stroke="{color(1)}" stroke-width="2.4"'
            if best
            else f'stroke="{color(0)}" stroke-opacity="{0.18 + 0.6 * line.share**2:.2f}" stroke-width="1.3"'
        )
        out.append(f'<path d="{"".join(steps)}" fill="none" stroke-linejoin="round" {look}/>')
    out.append(f'<g font-family="system-ui,sans-serif" font-size="{_FONT}" fill="{GREY}">')
    for i, (x, one) in enumerate(zip(at, drawn.axes, strict=True)):
        last = i == len(drawn.axes) - 1
        out.append(f'<path d="M{x:.0f} {top}V{bottom}" stroke="{GREY}" stroke-width="1"/>')
        name = escape(shorten(one.name, letters))
        weight = ' font-weight="700"' if last else ""
        out.append(f'<text x="{x:.0f}" y="12" text-anchor="middle"{weight}>{name}</text>')
        side, anchor = (6, "start") if last else (-6, "end")
        for place, label in one.ticks:
            y = bottom - place * (bottom - top)
            text = escape(shorten(label, min(letters, 9)))
            out.append(
                f'<path d="M{x - 3:.0f} {y:.1f}h6" stroke="{GREY}"/>'
                f'<text x="{x + side:.0f}" y="{y + 3.5:.1f}" text-anchor="{anchor}">{text}</text>'
            )
        if one.note:
            note = escape(shorten(one.note, letters))
            out.append(f'<text x="{x:.0f}" y="{height - 2}" text-anchor="middle">{note}</text>')
    return "".join([*out, "</g></svg>"])
