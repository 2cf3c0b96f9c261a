"""What it costs to show a run: the view below the widget, without a browser."""

from __future__ import annotations

import json
import math
from pathlib import Path

from reads import raw
from runs import a_run, many_metrics
from timing import Pair, each, now, paired

from jupyter_runs.views import RunView

IN_SIGHT = 12  # charts


def polls() -> dict[str, Pair]:
    """A poll of a view with nothing new, and with 100 metrics that each got a point."""
    with a_run() as run:
        for step in range(2_000):
            run.log_metrics({f"m{k}": math.sin(step * k) for k in range(100)}, step)
        view = RunView(run._folder)
        keys = view.chart_keys()[:IN_SIGHT]
        told = {"cursor": view.to_json(keys=keys)["cursor"], "bytes": 0, "seconds": []}

        def idle(count: int) -> None:
            for _ in range(count):
                view.refresh()
                part = view.to_json(told["cursor"], keys=keys)
                told["cursor"], told["bytes"] = part["cursor"], len(json.dumps(part))

        def floor(count: int) -> None:
            for _ in range(count):
                list(run.folder.rglob("*"))

        idle(3)
        nothing = paired(idle, floor, 5, 5)
        quiet = float(told["bytes"])
        most = 0
        for step in range(2_000, 2_020):
            run.log_metrics({f"m{k}": math.sin(step * k) for k in range(100)}, step)
            told["seconds"].append(each(idle, 1))
            most = max(most, told["bytes"])
        changed = sorted(told["seconds"])[len(told["seconds"]) // 2]
    return {
        "view, nothing new": nothing,
        "view, nothing new, sent": (quiet, 1_000.0),
        "view, 100 changed": (changed, nothing[1]),
        "view, 100 changed, sent": (float(most), 8.0 * 2 * IN_SIGHT),
    }


def large(home: Path) -> dict[str, Pair]:
    """A run of 100 metrics and 100,000 points each: opened, and the charts in sight made."""
    run = many_metrics(home, 100, 100_000)
    raw(run.folder)
    start = now()
    view = RunView(run.folder)
    charts = view.to_json(keys=view.chart_keys()[:IN_SIGHT])["charts"]
    ours = now() - start
    assert len(charts) == IN_SIGHT
    floor = each(lambda _: raw(run.folder), 1)
    return {"10,000,000 points opened": (ours, floor)}
