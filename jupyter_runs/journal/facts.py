"""What a run's lines say beside its metrics: tags, properties, params, files, progress, phase, warnings, its name."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from .events import decode, decode_scalar

if TYPE_CHECKING:
    from .values import Scalar


class FileEntry(NamedTuple):
    """A file that was taken up by the run; ``size`` in bytes."""

    name: str
    size: int
    sha256: Optional[str]
    time: float


class Progress(NamedTuple):
    """How far the run says it is; ``started`` is when it first said so."""

    done: float
    total: Optional[float]
    unit: str
    time: float
    started: float
    first: float


class Facts:
    """What was said of a run so far, by all its writers."""

    def _start(self) -> None:
        """Know nothing yet."""
        self.tags: dict[str, Optional[str]] = {}
        self.properties: dict[str, str] = {}
        self.params: dict[str, Scalar] = {}
        self.facts: dict[str, Any] = {}
        self.files: dict[str, FileEntry] = {}
        self.progress: Optional[Progress] = None
        self.progress_told = 0  # times
        self.phase: Optional[str] = None
        self.archived: Optional[float] = None  # when it was taken off the lists
        self.warnings: list[tuple[float, str]] = []
        self.status_events: list[tuple[float, str]] = []
        self._name: Optional[str] = None
        self._set: dict[tuple[str, str], float] = {}

    def _newest(self, kind: str, key: str, time: float) -> bool:
        """Tell whether what is said of ``key`` is not older than what is known: several writers may set a tag."""
        if time < self._set.get((kind, key), time):
            return False
        self._set[kind, key] = time
        return True

    def _oldest(self, kind: str, key: str, time: float) -> bool:
        """Tell whether what is said of ``key`` is older than what is known: the first stands."""
        if time >= self._set.get((kind, key), float("inf")):
            return False
        self._set[kind, key] = time
        return True

    def _apply_fact(self, kind: str, event: dict[str, Any], time: float) -> None:
        if kind == "tag":
            if self._newest("tag", str(event["key"]), time):
                value = event.get("value")
                self.tags[str(event["key"])] = None if value is None else str(value)
        elif kind == "untag":
            if self._newest("tag", str(event["key"]), time):
                self.tags.pop(str(event["key"]), None)
        elif kind == "property":
            if self._oldest("property", str(event["key"]), time):
                self.properties[str(event["key"])] = str(event["value"])
        elif kind == "param":
            value = decode_scalar(event["value"])
            if self._oldest("param", str(event["key"]), time):
                self.params[str(event["key"])] = value
        elif kind == "file":
            name, digest = str(event["name"]), event.get("sha256")
            self.files[name] = FileEntry(
                name, int(event["size"]), None if digest is None else str(digest), time
            )
        elif kind == "progress":
            total = event.get("total")
            done = float(event["done"])
            self.progress_told += 1
            before = self.progress
            started, first = (before.started, before.first) if before is not None else (time, done)
            if before is None or time >= before.time:
                unit = str(event.get("unit") or "")
                self.progress = Progress(
                    done, None if total is None else float(total), unit, time, started, first
                )
        elif kind == "facts":
            self.facts.update({k: decode(v) for k, v in event.items() if k not in ("e", "t")})
        elif kind == "phase":
            if self._newest("phase", "", time):
                self.phase = str(event["text"]) or None
        elif kind in ("archive", "reactivate"):
            if self._newest("archive", "", time):
                self.archived = time if kind == "archive" else None
        elif kind == "warning":
            insort(self.warnings, (time, str(event["text"])))
        elif kind == "status":
            insort(self.status_events, (time, str(event["status"])))
        elif kind == "rename" and self._newest("name", "", time):
            self._name = str(event["name"])
