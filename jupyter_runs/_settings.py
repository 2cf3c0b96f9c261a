"""Where runs lie on this machine, and the few limits a person may set."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple, Optional, Union

DEFAULT_WORKSPACE = "default"
WORKSPACE_FILE = "workspace.json"


class SnapshotLimits(NamedTuple):
    """What a snapshot may hold: bytes in all, and number of files."""

    size: int
    files: int


def home_dir() -> Path:
    """Return the folder that holds the workspaces.

    ``JUPYTER_RUNS_HOME`` if it is set, else ``runs/`` in Jupyter's data folder.
    """
    chosen = os.environ.get("JUPYTER_RUNS_HOME")
    if chosen:
        return absolute(chosen)
    return jupyter_data_dir() / "runs"


def absolute(path: Union[str, os.PathLike[str]]) -> Path:
    """Return a path from the root, ``~`` and ``..`` resolved and links left as they are."""
    return Path(os.path.abspath(os.path.expanduser(path)))  # noqa: PTH100, PTH111 - links stay


def jupyter_data_dir() -> Path:
    """Return Jupyter's data folder, by its own rules where ``jupyter_core`` is missing."""
    try:
        from jupyter_core.paths import jupyter_data_dir as theirs
    except ImportError:
        return _data_dir_by_rule()
    return Path(theirs())


def _data_dir_by_rule() -> Path:
    env = os.environ
    if env.get("JUPYTER_DATA_DIR"):
        return Path(env["JUPYTER_DATA_DIR"])
    user = Path.home()
    if sys.platform == "darwin":
        return user / "Library" / "Jupyter"
    if sys.platform == "win32":
        appdata = env.get("APPDATA")
        if appdata:
            return Path(appdata) / "jupyter"
        return Path(env.get("JUPYTER_CONFIG_DIR") or user / ".jupyter") / "data"
    return Path(env.get("XDG_DATA_HOME") or user / ".local" / "share") / "jupyter"


def make_private(folder: Path) -> None:
    """Make `folder` and what is missing above it; readable by its owner alone if it is new."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a small JSON file, ``{}`` if there is none that can be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write a small JSON file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        part.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)
    finally:
        if part.exists():
            part.unlink()


def snapshot_limits(workspace_dir: Optional[Path] = None) -> SnapshotLimits:
    """Return the snapshot limits: from the environment, else the workspace, else 300 MB and 2,000.

    The environment variables are ``JUPYTER_RUNS_SNAPSHOT_MAX_MB`` and
    ``JUPYTER_RUNS_SNAPSHOT_MAX_FILES``; in a workspace's ``workspace.json`` they are
    ``settings.snapshot_max_mb`` and ``settings.snapshot_max_files``.
    """
    settings: dict[str, Any] = {}
    if workspace_dir is not None:
        found = read_json(workspace_dir / WORKSPACE_FILE).get("settings")
        settings = found if isinstance(found, dict) else {}
    megabytes = _number("JUPYTER_RUNS_SNAPSHOT_MAX_MB", settings.get("snapshot_max_mb"), 300.0)
    files = _number("JUPYTER_RUNS_SNAPSHOT_MAX_FILES", settings.get("snapshot_max_files"), 2000.0)
    return SnapshotLimits(int(megabytes * 1_000_000), int(files))


def _number(variable: str, kept: object, default: float) -> float:
    # a setting nobody can read must not stop a run: the next one in line is used
    for candidate in (os.environ.get(variable), kept):
        if candidate is None or isinstance(candidate, bool):
            continue
        try:
            number = float(str(candidate))
        except ValueError:
            continue
        if 0 <= number < 1e15:
            return number
    return default
