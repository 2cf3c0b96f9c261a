"""What a view hands out: plain data that a widget, a REST answer or a static picture draws.

Nothing here reads a file, and nothing here is escaped: names, values and logs come from strangers, so
whoever puts them into HTML escapes them there.

Times are seconds since the epoch (UTC), durations are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

Floats = NDArray[np.float64]
XAxis = Literal["step", "time", "relative"]
XKind = Literal["step", "index", "time", "relative", "column"]
ChartKind = Literal["line", "matrix", "table", "text", "parallel"]
Trend = Literal["up", "down", "flat", ""]


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """How a person wants to see charts; the same options always give the same chart.

    Parameters
    ----------
    x
        What runs along the x axis of scalars. Lists run over their index and rows over their first
        number column whatever is set here.
    smoothing
        Weight of the exponential moving average, 0 (none) to 0.999.
    log_y
        A logarithmic y axis; what is not above zero becomes a gap and is counted in the badge.
    window
        ``(x0, x1)`` in the units of the x axis: the exact points of that part, one more on each side so
        that lines run to the edge.
    points
        How many points a chart may draw.
    """

    x: XAxis = "step"
    smoothing: float = 0.0
    log_y: bool = False
    window: tuple[float, float] | None = None
    points: int = 1500


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run says it is; ``fraction`` is None when the total is not known."""

    done: float
    total: float | None
    unit: str
    fraction: float | None
    text: str


