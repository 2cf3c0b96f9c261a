"""What every live widget does: look from a thread, draw what changed, end, and never hurt a cell."""

from __future__ import annotations

import threading
import time
import warnings
from typing import TYPE_CHECKING, Any

from jupyter_runs.errors import InvalidValueError, RunsWarning

from .cell_end import at_cell_end
from .output import Output
from .poller import Pace, Poller
from .stage import Stage
from .watched import is_watched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BEAT = 0.4  # seconds between two looks at the counter of this process's own logging

_stills: set[Live] = (
    set()
)  # pictures that will be renewed; nobody else holds them, for there is no widget


class Live:
    """A widget that follows something that changes; its children say what and how.

    Parameters
    ----------
    interval
        Seconds between two looks; they ease to half as much more while nothing changes.
    """

    def __init__(self, interval: float) -> None:
        wrong = isinstance(interval, bool) or not isinstance(interval, (int, float))
        if wrong or not 0 < interval < 86400:
            raise InvalidValueError(
                f"interval={interval!r}: give the seconds between two looks, such as 10"
            )
        self._interval = float(interval)
        self._lock = threading.RLock()
        self._stage: Stage | None = None
        self._seen_beat: object = None
        self._fault = ""
        self._told_fault = False
        self._final = False
        self._pace = Pace(self._interval, time.monotonic)
        self._poller = Poller(self)
        self._output = Output(self._bundle, time.monotonic)

    # -- what children say --------------------------------------------------------------------------

    def _body(self) -> Any:
        """Return the widget with everything that is seen, not yet drawn."""
        raise NotImplementedError

    def _read(self) -> bool:
        """Read what is new; True if there was something."""
        raise NotImplementedError

    def _draw(self, *, everything: bool = False) -> None:
        """Show what was read; ``everything``: also what is out of sight."""
        raise NotImplementedError

    def _active(self) -> bool:
        """Whether there will be more to show."""
        raise NotImplementedError

    def _beat(self) -> object:
        """Return something cheap that differs after this very process has logged."""
        raise NotImplementedError

    def _version(self) -> object:
        """Return something that differs after a change."""
        raise NotImplementedError

    def _clock(self) -> dict[str, Any]:
        """Return what the page counts on by itself; see `Stage.clock`."""
        raise NotImplementedError

    def _static(self) -> dict[str, Any]:
        """Return what stays of the output when the kernel is gone."""
        raise NotImplementedError

    def _draw_head(self) -> None:
        """Show what is seen first."""

    def _show_fault(self) -> None:
        """Show the line with our own fault."""

    def _asked(self, kind: str, message: Mapping[str, Any]) -> None:
        """Do what the person asked for in the page."""

    # -- for people ---------------------------------------------------------------------------------

    @property
    def widget(self) -> Stage:
        """The widget itself, to put into a layout of one's own; it is live from now on."""
        with self._lock:
            if self._stage is None:
                self._open()
                self._fill()
            assert self._stage is not None
            return self._stage

    def show(self) -> None:
        """Display the widget below this cell; where nobody can watch it (nbconvert), its picture alone."""
        with self._lock:
            fresh = self._stage is None and is_watched()
            if fresh:
                self._open()  # shown first, then filled: page and kernel work at the same time
            elif self._stage is None:
                self._read()
                self._final = not self._active()
                if not self._final:
                    _stills.add(self)
            self._output.show(self._version())
            if fresh:
                self._fill()
            if not self._final:
                at_cell_end(self)

    def close(self) -> None:
        """Stop looking, and take the widget out of the page."""
        self._poller.stop()
        with self._lock:
            if self._stage is not None:
                self._stage.close()

    def _ipython_display_(self) -> None:
        self.show()

    # -- looking ------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._stage = Stage(body=self._body(), clock=self._clock())
        self._stage.on_msg(self._heard)
        self._seen_beat = self._beat()
        self._draw_head()

    def _fill(self) -> None:
        self._draw()
        if self._active():
            self._poller.start()
        else:
            self._final = True

    def tick(self) -> float | None:
        """Look if it is time to; for the poller."""
        with self._lock:
            try:
                return self._tick()
            except Exception as error:  # nothing here may end the thread or reach a cell
                self._note(error)
                return self._interval

    def _tick(self) -> float | None:
        beat = self._beat()
        if self._pace.due(pulse=beat != self._seen_beat):
            self._seen_beat = beat
            self._look()
        if self._final:
            return None
        if self._output.due(self._version()):
            self._output.renew(self._version())
        return BEAT / 2 if beat != self._seen_beat else BEAT

    def _look(self) -> None:
        began = time.perf_counter()
        changed = self._read()
        self._draw()
        self._stage_clock()
        self._pace.looked(changed=changed, cost=time.perf_counter() - began)
        if not self._active():
            self._end()

    def _stage_clock(self) -> None:
        if self._stage is not None:
            self._stage.clock = self._clock()

    def _end(self) -> None:
        """It is over: show all of it, once and for good."""
        self._draw(everything=True)
        if not self._final and self._output.shown:
            self._output.renew(self._version())
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
                if self._stage is None:
                    return self._still_changes()
                if not self._poller.running and not self._final:
                    return False  # closed
                beat = self._beat()
                if not self._final and beat != self._seen_beat:
                    self._seen_beat = beat
                    self._look()
                if self._final or self._output.stale(self._version()):
                    self._output.renew(self._version())
                return not self._final
            except Exception as error:
                self._note(error)
                return False

    def _still_changes(self) -> bool:
        """Renew a picture that stands without a widget; False when it is final."""
        self._read()
        self._final = not self._active()
        if self._output.outdated(self._version()) or self._final:
            self._output.renew(self._version())
        if self._final:
            _stills.discard(self)
        return not self._final

    # -- what the person does, and our faults -------------------------------------------------------

    def _act(self, do: Callable[[], None]) -> None:
        with self._lock:
            try:
                do()
            except Exception as error:  # a handler's fault is shown, not raised into the kernel
                self._note(error)

    def _heard(self, _widget: object, message: Mapping[str, Any], _buffers: object) -> None:
        stage = self.widget
        kind = str(message.get("kind"))
        if kind == "ping":
            stage.send({"kind": "pong", "id": message.get("id")})
        elif kind == "shown":
            if not self._final:  # it may come back after it had been closed everywhere
                self._poller.start()
                at_cell_end(self)
        elif kind == "gone":
            self._poller.stop()
        else:
            self._act(lambda: self._asked(kind, message))

    def _note(self, error: BaseException) -> None:
        self._fault = f"The widget could not show everything: {type(error).__name__}: {error}"
        try:
            self._show_fault()
        except Exception:  # then the line waits for the next look
            pass

    def _tell_fault(self) -> None:
        """Warn once, and only from the main thread: what a thread prints lands in any cell."""
        if self._fault and not self._told_fault:
            self._told_fault = True
            warnings.warn(f"{self!r}: {self._fault}", RunsWarning, stacklevel=2)

    def _bundle(self) -> dict[str, Any]:
        found = self._stage._repr_mimebundle_() if self._stage is not None else {}
        bundle = found[0] if isinstance(found, tuple) else found
        return {**(bundle or {}), **self._static()}
