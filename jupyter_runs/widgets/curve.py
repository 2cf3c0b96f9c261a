"""A line of bqplot that tells the page only its new end.

bqplot sends all points of a line whenever one comes: a dozen charts make 300 kB a look. Here what a line has
more than before is collected, sent as one message for all lines, and put behind the points that the
page holds (`browser/grow.js`). A page that holds others asks for the whole line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import bqplot
import numpy as np

if TYPE_CHECKING:
    from jupyter_runs.views.model import Floats

_WORTH = 64  # points that stay: fewer are sent again


class Growth(NamedTuple):
    """What a line has from the point ``start`` on; before, it had ``had`` points up to ``end``."""

    model: str
    start: int
    had: int
    end: float
    x: Floats
    y: Floats

    @property
    def about(self) -> dict[str, Any]:
        """What the page must know, besides the numbers."""
        return {"id": self.model, "start": self.start, "had": self.had, "end": self.end}


class Curve(bqplot.Lines):  # type: ignore[misc]
    """The line of a chart."""

    x: Any
    y: Any
    _quiet = False

    def _should_send_property(self, key: str, value: Any) -> bool:
        return not self._quiet and bool(super()._should_send_property(key, value))

    def put(self, x: Floats, y: Floats) -> Growth | None:
        """Take points; return those that are still to be told to the page, None if all are sent."""
        old_x, old_y = self.x, self.y
        start, had = _same(old_x, old_y, x, y), len(old_x)
        grown = _WORTH <= start < len(x) and 2 * start >= len(x)
        end = float(old_x[-1]) if grown else 0.0
        if grown:
            self._quiet = True
        try:
            with self.hold_sync():
                self.x, self.y = x, y
        finally:
            self._quiet = False
        return Growth(self.model_id, start, had, end, x[start:], y[start:]) if grown else None


def _same(old_x: Any, old_y: Any, x: Floats, y: Floats) -> int:
    """Return how many points at the beginning are the same."""
    n = min(len(old_x), len(x))
    if not n:
        return 0
    a, b = np.asarray(old_y[:n]), y[:n]
    differs = (old_x[:n] != x[:n]) | ((a != b) & ~(np.isnan(a) & np.isnan(b)))
    return int(differs.argmax()) if differs.any() else n
