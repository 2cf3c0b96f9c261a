"""What conda, mamba or micromamba does: build an environment, and know those that there are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.errors import EnvironmentNotFoundError
from jupyter_runs.jobs.build.place import MARK
from jupyter_runs.jobs.build.pythons import OLDEST, conda_prefixes
from jupyter_runs.jobs.build.reasons import conda_reason
from jupyter_runs.jobs.build.specs import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_runs.jobs.build.definition import Needs
    from jupyter_runs.jobs.build.place import Place
    from jupyter_runs.jobs.build.process import Job

_TOOLS = ("conda", "mamba", "micromamba")
_ROOTS = ("miniforge3", "mambaforge", "miniconda3", "anaconda3", "micromamba")
# no questions, and no bars drawn over and over into a log
_VARIABLES = {
    "CONDA_ALWAYS_YES": "true",
    "CONDA_QUIET": "true",
    "MAMBA_ALWAYS_YES": "true",
    "MAMBA_NO_PROGRESS_BARS": "true",
    "PIP_USER": "0",
}


def find_tool() -> Optional[str]:
    """Return conda, mamba or micromamba, the first of these that is installed, None if none is.

    On PATH, as an activated shell has noted it, or where its installers put it.
    """
    for name in _TOOLS:
        found = shutil.which(name)
        if found:
            return found
    noted = (os.environ.get("CONDA_EXE"), os.environ.get("MAMBA_EXE"))
    roots = [*(Path.home() / root for root in _ROOTS), Path("/opt/conda")]
    usual = (str(root / "bin" / name) for root in roots for name in _TOOLS)
    return next((each for each in (*noted, *usual) if each and shutil.which(each)), None)


def build_conda(tool: str, asked: Needs, place: Place, job: Job) -> tuple[str, str]:
    """Build an environment at `place` with `tool`.

    Returns
    -------
    tuple[str, str]
        Its interpreter, and that one's version.

    Raises
    ------
    BuildError
        If it can't be built.
    """
    name = Path(tool).stem
    job.say(f"building with {tool}")
    count = len(asked.conda) + len(asked.pip)
    job.phase(f"installing {count} package{'' if count == 1 else 's'} with {name}")
    place.clear()
    # JSON is YAML, and in the standard library
    text = json.dumps(_specification(asked, job), indent=1)
    # micromamba's own `create` takes a specification; the others' does so in `env`
    verb = ["create"] if name == "micromamba" else ["env", "create"]
    with place.asked(".yml", text) as specification:
        command = [tool, *verb, "--prefix", str(place.folder), "--file", str(specification)]
        code = job.run(command, _VARIABLES)
    if code:
        raise job.failed(f"{name}: {conda_reason(job.last_output)}")
    python = interpreter(place.folder)
    if python is None:
        raise job.failed(f"{name} made an environment without Python; add python to its packages")
    if job.run([python, "-I", "-c", "import platform; print(platform.python_version())"]):
        raise job.failed(f"the environment's Python can't be run: {job.last_output[-1:]}")
    return python, job.last_output[-1].strip()


def _specification(asked: Needs, job: Job) -> dict[str, Any]:
    python = asked.python or ""
    if python and (*numbers(python), 0, 0)[:2] < OLDEST and not python.startswith(">"):
        oldest = ".".join(map(str, OLDEST))
        job.say(
            f"Python {python.lstrip('=')} was asked for, and runs need {oldest} or newer: {oldest}"
        )
        python = f"={oldest}"
    dependencies: list[Any] = [f"python{python}", *asked.conda]
    if asked.pip:
        if not any(each.startswith("pip") for each in asked.conda):
            dependencies.append("pip")
        dependencies.append({"pip": list(asked.pip)})
    channels = {"channels": list(asked.channels)} if asked.channels else {}
    return {"name": "environment", **channels, "dependencies": dependencies}


def interpreter(prefix: Path) -> Optional[str]:
    """Return the Python of a conda environment, None if it has none."""
    for place in (prefix / "bin" / "python", prefix / "python.exe"):
        if os.access(place, os.X_OK):
            return str(place)
    return None


def find_environment(name: str) -> Path:
    """Return the folder of the conda environment of a name, or at a path.

    Raises
    ------
    EnvironmentNotFoundError
        If there is none; those known are listed.
    """
    if os.sep in name or name.startswith(("~", ".")):
        prefix = Path(name).expanduser().absolute()
        if (prefix / "conda-meta").is_dir():
            return prefix
        raise EnvironmentNotFoundError(f"there is no conda environment in {prefix}: {_known()}")
    for prefix in _prefixes():
        if name in _names(prefix) and (prefix / "conda-meta").is_dir():
            return prefix
    raise EnvironmentNotFoundError(f"there is no conda environment {name!r}: {_known()}")


def _known() -> str:
    there = [prefix for prefix in _prefixes() if (prefix / "conda-meta").is_dir()]
    if not there:
        return "no conda environment is known on this machine; conda create makes one"
    listed = {f"{_names(prefix)[0]} ({prefix})": None for prefix in there}
    return f"there are {', '.join(sorted(listed))}"


def _names(prefix: Path) -> list[str]:
    return [prefix.name] if prefix.parent.name == "envs" else ["base", prefix.name]


def _prefixes() -> Iterator[Path]:
    """Yield where conda environments may be, what is cheap to know first."""
    seen: set[Path] = set()
    for prefix in _all_prefixes():
        # what we built ourselves is nobody's by name
        if prefix not in seen and not (prefix / MARK).exists():
            seen.add(prefix)
            yield prefix


def _all_prefixes() -> Iterator[Path]:
    active = os.environ.get("CONDA_PREFIX")
    if active:
        yield Path(active)
    yield from conda_prefixes()
    folders = [
        *os.environ.get("CONDA_ENVS_PATH", "").split(os.pathsep),
        *os.environ.get("CONDA_ENVS_DIRS", "").split(os.pathsep),
        str(Path.home() / ".conda" / "envs"),
    ]
    for root in (
        os.environ.get("MAMBA_ROOT_PREFIX"),
        *(str(Path.home() / each) for each in _ROOTS),
    ):
        if root:
            yield Path(root)
            folders.append(str(Path(root) / "envs"))
    for folder in filter(None, folders):
        yield from _listed(Path(folder))
    tool = find_tool()
    if tool is not None:
        yield from _told_by(tool)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _told_by(tool: str) -> list[Path]:
    try:
        done = subprocess.run(
            [tool, "env", "list", "--json"],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
        return [Path(each) for each in json.loads(done.stdout)["envs"]]
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError):
        return []
