"""The Pythons of this machine, and the nearest of them to the version that was asked for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional

from jupyter_runs.jobs.build.place import MARK
from jupyter_runs.jobs.build.specs import numbers, satisfies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OLDEST = (3, 9)  # what the part of us that a script is lent can be imported by
_PROBE = "import sys, venv, ensurepip; print(*sys.version_info[:3])"
_NAME = re.compile(r"python3(\.\d+)?(\.exe)?|python\.exe")
_FOLDERS = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")
_LONGEST = 20  # seconds for an interpreter to start, from a cold network disk


class Python(NamedTuple):
    """An interpreter that virtual environments can be made with."""

    path: str
    version: tuple[int, ...]

    @property
    def shown(self) -> str:
        """Its version as people write it."""
        return ".".join(map(str, self.version))


class Choice(NamedTuple):
    """Which interpreters to try, the first first, and what to say about it."""

    candidates: list[Python]
    note: str


def find(default: Optional[str] = None) -> list[Python]:
    """Return the usable interpreters of this machine, `default` first if it is one.

    Looks on PATH, in the usual folders, and where pyenv, uv and conda keep theirs. Each is asked
    for its version: a name may promise what is not there.
    """
    started = []
    for path in _unique(_paths(default)):
        try:
            process = subprocess.Popen(
                [path, "-I", "-c", _PROBE],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        except OSError:
            continue
        started.append((path, process))
    found = []
    for path, process in started:
        try:
            printed, _ = process.communicate(timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            continue
        version = tuple(map(int, re.findall(r"\d+", printed)))
        if process.returncode == 0 and len(version) == 3 and version >= OLDEST:
            found.append(Python(path, version))
    return found


def choose(wanted: str, found: list[Python], default: Optional[str] = None) -> Choice:
    """Return which interpreters to try for a version, in pip's words.

    One that will do, the default one before others. Where none will, any is a makeshift: the
    nearest first, then the default one, for which packages are surest to be found.

    Parameters
    ----------
    wanted
        Such as ``==3.11.*`` or ``>=3.8,<3.11``.
    found
        As `find` returns them.
    default
        The submitter's interpreter.
    """
    real = os.path.realpath(default or sys.executable)
    ours = [each for each in found if each.path == real]
    fitting = [each for each in found if satisfies(each.version, wanted)]
    if fitting:
        best = max(fitting, key=lambda each: (each in ours, each.version))
        return Choice([best], f"Python {best.shown} ({best.path})")
    point = (*numbers(wanted), 0, 0)[:2]
    by_distance = sorted(
        found,
        key=lambda each: (
            abs(each.version[0] - point[0]),
            abs(each.version[1] - point[1]),
            [-part for part in each.version],
        ),
    )
    candidates = list(dict.fromkeys([*by_distance[:1], *ours]))
    if not candidates:
        return Choice([], "")
    nearest = candidates[0]
    why = (
        f"Python {_plain(wanted)} was asked for, and runs need {'.'.join(map(str, OLDEST))} or newer"
        if point < OLDEST
        else f"Python {_plain(wanted)} was asked for, and this machine does not have it"
    )
    return Choice(
        candidates,
        f"{why}; Python {nearest.shown} ({nearest.path}) is the nearest that it has",
    )


def _plain(wanted: str) -> str:
    """Return a pinned version without its signs.

    >>> _plain("==3.6.2.*")
    '3.6.2'
    """
    pinned = re.fullmatch(r"==([0-9.]+?)(\.\*)?", wanted)
    return pinned[1] if pinned else wanted


def _unique(paths: Iterable[str]) -> list[str]:
    # resolved, so that a virtual environment on PATH counts as what it was made from
    return list(dict.fromkeys(os.path.realpath(path) for path in paths))


def _paths(default: Optional[str]) -> Iterator[str]:
    if default:
        yield default
    yield sys.executable
    home = Path.home()
    for folder in (*os.environ.get("PATH", "").split(os.pathsep), *_FOLDERS):
        # pyenv's shims are scripts that fail for all but the version chosen
        if folder and Path(folder).name != "shims":
            yield from _named(Path(folder))
    roots = [
        Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions",
        home / ".local" / "share" / "uv" / "python",
    ]
    for prefix in (*(each for root in roots for each in _folders(root)), *_foreign_prefixes()):
        yield from _named(prefix / "bin")
        yield from _named(prefix)


def _named(folder: Path) -> Iterator[str]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - a folder on PATH may hold thousands
    except OSError:
        return
    for name in names:
        path = str(folder / name)
        if _NAME.fullmatch(name) and shutil.which(path):
            yield path


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(each for each in root.iterdir() if each.is_dir())
    except OSError:
        return []


def _foreign_prefixes() -> list[Path]:
    # what we built ourselves may be removed again, and is nothing to build on
    return [prefix for prefix in conda_prefixes() if not (prefix / MARK).exists()]


def conda_prefixes() -> list[Path]:
    """Return the conda environments that conda notes in the person's home."""
    try:
        lines = (Path.home() / ".conda" / "environments.txt").read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
    return [Path(line.strip()) for line in lines if line.strip()]
