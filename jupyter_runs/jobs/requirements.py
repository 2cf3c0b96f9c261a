"""Lines of pip's requirements, as files hold them and as they can be used from any folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_runs._settings import absolute
from jupyter_runs.errors import InvalidValueError, MissingPathError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_CONTINUED = re.compile(r"[ \t]*\\\r?\n[ \t]*")
_COMMENT = re.compile(r"(^|\s)#.*$")
_INCLUDED = re.compile(r"(?:-r|--requirement)(?:\s+|=)?(.+)")
# options whose value is a file or folder
_PLACED = re.compile(r"(-c|--constraint|-e|--editable|-f|--find-links)(?:\s+|=)?(.+)")
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tar.bz2", ".tgz")


def read_requirements(file: Path) -> list[str]:
    """Return the requirements of a file and of those that it includes, one in each line.

    Raises
    ------
    MissingPathError
        If the file, or one that it includes, is not there.
    InvalidValueError
        If it can't be read, or includes itself.
    """
    return list(_read(file, ()))


def settled(lines: Iterable[str], folder: Path) -> list[str]:
    """Return lines with included files put in, and paths relative to `folder` made absolute."""
    found: list[str] = []
    for line in lines:
        found += _line(line, folder, ())
    return found


def _read(file: Path, within: tuple[Path, ...]) -> Iterator[str]:
    if file in within:
        raise InvalidValueError(f"{within[-1]} includes {file}, which includes it")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        asked = f", which {within[-1]} includes" if within else ""
        raise MissingPathError(f"there is no requirements file {str(file)!r}{asked}") from None
    except (OSError, ValueError) as error:
        raise InvalidValueError(f"{file} can't be read: {error}") from None
    for line in _CONTINUED.sub(" ", text).splitlines():
        yield from _line(line, file.parent, (*within, file))


def _line(line: str, folder: Path, within: tuple[Path, ...]) -> Iterator[str]:
    line = _COMMENT.sub("", line).strip()
    if not line:
        return
    included = _INCLUDED.fullmatch(line)
    if included and "://" not in line:
        yield from _read(absolute(folder / included[1].strip()), within)
        return
    placed = _PLACED.fullmatch(line)
    if placed:
        yield f"{placed[1]} {_place(placed[2].strip(), folder, always=True)}"
    elif line.startswith("-"):
        yield line
    else:
        yield _place(line, folder)


def _place(what: str, folder: Path, *, always: bool = False) -> str:
    """Make the path that a requirement begins with absolute, if it begins with one."""
    path = re.match(r"[^\s;\[]*", what)[0]  # type: ignore[index]
    local = "://" not in path and (
        always
        or path.startswith((".", "~"))
        or path.lower().endswith(_ARCHIVES)
        or ("/" in path and (folder / path).exists())
    )
    if not local:
        return what
    full = absolute(path if path.startswith("~") else folder / path)
    return f"{full}{what[len(path) :]}"
