"""Run configurations as files: YAML, in the words that the SDK whose names we share wrote them with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs._settings import absolute
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import InvalidValueError, MissingPathError
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_runs.jobs.config import RunConfiguration, StrPath

SUFFIX = ".runconfig"
FOLDERS = (".jupyter_runs", ".azureml", "aml_config", ".")


def file_to_save(path: Optional[StrPath], name: Optional[str], folder: str) -> Path:
    """Return the file that a configuration is saved to: `path` itself, or one of that name in its `folder`."""
    where = absolute(path or ".")
    if name is None and where.suffix == SUFFIX:
        return where
    return where / folder / f"{_plain_name('run' if name is None else name)}{SUFFIX}"


def file_to_load(path: Optional[StrPath], name: Optional[str]) -> Path:
    """Return the file of a configuration.

    Raises
    ------
    MissingPathError
        If there is none; those that there are are named.
    """
    where = absolute(path or ".")
    if name is None and where.is_file():
        return where
    wanted = f"{_plain_name('run' if name is None else name)}{SUFFIX}"
    for folder in FOLDERS:
        if (where / folder / wanted).is_file():
            return where / folder / wanted
    there = [
        file.stem for folder in FOLDERS for file in sorted((where / folder).glob(f"*{SUFFIX}"))
    ]
    raise MissingPathError(
        f"there is no run configuration {wanted!r} in {where}: {did_you_mean(wanted[: -len(SUFFIX)], there)}"
    )


def _plain_name(name: str) -> str:
    plain = name.removesuffix(SUFFIX)
    if not plain or plain in (".", "..") or {"/", os.sep} & set(plain):
        raise InvalidValueError(f"{shown(name)} can't name a run configuration: give a file's name")
    return plain


def write(config: RunConfiguration, file: Path) -> None:
    """Write a configuration; values of variables that look like secrets are left out, as in all that is stored."""
    from jupyter_runs.capture.secrets import looks_secret
    from jupyter_runs.jobs.config import target_name
    from jupyter_runs.jobs.specification import write_yaml

    given = config.arguments
    arguments = given if given is None or isinstance(given, str) else [str(each) for each in given]
    command = config.command
    said: dict[str, Any] = {
        "script": None if config.script is None else os.fspath(config.script),
        "arguments": arguments,
        "command": command
        if command is None or isinstance(command, str)
        else list(map(str, command)),
        "target": target_name(config.target),
        "maxRunDurationSeconds": config.max_run_duration_seconds,
        "environmentVariables": {
            key: None if looks_secret(key) else str(value)
            for key, value in config.environment_variables.items()
        },
    }
    environment = config.chosen_environment()
    if environment is not None:
        told = environment.to_dict(stored=True)
        said["environment"] = {
            "name": told["name"],
            "version": told["version"],
            "environmentVariables": told["environment_variables"],
            "python": {_camel(key): value for key, value in told["python"].items()},
            "docker": {_camel(key): value for key, value in told["docker"].items()},
        }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(write_yaml(said), encoding="utf-8")


def read(config: RunConfiguration, file: Path) -> None:
    """Fill a configuration from a file; what has no meaning on one machine is passed over.

    Raises
    ------
    InvalidValueError
        If the file is no configuration.
    """
    from jupyter_runs.jobs.specification import read_yaml

    data = read_yaml(file)
    if not isinstance(data, dict):
        raise InvalidValueError(f"{file} is no run configuration: it holds no names with values")
    said = {_snake(str(key)): value for key, value in data.items()}
    config.script = _text(file, said, "script")
    arguments = said.get("arguments")
    if arguments is not None and not isinstance(arguments, (str, list)):
        raise InvalidValueError(f"{file}: arguments is a list, not {shown(arguments)}")
    config.arguments = arguments or None
    command = said.get("command")
    if command is not None and not isinstance(command, (str, list)):
        raise InvalidValueError(f"{file}: command is a text or a list, not {shown(command)}")
    config.command = command or None
    config.target = _text(file, said, "target") or config.target
    limit = said.get("max_run_duration_seconds")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, (int, float))):
        raise InvalidValueError(f"{file}: maxRunDurationSeconds is a number, not {shown(limit)}")
    config.max_run_duration_seconds = limit or None
    variables = _section(file, said, "environment_variables")
    config.environment_variables = {
        str(key): str(value) for key, value in variables.items() if value is not None
    }
    if said.get("environment") is not None:
        _read_environment(config, file, _section(file, said, "environment"))


def _read_environment(config: RunConfiguration, file: Path, said: Mapping[str, Any]) -> None:
    from jupyter_runs.jobs.conda_dependencies import CondaDependencies
    from jupyter_runs.jobs.environment import Environment

    own = {_snake(str(key)): value for key, value in said.items()}
    python = {_snake(str(k)): v for k, v in _section(file, own, "python").items()}
    docker = {_snake(str(k)): v for k, v in _section(file, own, "docker").items()}
    packages = python.get("conda_dependencies_file")
    if packages is not None and not python.get("user_managed_dependencies"):
        place = absolute(file.parent / str(packages))
        beside = file.parent.parent / str(
            packages
        )  # as that SDK has it: below the project's folder
        found = place if place.is_file() or not beside.is_file() else beside
        python["conda_dependencies"] = CondaDependencies(found).as_dict()
    if not isinstance(python.get("conda_dependencies") or {}, dict):
        raise InvalidValueError(f"{file}: condaDependencies is a conda specification")
    name = own.get("name") or "default"
    environment = Environment.from_dict(
        {
            "name": name,
            "python": python,
            "environment_variables": _section(file, own, "environment_variables"),
            "docker": docker,
        }
    )
    # one that nobody has filled in is the interpreter that submits, as it was when it was written
    if environment.to_dict() != Environment(str(name)).to_dict():
        config.environment = environment


def _section(file: Path, said: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidValueError(
            f"{file}: {_camel(name)} holds names with values, not {shown(found)}"
        )
    return found


def _text(file: Path, said: Mapping[str, Any], name: str) -> Optional[str]:
    found = said.get(name)
    if found is not None and not isinstance(found, str):
        raise InvalidValueError(f"{file}: {_camel(name)} is a text, not {shown(found)}")
    return found or None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
