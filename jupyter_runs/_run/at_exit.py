"""What becomes of the runs that are still open when their process ends.

A kernel that is shut down leaves them Canceled. A script that ends normally leaves them Completed,
with a warning on the run; one that dies of an exception leaves them Failed, with the traceback.
A process that is killed gets no say: whoever looks finds it gone.
"""

from __future__ import annotations

import atexit
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn, Optional

from jupyter_runs.capture.notebook import in_kernel, in_session
from jupyter_runs.journal import keeper  # noqa: F401 - its own exit is registered first, so it runs last

if TYPE_CHECKING:
    from types import FrameType

    from jupyter_runs.run import Run

KERNEL = "kernel was shut down before complete()"
SESSION = "the Python session was closed before complete()"
SCRIPT = "the script ended without complete()"
_PATIENCE = 5.0  # seconds for a snapshot; a kernel that takes its time to go is killed

_lock = threading.Lock()
_open: dict[int, Run] = {}  # strong: a run that nobody holds any more must be ended all the same
_installed = False
_uncaught: Optional[tuple[type[BaseException], BaseException, Any]] = None
_leaving: Optional[tuple[Any, FrameType, int]] = None


def register(run: Run) -> None:
    """Look after `run` until it has ended."""
    global _installed
    with _lock:
        _open[id(run)] = run
        if not _installed:
            _installed = True
            atexit.register(_at_exit)
            _watch_exceptions()
            if not in_session():
                _watch_exit_codes()


def unregister(run: Run) -> None:
    """Leave `run` alone."""
    with _lock:
        _open.pop(id(run), None)


def open_runs() -> list[Run]:
    """Return the runs of this process that have not ended."""
    with _lock:
        return [run for run in _open.values() if run._own is not None and run._own.here]


def _watch_exceptions() -> None:
    before = sys.excepthook

    def hook(kind: type[BaseException], value: BaseException, trace: Any) -> None:
        global _uncaught
        if not in_session():  # at a prompt an exception ends nothing
            _uncaught = (kind, value, trace)
        before(kind, value, trace)

    sys.excepthook = hook


def _watch_exit_codes() -> None:
    # Python tells nobody at exit what code it ends with, and `sys.exit(3)` is no good end
    leave = sys.exit

    def note_and_exit(status: Any = None, /) -> NoReturn:
        global _leaving
        frame: Optional[FrameType] = sys._getframe()
        while frame is not None and frame.f_code.co_name != "<module>":
            frame = frame.f_back
        if frame is not None and threading.current_thread() is threading.main_thread():
            _leaving = (status, frame, frame.f_lineno)
        leave(status)

    note_and_exit.__doc__ = leave.__doc__
    sys.exit = note_and_exit


def _exit_error() -> Optional[SystemExit]:
    """Return the `sys.exit` that ends this process, None if someone caught it and went on."""
    if _leaving is None:
        return None
    status, frame, line = _leaving
    return SystemExit(status) if frame.f_lineno == line else None


def _at_exit() -> None:
    for run in open_runs():
        if id(run) not in _open:  # a child, which has ended with its parent
            continue
        try:
            _end(run)
        except Exception:
            pass  # the process is on its way out, and nobody is left to be told


def _end(run: Run) -> None:
    if in_kernel():
        run._finish("Canceled", message=KERNEL, patience=_PATIENCE)
    elif in_session():
        run._finish("Canceled", message=SESSION, patience=_PATIENCE)
    elif _uncaught is not None:
        run._finish_with(_uncaught[1], patience=_PATIENCE)
    elif (error := _exit_error()) is not None and error.code not in (None, 0):
        run._finish_with(error, patience=_PATIENCE)
    else:
        if (
            run._definition("parent") is None
        ):  # a child ends with its parent, which may be a driver's
            run._writer.event("warning", text=SCRIPT)
        run._finish("Completed")
