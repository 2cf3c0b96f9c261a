"""One run as a person sees it, kept up to date at the cost of what is new."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from jupyter_runs.journal import SYSTEM, Children, RunFolder, RunReader, read_status

from . import head as heads
from . import special
from .charts import ChartBuilder, group_of, is_chart, is_tile
from .details import details
from .files import Listing, elsewhere
from .format import shorten
from .images import Gallery
from .lines import writer_label
from .logs import Logs
from .model import (
    Chart,
    ChartOptions,
    FileInfo,
    Head,
    ImageSeries,
    LogPart,
    Section,
    Tab,
    Tile,
)
from .tables import cell
from .told import ChartsTold, changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from jupyter_runs.journal import Metric, Status

    from .model import Floats, XAxis

_DEFAULT = ChartOptions()


class RunView:
    """A live view of one run's folder.

    Not thread-safe: one view per widget or request, or a lock around it.

    Parameters
    ----------
    source
        A run's folder, its path, or a reader of it (which the view then polls).
    portal_url
        Gives the link to the run's page, or None while no server answers; never called by `refresh`.
    version
        Where versions begin. Who makes a view of a run anew gives a higher one than any before, so that a
        version says the same of all of them.

    Raises
    ------
    RunNotFoundError
        By the constructor and by `refresh`, if the folder holds no run (any more).
    """

    def __init__(
        self,
        source: RunFolder | RunReader | Path | str,
        *,
        portal_url: Callable[[], str | None] | None = None,
        version: int = 0,
    ) -> None:
        self._reader = source if isinstance(source, RunReader) else RunReader(source)
        self.folder: RunFolder = self._reader.folder
        self.version = version
        self._portal_url = portal_url
        self._token = secrets.token_hex(4)
        self._logs = Logs(self.folder.logs)
        self._outputs = Listing(self.folder.outputs)
        self._children = Children(self.folder)
        self._builders: dict[str, ChartBuilder] = {}
        self._galleries: dict[str, tuple[int, Gallery, ImageSeries]] = {}
        self._seen: dict[str, int] = {}  # metric: the reader's version of it
        self._versions: dict[str, int] = {}  # metric: our version when it last changed
        self._parts = dict.fromkeys(
            ("head", "logs", "outputs", "images", "details", "order", "children"), version
        )
        self._first = True  # nothing was looked at yet
        self._told: dict[str, Any] = {}
        self._charts_told = ChartsTold()
        self._status: Status | None = None
        self._step: tuple[int, int | None] = (-1, None)
        self.refresh()

    def __repr__(self) -> str:
        return f"RunView({self.folder.id!r}, version={self.version})"

    @property
    def reader(self) -> RunReader:
        """The reader below."""
        return self._reader

    # -- what is new ------------------------------------------------------------------------------

    def refresh(self) -> bool:
        """Read what is new; True if anything that is shown changed."""
        reader = self._reader
        news = reader.poll()
        if self._status is None or self._status.status not in heads.TERMINAL or news:
            self._status = read_status(self.folder, reader)
        following = self.version + 1
        changed = set()
        status = self._status
        waits = heads.waiting(reader, status)
        told = (status[:6], reader.progress, reader.name, len(reader.warnings), waits)
        if self._differs("head", told):
            changed.add("head")
        for part, listing in (("logs", self._logs), ("outputs", self._outputs)):
            if self._differs(part, listing.files(fresh=True)):
                changed.add(part)
        bars = (
            status.status == "Running" and reader.progress is None
        )  # what it says itself goes first
        if self._differs("bar", self._logs.bar() if bars else None):
            changed.add("head")
        if self._differs("children", [folder.id for folder in self._children.folders()]):
            changed.add("children")
        if news or self._first:
            changed |= {"details"} | self._look_at_metrics(following)
            if self._differs("updated", reader.last_time):
                changed.add("head")
            if self._differs("files", len(reader.files)):
                changed.add("outputs")
        elif changed & {"head"}:
            changed.add("details")
        for part in changed:
            self._parts[part] = following
        self._first = False
        if changed:
            self.version = following
        return bool(changed)

    def _differs(self, key: str, value: Any) -> bool:
        before = self._told.get(key, self)
        self._told[key] = value
        return bool(before != value)

    def _look_at_metrics(self, following: int) -> set[str]:
        changed: set[str] = set()
        for name, metric in self._reader.metrics.items():
            if self._seen.get(name) == metric.version:
                continue
            if name not in self._seen or (metric.kind == "scalar" and metric.count <= 2):
                changed.add("order")
            self._seen[name] = metric.version
            self._versions[name] = following
            changed.add("images" if metric.kind == "image" else "charts")
        changed.discard("charts")  # told one by one
        return changed | ({"head"} if changed else set())

    # -- header -----------------------------------------------------------------------------------

    def head(self) -> Head:
        """Status, times, progress, error; ``elapsed`` and ``eta`` are those of this moment."""
        assert self._status is not None
        return heads.build(
            self._reader,
            self._status,
            last_step=self._last_step(),
            portal_url=self._portal_url() if self._portal_url is not None else None,
            log_tail=self._logs.tail() if self._status.status == "Failed" else None,
            bar=self._told["bar"],
        )

    def _last_step(self) -> int | None:
        """Return the newest step; asked for at each look, and each metric has a say in it."""
        if self._step[0] != self._reader.version:
            self._step = (self._reader.version, self._reader.last_step)
        return self._step[1]

    # -- metrics ----------------------------------------------------------------------------------

    def _metrics(self, search: str) -> list[Metric]:
        words = search.casefold().split()
        return [
            m for m in self._reader.metrics.values() if all(w in m.name.casefold() for w in words)
        ]

    def tiles(self, search: str = "") -> list[Tile]:
        """Return the metrics with one value, in the order first logged."""
        found = []
        for metric in self._metrics(search):
            if is_tile(metric):
                value = metric.last
                text = shorten(value, 200) if isinstance(value, str) else cell(value) or "None"
                found.append(
                    Tile(
                        metric.name,
                        text,
                        value,
                        group_of(metric.name),
                        self._versions.get(metric.name, 0),
                    )
                )
        return found

    def chart_keys(self, search: str = "") -> list[str]:
        """Return the keys of the charts, groups in the order first logged.

        A key is the metric's name; of a metric with several charts, those after the first have others.

        Parameters
        ----------
        search
            Words that must all be in the name, in any order and case.
        """
        groups: dict[str, list[str]] = {"": []}  # names without a prefix come first
        for metric in self._metrics(search):
            if is_chart(metric):
                keys = groups.setdefault(group_of(metric.name), [])
                keys += special.keys_of(metric.name, metric.kind)
        system = groups.pop(SYSTEM, [])  # what the machine does stands below what the training says
        return [name for names in (*groups.values(), system) for name in names]

    def load(self, keys: Iterable[str], x: XAxis | None = None) -> None:
        """Read the points of these charts in one pass over the files; not of those whose curves over ``x`` are held."""
        metrics = self._reader.metrics
        names = dict.fromkeys(
            special.name_of(key)
            for key in keys
            if x is None or key not in self._builders or not self._builders[key].holds(x)
        )
        self._reader.load(metrics[name] for name in names if name in metrics)

    def release(self) -> None:
        """Let go of the points that were read; curves that were drawn are kept, as they were drawn and in whole."""
        self._reader.release()

    def chart_version(self, key: str) -> int:
        """Return the view's version when the chart last changed, 0 for an unknown key."""
        return self._versions.get(special.name_of(key), 0)

    def chart(self, key: str, options: ChartOptions | None = None) -> Chart:
        """Return one chart, drawn as asked; the same object while nothing changed.

        Raises
        ------
        KeyError
            If no metric with a chart has that name.
        """
        return self._builder(key).chart(options or _DEFAULT, self.chart_version(key))

    def points(
        self, key: str, x: XAxis = "step", window: tuple[float, float] | None = None
    ) -> list[tuple[str, Floats, Floats]]:
        """Return key, x and y of each line of a chart, with all its points; NaN in y is what is no number.

        Raises
        ------
        KeyError
            If no metric with a chart has that name.
        """
        return self._builder(key).points(x, window)

    def is_line(self, key: str) -> bool:
        """Tell whether a chart has lines; of a metric whose values are all numbers without reading them.

        Raises
        ------
        KeyError
            If no metric with a chart has that name.
        """
        return self._builder(key).surely_a_line or self.chart(key).kind == "line"

    def _builder(self, key: str) -> ChartBuilder:
        builder = self._builders.get(key)
        if builder is None:
            metric = self._reader.metrics.get(special.name_of(key))
            if (
                metric is None
                or not is_chart(metric)
                or key not in special.keys_of(metric.name, metric.kind)
            ):
                raise KeyError(key)
            builder = self._builders[key] = ChartBuilder(
                metric, self._writer_label, self._started, key
            )
        return builder

    def _started(self) -> float:
        started = self._status.started if self._status is not None else None
        return started if started is not None else 0.0

    def _writer_label(self, index: int) -> tuple[str, str]:
        return writer_label(self._reader, index)

    # -- everything else --------------------------------------------------------------------------

    def images(self) -> list[ImageSeries]:
        """Return the logged images, a series for each metric."""
        found = []
        for name, metric in self._reader.metrics.items():
            if metric.kind != "image":
                continue
            known = self._galleries.get(name)
            if known is None or known[0] != metric.version:
                gallery = known[1] if known is not None else Gallery(metric)
                known = (metric.version, gallery, gallery.series(self._versions.get(name, 0)))
                self._galleries[name] = known
            found.append(known[2])
        return found

    def logs(self) -> list[FileInfo]:
        """Return the log files, newest first."""
        return list(self._logs.files(fresh=True))

    def read_log(
        self,
        name: str,
        offset: int | None = None,
        limit: int = 65536,
        *,
        before: int | None = None,
        raw: bool = False,
    ) -> LogPart:
        """Return a piece of a log as a terminal would show it, without offset its last lines.

        Parameters
        ----------
        name, offset, limit, before, raw
            As for `files.read_log`.

        Raises
        ------
        InvalidPathError
            If the name leads out of the run's logs.
        FileNotFoundError
            If there is no such log.
        """
        return self._logs.read(name, offset, limit, before=before, raw=raw)

    def outputs(self) -> list[FileInfo]:
        """Return the files that the run keeps, in the order of their names."""
        found = [*self._outputs.files(fresh=True), *self._elsewhere()]
        return sorted(found, key=lambda f: f.name)

    def _elsewhere(self) -> list[FileInfo]:
        return elsewhere(self.folder.path, self._reader.files)

    def children(self) -> list[RunFolder]:
        """Return the folders of the runs below this one, newest first, as of the last `refresh`; steps in their order.

        As its own folder hints at them: see `jupyter_runs.journal.Children`.
        """
        names = self._told["children"]
        runs = self.folder.path.parent
        return [RunFolder(runs / name) for name in (names if self.has_steps else names[::-1])]

    @property
    def has_steps(self) -> bool:
        """Whether the runs below it are the steps of a pipeline."""
        return self.folder.definition.get("type") == "pipeline"

    def details(self) -> list[Section]:
        """Return the sections of the Details tab that have something in them."""
        return details(self._reader, self.head())

    def tabs(self) -> list[Tab]:
        """Return the tabs with something in them; Metrics and Details always."""
        metrics = self._reader.metrics.values()
        images = sum(m.count for m in metrics if m.kind == "image")
        shown = sum(1 for m in metrics if is_tile(m) or is_chart(m))
        children = len(self._told["children"])
        below = "Steps" if self.has_steps else "Children"
        files = (
            ("logs", "Logs", len(self._logs.files())),
            ("outputs", "Outputs", len(self._outputs.files()) + len(self._elsewhere())),
            ("images", "Images", images),
        )
        return [
            Tab("metrics", "Metrics", shown),
            *(Tab(key, label, n) for key, label, n in files if n),
            Tab("details", "Details"),
            *([Tab("children", below, children)] if children or self.has_steps else []),
        ]

    # -- JSON and pictures ------------------------------------------------------------------------

    def to_json(
        self,
        cursor: str | None = None,
        *,
        options: ChartOptions | None = None,
        keys: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Return what changed since a cursor, as strict JSON values.

        Parameters
        ----------
        cursor
            The ``"cursor"`` of an earlier answer of this view; without it, and with one that is not
            known, everything is told (``"full": true``).
        options
            How charts are drawn.
        keys
            The charts wanted; without it all of them. ``"order"`` names all in any case.

        Returns
        -------
        dict
            Of a chart that was told before, only what its lines have from ``"start"`` on, to be put after as
            many points of version ``"after"``; who has another version of it asks without a cursor.
        """
        return changes(self, cursor, options or _DEFAULT, keys)

    def picture(self, as_of: float | None = None) -> str:
        """Return a static picture of the run as HTML that needs nothing else, below 100 kB.

        Parameters
        ----------
        as_of
            The moment that it is stamped with; now when not given.
        """
        from .picture import picture

        return picture(self, time.time() if as_of is None else as_of)
