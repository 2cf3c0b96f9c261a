"""Is the process that writes here still there? A lock that the system frees at death says so; the rest gives the reason."""

from __future__ import annotations

import errno
import os
import platform
import struct
import sys
import time
from pathlib import Path
from typing import Any, Optional, Union

try:
    import fcntl
except ImportError:  # Windows: no lock that others can look at, the process id decides
    fcntl = None  # type: ignore[assignment]

# Files locked by this process: a POSIX lock goes when *any* descriptor of the file is closed here, so we never open them.
_held: set[tuple[int, int]] = set()
_boot: Optional[str] = None
_BEATS_AGO = 30.0  # seconds: three signs of life would have come


def boot_id() -> str:
    """Return what tells this start of this machine from any other."""
    global _boot
    if _boot is None:
        forced = os.environ.get(
            "JUPYTER_RUNS_BOOT_ID"
        )  # for tests of a journal that comes from elsewhere
        try:
            _boot = (
                forced
                or Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
            )
        except OSError:
            _boot = f"host:{platform.node()}"
    return _boot


def pid_namespace() -> str:
    """Return the namespace in which process ids of this process mean something."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def process_start(pid: int) -> Optional[str]:
    """Return when ``pid`` started (clock ticks since boot), "" where that can't be told, None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rsplit(b")", 1)[1].split()
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):
            return None
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        except OSError:
            pass
        return ""
    except (OSError, IndexError):
        return ""
    return None if fields[0] in (b"Z", b"X") else fields[19].decode()


def own_facts() -> dict[str, Any]:
    """Return what others need to tell whether this process lives, and to say which one it was."""
    pid = os.getpid()
    return {
        "pid": pid,
        "started": process_start(pid) or "",
        "host": platform.node(),
        "boot": boot_id(),
        "pidns": pid_namespace(),
        "python": platform.python_version(),
        "platform": sys.platform,
    }


class Alive:
    """The lock on a writer's ``alive`` file, held for the writer's life; a forked child does not inherit it.

    ``held`` is False where another process has it.
    """

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        self._beats = 0
        self.held = True
        status = os.fstat(self._fd)
        self._key = (status.st_dev, status.st_ino)
        self._lock()
        _held.add(self._key)

    def _lock(self) -> None:
        if fcntl is not None:
            try:
                fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.held = True
            except OSError as error:
                # else no locks on this file system: the process id and the beats decide
                self.held = error.errno not in (errno.EAGAIN, errno.EACCES)

    def beat(self) -> None:
        """Show a sign of life to whoever looks from another machine."""
        self._lock()  # it is lost when this process opens and closes the file, to copy it, say
        self._beats += 1
        os.pwrite(self._fd, b"%d\n" % self._beats, 0)

    def release(self) -> None:
        """Let go of the lock."""
        _held.discard(self._key)
        os.close(self._fd)

    def forget(self) -> None:
        """In a forked child: the parent's lock is not ours."""
        _held.discard(self._key)
        os.close(self._fd)


def is_locked(path: Union[str, Path]) -> Optional[bool]:
    """Tell whether some process holds the lock on ``path``; None where that can't be told."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    if (status.st_dev, status.st_ino) in _held:
        return True
    if fcntl is None:
        return None
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    try:
        return _locked_by_another(fd)
    except OSError:  # no locks on this file system
        return None
    finally:
        os.close(fd)


def _locked_by_another(fd: int) -> bool:
    """Ask, without taking the lock: taking it, even for a moment, could keep its owner out."""
    if sys.platform == "darwin":
        asked = struct.pack("qqihh", 0, 0, 0, fcntl.F_WRLCK, 0)
        return bool(
            struct.unpack("qqihh", fcntl.fcntl(fd, fcntl.F_GETLK, asked))[3] != fcntl.F_UNLCK
        )
    asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
    return bool(struct.unpack("hhqqi4x", fcntl.fcntl(fd, fcntl.F_GETLK, asked))[0] != fcntl.F_UNLCK)


def same_machine(facts: dict[str, Any]) -> bool:
    """Tell whether a writer's facts speak of this start of this machine (other containers of it too)."""
    return facts.get("boot") == boot_id()


def rebooted(facts: dict[str, Any], alive: Path) -> bool:
    """Tell whether the writer ran on this machine before it was started anew.

    A name is not enough, for two machines may share one: the last sign of life is older than this start, too.
    """
    if same_machine(facts) or facts.get("host") != platform.node() or not facts.get("boot"):
        return False
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return False
    now = time.time()
    try:
        beat = os.stat(alive).st_mtime
    except (OSError, ValueError):
        return False
    return beat < now - max(time.clock_gettime(time.CLOCK_BOOTTIME), _BEATS_AGO)


def process_gone(facts: dict[str, Any]) -> Optional[bool]:
    """Tell by process id and start time whether the writer's process ended; None where ids mean nothing here."""
    pid = facts.get("pid")
    if not same_machine(facts) or facts.get("pidns") != pid_namespace() or not isinstance(pid, int):
        return None
    started = process_start(pid)
    return started is None or bool(started and facts.get("started") and started != facts["started"])
