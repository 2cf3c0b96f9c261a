"""Charts of a run, the exact points of one, and its images."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from jupyter_runs.errors import NotFoundError
from jupyter_runs.journal import open_below
from jupyter_runs.journal.errors import shown
from jupyter_runs.views import ChartOptions
from jupyter_runs.views.jsonable import chart_json, jsonable

from .endpoint import BYTES, Call, Endpoint, Sent, SentFile
from .params import Choice, Real, Text
from .schemas import KEYS, OPTIONS, many, obj, ref
from .sending import PICTURES

AXES = ("step", "time", "relative")


def options_of(body: dict[str, Any]) -> ChartOptions:
    """Return how charts are to be drawn."""
    told = dict(body.get("options") or {})
    window = told.pop("window", None)
    if window is not None:
        window = (float(window[0]), float(window[1]))
    return ChartOptions(**told, window=window)


def _charts(call: Call) -> dict[str, Any]:
    options, known = options_of(call.body), call.body.get("known") or {}
    with call.shared.views.of(call.run()) as view:
        there = set(view.chart_keys())
        wanted = [
            key
            for key in dict.fromkeys(call.body["keys"])
            if key in there and known.get(key) != view.chart_version(key)
        ]
        view.load(wanted, options.x)
        charts = [chart_json(view.chart(key, options)) for key in wanted]
        return {"charts": charts, "version": view.version}


def _points(call: Call) -> Sent:
    asked, key = call.query, call.path["key"]
    low, high = asked["from"], asked["to"]
    window = None
    if low is not None or high is not None:
        window = (-np.inf if low is None else low, np.inf if high is None else high)
    with call.shared.views.of(call.run()) as view:
        view.load([key], asked["x"])
        try:
            lines = view.points(key, asked["x"], window)
        except KeyError:
            raise NotFoundError(f"run {view.folder.id} has no chart {shown(key)}") from None
        found = [line for line in lines if asked["line"] in (None, line[0])]
        if not found:
            near = ", ".join(shown(line[0]) for line in lines[:5]) or "none"
            raise NotFoundError(f"the chart has no line {shown(asked['line'])}: there are {near}")
        _, x, y = found[0]
        pairs = np.empty((len(x), 2), "<f8")
        pairs[:, 0], pairs[:, 1] = x, y
    return Sent(pairs.tobytes(), BYTES, headers={"X-Count": str(len(pairs))})


def _images(call: Call) -> dict[str, Any]:
    with call.shared.views.of(call.run()) as view:
        found = jsonable(view.images())
    for series in found:
        for index, item in enumerate(series["items"]):
            item["index"] = index
    return {"series": found}


def _image(call: Call) -> SentFile:
    name, text = call.path["name"], call.path["index"]
    folder = call.run()
    with call.shared.views.of(folder) as view:
        series = next((one for one in view.images() if one.name == name), None)
        items = series.items if series is not None else ()
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) < len(items)):
        raise NotFoundError(f"run {folder.id} has no image {shown(name)} {shown(text, 20)}")
    file = items[int(text)].path.name
    return SentFile(os.fdopen(open_below(folder.path, f"payload/{file}"), "rb"), file)


ENDPOINTS = [
    Endpoint(
        "POST",
        "runs/{workspace}/{run}/charts",
        _charts,
        "Charts as they are drawn; those whose version is known are left out, as are keys that are not there",
        ref("Charts"),
        body={
            "type": "object",
            "required": ["keys"],
            "properties": {
                "keys": KEYS,
                "options": OPTIONS,
                "known": {"type": "object", "additionalProperties": {"type": "integer"}},
            },
            "additionalProperties": False,
        },
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/series/{key}",
        _points,
        "All points of a line: x and y in turn, little-endian float64",
        (BYTES,),
        headers=(("X-Count", "How many points there are."),),
        query=(
            Choice("x", "What runs along the x axis.", "step", words=AXES),
            Real("from", "The least x."),
            Real("to", "The greatest x."),
            Text(
                "line",
                "Key of the line, where a chart has several; by default the first.",
                most=1000,
            ),
        ),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/images",
        _images,
        "The images that were logged",
        obj(series=many(ref("ImageSeries"))),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/images/{name}/{index}",
        _image,
        "One image",
        (*PICTURES, BYTES),
        refusals=(416,),
    ),
]