@dataclass(frozen=True, slots=True)
class LogPart:
    """A piece of a log file; ``start`` and ``end`` are byte offsets, ``size`` the file's size now."""

    name: str
    text: str
    start: int
    end: int
    size: int


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a run.

    ``elapsed`` is live while ``active``; ``eta`` is the seconds left by the progress, None when unknown.
    ``waiting`` is what a run that has not begun waits for: its place in a queue, or what is being prepared.
    ``error`` is the one-line error of a failed run, ``log_tail`` the last lines of its newest log.
    """

    id: str
    name: str
    number: int | None
    experiment: str
    workspace: str
    type: str
    parent: str | None
    status: str
    icon: str
    active: bool
    reason: str | None
    error: str | None
    error_code: str | None
    error_details: str | None
    created: float | None
    started: float | None
    ended: float | None
    elapsed: float | None
    progress: Progress | None
    eta: float | None
    updated: float | None
    last_step: int | None
    warnings: tuple[str, ...]
    portal_url: str | None
    log_tail: LogPart | None
    waiting: str | None = None

    @property
    def title(self) -> str:
        """``experiment / run 12``."""
        number = self.id if self.number is None else str(self.number)
        return f"{self.experiment} / run {number}" if self.experiment else f"run {number}"


@dataclass(frozen=True, slots=True)
class Tile:
    """A metric that has one value; ``text`` is how a person reads it, ``value`` the value itself."""

    name: str
    text: str
    value: Any
    group: str
    version: int


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of a chart, ready to draw.

    Attributes
    ----------
    key, label
        ``key`` is stable between refreshes; ``label`` is for the legend ("" when a chart has one line).
    x, y
        Sorted by x; NaN in y is a gap. y is the smoothed line when smoothing is on.
    faint
        The raw values under a smoothed line, at the same x; else None.
    marks
        ``(x, word)`` (NaN, None, text, or infinity with its sign) where a value is no drawable number.
    total, drawn
        Values in the series (or in the window), and how many of them are in x and y.
    minimum, maximum, last
        Of the raw, whole series: what was logged, whatever is drawn. None when it has no number.
    hidden
        Values that a logarithmic axis cannot show (zero or below).
    band
        How far y may be off: its lowest and highest, at the same x; else None.
    edges
        The line is drawn as bars: those of its first point begin and end at the first two edges.
    """

    key: str
    label: str
    x: Floats
    y: Floats
    faint: Floats | None
    marks: tuple[tuple[float, str], ...]
    total: int
    drawn: int
    minimum: float | None
    maximum: float | None
    last: float | None
    hidden: int = 0
    band: tuple[Floats, Floats] | None = None
    edges: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """A line to compare with, which was not logged: what chance gives, or what would be ideal."""

    label: str
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as text for a table; ``total`` rows exist, ``start`` is the number of the first one here."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    start: int = 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """A confusion matrix: rows are what is true, columns what was predicted.

    ``shares`` are row-normalised (0..1; a row without counts is all 0).
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    total: float
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class ParallelAxis:
    """An axis of parallel coordinates; ``ticks`` are places from 0, at the bottom, to 1, and what stands there.

    ``note`` tells of the values that have no place on it: ``"2 NaN"``.
    """

    name: str
    ticks: tuple[tuple[float, str], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ParallelLine:
    """A run's places on the axes, None where it has none; ``share`` is 1 for the best run, 0 for the worst."""

    run: str
    places: tuple[float | None, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Parallel:
    """Parallel coordinates: the last axis is what came of it, the first line the best run."""

    axes: tuple[ParallelAxis, ...]
    lines: tuple[ParallelLine, ...]


@dataclass(frozen=True, slots=True)
class TextItem:
    """One logged string with where it stands."""

    step: int | None
    time: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A metric as it is drawn.

    ``kind`` says what the main thing is; a "line" may have ``table`` (rows of three or more columns) or
    ``texts`` (strings among the numbers) besides. ``version`` grows when the metric changes. ``frame`` is
    ``(x from, x to, y from, y to)`` of axes that are the same whatever the lines are, and always linear.
    """

    key: str
    title: str
    group: str
    kind: ChartKind
    description: str
    x_label: str
    x_kind: XKind
    y_label: str
    lines: tuple[Line, ...]
    badge: str
    last_text: str
    trend: Trend
    version: int
    table: Table | None = None
    matrix: Matrix | None = None
    texts: tuple[TextItem, ...] = ()
    guides: tuple[Guide, ...] = ()
    frame: tuple[float, float, float, float] | None = None
    parallel: Parallel | None = None


@dataclass(frozen=True, slots=True)
class ImageItem:
    """One logged image; width and height in pixels, None when the file does not say."""

    step: int | None
    time: float
    path: Path
    width: int | None
    height: int | None
    mime: str
    description: str


@dataclass(frozen=True, slots=True)
class ImageSeries:
    """The images of one metric, in the order logged."""

    name: str
    group: str
    items: tuple[ImageItem, ...]
    version: int


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file of the run; ``path`` is where it lies.

    ``name`` is its path below ``logs/`` or ``outputs/``, with ``/``; for a file that was uploaded to
    elsewhere in the run's folder, its path there.
    """

    name: str
    size: int
    mtime: float
    path: Path


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list of label and text, for the Details tab."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab that has something in it; ``count`` is None where there is nothing to count."""

    id: str
    label: str
    count: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MetricSummary:
    """One metric of one run in a table: last, lowest and highest number, and a few points to draw."""

    name: str
    kind: str
    count: int
    last: Any
    text: str
    minimum: float | None
    maximum: float | None
    spark: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class RunRow:
    """A run as one row of a table of runs; ``color`` is the index of its colour in charts."""

    head: Head
    params: dict[str, Any]
    metrics: dict[str, MetricSummary]
    tags: dict[str, str | None]
    color: int

    @property
    def label(self) -> str:
        """What a legend calls the run: ``12 brave-otter``."""
        number = "" if self.head.number is None else f"{self.head.number} "
        return number + self.head.name


@dataclass(frozen=True, slots=True, eq=False)
class TableView:
    """The runs of an experiment: rows as given, and the columns that have something in them.

    ``differing`` are the parameters whose values are not the same in all rows; ``metrics`` the names in
    the order first seen. ``total`` runs exist, of which these are shown.
    """

    rows: tuple[RunRow, ...]
    params: tuple[str, ...]
    differing: tuple[str, ...]
    metrics: tuple[str, ...]
    total: int
