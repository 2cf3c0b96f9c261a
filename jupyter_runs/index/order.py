"""In which order runs come, and cursors: marks in that order that stay good while runs come, go and change."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from sqlalchemy import ColumnElement, String, Text, and_, false, func, or_

from jupyter_runs.errors import FilterError
from jupyter_runs.index.conditions import Conditions
from jupyter_runs.index.language import field_of, parse
from jupyter_runs.index.nodes import METRICS, PARTS, RUN, SPACES, Field, Has
from jupyter_runs.index.summary import looked_up, storable

if TYPE_CHECKING:
    from sqlalchemy import FromClause

    from jupyter_runs.index.tables import Tables

Key = Union[None, int, float, str]
_PLAIN = 4  # keys: time, number, id, workspace


class Order(NamedTuple):
    """What runs are sorted by.

    Attributes
    ----------
    keys
        What is compared first, second …; those without come last.
    descending
        Of each key.
    optional
        Of each key: whether runs may lack it.
    join
        Another table that is needed for them, and on what.
    """

    sort: str
    keys: tuple[ColumnElement[Any], ...]
    descending: tuple[bool, ...]
    optional: tuple[bool, ...]
    join: Optional[tuple[FromClause, ColumnElement[bool]]] = None

    @property
    def plain(self) -> bool:
        """Whether an index holds the runs in this order."""
        return self.join is None and len(self.keys) == _PLAIN

    def clauses(self) -> list[ColumnElement[Any]]:
        """Return what stands behind ORDER BY."""
        found: list[ColumnElement[Any]] = []
        for key, descending, optional in zip(self.keys, self.descending, self.optional):
            if optional:
                found.append(key.is_(None))
            found.append(key.desc() if descending else key.asc())
        return found

    def fits(self, values: list[Key]) -> bool:
        """Tell whether these may be the keys of a run."""
        return len(values) == len(self.keys) and all(
            optional if value is None else isinstance(value, str) == isinstance(key.type, String)
            for key, value, optional in zip(self.keys, values, self.optional)
        )

    def behind(self, values: list[Key]) -> ColumnElement[bool]:
        """Return the condition that a run comes behind one with these keys."""
        later: list[ColumnElement[bool]] = [false()]
        same: list[ColumnElement[bool]] = []
        for key, value, descending, optional in zip(
            self.keys, values, self.descending, self.optional
        ):
            if value is not None:
                more = key < value if descending else key > value
                later.append(and_(*same, or_(more, key.is_(None)) if optional else more))
                same.append(key == value)
            else:
                same.append(key.is_(None))
        found = or_(*later)
        first = values[0]
        if not self.optional[0] and first is not None:  # says the same once more, for the index
            start = self.keys[0] <= first if self.descending[0] else self.keys[0] >= first
            found = and_(start, found)
        return found


def order_of(sort: str, tables: Tables, now: float) -> Order:
    """Return the order that ``sort`` names; ``now`` is what durations of runs that go on are counted to.

    Raises
    ------
    FilterError
        If it names no field.
    """
    field, descending = _field(sort)
    runs = tables.runs
    last = (runs.c["at"], runs.c.nth, runs.c.id, runs.c.workspace)
    falling, needed = (True, True, True, False), (False,) * 4
    if field.space == RUN:
        if field.name == "created":
            if not descending:
                return Order(sort, last, (False,) * 4, needed)
            return Order(sort, last, falling, needed)
        own = Conditions(tables, now).own(field)
        own = func.lower(own, type_=Text()) if field.name == "name" else own
        return Order(sort, (own, *last), (descending, *falling), (True, *needed))
    keys: tuple[ColumnElement[Any], ...]
    if field.space == METRICS:
        other = tables.metrics.alias("sorted")
        on = and_(other.c.run == runs.c.key, other.c.name == looked_up(field.name))
        number = {"last": other.c.last, "kind": other.c.kind}.get(field.part)
        keys = (other.c[field.part] if number is None else number,)
        if field.part == "last":
            keys = (*keys, other.c.text)
    else:
        other = tables.labels.alias("sorted")
        on = and_(
            other.c.run == runs.c.key,
            other.c.space == field.space,
            other.c.name == looked_up(field.name),
        )
        keys = (other.c.number, other.c.text)
    most = len(keys)
    return Order(
        sort,
        (*keys, *last),
        ((descending,) * most) + falling,
        ((True,) * most) + needed,
        (other, on),
    )


def _field(sort: str) -> tuple[Field, bool]:
    if not isinstance(sort, str) or not sort.lstrip("-"):
        raise FilterError(f"sort is a field of a run, such as -created, not {sort!r}")
    descending = sort.startswith("-")
    told = sort[descending:]
    head, _, rest = told.partition(".")
    space = SPACES.get(head.lower())
    if rest and rest[0] in "\"'":  # as in a filter
        node = parse(told)
        if not isinstance(node, Has):
            raise FilterError(f"sort is one field of a run, not {sort!r}")
        return node.field, descending
    if space is None or not rest:
        return field_of(told, []), descending
    if space != METRICS:
        return Field(space, rest), descending
    name, _, part = rest.rpartition(".")
    if name and part in PARTS:
        return Field(METRICS, name, part), descending
    return Field(METRICS, rest, "last"), descending


def cursor(order: Order, now: float, values: list[Key]) -> str:
    """Return the mark of a run with these keys."""
    text = json.dumps([order.sort, now, values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, sort: str) -> tuple[float, list[Key]]:
    """Return the time and the keys that a mark holds.

    Raises
    ------
    FilterError
        If it is none, or one of another order.
    """
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        told, now, values = json.loads(raw)
        sound = isinstance(values, list) and all(map(_is_key, values)) and _is_key(now)
        now = float(now)
    except (ValueError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise FilterError("after is the `next` of a page before, and this is none; begin anew")
    if told != sort:
        raise FilterError(f"after is of a list sorted by {told!r}, not by {sort!r}; begin anew")
    return now, [storable(value) if isinstance(value, str) else value for value in values]


def _is_key(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 1 << 63
    return value is None or isinstance(value, str) or (isinstance(value, float) and value == value)  # noqa: PLR0124 - NaN alone is not itself


__all__ = ["Order", "cursor", "order_of", "read_cursor"]
