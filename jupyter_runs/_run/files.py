"""The files of a run: taken up, listed, handed out; and its snapshot."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, Optional, Union

from jupyter_runs._run.base import RunBase
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import (
    FileInRunError,
    FileNotInRunError,
    InvalidPathError,
    InvalidValueError,
    MissingPathError,
    SnapshotNotFoundError,
)
from jupyter_runs.journal import RunFolder, safe_path
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

StrPath = Union[str, "os.PathLike[str]"]

# what the journal keeps in the run's folder under these names is not for anyone to put files over
_RESERVED = frozenset(["run.json", "journal", "payload", "control"])
_BLOCK = 1 << 20


class TakenUp(dict[str, Any]):
    """A file that a run has taken up."""

    def __init__(self, path: Path, name: str) -> None:
        size = path.stat().st_size if path.exists() else 0
        super().__init__(name=name, path=str(path), size=size)

    def serialize(self) -> dict[str, Any]:
        """Return it as plain values."""
        return dict(self)


class RunFiles(RunBase):
    """The methods that deal with files."""

    def upload_file(self, name: str, path_or_stream: Any, overwrite: bool = False) -> TakenUp:
        """Take up a file.

        Parameters
        ----------
        name
            Its name in the run, with ``/`` between folders; by custom below ``outputs/`` or ``logs/``.
        path_or_stream
            The file's path, or something to read from (of bytes or text).
        overwrite
            Replace a file of that name.

        Returns
        -------
        TakenUp
            Its name, path and size.

        Raises
        ------
        FileInRunError
            If the run has a file of that name with other content; the same content again is fine.
        InvalidPathError
            If the name leads out of the run, or is one that the run needs itself.
        MissingPathError
            If there is no such file.
        """
        name = checked_name(name)
        if isinstance(path_or_stream, (str, os.PathLike)):
            source = Path(os.fspath(path_or_stream))
            try:
                stream: Any = source.open("rb")
            except FileNotFoundError:
                raise MissingPathError(f"there is no file {str(source)!r} to upload") from None
            except IsADirectoryError:
                raise MissingPathError(
                    f"{str(source)!r} is a folder; take it up with upload_folder"
                ) from None
            except OSError as error:
                raise MissingPathError(f"{str(source)!r} can't be read: {error}") from None
            with stream:
                self._take_up(name, stream, overwrite=overwrite)
        elif hasattr(path_or_stream, "read"):
            self._take_up(name, path_or_stream, overwrite=overwrite)
        else:
            raise InvalidValueError(
                f"upload_file takes a path or something to read from, not {shown(path_or_stream)}"
            )
        return TakenUp(self._path(name), name)

    def upload_files(
        self, names: Iterable[str], paths: Iterable[StrPath], overwrite: bool = False
    ) -> None:
        """Take up several files; the names and paths belong together in pairs.

        Raises
        ------
        InvalidValueError
            If there are not as many names as paths. The rest as `upload_file`.
        """
        listed_names, listed_paths = list(names), list(paths)
        if len(listed_names) != len(listed_paths):
            raise InvalidValueError(
                f"upload_files takes as many names as paths, not {len(listed_names)} and "
                f"{len(listed_paths)}"
            )
        for path in listed_paths:
            if not Path(path).is_file():
                raise MissingPathError(f"there is no file {os.fspath(path)!r} to upload")
        for name, path in zip(listed_names, listed_paths):
            self.upload_file(name, path, overwrite)

    def upload_folder(self, name: str, path: StrPath, overwrite: bool = False) -> None:
        """Take up all files below a folder, as ``name/<path below the folder>``.

        Links to folders are not followed.
        """
        folder = Path(path)
        if not folder.is_dir():
            raise MissingPathError(f"there is no folder {str(folder)!r} to upload")
        prefix = checked_name(name)
        for file in files_below(folder):
            below = file.relative_to(folder).as_posix()
            self.upload_file(f"{prefix}/{below}", file, overwrite)

    def get_file_names(self) -> list[str]:
        """Return the names of the run's files, sorted."""
        with self._reading() as reader:
            known = set(reader.files)
        found = {name for name in known if self._path(name).is_file()}
        for part in (self._folder.outputs, self._folder.logs):
            found.update(f.relative_to(self.folder).as_posix() for f in files_below(part))
        return sorted(found)

    def download_file(self, name: str, output_file_path: Optional[StrPath] = None) -> None:
        """Copy a file of the run.

        Parameters
        ----------
        name
            Its name, as `get_file_names` gives it.
        output_file_path
            Where to: a file, or a folder that is there; by default the current folder.

        Raises
        ------
        FileNotInRunError
            If the run has no such file; near names are listed.
        """
        source = self._path(checked_name(name))
        if not source.is_file():
            raise FileNotInRunError(
                f"run {self.id} has no file {name!r}: {did_you_mean(name, self.get_file_names())}"
            )
        base = PurePosixPath(name).name
        asked = os.fspath(output_file_path) if output_file_path is not None else base
        target = Path(asked)
        if target.is_dir() or asked.endswith(("/", os.sep)):
            target = target / base
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

    def download_files(
        self,
        prefix: Optional[str] = None,
        output_directory: Optional[StrPath] = None,
        append_prefix: bool = True,
    ) -> None:
        """Copy all files whose name begins with a prefix.

        Parameters
        ----------
        prefix
            Such as ``"outputs"``; all files by default.
        output_directory
            Where to; by default the current folder.
        append_prefix
            Keep the prefix in the paths of the copies.

        Raises
        ------
        FileNotInRunError
            If there is a prefix and no name begins with it.
        """
        target = Path(output_directory if output_directory is not None else ".")
        wanted = prefix or ""
        names = [name for name in self.get_file_names() if name.startswith(wanted)]
        if wanted and not names:
            raise FileNotInRunError(
                f"run {self.id} has no file whose name begins with {wanted!r}: "
                f"{did_you_mean(wanted, self.get_file_names())}"
            )
        for name in names:
            below = name if append_prefix else name[len(wanted) :].lstrip("/")
            self.download_file(name, safe_path(target, below or PurePosixPath(name).name))

    # -- snapshots

    def take_snapshot(self, path: StrPath) -> str:
        """Take a snapshot of a folder for the run, and return its id.

        Raises
        ------
        SnapshotTooLargeError
            If it is over the limits (300 MB or 2,000 files, see `_settings.snapshot_limits`).
        MissingPathError
            If there is no such folder.
        """
        from jupyter_runs._settings import snapshot_limits
        from jupyter_runs.capture.snapshot import take_snapshot

        folder = Path(path)
        snapshot_id = take_snapshot(
            folder, self._workspace.folder / "snapshots", snapshot_limits(self._workspace.folder)
        )
        self._writer.event("facts", snapshot=snapshot_id, snapshot_folder=str(folder.resolve()))
        return snapshot_id

    def get_snapshot_id(self) -> Optional[str]:
        """Return the id of the run's newest snapshot, None if it has none.

        Waits for a snapshot that is being taken in the background.
        """
        if self._own is not None and self._own.here:
            self._own.captured.wait(timeout=60)
        with self._reading() as reader:
            found = reader.facts.get("snapshot")
        return found if isinstance(found, str) else None

    def restore_snapshot(
        self, snapshot_id: Optional[str] = None, path: Optional[StrPath] = None
    ) -> str:
        """Copy a snapshot, a zip file, to where it can be looked at.

        Parameters
        ----------
        snapshot_id
            By default the run's own.
        path
            The folder to put it into; by default the current one.

        Returns
        -------
        str
            The path of the zip file, ``<path>/<snapshot id>.zip``.

        Raises
        ------
        SnapshotNotFoundError
            If there is no such snapshot.
        """
        wanted = snapshot_id or self.get_snapshot_id()
        if wanted is None:
            raise SnapshotNotFoundError(f"run {self.id} has no snapshot")
        try:
            kept = safe_path(self._workspace.folder / "snapshots", f"{wanted}.zip")
        except InvalidPathError:
            kept = None
        if kept is None or not kept.is_file() or "/" in wanted:
            raise SnapshotNotFoundError(
                f"there is no snapshot {wanted!r} in workspace {self._workspace.name!r}"
            )
        target = Path(path if path is not None else ".")
        target.mkdir(parents=True, exist_ok=True)
        return str(Path(shutil.copyfile(kept, target / kept.name)).resolve())

    # -- how it is done

    def _path(self, name: str) -> Path:
        return safe_path(self.folder, name)

    def _take_up(self, name: str, stream: BinaryIO, *, overwrite: bool) -> None:
        try:
            told = take_up(self._folder, name, stream, overwrite=overwrite)
        except OSError as error:
            self._writer.fault(error)  # a full disk, the folder gone: the training goes on
            return
        if told is not None:
            self._writer.event("file", name=name, size=told[0], sha256=told[1])


