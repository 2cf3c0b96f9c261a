"""Several runs beside each other."""

from __future__ import annotations

from typing import Any

from jupyter_runs.views.jsonable import chart_json, jsonable

from .charts import options_of
from .endpoint import Call, Endpoint, TooLargeError
from .params import Several
from .run import head_json
from .schemas import COUNT, KEYS, OPTIONS, TEXT, many, obj, ref

_RUN = r"[^/]{1,255}/[A-Za-z0-9][A-Za-z0-9_-]{0,99}"


def _compare(call: Call) -> dict[str, Any]:
    with call.shared.views.comparing(call.shared.runs(call.query["run"])) as view:
        table = view.table
        heads = [head_json(one, call.base_url) for one in view.views]
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
        view.load(keys)
        charts = [chart_json(view.chart(key, options)) for key in keys]
        return {"charts": charts, "version": sum(one.version for one in view.views)}


ENDPOINTS = [
    Endpoint(
        "GET",
        "compare",
        _compare,
        "Runs beside each other: their parameters, those that differ, their metrics, the keys of common charts",
        obj(
            rows=many(ref("ComparedRun")),
            params=many(TEXT),
            differing=many(TEXT),
            metrics=many(TEXT),
            charts=many(TEXT),
            version=COUNT,
        ),
        query=(
            Several(
                "run",
                "A run, as workspace/id; once for each.",
                required=True,
                most=400,
                pattern=_RUN,
                wanted="a run: workspace/id",
                most_given="max_compared_runs",
            ),
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
