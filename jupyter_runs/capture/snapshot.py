"""A snapshot: the code a run was started from, as one zip file.

A snapshot holds the whole folder less what ``.amlignore`` (else ``.gitignore``) names, and is
called by a digest of what it holds: the same files again are the same snapshot, kept once per
workspace. Never taken: version control's own folders, caches, virtual environments, ``.env`` files
(they hold secrets by custom), and links that lead out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs.errors import (
    InvalidPathError,
    MissingPackageError,
    MissingPathError,
    SnapshotTooLargeError,
)
from jupyter_runs.journal import safe_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyter_runs._settings import SnapshotLimits

_NEVER_FOLDERS = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".ipynb_checkpoints",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".nox",
        ".hatch",
        "node_modules",
        ".jupyter_runs",
    ]
)
_LONGEST_WALK = 2.0  # seconds; a home folder is known to be too large long before its end
_YOUNG = 3600.0  # seconds
_TOLD = 5  # largest entries that an error names

_BLOCK = 1 << 20
_WORTH_A_LOOK, _SAMPLE = 1 << 16, 1 << 15  # bytes
_WORTH = 0.15  # packing 100 MB of numbers in text takes 7 s, and somebody waits for it

_lock = threading.Lock()
_taken: dict[tuple[Path, Path], tuple[tuple[tuple[str, int, int], ...], str]] = {}


class Entry(NamedTuple):
    """A file of a snapshot: its name there, where it lies, and what its ``stat`` said."""

    name: str
    path: str
    size: int
    mtime_ns: int
    executable: bool


def take_snapshot(
    folder: Path,
    store: Path,
    limits: SnapshotLimits,
    progress: Optional[Callable[[int, int], None]] = None,
) -> str:
    """Put what is in `folder` into the `store` of snapshots.

    Parameters
    ----------
    folder
        What to take.
    store
        The folder that keeps a workspace's snapshots; made if missing.
    limits
        What it may hold.
    progress
        Told how many bytes are done, and of how many, again and again.

    Returns
    -------
    str
        The snapshot's id: 32 hexadecimal digits, a digest of the names and contents.

    Raises
    ------
    SnapshotTooLargeError
        If `folder` is over the limits; its largest entries are named, and nothing was copied.
    MissingPathError
        If `folder` is not there.
    """
    entries = list_entries(folder, limits, leave_out=store.parent)
    state = tuple((entry.name, entry.size, entry.mtime_ns) for entry in entries)
    key = (folder.resolve(), store.resolve())
    with _lock:
        known = _taken.get(key)
        if known is not None and known[0] == state and _keep(store / f"{known[1]}.zip"):
            return known[1]  # a sweep starts many runs from files that did not change
        snapshot_id = _write(entries, store, progress)
        _taken[key] = (state, snapshot_id)
    return snapshot_id


def _keep(archive: Path) -> bool:
    """Mark a snapshot as used just now, so that nobody takes it for a forgotten one; False if it is not there."""
    try:
        os.utime(archive)
    except OSError:
        return False
    return True


def droppable(store: Path, snapshot_id: str) -> int:
    """Return how many bytes dropping a snapshot would free, 0 where it is not there, or would stay as too young."""
    try:
        told = os.lstat(store / f"{snapshot_id}.zip")
    except OSError:
        return 0
    return 0 if time.time() - told.st_mtime < _YOUNG else space_of(told)


def space_of(told: os.stat_result) -> int:
    """Return how many bytes a file takes on its disk."""
    blocks = getattr(told, "st_blocks", None)
    return told.st_size if blocks is None else blocks * 512


def drop_snapshots(store: Path, ids: Iterable[str], used: Callable[[str], bool]) -> int:
    """Remove snapshots that no run needs any more, and return how many bytes that has freed.

    Parameters
    ----------
    store
        The folder that keeps a workspace's snapshots.
    ids
        Which ones to look at.
    used
        Tells whether a run needs one.

    Notes
    -----
    One that was taken, or taken again, less than an hour ago stays: its run may not have said so yet.
    """
    freed = 0
    for snapshot_id in ids:
        archive = store / f"{snapshot_id}.zip"
        away = store / f".{snapshot_id}.{os.getpid()}.gone"
        try:
            if time.time() - archive.stat().st_mtime < _YOUNG or used(snapshot_id):
                continue
            archive.rename(away)
            told = away.stat()
            if time.time() - told.st_mtime < _YOUNG:  # taken again while we looked
                away.rename(archive)
                continue
            away.unlink()
            freed += space_of(told)
        except OSError:
            continue
    return freed


def list_entries(
    folder: Path, limits: SnapshotLimits, leave_out: Optional[Path] = None
) -> list[Entry]:
    """Return the files that a snapshot of `folder` would hold, by name.

    Raises
    ------
    SnapshotTooLargeError, MissingPathError
        As `take_snapshot` does.
    """
    if not folder.is_dir():
        raise MissingPathError(f"there is no folder {str(folder)!r} to take a snapshot of")
    entries: list[Entry] = []
    size = 0
    over_since: Optional[float] = None
    complete = True
    for entry in _walk(folder, leave_out):
        entries.append(entry)
        size += entry.size
        if over_since is None and (size > limits.size or len(entries) > limits.files):
            over_since = time.monotonic()
        # already over: go on only to name the largest entries, and not for long
        if over_since is not None and (
            time.monotonic() - over_since > _LONGEST_WALK
            or len(entries) > 50 * max(limits.files, 1)
        ):
            complete = False
            break
    if over_since is not None:
        raise SnapshotTooLargeError(_too_large(folder, entries, size, limits, complete=complete))
    return sorted(entries)


def extract_snapshot(archive: Path, folder: Path) -> None:
    """Unpack a snapshot into `folder`; never writes outside of it.

    Raises
    ------
    InvalidPathError
        If the archive holds a name that leads out of `folder`, or a link; nothing is unpacked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive) as source:
        members = []
        for info in source.infolist():
            mode = info.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise InvalidPathError(f"{archive} holds {info.filename!r}, which is not a file")
            members.append((info, safe_path(folder, info.filename), mode))
        for info, target, mode in members:
            if info.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open(info) as packed, target.open("wb") as file:
                while block := packed.read(1 << 20):
                    file.write(block)
            if mode & 0o100:
                target.chmod(target.stat().st_mode | 0o111)


