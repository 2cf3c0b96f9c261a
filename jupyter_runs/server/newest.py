"""The list of newest runs, cheap enough to be asked for every few seconds."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_runs._settings import home_dir
from jupyter_runs.errors import RunsError
from jupyter_runs.index import find_runs, workspace_folders
from jupyter_runs.jobs.recover import look_after
from jupyter_runs.views import RunView
from jupyter_runs.views.format import clean, count, number, shorten

if TYPE_CHECKING:
    from jupyter_runs.journal import Metric, RunFolder

METRICS = 4
KEPT_VIEWS = 512

log = logging.getLogger(__name__)


class NewestRuns:
    """The newest runs of all workspaces, as JSON.

    Views of the runs last asked for are kept, so that the next answer costs what is new. Safe to
    use from several threads.

    Parameters
    ----------
    home
        Folder that holds the workspaces; by default the one that kernels use too.
    """

    def __init__(self, home: str | None = None) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._views: OrderedDict[str, RunView] = OrderedDict()

    def page(self, limit: int, after: str | None = None) -> dict[str, Any]:
        """Return a page of runs, newest first.

        Parameters
        ----------
        limit
            How many runs at most.
        after
            Id of the last run of the page before; None for the first page.

        Returns
        -------
        dict
            ``runs``, and ``next``: the ``after`` of the following page, None on the last.
        """
        home = Path(self._home).expanduser() if self._home else home_dir()
        with self._lock:
            found = list(islice(find_runs(workspace_folders(home), after=after), limit + 1))
            runs = [row for folder in found[:limit] if (row := self._row(folder)) is not None]
            while len(self._views) > KEPT_VIEWS:
                self._views.popitem(last=False)
        return {"runs": runs, "next": found[limit - 1].id if len(found) > limit else None}

    def _row(self, folder: RunFolder) -> dict[str, Any] | None:
        key = str(folder.path)
        try:
            view = self._views.get(key)
            if view is None:
                view = RunView(folder)
            else:
                view.refresh()
            if view.head().status == "Queued":
                look_after(folder)
            row = row_of(view)
        except Exception as error:
            self._views.pop(key, None)
            if not folder.path.is_dir():
                return None  # deleted while we looked
            # one run that can't be read must not hide the others
            if not isinstance(error, RunsError):
                log.warning("run %s can't be read", key, exc_info=True)
            return unreadable(folder, error)
        if not row["active"]:
            view.reader.close()  # it is kept for its content; the file is opened again if need be
        self._views[key] = view
        self._views.move_to_end(key)
        return row


def row_of(view: RunView) -> dict[str, Any]:
    """Return what the list shows of one run; names and texts are cleaned, not escaped."""
    head = view.head()
    return {
        "id": head.id,
        "workspace": clean(head.workspace),
        "experiment": clean(head.experiment),
        "number": head.number,
        "name": shorten(head.name, 100),
        "status": head.status,
        "active": head.active,
        "reason": shorten(head.error or head.reason, 200) if head.error or head.reason else None,
        "created": head.created,
        "started": head.started,
        "ended": head.ended,
        "elapsed": head.elapsed,
        "progress": None
        if head.progress is None
        else {"fraction": head.progress.fraction, "text": clean(head.progress.text)},
        "metrics": [
            {"name": shorten(metric.name, 40), "text": shorten(last_of(metric), 40)}
            for metric in islice(view.reader.metrics.values(), METRICS)
        ],
    }


def last_of(metric: Metric) -> str:
    """Return the last value of a metric, or how much there is of it, as a person reads it."""
    if metric.kind == "scalar":
        # exact values of a few; of many only the last, which arrays give without a list of all
        many = metric.count > 1000 and metric.is_numeric()
        return number(metric.arrays().value[-1] if many else metric.values()[-1])
    return count(
        metric.count, {"row": "row", "table": "row", "list": "value"}.get(metric.kind, "item")
    )


def unreadable(folder: RunFolder, error: Exception) -> dict[str, Any]:
    """Return a row that says why the run can't be shown."""
    try:
        definition = folder.definition
    except Exception:
        definition = {}
    experiment = definition.get("experiment")
    number_ = definition.get("number")
    return {
        "id": folder.id,
        "workspace": clean(folder.path.parent.parent.name),
        "experiment": clean(experiment if isinstance(experiment, str) else ""),
        "number": number_ if isinstance(number_, int) else None,
        "name": shorten(str(definition.get("name", "")), 100),
        "status": "Unreadable",
        "active": False,
        "reason": shorten(str(error), 200),
        "created": None,
        "started": None,
        "ended": None,
        "elapsed": None,
        "progress": None,
        "metrics": [],
    }
