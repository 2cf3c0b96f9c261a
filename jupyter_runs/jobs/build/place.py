"""Where built environments lie: one folder for each definition, complete once its last file is."""

from __future__ import annotations

import errno
import os
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs._settings import make_private, read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_runs.jobs.build.process import Job

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

BUILT = "built"
MARK = "jupyter_runs.json"  # in a built environment, written last
ASKED = (".txt", ".yml")  # beside it while it is built: what pip or conda is asked for
_TRASH = ".trash-"


class Build(NamedTuple):
    """An environment that was built."""

    hash: str
    folder: Path
    kind: str
    python_version: str
    names: list[str]
    built: float
    last_used: float
    size: int


class Place:
    """The folder of one definition.

    Parameters
    ----------
    store
        The workspace's folder ``environments``.
    key
        The definition's hash.
    """

    def __init__(self, store: Path, key: str) -> None:
        self.folder = store.absolute() / BUILT / key
        self._mark = self.folder / MARK

    def _beside(self, suffix: str) -> Path:
        return self.folder.with_name(self.folder.name + suffix)

    @contextmanager
    def asked(self, suffix: str, text: str) -> Iterator[Path]:
        """Lend a file that says what to install: beside the folder, readable by its owner alone.

        It is there for as long as it is read: the URL of an index may hold a password.
        """
        path = self._beside(suffix)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def complete(self) -> Optional[dict[str, Any]]:
        """Return what is known of the environment, None if it is not wholly there.

        One that was moved here from elsewhere, or whose Python was taken away since, is not.
        """
        facts = read_json(self._mark)
        python = facts.get("python")
        if facts.get("folder") != str(self.folder) or not isinstance(python, str):
            return None
        return facts if os.access(python, os.X_OK) else None

    def seal(self, facts: dict[str, Any]) -> None:
        """Say that the environment is complete."""
        write_json(self._mark, {"folder": str(self.folder), "built": time.time(), **facts})

    def used(self) -> None:
        """Note that it is used now."""
        try:
            os.utime(self._mark)
        except OSError:
            pass  # somebody else's, shared for reading

    def clear(self) -> None:
        """Remove the folder, and what killed builds and removals may have left."""
        for suffix in ASKED:
            self._beside(suffix).unlink(missing_ok=True)
        if self.folder.exists():
            self.folder.rename(self.folder.with_name(f"{_TRASH}{os.urandom(6).hex()}"))
        for trash in self.folder.parent.glob(f"{_TRASH}*"):
            shutil.rmtree(trash, ignore_errors=True)

    @contextmanager
    def held(self, job: Optional[Job] = None) -> Iterator[int]:
        """Hold the lock of this place; the system gives it back when its holder dies.

        Parameters
        ----------
        job
            Waits while another holds it, and is told; without one, it is an error.

        Raises
        ------
        BlockingIOError
            If another holds it and there is no `job`.
        """
        make_private(self.folder.parent)
        descriptor = os.open(self._beside(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            told = False
            while not _lock(descriptor):
                if job is None:
                    raise BlockingIOError(errno.EAGAIN, f"{self.folder.name} is being built")
                if not told:
                    job.phase("waiting for another run that builds the same environment")
                    told = True
                job.wait()
            yield descriptor
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES, errno.EDEADLK, errno.EINTR}:
            return False
        raise
    return True


def builds(store: Path) -> list[Build]:
    """Return the environments built in `store`, the one longest unused first, with their sizes.

    Parameters
    ----------
    store
        The workspace's folder ``environments``.
    """
    found = []
    for mark in (store / BUILT).glob(f"*/{MARK}"):
        facts = read_json(mark)
        try:
            last_used = mark.stat().st_mtime
        except OSError:
            continue  # removed meanwhile
        found.append(
            Build(
                mark.parent.name,
                mark.parent,
                str(facts.get("kind")),
                str(facts.get("python_version")),
                list(facts.get("names") or ()),
                float(facts.get("built") or 0),
                last_used,
                _size(mark.parent),
            )
        )
    return sorted(found, key=lambda build: build.last_used)


def remove_build(store: Path, key: str) -> None:
    """Remove a built environment; it is built anew when it is next asked for.

    Raises
    ------
    BlockingIOError
        If it is being built. Whether a run uses it is for the caller to know.
    """
    place = Place(store, key)
    with place.held():
        place.clear()


def _size(folder: Path) -> int:
    total = 0
    counted: set[tuple[int, int]] = set()
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                about = os.lstat(os.path.join(root, name))  # noqa: PTH118 - thousands of them
            except OSError:
                continue
            if about.st_nlink > 1:
                if (about.st_dev, about.st_ino) in counted:
                    continue
                counted.add((about.st_dev, about.st_ino))
            total += about.st_size
    return total
