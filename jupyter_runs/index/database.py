"""The index: answers questions across runs from a database that is made from the run folders and nothing else."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar

from sqlalchemy import and_, case, func, not_, or_, select, true
from sqlalchemy.exc import SQLAlchemyError

from jupyter_runs.errors import FilterError, IndexUnusableError, RunsError
from jupyter_runs.index.catching import Catching
from jupyter_runs.index.conditions import Conditions, mentions
from jupyter_runs.index.language import parse
from jupyter_runs.index.order import cursor, order_of, read_cursor
from jupyter_runs.index.place import URL
from jupyter_runs.index.query import Held, Page, Query, Row
from jupyter_runs.index.recent import Recent
from jupyter_runs.index.store import PATIENCE, BusyError, DamagedError, Store
from jupyter_runs.index.summary import UNREADABLE, row_from, storable
from jupyter_runs.journal import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

_MANY = 10  # pages: where there are more, the next one is found by looking at a few runs
_KEPT = 64  # totals that are remembered
_ASKED = 500  # runs that one question names
_SENSELESS = (ValueError, TypeError, LookupError, AttributeError)
_Answer = TypeVar("_Answer")


class Index:
    """An index of the runs of all workspaces in a home.

    It may be deleted at any time. Several processes may use one at once; each catches up for all. Safe to use from several
    threads.

    Parameters
    ----------
    home
        The folder that holds the workspaces.
    url
        A PostgreSQL database; by default what ``JUPYTER_RUNS_INDEX_URL`` names, else a file in the cache folder
        (``JUPYTER_RUNS_CACHE``).

    Raises
    ------
    IndexUnusableError
        By its methods, where it can be neither opened nor made.
    """

    def __init__(self, home: Path, url: Optional[str] = None) -> None:
        self.home = Path(home)
        self._store = Store(self.home, url or os.environ.get(URL) or None)
        self._catching = Catching(self._store)
        self._lock = threading.RLock()
        self._counting = threading.Lock()  # who counts does not wait for who catches up
        self._totals: OrderedDict[Any, int] = OrderedDict()
        self._recent = Recent()
        self._held: tuple[tuple[int, int], list[Held]] = ((-1, -1), [])  # of which version

    def __repr__(self) -> str:
        return f"Index({str(self.home)!r})"

    def catch_up(self, *, thorough: bool = False) -> int:
        """Bring the index up to date; cheap when nothing has changed.

        Parameters
        ----------
        thorough
            Compare the names of all run folders with what is known, also in a large workspace where that was done a moment
            ago: what was copied in or removed by hand shows at once.

        Returns
        -------
        int
            How many runs came, went or changed; 0 also where another process is busy with just that.
        """
        try:
            return self._whole(lambda: self._catching.catch_up(thorough=thorough))
        except BusyError:
            return 0

    def caught_up(self) -> bool:
        """Bring the index up to date, names of folders and all; tell whether that could be done."""
        try:
            self._whole(lambda: self._catching.catch_up(thorough=True))
        except BusyError:
            return False
        return True

    def rebuild(self) -> int:
        """Make the index anew; return how many runs it has."""
        with self._lock:
            self._renew(self._store.opened)
            return self.catch_up(thorough=True)

    def close(self) -> None:
        """Let go of the database and of the files of runs; it goes on when it is used again."""
        with self._lock:
            self._catching.forget()
            self._store.close()

    def page(self, query: Query) -> Page:
        """Return the runs that were asked for, as they were when the index caught up last.

        Raises
        ------
        FilterError
            If filter, sort or cursor can't be understood.
        """
        return self._asked(lambda: self._page(query))

    @property
    def left(self) -> int:
        """How many runs are found and not yet read by who catches up now, in another thread of this process."""
        return self._catching.left

    def experiments(self) -> list[Held]:
        """Return the experiments that have runs, those with the newest first."""
        runs = self._store.tables.runs
        begun = or_(runs.c.status != "NotStarted", runs.c.target.is_not(None))
        active = and_(runs.c.status.not_in([*sorted(TERMINAL), UNREADABLE]), begun)
        asked = (
            select(
                runs.c.workspace,
                runs.c.experiment,
                func.count(),
                func.sum(case((active, 1), else_=0)),
                func.max(runs.c.created),
                func.sum(runs.c.archived),
            )
            .where(runs.c.nested == 0)
            .group_by(runs.c.workspace, runs.c.experiment)
            .order_by(func.max(runs.c.at).desc())
        )

        def ask() -> list[Held]:
            opened = self._store.opened
            with self._store.reading() as connection:
                key = opened, self._store.version(connection)
                known, held = self._held
                if known == key:
                    return held
                found = [
                    Held(one, name or "", *rest) for one, name, *rest in connection.execute(asked)
                ]
            held = _nameless_together(found)
            self._held = key, held
            return held

        return list(self._asked(ask))

    def rows(self, runs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Row]:
        """Return the rows of these runs, by workspace and id; one that is not known is left out."""
        table = self._store.tables.runs
        wanted: dict[str, list[str]] = {}
        for workspace, run in runs:
            wanted.setdefault(storable(workspace), []).append(storable(run))

        def ask() -> dict[tuple[str, str], Row]:
            found = {}
            with self._store.reading() as connection:
                for workspace, ids in wanted.items():
                    for at in range(0, len(ids), _ASKED):
                        some = table.c.id.in_(ids[at : at + _ASKED])
                        asked = select(table).where(table.c.workspace == workspace, some)
                        for row in connection.execute(asked):
                            found[row.workspace, row.id] = row_from(row)
            return found

        return self._asked(ask)

    def version(self) -> int:
        """Return the version, which grows with every change in the index."""

        def ask() -> int:
            with self._store.reading() as connection:
                return self._store.version(connection)

        return self._asked(ask)

    # -- how

    def _asked(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask; where the database is damaged, a new one."""
        for _ in range(2):
            opened = self._store.opened
            try:
                return self._guarded(ask)
            except DamagedError:
                with self._lock:
                    self._renew(opened)
                    self.catch_up(thorough=True)
            except BusyError as error:
                raise IndexUnusableError(
                    f"other processes have not let go of the index for {PATIENCE:.0f} s ({error}); ask again"
                ) from None
        try:
            return self._guarded(ask)
        except DamagedError as error:
            raise IndexUnusableError(f"the index can't be read: {error}") from error

    def _whole(self, catch: Callable[[], int]) -> int:
        """Catch up; where the database is damaged, with a new one."""
        with self._lock:
            for _ in range(2):
                opened = self._store.opened
                try:
                    return self._guarded(catch)
                except DamagedError:
                    self._renew(opened)
            try:
                return self._guarded(catch)
            except DamagedError as error:
                raise IndexUnusableError(f"the index can't be made: {error}") from error

    def _renew(self, opened: int) -> None:
        self._guarded(lambda: self._store.renew(opened))

    def _guarded(self, do: Callable[[], _Answer]) -> _Answer:
        try:
            return do()
        except RunsError:
            raise
        except _SENSELESS as error:  # what the database holds is not what was put into it
            raise DamagedError(str(error)) from error
        except SQLAlchemyError as error:
            raise IndexUnusableError(
                f"the index can't be used ({type(error).__name__}: {str(error)[:200]}); it may be removed: it is made anew"
            ) from error

    def _page(self, query: Query) -> Page:
        now = time.time()
        values = None
        if query.after is not None:
            now, values = read_cursor(query.after, query.sort)
        runs = self._store.tables.runs
        order = order_of(query.sort, self._store.tables, now)
        if values is not None and not order.fits(values):
            raise FilterError("after is the `next` of a page before, and this is none; begin anew")
        keys = [key.label(f"key_{number}") for number, key in enumerate(order.keys)]
        source = runs if order.join is None else runs.outerjoin(*order.join)
        asked = select(runs, *keys).select_from(source).order_by(*order.clauses())
        if values is not None:
            asked = asked.where(order.behind(values))
        opened = self._store.opened
        with self._store.reading() as connection:
            version = self._store.version(connection)
            total = self._total(connection, version, query, self._where(query, now))
            # the first of many are found soon, one after the other in their order
            soon = order.plain and total >= _MANY * query.limit
            where = self._where(query, now, one_by_one=soon)
            asked = asked.where(where).limit(query.limit + 1)
            found = connection.execute(asked).all() if total else []
        rows = self._recent.rows(opened, found[: query.limit])
        following = None
        if len(found) > query.limit:
            last = found[query.limit - 1]._mapping
            # elsewhere the time says nothing, and a cursor that differs each time makes of each answer a new one
            at = 0.0 if _timeless(query) else now
            following = cursor(order, at, [last[f"key_{n}"] for n in range(len(keys))])
        return Page(rows, following, total, version)

    def _where(self, query: Query, now: float, *, one_by_one: bool = False) -> ColumnElement[bool]:
        runs = self._store.tables.runs
        tree = parse(query.filter)
        put_away = () if query.experiment is not None else query.put_away
        conditions = Conditions(self._store.tables, now, put_away, one_by_one=one_by_one)
        where: list[ColumnElement[bool]] = []
        if not query.archived and not mentions(tree, "archived"):
            where.append(runs.c.archived == 0)
            if put_away:
                where.append(not_(conditions.away()))
        if query.parent is not None:
            where.append(runs.c.parent == storable(query.parent))
        elif not query.include_children:
            where.append(runs.c.nested == 0)
        if query.workspace is not None:
            where.append(runs.c.workspace == storable(query.workspace))
        if query.experiment is not None:
            where.append(runs.c.experiment == storable(query.experiment))
        where += conditions.words(query.text)
        if query.filter.strip():
            where.append(conditions.of(tree))
        return and_(true(), *where)

    def _total(
        self, connection: Connection, version: int, query: Query, where: ColumnElement[bool]
    ) -> int:
        """Count, once for each version: what is asked for again and again is one list."""
        asked = (
            query.workspace,
            query.experiment,
            query.filter,
            query.text,
            query.parent,
            query.include_children,
            query.archived,
            query.put_away,
        )
        timeless = _timeless(query)
        key = (self._store.opened, version, asked)
        if timeless:
            with self._counting:
                known = self._totals.get(key)
            if known is not None:
                return known
        runs = self._store.tables.runs
        found = connection.execute(select(func.count()).select_from(runs).where(where)).scalar()
        if timeless:
            with self._counting:
                self._totals[key] = found or 0
                while len(self._totals) > _KEPT:
                    self._totals.popitem(last=False)
        return found or 0


def _nameless_together(found: list[Held]) -> list[Held]:
    """Put runs without an experiment's name together, be it missing or empty."""
    nameless: dict[str, Held] = {}
    for one in found:
        if not one.experiment:
            last = nameless.get(one.workspace)
            times = [time for time in (one.latest, last and last.latest) if time is not None]
            runs = one.runs + (last.runs if last else 0)
            active = one.active + (last.active if last else 0)
            nameless[one.workspace] = one._replace(
                runs=runs, active=active, latest=max(times, default=None)
            )
    told = [nameless.pop(one.workspace, None) if not one.experiment else one for one in found]
    return [one for one in told if one is not None]


def _timeless(query: Query) -> bool:
    """Tell whether a question is the same one later: what compares with now, or today, is another one each time."""
    told = f"{query.sort} {query.filter}".lower()
    return not any(word in told for word in ("duration", "day"))


__all__ = ["Index"]
