"""One submitted run's life: from its ticket to its end.

The driver is a process of its own. It needs no kernel and no server, and never assumes more of where it runs than what the
run's folder says. It is forked by the process that serves the queue, which costs neither time nor memory.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Optional

from jupyter_runs._settings import write_json
from jupyter_runs.errors import RunsError
from jupyter_runs.jobs import process, sealed
from jupyter_runs.jobs.collect import Collector, make_work, remove_work
from jupyter_runs.jobs.failure import exit_reason, last_lines
from jupyter_runs.jobs.tickets import cancel, run_of
from jupyter_runs.journal import Children, RunFolder, Writer
from jupyter_runs.journal.status import canceled_by

if TYPE_CHECKING:
    import subprocess

    from typing_extensions import Self

    from jupyter_runs.jobs.tickets import Queue, Slot

DRIVER_LOG = "70_driver_log.txt"
BUILD_LOG = "20_image_build_log.txt"
LOOK = 0.25  # seconds between two looks at what is asked of the run
FOLLOW = 2.0  # seconds between two looks at ./logs
GRACE = 10.0  # seconds for a script that is asked to stop, unless JUPYTER_RUNS_GRACE says otherwise


class End(NamedTuple):
    """How a run ends."""

    status: str
    message: Optional[str] = None
    code: Optional[str] = None
    details: Optional[str] = None


class Stop(Exception):  # noqa: N818 - no error: somebody asked for it
    """The run is to end now."""

    def __init__(self, end: Optional[End]) -> None:
        super().__init__(end)
        self.end = end  # None: someone else ended it already


class Driver:
    """Drives one run.

    Parameters
    ----------
    queue
        The queue that it waited in.
    folder
        The run.
    slot
        What the script holds while it is there.
    """

    def __init__(self, queue: Queue, folder: RunFolder, slot: Slot) -> None:
        self.queue = queue
        self.folder = folder
        self.slot = slot
        self.told: dict[str, Any] = folder.definition.get("definition") or {}
        self.started: Optional[float] = None
        self.script: Optional[subprocess.Popen[bytes]] = None
        self.collector: Optional[Collector] = None
        self.writer = Writer(folder, role="driver", name=str(folder.definition["owner"]))

    def run(self, taken: Path) -> None:
        """Live the run's life; returns when it has ended."""
        self._say("Preparing")  # opens the journal: from here on a killed driver is seen to be gone
        taken.unlink()
        try:
            end: Optional[End] = self._live()
        except Stop as stop:
            end = stop.end
        except RunsError as error:
            end = End("Failed", str(error), type(error).__name__, getattr(error, "details", None))
        except BaseException as error:
            text = f"{type(error).__name__}: {error}"
            end = End("Failed", f"the driver failed: {text}", "DriverError", traceback.format_exc())
        self._settle(end)

    # -- until the script has ended

    def _live(self) -> End:
        secrets = self._unsealed()
        if secrets.get(
            "variables"
        ):  # those of whoever submitted it, also for what builds its environment
            os.environ.clear()
            os.environ.update(secrets["variables"])
        with suppress(OSError):  # where paths in those variables start from
            os.chdir(str(self.told.get("submitted_from") or "/"))
        self._check()
        python, variables = self._environment(secrets)
        self._check()
        self._say("Starting")
        place = self._place()
        self.collector = Collector(self.folder, place, self.writer.event)
        command = self._command(python, secrets)
        self.folder.logs.mkdir(exist_ok=True)
        log = os.open(self.folder.logs / DRIVER_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        process.adopt_orphans()  # not before: what builds the environment minds its own
        try:
            self.script = process.start(
                command,
                folder=place,
                variables=self._variables(variables),
                log=log,
                keep=[self.slot.descriptor],
            )
        except OSError as error:
            raise RunsError(f"{command[0]!r} can't be started: {error}") from None
        finally:
            os.close(log)
        self.started = time.time()
        self.writer.event("facts", script_process=self.script.pid, work=str(place))
        self._say("Running")
        return self._watch()

    def _unsealed(self) -> dict[str, Any]:
        found = sealed.unseal(self.folder)
        if found is not None:
            return found
        lost = sealed.missing(self.told)
        if lost:
            raise RunsError(
                f"{', '.join(lost)} {'was' if len(lost) == 1 else 'were'} given when the run was "
                "submitted, and secrets are kept in memory alone: they are gone since the machine, or its "
                "session, was started anew; submit the run again"
            )
        return {}

    def _environment(self, secrets: dict[str, Any]) -> tuple[str, dict[str, str]]:
        """Return the interpreter, and the variables that come with it and with the environment."""
        own = {
            key: str(value)
            for key, value in (self.told.get("environment_variables") or {}).items()
            if value is not None
        }
        own.update(secrets.get("named") or {})
        definition = secrets.get("environment") or self.told.get("environment")
        if not definition:
            return str(self.told.get("python") or sys.executable), own
        from jupyter_runs.jobs.build import Canceled, prepare

        try:
            with _LateFile(self.folder.logs / BUILD_LOG) as log:
                found = prepare(
                    definition,
                    self.queue.workspace / "environments",
                    log,  # type: ignore[arg-type]  # what is written to it is all that is asked of it
                    lambda: self._asked() is not None,
                    self._phase,
                )
        except Canceled:
            raise Stop(self._asked()) from None
        self.writer.event("facts", interpreter={"python": found.python, "kind": found.kind})
        for text in found.warnings:
            self.writer.event("warning", text=text)
        return found.python, {**found.variables, **own}

    def _phase(self, text: str) -> None:
        self.writer.event("phase", text=text)
        self._say("Preparing", text, event=False)

    def _place(self) -> Path:
        """Return where the script works."""
        place = make_work(self.folder, self.told.get("snapshot"))
        chosen = self.told.get("cwd")
        return Path(chosen) if chosen else place

    def _command(self, python: str, secrets: dict[str, Any]) -> list[str]:
        arguments = [
            str(each) for each in secrets.get("arguments", self.told.get("arguments") or [])
        ]
        command = secrets.get("command", self.told.get("command"))
        if isinstance(command, str):
            return ["/bin/sh", "-c", command]
        if command:
            return [str(each) for each in command]
        if self.told.get("module"):  # ours: a function's call, a sweep, a pipeline
            return [python, "-m", str(self.told["module"]), str(self.folder.path)]
        return [python, str(self.told["script"]), *arguments]

    def _variables(self, more: dict[str, str]) -> dict[str, str]:
        variables: dict[str, str] = {**os.environ, **more}
        for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE"):
            if name not in more:
                variables.pop(name, None)  # of whoever submitted it, and not this script's
        variables[process.MARK] = str(self.folder.path)
        variables.setdefault("PYTHONUNBUFFERED", "1")  # a log that comes in blocks is not live
        paths = [variables.get("PYTHONPATH", ""), str(self.queue.lent())]
        variables["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        return variables

    def _watch(self) -> End:
        """Wait for the script, and for what others ask of it."""
        from jupyter_runs.jobs.usage import Usage

        assert self.script is not None
        assert self.collector is not None
        usage = Usage(self.script.pid, self.writer)
        limit = self.told.get("max_run_duration_seconds")
        follow, began = 0.0, time.monotonic()
        while True:
            status = process.reap().get(self.script.pid)
            if status is not None:
                self.script.returncode = status
                return self._ended(status)
            asked = self._asked()
            if asked is not None or self.folder.ended is not None:
                raise Stop(asked)
            now = time.monotonic()
            if limit and now - began > float(limit):
                text = f"stopped after {limit} s, the longest that it was allowed to run"
                raise Stop(End("Canceled", text, "MaxRunDuration"))
            if now >= follow:
                follow = now + FOLLOW
                with suppress(OSError):
                    self.collector.follow_logs()
                usage.look(now)
            _nap(LOOK)

    def _ended(self, status: int) -> End:
        """Return the end of a run whose script ended by itself."""
        asked = self._asked()
        if asked is not None:
            return asked
        said = self.folder.finish_said  # by the script itself: complete(), fail()
        if said is not None:
            return End(**said)
        code, killed = process.how_it_ended(status)
        if code == 0:
            return End("Completed")
        log = self.folder.logs / DRIVER_LOG
        message, kind = exit_reason(log, code, killed)
        return End("Failed", message, kind, last_lines(log))

    # -- what others ask

    def _asked(self) -> Optional[End]:
        """Return how the run is to end if someone asked for that."""
        if _told_to_stop:
            return End("Canceled", "its driver was told to stop (SIGTERM)", "Stopped")
        cancel = self.folder.cancel_requested
        if cancel is None:
            return None
        return End("Canceled", canceled_by(cancel))

    def _check(self) -> None:
        asked = self._asked()
        if asked is not None or self.folder.ended is not None:
            raise Stop(asked)

    # -- the end

    def _settle(self, end: Optional[End]) -> None:
        """Leave nothing behind, take up what was made, and say how it ended."""
        grace = float(os.environ.get("JUPYTER_RUNS_GRACE") or GRACE)
        over = self.script is None or self.script.returncode is not None
        left = process.below(os.getpid())
        if left:
            stubborn = process.end(lambda: process.below(os.getpid()), 1.0 if over else grace)
            if over:
                what = "1 process" if len(left) == 1 else f"{len(left)} processes"
                was = "was" if len(left) == 1 else "were"
                self.writer.event("warning", text=f"{what} that the script left behind {was} ended")
            elif stubborn:
                text = f"{stubborn} of its processes did not stop within {grace:g} s and had to be killed"
                self.writer.event("warning", text=text)
        self.slot.release()
        self.queue.ring()
        if end is not None:  # known from here on, also if this process is killed over the files
            with suppress(OSError):
                self.folder.say_finished(**end._asdict())
        self._say("Finalizing")
        if self.collector is not None:
            try:
                for text in self.collector.finish():
                    self.writer.event("warning", text=text)
            except Exception as error:
                self.writer.event("warning", text=f"not all files could be taken up: {error}")
        remove_work(self.folder)
        if end is not None and end.status != "Completed":
            self._cancel_children()
        if end is not None:
            self.folder.end(**end._asdict(), by=self.writer.name)
        self.writer.close()

    def _cancel_children(self) -> None:
        """Ask the runs below this one to stop: what they were for is over."""
        for child in Children(self.folder).folders():
            with suppress(OSError, RunsError):
                if child.ended is None:
                    cancel(child, "its parent, which has ended")

    def _say(self, status: str, text: str = "", *, event: bool = True) -> None:
        if event:
            self.writer.event("status", status=status)
        said = {"status": status, "text": text, "time": time.time(), "started": self.started}
        with suppress(OSError):
            write_json(self.folder.control / "status", said)


_told_to_stop = False


def _stop(number: int, frame: Any) -> None:  # noqa: ARG001 - as the system calls it
    global _told_to_stop
    _told_to_stop = True


def _nap(seconds: float) -> None:
    """Sleep until a child ends, at most so long."""
    import select

    with suppress(InterruptedError, OSError):
        if select.select([_wakeup], [], [], seconds)[0]:
            os.read(_wakeup, 512)


_wakeup = -1


def drive(queue: Queue, ticket: str, slot: Slot) -> NoReturn:
    """Drive the run of a ticket, in a process that was made for it; does not return."""
    global _wakeup
    try:
        _wakeup, bell = os.pipe()
        os.set_blocking(_wakeup, False)
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.setsid()
        taken = queue.claim(ticket)
        if taken is not None:
            folder = RunFolder(queue.workspace / "runs" / run_of(ticket))
            if folder.ended is not None:
                taken.unlink()
            else:
                Driver(queue, folder, slot).run(taken)
    except BaseException:
        traceback.print_exc()  # into the runner's log; whoever served the queue ends the run
    finally:
        sys.stderr.flush()
        os._exit(0)


class _LateFile:
    """A log that is made when the first is written to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self) -> Any:
        if self._file is None:
            self._path.parent.mkdir(exist_ok=True)
            self._file = self._path.open("ab", buffering=0)
        return self._file

    def write(self, data: bytes) -> int:
        """Write to the file."""
        return int(self._open().write(data))

    def fileno(self) -> int:
        """Return its descriptor, for a subprocess to write to."""
        return int(self._open().fileno())

    def flush(self) -> None:
        """All is written at once."""
