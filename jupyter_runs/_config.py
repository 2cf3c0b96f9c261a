"""The file in a project that says which workspace it logs to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from jupyter_runs._settings import absolute, write_json
from jupyter_runs.errors import InvalidValueError, MissingPathError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

FOLDER = ".jupyter_runs"
_PLACES = (f"{FOLDER}/config.json", ".azureml/config.json", "config.json")


class Config(NamedTuple):
    """What a configuration file says."""

    name: str
    location: Optional[Path]
    subscription_id: Optional[str]
    resource_group: Optional[str]


def find_config(path: Union[str, os.PathLike[str], None]) -> Optional[Config]:
    """Return what the nearest configuration file says, None where there is none.

    Parameters
    ----------
    path
        The file, or the folder to begin with; by default the current one.

    Raises
    ------
    MissingPathError, InvalidValueError
        As `Workspace.from_config` does.
    """
    start = absolute(path or ".")
    if start.is_file():
        return _read(start, required=True)
    if not start.is_dir():
        raise MissingPathError(f"there is no file or folder {str(start)!r} to find a workspace by")
    for folder in (start, *start.parents):
        for place in _PLACES:
            if (folder / place).is_file():
                # a bare config.json may well be something else's
                found = _read(folder / place, required="/" in place)
                if found is not None:
                    return found
    return None


def _read(file: Path, *, required: bool) -> Optional[Config]:
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        if required:
            raise InvalidValueError(f"{file} can't be read: {error}") from None
        return None
    name = config.get("workspace_name") if isinstance(config, dict) else None
    if not isinstance(name, str):
        if required:
            raise InvalidValueError(f"{file} names no workspace: it needs a 'workspace_name'")
        return None
    location = config.get("location")
    if isinstance(location, str):
        # relative to the project, so that a project can be moved with its runs
        project = file.parent.parent if file.parent.name.startswith(".") else file.parent
        location = absolute(project / Path(location).expanduser())
    return Config(
        name,
        location if isinstance(location, Path) else None,
        config.get("subscription_id"),
        config.get("resource_group"),
    )


def save_config(
    project: Path,
    file_name: str,
    name: str,
    location: Optional[str],
    more: Mapping[str, str],
) -> None:
    """Write a configuration file into a project's folder."""
    config = {"workspace_name": name, **more}
    if location is not None:
        config["location"] = location
    (project / FOLDER).mkdir(parents=True, exist_ok=True)
    write_json(project / FOLDER / file_name, config)
