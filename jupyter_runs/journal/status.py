"""Where a run stands: how it ended, or whether the process that owns it is still there, and why not."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from .alive import boot_id, is_locked, process_gone, rebooted, same_machine
from .checks import LATEST
from .events import open_plain
from .reader import RunReader

if TYPE_CHECKING:
    from .folder import RunFolder

SILENT_SECONDS = 60.0
GONE = "ProcessGone"


class Status(NamedTuple):
    """Where a run stands; times in seconds since 1970.

    Attributes
    ----------
    status : str
        One of the statuses of the API.
    code, message, details : str or None
        How it failed: a short code, one line, and what else is known (a traceback).
    reason : str or None
        Why the status is what it is, where that is not plain.
    alive : bool or None
        Whether the owning process is there; None where that can't be told.
    """

    status: str
    code: Optional[str]
    message: Optional[str]
    details: Optional[str]
    started: Optional[float]
    ended: Optional[float]
    last_seen: Optional[float]
    reason: Optional[str]
    alive: Optional[bool]


# What was last seen of a run on another machine, and when that changed, on this machine's own clock.
_observed: dict[str, tuple[Any, float]] = {}


def read_status(folder: RunFolder, reader: Optional[RunReader] = None) -> Status:
    """Return where a run stands.

    Parameters
    ----------
    folder
        The run.
    reader
        A reader of it that was polled lately; saves reading events again.

    Notes
    -----
    A run whose owner is found to be gone on this machine is ended here and now, so that every later look, also after
    a restart or from another machine, says the same.
    """
    end = folder.ended
    if end is None:
        facts = _owner_facts(folder, reader)
        gone, reason = _owner_gone(folder, facts)
        if gone:
            end = folder.ended  # it may have ended well while we looked
            if end is None:
                end = _declare_gone(folder, reason or "its process is gone")
        else:
            return _active(folder, reader, facts, reason)
    return Status(
        status=str(end["status"]),
        code=_text(end.get("code")),
        message=_text(end.get("message")),
        details=_text(end.get("details")),
        started=_started(folder),
        ended=_float(end.get("time")),
        last_seen=_float(end.get("time")),
        reason=_text(end.get("message")),
        alive=False,
    )


def _float(value: Any) -> Optional[float]:
    """Return a time that calendars can show, None for anything else."""
    return float(value) if isinstance(value, (int, float)) and 0 <= value <= LATEST else None


def _text(value: Any) -> Optional[str]:
    return None if value is None else str(value)


def _owner_facts(folder: RunFolder, reader: Optional[RunReader]) -> dict[str, Any]:
    owner = folder.definition.get("owner")
    if not isinstance(owner, str) or "/" in owner:
        return {}
    if reader is not None and reader.writers.get(owner, {}).get("pid"):
        return reader.writers[owner]
    try:
        fd = open_plain(folder.journal / owner / "events.jsonl")
        if fd < 0:
            return {}
        with open(fd, "rb") as file:
            found = json.loads(file.readline(1 << 16))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _owner_gone(folder: RunFolder, facts: dict[str, Any]) -> tuple[bool, Optional[str]]:
    """Tell whether the owner is gone for certain, and the reason (also of a doubt)."""
    owner = folder.definition.get("owner")
    if not facts or not isinstance(owner, str):
        return False, None
    if same_machine(facts):
        locked = is_locked(folder.journal / owner / "alive")
        by_process = process_gone(facts)
        # the lock is lost when the process itself opens and closes the file: then the process id has the last word
        gone = by_process if not locked and by_process is not None else locked is False
        what = "its driver, process" if folder.definition.get("driver") else "process"
        return gone, f"{what} {facts.get('pid')} ended without completing" if gone else None
    if rebooted(facts, folder.journal / owner / "alive"):
        return True, f"{facts.get('host')} was started anew while the run was going on"
    return False, _silence(folder, owner, facts)


def _silence(folder: RunFolder, owner: str, facts: dict[str, Any]) -> Optional[str]:
    """Judge a run of another machine by whether anything of it changes, on our own clock."""
    seen: Any = []
    for entry in sorted((folder.journal / owner).glob("*")):
        try:
            status = entry.stat()
        except OSError:
            continue
        seen.append((entry.name, status.st_size, status.st_mtime_ns))
    key, now = f"{boot_id()}:{folder.path}", time.monotonic()
    before = _observed.get(key)
    if before is None or before[0] != seen:
        _observed[key] = (seen, now)
        return None
    if now - before[1] < SILENT_SECONDS:
        return None
    return f"nothing heard from {facts.get('host')} for {now - before[1]:.0f} s"


def canceled_by(cancel: dict[str, Any]) -> str:
    """Return the line that says who canceled a run."""
    by = cancel.get("by")
    return f"canceled by {by}" if by else "canceled"


def _declare_gone(folder: RunFolder, reason: str) -> dict[str, Any]:
    """End a run whose owner is gone, with all that is known of its last moment."""
    known = RunReader(folder)
    known.poll()
    owner = str(folder.definition.get("owner"))
    seen = [known.last_time or 0.0, _float(folder.definition.get("created")) or 0.0]
    try:
        seen.append((folder.journal / owner / "alive").stat().st_mtime)
    except OSError:
        pass
    step = known.last_step
    message = reason + (f"; last point at step {step}" if step is not None else "")
    known.close()
    end: dict[str, Any] = {"status": "Failed", "code": GONE, "message": message, "details": None}
    said, cancel = folder.finish_said, folder.cancel_requested
    if said is not None:  # what it said of itself before stands
        end.update(said)
    elif cancel is not None and folder.definition.get("driver"):
        end.update(status="Canceled", message=f"{canceled_by(cancel)}; {message}")
    try:
        folder.end(**end, by="observer", ended=max(seen))
    except OSError:  # a folder that only others may write to: told all the same
        pass
    return folder.ended or {**end, "time": max(seen)}


def _active(
    folder: RunFolder, reader: Optional[RunReader], facts: dict[str, Any], doubt: Optional[str]
) -> Status:
    status = "Running" if facts else str(folder.definition.get("status", "NotStarted"))
    said = folder.stage
    if said is not None:
        status = str(said.get("status"))
    elif reader is not None and reader.status_events:
        status = reader.status_events[-1][1]
    if doubt is not None:
        status = "NotResponding"
    elif folder.cancel_requested is not None:
        status = "CancelRequested"
    elif folder.finish_said is not None:
        status = "Finalizing"
    last_seen = reader.last_time if reader is not None else None
    alive = None if doubt or not facts else True
    return Status(status, None, None, None, _started(folder), None, last_seen, doubt, alive)


def _started(folder: RunFolder) -> Optional[float]:
    """Return when a run began: one that was submitted, when its script did."""
    if folder.definition.get("driver"):
        return _float((folder.stage or {}).get("started"))
    return _float(folder.definition.get("created"))