def checked_name(name: Any) -> str:
    """Return the name that a file of a run may have, in its plainest form.

    Raises
    ------
    InvalidPathError
        If it leads out of the run, or is one that the run needs itself.
    """
    safe_path(Path("/nowhere"), name)  # refuses all that no file may be called
    text = PurePosixPath(name).as_posix()
    first = text.split("/", 1)[0]
    if first.lower() in _RESERVED or first.startswith(".") or text in ("outputs", "logs"):
        raise InvalidPathError(
            f"{shown(name)} is a name that the run needs itself; try {'outputs/' + text.lstrip('.')!r}"
        )
    return text


def files_below(folder: Path) -> list[Path]:
    """Return the files below a folder, in order; links to folders are not followed."""
    return [
        Path(base, name)
        for base, _, names in _walk(folder)
        for name in names
        if not name.startswith(".taken-") and os.path.isfile(f"{base}/{name}")  # noqa: PTH113 - half the price
    ]


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    for base, folders, names in os.walk(folder):
        folders.sort()
        yield base, folders, sorted(names)


def take_up(
    folder: RunFolder, name: str, stream: Any, *, overwrite: bool
) -> Optional[tuple[int, str]]:
    """Put what can be read from `stream` into the run, whole or not at all.

    Returns
    -------
    tuple of int and str, or None
        Its size and SHA-256; None if the very same file was there.

    Raises
    ------
    FileInRunError
        If another file of that name is there and `overwrite` is false.
    """
    target = safe_path(folder.path, name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise FileInRunError(
            f"run {folder.id} has a file where {name!r} needs a folder; choose another name"
        ) from None
    if target.is_dir():
        raise FileInRunError(f"run {folder.id} has a folder called {name!r}; choose another name")
    part = target.with_name(f".taken-{os.getpid()}-{os.urandom(6).hex()}")
    try:
        size, digest = _copy(stream, part)
        if overwrite:
            part.replace(target)
            return size, digest
        try:
            os.link(part, target)  # of two that take up the same name at once, one is first
            return size, digest
        except FileExistsError:
            pass
        except OSError:  # no hard links on this file system
            if not target.exists():
                part.replace(target)
                return size, digest
        if _digest(target) == digest:
            return None
        raise FileInRunError(
            f"run {folder.id} has another file called {name!r} already; choose another name, or "
            "say overwrite=True"
        )
    finally:
        if part.exists():
            part.unlink()


def _copy(stream: Any, part: Path) -> tuple[int, str]:
    import hashlib

    digest, size = hashlib.sha256(), 0
    with part.open("xb") as file:
        while block := stream.read(_BLOCK):
            data = block.encode("utf-8") if isinstance(block, str) else bytes(block)
            digest.update(data)
            size += len(data)
            file.write(data)
    return size, digest.hexdigest()


def _digest(path: Path) -> str:
    import hashlib

    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
