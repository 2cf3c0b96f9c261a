"""Searching for runs as scripts and notebooks do: in the index where there is one and it pays, else in the folders.

The answers are the same. Nothing here needs more than the standard library before the index is used.
"""

from __future__ import annotations

import os
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.index.filters import ANY, RunFilter, has
from jupyter_runs.index.scan import Lookup, below, children_of, find_runs
from jupyter_runs.journal import RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_runs.index.database import Index
    from jupyter_runs.index.nodes import Node
    from jupyter_runs.index.query import Row

_FEW = 100  # runs: they are read faster than a database is asked
_MANY = 1_000  # runs: it pays to load SQLAlchemy
_PAGE = 500
_LONGEST = 3_000  # characters of a filter; what it leaves open is looked at here

_lock = threading.Lock()
_indexes: dict[str, Index] = {}


def search_runs(workspace: Path, **wanted: Any) -> Iterator[RunFolder]:
    """Yield the folders of the runs of a workspace that are wanted, newest first, as `find_runs` does.

    Parameters
    ----------
    workspace
        Its folder.
    **wanted
        The arguments of `RunFilter`; checked at once.
    """
    chosen = RunFilter(**wanted)
    return _search(Path(workspace), chosen, wanted)


def search_children(
    parent: RunFolder, *, recursive: bool = False, **wanted: Any
) -> Iterator[RunFolder]:
    """Yield the folders of the runs below one, newest first, as `find_children` does."""
    chosen = RunFilter(**wanted, include_children=True)
    return below(parent, recursive, chosen, _lookup)


def _search(workspace: Path, chosen: RunFilter, wanted: dict[str, Any]) -> Iterator[RunFolder]:
    last: Optional[str] = None
    index = index_of(workspace)
    if index is not None:
        try:
            for row in _rows(index, workspace.name, chosen):
                folder = RunFolder(workspace / "runs" / row.id)
                if _admits(chosen, row) and folder.path.is_dir():
                    yield folder
                    last = row.id
        except (
            Exception
        ):  # a fault of the index is no reason to find nothing: the folders are there
            _forget(workspace)
        else:
            return
    yield from find_runs(workspace, after=last, **wanted)


def _rows(index: Index, workspace: str, chosen: RunFilter) -> Iterator[Row]:
    from jupyter_runs.index.query import Query

    after: Optional[str] = None
    while True:
        page = index.page(
            Query(
                workspace=workspace,
                experiment=chosen.experiment,
                filter=_filter(chosen),
                parent=chosen.parent,
                include_children=chosen.include_children,
                archived=True,
                limit=_PAGE,
                after=after,
            )
        )
        yield from page.rows
        after = page.next
        if after is None:
            return


def _filter(chosen: RunFilter) -> str:
    """Return what of a filter the database can tell."""
    from jupyter_runs.index.nodes import RUN, All, Among, Compare, Field, Has, Value

    nodes: list[Node] = []
    for space, pairs in (("tags", chosen.tags), ("properties", chosen.properties)):
        for key, value in pairs.items():
            field = Field(space, key)
            plain = value is ANY or value is None
            nodes.append(Has(field) if plain else Compare(field, "=", Value("text", value)))
    if chosen.statuses:
        words = tuple(Value("word", status) for status in sorted(chosen.statuses))
        nodes.append(Among(Field(RUN, "status"), words))
    told = str(All(tuple(nodes)))
    return told if len(told) <= _LONGEST else ""


def _admits(chosen: RunFilter, row: Row) -> bool:
    return (
        (chosen.type is None or row.type == chosen.type)
        and has(row.tags, chosen.tags)
        and has(row.properties, chosen.properties)
        and (not chosen.statuses or row.status in chosen.statuses)
    )


def _lookup(workspace: Path) -> Lookup:
    """Return what finds the children of a run."""
    index = index_of(workspace)
    if index is None:
        return children_of(workspace)
    scanned: list[Lookup] = []

    def ask(run: str) -> list[RunFolder]:
        try:
            if not scanned:
                chosen = RunFilter(parent=run)
                rows = list(_rows(index, workspace.name, chosen))
                found = [RunFolder(workspace / "runs" / row.id) for row in rows]
                return [folder for folder in found if folder.path.is_dir()]
        except Exception:
            _forget(workspace)
            scanned.append(children_of(workspace))
        return scanned[0](run)

    return ask


def index_of(workspace: Path) -> Optional[Index]:
    """Return the index of a workspace's home, brought up to date; None where the folders are the better answer."""
    try:
        if not _pays(workspace):
            return None
        from jupyter_runs.index.database import Index

        with _lock:
            index = _indexes.setdefault(str(workspace.parent), Index(workspace.parent))
        return index if index.caught_up() else None
    except Exception:
        _forget(workspace)
        return None


def _pays(workspace: Path) -> bool:
    """Tell whether there is an index, and more runs than are read in no time."""
    loaded = "sqlalchemy" in sys.modules
    try:
        count = sum(1 for _ in os.scandir(workspace / "runs"))
    except OSError:
        return False
    if count < (_FEW if loaded else _MANY):
        return False
    if not loaded and (find_spec("sqlalchemy") is None or find_spec("lark") is None):
        return False
    from jupyter_runs.index.place import exists

    return exists(workspace.parent)


def _forget(workspace: Path) -> None:
    with _lock:
        index = _indexes.pop(str(workspace.parent), None)
    try:
        if index is not None:
            index.close()
    except Exception:
        pass


__all__ = ["index_of", "search_children", "search_runs"]
