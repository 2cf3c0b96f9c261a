"""The environments that a workspace keeps: each name's versions, a file each, never changed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from jupyter_runs._settings import make_private, read_json
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import EnvironmentNameError, EnvironmentNotFoundError, InvalidValueError
from jupyter_runs.jobs.build.place import BUILT
from jupyter_runs.jobs.curated import CURATED, RESERVED
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_runs.jobs.environment import Environment
    from jupyter_runs.workspace import Workspace

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")


# which environment stands for one that is not there; None: none does. Old code names some that were kept elsewhere
on_unknown: Optional[Callable[[str], Optional[str]]] = None


def check_environment_name(name: object, *, new: bool = False) -> str:
    """Return `name` if an environment may be called so, else raise `EnvironmentNameError`.

    Parameters
    ----------
    name
        Any object.
    new
        Whether a person makes one of this name, so that the reserved ones are refused.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise EnvironmentNameError(
            f"{shown(name)} can't name an environment: a name is a str which starts with one of "
            "A-Z a-z 0-9, holds these, '_', '.' and '-', and has at most 255 characters"
        )
    if name.lower() == BUILT:
        raise EnvironmentNameError(f"{name!r} can't name an environment: what is built lies there")
    if new and name.startswith(RESERVED):
        raise EnvironmentNameError(
            f"{name!r} can't name an environment of yours: names that begin with "
            f"{' or '.join(RESERVED)} are reserved for the curated ones; clone it under another name"
        )
    return name


def store(workspace: Workspace) -> Path:
    """Return the folder that environments lie in, built ones too."""
    return workspace.folder / "environments"


def register(workspace: Workspace, definition: dict[str, Any]) -> str:
    """Keep a definition, and return the version that it is.

    Parameters
    ----------
    workspace
        Where to.
    definition
        As ``Environment.to_dict(stored=True)`` returns it.
    """
    folder = store(workspace) / check_environment_name(definition["name"], new=True)
    make_private(folder)
    wanted = _essence(definition)
    while True:
        known = _versions(folder)
        for version in reversed(known):
            if _essence(read_json(folder / f"{version}.json")) == wanted:
                return str(version)
        version = known[-1] + 1 if known else 1
        # another process may take this number first: then look again
        if _write_new(folder / f"{version}.json", {**definition, "version": str(version)}):
            return str(version)


def get(workspace: Workspace, name: str, version: Union[str, int, None] = None) -> dict[str, Any]:
    """Return the definition of a version, by default the newest.

    Raises
    ------
    EnvironmentNotFoundError
        If there is none; near names, or the versions that there are, are listed.
    """
    if on_unknown is not None and name not in Environments(workspace):
        name = on_unknown(name) or name
    known = [1] if name in CURATED else _versions(store(workspace) / check_environment_name(name))
    if not known:
        raise EnvironmentNotFoundError(
            f"there is no environment {name!r} in workspace {workspace.name!r}: "
            f"{did_you_mean(name, Environments(workspace))}"
        )
    wanted = str(known[-1] if version is None else version)
    if wanted not in map(str, known):
        raise EnvironmentNotFoundError(
            f"environment {name!r} has no version {shown(version)}; "
            f"there are {', '.join(map(str, known))}"
        )
    if name in CURATED:
        return {"name": name, "version": wanted, **CURATED[name]}
    file = store(workspace) / name / f"{wanted}.json"
    definition = read_json(file)
    if definition.get("name") != name:
        raise InvalidValueError(f"{file} can't be read; register the environment again")
    return definition


class Environments(Mapping[str, "Environment"]):
    """The environments of a workspace by name, the newest version of each; curated ones too."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __getitem__(self, name: str) -> Environment:
        from jupyter_runs.jobs.environment import Environment

        return Environment.get(self._workspace, name)

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        return f"Environments({list(self)!r})"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def _names(self) -> list[str]:
        try:
            folders = sorted(store(self._workspace).iterdir())
        except OSError:
            folders = []
        own = [each.name for each in folders if _NAME.fullmatch(each.name) and _versions(each)]
        return [*own, *CURATED]


def _versions(folder: Path) -> list[int]:
    """Return the versions in a folder, the newest last."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names are all that is needed
    except OSError:
        return []
    found = (re.fullmatch(r"([1-9]\d*)\.json", name) for name in names)
    return sorted(int(each[1]) for each in found if each)


def _essence(definition: dict[str, Any]) -> str:
    """Return what makes a definition that one, whatever its version."""
    return json.dumps({**definition, "version": None}, sort_keys=True)


def _write_new(path: Path, data: dict[str, Any]) -> bool:
    """Write a file whole if it is not there yet, and tell whether it was not."""
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    part.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(part.read_text(encoding="utf-8"))
        except FileExistsError:
            return False
    finally:
        part.unlink()
    return True
