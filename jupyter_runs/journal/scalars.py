"""The numbers of one writer: which slot is next, when a page is sealed, when a segment is full."""

from __future__ import annotations

import operator
from itertools import islice
from typing import TYPE_CHECKING, Any, Optional

from .batch import packer
from .layout import (
    FLOAT,
    INT,
    PAGE,
    SEAL,
    SERIES_BITS,
    SLOT,
    T_VOID,
    Header,
)
from .mapping import mapping_is_safe
from .segments import Segment, first_slot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .batch import Shape


NOTHING: Iterator[int] = iter(())


class Scalars:
    """The numbers of one writer: takes slots, turns pages, changes segments.

    Not locked: the writer calls everything but the slots' iterator under its own lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mapped = mapping_is_safe(folder)
        self._segment: Optional[Segment] = None
        self._page = 0
        self._slots: Iterator[int] = NOTHING
        self._page_end = 0
        # pages with a slot that another thread has yet to fill, and the segments kept open for them
        self._unsealed: list[tuple[Segment, int]] = []
        self._spent: list[Segment] = []
        self.ahead = False  # the segment before this one has slots that are not filled yet
        self._filled: list[Path] = []  # since somebody asked what is to be synced

    @property
    def position(self) -> int:
        """The number of the next slot, counted over all segments: a place in the order of what was logged."""
        segment = self._segment  # asked for without the lock, too
        if segment is None:
            return 0
        left = operator.length_hint(self._slots)
        return segment.header.first + self._page_end // SLOT - left

    @property
    def number(self) -> int:
        """The segment that is stored to."""
        return -1 if self._segment is None else self._segment.header.number

    def hot(self) -> tuple[Iterator[int], Any, int]:
        """Return what the fast paths need: the slots left in this page, as offsets into the map; the map; the mark.

        To take slots is one call of the iterator, so no lock is needed under the GIL.
        """
        if self._segment is None or self._segment.target is None:
            return NOTHING, None, 0
        return self._slots, self._segment.target, self._segment.mark

    def put(self, value: Any, step: int, now: float, kind: int, series: int) -> bool:
        """Store one record; tell whether a new page was begun (the fast path needs the new one)."""
        turned = False
        offset = next(self._slots, None)
        while offset is None:
            self.turn()
            turned = True
            offset = next(self._slots, None)
        segment = self._segment
        assert segment is not None
        pack = FLOAT if kind == 0 else INT
        word = series | kind << SERIES_BITS
        if segment.target is not None:
            pack.pack_into(segment.target, offset, value, step, now, word, segment.mark)
        else:
            self._write(segment, offset, pack.pack(value, step, now, word, segment.mark))
        return turned

    def put_some(self, shape: Shape, records: list[Any], start: int) -> int:
        """Store the records of a shape from ``start`` on that find room in this page.

        Parameters
        ----------
        shape
            What is stored.
        records
            ``[value, head, …] * shape.count``; the tails are filled in here.
        start
            How many of them are stored already.

        Returns
        -------
        int
            How many were stored; 0 if a new page was begun (the fast path needs the new one).
        """
        slots = list(islice(self._slots, shape.count - start))
        segment = self._segment
        if not slots or segment is None:
            self.turn()
            return 0
        held, template = shape.held
        if held != segment.mark:
            template = shape.template(segment.mark)
        if records[2] is not template[2]:
            records[2::3] = template[2::3]
        end = start + len(slots)
        pack, part = packer(shape.codes[start:end]), records[3 * start : 3 * end]
        if segment.target is not None:
            pack.pack_into(segment.target, slots[0], *part)
            return len(slots)
        return self._write(segment, slots[0], pack.pack(*part))

    def put_across(self, shape: Shape, records: list[Any]) -> bool:
        """Store the records of a shape over the end of this page with one call.

        Returns
        -------
        bool
            False if nothing was stored: no page follows in this segment, or not all would fit there.
        """
        segment, page = self._segment, self._page
        if segment is None or segment.target is None or shape.count > SEAL:
            return False
        if (page + 2) * PAGE > segment.header.size or shape.held[0] != segment.mark:
            return False
        here = list(islice(self._slots, shape.count))
        if len(here) == shape.count:  # a signal's handler has turned the page
            shape.pack_into(segment.target, here[0], *records)
        if not 0 < len(here) < shape.count:
            return bool(here)
        start, end = (page + 1) * PAGE, (page + 1) * PAGE + SEAL * SLOT
        slots = iter(range(start + (shape.count - len(here)) * SLOT, end, SLOT))
        pack = packer(f"{shape.codes[: len(here)]}|{shape.codes[len(here) :]}")
        # no call from here on to the assignment, so no signal's handler comes between
        if self._page != page or self._segment is not segment:
            return False
        self._page, self._page_end, self._slots = page + 1, end, slots
        pack.pack_into(segment.target, here[0], *records)
        self._finish_page(segment, page)
        return True

    def _write(self, segment: Segment, offset: int, records: bytes) -> int:
        """Write records one after the other; slots without space are taken again when there is some."""
        try:
            done = segment.write(offset, records)
        except OSError:
            self._slots = iter(range(offset, self._page_end, SLOT))
            raise
        if done * SLOT < len(records):
            self._slots = iter(range(offset + done * SLOT, self._page_end, SLOT))
        return done

    def void(self, offset: int, target: Any) -> None:
        """Fill a slot that the fast path took and could not use."""
        for segment in (self._segment, *self._spent):
            if segment is not None and target is not None and target is segment.target:
                INT.pack_into(target, offset, 0, 0, 0.0, T_VOID << SERIES_BITS, segment.mark)

    def turn(self) -> None:
        """Begin the next page, in a new segment where this one is full."""
        segment = self._segment
        if segment is None:
            self._begin(self._following(Header(-1, 0, 0, 0)))
            return
        if (self._page + 1) * PAGE < segment.header.size:
            self._finish_page(segment, self._page)
            self._set_page(self._page + 1)
            return
        following = self._following(segment.header)
        self._finish_page(segment, self._page)
        if self._segment is not segment:
            following.close()  # a signal's handler has logged in between, and turned the page
            return
        self._spent.append(segment)
        self._filled.append(segment.path)
        self._begin(following)
        self._let_go()
        self.ahead = segment in self._spent

    def _following(self, header: Header) -> Segment:
        """Make the segment after one; a number that an interrupted try has left behind is passed over."""
        number, first = header.number + 1, header.first + header.size // SLOT
        while True:
            try:
                return Segment(self._folder, number, first, self._mapped)
            except FileExistsError:
                number += 1

    def _begin(self, segment: Segment) -> None:
        self._segment = segment
        self._set_page(0)

    def _set_page(self, page: int) -> None:
        self._page = page
        self._page_end = page * PAGE + SEAL * SLOT
        self._slots = iter(range(page * PAGE + first_slot(page) * SLOT, self._page_end, SLOT))

    def _finish_page(self, segment: Segment, page: int) -> None:
        """Seal a page, and those before it that have become complete since."""
        # first of all: an interrupt must not make it forgotten
        self._unsealed.append((segment, page))
        if len(self._unsealed) > 1 or not segment.seal(page, only_full=True):
            self._unsealed = [
                (owner, index)
                for owner, index in self._unsealed
                if not owner.seal(index, only_full=True)
            ]
        else:
            self._unsealed.clear()

    def _let_go(self) -> None:
        """Close the segments that no open page needs any more."""
        needed = {id(segment) for segment, _ in self._unsealed}
        for segment in [s for s in self._spent if id(s) not in needed]:
            self._spent.remove(segment)
            segment.close()

    def linked(self) -> bool:
        """Tell whether what is stored still lands in a file that has a name."""
        return self._segment is None or self._segment.linked()

    def unsynced(self) -> list[Path]:
        """Return the segments that were stored to since the last call."""
        filled, self._filled = self._filled, []
        return filled if self._segment is None else [*filled, self._segment.path]

    def close(self) -> None:
        """Seal what is open, cut off what is unused, close the files."""
        self._slots, segment = NOTHING, self._segment
        self._segment = None
        if segment is None:
            return
        for owner, index in [*self._unsealed, (segment, self._page)]:
            owner.unmap()  # nothing may be stored behind the seal
            owner.seal(index)
        for spent in self._spent:
            spent.close()
        segment.close(used=(self._page + 1) * PAGE)

    def forget(self) -> None:
        """In a forked child: let go of the parent's files and leave them as they are."""
        segments = [*self._spent, *([self._segment] if self._segment else [])]
        self._segment, self._slots = None, NOTHING
        for segment in segments:
            segment.close()
