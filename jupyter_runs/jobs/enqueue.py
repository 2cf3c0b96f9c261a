"""From a configuration to a run that waits for its turn; nothing here waits for it."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs._numbers import take_number
from jupyter_runs._run.start import user
from jupyter_runs._settings import absolute, snapshot_limits
from jupyter_runs.capture.git import capture_git
from jupyter_runs.capture.names import display_name, make_run_id
from jupyter_runs.capture.notebook import cell_source, where_am_i
from jupyter_runs.capture.packages import here, surroundings
from jupyter_runs.capture.secrets import clean_arguments, looks_secret
from jupyter_runs.capture.snapshot import take_snapshot
from jupyter_runs.errors import ComputeTargetException
from jupyter_runs.jobs import compute, sealed
from jupyter_runs.jobs.arguments import params_of
from jupyter_runs.jobs.build import refuse_containers
from jupyter_runs.jobs.compute import names, unknown
from jupyter_runs.jobs.config import ScriptRunConfig, target_name
from jupyter_runs.jobs.outlive import tell_once
from jupyter_runs.jobs.tickets import Queue
from jupyter_runs.journal import RunFolder, Writer, check_name, new_writer_name
from jupyter_runs.journal.alive import own_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from typing_extensions import Self

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.jobs.environment import Environment
    from jupyter_runs.run import Run

SCRIPT = "script"


def submit_script(
    experiment: Experiment,
    config: ScriptRunConfig,
    tags: Optional[Mapping[str, Any]] = None,
    *,
    parent: Optional[str] = None,
    name: Optional[str] = None,
) -> Run:
    """Submit a script or command; see `Experiment.submit`."""
    workspace = experiment.workspace.folder
    what = config.what()
    target = known_target(experiment, config.run_config.target)
    folder = config.folder()
    environment = config.run_config.chosen_environment()
    if environment is not None:
        refuse_containers(environment.to_dict())
    definition = {
        **what,
        "source_directory": str(folder),
        "environment": environment,
        "environment_variables": config.variables(),
        "max_run_duration_seconds": config.limit(),
    }
    tags = checked_tags(tags)
    with _Progress(folder) as progress:
        snapshot = take_snapshot(
            folder, workspace / "snapshots", snapshot_limits(workspace), progress.tell
        )
    definition["snapshot"] = snapshot
    return enqueue(
        experiment,
        definition,
        kind=SCRIPT,
        target=target,
        tags=tags,
        params=params_of(what.get("arguments", [])),
        facts={
            "snapshot": snapshot,
            "snapshot_folder": str(folder),
            "script": what.get("script"),
            "argv": _command_line(what),
        },
        code=folder,
        parent=parent,
        name=name,
        remarks=config.run_config.remarks(),
    )


def enqueue(
    experiment: Experiment,
    definition: dict[str, Any],
    *,
    kind: str,
    target: str,
    tags: Mapping[str, Optional[str]],
    params: Mapping[str, Any],
    facts: Mapping[str, Any],
    code: Optional[os.PathLike[str]],
    parent: Optional[str] = None,
    name: Optional[str] = None,
    payloads: Optional[Mapping[str, bytes]] = None,
    remarks: Iterable[str] = (),
    properties: Optional[Mapping[str, str]] = None,
) -> Run:
    """Make the run's folder and put the run into its target's queue.

    Parameters
    ----------
    experiment
        What it is a run of.
    definition
        What its driver is to do; what may hold secrets is sealed here, and not stored.
    kind
        The run's type.
    target
        The target.
    tags, params, facts
        What is noted on the run.
    code
        The folder whose state in git is noted; None where that is in ``facts``, or not known.
    parent
        Id of the run that it is a child of.
    name
        A name to show.
    payloads
        Files to put into the run's ``payload/``.
    remarks
        Warnings to note on the run.
    properties
        More that is noted, for good.
    """
    from jupyter_runs.run import Run

    display = check_name(name, "run") if name is not None else display_name()
    run_id = make_run_id(display)
    workspace = experiment.workspace.folder
    stored, secret = _parted(
        {"python": sys.executable, "submitted_from": here(), **_work(), **definition}
    )
    folder = RunFolder.create(
        workspace,
        run_id,
        {
            "experiment": experiment.name,
            "number": take_number(experiment._folder, run_id),
            "name": display,
            "parent": parent,
            "type": kind,
            "creator": user(),
            "created": time.time(),
            "target": target,
            "driver": True,
            "status": "Queued",
            "owner": new_writer_name("driver"),
            "submitter": own_facts(),
            "definition": stored,
        },
    )
    try:
        _note(folder, tags, params, facts, code, properties or {}, remarks)
        _queue(folder, secret, target, payloads or {})
    except BaseException as error:  # a full disk, Ctrl-C: it must not seem to wait
        with suppress(OSError):
            folder.end("Failed", code=type(error).__name__, message="it could not be submitted")
        raise
    tell_once()
    return Run._open(folder, experiment.workspace, experiment)


def _queue(
    folder: RunFolder, secret: dict[str, Any], target: str, payloads: Mapping[str, bytes]
) -> None:
    """Give a run what its driver needs, and its ticket."""
    for file, data in payloads.items():
        folder.payload.mkdir(exist_ok=True)
        (folder.payload / file).write_bytes(data)
    sealed.seal(folder, secret)
    queue = Queue(folder.path.parent.parent, target)
    queue.put(folder.id)
    queue.serve()


def _note(
    folder: RunFolder,
    tags: Mapping[str, Optional[str]],
    params: Mapping[str, Any],
    facts: Mapping[str, Any],
    code: Optional[os.PathLike[str]],
    properties: Mapping[str, str],
    remarks: Iterable[str],
) -> None:
    """Note what is known of a run."""
    writer = Writer(folder, role="submit")
    writer.event("facts", **{**surroundings(), **where_am_i(), **cell_source(), **facts})
    for key, value in params.items():
        writer.event("param", key=key, value=value)
    for key, tag in tags.items():
        writer.event("tag", key=key, value=tag)
    for key, text in properties.items():
        writer.event("property", key=key, value=text)
    for text in remarks:
        writer.event("warning", text=text)
    if code is not None:
        with suppress(OSError):
            capture_git(folder, code, writer)
    writer.close()


def _command_line(what: Mapping[str, Any]) -> list[str]:
    command = what.get("command")
    if command is None:
        command = [what["script"], *what["arguments"]]
    return clean_arguments([command] if isinstance(command, str) else command)


def stored_environment(config: ScriptRunConfig) -> Optional[dict[str, Any]]:
    """Return the environment of a configuration as it may be stored, None for the submitter's own interpreter."""
    environment = config.run_config.chosen_environment()
    if environment is None:
        return None
    refuse_containers(environment.to_dict())
    return environment.to_dict(stored=True)


