"""Where registered models lie: ``<workspace>/models/<name>/<version>/``, their files and what is said of them."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs._numbers import take_number
from jupyter_runs._settings import write_json
from jupyter_runs.errors import InvalidNameError, InvalidValueError
from jupyter_runs.journal.errors import shown
from jupyter_runs.journal.values import check_name

if TYPE_CHECKING:
    from pathlib import Path

MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}\Z")
FACTS = "model.json"


def register(
    workspace: Path,
    source: Path,
    name: str,
    tags: Optional[Mapping[str, Any]] = None,
    properties: Optional[Mapping[str, Any]] = None,
    description: Optional[str] = None,
    *,
    run_id: Optional[str] = None,
    file_name: Optional[str] = None,
    **kept: Any,
) -> Path:
    """Copy `source` into a workspace's registry as the next version of `name`; return the version's folder."""
    if not isinstance(name, str) or not MODEL_NAME.match(name):
        raise InvalidNameError(
            f"{shown(name)} can't be a model's name: 1 to 255 letters, digits, '_', '.' and '-', the first a "
            "letter or digit"
        )
    place = workspace / "models" / name
    place.mkdir(parents=True, exist_ok=True)
    folder = place / str(take_number(place, run_id or "register"))
    files = folder / "files"
    target = files / (file_name or source.name)
    try:
        files.mkdir(parents=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
        facts = {
            "file": target.name,
            "tags": texts(tags or {}),
            "properties": {key: str(value) for key, value in (properties or {}).items()},
            "description": description or "",
            "created": time.time(),
            "run_id": run_id,
            "kept": {key: str(value) for key, value in kept.items() if value is not None},
        }
        write_json(folder / FACTS, facts)  # last: a version without it is none
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def texts(tags: Any) -> dict[str, Optional[str]]:
    """Return tags as they are stored."""
    if not isinstance(tags, Mapping):
        raise InvalidValueError(f"tags are a dict, not {shown(tags)}")
    return {
        check_name(key, "tag"): None if value is None else str(value) for key, value in tags.items()
    }


def pairs_of(given: Any) -> list[tuple[str, Any]]:
    """Return what a filter asks for; ``...`` stands for any value."""
    if given is None:
        return []
    if isinstance(given, str):
        return [(given, ...)]
    if isinstance(given, Mapping):
        return [(str(key), str(value)) for key, value in given.items()]
    pairs: list[tuple[str, Any]] = []
    for each in given:
        if isinstance(each, str):
            pairs.append((each, ...))
        elif isinstance(each, (list, tuple)) and len(each) == 2:
            pairs.append((str(each[0]), str(each[1])))
        else:
            raise InvalidValueError(f"models are found by keys and [key, value], not {shown(each)}")
    return pairs


def has_all(there: Mapping[str, Any], wanted: list[tuple[str, Any]]) -> bool:
    """Tell whether all that is asked for is there."""
    return all(key in there and value in (..., there[key]) for key, value in wanted)


def model_names(place: Path) -> list[str]:
    """Return the names of the folders in a folder."""
    try:
        return sorted(entry.name for entry in os.scandir(place) if entry.is_dir())
    except OSError:
        return []


def version_folders(place: Path) -> list[Path]:
    """Return the folders of a model's versions, the newest first."""
    numbers = sorted((int(name) for name in model_names(place) if name.isdigit()), reverse=True)
    return [place / str(n) for n in numbers if (place / str(n) / FACTS).is_file()]
