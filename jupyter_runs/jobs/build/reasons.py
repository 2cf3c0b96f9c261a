"""Why a command failed, in one line, found in what it printed."""

from __future__ import annotations

import re

# the clearest first: pip's last line often only says that something failed above
_PIP = (
    re.compile(r"ERROR: (No matching distribution found for .*)"),
    re.compile(r"ERROR: (Cannot install .*)"),
    re.compile(r"ERROR: (Invalid requirement.*)"),
    re.compile(r"ERROR: (Could not install packages due to an OSError.*)"),
    re.compile(r"ERROR: (Failed building wheel for .*|Failed to build .*)"),
    re.compile(r"ERROR: (.*)"),
    re.compile(r"error: (.*)"),
)
_CONDA = re.compile(
    r"^(?:error\s+libmamba\s+|critical\s+libmamba\s+)?(\w*(?:Error|NotFound)\b:?.*|.*Could not solve.*)$"
)
_LISTED = re.compile(r"^\s*(?:-|[│├└─]+)\s*(.*\S)")
_SUBPROCESS = "subprocess-exited-with-error"  # all that pip says of a build that failed
_COLLECTING = re.compile(r"\s*Collecting (\S+)")
_RAISED = re.compile(r"[\s│|]*(\w*(?:Error|Exception): .*\S)")
_MOST = 300


def pip_reason(output: list[str]) -> str:
    """Return the line of pip's output that says why it failed."""
    for pattern in _PIP:
        for place, line in enumerate(output):
            found = pattern.search(line)
            if found and found[1].strip() == _SUBPROCESS:
                return _of_source(output[:place], output[place:])
            if found:
                return found[1].strip()[:_MOST]
    return last_line(output)


def _of_source(before: list[str], after: list[str]) -> str:
    """Return why a package could not be built from its source."""
    package = next(
        (m[1] for line in reversed(before) if (m := _COLLECTING.match(line))), "a package"
    )
    errors = [m[1] for line in after if (m := _RAISED.match(line))]
    why = errors[-1] if errors else "its own build failed"
    return f"{package} has no wheel for this Python, and can't be built from its source: {why}"[
        :_MOST
    ]


def conda_reason(output: list[str]) -> str:
    """Return what conda, mamba or micromamba says is wrong, with the first of what it lists."""
    for place, line in enumerate(output):
        found = _CONDA.match(line.strip())
        if found is None:
            continue
        listed = [_LISTED.match(below) for below in output[place + 1 : place + 6]]
        items = [item[1] for item in listed if item]
        said = found[1].strip()
        return (f"{said} {', '.join(items)}" if items else said)[:_MOST]
    return pip_reason(output)


def last_line(output: list[str]) -> str:
    """Return the last line that is not empty."""
    return next((line.strip()[:_MOST] for line in reversed(output) if line.strip()), "no output")
