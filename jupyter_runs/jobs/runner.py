"""The one process that serves a target's queue: a driver for each ticket whose turn it is, as slots are free.

Started when there is work, ends when there is none, and is started anew by whoever looks at a run that waits.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from jupyter_runs.jobs import driver, process
from jupyter_runs.jobs.capacity import capacity
from jupyter_runs.jobs.recover import recover
from jupyter_runs.jobs.tickets import Queue, Slot, run_of
from jupyter_runs.journal import RunFolder
from jupyter_runs.journal.alive import Alive, is_locked

if TYPE_CHECKING:
    from collections.abc import Sequence

LINGER = 5.0  # seconds without work until it ends
_BUSY_LOOK = 1.0  # seconds between two looks at slots that others hold
_IDLE_LOOK = 5.0


class Runner:
    """Serves a queue.

    Parameters
    ----------
    queue
        The queue; nobody else serves it.
    lock
        What tells the others so.
    """

    def __init__(self, queue: Queue, lock: Alive) -> None:
        self.queue = queue
        self.lock = lock
        self.drivers: dict[int, str] = {}  # the tickets of our drivers, by process
        self.idle_since: Optional[float] = None
        self._bell = _open_bell(queue.bell)
        self._ended, self._wakeup = os.pipe()
        for end in (self._ended, self._wakeup):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Serve until there has been nothing to do for a while."""
        while True:
            self._bury()
            waiting = self._start_drivers()
            if waiting or self.drivers:
                self.idle_since = None
            elif self.idle_since is None:
                self.idle_since = time.monotonic()
            elif time.monotonic() - self.idle_since >= LINGER:
                return
            self._sleep(_BUSY_LOOK if waiting or not self.drivers else _IDLE_LOOK)

    def _sleep(self, seconds: float) -> None:
        ears = [self._ended] + ([self._bell] if self._bell >= 0 else [])
        with suppress(InterruptedError):
            for ear in select.select(ears, [], [], seconds if self._bell >= 0 else 0.2)[0]:
                with suppress(BlockingIOError):
                    os.read(ear, 4096)

    def _bury(self) -> None:
        """See to the runs whose driver is gone."""
        for pid in process.reap():
            ticket = self.drivers.pop(pid, None)
            if ticket is not None:
                self._see_to(RunFolder(self.queue.workspace / "runs" / run_of(ticket)))
        for taken in self.queue.claimed():
            if taken.gone:
                self._see_to(RunFolder(self.queue.workspace / "runs" / taken.run_id))
                taken.file.unlink(missing_ok=True)

    def _see_to(self, folder: RunFolder) -> None:
        if self._child():
            return
        try:  # in a process of its own: what writes a journal has threads, and drivers are forked from here
            recover(folder)
        except BaseException:
            traceback.print_exc()  # into the log: the other runs go on
        finally:
            sys.stderr.flush()
            os._exit(0)

    def _start_drivers(self) -> int:
        """Start as many drivers as there are tickets and slots; return how many tickets are left."""
        under_way = set(self.drivers.values())
        waiting = [ticket for ticket in self.queue.waiting() if ticket not in under_way]
        for started, ticket in enumerate(waiting):
            # a driver that is about to take its ticket has a slot already
            slot = Slot.free(self.queue.slots, capacity(self.queue.workspace, self.queue.target))
            if slot is None:
                return len(waiting) - started
            self._fork(ticket, slot)
        return 0

    def _fork(self, ticket: str, slot: Slot) -> None:
        pid = self._child()
        if not pid:
            driver.drive(self.queue, ticket, slot)
        self.drivers[pid] = ticket
        slot.release()

    def _child(self) -> int:
        """Fork; return 0 in the child, where what is this process's own is closed."""
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for descriptor in (self._bell, self._ended, self._wakeup):
                if descriptor >= 0:
                    os.close(descriptor)
            self.lock.forget()
        return pid


def _open_bell(path: Path) -> int:
    try:
        with suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)  # both ways: it never ends
    except OSError:
        return -1  # no pipes on this file system: we look at the queue five times a second


def main(arguments: Sequence[str]) -> None:
    """Serve the queue of a workspace's target, unless somebody does already."""
    workspace, target, host = arguments
    queue = Queue(Path(workspace), target, host)
    queue.make()
    process.get_ready()
    while True:
        if is_locked(queue.lock):
            return
        lock = Alive(queue.lock)
        if not lock.held:
            lock.release()
            return
        try:
            Runner(queue, lock).serve()
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            sys.stderr.flush()
            lock.release()
        # whoever came while we let go saw us serving, and relies on it
        if not queue.waiting():
            return
