"""What a call costs its caller, through the public methods."""

from __future__ import annotations

import statistics

from runs import a_run
from timing import Pair, paired, singles, writing


def calls() -> dict[str, Pair]:
    """One float, fifty at once, a row of three."""
    fifty = {f"layer {i}/gradient": i * 0.5 for i in range(50)}
    found = {}
    with a_run() as run, writing() as write:

        def log(count: int) -> None:
            call = run.log
            for step in range(count):
                call("loss", 1.5, step=step)

        def log_metrics(count: int) -> None:
            call = run.log_metrics
            for step in range(count):
                call(fifty, step)

        def log_row(count: int) -> None:
            call = run.log_row
            for _ in range(count):
                call("scores", precision=0.5, recall=0.25, f1=0.75)

        for block in (log, log_metrics, log_row):
            block(200)
        found["log mean"] = paired(log, write, 10_000, 5_000)
        found["50 scalars"] = paired(log_metrics, write, 500, 5_000)
        found["row of three"] = paired(log_row, write, 3_000, 5_000)
        call = run.log
        ours = singles(lambda step: call("loss", 1.5, step=step), 50_000)
        wrapped = statistics.median(singles(lambda _: None, 50_000))
        floor = statistics.median(singles(lambda _: write(1), 50_000)) - _empty_block(write)
        found["log median"] = (statistics.median(ours) - wrapped, floor - wrapped)
    return found


def _empty_block(write: object) -> float:
    """Return what a block costs around its one write."""

    def nothing(count: int) -> None:
        for _ in range(count):
            pass

    return statistics.median(singles(lambda _: nothing(1), 50_000)) - statistics.median(
        singles(lambda _: None, 50_000)
    )


def percentile() -> dict[str, Pair]:
    """The 9,999th of 10,000 calls, over a million."""
    count = 1_000_000
    with a_run() as run, writing() as write:
        call = run.log
        ours = singles(lambda step: call("loss", 1.5), count)
        floor = singles(lambda _: write(1), count)
    at = int(count * 0.9999)
    return {"log p99.99": (ours[at], floor[at])}
