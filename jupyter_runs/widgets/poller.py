"""The thread that looks at a run: it ends with the run, and holds nothing alive."""

from __future__ import annotations

import atexit
import threading
import weakref
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Ticking(Protocol):
    """What is looked after."""

    def tick(self) -> float | None:
        """Do what is due; return the seconds until the next call, None when there will be none."""


class Pace:
    """When to look again: every `interval` seconds, slowly easing to half as much more.

    Parameters
    ----------
    interval
        Seconds between two looks while there is something new.
    clock
        Gives seconds that never go backwards.
    """

    EASING = 1.5
    LIVE = 0.6  # seconds between two looks when this very process logs
    SHARE = 12  # and never more than one twelfth of the time spent looking

    def __init__(self, interval: float, clock: Callable[[], float]) -> None:
        self._interval = interval
        self._delay = interval
        self._clock = clock
        self._looked = clock()
        self._cost = 0.0

    def looked(self, *, changed: bool, cost: float) -> None:
        """Note that the run was looked at, whether it had changed, and the seconds it took."""
        self._looked = self._clock()
        self._cost = cost
        grown = min(self._delay * 1.1, self._interval * self.EASING)
        self._delay = self._interval if changed else grown

    def due(self, *, pulse: bool) -> bool:
        """Whether to look now; ``pulse``: this process has logged into the run since the last look."""
        passed = self._clock() - self._looked
        live = min(max(self.LIVE, self._cost * self.SHARE), self._interval)
        return passed >= self._delay or (pulse and passed >= live)


class Poller:
    """Calls `tick` of a target from a daemon thread, through a weak reference.

    Parameters
    ----------
    target
        What is looked after; when nobody else holds it, the thread ends.
    """

    def __init__(self, target: Ticking) -> None:
        self._target = weakref.ref(target)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive() and not self._stop.is_set()

    def start(self) -> None:
        """Start the thread, unless it runs."""
        with self._lock:
            if self.running:
                return
            self._stop = threading.Event()
            self._thread = threading.Thread(
                target=_loop,
                args=(self._target, self._stop),
                name="jupyter_runs widget",
                daemon=True,
            )
            _alive.add(self)
            self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; does not wait for it."""
        self._stop.set()

    def join(self, timeout: float) -> None:
        """Wait for the thread's end."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)


def _loop(reference: weakref.ReferenceType[Ticking], stop: threading.Event) -> None:
    delay: float | None = 0.5
    while delay is not None and not stop.wait(delay):
        target = reference()
        if target is None:
            return
        delay = target.tick()
        del target  # or the wait would hold it
    stop.set()


_alive: weakref.WeakSet[Poller] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    pollers = list(_alive)
    for poller in pollers:
        poller.stop()
    for poller in pollers:
        poller.join(1.0)
