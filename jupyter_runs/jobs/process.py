"""The processes of a script: started so that they do not outlive their driver, found all, and ended all.

A driver is the reaper of what it started: a process whose parent ends becomes the driver's child, so that nothing a script
leaves behind, in whatever session, gets away. Where the driver itself was killed, what is left is known by the run's folder in
its variables.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Callable, Optional, Union

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

MARK = "JUPYTER_RUNS_RUN_DIR"  # the variable by which a run's processes are known
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_KILL_PATIENCE = (
    5.0  # seconds until a killed process must be gone; longer only in the depths of a driver
)
_LOOK = 0.02

_prctl: Optional[Callable[..., Any]] = None


def get_ready() -> None:
    """Load what is needed later: between fork and exec nothing may be imported."""
    global _prctl
    if sys.platform == "linux" and _prctl is None:
        import ctypes

        with suppress(OSError, AttributeError):
            _prctl = ctypes.CDLL(None, use_errno=True).prctl


def adopt_orphans() -> None:
    """Become the parent of whatever loses its own below this process."""
    get_ready()
    if _prctl is not None:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start(
    command: Sequence[str],
    *,
    folder: Path,
    variables: Mapping[str, str],
    log: Union[IO[bytes], int],
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a script in a session of its own; it is killed when this process dies, however that comes.

    Parameters
    ----------
    command
        What to run.
    folder
        Where.
    variables
        All its variables.
    log
        Where its output goes.
    keep
        Descriptors that it inherits.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(127)

    return subprocess.Popen(
        list(command),
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=tuple(keep),
        preexec_fn=die_with_parent if _prctl is not None else None,  # noqa: PLW1509 - one thread forks, and it calls C alone
    )


def reap() -> dict[int, int]:
    """Collect the children that have ended; return their exit statuses, as `os.waitpid` gives them."""
    ended: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except (ChildProcessError, OSError):
            return ended
        if not pid:
            return ended
        ended[pid] = status


def parents() -> dict[int, int]:
    """Return the parent of each process of this machine that has not ended; {} where that can't be told."""
    found = {}
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - names are all it needs
    except OSError:
        return _parents_elsewhere()
    for name in names:
        if name.isdigit():
            with (
                suppress(OSError, IndexError, ValueError),
                open(f"/proc/{name}/stat", "rb") as file,  # noqa: PTH123 - a third of the price
            ):
                state, parent = file.read().rsplit(b")", 1)[1].split()[:2]
                if state not in (b"Z", b"X"):
                    found[int(name)] = int(parent)
    return found or _parents_elsewhere()


def _parents_elsewhere() -> dict[int, int]:
    try:
        import psutil
    except ImportError:
        return {}
    return {
        process.pid: process.info["ppid"] or 0
        for process in psutil.process_iter(["ppid", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
    }


def below(pid: int) -> list[int]:
    """Return all processes that come from ``pid``, itself not counted.

    What serves a queue was perhaps started from there, and is nobody's own: neither it nor what it has started counts.
    """
    children: dict[int, list[int]] = {}
    for child, parent in parents().items():
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        more = [child for child in children.get(waiting.pop(), []) if not _serves(child)]
        found += more
        waiting += more
    return found


def _serves(pid: int) -> bool:
    """Tell whether a process serves a queue, or is a driver, which was forked from one."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123 - a third of the price
            return b"jupyter_runs.jobs.runner" in file.read()
    except OSError:
        return False


def marked(run: Path) -> list[int]:
    """Return the processes that run as a part of this run, by their variables; Linux alone can tell."""
    wanted = b"\0" + f"{MARK}={run}".encode("utf-8", "surrogateescape") + b"\0"
    found = []
    for pid in parents():
        with suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123
            if wanted in b"\0" + file.read():
                found.append(pid)
    return [pid for pid in found if pid != os.getpid()]


def end(living: Callable[[], Iterable[int]], grace: float) -> int:
    """End processes: ask, wait for ``grace`` seconds, then kill until there are none.

    Parameters
    ----------
    living
        Tells which of them are still there.
    grace
        Seconds.

    Returns
    -------
    int
        How many did not heed being asked.
    """
    _signal(living(), signal.SIGTERM)
    _signal(living(), signal.SIGCONT)  # one that is stopped hears nothing
    if _gone(living, grace):
        return 0
    stubborn = len(list(living()))
    until = time.monotonic() + _KILL_PATIENCE
    while time.monotonic() < until:
        _signal(living(), signal.SIGKILL)
        if _gone(living, 0.1):
            break
    return stubborn


def _gone(living: Callable[[], Iterable[int]], patience: float) -> bool:
    until = time.monotonic() + patience
    pause = _LOOK
    while True:
        reap()
        if not list(living()):
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(pause)
        pause = min(2 * pause, 0.2)


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, number)


def how_it_ended(status: int) -> tuple[Optional[int], Optional[str]]:
    """Return the exit code, or the name of the signal that ended a process."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        with suppress(ValueError):
            return None, signal.Signals(number).name
        return None, f"signal {number}"
    return os.WEXITSTATUS(status), None
