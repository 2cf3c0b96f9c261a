"""Puts what was found of runs into the tables, and takes it out of them."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Optional

from sqlalchemy import bindparam, delete, insert, select, update

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Dialect, Table

    from jupyter_runs.index.following import Followed
    from jupyter_runs.index.summary import Summary
    from jupyter_runs.index.tables import Tables

_MANY = 500  # values in one IN
_Change = tuple["Followed", dict[Any, Any], dict[Any, Any]]  # a run, the metrics and labels it had


class Rows:
    """Writes to the tables in one transaction.

    Parameters
    ----------
    connection
        One that nobody else writes beside.
    tables
        The tables.
    version
        What rows that change are marked with.
    """

    def __init__(self, connection: Connection, tables: Tables, version: int) -> None:
        self._connection = connection
        self._tables = tables
        self.version = version
        self.written = 0

    def store(self, runs: Iterable[Followed]) -> None:
        """Store what was found of some runs: all of new ones, of others what is not as it was stored."""
        runs = list(runs)
        self._update([run for run in runs if run.key is not None])
        self._insert([run for run in runs if run.key is None])

    def _own(self, run: Followed) -> dict[str, Any]:
        run.marked = self.version
        return {"settled": int(run.settled), "stamp": run.stamp, "changed": self.version}

    def _values(self, run: Followed) -> dict[str, Any]:
        assert run.summary is not None
        return {**run.summary.row, **self._own(run)}

    def _difference(self, run: Followed, stored: Optional[Summary]) -> dict[str, Any]:
        """Return the columns of a run that are not as they were stored."""
        assert run.summary is not None
        now = run.summary.row
        if stored is None or stored.row.keys() != now.keys():
            return {"key": run.key, **self._values(run)}
        had = stored.row
        other = {name: told for name, told in now.items() if had[name] != told}
        return {"key": run.key, **other, **self._own(run)}

    def _insert(self, runs: list[Followed]) -> None:
        if not runs:
            return
        table = self._tables.runs
        values = [self._values(run) for run in runs]
        columns = tuple(values[0])
        self._many("insert", table, columns, list(map(itemgetter(*columns), values)))
        keys: dict[tuple[str, str], int] = {}
        for workspace in {run.folder.path.parent.parent.name for run in runs}:
            for ids in _parts([run.folder.id for run in runs]):
                found = select(table.c.id, table.c.key).where(
                    table.c.workspace == workspace, table.c.id.in_(ids)
                )
                keys.update(((workspace, i), key) for i, key in self._connection.execute(found))
        for run in runs:
            run.key = keys[run.folder.path.parent.parent.name, run.folder.id]
        self._add([(run, {}, {}) for run in runs])
        self.written += len(runs)

    def _update(self, runs: list[Followed]) -> None:
        values: list[dict[str, Any]] = []
        parts: list[_Change] = []
        for run in runs:
            summary, stored = run.summary, run.stored
            assert summary is not None
            if stored is None and run.held == summary.row:  # another process has been here
                stored = run.stored = summary
            if stored is None:
                self._forget([run.key])
            if stored is None or stored.row != summary.row:
                values.append(self._difference(run, stored))
                self.written += 1
            elif run.settled:
                self._settle(run)
            parts.append((run, {}, {}) if stored is None else (run, stored.metrics, stored.labels))
        self._set(values)
        self._add(parts)

    def _set(self, values: list[dict[str, Any]]) -> None:
        """Set columns of rows, those together that set the same."""
        by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for value in values:
            by_columns.setdefault(tuple(value), []).append(tuple(value.values()))
        for columns, some in by_columns.items():
            self._many("update", self._tables.runs, columns, some)

    def _many(
        self, what: str, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]
    ) -> None:
        """Execute a statement for each of many rows, with nothing in between that looks at each of them."""
        if not rows:
            return
        sql, order = _compiled(self._connection.dialect, what, table, tuple(columns))
        told: Any = rows
        if order is None:  # by name
            names = [f"the_{name}" for name in columns]
            told = [dict(zip(names, row)) for row in rows]
        elif order != tuple(range(len(columns))):
            told = list(map(itemgetter(*order), rows))
        self._connection.exec_driver_sql(sql, told)

    def _settle(self, run: Followed) -> None:
        """Note that nothing more is expected of a run."""
        table = self._tables.runs
        told = update(table).where(table.c.key == run.key).values(settled=1, stamp=run.stamp)
        self._connection.execute(told)

    def _add(self, runs: list[_Change]) -> None:
        """Store metrics and labels that are not as they were."""
        for which, table in enumerate((self._tables.metrics, self._tables.labels)):
            keys = [column.name for column in table.primary_key]
            columns = [column.name for column in table.columns if column.name not in keys]
            gone: list[tuple[Any, ...]] = []
            come: list[tuple[Any, ...]] = []
            other: list[tuple[Any, ...]] = []
            for run, *had in runs:
                assert run.summary is not None
                was: dict[Any, Any] = had[which]
                now: dict[Any, Any] = run.summary[which + 1]
                if was is now:
                    continue
                # what stands last in a statement is last here, too: nothing has to be put in order
                for name, told in now.items():
                    before = was.get(name)
                    if before is None:
                        come.append((*told, *_words(name), run.key))
                    elif before != told:
                        other.append((*told, *_words(name), run.key))
                gone += ((*_words(name), run.key) for name in was if name not in now)
            self._many("delete", table, keys, gone)
            self._many("insert", table, [*columns, *keys], come)
            self._many("update", table, [*columns, *keys], other)
        for run, *_ in runs:
            run.stored = run.summary

    def remove(self, keys: Iterable[int]) -> None:
        """Remove runs."""
        keys = list(keys)
        table = self._tables.runs
        for some in _parts(keys):
            self._connection.execute(delete(table).where(table.c.key.in_(some)))
        self._forget(keys)
        self.written += len(keys)

    def _forget(self, keys: Iterable[Any]) -> None:
        """Remove the metrics and labels of runs."""
        for some in _parts(list(keys)):
            for table in (self._tables.metrics, self._tables.labels):
                self._connection.execute(delete(table).where(table.c.run.in_(some)))


@lru_cache(maxsize=256)
def _compiled(
    dialect: Dialect, what: str, table: Table, columns: tuple[str, ...]
) -> tuple[str, Optional[tuple[int, ...]]]:
    """Return a statement as its driver takes it, and at which places it takes the columns; None if by their names."""
    keys = [column.name for column in table.primary_key]
    told: dict[str, Any] = {name: bindparam(f"the_{name}") for name in columns}
    where = [table.c[name] == told[name] for name in keys if name in told]
    statement: Any = insert(table).values(told)
    if what == "update":
        rest = {name: value for name, value in told.items() if name not in keys}
        statement = update(table).where(*where).values(rest)
    elif what == "delete":
        statement = delete(table).where(*where)
    compiled = statement.compile(dialect=dialect)
    if compiled.positiontup is None:
        return str(compiled), None
    places = {f"the_{name}": place for place, name in enumerate(columns)}
    return str(compiled), tuple(places[name] for name in compiled.positiontup)


def _words(name: Any) -> tuple[Any, ...]:
    return name if isinstance(name, tuple) else (name,)


def _parts(values: list[Any]) -> Iterable[list[Any]]:
    return (values[at : at + _MANY] for at in range(0, len(values), _MANY))
