"""A compute target's queue on this machine: tickets in order of submission, slots that free themselves.

``<workspace>/compute/<target>/queues/<host>/`` holds

- ``tickets/<number>-<run id>``: a run that waits. Whoever renames it to ``taken/…`` has it: a driver to start it, or
  someone who cancels it.
- ``taken/<ticket>~<pid>~<start time>``: a driver has it, and has not yet opened its journal.
- ``slots/<n>``: a lock that the driver and its script hold. It goes when both are gone, whoever was killed.
- ``runner``: a lock held by the one process that serves the queue; ``bell``: a pipe that wakes it.

Each machine has a queue of its own, also where a workspace is shared: a run starts where it was submitted.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import sys
import tempfile
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional

from jupyter_runs.journal.alive import is_locked, process_start, same_machine
from jupyter_runs.journal.status import canceled_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.journal import RunFolder

_TICKET = re.compile(r"(\d{12})-([A-Za-z0-9][A-Za-z0-9_-]{0,99})\Z")
_TAKEN = re.compile(r"(\d{12})-([A-Za-z0-9][A-Za-z0-9_-]{0,99})~(\d+)~(\d*)\Z")
_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\Z")
_PATIENCE = 1.0  # seconds between two looks of one process whether a queue is served

_looked: dict[Path, float] = {}


class Taken(NamedTuple):
    """A ticket in the hands of a process that has not yet opened the run's journal."""

    file: Path
    run_id: str
    gone: bool


