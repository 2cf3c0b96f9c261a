"""From `start_logging` to a run that can be logged to, in a millisecond or two."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._numbers import take_number
from jupyter_runs._run import at_exit
from jupyter_runs._run.notes import checked_params, secret_params
from jupyter_runs._run.own import Own
from jupyter_runs._settings import absolute
from jupyter_runs.capture.names import display_name, make_run_id
from jupyter_runs.capture.notebook import cell_source, where_am_i
from jupyter_runs.capture.packages import surroundings
from jupyter_runs.errors import InvalidValueError, MissingPathError, RunExistsError, warn
from jupyter_runs.journal import RunFolder, Writer, check_name, check_run_id, new_writer_name
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run

INTERACTIVE = "interactive"


def start_run(
    experiment: Experiment,
    name: Optional[str] = None,
    run_id: Optional[str] = None,
    outputs: Union[str, os.PathLike[str], bool, None] = None,
    snapshot_directory: Union[str, os.PathLike[str], None] = ".",
    params: Optional[Mapping[str, Any]] = None,
    *,
    kind: str = INTERACTIVE,
    parent: Optional[str] = None,
    stoppable: bool = False,
    facts: Optional[Mapping[str, Any]] = None,
) -> Run:
    """Start a run of this process; see `Experiment.start_logging`.

    Parameters
    ----------
    kind
        Its type.
    parent
        Id of the run that it is a child of: what surrounds both is kept with the parent.
    stoppable
        Whether it ends by itself soon after it was asked to.
    facts
        More to keep with it.
    """
    from jupyter_runs.run import Run

    # all that can be wrong is found out before anything is made
    display = check_name(name, "run") if name is not None else display_name()
    flat, secret = checked_params(params) if params is not None else ({}, [])
    workspace = experiment.workspace
    if run_id is None:
        run_id = make_run_id(display)
    elif (workspace.folder / "runs" / check_run_id(run_id)).exists():
        raise RunExistsError(
            f"workspace {workspace.name!r} has a run {run_id!r} already; leave run_id out, or "
            "choose another"
        )
    snapshot = None
    if snapshot_directory:
        snapshot = absolute(snapshot_directory)
        if not snapshot.is_dir():
            raise MissingPathError(
                f"there is no folder {os.fspath(snapshot_directory)!r} to take a snapshot of; "
                "snapshot_directory=None takes none"
            )
    place = _outputs(outputs)

    owner = new_writer_name("main")
    definition = {
        "experiment": experiment.name,
        "number": None,
        "name": display,
        "parent": parent,
        "type": kind,
        "creator": user(),
        "created": time.time(),
        "owner": owner,
        **({"stoppable": True} if stoppable else {}),
    }
    try:
        definition["number"] = take_number(experiment._folder, run_id)
        folder = RunFolder.create(workspace.folder, run_id, definition)
    except OSError as error:  # a full disk is no reason to stop a training before it begins
        folder = RunFolder(workspace.folder / "runs" / run_id)
        folder._definition = {**definition, "id": run_id}
        warn(f"run {run_id} can't be stored: {error}; the training goes on, and nothing is kept")
    writer = Writer(folder, role="main", name=owner)
    # the first event opens the journal: from here on the run is seen to be running
    writer.event("facts", **{**surroundings(), **where_am_i(), **cell_source(), **(facts or {})})
    for key, value in flat.items():
        writer.event("param", key=key, value=value)
    logs = Path.cwd() / "logs" if place is not None else None
    own = Own(folder, writer, place, logs, snapshot)
    run = Run._owned(folder, workspace, experiment, own, writer)
    at_exit.register(run)
    if parent is None:
        own.begin()
    else:
        own.captured.set()
    if secret:
        run._writer.event("warning", text=secret_params(secret))
        warn(f"run {run_id}: {secret_params(secret)}")
    return run


def _outputs(outputs: Union[str, os.PathLike[str], bool, None]) -> Optional[Path]:
    """Return the folder whose files the run takes up, made if missing."""
    if outputs is False:
        return None
    if outputs is None or outputs is True:
        outputs = "outputs"
    if not isinstance(outputs, (str, os.PathLike)):
        raise InvalidValueError(f"outputs is a folder or False, not {shown(outputs)}")
    place = absolute(outputs)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        pass  # a folder that we may not write to: nothing will be in it, and that is no reason to stop
    return place


def user() -> str:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, OSError):
        return ""
