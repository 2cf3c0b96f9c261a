"""One run as a person sees it, kept up to date at the cost of what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .model import (
    Chart,
    ChartOptions,
    FileInfo,
    Head,
    ImageSeries,
    LogPart,
    Section,
    Tab,
    Tile,
)

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_runs.journal import RunFolder, RunReader


class RunView:
    """A live view of one run's folder.

    Not thread-safe: one view per widget or request, or a lock around it.

    Parameters
    ----------
    source
        A run's folder, its path, or a reader of it.
    """

    def __init__(self, source: RunFolder | RunReader | Path | str) -> None:
        self._source = source
        self.version = 0

    def refresh(self) -> bool:
        """Read what is new; True if anything that is shown changed."""
        raise NotImplementedError

    def head(self) -> Head:
        """Status, times, progress, error."""
        raise NotImplementedError

    def tiles(self, search: str = "") -> list[Tile]:
        """Metrics with one value."""
        raise NotImplementedError

    def chart_keys(self, search: str = "") -> list[str]:
        """Keys of the charts, grouped by prefix."""
        raise NotImplementedError

    def chart_version(self, key: str) -> int:
        """Grows when the chart changes."""
        raise NotImplementedError

    def chart(self, key: str, options: ChartOptions | None = None) -> Chart:
        """Return one chart, drawn as asked."""
        raise NotImplementedError

    def images(self) -> list[ImageSeries]:
        """Logged images."""
        raise NotImplementedError

    def logs(self) -> list[FileInfo]:
        """Log files, newest first."""
        raise NotImplementedError

    def read_log(self, name: str, offset: int | None = None, limit: int = 65536) -> LogPart:
        """Return a piece of a log; the tail when no offset is given."""
        raise NotImplementedError

    def outputs(self) -> list[FileInfo]:
        """Files of the run."""
        raise NotImplementedError

    def details(self) -> list[Section]:
        """Sections of the Details tab."""
        raise NotImplementedError

    def tabs(self) -> list[Tab]:
        """Tabs with something in them."""
        raise NotImplementedError

    def to_json(self, cursor: str | None = None) -> dict[str, Any]:
        """Return what changed since the cursor, as strict JSON values."""
        raise NotImplementedError

    def picture(self, as_of: float | None = None) -> str:
        """Return a static picture of the run: self-contained HTML."""
        raise NotImplementedError
