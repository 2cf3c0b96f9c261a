"""Runs submitted anew, from what is stored of them: the snapshot, the arguments, the environment, the target."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs.capture.secrets import KEPT_OUT, clean_arguments
from jupyter_runs.errors import ConflictError, InvalidValueError, RunsError
from jupyter_runs.jobs.arguments import Field, fields_of, params_of
from jupyter_runs.jobs.capacity import LOCAL
from jupyter_runs.jobs.compute import names
from jupyter_runs.jobs.enqueue import enqueue, known_target
from jupyter_runs.jobs.functions import CALL
from jupyter_runs.jobs.sealed import missing
from jupyter_runs.jobs.trials import sweep_of
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.journal import RunReader
    from jupyter_runs.run import Run

REPEATS = "repeats"  # the property that names the run which a run repeats
_CALL_MODULE = "jupyter_runs.jobs.call"
_LONGEST = 1_000  # arguments
# what is told of the code and of who wrote it: the server that submits it knows nothing of these
_FACTS = (
    *("git", "snapshot", "snapshot_folder", "function", "function_source", "cell_source"),
    *("notebook", "cell", "python_version", "implementation", "executable"),
)


_OF_ONE = ("sealed", "cleaned", "choices")  # told of the run itself, and made anew for another


@dataclass(frozen=True)
class Repeat:
    """What may be changed of a run that is submitted anew.

    ``refusal`` says why it can't be submitted; ``what`` is its script or function; ``command`` what a shell is given, None
    elsewhere; ``takes_arguments`` whether there may be any ``fields``; ``notes`` is what a person should know of it.
    """

    what: str = ""
    refusal: Optional[str] = None
    fields: tuple[Field, ...] = ()
    command: Optional[str] = None
    takes_arguments: bool = False
    target: str = LOCAL
    targets: tuple[str, ...] = (LOCAL,)
    notes: tuple[str, ...] = ()


def repeat_of(reader: RunReader) -> Repeat:
    """Return what may be changed of a run that is submitted anew, or why it can't be."""
    told = definition_of(reader)
    refusal = _refusal(reader, told)
    if refusal is not None:
        return Repeat(refusal=refusal)
    targets = tuple(names(reader.folder.path.parent.parent))
    target = str(reader.definition.get("target") or LOCAL)
    if told.get("module"):
        what = str(reader.facts.get("function") or "its function")
        return Repeat(what, target=LOCAL, targets=(LOCAL,), notes=("with what it was called with",))
    given = _given(told)
    cleaned = told.get("cleaned")
    fields = () if isinstance(given, str) else tuple(fields_of(given))
    lost = cleaned if isinstance(cleaned, list) and not any(each.secret for each in fields) else []
    return Repeat(
        what=str(told.get("script") or "its command"),
        fields=fields,
        command=given if isinstance(given, str) else None,
        takes_arguments=not isinstance(given, str),
        target=target if target in targets else LOCAL,
        targets=targets,
        notes=("passwords in addresses were not kept: put them in again",) if lost else (),
    )


def definition_of(reader: RunReader) -> Mapping[str, Any]:
    """Return what a submitted run's driver was told, {} for a run that was not submitted."""
    told = reader.definition.get("definition")
    return told if isinstance(told, Mapping) else {}


def _given(told: Mapping[str, Any]) -> Union[str, list[str]]:
    """Return the arguments of a script, or a command: a list, or a str for the shell."""
    command = told.get("command")
    given = command or told.get("arguments")
    return given if isinstance(given, str) else [str(each) for each in given or ()]


def _refusal(reader: RunReader, told: Mapping[str, Any]) -> Optional[str]:
    kind = str(reader.definition.get("type") or "")
    if not told:
        if kind in ("function", "cell"):
            return (
                f"The {kind} ran in a thread of its kernel, and nothing else has what it worked with: run "
                "its code there again."
            )
        return "It was not submitted: what started it has to be run again."
    if sweep_of(reader.folder) is not None:
        return "A sweep is begun anew where it was configured: run that cell again. Its runs can be repeated one by one."
    module = told.get("module")
    if module == _CALL_MODULE:
        if not _call(reader.folder.path).is_file():
            return "What its function was called with is not there any more."
    elif module:
        what = "pipeline" if told.get("steps") else "step of a pipeline"
        return f"A {what} is begun anew where it was put together: run that cell again."
    elif not _snapshot(reader, told).is_file():
        return "The source that it was started from is not there any more."
    lost = missing(told)
    if lost:
        return (
            f"{', '.join(lost)} {'was' if len(lost) == 1 else 'were'} given when it was submitted, and secrets are not "
            "kept: copy the code, and put them in."
        )
    return None


