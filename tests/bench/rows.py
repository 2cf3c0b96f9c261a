"""The rows of the table: what is measured, beside which floor, and what was promised."""

from __future__ import annotations

import importlib
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Group:
    """Rows that are measured by one function, in one process for each repetition."""

    module: str
    function: str
    shares: bool = False  # takes the folder for what several repetitions share
    most: int = 100  # repetitions

    def measure(self, scratch: Path) -> dict[str, Any]:
        """Measure once."""
        function = getattr(importlib.import_module(self.module), self.function)
        result: dict[str, Any] = function(scratch) if self.shares else function()
        return result


@dataclass(frozen=True)
class Row:
    """One line.

    Attributes
    ----------
    name, title, group
        What it is called, what it says, and where it is measured.
    unit
        ``"s"``, ``"B"``, or ``"%"`` for what logging costs a loop.
    goal
        At most so much: times the floor with ``times``, else in the unit.
    """

    name: str
    title: str
    group: str
    unit: str
    goal: float
    times: bool = False

    @property
    def goal_text(self) -> str:
        """What was promised."""
        return f"≤ {self.goal:g} ×" if self.times else f"≤ {shown(self.goal, self.unit)}"

    def met(self, values: list[Any]) -> bool:
        """Tell whether the median of the repetitions keeps the promise."""
        if self.unit == "%":
            share = statistics.median(value["share"] for value in values)
            return bool(share <= self.goal and min(value["low"] for value in values) <= self.goal)
        reached = [value[0] / value[1] if self.times else value[0] for value in values]
        return bool(statistics.median(reached) <= self.goal)

    def line(self, values: list[Any]) -> tuple[str, str, str, str, str, str]:
        """Return the cells."""
        met = "met" if self.met(values) else "MISSED"
        if self.unit == "%":
            share = statistics.median(value["share"] for value in values)
            one = values[len(values) // 2]
            seen = f"seen: {one['difference']:+.2%} ({one['low']:+.2%} … {one['high']:+.2%})"
            step = f"step {shown(one['step'], 's')}"
            return self.title, f"{share:.3%}", step, seen, self.goal_text, met
        ratios = sorted(value[0] / value[1] for value in values)
        ours, floor = (statistics.median(value[i] for value in values) for i in (0, 1))
        ratio = f"{statistics.median(ratios):.2f} × ({ratios[0]:.2f} … {ratios[-1]:.2f})"
        return (
            self.title,
            shown(ours, self.unit),
            shown(floor, self.unit),
            ratio,
            self.goal_text,
            met,
        )


def shown(value: float, unit: str) -> str:
    """Return a figure for people."""
    if unit == "%":
        return f"{value:.1%}"
    if unit == "B":
        return f"{value:,.1f} B" if value < 100 else f"{value / 1024:,.1f} KiB"
    for factor, name in ((1.0, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 1:
            return (
                f"{value * factor:,.3g} {name}" if factor > 1 or value < 100 else f"{value:,.0f} s"
            )
    return f"{value * 1e6:.2f} µs"


GROUPS = {
    "calls": Group("calls", "calls"),
    "a million calls": Group("calls", "percentile"),
    "import": Group("starts", "importing"),
    "start": Group("starts", "starting"),
    "sizes": Group("starts", "sizes", most=1),
    "one metric": Group("reads", "one_metric"),
    "one of many": Group("reads", "one_of_many", shares=True),
    "idle poll": Group("reads", "idle_poll"),
    "view": Group("shown", "polls"),
    "ten million points": Group("shown", "large", shares=True),
    "lists": Group("listing", "listed"),
    "rebuild": Group("listing", "rebuilt", most=3),
    "100,000 runs": Group("listing", "many", shares=True),
    "panel": Group("pages", "panel", shares=True, most=3),
    "pages": Group("pages", "opened", shares=True, most=3),
    "polls": Group("pages", "polled", shares=True, most=1),
    "submit": Group("submits", "submitting"),
    "digits": Group("loops", "digits", most=3),
    "torch": Group("loops", "torch_loop", most=3),
}

ROWS = [
    Row(
        "log median",
        "run.log(name, float), median call / one os.write",
        "calls",
        "s",
        0.5,
        times=True,
    ),
    Row("log mean", "the same, mean of a long loop", "calls", "s", 0.6, times=True),
    Row("50 scalars", "run.log_metrics of 50 / one os.write", "calls", "s", 12, times=True),
    Row("row of three", "run.log_row of three numbers / one os.write", "calls", "s", 2, times=True),
    Row(
        "log p99.99",
        "run.log, 99.99th percentile of a million / of os.write",
        "a million calls",
        "s",
        0.3e-3,
    ),
    Row("import", "import jupyter_runs / an empty interpreter", "import", "s", 30e-3),
    Row(
        "start",
        "second run: start to first log returned / a folder of three files",
        "start",
        "s",
        2e-3,
    ),
    Row("read 100,000", "100,000 points as arrays / their bytes", "one metric", "s", 10e-3),
    Row(
        "frame of 1,000,000", "1,000,000 points as a frame / their bytes", "one metric", "s", 50e-3
    ),
    Row("one of 200", "one metric of 200 × 5,000 / all bytes", "one of many", "s", 50e-3),
    Row("bytes a point", "bytes a point, closed run of 100,000 / the record", "sizes", "B", 33),
    Row("ten points", "all files of a run of ten points / ten records", "sizes", "B", 24 * 1024),
    Row("idle poll of 64", "poll of 64 writers, nothing new / 64 reads", "idle poll", "s", 0.2e-3),
    Row("view, nothing new", "view: poll, nothing new / the folder listed", "view", "s", 2e-3),
    Row("view, nothing new, sent", "… what it sends", "view", "B", 1_000),
    Row(
        "view, 100 changed",
        "view: poll, 100 metrics changed / the folder listed",
        "view",
        "s",
        30e-3,
    ),
    Row("view, 100 changed, sent", "… what it sends for 12 charts in sight", "view", "B", 50_000),
    Row(
        "10,000,000 points opened",
        "100 × 100,000 points: 12 charts made, no browser / the bytes",
        "ten million points",
        "s",
        1.0,
    ),
    Row(
        "list 1,000",
        "1,000 runs with last metrics, 100 active / the folder listed",
        "lists",
        "s",
        50e-3,
    ),
    Row(
        "100 active, nothing new",
        "index caught up, 100 active runs, nothing new / …",
        "lists",
        "s",
        10e-3,
    ),
    Row(
        "100 active, all changed",
        "index caught up, each of 100 active runs has logged / …",
        "lists",
        "s",
        10e-3,
    ),
    Row("rebuild", "index made anew, a run / its files read", "rebuild", "s", 0.5e-3),
    Row(
        "first page of 100,000",
        "first page of 100,000 runs / the folder looked at",
        "100,000 runs",
        "s",
        50e-3,
    ),
    Row(
        "panel",
        "JupyterLab's panel of 10,000 runs usable / its own outline opened",
        "panel",
        "s",
        1.0,
    ),
    Row("panel, cold", "… with an index that is being made", "panel", "s", 1.0),
    Row(
        "panel, scrolled",
        "… longest frame of 200 turns of the wheel / of 10,000 lines of text",
        "panel",
        "s",
        50e-3,
    ),
    Row(
        "panel, filtered",
        "… last key of a filter to what fits / the server asked for its status",
        "panel",
        "s",
        0.2,
    ),
    Row(
        "compare",
        "compare page of 50 runs × 100,000 points drawn / the trash's page",
        "pages",
        "s",
        1.0,
    ),
    Row("compare, two", "… with two metrics of 100,000 points each / …", "pages", "s", 1.0),
    Row("experiment", "page of an experiment of 10,000 runs / …", "pages", "s", 1.0),
    Row("run", "page of a run, 100 metrics × 100,000 points, drawn / …", "pages", "s", 1.0),
    Row("heap", "what 9,000 polls leave in the browser's heap / the heap", "polls", "B", 1 << 20),
    Row("submit", "submit of 50 files, 1 MB, returns / they are copied", "submit", "s", 0.15),
    Row(
        "first line",
        "its first line after that, over / an interpreter's start",
        "submit",
        "s",
        0.5,
    ),
    Row("loop, digits", "cost to a 1 ms step: digits, scikit-learn", "digits", "%", 0.001),
    Row("loop, torch", "cost to a 1 ms step: two layers, PyTorch", "torch", "%", 0.001),
]
