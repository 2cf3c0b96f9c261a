"""The steps that a pipeline's run was told to do, those that have not begun too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .format import clean, shorten

if TYPE_CHECKING:
    from jupyter_runs.journal import RunFolder

MOST = 500


@dataclass(frozen=True)
class Step:
    """A step: its name, which its run has too, and the names of those that it waits for."""

    name: str
    needs: tuple[str, ...]


def steps_of(folder: RunFolder) -> list[Step]:
    """Return the steps of a pipeline in order, none of any other run."""
    told = folder.definition.get("definition")
    steps: Any = told.get("steps") if isinstance(told, dict) else None
    if not isinstance(steps, list):
        return []
    return [
        Step(_name(step["name"]), tuple(map(_name, needs if isinstance(needs, list) else ())))
        for step in steps[:MOST]
        if isinstance(step, dict) and isinstance(step.get("name"), str)
        for needs in [step.get("needs")]
    ]


def _name(name: object) -> str:
    return shorten(clean(str(name)), 300)
