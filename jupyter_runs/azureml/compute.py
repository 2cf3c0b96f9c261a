"""Clusters: queues of this machine that carry a cluster's name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.jobs import compute
from jupyter_runs.jobs.compute import ComputeTarget, Provisioning, check_target_name

if TYPE_CHECKING:
    from jupyter_runs.workspace import Workspace


class AmlCompute(ComputeTarget):
    """A cluster: here a queue that runs at most ``max_nodes`` runs at a time."""

    @staticmethod
    def supported_vmsizes(
        workspace: Workspace,  # noqa: ARG004 - as that SDK has it
        location: Optional[str] = None,  # noqa: ARG004 - as that SDK has it
    ) -> list[dict[str, Any]]:
        """Return what machines there are: this one."""
        return [{"name": "local", "vCPUs": os.cpu_count()}]

    @staticmethod
    def provisioning_configuration(
        vm_size: str = "",
        vm_priority: str = "dedicated",
        min_nodes: int = 0,
        max_nodes: int = 1,
        description: str = "",
        **kept: Any,
    ) -> Provisioning:
        """Return what `ComputeTarget.create` makes a target from; what is no number of nodes is kept and shown."""
        given = {"vm_size": vm_size, "vm_priority": vm_priority, "min_nodes": min_nodes, **kept}
        return Provisioning(max_nodes, description, **given)


def make_unknown_targets() -> None:
    """From now on a submit to a cluster that was made elsewhere makes a queue of its name."""
    compute.on_unknown = _make


def _make(workspace: Workspace, name: str) -> bool:
    check_target_name(name)
    ComputeTarget.create(workspace, name, Provisioning(1))
    print(f"{name!r} is a queue of this machine now, with one place: runs go one after the other")  # noqa: T201 - for the person
    return True
