"""Lists: workspaces, experiments, runs."""

from __future__ import annotations

from typing import Any

from jupyter_runs.index import Query

from .endpoint import Call, Endpoint
from .listing import SORTS, Page
from .params import Flag, Text, Whole
from .schemas import COUNT, MAYBE, NUMBER, TEXT, YES, many, obj, of_names, ref


def _workspaces(call: Call) -> dict[str, Any]:
    return {"workspaces": call.shared.listing.workspaces()}


def _experiments(call: Call) -> dict[str, Any]:
    workspace = call.query["workspace"]
    call.shared.workspaces(workspace)  # one that is not there is told
    return {"experiments": call.shared.listing.experiments(workspace)}


def _runs(call: Call) -> dict[str, Any]:
    call.shared.workspaces(call.query["workspace"])
    return _page(call.shared.listing.page(Query(**call.query)))


def _children(call: Call) -> dict[str, Any]:
    folder = call.run()
    workspace = folder.path.parent.parent.name
    asked = Query(workspace=workspace, parent=folder.id, archived=True, **call.query)
    return _page(call.shared.listing.page(asked))


def _page(page: Page) -> dict[str, Any]:
    return {
        "runs": page.rows,
        "next": page.next,
        "total": page.total,
        "version": page.version,
        "behind": page.behind,
    }


LIMIT = Whole("limit", "How many at most.", "page_size", low=1, high="max_page_size")
AFTER = Text(
    "after",
    "The next of the page before.",
    most=4000,
    pattern="[A-Za-z0-9_-]*",
    wanted="the next of a page: that is no cursor",
)
SORT = Text(
    "sort",
    "What to order by; with a minus the highest first.",
    "-created",
    most=300,
    pattern=SORTS,
    wanted="what runs are sorted by: created, name, status, number, duration, metrics.<name>.last, .min or .max, "
    "params.<name>, tags.<name>; with a minus, the highest first",
)
WORKSPACE = Text("workspace", "Only of this workspace.", most=255)

ENDPOINTS = [
    Endpoint(
        "GET",
        "workspaces",
        _workspaces,
        "The workspaces",
        obj(workspaces=many(obj(name=TEXT, runs=COUNT, active=COUNT))),
    ),
    Endpoint(
        "GET",
        "experiments",
        _experiments,
        "The experiments, those with the newest runs first",
        obj(
            experiments=many(
                obj(
                    workspace=TEXT,
                    name=TEXT,
                    runs=COUNT,
                    active=COUNT,
                    latest=NUMBER,
                    tags=of_names(MAYBE),
                    archived=YES,
                    archived_runs=COUNT,
                )
            )
        ),
        query=(WORKSPACE,),
        refusals=(404,),
    ),
    Endpoint(
        "GET",
        "runs",
        _runs,
        "Runs, the newest first unless asked otherwise",
        ref("RunPage"),
        query=(
            WORKSPACE,
            Text("experiment", "Only of this experiment.", most=255),
            Text("filter", "An expression that they fulfil.", ""),
            Text("text", "Words that are in name, id, experiment, status, creator or tags.", ""),
            SORT,
            LIMIT,
            AFTER,
            Text("parent", "Only the children of the run with this id.", most=100),
            Flag("include_children", "Also runs that have a parent."),
            Flag("archived", "Also those that were taken off the lists."),
        ),
        refusals=(404,),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/children",
        _children,
        "The runs below a run",
        ref("RunPage"),
        query=(SORT, LIMIT, AFTER),
    ),
]
