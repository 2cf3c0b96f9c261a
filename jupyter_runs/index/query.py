"""A question to the index, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs.errors import FilterError

if TYPE_CHECKING:
    from jupyter_runs.journal import Scalar

MOST = 10_000  # rows of one page


class Figures(NamedTuple):
    """What there is to say of a metric: ``last`` as it was logged, ``min`` and ``max`` of its numbers."""

    kind: str
    count: int  # type: ignore[assignment]  # a tuple counts too
    last: Scalar
    min: Optional[float]
    max: Optional[float]


class Held(NamedTuple):
    """How many runs an experiment has, children left out, and how many of them are archived by themselves; ``latest`` is when the newest was created."""

    workspace: str
    experiment: str
    runs: int
    active: int
    latest: Optional[float]
    archived: int = 0


@dataclass(frozen=True)
class Query:
    """Which runs, in which order, and which part of them.

    Attributes
    ----------
    workspace, experiment
        Only runs of these.
    filter
        In the language of `jupyter_runs.index.language`.
    text
        Words that a run must hold, each somewhere in its name, id, number, experiment, tags or params, in any case.
    sort
        A field, descending with ``-`` before it: ``created``, ``name``, ``metrics.loss.min``, ``params.lr``, ``tags.model``
        and so on. Runs without it come last, among equals the newest first.
    limit
        Rows on a page.
    after
        The ``next`` of the page before.
    parent
        Only children of the run of this id.
    include_children
        Also runs that have a parent; of no effect with ``parent``.
    archived
        Also runs that are archived. A filter that asks for ``archived`` says itself what it wants.
    put_away
        Workspace and name of experiments that are archived: their runs count as archived, unless ``experiment`` names it.
    """

    workspace: Optional[str] = None
    experiment: Optional[str] = None
    filter: str = ""
    text: str = ""
    sort: str = "-created"
    limit: int = 50
    after: Optional[str] = None
    parent: Optional[str] = None
    include_children: bool = False
    archived: bool = False
    put_away: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.limit, int) or not 1 <= self.limit <= MOST:
            raise FilterError(f"limit is a whole number from 1 to {MOST:,}, not {self.limit!r}")


@dataclass
class Row:
    """One run, as its folder was when the index caught up last.

    Attributes
    ----------
    created, started, ended : float or None
        Seconds since 1970.
    reason : str or None
        Why the status is what it is: the error of a failed run, a doubt of one that goes on.
    progress : dict or None
        ``done``, ``total``, ``unit``, ``time``, ``started``, ``first``, as `jupyter_runs.journal.Progress`.
    metrics : dict of str to Figures
        In the order in which they were first logged.
    changed : int
        The index's version when this row last changed.
    """

    id: str
    workspace: str
    experiment: str
    number: Optional[int]
    name: str
    type: str
    parent: Optional[str]
    status: str
    reason: Optional[str]
    created: Optional[float]
    started: Optional[float]
    ended: Optional[float]
    target: Optional[str]
    creator: Optional[str]
    archived: bool
    params: dict[str, Scalar]
    tags: dict[str, Optional[str]]
    properties: dict[str, str]
    metrics: dict[str, Figures]
    progress: Optional[dict[str, Any]]
    changed: int


@dataclass(frozen=True)
class Page:
    """Some of the runs that were asked for.

    Attributes
    ----------
    rows : list of Row
    next : str or None
        The ``after`` of the page that follows; None on the last.
    total : int
        How many runs there are on all pages.
    version : int
        Grows with every change in the index.
    """

    rows: list[Row]
    next: Optional[str]
    total: int
    version: int
