"""What is answered, as JSON Schema; that of a view's parts is made from their dataclasses."""

from __future__ import annotations

import types
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from jupyter_runs.index import STATUSES
from jupyter_runs.views import model
from jupyter_runs.views.rows import UNREADABLE

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
YES: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": ["number", "null"]}
MAYBE: Schema = {"type": ["string", "null"]}
STEP: Schema = {
    "type": ["integer", "string", "null"],
    "description": "Beyond 2^53 its digits, as a string.",
}
SCALAR: Schema = {
    "type": ["string", "number", "boolean", "null"],
    "description": "What was logged; NaN and infinity are null.",
}
NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"


def obj(**properties: Schema) -> Schema:
    """Return the schema of an object that has all of these."""
    return {"type": "object", "required": list(properties), "properties": properties}


def some(**properties: Schema) -> Schema:
    """Return the schema of an object that may have these, and nothing else."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def many(item: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": item}


def of_names(value: Schema) -> Schema:
    """Return the schema of an object with any keys."""
    return {"type": "object", "additionalProperties": value}


def ref(name: str) -> Schema:
    """Return a reference to one of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """Return the schema of something that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def whole(schema: Schema) -> Schema:
    """Return a schema that its references are found in."""
    return {**schema, "components": {"schemas": SCHEMAS}}


def of_class(kind: type, **more: Schema) -> Schema:
    """Return the schema of a dataclass as `views.jsonable` tells it; ``more`` stands for, or beside, its fields."""
    hints = get_type_hints(kind, {**vars(model), "Path": Path})
    told = {field.name: of_type(hints[field.name]) for field in fields(kind)}
    return obj(**{**told, **more})


def of_type(hint: Any) -> Schema:
    """Return the schema of a type."""
    simple: dict[Any, Schema] = {
        str: TEXT,
        int: WHOLE,
        float: NUMBER,
        bool: YES,
        Path: TEXT,
        Any: {},
        type(None): {"type": "null"},
    }
    if hint in simple:
        return simple[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(args)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [of_type(arg) for arg in args]}
    if origin is np.ndarray:
        return many(NUMBER)
    if origin is dict:
        return of_names(of_type(args[1]))
    if origin is tuple and args[-1] is ...:
        return many(of_type(args[0]))
    if origin is tuple:
        size = len(args)
        parts = [of_type(arg) for arg in args]
        return {"type": "array", "prefixItems": parts, "minItems": size, "maxItems": size}
    return ref(hint.__name__)


LINE = obj(
    key=TEXT,
    label=TEXT,
    start=COUNT,
    x=many(NUMBER),
    y=many(NUMBER),
    faint=maybe(many(NUMBER)),
    marks=many({"type": "array", "prefixItems": [NUMBER, TEXT], "minItems": 2, "maxItems": 2}),
    total=COUNT,
    drawn=COUNT,
    hidden=COUNT,
    minimum=NUMBER,
    maximum=NUMBER,
    last=NUMBER,
)
_SHAPE = of_class(model.Chart)["properties"]
CHART: Schema = obj(
    **{
        name: _SHAPE[name]
        for name in (
            *("key", "title", "group", "kind", "description", "x_label", "x_kind", "y_label"),
            *("badge", "last_text", "trend", "version"),
        )
    },
    lines=many(ref("Line")),
)
CHART["properties"].update(
    after=WHOLE,
    table=ref("Table"),
    matrix=ref("Matrix"),
    parallel=ref("Parallel"),
    frame=many(NUMBER),
    texts=many(ref("TextItem")),
    guides=many(ref("Guide")),
)
METRIC = obj(name=TEXT, kind=TEXT, count=COUNT, text=TEXT, last=SCALAR, min=NUMBER, max=NUMBER)
ROW = obj(
    id=TEXT,
    workspace=TEXT,
    experiment=TEXT,
    number={"type": ["integer", "null"]},
    name=TEXT,
    type=TEXT,
    parent=MAYBE,
    status={"enum": [*STATUSES, UNREADABLE]},
    icon=TEXT,
    active=YES,
    reason=MAYBE,
    created=NUMBER,
    started=NUMBER,
    ended=NUMBER,
    elapsed=NUMBER,
    target=MAYBE,
    creator=MAYBE,
    progress=maybe(obj(fraction=NUMBER, text=TEXT)),
    waiting=MAYBE,
    archived=YES,
    tags=of_names(MAYBE),
    params=of_names(SCALAR),
    metrics=many(METRIC),
)
FILE = obj(name=TEXT, path=TEXT, size=COUNT, mtime={"type": "number"})
CHANGE = obj(name=TEXT, before={}, after={})

SCHEMAS: dict[str, Schema] = {
    "Error": obj(message=TEXT),
    "Row": ROW,
    "RunPage": obj(runs=many(ref("Row")), next=MAYBE, total=COUNT, version=COUNT),
    "Head": of_class(model.Head, last_step=STEP, title=TEXT, archived=YES),
    "Progress": of_class(model.Progress),
    "LogPart": of_class(model.LogPart),
    "Tab": of_class(model.Tab),
    "Tile": of_class(model.Tile),
    "Line": LINE,
    "Chart": CHART,
    "Table": of_class(model.Table),
    "Matrix": of_class(model.Matrix),
    "Parallel": of_class(model.Parallel),
    "ParallelAxis": of_class(model.ParallelAxis),
    "ParallelLine": of_class(model.ParallelLine),
    "TextItem": of_class(model.TextItem, step=STEP),
    "Guide": of_class(model.Guide),
    "Section": of_class(model.Section),
    "ImageSeries": of_class(
        model.ImageSeries,
        items=many(of_class(model.ImageItem, step=STEP, index=COUNT)),
    ),
    "File": FILE,
    "MetricSummary": of_class(model.MetricSummary),
    "ComparedRun": of_class(model.RunRow, label=TEXT),
    "Change": CHANGE,
    "Charts": obj(charts=many(ref("Chart")), version=COUNT),
    "TrashItem": obj(
        workspace=TEXT,
        item=TEXT,
        what={"enum": ["run", "experiment"]},
        name=TEXT,
        experiment=MAYBE,
        time=NUMBER,
        runs=many(TEXT),
        bytes=COUNT,
    ),
}

OPTIONS = some(
    x={"enum": ["step", "time", "relative"]},
    smoothing={"type": "number", "minimum": 0, "maximum": 0.999},
    log_y=YES,
    window={
        "anyOf": [
            {"type": "null"},
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        ]
    },
    points={"type": "integer", "minimum": 100, "maximum": 20_000},
)
KEYS: Schema = {
    "type": "array",
    "items": {"type": "string", "maxLength": 1000},
    "maxItems": 500,
}
