"""Which points of a long series are drawn, so that no extreme disappears.

The x axis is cut into parts of equal width, and of each part the first, the lowest, the highest and the
last value are drawn (M4, Jugel et al. 2014): a line through them covers the same pixels as one through all,
as long as no part is wider than a pixel or two. Widths are round numbers of the binary system and parts
begin at their multiples, so while a series grows, the points chosen of what was there before stay the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .model import Floats

Indices = NDArray[np.intp]

_EACH = 4  # points of a part


def thin(x: Floats, y: Floats, points: int) -> Indices:
    """Return the indices of at most ``points`` points to draw, in order.

    Parameters
    ----------
    x
        Sorted, finite.
    y
        NaN and infinite values are never chosen: they are gaps (see `gaps`).
    points
        How many may be drawn (at least 8). The first and last finite point and the extremes are
        always among them, and all finite points if there are no more than that.
    """
    finite = np.isfinite(y)
    if finite.all():
        return _thin(x, y, max(8, points))
    where = np.flatnonzero(finite)
    return where[_thin(x[where], y[where], max(8, points))]


def _thin(x: Floats, y: Floats, points: int) -> Indices:
    n = len(y)
    if n <= points:
        return np.arange(n)
    edges = _edges(x, points // _EACH)
    pairs = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    lowest = [start + int(y[start:end].argmin()) for start, end in pairs]
    highest = [start + int(y[start:end].argmax()) for start, end in pairs]
    return np.unique(np.concatenate([edges[:-1], lowest, highest, edges[1:] - 1]))


def _edges(x: Floats, most: int) -> Indices:
    """Return where the parts of the axis begin, those that hold no point left out, and the end."""
    width = _width(float(x[0]), float(x[-1]), most)
    first, last = np.floor(x[0] / width), np.floor(x[-1] / width)
    inner = np.searchsorted(x, np.arange(first + 1, last + 1) * width)
    return np.unique(np.concatenate([[0], inner, [len(x)]]))


def _width(low: float, high: float, most: int) -> float:
    """Return the least width 4, 5, 6 or 7 times a power of two that needs at most ``most`` parts."""
    half = high / 2 - low / 2  # halved: the whole may overflow
    if half <= 0:
        return math.inf
    power = max(-1074, math.frexp(half)[1] - most.bit_length() - 4)
    while power <= 1021:
        for times in (4, 5, 6, 7):
            width = math.ldexp(times, power)
            if math.floor(high / width) - math.floor(low / width) < most:
                return width
        power += 1
    return math.inf


def _share(x: Floats, low: float, high: float) -> Floats | None:
    """Return where x stands between low (0) and high (1), None where that is not to be told."""
    span = high / 2 - low / 2  # halved: the whole may overflow
    if not span > 1e-300:
        return None
    return (x / 2 - low / 2) / span


def gaps(y: Floats, chosen: Indices) -> Indices:
    """Return the indices of values that are not finite, one for each gap between chosen points."""
    broken = np.flatnonzero(~np.isfinite(y))
    if not len(broken):
        return broken
    slot = np.searchsorted(chosen, broken)
    first = np.ones(len(broken), dtype=bool)
    first[1:] = slot[1:] != slot[:-1]
    return broken[first]


def spread(x: Floats, indices: Indices, most: int) -> Indices:
    """Return at most about ``most`` of the indices, so that marks stand wherever there is one.

    The first of each of ``most`` equal parts of the x axis, and the last of all.
    """
    if len(indices) <= most:
        return indices
    place = x[indices]
    low, high = float(place[0]), float(place[-1])
    share = _share(place, low, high)
    if share is None:
        return np.union1d(indices[:: max(1, len(indices) // most)], indices[-1:])
    slot = (share * (most - 1)).astype(np.int64)
    keep = np.ones(len(indices), dtype=bool)
    keep[1:] = slot[1:] != slot[:-1]
    keep[-1] = True
    return indices[keep]
