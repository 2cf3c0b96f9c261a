"""The files of a submitted script: unpacked into a private folder, taken up from there while it runs and at its end."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional

from jupyter_runs._run.files import take_up
from jupyter_runs._run.own import Collection, file_state
from jupyter_runs.errors import FileInRunError, RunsError

if TYPE_CHECKING:
    from jupyter_runs.journal import RunFolder

KEPT = ("outputs", "logs")
_BLOCK = 1 << 20


def work_folder(folder: RunFolder) -> Path:
    """Return the private folder in which a run's script works: in ``JUPYTER_RUNS_WORK`` as it was at the submit, else ``work/``."""
    told = folder.definition.get("definition")
    chosen = told.get("work") if isinstance(told, dict) else None
    base = Path(chosen) if isinstance(chosen, str) else folder.path.parent.parent / "work"
    return base / folder.id


def make_work(folder: RunFolder, snapshot: Optional[str]) -> Path:
    """Make a run's work folder, with the files of its snapshot in it."""
    place = work_folder(folder)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if snapshot is not None:
        from jupyter_runs.capture.snapshot import extract_snapshot

        extract_snapshot(folder.path.parent.parent / "snapshots" / f"{snapshot}.zip", place)
    for name in KEPT:
        with suppress(FileExistsError):
            (place / name).mkdir()
    return place


def remove_work(folder: RunFolder) -> None:
    """Remove a run's work folder."""
    place = work_folder(folder)
    if place.name == folder.id:
        shutil.rmtree(place, ignore_errors=True)


class Collector:
    """Takes up what a script puts into ``./outputs`` and ``./logs``.

    Parameters
    ----------
    folder
        The run.
    place
        The script's work folder, as it was before the script began.
    event
        Notes an event of the run.
    """

    def __init__(self, folder: RunFolder, place: Path, event: Callable[..., Any]) -> None:
        self._folder = folder
        self._place = place
        self._event = event
        self._outputs = Collection(place / "outputs", "outputs")
        self._logs = Collection(place / "logs", "logs")
        self._copied: dict[Path, tuple[int, int, int]] = {}

    def follow_logs(self) -> None:
        """Bring what is new in ``./logs`` into the run, so that it is seen while the script runs."""
        for file in self._logs.changed():
            state, before = file_state(file), self._copied.get(file)
            if state is None or state == before:
                continue
            target = self._folder.path / file.relative_to(self._place)
            # what a log gets is at its end; a file that was replaced or cut begins anew
            start = before[1] if before and before[2] == state[2] and state[1] >= before[1] else 0
            with suppress(OSError):
                if _is_inside(self._folder.path, target):
                    _append(file, target, start)
                    self._copied[file] = state

    def finish(self) -> list[str]:
        """Take up what is new or changed; return what could not be."""
        self.follow_logs()
        failed = []
        for file in [*self._outputs.changed(), *self._logs.changed()]:
            name = file.relative_to(self._place).as_posix()
            try:
                told = self._take_up(file, name)
            except (OSError, RunsError) as error:
                failed.append(f"{name} was not taken up: {error}")
                continue
            if told is not None:
                self._event("file", name=name, size=told[0], sha256=told[1])
        return failed

    def _take_up(self, file: Path, name: str) -> Optional[tuple[int, str]]:
        ours = file in self._copied  # a copy of this very file, from a moment ago
        with file.open("rb") as stream:
            try:
                return take_up(self._folder, name, stream, overwrite=ours)
            except FileInRunError:
                # uploaded under that name by the script itself: both are kept
                stream.seek(0)
                return take_up(self._folder, f"{name}.from-folder", stream, overwrite=False)


def _is_inside(base: Path, path: Path) -> bool:
    parent = path.parent
    parent.mkdir(parents=True, exist_ok=True)
    real = base.resolve()
    return not path.is_symlink() and (parent.resolve() == real or real in parent.resolve().parents)


def _append(source: Path, target: Path, start: int) -> None:
    with source.open("rb") as stream, target.open("r+b" if target.exists() else "wb") as file:
        stream.seek(start)
        file.seek(start)
        file.truncate()
        while block := stream.read(_BLOCK):
            file.write(block)
