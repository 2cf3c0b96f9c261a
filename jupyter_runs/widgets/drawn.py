"""The marks of one line of a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bqplot
import numpy as np

from .curve import Curve
from .kit import unit_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jupyter_runs.views.model import Floats, Line

    from .curve import Growth

DOTS_UP_TO = 60  # a line of so few points shows them as dots
MARKS_SENT = 200
_MARKERS = {"∞": "triangle-up", "−∞": "triangle-down"}


class Drawn:
    """The marks of one line: the line itself, the raw values under it, dots, and where no number is."""

    def __init__(self, color: str, scales: dict[str, Any], line: Line) -> None:
        self.color = color
        self._scales = scales
        self._spots = {"x": scales["x"], "y": unit_scale()}  # y from 0 to 1, whatever is drawn
        # with its points from the beginning: each change is a message to the page
        bars = {} if line.edges is None else {"opacities": [0.0]}  # there for the pointer alone
        self.line = self._line(x=line.x, y=line.y, marker=_marker(line), stroke_width=1.6, **bars)
        self.faint: Any = None
        self._surface: Any = None
        self._dots: Any = None
        self._gaps: dict[str, Any] = {}

    def _line(self, **settings: Any) -> Curve:
        keep = {"x": True, "y": True}  # the frame alone says what is in sight
        return Curve(
            scales=self._scales,
            colors=[self.color],
            preserve_domain=keep,
            marker_size=18,
            **settings,
        )

    def _scatter(self, scales: dict[str, Any], marker: str, size: int) -> Any:
        return bqplot.Scatter(
            x=[],
            y=[],
            scales=scales,
            marker=marker,
            colors=[self.color],
            default_size=size,
            stroke_width=0,
            preserve_domain={"x": True, "y": True},
            visible=self.line.visible,
        )

    @property
    def marks(self) -> list[Any]:
        """All marks, the line first."""
        return [
            self.line,
            *(m for m in (self.faint, self._surface, self._dots) if m is not None),
            *self._gaps.values(),
        ]

    @property
    def under(self) -> list[Any]:
        """The marks that lie under all lines."""
        return [mark for mark in (self._surface, self.faint) if mark is not None]

    def draw(self, line: Line) -> list[Growth]:
        """Draw a line; return what of it is not sent yet."""
        dots = _dotted(line.y)
        whole = bool(np.isfinite(line.y).all())
        grown = [self.line.put(line.x, line.y)]
        self.line.marker = _marker(line)
        if line.faint is not None and self.faint is None:
            self.faint = self._line(
                x=line.x,
                y=line.faint,
                stroke_width=1,
                opacities=[0.3],
                visible=self.line.visible,
            )
        elif self.faint is not None:
            faint = (np.empty(0), np.empty(0)) if line.faint is None else (line.x, line.faint)
            grown.append(self.faint.put(*faint))
        self._draw_surface(line)
        if line.edges is not None:
            dots, whole = dots[:0], True
        if not whole and len(dots) and self._dots is None:
            self._dots = self._scatter(self._scales, "circle", 18)
        if self._dots is not None:
            dots = dots[:0] if whole else dots
            _put(self._dots, line.x[dots], line.y[dots])
        self._draw_gaps(line)
        return [growth for growth in grown if growth is not None]

    def _draw_surface(self, line: Line) -> None:
        """Draw bars, or the band around a line, as one closed shape."""
        outline = _outline(line)
        if outline is None:
            return
        if self._surface is None:
            solid = line.edges is not None
            self._surface = self._line(
                x=outline[0],
                y=outline[1],
                fill="inside",
                fill_colors=[self.color],
                fill_opacities=[0.35 if solid else 0.18],
                stroke_width=1 if solid else 0,
                visible=self.line.visible,
            )
        else:
            _put(self._surface, *outline)

    def _draw_gaps(self, line: Line) -> None:
        places: dict[str, list[float]] = {}
        for x, text in line.marks[:MARKS_SENT]:
            places.setdefault(_MARKERS.get(text, "cross"), []).append(x)
        for marker in sorted(places.keys() | self._gaps.keys()):
            if marker not in self._gaps:
                self._gaps[marker] = self._scatter(self._spots, marker, 34)
            at = np.array(places.get(marker, []), dtype=float)
            _put(
                self._gaps[marker], at, np.full(len(at), 0.95 if marker == "triangle-up" else 0.05)
            )


def _outline(line: Line) -> tuple[Floats, Floats] | None:
    """Return the corners of what is filled; what is not known is as high as nothing."""
    if line.edges is not None:
        x = np.repeat(line.edges, 3)[1:-1]  # up, along and down again at each bar
        y = np.zeros(len(x))
        heights = np.nan_to_num(line.y)
        y[1::3], y[2::3] = heights, heights
        return x, y
    if line.band is not None:
        known = np.isfinite(line.band[0]) & np.isfinite(line.band[1])
        x, low, high = line.x[known], line.band[0][known], line.band[1][known]
        return np.concatenate((x, x[::-1])), np.concatenate((high, low[::-1]))
    return None


def _put(mark: Any, x: Any, y: Any) -> None:
    with mark.hold_sync():
        mark.x, mark.y = x, y


def _marker(line: Line) -> str | None:
    if line.edges is not None:
        return None
    # bqplot would put the dots of a gap at the corner, so a line with gaps has its dots beside it
    return "circle" if len(_dotted(line.y)) and bool(np.isfinite(line.y).all()) else None


def _dotted(y: Floats) -> NDArray[np.intp]:
    """Return which points need a dot: all of a few, and those between gaps that no line would show."""
    finite = np.isfinite(y)
    if len(y) <= DOTS_UP_TO:
        return np.flatnonzero(finite)
    gap = np.concatenate(([True], ~finite, [True]))
    return np.flatnonzero(gap[:-2] & gap[2:] & finite)
