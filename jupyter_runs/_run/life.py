"""How a run goes on and ends: the `with` block, complete, fail, cancel, and waiting for it."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs._late import LateWriter
from jupyter_runs._run import at_exit
from jupyter_runs._run.base import RunBase
from jupyter_runs.capture.output import Capture
from jupyter_runs.errors import RunFailedError, warn
from jupyter_runs.journal import TERMINAL
from jupyter_runs.journal.status import canceled_by

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from jupyter_runs.journal import Status

USER_LOG = "user_log.txt"
_POLL_FIRST, _POLL_MOST = 0.1, 1.0  # seconds between two looks at a run that is waited for


class RunLife(RunBase):
    """The methods that end a run, or wait for its end."""

    _block: Optional[Capture] = None
    _driven = False  # whether this is the script of a run that a driver looks after

    def _end_children(self, status: str) -> None:
        """End what is still open below this run, which ends with this status."""
        raise NotImplementedError

    # -- ending

    def complete(self) -> None:
        """End the run well.

        Takes up what is new or changed in ``./outputs`` and ``./logs`` since the run started. If
        the run has ended before, that end stands, with a warning. A run that someone has asked to
        cancel in the meantime ends as Canceled.
        """
        asked = self._folder.cancel_requested
        if asked is not None and self._folder.ended is None:
            self._finish("Canceled", message=canceled_by(asked))
            return
        self._finish("Completed")

    def fail(
        self, error_details: Optional[object] = None, error_code: Optional[str] = None
    ) -> None:
        """End the run as failed.

        Parameters
        ----------
        error_details
            What went wrong: a text, or the exception itself (its traceback is kept).
        error_code
            A short code of your own.
        """
        if isinstance(error_details, BaseException):
            self._finish(
                "Failed",
                code=error_code or type(error_details).__name__,
                message=_message(error_details),
                details=trace(error_details),
            )
            return
        text = None if error_details is None else str(error_details)
        first, _, rest = (text or "").partition("\n")
        self._finish(
            "Failed", code=error_code, message=first or text, details=text if rest else None
        )

    def cancel(self) -> None:
        """End the run as canceled.

        One that waits in a queue ends now. One that a driver looks after, or that is a function in a thread, is asked to
        stop, and ends when it has. Any other ends now. What its process still logs is kept.
        """
        if self._folder.ended is None:
            from jupyter_runs.jobs.tickets import cancel

            try:
                cancel(self._folder, _who())
            except OSError as error:
                self._writer.fault(error)
            if self._definition("driver"):
                return
            if self._definition("stoppable") and self._status().alive:
                return
        self._finish("Canceled", message=canceled_by({"by": _who()}))

    def flush(self, timeout_seconds: float = 300) -> None:
        """Bring what was logged to the disk.

        Whoever reads, and whatever happens to this process, sees it even without this; it guards
        against the machine losing power.
        """
        self._writer.flush(timeout_seconds)

    def _finish(
        self,
        status: str,
        *,
        code: Optional[str] = None,
        message: Optional[str] = None,
        details: Optional[str] = None,
        patience: float = 60.0,
    ) -> None:
        """End the run once; what stands in the way of that is told when it has ended."""
        self._stop_block()
        if self._driven:
            # what it logs from here on is its own still: the driver ends it when the script has ended
            end = {"code": code, "message": message, "details": details}
            if not self._folder.say_finished(status, **end):
                self._warn(f"its end was told already: {status} is ignored")
            return
        told: list[str] = []
        own = self._own
        if own is not None and own.here and self._folder.ended is None:
            told = own.settle(patience)
        stands = self._folder.ended
        try:
            self._end_children(status if stands is None else str(stands.get("status")))
        except Exception as error:  # a child's fault is no reason for the parent not to end
            told.append(f"not all children could be ended ({type(error).__name__}: {error})")
        try:
            first = self._folder.end(
                status, code=code, message=message, details=details, by=self._writer.name
            )
        except OSError as error:  # a full disk, the folder gone
            self._writer.fault(error)
            at_exit.unregister(self)  # type: ignore[arg-type]
            return
        if not isinstance(self._writer, LateWriter):
            self._writer.close()
            self.__dict__["_writer"] = LateWriter(self._folder)
        if (
            self._reader is not None
        ):  # people keep their runs in lists; a process may open 1,024 files
            with self._read_lock:
                self._reader.close()
        at_exit.unregister(self)  # type: ignore[arg-type]
        if not first:
            ended = self._folder.ended or {}
            told.append(f"it is {ended.get('status')} already, and stays so: {status} is ignored")
        if told:
            warn(f"run {self.id}: {'; '.join(told)}")

    def _finish_with(self, error: BaseException, *, patience: float = 60.0) -> None:
        """End the run as an exception that leaves its block, or its script, has it."""
        if isinstance(error, SystemExit):
            if error.code is None or error.code == 0:
                self._finish("Completed", patience=patience)
            else:
                code = error.code
                text = f"exit code {code}" if isinstance(code, int) else str(code)
                self._finish("Failed", code="SystemExit", message=text, patience=patience)
        elif isinstance(error, _interruptions()):
            what = "interrupted" if isinstance(error, KeyboardInterrupt) else "canceled"
            self._finish(
                "Canceled",
                code=type(error).__name__,
                message=what,
                details=trace(error),
                patience=patience,
            )
        else:
            self._finish(
                "Failed",
                code=type(error).__name__,
                message=_message(error),
                details=trace(error),
                patience=patience,
            )

    # -- the block

    def __enter__(self) -> Self:
        """Begin a block whose output is kept in ``logs/user_log.txt``."""
        if self._block is None:
            self._block = Capture(self._folder.logs / USER_LOG)
            self._block.start()
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        """End the run as the block ended; an exception goes on up."""
        self._stop_block()
        if error is not None:
            self._finish_with(error)
        elif (
            self._folder.ended is None
        ):  # ended in the block: that was meant, and no warning is due
            self.complete()

    def _stop_block(self) -> None:
        block, self._block = self._block, None
        if block is not None:
            block.stop()

    # -- how it stands

    def _status(self) -> Status:
        from jupyter_runs.journal import read_status

        if self._definition("driver"):
            from jupyter_runs.jobs.recover import look_after

            look_after(self._folder)
        with self._reading() as reader:
            return read_status(self._folder, reader)

    def get_status(self) -> str:
        """Return the status, as it is now.

        One of NotStarted, Queued, Preparing, Provisioning, Starting, Running, CancelRequested,
        Finalizing, Completed, Failed, Canceled, NotResponding.
        """
        return self._status().status

    @property
    def status(self) -> str:
        """The status, as it is now."""
        return self.get_status()

    # -- waiting

    def wait_for_completion(
        self,
        show_output: bool = False,
        wait_post_processing: bool = False,  # noqa: ARG002 - a run has ended when its files are taken up
        raise_on_error: bool = True,
    ) -> dict[str, Any]:
        """Wait until the run has ended, and return its details.

        Ctrl-C ends the waiting, not the run.

        Parameters
        ----------
        show_output
            Print what comes into its newest log.
        wait_post_processing
            Of no effect here.
        raise_on_error
            Raise if the run fails; a canceled one raises nothing.

        Raises
        ------
        RunFailedError
            If the run failed, and `raise_on_error` is true.
        """
        import time

        for pause in self._waiting(show_output):
            time.sleep(pause)
        return self._ended(raise_on_error)

    async def wait(self, raise_on_error: bool = True) -> dict[str, Any]:
        """Wait as `wait_for_completion` does, and let other tasks run: ``await run.wait()``."""
        import asyncio

        for pause in self._waiting(show_output=False):
            await asyncio.sleep(pause)
        return self._ended(raise_on_error)

    def _waiting(self, show_output: bool) -> Any:
        follow = _Follow(self._folder.logs) if show_output else None
        if follow is not None:
            print(f"RunId: {self.id}")  # noqa: T201 - asked for
        pause = _POLL_FIRST
        while self._status().status not in TERMINAL:
            if follow is not None and follow.show():
                pause = _POLL_FIRST
            yield pause
            pause = min(pause * 1.3, _POLL_MOST)
        if follow is not None:
            follow.show()
            print(f"\nRunId: {self.id}\nStatus: {self.get_status()}")  # noqa: T201 - asked for

    def _ended(self, raise_on_error: bool) -> dict[str, Any]:
        status = self._status()
        if raise_on_error and status.status == "Failed":
            text = f"run {self.id} failed: {status.message or 'no reason was given'}"
            raise RunFailedError(f"{text}\n{status.details}" if status.details else text)
        details: dict[str, Any] = self.get_details()  # type: ignore[attr-defined]
        return details


class _Follow:
    """Prints what comes into the logs: those of the driver where there is one, else the newest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Optional[Path] = None
        self._seen: dict[Path, int] = {}

    def show(self) -> bool:
        """Print what is new; tell whether there was anything."""
        shown = [self._show(file) for file in self._files()]  # all of them, and not the first alone
        return any(shown)

    def _show(self, log: Path) -> bool:
        try:
            with log.open("rb") as file:
                file.seek(self._seen.get(log, 0))
                new = file.read()
        except OSError:
            return False
        if not new:
            return False
        if log != self._file:
            self._file = log
            print(f"\nStreaming {log.name}\n{'=' * (10 + len(log.name))}\n")  # noqa: T201
        self._seen[log] = self._seen.get(log, 0) + len(new)
        print(new.decode("utf-8", "replace"), end="", flush=True)  # noqa: T201 - asked for
        return True

    def _files(self) -> list[Path]:
        try:
            entries = [entry for entry in os.scandir(self._folder) if entry.is_file()]
            found = [(entry.stat().st_mtime, Path(entry.path)) for entry in entries]
        except OSError:
            return []
        drivers = sorted(
            log for _, log in found if log.name[:2].isdigit()
        )  # in the order of phases
        return drivers or [log for _, log in sorted(found)[-1:]]


def _interruptions() -> tuple[type[BaseException], ...]:
    """Return the exceptions that stop something without anything having failed."""
    # whoever raises asyncio's has imported it; a script that only logs need not wait for that
    asyncio = sys.modules.get("asyncio")
    canceled = (asyncio.CancelledError,) if asyncio is not None else ()
    return (KeyboardInterrupt, GeneratorExit, *canceled)


def _message(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def trace(error: BaseException) -> str:
    """Return an exception's traceback as text."""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def _who() -> str:
    from jupyter_runs._run.start import user

    return user()