def _walk(root: Path, leave_out: Optional[Path]) -> Iterator[Entry]:
    ignored = _Ignored(root)
    inside = root.resolve()
    away = os.path.realpath(leave_out) if leave_out is not None else None
    folders = [("", str(root))]
    while folders:
        prefix, path = folders.pop()
        try:
            found = sorted(os.scandir(path), key=lambda item: item.name)
        except OSError:
            continue  # not readable for us, or gone since
        if prefix:
            if any(item.name == "pyvenv.cfg" for item in found):
                continue
            ignored.enter(prefix, path)
        for item in found:
            name = prefix + item.name
            try:
                if item.is_dir(follow_symlinks=False):
                    if (
                        item.name not in _NEVER_FOLDERS
                        and not ignored.matches(name + "/")
                        and (away is None or os.path.realpath(item.path) != away)
                    ):
                        folders.append((name + "/", item.path))
                    continue
                if _is_private(item.name) or ignored.matches(name):
                    continue
                name.encode()  # a zip file holds only names that are text
                if item.is_symlink() and inside not in Path(item.path).resolve().parents:
                    continue
                status = item.stat()
                if stat.S_ISREG(status.st_mode):  # not a pipe, on which reading would wait for ever
                    executable = bool(status.st_mode & 0o100)
                    yield Entry(name, item.path, status.st_size, status.st_mtime_ns, executable)
            except (OSError, RuntimeError, UnicodeError):
                continue  # gone since, or a link to itself, or a name that is no text


def _is_private(name: str) -> bool:
    return name == ".env" or name.startswith(".env.") or name == ".envrc"


