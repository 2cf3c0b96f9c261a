"""The one housekeeping thread of a process that logs: signs of life, data to the disk, a look whether the folder is still there."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Optional

from .errors import RunsWarning

if TYPE_CHECKING:
    from .ledger import Ledger

BEAT_SECONDS = 10.0
SYNC_SECONDS = 30.0

_known: weakref.WeakSet[Ledger] = weakref.WeakSet()
_open: weakref.WeakSet[Ledger] = weakref.WeakSet()
_lock = threading.Lock()
_thread: Optional[threading.Thread] = None
_stop = threading.Event()


def open_writers() -> list[Ledger]:
    """Return the writers of this process that have files open."""
    with _lock:
        return list(_open)


def know(writer: Ledger) -> None:
    """Tell ``writer`` of a fork, open or not."""
    with _lock:
        _known.add(writer)


def watch(writer: Ledger) -> None:
    """Look after ``writer`` from now on."""
    global _thread
    with _lock:
        _open.add(writer)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_keep, name="jupyter_runs keeper", daemon=True)
            _thread.start()


def unwatch(writer: Ledger) -> None:
    """Leave ``writer`` alone."""
    with _lock:
        _open.discard(writer)


def _keep() -> None:
    synced = time.monotonic()
    while not _stop.wait(BEAT_SECONDS):
        now = time.monotonic()
        sync = now - synced >= SYNC_SECONDS
        if sync:
            synced = now
        for writer in open_writers():
            try:
                writer.keep(sync)
            except (
                RunsWarning
            ):  # warnings are errors here: the thread looks after the other writers all the same
                continue


def _after_fork_in_child() -> None:
    global _thread, _lock, _stop
    # another thread of the parent may have held these
    _lock, _stop, _thread = threading.Lock(), threading.Event(), None
    writers = list(_known)
    _open.clear()
    for writer in writers:
        writer.after_fork()


def _close_all() -> None:
    for writer in open_writers():
        writer.close()


# Registered when the journal is imported, so that whoever ends runs at exit registers later and goes first.
atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
