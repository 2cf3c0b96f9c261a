"""What an environment's definition asks to be built, and the hash of just that."""

from __future__ import annotations

import hashlib
import json
import platform
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs.capture.secrets import clean_url
from jupyter_runs.jobs.build.specs import canonical, conda_spec, pip_name

if TYPE_CHECKING:
    from collections.abc import Mapping

# these names stand for us, and the driver lends us to the script by itself
_OURS = frozenset(["azureml-sdk", "azureml-core", "azureml-defaults", "jupyter-runs"])
_THEIRS = "azureml-"


class Needs(NamedTuple):
    """What a managed environment is to hold."""

    python: Optional[str]
    """The versions of Python asked for, as conda writes them; None if it was left open."""
    default: str
    """The version of the submitter's Python, which is taken where it was left open."""
    channels: tuple[str, ...]
    conda: tuple[str, ...]
    """conda packages but Python."""
    pip: tuple[str, ...]
    """Lines of a requirements file: options first."""
    left_out: tuple[str, ...]
    """Why packages that were asked for are not among these, a line each."""

    @property
    def by_conda(self) -> bool:
        """Whether this is conda's to build, where there is one."""
        return bool(self.conda or self.python)


def needs(definition: Mapping[str, Any]) -> Needs:
    """Return what the definition of a managed environment asks for."""
    python = definition.get("python") or {}
    said = python.get("conda_dependencies") or {}
    version: Optional[str] = None
    conda: list[str] = []
    pip: list[str] = []
    left_out: list[str] = []
    for entry in said.get("dependencies") or ():
        if isinstance(entry, dict):
            pip += [line for line in entry.get("pip") or () if _kept(line, left_out)]
            continue
        spec = conda_spec(entry)
        if spec is not None and spec.name == "python":
            version = spec.version
        elif _kept(entry, left_out):
            conda.append(entry)
    return Needs(
        version,
        python.get("default_version") or platform.python_version(),
        tuple(said.get("channels") or ()) if conda or version is not None else (),
        tuple(sorted(set(conda))),
        _in_order(pip),
        tuple(dict.fromkeys(left_out)),
    )


def definition_hash(definition: Mapping[str, Any]) -> str:
    """Return 20 hex digits that depend on what is built, and not on names or variables.

    Where no version of Python is asked for, the submitter's minor version is part of what is
    built. Passwords in URLs are not: their place in a definition is only how to get there.
    """
    python = definition.get("python") or {}
    if python.get("user_managed_dependencies"):
        what: Any = ["user-managed", python.get("interpreter_path") or "python"]
    elif python.get("existing_conda_environment"):
        what = ["existing-conda", python["existing_conda_environment"]]
    else:
        asked = needs(definition)
        what = [
            "managed",
            asked.python or ".".join(asked.default.split(".")[:2]),
            bool(asked.python),
            [clean_url(each) for each in asked.channels],
            asked.conda,
            [clean_url(each) for each in asked.pip],
        ]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:20]


def _kept(line: str, left_out: list[str]) -> bool:
    name = pip_name(line)
    if name is None or "@" in line:
        return True
    if name in _OURS:
        left_out.append(f"{name} stands for jupyter_runs, which every run is lent")
    elif canonical(name).startswith(_THEIRS):
        left_out.append(f"{name} is not offered here: left out")
    else:
        return True
    return False


def _in_order(lines: list[str]) -> tuple[str, ...]:
    # options act on the whole file, so their place among the packages means nothing
    lines = [line.strip() for line in lines]
    options = [line for line in lines if line.startswith("-")]
    return (*dict.fromkeys(options), *sorted(set(lines) - set(options)))
