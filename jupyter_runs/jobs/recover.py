"""What is done for a run whose driver, or whose submitter, was killed."""

from __future__ import annotations

from contextlib import suppress

from jupyter_runs.jobs import process, sealed
from jupyter_runs.jobs.collect import KEPT, remove_work, work_folder
from jupyter_runs.jobs.tickets import Queue, cancel, is_ours, queue_of
from jupyter_runs.journal import Children, RunFolder, RunsError, Writer, read_status
from jupyter_runs.journal.alive import is_locked, process_gone
from jupyter_runs.journal.status import GONE, canceled_by

_GRACE = 1.0  # seconds: it was to be killed with its driver


def recover(folder: RunFolder) -> None:
    """End what is left of a run whose driver is gone, keep the files that it made, and say that it is gone.

    Does nothing for a run that is well, however often it is called.
    """
    journal = folder.journal / str(folder.definition.get("owner"))
    if is_locked(journal / "alive"):
        return
    if folder.ended is None and not (journal / "events.jsonl").exists():
        asked = folder.cancel_requested
        if asked is None:
            text = "its driver was killed before it started the script"
            folder.end("Failed", code=GONE, message=text)
        else:
            folder.end("Canceled", message=canceled_by(asked))
        sealed.discard(folder)
    if folder.ended is None:
        read_status(folder)  # says that it is gone
    place = work_folder(folder)
    if folder.ended is None or not place.is_dir():
        return
    process.end(lambda: process.marked(folder.path), _GRACE)
    for child in Children(folder).folders():
        with suppress(OSError, RunsError):
            if child.ended is None:
                cancel(child, "its parent, which is gone")
    _keep_files(folder)
    remove_work(folder)


def _keep_files(folder: RunFolder) -> None:
    from jupyter_runs._run.files import files_below, take_up
    from jupyter_runs.errors import RunsError

    place = work_folder(folder)
    writer = Writer(folder, role="observer")
    for part in KEPT:
        for file in files_below(place / part):
            name = file.relative_to(place).as_posix()
            with suppress(OSError, RunsError), file.open("rb") as stream:
                told = take_up(folder, name, stream, overwrite=part == "logs")
                if told is not None:
                    writer.event("file", name=name, size=told[0], sha256=told[1])
    writer.close()


def look_after(folder: RunFolder) -> None:
    """See that a submitted run gets its turn, or is told to be gone; cheap enough for every look at it, and never fails."""
    with suppress(OSError):
        queue = queue_of(folder)
        if queue is not None:
            _look_after(folder, queue)


def _look_after(folder: RunFolder, queue: Queue) -> None:
    if folder.ended is not None:
        if is_ours(folder) and work_folder(folder).is_dir():
            recover(folder)
        return
    if is_ours(folder):
        queue.look_after()
    # in this order, in which a run goes from one to the next
    if queue.place_of(folder.id) is not None:
        return
    if any(taken.run_id == folder.id for taken in queue.claimed()):
        return
    owner = str(folder.definition.get("owner"))
    if not (folder.journal / owner / "events.jsonl").exists():
        submitter = folder.definition.get("submitter") or {}
        if process_gone(submitter):
            text = f"process {submitter.get('pid')} ended while it submitted the run"
            folder.end("Failed", code=GONE, message=text)
