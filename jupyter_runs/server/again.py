"""A run once more: the code that repeats it, and the run submitted anew, without any kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs.errors import RunsError
from jupyter_runs.experiment import Experiment
from jupyter_runs.jobs.repeat import repeat_of, submit_again
from jupyter_runs.jobs.repeat_code import code_of
from jupyter_runs.views.jsonable import jsonable
from jupyter_runs.workspace import Workspace

from .endpoint import Call, Endpoint
from .schemas import MAYBE, TEXT, YES, many, maybe, obj, ref, some

if TYPE_CHECKING:
    from jupyter_runs.run import Run

_LONGEST = 100_000  # characters of an argument: more no system takes


def _asked(call: Call) -> dict[str, Any]:
    with call.shared.views.of(call.run()) as view:
        known, code = repeat_of(view.reader), code_of(view.reader)
    told: dict[str, Any] = jsonable(known)
    told["fields"] = [jsonable(field._asdict()) for field in known.fields]
    return {**told, "code": None if code is None else jsonable(code._asdict())}


def _again(call: Call) -> dict[str, Any]:
    folder = call.run()
    with call.shared.views.of(folder) as view:
        # under the view's lock: what it reads must not change meanwhile
        run = _submitted(call, view)
    (row,) = call.shared.listing.rows([run._folder])
    return {"run": row}


def _submitted(call: Call, view: Any) -> Run:
    name = view.reader.definition.get("experiment")
    experiment = Experiment(Workspace._at(view.folder.path.parent.parent), name)
    try:
        return submit_again(experiment, view.reader, **call.body)
    except OSError as error:  # a full disk, a folder that may not be written to
        raise RunsError(f"the run can't be submitted: {error.strerror or error}") from error


_ARGUMENT = {"type": "string", "maxLength": _LONGEST}

ENDPOINTS = [
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/again",
        _asked,
        "How a run is repeated: its code, and what may be changed where it is submitted anew, or why it can't be",
        obj(
            what=TEXT,
            refusal=MAYBE,
            fields=many(
                obj(
                    label=TEXT,
                    value=TEXT,
                    form={"enum": ["pair", "joined", "flag", "plain"]},
                    secret=YES,
                )
            ),
            command=MAYBE,
            takes_arguments=YES,
            target=TEXT,
            targets=many(TEXT),
            notes=many(TEXT),
            code=maybe(obj(text=TEXT, language={"enum": ["python", "cell", "shell"]}, note=TEXT)),
        ),
    ),
    Endpoint(
        "POST",
        "runs/{workspace}/{run}/again",
        _again,
        "Submit a run anew, with other arguments or on another target",
        obj(run=ref("Row")),
        body=some(
            arguments={"type": "array", "items": _ARGUMENT, "maxItems": 1000},
            command=_ARGUMENT,
            target={"type": "string", "minLength": 1, "maxLength": 100},
            name={"type": "string", "minLength": 1, "maxLength": 250},
        ),
        refusals=(409, 413),
    ),
]