class Queue:
    """The queue of a target on this machine.

    Parameters
    ----------
    workspace
        The workspace's folder.
    target
        The target's name.
    host
        The machine's name; this one's by default.
    """

    def __init__(self, workspace: Path, target: str, host: Optional[str] = None) -> None:
        self.workspace = workspace
        self.target = target
        self.host = re.sub(r"[^A-Za-z0-9_-]", "_", host or platform.node())[:200] or "here"
        self.place = workspace / "compute" / target / "queues" / self.host
        self.tickets = self.place / "tickets"
        self.taken = self.place / "taken"
        self.bell = self.place / "bell"

    def make(self) -> None:
        """Make its folders."""
        for folder in (self.tickets, self.taken, self.slots):
            folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def _locks(self) -> Path:
        """Where locks lie: beside the tickets, else, where the file system has none, on this machine's own disk."""
        self.place.mkdir(parents=True, exist_ok=True)
        if can_lock(self.place):
            return self.place
        user = os.getuid() if hasattr(os, "getuid") else ""
        name = hashlib.sha256(os.fsencode(self.place)).hexdigest()[:16]
        own = Path(tempfile.gettempdir()) / f"jupyter_runs-{user}" / name
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        return own

    @property
    def slots(self) -> Path:
        """The folder of the slots' locks."""
        return self._locks / "slots"

    @property
    def lock(self) -> Path:
        """The lock of whoever serves the queue."""
        return self._locks / "runner"

    # -- waiting runs

    def waiting(self) -> list[str]:
        """Return the tickets of the runs that wait, the first to start first."""
        try:
            return sorted(name for name in os.listdir(self.tickets) if _TICKET.match(name))  # noqa: PTH208 - a list of names
        except OSError:
            return []

    def put(self, run_id: str) -> str:
        """Add a run at the end, and wake whoever serves the queue."""
        self.make()
        waiting = self.waiting()
        last = int(waiting[-1][:12]) if waiting else 0
        ticket = f"{last + 1:012d}-{run_id}"
        os.close(os.open(self.tickets / ticket, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self.ring()
        return ticket

    def place_of(self, run_id: str) -> Optional[int]:
        """Return the place of a run among those that wait, 1 for the next; None if it does not wait."""
        for place, ticket in enumerate(self.waiting(), 1):
            if run_of(ticket) == run_id:
                return place
        return None

    def withdraw(self, run_id: str) -> bool:
        """Take a run out of the queue; False if it does not wait (any more)."""
        for ticket in self.waiting():
            if run_of(ticket) == run_id:
                with suppress(FileNotFoundError):
                    (self.tickets / ticket).unlink()
                    return True
        return False

    def claim(self, ticket: str) -> Optional[Path]:
        """Take a ticket in the name of this process; None if another was quicker."""
        pid = os.getpid()
        taken = self.taken / f"{ticket}~{pid}~{process_start(pid) or ''}"
        try:
            (self.tickets / ticket).rename(taken)
        except FileNotFoundError:
            return None
        return taken

    def claimed(self) -> list[Taken]:
        """Return the tickets that were taken and not yet dealt with."""
        found = []
        try:
            names = sorted(os.listdir(self.taken))  # noqa: PTH208 - a list of names
        except OSError:
            return []
        for name in names:
            match = _TAKEN.match(name)
            if match is not None:
                started = process_start(int(match[3]))
                gone = started is None or bool(started and match[4] and started != match[4])
                found.append(Taken(self.taken / name, match[2], gone))
        return found

    def lent(self) -> Path:
        """Return a folder with our package in it and little else, for interpreters that don't have it.

        Our own ``site-packages`` would lend them everything in it, built for another Python.
        """
        package = _package()
        name = hashlib.sha256(os.fsencode(package)).hexdigest()[:12]
        folder = self.workspace / "compute" / ".lent" / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # the other SDK's names are there in a submitted script without more ado
            for each in (package, package / "azureml" / "stub" / "azureml"):
                with suppress(FileExistsError):
                    (folder / each.name).symlink_to(each, target_is_directory=True)
        except OSError:  # no links here
            return package.parent
        return folder

    # -- who serves it

    def ring(self) -> None:
        """Wake the process that serves the queue, if there is one."""
        try:
            bell = os.open(self.bell, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return  # nobody listens, or there are no pipes here: it looks by itself now and then
        with suppress(OSError):
            os.write(bell, b".")
        os.close(bell)

    def served(self) -> bool:
        """Tell whether a process serves the queue."""
        return bool(is_locked(self.lock))

    def needs_service(self) -> bool:
        """Tell whether there is something to do and nobody who does it."""
        return bool(self.waiting() or self.claimed()) and not self.served()

    def serve(self, environment: Optional[Mapping[str, str]] = None) -> None:
        """Start the process that serves the queue, if there is none; returns at once.

        Parameters
        ----------
        environment
            Its variables; by default those of this process, without what makes it a run's own.
        """
        if self.served():
            return
        self.make()
        variables = dict(os.environ if environment is None else environment)
        for name in _OF_A_RUN:
            variables.pop(name, None)
        # -E: what PYTHONPATH brings for the scripts must not shadow what the runner itself imports
        code = f"import sys; sys.path[:1] = [{str(self.lent())!r}]; from jupyter_runs.jobs.runner import main; main(sys.argv[1:])"
        command = [sys.executable, "-E", "-c", code, str(self.workspace), self.target, self.host]
        import subprocess

        log = os.open(self.place / "runner.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = subprocess.Popen(
                command,
                cwd="/" if os.name == "posix" else None,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            os.close(log)
        process.returncode = 0  # it outlives us on purpose, which is no leak to be warned of
        _started.add(process.pid)
        _bury()

    def look_after(self) -> None:
        """Start the process that serves the queue if it is needed; looks once a second at most."""
        now = time.monotonic()
        if now - _looked.get(self.place, -_PATIENCE) < _PATIENCE:
            return
        _looked[self.place] = now
        if self.needs_service():
            self.serve()


_started: set[int] = set()


def _bury() -> None:
    """Ask for those that were started here and have ended: else they stay as zombies."""
    for pid in list(_started):
        with suppress(OSError):
            if os.waitpid(pid, os.WNOHANG)[0] == 0:
                continue
        _started.discard(pid)


_OF_A_RUN = ("JUPYTER_RUNS_RUN_DIR", "RANK", "LOCAL_RANK", "WORLD_SIZE")


def run_of(ticket: str) -> str:
    """Return the run of a ticket."""
    return ticket[13:]


def queue_of(folder: RunFolder) -> Optional[Queue]:
    """Return the queue that a submitted run was put into, None for a run that was not submitted to one."""
    target = folder.definition.get("target")
    if not folder.definition.get("driver") or not isinstance(target, str):
        return None
    if not _TARGET.match(target):  # a run's folder may come from anybody, and this becomes a path
        return None
    submitter = folder.definition.get("submitter")
    host = submitter.get("host") if isinstance(submitter, dict) else None
    return Queue(folder.path.parent.parent, target, host if isinstance(host, str) else None)


def cancel(folder: RunFolder, by: str) -> None:
    """Ask that a run be stopped; one that waits in a queue ends now.

    Parameters
    ----------
    folder
        The run.
    by
        Who asks.
    """
    folder.request_cancel(by)
    queue = queue_of(folder)
    # who takes the ticket away ends the run; with the ticket gone, its driver does
    if queue is not None and queue.withdraw(folder.id):
        folder.end("Canceled", message=canceled_by({"by": by}))


def queue_place(folder: RunFolder) -> Optional[int]:
    """Return the place of a run in the queue of its target, 1 for the next; None while it waits in none."""
    queue = queue_of(folder)
    return None if queue is None else queue.place_of(folder.id)


def is_ours(folder: RunFolder) -> bool:
    """Tell whether a run was submitted on this machine: here, or in another container of it."""
    submitter = folder.definition.get("submitter")
    if not isinstance(submitter, dict):
        return True
    return submitter.get("host") == platform.node() or same_machine(submitter)


def _package() -> Path:
    """Return the folder of our package."""
    return Path(__file__).parents[1]


def can_lock(folder: Path) -> bool:
    """Tell whether files in a folder can be locked."""
    import fcntl

    try:
        descriptor = os.open(folder / ".locks", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # not ours to write to: whoever may has found out
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES)
    finally:
        os.close(descriptor)
    return True


class Slot:
    """A place for one script; held by whoever has its descriptor, this process or one that it was given to."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    @classmethod
    def free(cls, slots: Path, number: int) -> Optional[Slot]:
        """Return one of `number` slots, None while all are held (also ones above, from when there were more)."""
        import fcntl

        names = {str(n) for n in range(number)}
        with suppress(OSError):
            names.update(name for name in os.listdir(slots) if name.isdigit())  # noqa: PTH208 - names
        found: Optional[Slot] = None
        held = 0
        for name in sorted(names, key=int):
            descriptor = os.open(slots / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(descriptor)
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
                held += 1
                continue
            if found is None and int(name) < number:
                found = cls(slots / name, descriptor)
            else:
                os.close(descriptor)
        if found is not None and held >= number:
            found.release()
            return None
        return found

    def release(self) -> None:
        """Let go of it; it is free when everyone else who holds it has."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
