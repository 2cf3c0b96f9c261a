"""What reaches the script and is never stored: the variables it is to see, and arguments that hold secrets.

They wait in memory (a file in a folder that the system keeps there, readable by its owner alone) from the submit until the
driver takes them. A run that has waited over a restart of the machine finds them gone, and is told which are missing.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.journal import RunFolder


def _memory() -> Path:
    """Return a folder of this person that lies in memory, where the system has such."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    for place in (os.environ.get("XDG_RUNTIME_DIR"), "/dev/shm"):  # noqa: S108 - what is meant
        if place and os.access(place, os.W_OK | os.X_OK):
            return Path(place) / f"jupyter_runs-{user}"
    return Path(tempfile.gettempdir()) / f"jupyter_runs-{user}"


def _file(folder: RunFolder) -> Path:
    name = hashlib.sha256(os.fsencode(os.path.realpath(folder.path))).hexdigest()[:32]
    return _memory() / name


def _own(place: Path) -> bool:
    """Tell whether a folder is ours alone: others may make names in a folder that all share."""
    status = place.lstat()
    return not hasattr(os, "getuid") or (
        status.st_uid == os.getuid() and not status.st_mode & 0o077 and place.is_dir()
    )


def seal(folder: RunFolder, content: dict[str, Any]) -> None:
    """Keep what a run's driver is to be told, in memory; silently does without where there is no such place."""
    file = _file(folder)
    with suppress(OSError):
        with suppress(FileExistsError):
            file.parent.mkdir(mode=0o700, parents=True)
        if not _own(file.parent) or file.parent.is_symlink():
            return
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as stream:
            json.dump(content, stream)


def unseal(folder: RunFolder) -> Optional[dict[str, Any]]:
    """Take what was kept for a run, once; None if it is gone."""
    file = _file(folder)
    try:
        if not _own(file.parent):
            return None
        text = file.read_text(encoding="utf-8", errors="surrogateescape")
        found = json.loads(text)
    except (OSError, ValueError):
        return None
    finally:
        discard(folder)
    return found if isinstance(found, dict) else None


def missing(told: Mapping[str, Any]) -> list[str]:
    """Return the names of the variables that were not stored, and that this process has not either."""
    names = told.get("sealed")
    return [
        str(name) for name in (names if isinstance(names, list) else ()) if name not in os.environ
    ]


def discard(folder: RunFolder) -> None:
    """Forget what was kept for a run."""
    with suppress(OSError):
        _file(folder).unlink()
