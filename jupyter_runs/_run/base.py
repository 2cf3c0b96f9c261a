"""What every part of a run stands on: its folder, its writer, its reader."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.errors import NotOfferedAttributeError, warn
from jupyter_runs.journal import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_runs._run.own import Own
    from jupyter_runs.experiment import Experiment
    from jupyter_runs.journal import RunFolder, RunReader
    from jupyter_runs.workspace import Workspace


_SECRETS = "os.environ has the variables of whoever submitted the run"
_FILES = "give the script the paths of its files as arguments"
# what code that was written for the Azure ML SDK asks of a run and no machine of one's own has
_OF_THE_CLOUD = {
    "get_secret": _SECRETS,
    "get_secrets": _SECRETS,
    "input_datasets": _FILES,
    "output_datasets": _FILES,
}
WORTH_NUMPY = 8 << 20  # bytes


def _numbers(journal: Path) -> int:
    """Return how many bytes of numbers there are in a journal."""
    with suppress(OSError):
        return sum(file.stat().st_size for file in journal.glob("*/*.bin"))
    return 0


class RunBase:
    """Folder, writer and reader of one run."""

    _folder: RunFolder
    _workspace: Workspace
    _experiment: Optional[Experiment]
    _own: Optional[Own]  # what the process that started the run has to do at its end
    _read_lock: threading.Lock
    _reader: Optional[RunReader]

    def _set_up(
        self,
        folder: RunFolder,
        workspace: Workspace,
        experiment: Optional[Experiment] = None,
        own: Optional[Own] = None,
    ) -> None:
        self._folder = folder
        self._workspace = workspace
        self._experiment = experiment
        self._own = own
        self._read_lock = threading.Lock()
        self._reader = None

    @cached_property
    def _writer(self) -> Writer:
        """Return the writer; made at the first write, since most runs in a list are only read."""
        return Writer(self._folder, role="guest")

    @contextmanager
    def _reading(self) -> Iterator[RunReader]:
        """Give the reader, caught up with the journal; one thread at a time."""
        with self._read_lock:
            if self._reader is None:
                from jupyter_runs.journal import RunReader  # a script that only logs reads nothing

                # numpy is worth its import where there is much to read, and free where somebody has it already
                much = "numpy" in sys.modules or _numbers(self._folder.journal) > WORTH_NUMPY
                self._reader = RunReader(self._folder, plain=not much)
            self._reader.poll()
            yield self._reader

    @property
    def id(self) -> str:
        """The run's id."""
        return self._folder.id

    @property
    def folder(self) -> Path:
        """The run's folder, which is all there is of it."""
        return self._folder.path

    def _warn(self, text: str) -> None:
        """Tell of an oddity once, and keep it with the run."""
        self._writer.event("warning", text=text)
        warn(f"run {self.id}: {text}")

    def _definition(self, key: str) -> Any:
        return self._folder.definition.get(key)

    if not TYPE_CHECKING:  # a checker is not to think that a run has whatever it is asked for

        def __getattr__(self, name: str) -> Any:
            if name in _OF_THE_CLOUD:
                raise NotOfferedAttributeError(
                    f"jupyter_runs does not offer run.{name}, a service of Azure; {_OF_THE_CLOUD[name]}"
                )
            return object.__getattribute__(
                self, name
            )  # Python's own error, with what it knows of near names
