"""One child of a sweep as the sweep sees it: what was chosen for it, how it stands, its primary metric."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.jobs.policies import Seen, best_of
from jupyter_runs.journal import TERMINAL, RunReader, read_status

if TYPE_CHECKING:
    from jupyter_runs.journal import RunFolder, Status

HYPERDRIVE = "hyperdrive"  # the type of a sweep's run


class Trial:
    """A child, read at the cost of what is new; nothing is read any more once it has ended.

    Parameters
    ----------
    folder
        Its run.
    metric, goal
        The primary metric, and whether it is to be ``"maximize"`` or ``"minimize"``.
    """

    def __init__(self, folder: RunFolder, metric: str, goal: str) -> None:
        self.folder = folder
        self.values: list[float] = []
        self.looked = 0  # the last interval that a policy was asked about
        self._metric, self._goal = metric, goal
        self._reader: Optional[RunReader] = None
        self._status: Optional[Status] = None

    def refresh(self) -> bool:
        """Read what is new; tell whether there was anything."""
        if self.ended:
            return False
        if self._reader is None:
            plain = "numpy" not in sys.modules
            self._reader = RunReader(self.folder, plain=plain, names=[self._metric])
        before = self._status
        status = read_status(self.folder, self._reader)
        news = (
            self._reader.poll()
        )  # after the status: what was logged before an end is seen with it
        if news:
            self.values = self._read(self._reader)
        self._status = status
        if self.ended:
            self._reader.close()
            self._reader = None
        return news or before is None or before[:2] != status[:2]

    def _read(self, reader: RunReader) -> list[float]:
        for metric in reader.metrics.values():
            if metric.name == self._metric and metric.kind in ("scalar", "list"):
                return [_number(v) for v in metric.values() if isinstance(v, (int, float))]
        return []

    @property
    def status(self) -> str:
        """Its status, as of the last look."""
        return "NotStarted" if self._status is None else self._status.status

    @property
    def message(self) -> Optional[str]:
        """Why it ended as it did, as far as that is known."""
        return None if self._status is None else self._status.message

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._status is not None and self._status.status in TERMINAL

    @property
    def ended_at(self) -> Optional[float]:
        """When it ended."""
        return self._status.ended if self._status is not None and self.ended else None

    @property
    def best(self) -> Optional[float]:
        """The best that its primary metric ever was."""
        return best_of(self.values, self._goal)

    @property
    def seen(self) -> Seen:
        """What a policy is told of it."""
        return Seen(self.values, self.ended)

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen for it, by parameter."""
        told = self.folder.definition.get("definition")
        choices = told.get("choices") if isinstance(told, dict) else None
        return choices if isinstance(choices, dict) else {}


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # an int of hundreds of digits
        return float("inf") if value > 0 else float("-inf")


def sweep_of(folder: RunFolder) -> Optional[dict[str, Any]]:
    """Return what a sweep's run was told to do, None of any other run."""
    told = folder.definition.get("definition")
    sweep = told.get("sweep") if isinstance(told, dict) else None
    if folder.definition.get("type") != HYPERDRIVE or not isinstance(sweep, dict):
        return None
    return sweep if isinstance(sweep.get("metric"), str) else None


def plain_name(parameter: str) -> str:
    """Return what a parameter is called where it is no option on a command line."""
    return parameter.lstrip("-")
