"""Compute targets: named queues of this machine, each with its number of places."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Callable, Optional

from jupyter_runs._settings import read_json, write_json
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import ComputeTargetException, InvalidValueError
from jupyter_runs.jobs.capacity import LOCAL, PARENTS, capacity, target_file
from jupyter_runs.jobs.tickets import Queue, run_of
from jupyter_runs.journal import RunFolder, RunsError, read_status
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    import builtins
    from pathlib import Path

    from jupyter_runs.run import Run
    from jupyter_runs.workspace import Workspace

# what is done about a target that is not there at a submit; None: an error. Old code names clusters that were made elsewhere
on_unknown: Optional[Callable[[Workspace, str], Any]] = None

_NAME = r"2 to 64 letters, digits and '-', the first a letter"


class Provisioning:
    """What a target is to be; made by `LocalCompute.provisioning_configuration`.

    Parameters
    ----------
    max_nodes
        How many runs it runs at a time, from 1 on.
    description
        What it is for.
    """

    def __init__(self, max_nodes: int = 1, description: str = "", **kept: Any) -> None:
        if isinstance(max_nodes, bool) or not isinstance(max_nodes, int) or max_nodes < 1:
            raise InvalidValueError(
                f"max_nodes is a whole number from 1 on, not {shown(max_nodes)}"
            )
        self.max_nodes = max_nodes
        self.description = description
        self.kept = kept  # what has no meaning on this machine: shown, and nothing else


class TargetStatus(dict[str, Any]):
    """How a target stands."""

    def serialize(self) -> dict[str, Any]:
        """Return it as plain values."""
        return dict(self)


class ComputeTarget:
    """A compute target of a workspace.

    Parameters
    ----------
    workspace
        The workspace.
    name
        The target's name.

    Raises
    ------
    ComputeTargetException
        If there is none of this name; those that there are are named.
    """

    def __init__(self, workspace: Workspace, name: str) -> None:
        known = names(workspace.folder)
        if name not in known:
            raise ComputeTargetException(unknown(name, known))
        self.workspace = workspace
        self.name = name
        self._file = target_file(workspace.folder, name)
        self._queue = Queue(workspace.folder, name)

    @staticmethod
    def create(
        workspace: Workspace, name: str, provisioning_configuration: Provisioning
    ) -> ComputeTarget:
        """Make a target; one of that name that is there gets the new number of places.

        Raises
        ------
        InvalidValueError
            If it can't have this name.
        """
        check_target_name(name)
        if not isinstance(provisioning_configuration, Provisioning):
            raise InvalidValueError(
                "a target is made from LocalCompute.provisioning_configuration(max_nodes=…), not from "
                f"{shown(provisioning_configuration)}"
            )
        given = provisioning_configuration
        file = target_file(workspace.folder, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        about = {"name": name, "max_nodes": given.max_nodes, "description": given.description}
        kept = {key: str(value) for key, value in given.kept.items() if value is not None}
        write_json(file, {**about, "created": time.time(), "kept": kept})
        target = ComputeTarget(workspace, name)
        target._queue.ring()
        return target

    @staticmethod
    def list(workspace: Workspace) -> builtins.list[ComputeTarget]:
        """Return the targets of a workspace, ``local`` first."""
        return [ComputeTarget(workspace, name) for name in names(workspace.folder)]

    # -- what it is

    @property
    def type(self) -> str:
        """What kind of target it is."""
        return "Local"

    @property
    def max_nodes(self) -> int:
        """How many runs it runs at a time."""
        return capacity(self.workspace.folder, self.name)

    @property
    def provisioning_state(self) -> str:
        """Always ``"Succeeded"``: this machine is there."""
        return "Succeeded"

    def get_status(self) -> TargetStatus:
        """Return how it stands, a dict: places, runs that are active and that wait."""
        active, waiting = self._active(), self._queue.waiting()
        return TargetStatus(
            {
                "name": self.name,
                "type": self.type,
                "provisioning_state": self.provisioning_state,
                "max_nodes": self.max_nodes,
                "active": [folder.id for folder in active],
                "queued": [run_of(ticket) for ticket in waiting],
                **read_json(self._file).get("kept", {}),
            }
        )

    def serialize(self) -> dict[str, Any]:
        """Return what there is to say of it, as plain values."""
        return {**self.get_status(), "description": read_json(self._file).get("description", "")}

    def wait_for_completion(self, show_output: bool = False, **_: Any) -> None:
        """Return at once: a target of this machine is ready when it is made."""
        if show_output:
            print(f"{self.name}: Succeeded")  # noqa: T201 - asked for

    def get_active_runs(self) -> Iterator[Run]:
        """Yield its runs that are active, then those that wait, in their order."""
        for folder in self._active():
            yield self.workspace.get_run(folder.id)
        for ticket in self._queue.waiting():
            yield self.workspace.get_run(run_of(ticket))

    def _active(self) -> builtins.list[RunFolder]:
        return active_runs(self.workspace.folder, self.name)

    def list_nodes(self) -> builtins.list[dict[str, Any]]:
        """Return its places: each with the run that it is taken by, if it is."""
        runs: list[Optional[str]] = [folder.id for folder in self._active()]
        free = max(self.max_nodes - len(runs), 0)
        return [
            {
                "nodeId": f"{self.name}-{number}",
                "nodeState": "running" if run else "idle",
                "runId": run,
            }
            for number, run in enumerate([*runs, *[None] * free])
        ]

    def update(self, max_nodes: Optional[int] = None, **kept: Any) -> None:
        """Change the number of places, and what else is kept; runs that are active go on."""
        about = read_json(self._file)
        more = {key: str(value) for key, value in kept.items() if value is not None}
        changed: dict[str, Any] = {"name": self.name, "kept": {**about.get("kept", {}), **more}}
        if max_nodes is not None:
            changed["max_nodes"] = Provisioning(max_nodes).max_nodes
        write_json(self._file, {**about, **changed})
        self._queue.ring()

    def delete(self) -> None:
        """Remove the target.

        Raises
        ------
        ComputeTargetException
            If it is ``local``, which is always there, or runs are active or wait in it.
        """
        if self.name == LOCAL:
            raise ComputeTargetException("'local' is this machine, and always there")
        busy = [*(folder.id for folder in self._active()), *map(run_of, self._queue.waiting())]
        if busy:
            raise ComputeTargetException(
                f"target {self.name!r} has runs that are active or wait: {', '.join(busy[:5])}; cancel them first"
            )
        self._file.unlink(missing_ok=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComputeTarget) and other._file == self._file

    def __hash__(self) -> int:
        return hash(self._file)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r}, max_nodes={self.max_nodes})"


class LocalCompute(ComputeTarget):
    """A target of this machine."""

    @staticmethod
    def provisioning_configuration(max_nodes: int = 1, description: str = "") -> Provisioning:
        """Return what `ComputeTarget.create` makes a target from.

        Parameters
        ----------
        max_nodes
            How many runs it runs at a time.
        description
            What it is for.
        """
        return Provisioning(max_nodes, description)


class ComputeTargets(Mapping[str, ComputeTarget]):
    """The compute targets of a workspace by name."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __getitem__(self, name: str) -> ComputeTarget:
        return ComputeTarget(self._workspace, name)

    def __iter__(self) -> Iterator[str]:
        return iter(names(self._workspace.folder))

    def __len__(self) -> int:
        return len(names(self._workspace.folder))

    def __repr__(self) -> str:
        return f"ComputeTargets({list(self)!r})"


