"""One run's folder: where things lie, how it is made, what others ask of it and how it ended."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
import time
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Optional, Union

from .errors import InvalidPathError, RunExistsError, RunNotFoundError, shown
from .events import open_plain

SYSTEM = "system"  # the group of metrics that say what a submitted run uses of its machine
TERMINAL = frozenset({"Completed", "Failed", "Canceled"})
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\Z")
_LONGEST_PART = 255


def check_run_id(run_id: Any) -> str:
    """Return ``run_id`` if it may be one.

    Raises
    ------
    InvalidPathError
        If it is not 1 to 100 letters, digits, ``_`` and ``-``, the first a letter or digit.
    """
    if not isinstance(run_id, str) or not RUN_ID.match(run_id):
        raise InvalidPathError(
            f"{shown(run_id)} is no run id: 1 to 100 letters, digits, '_' and '-', the first a letter or digit"
        )
    return run_id


def safe_path(base: Union[str, Path], name: Any) -> Path:
    r"""Return the path of ``name`` inside ``base``, links followed.

    Parameters
    ----------
    base
        The folder that the path must not leave.
    name
        A relative path with ``/`` between its parts, as strangers may give it.

    Raises
    ------
    InvalidPathError
        If it is empty, absolute, has ``..``, control characters or ``\\``, or a link that leads out of ``base``.
    """
    text = os.fspath(name) if isinstance(name, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text:
        raise InvalidPathError(f"a file name is a non-empty string, got {shown(name)}")
    parts = PurePosixPath(text).parts
    if (
        text.startswith("/")
        or "\\" in text
        or re.match(r"[A-Za-z]:", text)
        or any(ord(c) < 32 or ord(c) == 127 for c in text)
        or ".." in parts
        or not parts
        or any(
            len(os.fsencode(p.encode("utf-8", "surrogatepass").decode("utf-8", "replace")))
            > _LONGEST_PART
            for p in parts
        )
    ):
        raise InvalidPathError(
            f"{shown(text)} is no path inside the run: give a relative one like 'outputs/model.pkl', without '..'"
        )
    try:
        root = Path(base).resolve()
        path = root.joinpath(*parts)
        inside = path.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidPathError(f"{shown(text)} cannot be a path here: {error}") from None
    if inside != root and root not in inside.parents:
        raise InvalidPathError(f"{shown(text)} leads out of {root}; give a path inside it")
    return path


def open_below(root: Union[str, Path], name: Any) -> int:
    """Open a file below ``root`` to read, and follow no link on the way; ``root`` itself may be one.

    Raises
    ------
    InvalidPathError
        If the name can be none of a file inside ``root``: see :func:`safe_path`.
    FileNotFoundError
        If there is no such file: a folder, a link, a pipe is none.
    """
    path = safe_path(root, name)
    parts = PurePosixPath(os.fspath(name)).parts
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)
    fd = -1
    if os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW"):
        # part by part, so that nobody can put a link there between the look and the opening
        try:
            at = os.open(root, flags | os.O_DIRECTORY)
            try:
                for part in parts[:-1]:
                    inner = os.open(part, flags | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
                    os.close(at)
                    at = inner
                last = flags | os.O_NOFOLLOW | os.O_NONBLOCK  # opening a pipe would wait
                fd = os.open(parts[-1], last, dir_fd=at)
            finally:
                os.close(at)
        except (OSError, ValueError):  # ValueError: a name that this file system can't have
            pass
        if fd >= 0 and not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            fd = -1
    elif path == path.resolve():
        fd = open_plain(path)
    if fd < 0:
        raise FileNotFoundError(f"there is no file {shown(name)}")
    return fd


def write_new(path: Path, data: bytes) -> bool:
    """Make ``path`` with ``data`` at once, or leave it as it stands; tell whether this call made it.

    The content is complete from the moment the name exists, so that a reader never sees half of it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.write_bytes(data)
    try:
        os.link(draft, path)
        return True
    except FileExistsError:
        return False
    except OSError:  # no hard links here: the name is taken first, the content follows
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        return True
    finally:
        draft.unlink()


def read_json(path: Path) -> Optional[dict[str, Any]]:
    """Return the object in a small JSON file, or None where there is none (yet)."""
    try:
        fd = open_plain(path, follow=True)
        if fd < 0:
            return None
        with open(fd, "rb") as file:
            found = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


