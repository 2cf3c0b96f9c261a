"""Runs that were deleted: what they take, how they come back, how they go for good."""

from __future__ import annotations

from typing import Any

from jupyter_runs import trash
from jupyter_runs.views.jsonable import jsonable

from .endpoint import Call, Endpoint
from .schemas import COUNT, TEXT, many, obj, ref


def item_json(item: trash.Item) -> dict[str, Any]:
    """Return an item as JSON; ``bytes`` is what deleting it would free."""
    told: dict[str, Any] = jsonable(item._asdict())
    del told["size"], told["snapshots"]
    return {**told, "bytes": item.frees}


def _trash(call: Call) -> dict[str, Any]:
    contents = [trash.look(space) for space in call.shared.workspaces()]
    found = [item for content in contents for item in content.items]
    found.sort(key=lambda item: item.item, reverse=True)
    return {
        "items": [item_json(item) for item in found],
        "bytes": sum(content.frees for content in contents),
    }


def _move(call: Call) -> dict[str, Any]:
    return item_json(trash.move(call.run()))


def _restore(call: Call) -> dict[str, Any]:
    workspace = call.shared.workspace(call.path["workspace"])
    return {"runs": trash.restore(workspace, call.path["item"])}


def _empty(call: Call) -> dict[str, Any]:
    workspace = call.shared.workspace(call.path["workspace"])
    return {"freed": trash.delete(workspace, *call.body["items"])}


def _delete(call: Call) -> dict[str, Any]:
    workspace = call.shared.workspace(call.path["workspace"])
    return {"freed": trash.delete(workspace, call.path["item"])}


ENDPOINTS = [
    Endpoint(
        "POST",
        "runs/{workspace}/{run}/trash",
        _move,
        "Move a run, and all below it, to the trash; not while it is going on",
        ref("TrashItem"),
        refusals=(409,),
    ),
    Endpoint(
        "GET",
        "trash",
        _trash,
        "What was deleted, the newest first, and how much space deleting it for good would free",
        obj(items=many(ref("TrashItem")), bytes=COUNT),
    ),
    Endpoint(
        "POST",
        "trash/{workspace}/{item}/restore",
        _restore,
        "Put it back",
        obj(runs=many(TEXT)),
        refusals=(409,),
    ),
    Endpoint(
        "POST",
        "trash/{workspace}/delete",
        _empty,
        "Delete several items for good: all of them, or none where one of them is not there",
        obj(freed=COUNT),
        body={
            **obj(items={**many(TEXT), "minItems": 1, "maxItems": 10_000}),
            "additionalProperties": False,
        },
    ),
    Endpoint(
        "DELETE",
        "trash/{workspace}/{item}",
        _delete,
        "Delete it for good",
        obj(freed=COUNT),
    ),
]
