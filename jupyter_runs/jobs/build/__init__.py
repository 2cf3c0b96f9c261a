"""From an environment's definition to an interpreter; built once, and reused.

The way in is `prepare`. Everything here needs the standard library alone, because a run's driver
may be started by any interpreter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, NamedTuple, Optional

from jupyter_runs.errors import BuildError, EnvironmentNotFoundError
from jupyter_runs.jobs.build.activation import activation
from jupyter_runs.jobs.build.conda import build_conda, find_environment, find_tool, interpreter
from jupyter_runs.jobs.build.definition import definition_hash, needs
from jupyter_runs.jobs.build.place import Build, Place, builds, remove_build
from jupyter_runs.jobs.build.process import Canceled, Job
from jupyter_runs.jobs.build.venv import build_venv

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Build",
    "BuildError",
    "Canceled",
    "Interpreter",
    "builds",
    "definition_hash",
    "find_environment",
    "prepare",
    "refuse_containers",
    "remove_build",
]

_ENGINES = ("docker", "podman")
_LONGEST = 60  # seconds for a person's interpreter to start


class Interpreter(NamedTuple):
    """What a script is to be run by."""

    python: str
    variables: dict[str, str]
    """To be set over the inherited ones, as activating the environment would; PATH is whole."""
    kind: str
    """``venv``, ``conda``, ``existing-conda`` or ``user-managed``."""
    reused: bool
    """Whether there was nothing to build."""
    warnings: tuple[str, ...] = ()
    """What a person is to know who uses it."""


def prepare(
    definition: Mapping[str, Any],
    store: Path,
    log: BinaryIO,
    canceled: Callable[[], bool],
    phase: Callable[[str], None],
) -> Interpreter:
    """Return the interpreter that a definition describes, built if it is not there yet.

    Parameters
    ----------
    definition
        As `Environment.to_dict` returns it.
    store
        The workspace's folder ``environments``.
    log
        Takes the build's log; nothing is written where nothing is built.
    canceled
        Asked about five times a second while building or waiting for another who builds the same.
    phase
        Told in a line what is being done.

    Raises
    ------
    BuildError
        If there can be no such interpreter, with the reason in one line.
    Canceled
        If `canceled` returned True; all processes are gone and nothing half-made is left.
    """
    refuse_containers(definition)
    python = definition.get("python") or {}
    default = python.get("default_interpreter") or sys.executable
    if python.get("user_managed_dependencies"):
        return _user_managed(python.get("interpreter_path") or "python", default)
    if python.get("existing_conda_environment"):
        return _existing(python["existing_conda_environment"])
    place = Place(store, definition_hash(definition))
    job = Job(log, canceled, phase)
    try:
        return _managed(definition, place, job, default)
    except OSError as error:
        raise job.failed(f"the environment can't be built in {place.folder}: {error}") from error


def refuse_containers(definition: Mapping[str, Any]) -> None:
    """Raise `BuildError` if a definition asks for a container."""
    if not (definition.get("docker") or {}).get("enabled"):
        return
    engine = next(filter(None, map(shutil.which, _ENGINES)), None)
    if engine is None:
        raise BuildError(
            "docker.enabled is set, and there is no docker or podman on PATH; "
            "with docker.enabled = False the run goes without a container"
        )
    raise BuildError(
        f"docker.enabled is set, and runs in containers are not offered yet (though {engine} is "
        "there); with docker.enabled = False the run goes without one"
    )


def _managed(definition: Mapping[str, Any], place: Place, job: Job, default: str) -> Interpreter:
    facts = place.complete()
    reused = facts is not None
    if facts is None:
        with place.held(job) as lock:
            job.kept_open = (lock,)
            facts = place.complete()  # another may have built it while we waited
            reused = facts is not None
            if facts is None:
                facts = _build(definition, place, job, default)
    place.used()
    found = str(facts["python"])
    told = tuple(map(str, facts.get("warnings") or ()))
    return Interpreter(found, activation(found), str(facts["kind"]), reused, told)


def _build(definition: Mapping[str, Any], place: Place, job: Job, default: str) -> dict[str, Any]:
    asked = needs(definition)
    started = time.monotonic()
    place.clear()
    try:
        job.check()
        for line in asked.left_out:
            job.say(line)
        tool = find_tool() if asked.by_conda else None
        if tool is not None:
            kind, (python, version) = "conda", build_conda(tool, asked, place, job)
        else:
            kind, (python, version) = "venv", build_venv(asked, place, job, default)
        seconds = time.monotonic() - started
        job.say(f"built in {seconds:.1f} s: {python} (Python {version})")
        names = [definition["name"]] if definition.get("name") else []
        facts = {
            "python": python,
            "python_version": version,
            "kind": kind,
            "names": names,
            "warnings": job.warnings,
        }
        place.seal(facts)
    except BaseException:
        place.clear()
        raise
    return facts


def _existing(name: str) -> Interpreter:
    try:
        prefix = find_environment(name)
    except EnvironmentNotFoundError as error:
        raise BuildError(str(error)) from None
    python = interpreter(prefix)
    if python is None:
        raise BuildError(
            f"the conda environment {name!r} ({prefix}) has no Python; "
            f"conda install --prefix {prefix} python gives it one"
        )
    return Interpreter(python, activation(python), "existing-conda", True)


def _user_managed(path: str, default: str) -> Interpreter:
    """Return the interpreter that a person keeps, once it has shown that it runs."""
    if path == "python":
        found: Optional[str] = default
    else:
        expanded = os.path.expanduser(path)  # noqa: PTH111 - may be a bare name
        found = shutil.which(expanded)
    where = repr(path) if path != "python" else repr(default)
    if found is None or not Path(found).exists():
        raise BuildError(
            f"there is no interpreter {where}; set python.interpreter_path to a Python that is "
            "there, or to 'python' for the one that submits"
        )
    found = os.path.abspath(found)  # noqa: PTH100 - links stay: they are what makes a venv
    try:
        done = subprocess.run(
            [found, "-c", ""],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_LONGEST,
        )
        reason = done.stderr.decode("utf-8", "replace").strip()
        failed = done.returncode != 0
    except (OSError, subprocess.SubprocessError) as error:
        failed, reason = True, str(error)
    if failed:
        last = reason.splitlines()[-1] if reason else "no output"
        raise BuildError(f"the interpreter {found!r} can't be run: {last}", reason)
    return Interpreter(found, activation(found), "user-managed", True)
