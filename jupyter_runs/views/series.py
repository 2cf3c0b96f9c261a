"""One line of a chart: its numbers in drawing order, its smoothing kept, and the points to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .format import INFINITY, MINUS_INFINITY
from .model import ChartOptions, Floats, Line
from .smooth import Ema
from .thin import gaps, spread, thin

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARKS = 200  # of each sort along the axis: closer than a mark is wide


class Series:
    """The numbers of one line, sorted by x (stably: values at one x stay in the order logged).

    Parameters
    ----------
    key, label
        As in `Line`.
    """

    def __init__(self, key: str, label: str = "") -> None:
        self.key = key
        self.label = label
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)
        self.minimum: float | None = None
        self.maximum: float | None = None
        self.last: float | None = None
        self.placeless = 0
        self.notes: dict[int, str] = {}
        self._ema: Ema | None = None
        self._smoothed: Floats = np.empty(0)
        self._smoothed_of: Floats = np.empty(0)  # a copy: the arrays we are given grow in place

    def update(self, x: Floats, y: Floats, notes: dict[int, str] | None = None) -> None:
        """Take the whole series, in the order logged; what was computed for its beginning is kept.

        Parameters
        ----------
        x, y
            What is at no finite x has no place in the chart and is only counted.
        notes
            What a mark says, by index, where it is not told by the value (``None``, a string).
        """
        finite = np.isfinite(y)
        numbers = y if finite.all() else y[finite]
        self.minimum = float(numbers.min()) if len(numbers) else None
        self.maximum = float(numbers.max()) if len(numbers) else None
        self.last = float(y[-1]) if len(y) else None
        placed = np.isfinite(x)
        self.placeless = int(len(x) - np.count_nonzero(placed))
        order: NDArray[np.intp] | None = None
        if self.placeless:
            order = np.flatnonzero(placed)
        part = x if order is None else x[order]
        if len(part) > 1 and bool(np.any(part[1:] < part[:-1])):
            by_x = np.argsort(part, kind="stable")
            order = by_x if order is None else order[by_x]
        if order is not None:
            x, y = x[order], y[order]
        if notes and order is not None:
            place = {int(old): new for new, old in enumerate(order.tolist())}
            notes = {place[i]: text for i, text in notes.items() if i in place}
        self.notes = notes or {}
        if self._ema is not None and not _begins_with(y, self._smoothed_of):
            self._ema = None
        self.x, self.y = x, y

    def part(self, window: tuple[float, float] | None) -> tuple[Floats, Floats]:
        """Return all points within a window, or all there are: read them, do not write to them."""
        if window is None:
            return self.x, self.y
        low = int(np.searchsorted(self.x, min(window), "left"))
        high = int(np.searchsorted(self.x, max(window), "right"))
        return self.x[low:high], self.y[low:high]

    def smoothed(self, weight: float) -> Floats:
        """Return the moving average over the whole series; only new values are computed."""
        if self._ema is None or self._ema.weight != weight:
            self._ema, self._smoothed = Ema(weight), np.empty(0)
        done = len(self._smoothed)
        if done < len(self.y):
            self._smoothed = np.concatenate([self._smoothed, self._ema.extend(self.y[done:])])
            self._smoothed_of = self.y.copy()
        return self._smoothed

    def line(self, options: ChartOptions, points: int) -> Line:
        """Return the points to draw; with a window at the cost of what is in it."""
        low, high = 0, len(self.x)
        if options.window is not None:
            low = int(np.searchsorted(self.x, min(options.window), "left"))
            high = max(low, int(np.searchsorted(self.x, max(options.window), "right")))
        # one more on each side: the line must run to the edge of what is looked at
        begin, end = max(0, low - 1), min(len(self.x), high + 1)
        inner = slice(low - begin, high - begin)
        x, raw = self.x[begin:end], self.y[begin:end]
        smooth = options.smoothing > 0 and len(self.y) > 1
        shown = self.smoothed(options.smoothing)[begin:end] if smooth else raw
        faint: Floats | None = raw if smooth else None
        hidden = 0
        if options.log_y:
            hidden = int(np.count_nonzero(raw[inner] <= 0))
            shown = np.where(shown > 0, shown, np.nan)
            faint = np.where(raw > 0, raw, np.nan) if smooth else None
        seen = np.isfinite(shown) if faint is None else np.isfinite(shown) | np.isfinite(faint)
        chosen = _choose(x[inner], shown[inner], None if faint is None else faint[inner], points)
        drawn, total = len(chosen), high - low
        if drawn == np.count_nonzero(seen[inner]):
            drawn = total - hidden  # nothing was thinned out: what is no number has its mark
        before = [0] if inner.start and seen[0] else []
        after = [len(x) - 1] if inner.stop < len(x) and seen[-1] else []
        chosen = np.concatenate((before, chosen + inner.start, after)).astype(np.intp)
        broken = gaps(shown, chosen)
        if len(broken):
            chosen = np.union1d(chosen, broken)
        return Line(
            key=self.key,
            label=self.label,
            x=x[chosen],
            y=_finite(shown[chosen]),
            faint=None if faint is None else _finite(faint[chosen]),
            marks=self._marks(x, raw, begin),
            total=total,
            drawn=drawn,
            minimum=self.minimum,
            maximum=self.maximum,
            last=self.last,
            hidden=hidden,
        )

    def _marks(self, x: Floats, raw: Floats, offset: int) -> tuple[tuple[float, str], ...]:
        broken = np.flatnonzero(~np.isfinite(raw))
        if not len(broken):
            return ()
        value = raw[broken]
        marks: list[tuple[float, str]] = []
        for sort, label in (
            (np.isnan(value), "NaN"),
            (value == np.inf, INFINITY),
            (value == -np.inf, MINUS_INFINITY),
        ):
            where = spread(x, broken[sort], _MARKS)
            marks += [(float(x[i]), self.notes.get(int(i) + offset, label)) for i in where]
        return tuple(sorted(marks))


def _begins_with(whole: Floats, part: Floats) -> bool:
    """Tell whether a series only grew; bit by bit, because NaN is unequal to itself."""
    n = len(part)
    if len(whole) < n:
        return False
    return np.array_equal(
        np.ascontiguousarray(whole[:n]).view(np.int64), np.ascontiguousarray(part).view(np.int64)
    )


def _choose(x: Floats, shown: Floats, faint: Floats | None, points: int) -> NDArray[np.intp]:
    if faint is None:
        return thin(x, shown, points)
    if len(x) <= points:
        return np.flatnonzero(np.isfinite(shown) | np.isfinite(faint))
    # the smoothed line needs few points; its raw one shows the spikes
    return np.union1d(thin(x, faint, points * 3 // 4), thin(x, shown, points // 4))


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
