"""Why a script failed, as far as its log tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from pathlib import Path

_TAIL = 32_768  # bytes of a log that are looked at
_LINES = 30
_ERROR = re.compile(
    r"([A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning|Iteration))(?::\s?(.*))?\Z"
)
_TRACEBACK = "Traceback (most recent call last):"


def tail(log: Path) -> list[str]:
    """Return the last lines of a log, as a terminal would show them."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    # of a line that was written over, as progress bars do, the last state
    return [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]


def _begins(line: str) -> bool:
    """Tell whether a traceback begins; a progress bar that was not finished stands before it on the line."""
    return line.rstrip().endswith(_TRACEBACK)


def last_lines(log: Path, count: int = _LINES) -> Optional[str]:
    """Return the last lines of a log, from its last traceback on where that is among them; None if there are none."""
    lines = tail(log)
    while lines and not lines[-1].strip():
        lines.pop()
    begins = [at for at, line in enumerate(lines) if _begins(line)]
    first = max(len(lines) - count, 0)
    if begins:
        first = min(max(begins[-1] - 2, 0), first) if len(lines) - begins[-1] < 200 else first
    return "\n".join(lines[first:]) or None


def exit_reason(log: Path, code: Optional[int], killed: Optional[str]) -> tuple[str, str]:
    """Return the reason of a failure in one line, and its code: the type of the exception where the log ends with one."""
    if killed is not None:
        hint = " (the system does so when memory runs out)" if killed == "SIGKILL" else ""
        return f"the script was killed by {killed}{hint}", "Killed"
    lines = [line for line in tail(log) if line.strip()]
    if any(map(_begins, lines)):
        for line in reversed(lines):
            found = _ERROR.match(line)
            if found is not None:
                return line, found[1].rpartition(".")[2]
    last = f": {lines[-1].strip()[:500]}" if lines else ""
    return f"the script ended with exit code {code}{last}", "UserError"
