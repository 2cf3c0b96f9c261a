"""Several runs beside each other."""

from __future__ import annotations

import math
from typing import Any

from jupyter_runs.views.jsonable import chart_json, jsonable
from jupyter_runs.views.parallel import MOST_AXES, parallel

from .charts import options_of
from .endpoint import Call, Endpoint, TooLargeError
from .params import Choice, Several, Text
from .run import head_json
from .schemas import COUNT, KEYS, OPTIONS, TEXT, many, obj, ref

_RUN = r"[^/]{1,255}/[A-Za-z0-9][A-Za-z0-9_-]{0,99}"


def _compare(call: Call) -> dict[str, Any]:
    with call.shared.views.comparing(call.shared.runs(call.query["run"])) as view:
        table = view.table
        heads = [head_json(one, call.base_url) for one in view.views]
        images = dict.fromkeys(series.name for one in view.views for series in one.images())
        rows = [
            {**jsonable(row), "label": jsonable(row.label), "head": head}
            for row, head in zip(table.rows, heads, strict=True)
        ]
        return {
            "rows": rows,
            "params": jsonable(table.params),
            "differing": jsonable(table.differing),
            "metrics": jsonable(table.metrics),
            "charts": jsonable(view.chart_keys()),
            "images": jsonable(list(images)),
            "version": sum(one.version for one in view.views),
        }


def _charts(call: Call) -> dict[str, Any]:
    names, options = call.body["runs"], options_of(call.body)
    most = call.shared.settings["max_compared_runs"]
    if len(names) > most:
        raise TooLargeError(f"{len(names):,} runs were to be compared, and {most:,} is the most")
    with call.shared.views.comparing(call.shared.runs(names)) as view:
        there = set(view.chart_keys())
        keys = [key for key in dict.fromkeys(call.body["keys"]) if key in there]
        charts = list(map(chart_json, view.charts(keys, options)))
        return {"charts": charts, "version": sum(one.version for one in view.views)}


def _parallel(call: Call) -> dict[str, Any]:
    asked = call.query
    name, part, low = asked["metric"], asked["part"], asked["better"] == "low"
    with call.shared.views.comparing(call.shared.runs(asked["run"])) as view:
        table = view.table
    params = table.differing or table.params
    rows = []
    for row in table.rows:
        told = row.metrics.get(name)
        value = None if told is None else getattr(told, part)
        choices = {param: row.params[param] for param in params if param in row.params}
        rows.append((row.head.id, choices, _number(value)))
    drawn = parallel(rows, {}, name, low=low)
    without = sum(line.places[-1] is None for line in drawn.lines)
    return {
        "parallel": jsonable(drawn),
        "shown": len(drawn.lines),
        "without": without,
        "left_out": max(0, len(params) - MOST_AXES),
    }


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:  # an int of hundreds of digits
        return math.inf if value > 0 else -math.inf


_RUNS = Several(
    "run",
    "A run, as workspace/id; once for each.",
    required=True,
    most=400,
    pattern=_RUN,
    wanted="a run: workspace/id",
    most_given="max_compared_runs",
)

ENDPOINTS = [
    Endpoint(
        "GET",
        "compare",
        _compare,
        "Runs beside each other: parameters, those that differ, metrics, keys of common charts, names of images",
        obj(
            rows=many(ref("ComparedRun")),
            params=many(TEXT),
            differing=many(TEXT),
            metrics=many(TEXT),
            charts=many(TEXT),
            images=many(TEXT),
            version=COUNT,
        ),
        query=(_RUNS,),
        refusals=(404,),
    ),
    Endpoint(
        "GET",
        "compare/parallel",
        _parallel,
        "Parallel coordinates: an axis for each parameter that differs and one for a metric, a line for each run",
        obj(parallel=ref("Parallel"), shown=COUNT, without=COUNT, left_out=COUNT),
        query=(
            _RUNS,
            Text("metric", "The metric's name.", required=True, most=1000),
            Choice("part", "Which of its values.", "last", words=("last", "minimum", "maximum")),
            Choice("better", "Which values of it are better.", "low", words=("low", "high")),
        ),
        refusals=(404,),
    ),
    Endpoint(
        "POST",
        "compare/charts",
        _charts,
        "Common charts: of each key the curves of all runs",
        ref("Charts"),
        body={
            "type": "object",
            "required": ["runs", "keys"],
            "properties": {
                "runs": {
                    "type": "array",
                    "items": {"type": "string", "maxLength": 400, "pattern": f"^{_RUN}$"},
                    "minItems": 1,
                    "maxItems": 1000,
                },
                "keys": KEYS,
                "options": OPTIONS,
            },
            "additionalProperties": False,
        },
        refusals=(404,),
    ),
]
