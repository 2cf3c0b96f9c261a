"""Compute targets, and what they are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs.jobs.capacity import capacity
from jupyter_runs.jobs.compute import active_runs, names
from jupyter_runs.jobs.tickets import Queue, run_of
from jupyter_runs.journal import RunFolder

from .endpoint import Call, Endpoint
from .schemas import COUNT, TEXT, many, obj, ref

if TYPE_CHECKING:
    from pathlib import Path

    from .listing import Listing


def _compute(call: Call) -> dict[str, Any]:
    listing = call.shared.listing
    return {
        "targets": [
            _target(listing, space, name)
            for space in call.shared.workspaces()
            for name in names(space)
        ]
    }


def _target(listing: Listing, workspace: Path, name: str) -> dict[str, Any]:
    queue = Queue(workspace, name)
    queue.look_after()  # one that nobody serves is served again
    waiting = [RunFolder(workspace / "runs" / run_of(ticket)) for ticket in queue.waiting()]
    return {
        "workspace": workspace.name,
        "name": name,
        "max_nodes": capacity(workspace, name),
        "active": listing.rows(active_runs(workspace, name)),
        "queued": listing.rows(waiting),
    }


ENDPOINTS = [
    Endpoint(
        "GET",
        "compute",
        _compute,
        "The compute targets: how many runs each runs at a time, those that are active, those that wait",
        obj(
            targets=many(
                obj(
                    workspace=TEXT,
                    name=TEXT,
                    max_nodes=COUNT,
                    active=many(ref("Row")),
                    queued=many(ref("Row")),
                )
            )
        ),
    )
]
