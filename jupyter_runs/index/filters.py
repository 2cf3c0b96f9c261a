"""What a filter on runs means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union

from jupyter_runs.errors import FilterError
from jupyter_runs.journal import RunFolder, RunReader, read_status
from jupyter_runs.journal.errors import shown

STATUSES = (
    "NotStarted",
    "Queued",
    "Preparing",
    "Provisioning",
    "Starting",
    "Running",
    "CancelRequested",
    "Finalizing",
    "Completed",
    "Failed",
    "Canceled",
    "NotResponding",
)
_BY_LOWER = {status.lower(): status for status in STATUSES}

# what the Azure ML SDK calls the types of runs
_OTHER_NAMES = {
    "azureml.PipelineRun": "pipeline",
    "azureml.StepRun": "step",
    "azureml.scriptrun": "script",
}

Labels = Union[str, Mapping[str, Any], Iterable[str], None]


class RunFilter:
    """Which runs are wanted; each argument that is not None narrows the choice.

    Parameters
    ----------
    experiment
        Name of the experiment.
    type
        The run's type, such as ``"interactive"``.
    tags
        A key (or several) that must be there, or a dict of keys and values; in a dict, None stands
        for a tag without a value. Values are compared as text, as they are stored.
    properties
        As `tags`.
    status
        A status (or several), in any case.
    parent
        Id of the parent: only its children.
    include_children
        Also runs that have a parent; of no effect with `parent`.

    Raises
    ------
    FilterError
        If one of them can't be understood.
    """

    def __init__(
        self,
        *,
        experiment: Optional[str] = None,
        type: Optional[str] = None,  # noqa: A002 - the name that people know
        tags: Labels = None,
        properties: Labels = None,
        status: Union[str, Iterable[str], None] = None,
        parent: Optional[str] = None,
        include_children: bool = False,
    ) -> None:
        if type is not None and not isinstance(type, str):
            raise FilterError(f"type is the type of a run, a str, not {shown(type)}")
        self.experiment = experiment
        self.type = None if type is None else _OTHER_NAMES.get(type, type)
        self.tags = _labels(tags, "tags")
        self.properties = _labels(properties, "properties")
        self.statuses = _statuses(status)
        self.parent = parent
        self.include_children = include_children

    def admits(self, folder: RunFolder) -> bool:
        """Tell whether the run in `folder` is wanted; reads no more than the answer needs."""
        definition = folder.definition
        if self.experiment is not None and definition.get("experiment") != self.experiment:
            return False
        parent = definition.get("parent")
        if self.parent is not None:
            if parent != self.parent:
                return False
        elif parent is not None and not self.include_children:
            return False
        if self.type is not None and definition.get("type") != self.type:
            return False
        if not (self.tags or self.properties or self.statuses):
            return True
        reader = RunReader(folder, plain=True)
        if self.tags or self.properties:
            reader.poll()
            if not (has(reader.tags, self.tags) and has(reader.properties, self.properties)):
                return False
        return not self.statuses or read_status(folder, reader).status in self.statuses


class _Any:
    """Stands for any value of a tag."""


ANY = _Any()


def _labels(given: Labels, what: str) -> dict[str, Any]:
    if given is None:
        return {}
    if isinstance(given, str):
        return {given: ANY}
    if isinstance(given, Mapping):
        wanted: dict[Any, Any] = {
            key: None if value is None else str(value) for key, value in given.items()
        }
    elif isinstance(given, Iterable):
        wanted = dict.fromkeys(given, ANY)
    else:
        raise FilterError(f"{what} is a key, a list of keys, or a dict, not {shown(given)}")
    for key in wanted:
        if not isinstance(key, str):
            raise FilterError(f"{what} are found by keys that are str, not {shown(key)}")
    return wanted


def _statuses(given: Union[str, Iterable[str], None]) -> frozenset[str]:
    if given is None:
        return frozenset()
    wanted = [given] if isinstance(given, str) else list(given)
    for status in wanted:
        if not isinstance(status, str) or status.lower() not in _BY_LOWER:
            raise FilterError(
                f"{shown(status)} is no status of a run; there are {', '.join(STATUSES)}"
            )
    return frozenset(_BY_LOWER[status.lower()] for status in wanted)


def has(there: Mapping[str, Optional[str]], wanted: Mapping[str, Any]) -> bool:
    """Tell whether tags or properties are those that are wanted."""
    return all(
        key in there and (value is ANY or there[key] == value) for key, value in wanted.items()
    )