def check_target_name(name: Any) -> str:
    """Return a name that a target may have.

    Raises
    ------
    InvalidValueError
        If it may not.
    """
    import re

    fits = isinstance(name, str) and re.match(r"[A-Za-z][A-Za-z0-9-]{1,63}\Z", name)
    if not fits or name == PARENTS:
        raise InvalidValueError(f"{shown(name)} can't be a compute target's name: {_NAME}")
    return str(name)


def names(workspace: Path) -> builtins.list[str]:
    """Return the names of a workspace's targets, ``local`` first."""
    try:
        entries = os.listdir(workspace / "compute")  # noqa: PTH208 - names are all it needs
    except OSError:
        entries = []
    found = {entry[:-5] for entry in entries if entry.endswith(".json") and entry[0] != "."}
    return [LOCAL, *sorted(found - {LOCAL})]


def unknown(name: Any, known: builtins.list[str]) -> str:
    """Return what to say of a target that is not there."""
    return (
        f"there is no compute target {shown(name)}: {did_you_mean(str(name), known)}; targets: "
        f"{', '.join(known)}. ComputeTarget.create(workspace, name, "
        "LocalCompute.provisioning_configuration(max_nodes=1)) makes one"
    )


def active_runs(workspace: Path, target: str) -> builtins.list[RunFolder]:
    """Return the runs of a target that have left its queue and not ended."""
    from jupyter_runs.index import find_runs

    found = []
    waiting = {run_of(ticket) for ticket in Queue(workspace, target).waiting()}
    for folder in find_runs(workspace, include_children=True):
        said = folder.definition
        if said.get("target") != target or not said.get("driver") or folder.id in waiting:
            continue
        try:
            over = read_status(folder).status in ("Completed", "Failed", "Canceled", "Queued")
        except (OSError, RunsError):
            continue  # deleted while we looked
        if not over:
            found.append(folder)
    return found[::-1]
