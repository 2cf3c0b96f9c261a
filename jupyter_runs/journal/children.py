"""The children of a run, as its folder hints at them.

Whose child a run is stands in the child's own ``run.json``, and nowhere else for certain. Beside it the
parent's folder has ``children.jsonl``, a line for each child made, so that a live view of one run need
not read the ``run.json`` of all. What it names is checked; what it lacks (a child that was copied in) is
found by whoever looks through all runs, and written here then.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Optional

from .folder import RUN_ID, RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterable

HINT = "children.jsonl"


def note_children(parent: RunFolder, children: Iterable[str]) -> None:
    """Add lines for children; they are a hint, so a failure is nothing to tell."""
    lines = "".join(json.dumps({"run": child}) + "\n" for child in children)
    try:
        fd = os.open(parent.path / HINT, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(fd, lines.encode())  # one write, so that no line is torn
        finally:
            os.close(fd)
    except OSError:
        pass


class Children:
    """The children that a run's folder hints at; each look reads what is new.

    Parameters
    ----------
    parent
        The run.
    """

    def __init__(self, parent: RunFolder) -> None:
        self._parent = parent
        self._read = 0
        self._found: dict[str, Optional[RunFolder]] = {}  # None: named, and not seen yet

    def folders(self) -> list[RunFolder]:
        """Return the children that are there, in the order in which they were made."""
        self._catch_up()
        there = []
        for name, known in self._found.items():
            folder = known if known is not None and os.path.isdir(known.path) else self._check(name)
            self._found[name] = folder
            if folder is not None:
                there.append(folder)
        return there

    def _catch_up(self) -> None:
        try:
            with open(self._parent.path / HINT, "rb") as file:
                if os.fstat(file.fileno()).st_size < self._read:  # another file than before
                    self._read = 0
                file.seek(self._read)
                new = file.read()
        except OSError:
            return
        whole = new.rfind(b"\n") + 1
        self._read += whole
        for line in new[:whole].splitlines():
            try:
                name = json.loads(line)["run"]
            except (ValueError, LookupError, TypeError, RecursionError):
                continue
            if isinstance(name, str) and RUN_ID.match(name):
                self._found.setdefault(name, None)

    def _check(self, name: str) -> Optional[RunFolder]:
        folder = RunFolder(self._parent.path.parent / name)
        try:
            mine = folder.definition.get("parent") == self._parent.id
        except Exception:  # not there yet, deleted, or no run: asked again at the next look
            return None
        return folder if mine and name != self._parent.id else None
