"""Our package, lent to a built environment, so that a script of ours is also run by hand in it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_runs.jobs.build import Interpreter

_OURS = frozenset(
    ["venv", "conda"]
)  # what we have built; in what is a person's own, nothing is put
_FILE = "jupyter_runs.pth"


def lend(interpreter: Interpreter, folder: Path) -> None:
    """Let an interpreter find what lies in a folder, behind all that it has itself.

    Parameters
    ----------
    interpreter
        Of a built environment; nothing is done to any other.
    folder
        With our package in it, and nothing else.
    """
    if interpreter.kind not in _OURS:
        return
    prefix = Path(interpreter.python).parent.parent
    for packages in [*prefix.glob("lib/python3*/site-packages"), prefix / "Lib" / "site-packages"]:
        if packages.is_dir():
            with suppress(OSError):  # somebody else's, shared for reading
                (packages / _FILE).write_text(f"{folder}\n", encoding="utf-8")
