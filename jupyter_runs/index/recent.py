"""Rows that were handed out lately: a list that is asked for again and again is read from the database, but not made anew."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from jupyter_runs.index.summary import row_from

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_runs.index.query import Row

MOST = 2_000  # rows, of a few KiB each


class Recent:
    """The rows last handed out; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: OrderedDict[tuple[int, int], Row] = OrderedDict()
        self._opened = -1

    def rows(self, opened: int, found: Iterable[Any]) -> list[Row]:
        """Return the rows of what was found in a database; ``opened`` is which.

        A row of the same key and version says the same: whoever changes it gives it a later version.
        """
        with self._lock:
            if opened != self._opened:
                self._rows.clear()
                self._opened = opened
            known = self._rows
            rows = []
            for one in found:
                key = one.key, one.changed
                row = known.get(key)
                if row is None:
                    row = known[key] = row_from(one)
                else:
                    known.move_to_end(key)
                rows.append(row)
            while len(known) > MOST:
                known.popitem(last=False)
            return rows


__all__ = ["Recent"]
