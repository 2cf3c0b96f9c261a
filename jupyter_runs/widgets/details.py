"""`RunDetails`: a run, live in a notebook."""

from __future__ import annotations

import threading
import time
import warnings
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from jupyter_runs.errors import InvalidValueError, RunsWarning
from jupyter_runs.journal import RunFolder, Writer, pulse
from jupyter_runs.views import RunView

from .cell_end import at_cell_end
from .details_tab import DetailsTab
from .header import Header
from .images_tab import ImagesTab
from .kit import box, layout
from .logs_tab import LogsTab
from .metrics_tab import MetricsTab
from .output import MIME, Output
from .outputs_tab import OutputsTab
from .poller import Pace, Poller
from .stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_runs.run import Run
    from jupyter_runs.views import Head

TABS = ("metrics", "logs", "outputs", "images", "details")
LABELS = ("Metrics", "Logs", "Outputs", "Images", "Details")
BEAT = 0.4  # seconds between two looks at the counter of this process's own logging


class RunDetails:
    """A run as a widget: status, progress, charts, logs, files, images, details.

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
        if isinstance(interval, bool) or not isinstance(interval, (int, float)) or not 0 < interval < 86400:
            raise InvalidValueError(f"interval={interval!r}: give the seconds between two looks, such as 10")
        self._interval = float(interval)
        self._run = run if hasattr(run, "get_tags") else None
        self._portal: str | None = None
        self._view = RunView(_folder(run), portal_url=lambda: self._portal)
        self._lock = threading.RLock()
        self._stage: Stage | None = None
        self._pulse = -1
        self._fault = ""
        self._told_fault = False
        self._final = False
        self._pace = Pace(self._interval, time.monotonic)
        self._poller = Poller(self)
        self._output = Output(self._bundle, time.monotonic)

    # -- for people ---------------------------------------------------------------------------------

    @property
    def widget(self) -> Stage:
        """The widget itself, to put into a layout of one's own; it is live from now on."""
        with self._lock:
            if self._stage is None:
                self._build()
            assert self._stage is not None
            return self._stage

    def show(self) -> None:
        """Display the run below this cell."""
        with self._lock:
            _ = self.widget
            self._output.show(self._view.version)
        if self._view.head().active:
            at_cell_end(self)

    def close(self) -> None:
        """Stop looking at the run and take the widget out of the page."""
        self._poller.stop()
        with self._lock:
            if self._stage is not None:
                self._stage.close()

    def _ipython_display_(self) -> None:
        self.show()

    def __repr__(self) -> str:
        return f"RunDetails({self._view.folder.id!r}, interval={self._interval:g})"

    # -- building -----------------------------------------------------------------------------------

    def _build(self) -> None:
        view, act = self._view, self._act
        self._header = Header(self._interval, lambda: act(self._cancel), lambda: act(self._look))
        self._metrics = MetricsTab(view, lambda: self._stage, act)
        self._logs = LogsTab(view, act)
        self._outputs = OutputsTab(view, view.folder.outputs)
        self._images = ImagesTab(view, act)
        self._details = DetailsTab(view, _Tags(self._run, view), act)
        self._tabs = ipywidgets.ToggleButtons(options=list(LABELS), layout=layout())
        self._tabs._dom_classes = ("jpr-tabs",)
        self._tabs.observe(lambda _: act(self._draw), "value")
        tabs = (self._metrics, self._logs, self._outputs, self._images, self._details)
        panels = box(*(tab.panel for tab in tabs), classes=("jpr-panels",))
        self._root = box(self._header.panel, self._tabs, panels, classes=("jpr-root",))
        self._pulse = pulse(view.folder.path)
        self._draw()
        self._stage = Stage(body=self._root, clock=Header.clock(view.head(), time.time()))
        self._stage.on_msg(self._heard)
        self._metrics.refresh()
        if self._run is not None:
            self._ask_portal()
        if view.head().active:
            self._poller.start()
        else:
            self._final = True

    def _draw(self) -> None:
        """Bring everything that may be seen up to date; what did not change is not sent."""
        head = self._view.head()
        self._header.update(head, fault=self._fault)
        self._show_tabs()
        for tab in (self._metrics, self._logs, self._outputs, self._images, self._details):
            try:
                tab.refresh()
            except OSError as error:  # a file that went away meanwhile: the rest is still right
                self._note(error)
        if self._stage is not None:
            self._stage.clock = Header.clock(head, time.time())

    def _show_tabs(self) -> None:
        there = {tab.id: tab for tab in self._view.tabs()}
        hidden = tuple(f"jpr-no-{name}" for name in TABS if name not in there)
        classes = ("jpr-tabs", *hidden)
        if self._tabs._dom_classes != classes:
            self._tabs._dom_classes = classes
        counts = tuple(
            "" if (tab := there.get(name)) is None or tab.count is None else f"{tab.count:,}" for name in TABS
        )
        if self._tabs.tooltips != counts:
            self._tabs.tooltips = counts

    # -- looking ------------------------------------------------------------------------------------

    def tick(self) -> float | None:
        """Look at the run if it is time to; for the poller."""
        with self._lock:
            try:
                return self._tick()
            except Exception as error:  # nothing here may end the thread or reach a cell
                self._note(error)
                return self._interval

    def _tick(self) -> float | None:
        beat = pulse(self._view.folder.path)
        if self._pace.due(pulse=beat != self._pulse):
            self._pulse = beat
            self._look()
        if self._final:
            return None
        if self._output.due(self._view.version):
            self._output.renew(self._view.version)
        return BEAT / 2 if beat != self._pulse else BEAT

    def _look(self) -> None:
        began = time.perf_counter()
        changed = self._view.refresh()
        self._draw()
        self._pace.looked(changed=changed, cost=time.perf_counter() - began)
        if not self._view.head().active:
            self._end()

    def _end(self) -> None:
        """The run is over: show all of it, once and for good."""
        self._metrics.refresh(everything=True)
        if not self._final and self._output.shown:
            self._output.renew(self._view.version)
        self._final = True
        self._poller.stop()

    def cell_ended(self) -> bool:
        """Called at the end of each cell, in its context; False when there is no more to do.

        An update from our thread carries the context of the cell that showed the widget. Lab does not
        mind, but what executes notebooks (nbclient) drops it, so the last word is said here once more.
        """
        with self._lock:
            try:
                self._tell_fault()
                if not self._poller.running and not self._final:
                    return False  # closed
                if not self._final and pulse(self._view.folder.path) != self._pulse:
                    self._pulse = pulse(self._view.folder.path)
                    self._look()
                if self._final or self._output.stale(self._view.version):
                    self._output.renew(self._view.version)
                return not self._final
            except Exception as error:
                self._note(error)
                return False

    def _ask_portal(self) -> None:
        """Ask for the run's page, in a thread of its own: servers that are slow to answer hold up nothing."""
        reference = weakref.ref(self)
        run = self._run

        def ask() -> None:
            try:
                url = run.get_portal_url()  # type: ignore[union-attr]
            except Exception:  # only a link
                return
            details = reference()
            if url and details is not None:
                details._portal = url
                details._act(lambda: details._header.update(details._view.head(), fault=details._fault))

        threading.Thread(target=ask, name="jupyter_runs portal", daemon=True).start()

    # -- what the person does -----------------------------------------------------------------------

    def _act(self, do: Callable[[], None]) -> None:
        with self._lock:
            try:
                do()
            except Exception as error:  # a handler's fault is shown, not raised into the kernel
                self._note(error)

    def _heard(self, _widget: object, message: Mapping[str, Any], _buffers: object) -> None:
        stage = self.widget
        kind = message.get("kind")
        if kind == "ping":
            stage.send({"kind": "pong", "id": message.get("id")})
        elif kind == "shown" and not self._final:
            self._poller.start()
        elif kind == "gone":
            self._poller.stop()
        elif kind == "untag":
            self._act(lambda: self._details.remove(str(message.get("key"))))
        elif kind == "download":
            self._act(lambda: self._send_file(str(message.get("name"))))

    def _send_file(self, name: str) -> None:
        data = self._outputs.read(name)
        if data is not None:
            self.widget.send({"kind": "file", "name": Path(name).name}, [data])

    def _cancel(self) -> None:
        # a file in the run's folder: whoever runs it finds it there, whatever process that is
        self._view.folder.request_cancel("widget")
        self._look()

    # -- faults and bundle --------------------------------------------------------------------------

    def _note(self, error: BaseException) -> None:
        self._fault = f"The widget could not show everything: {type(error).__name__}: {error}"
        try:
            if self._stage is not None:
                self._header.update(self._view.head(), fault=self._fault)
        except Exception:  # then the line waits for the next look
            pass

    def _tell_fault(self) -> None:
        """Warn once, and only from the main thread: what a thread prints lands in any cell."""
        if self._fault and not self._told_fault:
            self._told_fault = True
            warnings.warn(f"{self!r}: {self._fault}", RunsWarning, stacklevel=2)

    def _bundle(self) -> dict[str, Any]:
        head = self._view.head()
        return {
            **_mime(self.widget),
            "text/html": self._view.picture(time.time()),
            "text/plain": _line(head),
            MIME: {"version": 1, "workspace": head.workspace, "run_id": head.id},
        }


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


def _folder(run: Any) -> RunFolder:
    folder = getattr(run, "_folder", run)
    if isinstance(folder, RunFolder):
        return folder
    if isinstance(folder, (str, Path)):
        return RunFolder(Path(folder))
    raise InvalidValueError(
        f"RunDetails({run!r}): give a run, such as start_logging() returns, or the path of a run's folder"
    )


def _mime(widget: Stage) -> dict[str, Any]:
    found = widget._repr_mimebundle_()
    bundle = found[0] if isinstance(found, tuple) else found
    return {key: value for key, value in (bundle or {}).items() if key != "text/plain"}


def _line(head: Head) -> str:
    return f"{head.title} ({head.name}): {head.status}, run id {head.id}"