class _Ignored:
    """What the ignore files say: the root's ``.amlignore`` alone, else every ``.gitignore``."""

    def __init__(self, root: Path) -> None:
        self._specs: list[tuple[str, Any]] = []
        self._nested = not (root / ".amlignore").is_file()
        self._add("", root / (".gitignore" if self._nested else ".amlignore"))

    def enter(self, prefix: str, path: str) -> None:
        if self._nested:
            self._add(prefix, Path(path) / ".gitignore")

    def _add(self, prefix: str, file: Path) -> None:
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return
        try:
            from pathspec import GitIgnoreSpec
        except ImportError:
            raise MissingPackageError(
                f"{file} says what to leave out, and reading it needs pathspec: pip install pathspec"
            ) from None
        try:
            self._specs.append((prefix, GitIgnoreSpec.from_lines(lines)))
        except ValueError as error:
            raise InvalidPathError(f"{file} has a pattern that can't be read: {error}") from None

    def matches(self, name: str) -> bool:
        # as git does: the file nearest to the name has the last word
        for prefix, spec in reversed(self._specs):
            if name.startswith(prefix):
                include = spec.check_file(name[len(prefix) :]).include
                if include is not None:
                    return bool(include)
        return False


def _write(
    entries: list[Entry], store: Path, progress: Optional[Callable[[int, int], None]] = None
) -> str:
    done, total = 0, sum(entry.size for entry in entries)
    store.mkdir(parents=True, exist_ok=True)
    part = store / f".{os.getpid()}-{os.urandom(6).hex()}.part"
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for entry in entries:
                # a fixed time, so that equal contents are equal files
                info = zipfile.ZipInfo(entry.name, (1980, 1, 1, 0, 0, 0))
                info.external_attr = (stat.S_IFREG | (0o755 if entry.executable else 0o644)) << 16
                content = hashlib.sha256()
                try:
                    source = open(entry.path, "rb")  # noqa: SIM115, PTH123 - it may be gone since
                except OSError:
                    continue
                with source:
                    block = source.read(_BLOCK)
                    info.compress_type = _method(entry.size, block)
                    with archive.open(info, "w", force_zip64=entry.size > 1 << 30) as packed:
                        while block:
                            content.update(block)
                            packed.write(block)
                            done += len(block)
                            if progress is not None:
                                progress(done, total)
                            block = source.read(_BLOCK)
                line = f"{entry.name}\0{int(entry.executable)}\0{content.hexdigest()}\n"
                digest.update(line.encode("utf-8", "surrogateescape"))
        snapshot_id = digest.hexdigest()[:32]
        part.replace(store / f"{snapshot_id}.zip")
    finally:
        if part.exists():
            part.unlink()
    return snapshot_id


def _method(size: int, beginning: bytes) -> int:
    """Return how to store a file: a large one as it is, unless it is nearly empty, which packs at once."""
    if size < _WORTH_A_LOOK:
        return zipfile.ZIP_DEFLATED
    sample = beginning[:_SAMPLE]
    small = len(zlib.compress(sample, 1)) < _WORTH * len(sample)
    return zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED


def _too_large(
    folder: Path, entries: list[Entry], size: int, limits: SnapshotLimits, *, complete: bool
) -> str:
    by_entry: dict[str, list[int]] = {}
    for entry in entries:
        top, slash, _ = entry.name.partition("/")
        sizes = by_entry.setdefault(top + slash, [0, 0])
        sizes[0] += entry.size
        sizes[1] += 1
    # largest in what is over: bytes, or files
    place = 0 if size > limits.size else 1
    largest = sorted(by_entry.items(), key=lambda item: item[1][place], reverse=True)[:_TOLD]
    told = ", ".join(f"{name} ({_megabytes(of[0])} in {of[1]:,} files)" for name, of in largest)
    more = "" if complete else "more than "
    return (
        f"{folder} holds {more}{_megabytes(size)} in {len(entries):,} files, and a snapshot takes "
        f"at most {_megabytes(limits.size)} in {limits.files:,}. Largest: {told}. Name what is not "
        "needed in a .amlignore file there, choose another folder, or raise the limits "
        "(JUPYTER_RUNS_SNAPSHOT_MAX_MB, JUPYTER_RUNS_SNAPSHOT_MAX_FILES)"
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"
