"""Where the index lies: a file in a cache folder on a disk of this machine."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from jupyter_runs._settings import absolute
from jupyter_runs.journal.mapping import file_system

URL = "JUPYTER_RUNS_INDEX_URL"
# SQLite's locks, and the memory that its processes share, can't be relied on there
_NETWORK = frozenset(
    {
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)


def cache_folder() -> Path:
    """Return the folder for what can be made again.

    ``JUPYTER_RUNS_CACHE`` if it is set, else ``jupyter-runs`` in the platform's cache folder. Where that lies on a network, or can't be
    written to, a folder of this user's own below the temporary one.
    """
    chosen = os.environ.get("JUPYTER_RUNS_CACHE")
    folder = absolute(chosen) if chosen else _by_platform() / "jupyter-runs"
    return folder if _usable(folder) else private_folder()


def _by_platform() -> Path:
    try:
        home = Path.home()
    except RuntimeError:  # no home, no user of that number
        home = Path(tempfile.gettempdir()) / f"no-home-{_user()}"
    if sys.platform == "darwin":
        return home / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if Path(named).is_absolute() else home / ".cache"


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK) and not on_network(folder)


def on_network(folder: Path) -> bool:
    """Tell whether a folder lies on another machine's disk, as far as this one says (Linux)."""
    try:
        kind = file_system(folder)
    except OSError:
        return False
    # of what runs as a process of its own (sshfs, s3fs …) nobody knows
    return kind in _NETWORK or kind == "fuse" or kind.startswith("fuse.")


def private_folder() -> Path:
    """Return a folder below the temporary one that nobody else can have prepared."""
    folder = Path(tempfile.gettempdir()) / f"jupyter-runs-{_user()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        told = folder.lstat()
        mine = not hasattr(os, "getuid") or told.st_uid == os.getuid()
        if stat.S_ISDIR(told.st_mode) and mine and not told.st_mode & 0o022:
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="jupyter-runs-"))


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


class Files:
    """The database files of one home in a folder, each a generation: a damaged one is left behind for the next.

    A name is never used again: what a process that has not noticed yet does to the old one can't harm the new.

    Parameters
    ----------
    folder
        The cache folder.
    home
        The folder that holds the workspaces.
    schema
        The version of the tables.
    """

    def __init__(self, folder: Path, home: Path, schema: int) -> None:
        self.folder = folder
        self._stem = f"index-{digest(home)}-v{schema}-"

    def _generations(self) -> list[int]:
        found = []
        for name in (entry.name for entry in self.folder.iterdir()):
            middle = name[len(self._stem) : -3]
            if name.startswith(self._stem) and name.endswith(".db") and middle.isdigit():
                found.append(int(middle))
        return sorted(found)

    def _path(self, generation: int) -> Path:
        return self.folder / f"{self._stem}{generation}.db"

    def newest(self) -> Path:
        """Return the file of now, which need not be there yet."""
        return self._path((self._generations() or [1])[-1])

    def following(self, left: Path) -> Path:
        """Return the file to go on with, and remove those before it.

        Parameters
        ----------
        left
            The file that is of no use any more; where another process has gone on from it already, so does this one.
        """
        generations = self._generations()
        number = int(left.name[len(self._stem) : -3])
        now = max([number + 1, *generations])
        for generation in generations:
            if generation < now:
                remove(self._path(generation))
        self._path(now).touch(mode=0o600)
        return self._path(now)


def digest(home: Path) -> str:
    """Return what stands for a home in names."""
    return hashlib.sha256(os.fsencode(os.path.realpath(home))).hexdigest()[:16]


def exists(home: Path) -> bool:
    """Tell whether somebody has made an index of a home, of whatever version."""
    if os.environ.get(URL):
        return True
    start = f"index-{digest(home)}-"
    return any(entry.name.startswith(start) for entry in cache_folder().iterdir())


def remove(path: Path) -> None:
    """Remove a database file, and what SQLite keeps beside it."""
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm"), Path(f"{path}-journal")):
        try:
            name.unlink()
        except OSError:
            pass
