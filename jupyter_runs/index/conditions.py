"""From the tree of a filter to what a database is asked."""

from __future__ import annotations

import operator
import time
from typing import TYPE_CHECKING, Any, Callable, Optional

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from jupyter_runs.index import meaning
from jupyter_runs.index.nodes import METRICS, RUN, All, Among, Compare, Contains, Field, Has, Not
from jupyter_runs.index.nodes import Any as Either
from jupyter_runs.index.summary import looked_up, storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Table

    from jupyter_runs.index.nodes import Leaf, Node, Value
    from jupyter_runs.index.tables import Tables

Condition = ColumnElement[bool]
_OPS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Conditions:
    """Makes conditions on the runs of some tables.

    Parameters
    ----------
    tables
        The tables.
    now
        The time that durations of runs which go on are counted to.
    put_away
        Workspace and name of experiments whose runs all count as archived.
    one_by_one
        Look at each run for itself, which is best where the first few are wanted and many fit; else what is asked of the
        other tables is looked up at once for all runs, which is best where few fit or all are counted.
    """

    def __init__(
        self,
        tables: Tables,
        now: Optional[float] = None,
        put_away: Sequence[tuple[str, str]] = (),
        *,
        one_by_one: bool = False,
    ) -> None:
        self.tables = tables
        self._one_by_one = one_by_one
        self._put_away = put_away
        self.now = time.time() if now is None else now

    def of(self, node: Node) -> Condition:
        """Return the condition that a tree says; it is true or false, never null."""
        if isinstance(node, Not):
            return not_(self.of(node.node))
        if isinstance(node, All):
            return and_(true(), *map(self.of, node.nodes))
        if isinstance(node, Either):
            return or_(false(), *map(self.of, node.nodes))
        return self._leaf(node)

    def _leaf(self, leaf: Leaf) -> Condition:
        field = leaf.field
        if field.space == RUN:
            column = self.own(field)
            found = self._said(leaf, field, column, column)
            return found if isinstance(leaf, Has) else and_(column.is_not(None), found)
        if field.space == METRICS:
            table = self.tables.metrics
            number = table.c[field.part]
            text = table.c.text if field.part == "last" else number
            where = [table.c.name == looked_up(field.name)]
            if isinstance(leaf, Has):  # a list without numbers has no least one
                there = field.part in ("min", "max")
                return self._among(table, *where, *([number.is_not(None)] if there else []))
        else:
            table = self.tables.labels
            number, text = table.c.number, table.c.text
            where = [table.c.space == field.space, table.c.name == looked_up(field.name)]
            if isinstance(leaf, Has):
                return self._among(table, *where)
        return self._among(table, *where, self._said(leaf, field, number, text))

    def _among(self, table: Table, *where: Condition) -> Condition:
        """Return that a run is one of those with such a row."""
        key = self.tables.runs.c.key
        if self._one_by_one:
            return exists().where(table.c.run == key, *where)
        return key.in_(select(table.c.run).where(*where))

    def words(self, text: str) -> Iterator[Condition]:
        """Give for each word of a text that it stands somewhere in what is said of a run."""
        runs = self.tables.runs
        table = runs if self._one_by_one else runs.alias("told")
        for word in text.lower().split():
            found = table.c.words.contains(storable(word), autoescape=True)
            yield found if table is runs else runs.c.key.in_(select(table.c.key).where(found))

    def own(self, field: Field) -> ColumnElement[Any]:
        """Return what one of a run's own fields is in the tables."""
        runs = self.tables.runs
        if field.name == "duration":
            return func.coalesce(runs.c.ended, literal(self.now)) - runs.c.started
        if field.name == "archived" and self._put_away:
            return case((self.away(), 1), else_=runs.c.archived)
        return runs.c[field.name]

    def away(self) -> Condition:
        """Return that a run is of an experiment that is archived."""
        runs = self.tables.runs
        pairs = [
            and_(runs.c.workspace == storable(workspace), runs.c.experiment == storable(name))
            for workspace, name in self._put_away
        ]
        return or_(false(), *pairs)

    def _said(
        self, leaf: Leaf, field: Field, number: ColumnElement[Any], text: ColumnElement[Any]
    ) -> Condition:
        """Return what a leaf says of the two forms of a value; of no effect where there is none."""
        if isinstance(leaf, Compare):
            return _compared(field, leaf.op, leaf.value, number, text)
        if isinstance(leaf, Among):
            one = or_(*(_compared(field, "=", value, number, text) for value in leaf.values))
            if not leaf.negated:
                return one
            # of two forms, one may be missing
            there = or_(number.is_not(None), text.is_not(None))
            return and_(there, not_(func.coalesce(one, false())))
        if isinstance(leaf, Contains):
            told = func.lower(text).contains(
                storable(str(leaf.value.value)).lower(), autoescape=True
            )
            return and_(text.is_not(None), not_(told) if leaf.negated else told)
        return number == 1 if field.name == "archived" else number.is_not(None)


def _compared(
    field: Field, op: str, value: Value, number: ColumnElement[Any], text: ColumnElement[Any]
) -> Condition:
    kind = meaning.kind_of(field)
    compare = _OPS[op]
    if kind == "time":
        return _when(op, value, number)
    if kind not in ("any", "text"):
        meant: dict[str, Callable[[Value], Any]] = {
            "number": meaning.number,
            "span": meaning.span,
            "flag": lambda told: int(meaning.flag(told)),
            "status": meaning.status,
        }
        own: Condition = compare(number, meant[kind](value))
        return own
    if kind == "any" and value.kind == "number":
        # what is no number is another value
        same: Condition = compare(number, meaning.number(value))
        return or_(same, and_(number.is_(None), text.is_not(None))) if op == "!=" else same
    told_text = storable(str(value.value))
    if value.kind == "word" and told_text.lower() in ("true", "false"):
        found: Condition = compare(func.lower(text), told_text.lower())
    else:
        found = compare(text, told_text)
    if kind == "any" and op == "!=":
        return or_(found, and_(text.is_(None), number.is_not(None)))
    return found


def _when(op: str, value: Value, column: ColumnElement[Any]) -> Condition:
    """Return a condition on a time; a day is all of it."""
    begin = meaning.seconds(value)
    if not meaning.is_day(value):
        found: Condition = _OPS[op](column, begin)
        return found
    end = meaning.seconds(value, end=True)
    inside = and_(column >= begin, column < end)
    if op in ("=", "!="):
        return inside if op == "=" else not_(inside)
    return _day(op)(column, end if op in ("<=", ">") else begin)


def _day(op: str) -> Callable[[Any, Any], Condition]:
    """Return how a time is compared with the begin of a day, or with its end where that is what counts."""
    return {"<": operator.lt, "<=": operator.lt, ">": operator.ge, ">=": operator.ge}[op]


def mentions(node: Node, name: str) -> bool:
    """Tell whether a tree asks for one of a run's own fields."""
    if isinstance(node, Not):
        return mentions(node.node, name)
    if isinstance(node, (All, Either)):
        return any(mentions(part, name) for part in node.nodes)
    return node.field.space == RUN and node.field.name == name
