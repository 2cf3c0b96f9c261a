"""Questions across runs.

`find_runs` and `find_children` look at the folders themselves, with the standard library alone; `search_runs` and
`search_children` say the same, from the index where that pays. `Index` answers the same and
more from a database, for who lists thousands of runs, filters by metrics and sorts; it needs SQLAlchemy and lark, which are loaded
when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from jupyter_runs.index.filters import STATUSES, RunFilter
from jupyter_runs.index.scan import find_children, find_runs, workspace_folders
from jupyter_runs.index.searching import search_children, search_runs

if TYPE_CHECKING:
    from jupyter_runs.index.database import Index as Index
    from jupyter_runs.index.language import parse as parse
    from jupyter_runs.index.query import Figures as Figures
    from jupyter_runs.index.query import Held as Held
    from jupyter_runs.index.query import Page as Page
    from jupyter_runs.index.query import Query as Query
    from jupyter_runs.index.query import Row as Row

_MODULE_OF = {
    "Figures": "query",
    "Held": "query",
    "Index": "database",
    "Page": "query",
    "Query": "query",
    "Row": "query",
    "parse": "language",
}

__all__ = [  # noqa: PLE0604 - names from the table above
    "STATUSES",
    "RunFilter",
    "find_children",
    "find_runs",
    "search_children",
    "search_runs",
    "workspace_folders",
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f".{module}", __name__), name)
    globals()[name] = found
    return found
