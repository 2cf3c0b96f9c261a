"""One run: its header, what it has, its metrics' names, its details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.utils import url_path_join

from jupyter_runs.views import SweepView
from jupyter_runs.views.diff import archive_of
from jupyter_runs.views.jsonable import jsonable
from jupyter_runs.views.steps import Step, steps_of

from .endpoint import Call, Endpoint
from .params import Text
from .schemas import COUNT, TEXT, many, maybe, obj, of_class, ref

if TYPE_CHECKING:
    from jupyter_runs.views import RunView


def _run(call: Call) -> dict[str, Any]:
    with call.shared.views.of(call.run()) as view:
        return {
            "head": head_json(view, call.base_url),
            "tabs": [*jsonable(view.tabs()), *_snapshot(view)],
            "sweep": _sweep(view),
            "steps": jsonable(steps_of(view.folder)),
            "version": view.version,
        }


def _sweep(view: RunView) -> dict[str, str] | None:
    if not isinstance(view, SweepView):
        return None
    return {"metric": jsonable(view.metric), "better": view.way}


def head_json(view: RunView, base_url: str) -> dict[str, Any]:
    """Return the header of a run, with the path of its page."""
    head = view.head()
    page = url_path_join(base_url, "jupyter-runs/workspaces", head.workspace, "runs", head.id)
    told: dict[str, Any] = jsonable(head)
    archived = view.reader.archived is not None
    return {**told, "title": jsonable(head.title), "portal_url": page, "archived": archived}


def _snapshot(view: RunView) -> list[dict[str, Any]]:
    return [{"id": "snapshot", "label": "Snapshot", "count": None}] if archive_of(view) else []


def _metrics(call: Call) -> dict[str, Any]:
    search = call.query["search"]
    with call.shared.views.of(call.run()) as view:
        return {
            "tiles": jsonable(view.tiles(search)),
            "charts": jsonable(view.chart_keys(search)),
            "version": view.version,
        }


def _details(call: Call) -> dict[str, Any]:
    with call.shared.views.of(call.run()) as view:
        return {"sections": jsonable(view.details())}


ENDPOINTS = [
    Endpoint(
        "GET",
        "runs/{workspace}/{run}",
        _run,
        "The header of a run, and the tabs that have something in them",
        obj(
            head=ref("Head"),
            tabs=many(ref("Tab")),
            sweep=maybe(obj(metric=TEXT, better={"enum": ["low", "high"]})),
            steps=many(of_class(Step)),
            version=COUNT,
        ),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/metrics",
        _metrics,
        "The metrics with one value, and the keys of the charts of all others",
        obj(tiles=many(ref("Tile")), charts=many(TEXT), version=COUNT),
        query=(Text("search", "Words that are in the name.", "", most=1000),),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/details",
        _details,
        "What is known of a run beside what it logged",
        obj(sections=many(ref("Section"))),
    ),
]
