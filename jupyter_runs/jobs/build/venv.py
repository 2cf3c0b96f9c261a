"""A virtual environment, filled by pip."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Optional

from jupyter_runs.jobs.build.nearest import TRY, Pin, not_imported, pin, versions_there
from jupyter_runs.jobs.build.pythons import choose, find
from jupyter_runs.jobs.build.reasons import last_line, pip_reason
from jupyter_runs.jobs.build.specs import CondaSpec, conda_spec, pip_versions
from jupyter_runs.jobs.build.twins import needless, twin

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_runs.jobs.build.definition import Needs
    from jupyter_runs.jobs.build.place import Place
    from jupyter_runs.jobs.build.process import Job
    from jupyter_runs.jobs.build.pythons import Python

_WINDOWS = os.name == "nt"
# a person's `user = true` is meant for other places than a virtual environment
_PIP_VARIABLES = {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
# is there a built package of this version? Nothing is installed, and nothing built
_ASK_FOR_WHEEL = ("--dry-run", "--no-deps", "--only-binary", ":all:")
_ASK_FOR_CONDA = (
    "install conda, mamba or micromamba "
    "(https://mamba.readthedocs.io/en/latest/installation/micromamba-installation.html)"
)


class _Plan(NamedTuple):
    """What to install with pip, and what to say about it."""

    lines: list[str]
    notes: list[str]
    packages: int


def build_venv(asked: Needs, place: Place, job: Job, default: Optional[str]) -> tuple[str, str]:
    """Build a virtual environment at `place`.

    Returns
    -------
    tuple[str, str]
        Its interpreter, and that one's version.

    Raises
    ------
    BuildError
        If it can't be built.
    """
    plan = _plan(asked, job)
    job.phase("looking for Python")
    wanted = pip_versions(asked.python or "")
    if wanted is None:
        raise job.failed(
            f"'python{asked.python}' is no version that this machine's Pythons can be compared "
            "with; write it like python=3.11"
        )
    minor = ".".join(asked.default.split(".")[:2])
    choice = choose(wanted or f"=={minor}.*", find(default), default)
    if not choice.candidates:
        raise job.failed(
            "there is no Python 3.9 or newer here that can make virtual environments; "
            "on Debian and Ubuntu, install python3-venv"
        )
    for note in (choice.note, *plan.notes):
        job.say(note)
    *makeshifts, last = choice.candidates
    for python in makeshifts:
        failure = _try(python, plan, place, job)
        if failure is None:
            return _interpreter(place.folder), python.shown
        job.say(f"not with Python {python.shown} ({failure}); trying {last.shown} ({last.path})")
    failure = _try(last, plan, place, job)
    if failure is not None and not _try_nearest(last, plan, place, job):
        raise job.failed(failure)
    return _interpreter(place.folder), last.shown


def _try(python: Python, plan: _Plan, place: Place, job: Job) -> Optional[str]:
    """Build with one interpreter; return why it failed, None if it did not."""
    place.clear()
    job.phase(f"creating a virtual environment with Python {python.shown}")
    if job.run([python.path, "-I", "-m", "venv", str(place.folder)]):
        return f"no virtual environment: {last_line(job.last_output)}"
    if not plan.lines:
        return None
    job.phase(f"installing {plan.packages} package{'' if plan.packages == 1 else 's'} with pip")
    return _install(plan.lines, place, job)


def _install(lines: list[str], place: Place, job: Job, *more: str) -> Optional[str]:
    """Install with pip; return why it failed, None if it did not."""
    pip = [_interpreter(place.folder), "-I", "-m", "pip", "install", "--no-input"]
    with place.asked(".txt", "".join(f"{line}\n" for line in lines)) as requirements:
        command = [*pip, *more, "--progress-bar", "off", "-r", str(requirements)]
        code = job.run(command, _PIP_VARIABLES)
    return f"pip: {pip_reason(job.last_output)}" if code else None


def _try_nearest(python: Python, plan: _Plan, place: Place, job: Job) -> bool:
    """Build with the nearest newer versions of pinned packages that this Python can't have; tell whether that went well."""
    if not place.folder.is_dir():
        return False  # it is not the packages
    job.phase("looking for packages that this Python can have")
    options = [line for line in plan.lines if line.startswith("-")]
    found: dict[Pin, str] = {}
    for each in filter(None, map(pin, plan.lines)):
        if _install([*options, each.line], place, job, *_ASK_FOR_WHEEL):
            version = each.nearest(versions_there(job.last_output))
            if version is not None:
                found[each] = f"=={version}"
    if not found or _try(python, _with(plan, found), place, job):
        return False
    names = [each.name for each in found]
    job.run([_interpreter(place.folder), "-I", "-c", TRY, *names])
    unfit = not_imported(job.last_output)
    if unfit:
        # built for libraries of its own time: the newest is what fits today's
        found.update({each: f">={each.version}" for each in found if each.name in unfit})
        if _try(python, _with(plan, found), place, job):
            return False
    for each, version in found.items():
        stands = each.replaced(version) if version[0] == "=" else f"the newest {each.name}"
        job.warn(f"{each.line} can't be had for Python {python.shown}: {stands} stands for it")
    return True


def _with(plan: _Plan, found: dict[Pin, str]) -> _Plan:
    new = {each.line: each.replaced(version) for each, version in found.items()}
    return plan._replace(lines=[new.get(line, line) for line in plan.lines])


def _plan(asked: Needs, job: Job) -> _Plan:
    """Turn conda's packages into pip's."""
    lines = list(asked.pip)
    notes: list[str] = []
    twins: list[str] = []
    strange: list[str] = []
    for text in asked.conda:
        spec = conda_spec(text)
        if spec is None:
            strange.append(text)
        elif needless(spec.name):
            notes.append(
                f"{spec.name} is conda's own: left out, PyPI's packages bring what they need"
            )
        elif spec.name == "pip" and not spec.version:
            continue  # each virtual environment has it
        else:
            line = _twin_line(spec)
            if line is None:
                strange.append(text)
            else:
                twins.append(line)
    if strange:
        raise job.failed(
            f"{', '.join(map(repr, strange))}: no twin on PyPI is known, and this machine has no conda; "
            f"{_ASK_FOR_CONDA}, or name the package's PyPI twin under 'pip:'"
        )
    if twins:
        said = ", ".join(twins)
        notes.insert(0, f"no conda here: from PyPI, in a virtual environment: {said}")
    every = [*twins, *lines]
    return _Plan(every, notes, sum(not line.startswith("-") for line in every))


def _twin_line(spec: CondaSpec) -> Optional[str]:
    name, versions = twin(spec.name), pip_versions(spec.version)
    return None if name is None or versions is None else f"{name}{versions}"


def _interpreter(folder: Path) -> str:
    return str(folder / "Scripts" / "python.exe" if _WINDOWS else folder / "bin" / "python")