def _call(folder: Path) -> Path:
    return folder / "payload" / CALL


def _snapshot(reader: RunReader, told: Mapping[str, Any]) -> Path:
    name = f"{told.get('snapshot')}.zip"
    place = reader.folder.path.parent.parent / "snapshots"
    return place / (name if "/" not in name and os.sep not in name else "none")


def submit_again(
    experiment: Experiment,
    reader: RunReader,
    *,
    arguments: Optional[Sequence[str]] = None,
    command: Optional[str] = None,
    target: Optional[str] = None,
    name: Optional[str] = None,
) -> Run:
    """Submit a run anew.

    Parameters
    ----------
    experiment
        Of the run.
    reader
        Of the run, and up to date.
    arguments, command
        Other ones than it had: a list, or what a shell is given.
    target
        Another target.
    name
        A name to show; two words are made up if it has none.

    Raises
    ------
    ConflictError
        If it can't be repeated; the message says why.
    InvalidValueError
        If an argument can't be one, or one that was not kept is missing.
    ComputeTargetException
        If there is no such target.
    """
    known = repeat_of(reader)
    if known.refusal is not None:
        raise ConflictError(known.refusal)
    chosen = known_target(experiment, target or known.target)
    try:
        told, line = _definition(known, definition_of(reader), arguments, command)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        if isinstance(error, RunsError):
            raise
        raise ConflictError(f"what is stored of the run can't be understood: {error}") from None
    script = told.get("script")
    params = params_of(line[1:]) if script else reader.params if told.get("module") else {}
    facts = {key: reader.facts[key] for key in _FACTS if key in reader.facts}
    return enqueue(
        experiment,
        told,
        kind=str(reader.definition.get("type") or "script"),
        target=chosen,
        tags={},
        params=params,
        facts={**facts, "script": script, "argv": clean_arguments(line)},
        code=None,
        name=name,
        payloads=_payloads(reader.folder.path, told),
        properties={REPEATS: reader.folder.id},
    )


def _definition(
    known: Repeat,
    before: Mapping[str, Any],
    arguments: Optional[Sequence[str]],
    command: Optional[str],
) -> tuple[dict[str, Any], list[str]]:
    """Return what the driver is to do, and its command line."""
    told = {key: value for key, value in before.items() if key not in _OF_ONE}
    told["environment_variables"] = dict(told.get("environment_variables") or {})
    environment = told.pop("environment", None)
    if environment:
        from jupyter_runs.jobs.environment import Environment

        told["environment"] = Environment.from_dict(environment)
    if told.get("module"):
        if arguments or command:
            raise InvalidValueError("a function is repeated with what it was called with")
        return told, []
    given = _changed(known, arguments, command)
    told["command" if told.get("command") else "arguments"] = given
    listed = [given] if isinstance(given, str) else given
    return told, [str(told["script"]), *listed] if told.get("script") else listed


def _changed(
    known: Repeat, arguments: Optional[Sequence[str]], command: Optional[str]
) -> Union[str, list[str]]:
    """Return the arguments, or the command, that it is to have."""
    if known.command is not None:
        if arguments is not None:
            raise InvalidValueError("it is a shell's command, which has no list of arguments")
        given = known.command if command is None else command
        if not given.strip() or "\0" in given:
            raise InvalidValueError(f"{shown(given)} is no command")
        return given
    if command is not None:
        raise InvalidValueError("it has a list of arguments, and no shell's command")
    listed = (
        [each for field in known.fields for each in field.arguments()]
        if arguments is None
        else [str(each) for each in arguments]
    )
    if len(listed) > _LONGEST:
        raise InvalidValueError(f"{_LONGEST:,} arguments are the most, not {len(listed):,}")
    for each in listed:
        if "\0" in each:
            raise InvalidValueError(f"{shown(each)} holds a NUL, which no argument can")
    for field in fields_of(listed):
        if field.secret:
            raise InvalidValueError(
                f"the value of {shown(field.label)} was not kept, since it looks like a secret: put it in "
                f"({KEPT_OUT!r} stands where it was)"
            )
    return listed


def _payloads(folder: Path, told: Mapping[str, Any]) -> dict[str, bytes]:
    """Return what lies beside the journal and belongs to the code: git's diff, a function's call."""
    wanted = ["git.diff", *([CALL] if told.get("module") else [])]
    found = {}
    for name in wanted:
        with suppress(OSError):
            found[name] = (folder / "payload" / name).read_bytes()
    return found
