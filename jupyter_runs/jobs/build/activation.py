"""What activating an environment would set, for a script that nobody activates one for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from jupyter_runs._settings import read_json

_LONGEST = 60  # seconds for a package's activation scripts
_SHELL_S_OWN = frozenset(["_", "OLDPWD", "PWD", "SHLVL"])
_SOURCE_ALL = 'for each in "$1"/*.sh; do . "$each" >&2; done; exec env -0'


def activation(python: str) -> dict[str, str]:
    """Return the variables to be set over the inherited ones for an environment's interpreter.

    For conda's that is what `conda activate` does: the variables set with ``conda env config vars``
    and what the scripts in ``etc/conda/activate.d`` set, too. An interpreter that belongs to no
    environment needs none.
    """
    folder = Path(python).parent
    prefix = folder.parent if folder.name in {"bin", "Scripts"} else folder
    first = {"PATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PATH"))))}
    if (prefix / "pyvenv.cfg").is_file():
        return {**first, "VIRTUAL_ENV": str(prefix)}
    if (prefix / "conda-meta").is_dir():
        name = prefix.name if prefix.parent.name == "envs" else str(prefix)
        said = {**first, "CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": name}
        configured = read_json(prefix / "conda-meta" / "state").get("env_vars")
        if isinstance(configured, dict):
            said.update((str(key), str(value)) for key, value in configured.items())
        return {**said, **_by_scripts(prefix / "etc" / "conda" / "activate.d", said)}
    return {}


def _by_scripts(folder: Path, said: dict[str, str]) -> dict[str, str]:
    """Return what the activation scripts of conda's packages set; one that fails sets nothing."""
    shell = shutil.which("bash") or shutil.which("sh")
    if shell is None or not any(folder.glob("*.sh")):
        return {}
    before = {**os.environ, **said}
    try:
        done = subprocess.run(
            [shell, "-c", _SOURCE_ALL, "activate", str(folder)],
            env=before,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_LONGEST,
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    pairs = (os.fsdecode(each).partition("=") for each in done.stdout.split(b"\0") if each)
    return {
        key: value
        for key, _, value in pairs
        if before.get(key) != value and key not in _SHELL_S_OWN
    }
