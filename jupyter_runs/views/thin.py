"""Which points of a long series are drawn, so that no extreme disappears.

Half of what may be drawn are the lowest and the highest value of each of as many equal parts of the x
axis: whatever the drawing's width, each column of pixels then reaches as far as the data does. The
other half is chosen by MinMaxLTTB, which keeps the shape between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from tsdownsample import MinMaxDownsampler, MinMaxLTTBDownsampler

if TYPE_CHECKING:
    from .model import Floats

Indices = NDArray[np.intp]

_min_max = MinMaxDownsampler()
_shape = MinMaxLTTBDownsampler()


def thin(x: Floats, y: Floats, points: int) -> Indices:
    """Return the indices of at most about ``points`` points to draw, in order.

    Parameters
    ----------
    x
        Sorted, finite.
    y
        NaN and infinite values are never chosen: they are gaps (see `gaps`).
    points
        How many may be drawn (at least 8). The first and last finite point and the extremes are
        always among them.
    """
    finite = np.isfinite(y)
    if finite.all():
        where = None
    else:
        where = np.flatnonzero(finite)
        x, y = x[where], y[where]
    chosen = _thin(x, y, max(8, points))
    return chosen if where is None else where[chosen]


def _thin(x: Floats, y: Floats, points: int) -> Indices:
    n = len(y)
    if n <= points:
        return np.arange(n)
    y = np.ascontiguousarray(y)
    axis = _axis(x)
    part = max(4, points // 2 // 4 * 4)
    kept = np.unique(
        np.concatenate(
            [
                _min_max.downsample(*axis, y, n_out=part),
                _shape.downsample(*axis, y, n_out=max(4, points - part - 4)),
                [0, n - 1, int(np.argmin(y)), int(np.argmax(y))],
            ]
        )
    )
    if len(kept) < points:  # both halves chose the same points: draw as many as may be drawn
        more = np.linspace(0, n - 1, points - len(kept) + 2).astype(np.intp)[1:-1]
        kept = np.union1d(kept, more)
    return cast("Indices", kept.astype(np.intp))


def _axis(x: Floats) -> tuple[Floats, ...]:
    """Return x fit for tsdownsample, or nothing where parts can't be cut along it.

    It panics where many points stand at one x, and where its parts are finer than floats are.
    """
    n = len(x)
    low, high = float(x[0]), float(x[-1])
    span = high - low
    if not 1e-290 < span < 1e300:
        return ()
    fine = span < 1e-9 * max(abs(low), abs(high))
    if not fine and bool(np.all(x[1:] > x[:-1])):
        return (np.ascontiguousarray(x),)
    # points at one x are drawn side by side, closer than a pixel
    return ((x - low) * (n / span) + np.arange(n) * 1e-5,)


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
