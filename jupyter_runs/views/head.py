"""The header of a run: how it stands, since when, how far it is and how long it may take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_runs.jobs.tickets import queue_place

from . import theme
from .format import clean, number, ordinal, shorten
from .model import Head, LogPart, Progress

if TYPE_CHECKING:
    from jupyter_runs.journal import Progress as Reported
    from jupyter_runs.journal import RunReader, Status

    from .bars import Bar

ACTIVE = frozenset(
    {"Queued", "Preparing", "Provisioning", "Starting", "Running", "CancelRequested", "Finalizing"}
)
TERMINAL = frozenset({"Completed", "Failed", "Canceled"})
PAUSE = 60.0  # seconds in which a run may well do what it counts nothing of: a look at the test set, a checkpoint
_MOST = 2**53  # what is beyond makes no sense, and is not for every language a number


def progress_of(reported: Reported | None) -> Progress | None:
    """Return progress with its share and words: ``7,260 of 12,500 batches``."""
    if reported is None:
        return None
    done, total, unit = reported.done, reported.total, clean(reported.unit)
    known = total is not None and total > 0
    text = f"{number(done)} of {number(total)}" if known else number(done)
    fraction = min(1.0, max(0.0, done / total)) if known and total is not None else None
    return Progress(done, total, unit, fraction, f"{text} {unit}".rstrip())


def time_left(
    reported: Reported | None, tellings: int, started: float | None, now: float
) -> float | None:
    """Return the seconds left if it goes on as it went so far, None when that can't be told, or no longer.

    Parameters
    ----------
    reported
        What the run said last of how far it is.
    tellings
        How often it has said so.
    started, now
        When the run started, and the time to tell it for: seconds since the epoch.
    """
    if reported is None or reported.total is None:
        return None
    since, base = reported.started, reported.first
    if reported.time <= since and started is not None:
        since, base = started, 0.0  # said once: the run's start is all there is to count from
    done, spent = reported.done - base, reported.time - since
    left = reported.total - reported.done
    if left <= 0 or done <= 0 or spent <= 0:  # nothing is told of what comes after the last
        return None
    return still(left * spent / done, spent / max(1, tellings - 1), now - reported.time)


def still(left: float, usual: float, silent: float) -> float | None:
    """Return what is left of an estimate, None once it no longer holds.

    Parameters
    ----------
    left
        The seconds that were left when it was last said how far the run is.
    usual
        Seconds from one time that this is said to the next.
    silent
        Seconds since the last time.
    """
    rest = left - max(0.0, silent)
    return rest if rest > 0 and silent <= 2 * usual + PAUSE else None


def waiting(reader: RunReader, status: Status) -> str | None:
    """Return what a run that has not begun waits for: ``3rd in the queue of local``, ``installing 3 packages``."""
    if status.status == "Preparing" and reader.phase:
        return shorten(reader.phase, 200)
    if status.status != "Queued":
        return None
    place = queue_place(reader.folder)
    if place is None:
        return None
    of = shorten(reader.definition.get("target") or "local", 60)
    return f"next in the queue of {of}" if place == 1 else f"{ordinal(place)} in the queue of {of}"


def progress_of_bar(bar: Bar, drawn: float, now: float) -> tuple[Progress, float | None]:
    """Return what a progress bar in the log says, and the seconds left; ``drawn`` is when it was written."""
    known = number(bar.done), number(bar.total)
    said = Progress(
        bar.done,
        bar.total,
        clean(bar.unit),
        min(1.0, bar.done / bar.total),
        f"{known[0]} of {known[1]} {clean(bar.unit)}".rstrip(),
    )
    if bar.left is None or not 0 < bar.done < bar.total:  # there may be another bar after this one
        return said, None
    return said, still(bar.left, bar.spent / bar.done, now - drawn)


def build(
    reader: RunReader,
    status: Status,
    *,
    last_step: int | None,
    portal_url: str | None,
    log_tail: LogPart | None,
    bar: tuple[Bar, float] | None = None,
    now: float | None = None,
) -> Head:
    """Return the header as it is now."""
    now = time.time() if now is None else now
    definition, folder = reader.definition, reader.folder
    # one that was submitted is going to start; any other that says nothing yet may never
    begins = status.status != "NotStarted" or bool(definition.get("target"))
    active = status.status not in TERMINAL and begins
    started = status.started
    end = status.ended if status.ended is not None else (now if active else None)
    failed = status.status == "Failed"
    number_ = definition.get("number")
    known = isinstance(number_, int) and not isinstance(number_, bool) and abs(number_) < _MOST
    parent, created = definition.get("parent"), definition.get("created")
    progress = progress_of(reader.progress)
    eta = time_left(reader.progress, reader.progress_told, started, now) if active else None
    if progress is None and bar is not None and active:
        progress, eta = progress_of_bar(*bar, now)
    error = shorten(status.message or status.code or "", 500) if failed else ""
    return Head(
        id=folder.id,
        name=shorten(reader.name, 300),
        number=number_ if known else None,
        experiment=clean(definition.get("experiment") or ""),
        workspace=folder.path.parent.parent.name,
        type=clean(definition.get("type") or ""),
        parent=str(parent) if parent else None,
        status=status.status,
        icon=theme.icon(status.status),
        active=active,
        reason=shorten(status.reason, 500) if status.reason else None,
        error=error or None,
        error_code=clean(status.code) if failed and status.code else None,
        error_details=clean(status.details) if failed and status.details else None,
        created=float(created)
        if isinstance(created, (int, float)) and abs(created) < _MOST
        else None,
        started=started,
        ended=status.ended,
        elapsed=None if started is None or end is None else max(0.0, end - started),
        progress=progress,
        eta=eta,
        updated=reader.last_time,
        last_step=last_step,
        warnings=tuple(clean(text) for _, text in reader.warnings),
        portal_url=portal_url,
        log_tail=log_tail if failed else None,
        waiting=waiting(reader, status),
    )
