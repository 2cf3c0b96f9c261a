"""What may be done to a run: cancel, tag, rename, archive. What is noted is noted in its journal, by a guest."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from jupyter_runs.errors import ConflictError, ExperimentNotFoundError
from jupyter_runs.experiment import Experiment, names
from jupyter_runs.journal import Writer, check_name
from jupyter_runs.journal.errors import shown
from jupyter_runs.run import Run
from jupyter_runs.workspace import Workspace

from .endpoint import Call, Endpoint
from .schemas import YES, obj, ref

if TYPE_CHECKING:
    from jupyter_runs.journal import RunFolder

_LONGEST_TAG = 10_000  # characters
_MOST_TAGS = 1_000


def _cancel(call: Call) -> dict[str, Any]:
    folder = call.run()
    ended = folder.ended
    if ended is not None:
        raise ConflictError(f"run {folder.id} has ended already: {ended['status']}")
    Run._open(folder, Workspace._at(folder.path.parent.parent)).cancel()
    return _row(call, folder)


def _tags(call: Call) -> dict[str, Any]:
    folder = call.run()
    wanted = {check_name(key, "tag"): value for key, value in (call.body.get("set") or {}).items()}
    removed = [check_name(key, "tag") for key in call.body.get("remove") or ()]
    with closing(Writer(folder, role="guest")) as writer:
        for key, value in wanted.items():
            writer.event("tag", key=key, value=value)
        for key in removed:
            writer.event("untag", key=key)
    return _row(call, folder)


def _rename(call: Call) -> dict[str, Any]:
    folder = call.run()
    name = check_name(call.body["name"], "run")
    with closing(Writer(folder, role="guest")) as writer:
        writer.event("rename", name=name)
    return _row(call, folder)


def _archive(call: Call) -> dict[str, Any]:
    folder = call.run()
    with call.shared.views.of(folder) as view:
        is_so = view.reader.archived is not None
    if is_so != call.body["archived"]:
        with closing(Writer(folder, role="guest")) as writer:
            writer.event("archive" if call.body["archived"] else "reactivate")
    return _row(call, folder)


def _archive_experiment(call: Call) -> dict[str, Any]:
    name, there = (
        call.path["experiment"],
        Workspace._at(call.shared.workspace(call.path["workspace"])),
    )
    if not any(one["name"] == name for one in call.shared.listing.experiments(there.name)):
        raise ExperimentNotFoundError(
            f"there is no experiment {shown(name)} in workspace {there.name!r}"
        )
    archived = name in names(there, "ArchivedOnly")
    if archived != call.body["archived"]:
        experiment = Experiment(there, name)
        if call.body["archived"]:
            experiment.archive()
        else:
            experiment.reactivate()
    return {"archived": call.body["archived"]}


def _row(call: Call, folder: RunFolder) -> dict[str, Any]:
    """Return the run as it stands now."""
    (row,) = call.shared.listing.rows([folder])
    return {"run": row}


_NAME = {"type": "string", "minLength": 1, "maxLength": 250}
_RUN = obj(run=ref("Row"))

ENDPOINTS = [
    Endpoint(
        "POST",
        "runs/{workspace}/{run}/cancel",
        _cancel,
        "Cancel a run: one that waits ends now, one that goes on is asked to stop",
        _RUN,
        refusals=(409,),
    ),
    Endpoint(
        "POST",
        "runs/{workspace}/{run}/tags",
        _tags,
        "Set and remove tags",
        _RUN,
        body={
            "type": "object",
            "properties": {
                "set": {
                    "type": "object",
                    "propertyNames": _NAME,
                    "maxProperties": _MOST_TAGS,
                    "additionalProperties": {"type": ["string", "null"], "maxLength": _LONGEST_TAG},
                },
                "remove": {"type": "array", "items": _NAME, "maxItems": _MOST_TAGS},
            },
            "additionalProperties": False,
        },
    ),
    Endpoint(
        "POST",
        "runs/{workspace}/{run}/rename",
        _rename,
        "Change the name that is shown",
        _RUN,
        body={**obj(name=_NAME), "additionalProperties": False},
    ),
    Endpoint(
        "POST",
        "runs/{workspace}/{run}/archive",
        _archive,
        "Take a run off the lists, or put it back on them",
        _RUN,
        body={**obj(archived=YES), "additionalProperties": False},
    ),
    Endpoint(
        "POST",
        "experiments/{workspace}/{experiment}/archive",
        _archive_experiment,
        "Take an experiment with its runs off the lists, or put it back on them",
        obj(archived=YES),
        body={**obj(archived=YES), "additionalProperties": False},
    ),
]
