"""`RunDetails`: a run, live in a notebook."""

from __future__ import annotations

import threading
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from jupyter_runs._run.start import user
from jupyter_runs.errors import InvalidValueError, RunsError
from jupyter_runs.experiment import Experiment
from jupyter_runs.jobs.recover import look_after
from jupyter_runs.jobs.repeat import submit_again
from jupyter_runs.jobs.tickets import cancel
from jupyter_runs.journal import RunFolder, Writer, pulse
from jupyter_runs.views import RunView, view_of
from jupyter_runs.workspace import Workspace

from .again_panel import AgainPanel
from .children_tab import ChildrenTab
from .details_tab import DetailsTab
from .header import Header
from .images_tab import ImagesTab
from .kit import box, layout
from .live import Live
from .logs_tab import LogsTab
from .metrics_tab import MetricsTab
from .output import MIME
from .outputs_tab import OutputsTab

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.run import Run

TABS = {
    "metrics": "Metrics",
    "logs": "Logs",
    "outputs": "Outputs",
    "images": "Images",
    "details": "Details",
    "children": "Children",
}


class RunDetails(Live):
    """A run as a widget: status, progress, charts, logs, files, images, details, children.

    It works while the run goes on in this kernel or elsewhere, and when it ended long ago. It never holds
    up the kernel: a thread of its own looks at the run's folder, and ends with the run.

    Parameters
    ----------
    run
        The run, or the path of its folder.
    interval
        Seconds between two looks at the run; they ease to half as much more while nothing changes. What
        is logged in this kernel shows within a second whatever the interval is.

    Raises
    ------
    InvalidValueError
        If ``run`` is no run, or ``interval`` no positive number.

    Examples
    --------
    >>> RunDetails(run).show()  # doctest: +SKIP
    """

    def __init__(self, run: Run | RunFolder | Path | str, interval: float = 10.0) -> None:
        super().__init__(interval)
        self._run: Any = run if hasattr(run, "get_tags") else None
        self._portal: str | None = None
        self._children: ChildrenTab | None = None  # made with the other tabs
        self._view: RunView = view_of(folder_of(run), portal_url=lambda: self._portal)

    def __repr__(self) -> str:
        return f"RunDetails({self._view.folder.id!r}, interval={self._interval:g})"

    # -- what it shows ------------------------------------------------------------------------------

    def _body(self) -> Any:
        view, act = self._view, self._act
        self._again = AgainPanel(view, self._submit_again, self._of_child, act)
        self._header = Header(
            self._interval,
            lambda: act(self._cancel),
            lambda: act(self._look),
            lambda: act(self._again.toggle),
        )
        self._metrics = MetricsTab(view, lambda: self._stage, act)
        self._logs = LogsTab(view, act)
        self._outputs = OutputsTab(view, view.folder.path)
        self._images = ImagesTab(view, act)
        self._details = DetailsTab(view, _Tags(self._run, view), act)
        labels = {**TABS, "children": "Steps"} if view.has_steps else TABS
        count = {tab.id: tab.count for tab in view.tabs()}
        # what a search or a pipeline has to show is below it
        below = view.has_steps or (count.get("children") and not count["metrics"])
        first = labels["children" if below else "metrics"]
        self._tabs = ipywidgets.ToggleButtons(
            options=list(labels.values()), value=first, layout=layout()
        )
        self._tabs._dom_classes = ("jpr-tabs",)
        self._tabs.observe(lambda _: act(self._draw), "value")
        self._children = ChildrenTab(
            view, lambda: bool(self._tabs.value == labels["children"]), self._of_child
        )
        tabs = (
            self._metrics,
            self._logs,
            self._outputs,
            self._images,
            self._details,
            self._children,
        )
        panels = box(*(tab.panel for tab in tabs), classes=("jpr-panels",))
        if self._run is not None:
            self._ask_portal()
        parts = (self._header.panel, self._again.panel, self._tabs, panels)
        return box(*parts, classes=("jpr-root",))

    def _read(self) -> bool:
        with suppress(OSError, RunsError):
            look_after(self._view.folder)  # one that waits in a queue that nobody serves
        return self._view.refresh()

    def _draw_head(self) -> None:
        self._show_head()
        self._show_tabs()

    def _draw(self, *, everything: bool = False) -> None:
        self._show_head()
        self._show_tabs()
        self._metrics.refresh(everything=everything)
        for tab in (self._logs, self._outputs, self._images, self._details, self._children):
            try:
                if tab is not None:
                    tab.refresh()
            except OSError as error:  # a file that went away meanwhile: the rest is still right
                self._note(error)

    def _show_head(self) -> None:
        self._header.update(self._view.head(), fault=self._fault)

    _show_fault = _show_head

    def _show_tabs(self) -> None:
        there = {tab.id: tab for tab in self._view.tabs()}
        classes = ("jpr-tabs", *(f"jpr-no-{name}" for name in TABS if name not in there))
        if self._tabs._dom_classes != classes:
            self._tabs._dom_classes = classes
        numbers = [tab.count if (tab := there.get(name)) is not None else None for name in TABS]
        counts = tuple(f"{count:,}" if count else "" for count in numbers)
        if self._tabs.tooltips != counts:  # the style sheet shows them behind the words
            self._tabs.tooltips = counts

    def _active(self) -> bool:
        children = self._children
        return self._view.head().active or (children is not None and children.active())

    def _beat(self) -> object:
        folder, children = self._view.folder, self._children
        try:  # what is asked of a run, and what its driver says, each in a file of its own
            said = folder.control.stat().st_mtime_ns
        except OSError:
            said = 0
        return pulse(folder.path), said, None if children is None else children.beat()

    def _of_child(self, folder: RunFolder) -> RunDetails:
        made = RunDetails(folder, self._interval)
        if self._run is not None:
            made._run = self._run.workspace.get_run(folder.id)
        return made

    def close(self) -> None:
        """Stop looking, and take the widget out of the page."""
        if self._children is not None:
            self._children.close()
            self._again.close()
        super().close()

    def _version(self) -> object:
        return self._view.version

    def _clock(self) -> dict[str, Any]:
        return Header.clock(self._view.head(), time.time())

    def _static(self) -> dict[str, Any]:
        head = self._view.head()
        return {
            "text/html": self._view.picture(time.time()),
            "text/plain": f"{head.title} ({head.name}): {head.status}, run id {head.id}",
            MIME: {"version": 1, "workspace": head.workspace, "run_id": head.id},
        }

    def _ask_portal(self) -> None:
        """Ask for the run's page, in a thread of its own: servers slow to answer hold up nothing."""
        reference = weakref.ref(self)
        run = self._run

        def ask() -> None:
            try:
                url = run.get_portal_url()
            except Exception:  # only a link
                return
            details = reference()
            if details is not None:
                details._portal = url
                details._act(details._show_head)

        threading.Thread(target=ask, name="jupyter_runs portal", daemon=True).start()

    # -- what the person does -----------------------------------------------------------------------

    def _asked(self, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "resend":
            self._metrics.resend(str(message.get("id")))
        elif kind == "zoom":
            self._metrics.zoom(str(message.get("id")), message.get("x"))
        elif kind == "cancel":
            self._cancel()
        elif kind == "open":
            if self._children is not None:
                self._children.open(str(message.get("run")))
        elif kind == "untag":
            self._details.remove(str(message.get("key")))
        elif kind == "download":
            name = str(message.get("name"))
            data = self._outputs.read(name)
            if data is not None:
                self.widget.send({"kind": "file", "name": Path(name).name}, [data])

    def _submit_again(self, **changes: Any) -> RunFolder:
        folder = self._view.folder
        if self._run is not None:
            experiment = self._run.experiment
        else:
            name = str(self._view.reader.definition.get("experiment") or "default")
            experiment = Experiment(Workspace._at(folder.path.parent.parent), name)
        return submit_again(experiment, self._view.reader, **changes)._folder

    def _cancel(self) -> None:
        # a file in the run's folder: whoever runs it finds it there, whatever process that is; the page
        # and the button both tell, and one may come late
        if self._view.folder.ended is None:
            cancel(self._view.folder, f"{user()} from the widget".strip())
        self._look()


class _Tags:
    """Tags of a run: changed through the run, or through a writer of our own when only its folder is known."""

    def __init__(self, run: Any, view: RunView) -> None:
        self._run = run
        self._view = view
        self._writer: Writer | None = None

    def tags(self) -> dict[str, str | None]:
        return dict(self._view.reader.tags)

    def tag(self, key: str, value: str | None) -> None:
        if self._run is not None:
            self._run.tag(key, value)
        else:
            self._event("tag", key=key, value=value)
        self._view.refresh()

    def untag(self, key: str) -> None:
        if self._run is not None:
            self._run.remove_tags([key])
        else:
            self._event("untag", key=key)
        self._view.refresh()

    def _event(self, kind: str, **fields: Any) -> None:
        if self._writer is None:
            self._writer = Writer(self._view.folder, role="guest")
        self._writer.event(kind, **fields)
        self._writer.flush()


def folder_of(run: Any) -> RunFolder:
    """Return the folder of a run, or of what leads to one."""
    folder = getattr(run, "_folder", run)
    if isinstance(folder, RunFolder):
        return folder
    if isinstance(folder, (str, Path)):
        return RunFolder(Path(folder))
    raise InvalidValueError(
        f"{run!r} is no run: give one, such as start_logging() returns, or the path of a run's folder"
    )
