"""Where numbers go: straight into the page where that is possible, else under the lock."""

from __future__ import annotations

import functools
from itertools import islice
from operator import length_hint
from struct import error as PackError  # noqa: N812  # it is a class
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar, cast

from .batch import HEAD
from .errors import RunsError, RunsWarning
from .layout import NO_STEP, SLOT
from .ledger import Ledger
from .scalars import Scalars

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .batch import Shape

_Call = TypeVar("_Call", bound=Callable[..., Any])


def harmless(call: _Call) -> _Call:
    """Let the errors that people can mend through, and turn a fault of ours into one warning."""

    @functools.wraps(call)
    def guarded(self: Recorder, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except (RunsError, RunsWarning):  # a warning is raised only where somebody asked for that
            raise
        except Exception as error:
            self.fault(error)
            return None

    return cast("_Call", guarded)


class Recorder(Ledger):
    """Stores records into the pages of one writer.

    The parameters are those of :class:`~.ledger.Ledger`.
    """

    # -- without the lock: one call takes the slots, another fills them

    def store_one(
        self, wide: tuple[Any, ...], shape: Shape, value: Any, step: Optional[int]
    ) -> bool:
        """Store a value of the type that a shape of one series has, without the lock.

        Parameters
        ----------
        wide
            What ``self.wide`` was when the shape was looked up there.
        shape
            The series.
        value, step
            What packs as 64 bits.

        Returns
        -------
        bool
            False if it was not stored: the slow path knows why.
        """
        slots, target, mark, clock, ahead, *_ = wide
        slot = next(slots, None)
        if slot is None:
            return False
        pack, word = shape.packs[0], shape.words[0]
        try:
            pack(
                target, slot, value, NO_STEP if step is None else step, clock() + ahead, word, mark
            )
        except (PackError, TypeError, ValueError):  # too large, or a map closed a moment ago
            self.void(slot, target)
            return False
        return True

    def store_together(
        self, wide: tuple[Any, ...], shape: Shape, values: Iterable[Any], step: Optional[int]
    ) -> bool:
        """Store values of one step, as :meth:`store_one` does, with one call for all where this page has room."""
        slots, target, mark, clock, ahead, *_ = wide
        try:
            head = HEAD.pack(NO_STEP if step is None else step, clock() + ahead)
        except PackError:
            return False
        held, template = shape.held
        records = (template if held == mark else shape.template(mark))[:]
        count = shape.count
        records[::3] = values
        records[1::3] = [head] * count
        if shape.ints and not shape.holds(records):
            return False
        if length_hint(slots) >= count:
            # one call, so the slots follow one another; None if another thread was quicker
            last = next(islice(slots, count - 1, count), None)
            if last is not None:
                try:
                    shape.pack_into(target, last - (count - 1) * SLOT, *records)
                except (TypeError, ValueError):  # the map was closed a moment ago
                    return False
                return True
        return self._store_on(wide, shape, records) is not False

    @harmless
    def _store_on(self, wide: tuple[Any, ...], shape: Shape, records: list[Any]) -> bool:
        """Store what does not fit into this page."""
        with self._lock:
            if self.wide[5] is not wide[5]:
                return False  # closed in between: what comes now belongs to another folder
            if self._scalars is not None and self._scalars.put_across(shape, records):
                self._heat()
            else:
                self._put_all(shape, records)
            return True

    @harmless
    def turn(self) -> bool:
        """Give the fast path a new page, where this one is used up; False where it has none."""
        with self._lock:
            slots, target, *_ = self.wide
            if target is None or self._scalars is None:
                return False
            if not length_hint(slots):  # else another thread was quicker
                try:
                    self._scalars.turn()
                except OSError as error:
                    self._stumble(error)
                    return False
                self._heat()
            return True

    def void(self, offset: int, target: Any) -> None:
        """Mark a slot as used for nothing: the fast path took it and could not store its value."""
        with self._lock:
            if self._scalars is not None:
                self._scalars.void(offset, target)

    # -- under the lock

    def _put_all(self, shape: Shape, records: list[Any], done: int = 0) -> None:
        """Store records from ``done`` on, page by page, or count as dropped what finds no place."""
        while done < shape.count:
            if not self._ready():
                self._dropped += shape.count - done
                return
            try:
                if self._scalars is None:
                    self._scalars = Scalars(self._folder_of_writer())
                more = self._scalars.put_some(shape, records, done)
                if not more:
                    self._heat()
                done += more
            except OSError as error:
                self._dropped += shape.count - done
                self._stumble(error)
                return

    def _put(self, value: Any, step: int, now: float, kind: int, series: int) -> None:
        """Store one number, or count it as dropped while there is no place for it."""
        if not self._ready():
            self._dropped += 1
            return
        try:
            if self._scalars is None:
                self._scalars = Scalars(self._folder_of_writer())
            if self._scalars.put(0 if value is None else value, step, now, kind, series):
                self._heat()
        except OSError as error:
            self._dropped += 1
            self._stumble(error)
