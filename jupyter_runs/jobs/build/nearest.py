"""Packages pinned to a version that this Python can't have any more: the nearest newer one that it can.

Old definitions pin what was new then, and no registry has it for a Python of today. Pip is asked what it has in place of it; that
what it names can be imported beside what else was installed is tried, since a build of long ago need not fit a library of today.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Optional

from jupyter_runs.jobs.build.specs import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

_PIN = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?P<extras>\[[^\]]*\])?\s*==\s*"
    r"(?P<version>[0-9][A-Za-z0-9._+!-]*?)(?P<star>\.\*)?\s*(?P<marker>;.*)?$"
)
_THERE = re.compile(r"\(from versions: (.*)\)")
_FINAL = re.compile(r"\d+(\.\d+)*(\.post\d+)?")
_CANNOT = "can not be imported: "

# prints which of the distributions named by its arguments can't be imported, and why
TRY = f"""
import importlib, importlib.metadata, sys
for name in sys.argv[1:]:
    found = importlib.metadata.distribution(name)
    tops = (found.read_text("top_level.txt") or "").split()
    tops = tops or {{file.parts[0].partition(".py")[0] for file in found.files or () if file.suffix == ".py"}}
    for top in sorted(tops):
        if top.isidentifier() and top[0] != "_":
            try:
                importlib.import_module(top)
            except Exception as error:
                print(f"{{name}} {_CANNOT}{{type(error).__name__}}: {{error}}".replace("\\n", " "))
                break
"""


class Pin(NamedTuple):
    """A line that asks for one version of a package."""

    line: str
    name: str
    extras: str
    version: str
    marker: str

    def nearest(self, there: Iterable[str]) -> Optional[str]:
        """Return the lowest of the versions that are there from the pinned one on, None if all are older.

        >>> pin("tiny==1.2").nearest(["1.0", "1.10", "1.9", "2.0rc1"])
        '1.9'
        """
        least = _order(self.version)
        newer = [each for each in there if _FINAL.fullmatch(each) and _order(each) >= least]
        return min(newer, key=_order, default=None)

    def replaced(self, versions: str) -> str:
        """Return the line with other versions."""
        return f"{self.name}{self.extras}{versions}{self.marker}"


def _order(version: str) -> tuple[int, ...]:
    """Return what versions are compared by: 1.0 is 1."""
    found = numbers(version)
    while found and not found[-1]:
        found = found[:-1]
    return found


def pin(line: str) -> Optional[Pin]:
    """Return what a requirement pins, None if it pins nothing."""
    found = _PIN.match(line.strip())
    if found is None:
        return None
    marker = f" {found['marker']}" if found["marker"] else ""
    return Pin(line, found["name"], found["extras"] or "", found["version"], marker)


def versions_there(output: Iterable[str]) -> list[str]:
    """Return which versions pip says that it has, in place of one that it has not.

    >>> versions_there(["ERROR: Could not find a version … (from versions: 1.0, 1.1)"])
    ['1.0', '1.1']
    """
    for line in output:
        found = _THERE.search(line)
        if found:
            return [each.strip() for each in found[1].split(",") if each.strip() != "none"]
    return []


def not_imported(output: Iterable[str]) -> dict[str, str]:
    """Return why which distributions can't be imported, from what `TRY` printed."""
    found = (line.partition(f" {_CANNOT}") for line in output)
    return {name: why for name, _, why in found if why}
