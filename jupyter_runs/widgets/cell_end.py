"""Calls back at the end of each cell, in the main thread and in that cell's context."""

from __future__ import annotations

import weakref
from typing import Any, Protocol


class CellEnds(Protocol):
    """Who wants to know."""

    def cell_ended(self) -> bool:
        """Do what is to be done; False when there will be no more."""


_waiting: weakref.WeakSet[Any] = weakref.WeakSet()
_shell: weakref.ReferenceType[Any] | None = None


def at_cell_end(target: CellEnds) -> None:
    """Call ``target.cell_ended()`` at the end of each cell until it says False."""
    global _shell
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    _waiting.add(target)
    if _shell is None or _shell() is not shell:
        _shell = weakref.ref(shell)
        shell.events.register("post_run_cell", _ended)


def _ended(*_: object) -> None:
    for target in list(_waiting):
        if not target.cell_ended():
            _waiting.discard(target)
