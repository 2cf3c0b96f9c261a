"""A sweep as a person sees it: beside what any run has, how its tries came out, and what they were given."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_runs.jobs.trials import Trial, sweep_of

from .format import clean, count
from .model import Chart, ChartOptions, Line, TableView
from .parallel import parallel
from .run_view import RunView
from .tables import cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_runs.journal import RunFolder, RunReader

    from .model import Floats, RunRow

_DEFAULT = ChartOptions()


class SweepView(RunView):
    """A live view of a sweep's run: two charts more, of its children's primary metric.

    A child counts with the best that its metric ever was, as it does for the sweep.

    Parameters
    ----------
    source, portal_url, version
        As for `RunView`.
    """

    def __init__(
        self,
        source: RunFolder | RunReader | Path | str,
        *,
        portal_url: Callable[[], str | None] | None = None,
        version: int = 0,
    ) -> None:
        self._trials: dict[str, Trial] = {}
        self._sweep: dict[str, Any] = {}
        self._sweep_version = 0
        self._made: dict[tuple[str, bool], Chart] = {}
        super().__init__(source, portal_url=portal_url, version=version)

    @property
    def metric(self) -> str:
        """The primary metric."""
        return str(self._sweep.get("metric") or "")

    @property
    def way(self) -> str:
        """Whether ``"low"`` or ``"high"`` is better."""
        return "low" if self._sweep.get("goal") == "minimize" else "high"

    def refresh(self) -> bool:
        """Read what is new, of the children too; True if anything that is shown changed."""
        if not self._sweep:
            self._sweep = sweep_of(self.folder) or {}
        news = super().refresh()
        changed = False
        for folder in self.children():
            trial = self._trials.get(folder.id)
            if trial is None:
                trial = Trial(folder, self.metric, str(self._sweep.get("goal")))
                self._trials[folder.id] = trial
            changed |= trial.refresh()
        if changed:
            self.version += 1
            self._sweep_version = self._parts["order"] = self.version
            self._made.clear()
        return news or changed

    # -- charts -------------------------------------------------------------------------------------

    def _extra(self) -> list[str]:
        """Return the keys of the charts that only a sweep has."""
        if not any(trial.best is not None for trial in self._shown()):
            return []
        return [f"{self.metric} · runs", f"{self.metric} · parameters"]

    def _shown(self) -> list[Trial]:
        """Return the trials whose runs are there, the first first."""
        there = [folder.id for folder in self.children()[::-1]]
        return [self._trials[name] for name in there if name in self._trials]

    def chart_keys(self, search: str = "") -> list[str]:
        """Return the keys of the charts; those of the sweep come first, as for `RunView.chart_keys`."""
        words = search.casefold().split()
        own = [key for key in self._extra() if all(word in key.casefold() for word in words)]
        # the line of the best so far is in a chart of ours
        drawn = f"best_{self.metric}" if self._extra() else ""
        return [*own, *(key for key in super().chart_keys(search) if key not in (drawn, *own))]

    def chart_version(self, key: str) -> int:
        """Return the view's version when the chart last changed, 0 for an unknown key."""
        return self._sweep_version if key in self._extra() else super().chart_version(key)

    def is_line(self, key: str) -> bool:
        """Tell whether a chart has lines, as for `RunView.is_line`."""
        extra = self._extra()
        return key == extra[0] if key in extra else super().is_line(key)

    def chart(self, key: str, options: ChartOptions | None = None) -> Chart:
        """Return one chart, as for `RunView.chart`; those of the sweep have no smoothing and no zoom.

        Raises
        ------
        KeyError
            If there is no such chart.
        """
        extra = self._extra()
        if key not in extra:
            return super().chart(key, options)
        log = (options or _DEFAULT).log_y
        known = self._made.get((key, log))
        if known is None:
            made = self._over_time if key == extra[0] else self._parallel
            known = self._made[key, log] = made(key, log)
        return known

    def _over_time(self, key: str, log: bool) -> Chart:
        ended = [trial for trial in self._shown() if trial.ended and trial.best is not None]
        ended.sort(key=lambda trial: trial.ended_at or 0.0)
        values = [trial.best or 0.0 for trial in ended]
        best = list(accumulate(values, min if self.way == "low" else max))
        x = np.arange(1, len(values) + 1, dtype=np.float64)
        lines = (
            _line("runs", "each run", x, values, log),
            _line("best", "best so far", x, best, log),
        )
        return Chart(
            kind="line",
            x_label="runs that have ended",
            x_kind="index",
            lines=lines,
            badge=count(len(values), "run"),
            last_text=cell(best[-1]) if best else "",
            **self._told_of(key),
        )

    def _parallel(self, key: str, _log: bool) -> Chart:
        trials = [trial for trial in self._shown() if trial.best is not None]
        sampling = self._sweep.get("sampling") or {}
        drawn = parallel(
            [(trial.folder.id, trial.choices, trial.best or 0.0) for trial in trials],
            sampling.get("space") or {},
            self.metric,
            low=self.way == "low",
        )
        return Chart(
            kind="parallel",
            x_label="",
            x_kind="column",
            lines=(),
            badge=f"{count(len(drawn.lines), 'run')}, a line each; the stronger, the better",
            last_text="",
            parallel=drawn,
            **self._told_of(key),
        )

    def _told_of(self, key: str) -> dict[str, Any]:
        better = "lower" if self.way == "low" else "higher"
        return {
            "key": key,
            "title": clean(key),
            "group": "",
            "description": f"{clean(self.metric)} of the sweep's runs: each at its best, {better} is better",
            "y_label": clean(self.metric),
            "trend": "",
            "version": self._sweep_version,
        }

    # -- the table ----------------------------------------------------------------------------------

    def at_their_best(self, table: TableView) -> TableView:
        """Return a table of the children with the primary metric first, each run's at its best."""
        if self.metric not in table.metrics:
            return table
        rows = tuple(self._at_its_best(row) for row in table.rows)
        others = [name for name in table.metrics if name != self.metric]
        return replace(table, rows=rows, metrics=(self.metric, *others))

    def _at_its_best(self, row: RunRow) -> RunRow:
        trial, summary = self._trials.get(row.head.id), row.metrics.get(self.metric)
        if trial is None or summary is None or trial.best is None:
            return row
        best = replace(summary, last=trial.best, text=cell(trial.best))
        return replace(row, metrics={**row.metrics, self.metric: best})


def _line(key: str, label: str, x: Floats, values: list[float], log: bool) -> Line:
    y = np.array(values, dtype=np.float64)
    hidden = int((y <= 0).sum()) if log else 0
    return Line(
        key=key,
        label=label,
        x=x,
        y=np.where(y > 0, y, np.nan) if hidden else y,
        faint=None,
        marks=(),
        total=len(values),
        drawn=len(values) - hidden,
        minimum=min(values, default=None),
        maximum=max(values, default=None),
        last=values[-1] if values else None,
        hidden=hidden,
    )


def view_of(
    folder: RunFolder,
    *,
    portal_url: Callable[[], str | None] | None = None,
    version: int = 0,
) -> RunView:
    """Return a live view of a run, as `RunView` would: of a sweep one that has more.

    Raises
    ------
    RunNotFoundError
        If the folder holds no run.
    """
    kind = RunView if sweep_of(folder) is None else SweepView
    return kind(folder, portal_url=portal_url, version=version)
