"""Views that are kept between requests, so that the next look at a run costs what is new."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from jupyter_runs.errors import RunNotFoundError
from jupyter_runs.jobs.recover import look_after
from jupyter_runs.views import ComparisonView, RunView, view_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_runs.journal import RunFolder


class _Kept:
    """A run's view; made by the first who holds the lock."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self.view: RunView | None = None
        self.identity: tuple[int, int] | None = None

    def fresh(self) -> RunView:
        """Return the view with what is new in it; the lock is held.

        Raises
        ------
        RunNotFoundError
            If there is no run (any more).
        """
        try:
            told = self.folder.path.stat()
        except OSError:
            raise RunNotFoundError(f"there is no run {self.folder.id!r} (any more)") from None
        identity = told.st_dev, told.st_ino
        if self.view is None or identity != self.identity:  # another run, with the id of one before
            # in milliseconds: more than any view of this run had before, in this process or an earlier one
            self.view = view_of(self.folder, version=int(time.time() * 1000))
            self.identity = identity
        else:
            self.view.refresh()
        if self.view.head().status == "Queued":
            look_after(self.folder)
        if not self.view.head().active:
            self.view.reader.close()  # kept for its content; files are opened again if need be
        return self.view


class KeptViews:
    """The views last asked for, each for one thread at a time.

    Parameters
    ----------
    most
        How many are kept; comparisons, a quarter as many.
    """

    def __init__(self, most: int = 128) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._compared: OrderedDict[tuple[int, ...], tuple[list[int], ComparisonView]] = (
            OrderedDict()
        )

    @contextmanager
    def of(self, folder: RunFolder) -> Iterator[RunView]:
        """Give the view of a run, with what is new in it.

        Raises
        ------
        RunNotFoundError
            If there is no run (any more).
        """
        kept = self._get(folder)
        with kept.lock:
            yield kept.fresh()

    @contextmanager
    def comparing(self, folders: Sequence[RunFolder]) -> Iterator[ComparisonView]:
        """Give the view of several runs beside each other; one that is gone is left out."""
        wanted = list({str(folder.path): self._get(folder) for folder in folders}.values())
        with ExitStack() as held:
            # always in one order, so that two comparisons never wait for each other
            for kept in sorted(wanted, key=lambda kept: str(kept.folder.path)):
                held.enter_context(kept.lock)
            views = []
            for kept in wanted:
                try:
                    views.append(kept.fresh())
                except RunNotFoundError:
                    continue
            yield self._comparison(views)

    def _get(self, folder: RunFolder) -> _Kept:
        key = str(folder.path)
        with self._lock:
            kept = self._kept.pop(key, None) or _Kept(folder)
            self._kept[key] = kept
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)  # who holds it goes on with it
            return kept

    def _comparison(self, views: list[RunView]) -> ComparisonView:
        key = tuple(map(id, views))  # of views that the comparison holds: an id is never another's
        versions = [view.version for view in views]
        with self._lock:
            known = self._compared.pop(key) if key in self._compared else None
            before, view = known or (versions, ComparisonView(views))
            self._compared[key] = versions, view
            while len(self._compared) > max(1, self._most // 4):
                self._compared.popitem(last=False)
        if before != versions:
            view.set_runs(views)
        return view
