"""One build as it goes on: its log, its phases, and its commands, which can be stopped."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Callable, Optional

from jupyter_runs.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence

_ASKED_EVERY = 0.2  # seconds between questions whether the build is still wanted
_GRACE = 3.0  # seconds from asking a command to stop to killing it
_DETAILS = 30  # lines of the log that an error brings along
_KEPT = 400  # lines of a command's output to find the reason of its failure in
_POSIX = os.name == "posix"
_SHEPHERD = str(Path(__file__).with_name("shepherd.py"))
# what would let packages of another environment shine through
_LEAKS = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
)


class Canceled(Exception):  # noqa: N818 - not an error: somebody wanted it so
    """The build is no longer wanted; all its processes are gone."""


class Job:
    """What a build is given, and what it has said so far.

    Parameters
    ----------
    log
        Takes what is said and what commands print; nothing is written to it before there is
        something to say.
    canceled
        Asked about five times a second.
    phase
        Told in a line what is being done.
    """

    def __init__(
        self, log: BinaryIO, canceled: Callable[[], bool], phase: Callable[[str], None]
    ) -> None:
        self._log = log
        self._canceled = canceled
        self.phase = phase
        self.kept_open: tuple[int, ...] = ()  # descriptors that commands hold too
        self.last_output: list[str] = []
        self.warnings: list[str] = []  # what whoever uses the environment is to know
        self._said: deque[str] = deque(maxlen=_DETAILS)

    def say(self, line: str) -> None:
        """Write a line of our own into the log."""
        self._said.append(line)
        self._write(f"{line}\n".encode(errors="replace"))

    def warn(self, line: str) -> None:
        """Write a line of our own into the log, and have each run that uses the environment told of it."""
        self.warnings.append(line)
        self.say(line)

    def check(self) -> None:
        """Raise `Canceled` if the build is no longer wanted."""
        if self._canceled():
            raise Canceled

    def wait(self) -> None:
        """Let a moment pass, as long as the build is wanted."""
        self.check()
        time.sleep(_ASKED_EVERY)

    def failed(self, reason: str) -> BuildError:
        """Return the error that ends the build, with the end of its log."""
        error = BuildError(reason, "\n".join(self._said))
        self.say(f"failed: {reason}")
        return error

    def run(self, command: Sequence[str], variables: Optional[dict[str, str]] = None) -> int:
        """Run a command to its end and return its exit code; its output goes to the log.

        Raises
        ------
        Canceled
            If it was stopped because the build is no longer wanted.
        """
        self.check()
        self.say(f"$ {' '.join(command)}")
        environment = {key: value for key, value in os.environ.items() if key not in _LEAKS}
        plain = {
            "NO_COLOR": "1",
            "PIP_NO_COLOR": "1",
        }  # a kernel asks for colours, which a log has no use for
        environment.update(
            {"PYTHONUNBUFFERED": "1", "PYTHONNOUSERSITE": "1", **plain}, **(variables or {})
        )
        lifeline, ours = os.pipe()
        try:
            try:
                process = _start(command, environment, lifeline, self.kept_open)
            finally:
                os.close(lifeline)
            try:
                return self._follow(process)
            finally:
                _stop(process)
        except OSError as error:
            self.say(str(error))
            self.last_output = [str(error)]
            return 127
        finally:
            os.close(ours)

    def _follow(self, process: subprocess.Popen[bytes]) -> int:
        printed: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_read, args=(process.stdout, printed), daemon=True).start()
        lines = _Lines()
        asked = time.monotonic()
        ended = False
        while True:
            try:
                data = printed.get(timeout=_ASKED_EVERY)
                if not data:
                    break
                self._write(data)
                lines.take(data)
            except queue.Empty:
                pass
            if time.monotonic() - asked >= _ASKED_EVERY:
                asked = time.monotonic()
                self.check()
                if ended:
                    break  # something that it left behind holds its output open
                ended = process.poll() is not None
        self.last_output = lines.all()
        self._said.extend(self.last_output[-_DETAILS:])
        while True:  # it may have closed its output long before its end
            try:
                return process.wait(_ASKED_EVERY)
            except subprocess.TimeoutExpired:
                self.check()

    def _write(self, data: bytes) -> None:
        try:
            self._log.write(data)
            self._log.flush()
        except OSError:
            pass  # a full disk will end the build soon enough, with a better reason


class _Lines:
    """The newest lines of an output that comes in pieces; a line drawn over is its last state."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_KEPT)
        self._open = b""

    def take(self, data: bytes) -> None:
        *whole, self._open = (self._open + data).split(b"\n")
        self._lines.extend(map(_text, whole))

    def all(self) -> list[str]:
        return [*self._lines, *([_text(self._open)] if self._open else [])]


def _text(line: bytes) -> str:
    return line.rstrip(b"\r").rsplit(b"\r", 1)[-1].decode("utf-8", "replace")


def _read(output: Optional[IO[bytes]], printed: queue.SimpleQueue[bytes]) -> None:
    assert output is not None
    with output:
        while True:
            data = os.read(output.fileno(), 1 << 16)
            printed.put(data)
            if not data:
                return


def _start(
    command: Sequence[str], environment: dict[str, str], lifeline: int, more: tuple[int, ...]
) -> subprocess.Popen[bytes]:
    if not _POSIX:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    return subprocess.Popen(
        [sys.executable, "-I", "-S", _SHEPHERD, str(lifeline), *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(lifeline, *more),
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the command and all that it has started."""
    if not _POSIX:
        if process.poll() is None:
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(process.pid)],
                check=False,
                capture_output=True,
            )
        process.wait()
        return
    if process.poll() is None and _signal(process.pid, signal.SIGTERM):
        until = time.monotonic() + _GRACE
        while _signal(process.pid, 0) and time.monotonic() < until:
            process.poll()  # a dead leader is still there until it is asked for
            time.sleep(0.02)
    _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
