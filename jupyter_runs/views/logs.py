"""The logs of one run: what there is, the end of the newest, and how far its progress bar is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .bars import TAIL, Bar, newest_bar
from .files import Listing, last_bytes, last_lines, read_log

if TYPE_CHECKING:
    from pathlib import Path

    from .model import LogPart


class Logs(Listing):
    """The files in a run's folder of logs; what was read of them is kept until they change."""

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self._tail: tuple[Any, LogPart | None] = (None, None)
        self._bar: tuple[Any, Bar | None] = (None, None)

    def read(
        self, name: str, offset: int | None, limit: int, *, before: int | None, raw: bool
    ) -> LogPart:
        """Return a piece of a log; see `files.read_log`."""
        return read_log(self._base, name, offset, limit, before=before, raw=raw)

    def tail(self) -> LogPart | None:
        """Return the last lines of the newest log that has any."""
        logs = self.files()[:3]
        if self._tail[0] != logs:
            self._tail = (logs, last_lines(self._base, logs))
        return self._tail[1]

    def bar(self) -> tuple[Bar, float] | None:
        """Return the newest progress bar of the newest log, and when it was drawn."""
        logs = self.files()
        if not logs:
            return None
        path = logs[0].path
        try:
            stat = path.stat()  # the list may be seconds old
        except OSError:
            return None
        key = (path, stat.st_size, stat.st_mtime)
        if self._bar[0] != key:
            self._bar = key, newest_bar(last_bytes(path, TAIL))
        found = self._bar[1]
        return None if found is None else (found, stat.st_mtime)
