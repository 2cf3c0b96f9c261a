"""What logging each batch costs a loop of steps of about a millisecond.

Two answers. What it must cost: a call in a tight loop, and what our thread uses of the processor, over a step. And
what it is seen to cost: steps with and without logging in random order, and the mean of the paired differences
with its 95 % interval; where a step varies by more than 0.1 %, the interval is wide, and says so.
"""

from __future__ import annotations

import math
import random
import statistics
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runs import a_run
from timing import now

PAIRS = 1_500


def digits() -> dict[str, Any]:
    """Batches of the training in notebook 03: a linear classifier on handwritten digits."""
    import numpy as np
    from sklearn.datasets import load_digits
    from sklearn.linear_model import SGDClassifier

    x, y = load_digits(return_X_y=True)
    x = x / 16
    model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.002, random_state=0)
    rows = np.random.default_rng(0).integers(0, len(x), (64, 64))

    def step(number: int) -> dict[str, float]:
        batch = rows[number % len(rows)]
        model.partial_fit(x[batch], y[batch], classes=np.arange(10))
        chances = model.predict_proba(x[batch])
        loss = -np.log(chances[np.arange(len(batch)), y[batch]] + 1e-12).mean()
        right = (chances.argmax(axis=1) == y[batch]).mean()
        return {"train loss": loss, "train accuracy": right}

    return {"loop, digits": cost(step, lambda run, told, number: run.log_metrics(told, number))}


def torch_loop() -> dict[str, Any]:
    """A small network of two layers."""
    try:
        import torch
    except ImportError:
        return {}
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(64, 192), torch.nn.ReLU(), torch.nn.Linear(192, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x, y = torch.randn(512, 64), torch.randint(0, 10, (512,))

    def step(_: int) -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return {"loop, torch": cost(step, lambda run, told, number: run.log("loss", told, step=number))}


def cost(step: Callable[[int], Any], log: Callable[[Any, Any, int], None]) -> dict[str, Any]:
    """Return what logging costs a loop of such steps, as parts of a step."""
    with a_run() as run:
        told = None
        for number in range(300):
            told = step(number)
            log(run, told, number)
        share, length = alone(run, step, log, told)
        differences, order = [], random.Random(0)
        for pair in range(PAIRS):
            taken = [0.0, 0.0]
            for logs in order.sample((0, 1), 2):
                start = now()
                told = step(pair)
                if logs:
                    log(run, told, pair)
                taken[logs] = now() - start
            differences.append(taken[1] - taken[0])
    mean, half = trimmed(differences)
    return {
        "share": share,
        "step": length,
        "difference": mean / length,
        "low": (mean - half) / length,
        "high": (mean + half) / length,
        "pairs": PAIRS,
    }


def alone(
    run: Any, step: Callable[[int], Any], log: Callable[[Any, Any, int], None], told: Any
) -> tuple[float, float]:
    """Return (a call + our thread's share of a step) / a step, and a step in seconds."""
    lengths = []
    for number in range(300):
        start = now()
        step(number)
        lengths.append(now() - start)
    length = statistics.median(lengths)
    calls = []
    for _ in range(20):
        start = now()
        for number in range(500):
            log(run, told, number)
        calls.append((now() - start) / 500)
    begun, before = now(), keeper_seconds()
    while now() - begun < 12:  # longer than from one sign of life to the next
        step(0)
        log(run, told, 0)
    background = (keeper_seconds() - before) / (now() - begun)
    return statistics.median(calls) / length + background, length


def keeper_seconds() -> float:
    """Return the processor seconds that our own thread has used."""
    total = 0.0
    for thread in threading.enumerate():
        if thread.name.startswith("jupyter_runs") and thread.native_id is not None:
            told = Path(f"/proc/self/task/{thread.native_id}/schedstat")
            if told.exists():
                total += int(told.read_text().split()[0]) / 1e9
    return total


def trimmed(differences: list[float]) -> tuple[float, float]:
    """Return the mean without the outermost 5 % on each side, and half its 95 % interval (Tukey and McLaughlin, 1963)."""
    ordered = sorted(differences)
    count = len(ordered)
    cut = count // 20
    inner = ordered[cut : count - cut]
    winsorized = [ordered[cut]] * cut + inner + [ordered[-cut - 1]] * cut
    error = statistics.stdev(winsorized) / ((1 - 2 * cut / count) * math.sqrt(count))
    return statistics.mean(inner), 1.96 * error
