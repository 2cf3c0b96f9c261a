"""Several runs beside each other: an experiment, or those that somebody chose."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jupyter_runs.errors import InvalidValueError
from jupyter_runs.index import find_runs
from jupyter_runs.journal import RunFolder, pulse
from jupyter_runs.views import ComparisonView
from jupyter_runs.views.format import count, escape, shorten
from jupyter_runs.views.reprs import experiment_html, runs_table
from jupyter_runs.views.theme import PALETTE

from .details import folder_of
from .kit import box, button, html, layout
from .live import Live
from .metrics_tab import MetricsTab
from .output import MIME
from .runs_table import table_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run
    from jupyter_runs.views import Chart, ChartOptions, Tile

NEWEST = 50  # runs of an experiment that are shown


class _Curves:
    """The charts of a comparison, as the Metrics tab wants them."""

    def __init__(self, view: ComparisonView) -> None:
        self._view = view

    def tiles(self, search: str = "") -> list[Tile]:  # noqa: ARG002 - a comparison has none
        return []

    def chart_keys(self, search: str = "") -> list[str]:
        return self._view.chart_keys(search)

    def chart_version(self, key: str) -> int:
        return hash(tuple((view.folder.id, view.chart_version(key)) for view in self._view.views))

    def load(self, keys: Iterable[str]) -> None:
        self._view.load(keys)

    def chart(self, key: str, options: ChartOptions | None = None) -> Chart:
        return self._view.chart(key, options)


class Comparison(Live):
    """Runs in a table that can be sorted, and their curves in common charts.

    Parameters
    ----------
    runs
        The runs, or the paths of their folders, in the order of the rows.
    interval
        Seconds between two looks at the runs.

    Raises
    ------
    InvalidValueError
        If there are no runs, or one of them is no run.
    """

    def __init__(self, runs: Iterable[Run | str], interval: float = 10.0) -> None:
        super().__init__(interval)
        self._order: dict[str, int] = {}
        self._view = ComparisonView(self._chosen(runs))

    @staticmethod
    def _chosen(runs: Iterable[Any]) -> list[RunFolder]:
        try:
            folders = [folder_of(run) for run in ([runs] if isinstance(runs, str) else runs)]
        except TypeError:
            raise InvalidValueError(f"compare({runs!r}): give a list of runs") from None
        if not folders:
            raise InvalidValueError(
                "compare([]): give at least one run; experiment.get_runs() finds some"
            )
        return folders

    def __repr__(self) -> str:
        return f"{type(self).__name__}({count(len(self._view.views), 'run')}, interval={self._interval:g})"

    # -- what it shows ------------------------------------------------------------------------------

    def _title(self) -> str:
        names = sorted({row.head.experiment for row in self._view.rows})
        return f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''} / {count(len(self._view.rows), 'run')}"

    def _body(self) -> Any:
        self._head = html("jpr-title-row")
        self._times = html("jpr-times")
        self._notes = html("jpr-notes")
        refresh = button("↻ Refresh", "Look again now")
        refresh.on_click(lambda _: self._act(self._look))
        top = box(self._head, box(refresh, classes=("jpr-actions",)), classes=("jpr-head",))
        header = box(top, self._times, self._notes, classes=("jpr-header",))
        self._table = html("jpr-runs")
        self._metrics = MetricsTab(
            _Curves(self._view), lambda: self._stage, self._act, self._colors
        )
        panels = box(
            box(self._table, classes=("jpr-panel",)), self._metrics.panel, classes=("jpr-panels",)
        )
        return box(header, panels, classes=("jpr-root", "jpr-plain"))

    def _color(self, run: str) -> str:
        """Return the colour of a run: it stays when other runs come and go."""
        index = self._order.setdefault(run, len(self._order))
        return PALETTE[index % len(PALETTE)]

    def _colors(self, chart: Chart) -> list[str]:
        return [self._color(line.key.partition(":")[0]) for line in chart.lines]

    def _read(self) -> bool:
        return self._view.refresh()

    def _draw(self, *, everything: bool = False) -> None:
        table = self._view.table
        colors = {row.head.id: self._color(row.head.id) for row in table.rows}
        going = sum(1 for row in table.rows if row.head.active)
        self._head.value = f'<span class="jpr-title">{escape(shorten(self._title(), 120))}</span>'
        said = f"{going:,} running" if going else "all have ended"
        right = (
            f'updated <span data-jpr="ago">just now</span> · every {self._interval:g} s'
            if self._active()
            else ""
        )
        self._times.value = (
            f'<div class="jpr-left"><span>{said}</span></div><div class="jpr-right">{right}</div>'
        )
        self._table.value = (
            table_html(table, colors)
            if table.rows
            else '<div class="jpr-empty"><p>No runs yet.</p></div>'
        )
        self._metrics.refresh(everything=everything)
        self._metrics.panel.layout = layout() if self._view.chart_keys() else layout(display="none")
        self._show_fault()

    def _show_fault(self) -> None:
        self._notes.value = (
            f'<p class="jpr-warning">⚠ {escape(self._fault)}</p>' if self._fault else ""
        )

    def _asked(self, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "resend":
            self._metrics.resend(str(message.get("id")))
        elif kind == "zoom":
            self._metrics.zoom(str(message.get("id")), message.get("x"))

    def _active(self) -> bool:
        return any(row.head.active for row in self._view.rows)

    def _beat(self) -> object:
        return tuple(pulse(view.folder.path) for view in self._view.views)

    def _version(self) -> object:
        return self._view.version

    def _clock(self) -> dict[str, Any]:
        return {"updated": time.time(), "active": self._active(), "elapsed": None, "left": None}

    def _static(self) -> dict[str, Any]:
        rows = self._view.rows
        title = self._title()
        return {
            "text/html": f"<b>{escape(title)}</b>{runs_table(self._view.table)}",
            "text/plain": f"{title}: {', '.join(row.head.id for row in rows[:20])}",
            MIME: {
                "version": 1,
                "workspace": rows[0].head.workspace if rows else "",
                "run_ids": [row.head.id for row in rows],
            },
        }


class ExperimentDetails(Comparison):
    """The newest runs of an experiment, live: new ones appear by themselves.

    Parameters
    ----------
    experiment
        The experiment.
    interval
        Seconds between two looks.
    """

    def __init__(self, experiment: Experiment, interval: float = 10.0) -> None:
        Live.__init__(self, interval)
        self._order = {}
        self._experiment = experiment
        self._place = experiment.workspace.folder
        self._view = ComparisonView([])
        self._find()

    def _find(self) -> None:
        found = list(find_runs(self._place, experiment=self._experiment.name))
        self._view.set_runs(found[:NEWEST], len(found))

    def __repr__(self) -> str:
        return f"ExperimentDetails({self._experiment.name!r}, interval={self._interval:g})"

    def _title(self) -> str:
        return f"{self._experiment.name} / {count(self._view.table.total, 'run')}"

    def _read(self) -> bool:
        before = [view.folder.id for view in self._view.views]
        self._find()
        changed = self._view.refresh()
        return changed or before != [view.folder.id for view in self._view.views]

    def _active(self) -> bool:
        return True  # another run may begin at any time

    def _beat(self) -> object:
        try:
            feed = (self._place / "runs.jsonl").stat().st_size  # grows with each run that is made
        except OSError:
            feed = 0
        return feed, super()._beat()

    def _version(self) -> object:
        # `set_runs` makes a new version even when the runs are the same
        return tuple((view.folder.id, view.version) for view in self._view.views)

    def _static(self) -> dict[str, Any]:
        name, workspace = self._experiment.name, self._experiment.workspace.name
        folders = [view.folder for view in self._view.views[:10]]
        return {
            "text/html": experiment_html(name, workspace, folders, None, self._view.table.total),
            "text/plain": f"experiment {name} in {workspace}: {count(self._view.table.total, 'run')}",
            MIME: {"version": 1, "workspace": workspace, "experiment": name},
        }


def compare(runs: Iterable[Run | str], interval: float = 10.0) -> Comparison:
    """Lay runs beside each other: a table that can be sorted, and their curves in common charts.

    Parameters
    ----------
    runs
        The runs, or the paths of their folders.
    interval
        Seconds between two looks at those that go on.

    Returns
    -------
    Comparison
        Shows itself at the end of a cell; elsewhere call its ``show()``.

    Examples
    --------
    >>> compare(experiment.get_runs())  # doctest: +SKIP
    """
    return Comparison(runs, interval)