def _work() -> dict[str, str]:
    """Return where scripts are to work, if a person has chosen that."""
    chosen = os.environ.get("JUPYTER_RUNS_WORK")
    return {"work": os.fspath(absolute(chosen))} if chosen else {}


def _parted(definition: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is stored of a definition, and what is told to the driver in memory alone."""
    stored = dict(definition)
    environment: Optional[Environment] = stored.pop("environment", None)
    secret: dict[str, Any] = {"variables": dict(os.environ)}
    named: dict[str, Any] = dict(definition.get("environment_variables") or {})
    if environment is not None:
        secret["environment"] = environment.to_dict()  # which may hold passwords in addresses
        stored["environment"] = environment.to_dict(stored=True)
        named = {**secret["environment"]["environment_variables"], **named}
    # None: the value that it has here
    secret["named"] = {key: str(value) for key, value in named.items() if value is not None}
    stored["environment_variables"] = {
        key: None if looks_secret(key) else value for key, value in named.items()
    }
    stored["sealed"] = [key for key in named if looks_secret(key)]
    for part in ("arguments", "command"):
        given = definition.get(part)
        if isinstance(given, list) and (clean := clean_arguments(given)) != given:
            stored[part], secret[part] = clean, given
            # so that who repeats the run knows what is not whole
            stored["cleaned"] = [
                i for i, pair in enumerate(zip(clean, given)) if pair[0] != pair[1]
            ]
    return stored, secret


def checked_tags(tags: Optional[Mapping[str, Any]]) -> dict[str, Optional[str]]:
    """Return tags as they are stored.

    Raises
    ------
    InvalidValueError, InvalidNameError
        If they are none.
    """
    from jupyter_runs._run.notes import checked_tags as check

    return check(tags or {}, "submit")


def known_target(experiment: Experiment, target: Any) -> str:
    """Return the name of a target of the experiment's workspace.

    Raises
    ------
    ComputeTargetException
        If it has none of that name.
    """
    name = target_name(target)
    known = names(experiment.workspace.folder)
    if name not in known and compute.on_unknown is not None:
        compute.on_unknown(experiment.workspace, name)
    elif name not in known:
        raise ComputeTargetException(unknown(name, known))
    return name


class _Progress:
    """Tells how far a snapshot is, where that takes long enough for a person to wonder."""

    def __init__(self, folder: os.PathLike[str]) -> None:
        self._folder = folder
        self._begun = self._told = time.monotonic()
        self._shown = False

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told < 0.5 or not total:
            return
        self._told, self._shown = now, True
        text = f"snapshot of {os.fspath(self._folder)}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
        print(f"\r{text}", end="", file=sys.stderr, flush=True)  # noqa: T201

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            took = time.monotonic() - self._begun
            text = f"snapshot of {os.fspath(self._folder)}: done in {took:.1f} s"
            print(f"\r{text:<80}", file=sys.stderr)  # noqa: T201