class RunFolder:
    """The folder ``<home>/<workspace>/runs/<run id>``.

    Parameters
    ----------
    path
        The folder; it need not exist until something of it is read.
    """

    def __init__(self, path: Union[str, os.PathLike[str]]) -> None:
        self.path = Path(path)
        self._definition: Optional[dict[str, Any]] = None

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    @property
    def id(self) -> str:
        """The run's id, which is the folder's name."""
        return self.path.name

    @property
    def definition(self) -> dict[str, Any]:
        """What never changes (``run.json``).

        Raises
        ------
        RunNotFoundError
            If there is no run in this folder.
        """
        if self._definition is None:
            found = read_json(self.path / "run.json")
            if found is None:
                raise RunNotFoundError(
                    f"there is no run in {self.path}: run.json is missing or cannot be read"
                )
            self._definition = found
        return self._definition

    @cached_property
    def journal(self) -> Path:
        """Where each writer has its folder."""
        return self.path / "journal"

    @property
    def payload(self) -> Path:
        """Bodies too large for a line."""
        return self.path / "payload"

    @property
    def outputs(self) -> Path:
        """Files that the run made."""
        return self.path / "outputs"

    @property
    def logs(self) -> Path:
        """Logs of the run."""
        return self.path / "logs"

    @cached_property
    def control(self) -> Path:
        """What others ask of the run, and how it ended."""
        return self.path / "control"

    @classmethod
    def create(
        cls, workspace: Union[str, os.PathLike[str]], run_id: str, definition: dict[str, Any]
    ) -> RunFolder:
        """Make a run's folder in a workspace's folder.

        Parameters
        ----------
        workspace
            The workspace's folder, ``<home>/<workspace>``.
        run_id
            The new run's id.
        definition
            What never changes; ``id`` and ``created`` (seconds since 1970) are filled in.

        Raises
        ------
        RunExistsError
            If there is a run of that id.
        """
        base = Path(workspace)
        runs = base / "runs"
        folder = cls(runs / check_run_id(run_id))
        try:
            try:
                folder.path.mkdir()
            except FileNotFoundError:
                runs.mkdir(parents=True, exist_ok=True)
                folder.path.mkdir()
        except FileExistsError:
            raise RunExistsError(
                f"there is a run {run_id!r} in {base} already; leave run_id out, or choose another"
            ) from None
        for part in (folder.journal, folder.control):
            part.mkdir()
        whole = {**definition, "id": run_id, "created": definition.get("created", time.time())}
        draft = folder.path / ".run.json"
        draft.write_text(json.dumps(whole, indent=1, default=str) + "\n", encoding="utf-8")
        os.replace(
            draft, folder.path / "run.json"
        )  # a run without it is no run: nobody sees a half-made one
        folder._definition = whole
        folder.announce("created", experiment=whole.get("experiment"))
        parent = whole.get("parent")
        if isinstance(parent, str) and RUN_ID.match(parent):
            from .children import note_children

            note_children(cls(runs / parent), [run_id])
        return folder

    def announce(self, what: str, **fields: Any) -> None:
        """Add a line to the workspace's feed; it is a hint, so a failure is nothing to tell."""
        line = (
            json.dumps({"t": time.time(), "run": self.id, "what": what, **fields}, default=str)
            + "\n"
        )
        try:
            fd = os.open(
                self.path.parent.parent / "runs.jsonl",
                os.O_WRONLY | os.O_APPEND | os.O_CREAT,
                0o600,
            )
            try:
                os.write(fd, line.encode())
            finally:
                os.close(fd)
        except OSError:
            pass

    def request_cancel(self, by: str = "") -> None:
        """Ask whoever runs this to stop; asking again changes nothing."""
        self.control.mkdir(exist_ok=True)
        write_new(self.control / "cancel", json.dumps({"time": time.time(), "by": by}).encode())

    @property
    def cancel_requested(self) -> Optional[dict[str, Any]]:
        """Who asked to stop and when, or None."""
        return read_json(self.control / "cancel")

    def end(
        self,
        status: str,
        *,
        code: Optional[str] = None,
        message: Optional[str] = None,
        details: Optional[str] = None,
        by: Optional[str] = None,
        ended: Optional[float] = None,
    ) -> bool:
        """End the run; the first end stands.

        Returns
        -------
        bool
            True if this call ended it, False if it had ended before.
        """
        if status not in TERMINAL:
            raise ValueError(f"{status!r} is no end; one of {', '.join(sorted(TERMINAL))}")
        end = {
            "status": status,
            "time": time.time() if ended is None else ended,
            "code": code,
            "message": message,
            "details": details,
            "by": by,
        }
        first = write_new(self.control / "end", json.dumps(end, default=str).encode())
        if first:
            self.announce("ended", status=status)
        return first

    def say_finished(self, status: str, **end: Any) -> bool:
        """Say, in the script of a run that a driver looks after, how it is to end; the first who says so is heard."""
        self.control.mkdir(exist_ok=True)
        said = json.dumps({"status": status, **end}, default=str).encode()
        return write_new(self.control / "finish", said)

    @property
    def finish_said(self) -> Optional[dict[str, Any]]:
        """What the script said of its end (``status``, ``code``, ``message``, ``details``), None if it did not."""
        found = read_json(self.control / "finish")
        if found is None or found.get("status") not in TERMINAL:
            return None
        return {key: found.get(key) for key in ("status", "code", "message", "details")}

    @property
    def stage(self) -> Optional[dict[str, Any]]:
        """Where its driver says that it is: ``status``, ``text``, ``time``, ``started``; None before that."""
        return read_json(self.control / "status")

    @property
    def ended(self) -> Optional[dict[str, Any]]:
        """How the run ended, or None while it has not."""
        found = read_json(self.control / "end")
        status = None if found is None else found.get("status")
        return found if isinstance(status, str) and status in TERMINAL else None
