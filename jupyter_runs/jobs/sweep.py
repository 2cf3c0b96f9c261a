"""A sweep's own process: what its driver starts, ``python -m jupyter_runs.jobs.sweep <run folder>``.

It chooses, submits a run for each choice, looks how they do, and ends with the last of them. When it is killed or canceled,
its driver cancels the runs that it has submitted.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.capture.secrets import looks_secret
from jupyter_runs.errors import InvalidValueError
from jupyter_runs.jobs import outlive
from jupyter_runs.jobs.arguments import params_of
from jupyter_runs.jobs.enqueue import SCRIPT, enqueue
from jupyter_runs.jobs.environment import Environment
from jupyter_runs.jobs.policies import policy_of
from jupyter_runs.jobs.recover import look_after
from jupyter_runs.jobs.spaces import Sampler, Sampling
from jupyter_runs.jobs.sweep_config import HANDED_ON
from jupyter_runs.jobs.tickets import cancel
from jupyter_runs.jobs.trials import Trial, plain_name, sweep_of
from jupyter_runs.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOK = 0.5  # seconds between two looks at the runs
_OF_LOG = 200  # characters of a line in the log for one run's choices


class Sweep:
    """Does what a sweep was told to.

    Parameters
    ----------
    run
        The sweep's run.
    told
        What it is to do, as it is stored.
    secret
        What is not stored of what each run is to do.
    """

    def __init__(self, run: Run, told: Mapping[str, Any], secret: Mapping[str, Any]) -> None:
        self._run = run
        self._metric, self._goal = str(told["metric"]), str(told["goal"])
        self._total = int(told["max_total_runs"])
        self._at_once = int(told["max_concurrent_runs"])
        self._until = time.monotonic() + 60 * float(told["max_duration_minutes"])
        self._minutes = told["max_duration_minutes"]
        self._policy = policy_of(told["policy"])
        self._child = {**told["child"], **secret}
        self._sampler = Sampler(Sampling.from_json(told["sampling"]), self._goal)
        self._trials: list[tuple[Trial, Any]] = []
        self._active: list[tuple[Trial, Any]] = []
        self._best: Optional[Trial] = None
        self._logged: Optional[float] = None
        self._over = False

    def go(self) -> None:
        """Do it all; returns when the last run has ended."""
        self._run.progress(0, self._total, "runs")
        while True:
            while (
                not self._over
                and len(self._trials) < self._total
                and len(self._active) < self._at_once
            ):
                self._start()
            if not self._active:
                break
            time.sleep(_LOOK)
            self._look()
        self._sum_up()

    # -- starting

    def _start(self) -> None:
        token, choices = self._sampler.ask()
        child = self._submit(choices)
        one = (Trial(child._folder, self._metric, self._goal), token)
        self._trials.append(one)
        self._active.append(one)
        _say(f"{_label(child)}: {_told(choices)}")

    def _submit(self, choices: dict[str, Any]) -> Run:
        run, child = self._run, dict(self._child)
        more = arguments_of(choices)
        target, snapshot = child.pop("target"), child["snapshot"]
        if isinstance(child.get("command"), str):
            child["command"] += "".join(f" {shlex.quote(each)}" for each in more)
        else:
            part = "command" if child.get("command") else "arguments"
            child[part] = [*(child.get(part) or []), *more]
        environment = child.pop("environment", None)
        if environment is not None:
            child["environment"] = Environment.from_dict(environment)
        given = child.get("arguments", more)
        line = [child["script"], *given] if child.get("script") else child.get("command")
        with run._reading() as reader:
            git = reader.facts.get("git")
        diff = run._folder.payload / "git.diff"
        return enqueue(
            run.experiment,
            {**child, "choices": {k: v for k, v in choices.items() if not looks_secret(k)}},
            kind=SCRIPT,
            target=target,
            tags={},
            params={**params_of(given), **params_from(choices)},
            facts={
                "snapshot": snapshot,
                "snapshot_folder": child["source_directory"],
                "script": child.get("script"),
                "argv": _clean([line] if isinstance(line, str) else line or []),
                **({"git": git} if git else {}),
            },
            code=Path(os.devnull),  # its parent's git is its own: the folder may be another by now
            parent=run.id,
            payloads={diff.name: diff.read_bytes()} if diff.is_file() else None,
        )

    # -- looking

    def _look(self) -> None:
        for trial, _ in self._active:
            look_after(trial.folder)
            trial.refresh()
        if time.monotonic() > self._until and not self._over:
            self._over = True
            for trial, _ in self._active:
                self._cancel(
                    trial, f"the sweep, after the {self._minutes:g} minutes that it was given"
                )
        for trial, _ in self._active:
            self._apply_policy(trial)
        ended = [one for one in self._active if one[0].ended]
        self._active = [one for one in self._active if not one[0].ended]
        for trial, token in ended:
            self._take(trial, token)
        self._log_best()

    def _apply_policy(self, trial: Trial) -> None:
        interval = self._policy.due(len(trial.values), trial.looked)
        if not interval or trial.ended or trial.folder.cancel_requested is not None:
            return
        trial.looked = interval
        others = [other.seen for other, _ in self._trials if other is not trial]
        reason = self._policy.stop(interval, trial.seen, others, self._goal)
        if reason:
            self._cancel(trial, reason)

    def _cancel(self, trial: Trial, by: str) -> None:
        _say(f"{trial.folder.id}: canceled by {by}")
        cancel(trial.folder, by)

    def _take(self, trial: Trial, token: Any) -> None:
        self._sampler.tell(token, trial.best)
        got = "no number" if trial.best is None else f"{trial.best:.6g}"
        _say(f"{trial.folder.id}: {trial.status}, {self._metric} {got} at best")
        done = len(self._trials) - len(self._active)
        self._run.progress(done, self._total, "runs")

    def _log_best(self) -> None:
        sign = 1 if self._goal == "maximize" else -1
        found = [(trial.best * sign, trial) for trial, _ in self._trials if trial.best is not None]
        if not found:
            return
        value, self._best = max(found, key=lambda one: one[0])
        if value * sign != self._logged:
            self._logged = value * sign
            self._run.log(f"best_{self._metric}", self._logged)

    # -- the end

    def _sum_up(self) -> None:
        trials = [trial for trial, _ in self._trials]
        failed = [trial for trial in trials if trial.status == "Failed"]
        counted = ", ".join(
            f"{sum(trial.status == status for trial in trials)} {status}"
            for status in ("Completed", "Canceled", "Failed")
        )
        _say(f"all {len(trials)} runs have ended: {counted}")
        if trials and len(failed) == len(trials):
            first = failed[0]
            raise InvalidValueError(
                f"all {len(trials)} runs failed; the first, {first.folder.id}: {first.message or 'no reason was given'}"
            )
        if self._best is None:
            self._run._warn(f"no run logged a number as {self._metric!r}, the primary metric")
        else:
            _say(f"the best is {self._best.folder.id}: {self._metric} {self._logged:.6g}")
            _say(_told(self._best.choices))


def arguments_of(choices: Mapping[str, Any]) -> list[str]:
    """Return choices as arguments of a script.

    >>> arguments_of({"--lr": 0.1, "layers": 3, "shift": -0.5})
    ['--lr', '0.1', '--layers', '3', '--shift=-0.5']
    """
    arguments = []
    for name, value in choices.items():
        option = name if name.startswith("-") else f"--{name}"
        text = json.dumps(value) if isinstance(value, (list, dict)) else str(value)
        # -1e-05 would be taken for an option
        arguments += [f"{option}={text}"] if text.startswith("-") else [option, text]
    return arguments


def params_from(choices: Mapping[str, Any]) -> dict[str, Any]:
    """Return choices as parameters of a run, which are plain values."""
    return {
        plain_name(name): value if isinstance(value, (bool, int, float, str)) else json.dumps(value)
        for name, value in choices.items()
        if not looks_secret(name)
    }


def _clean(line: list[str]) -> list[str]:
    from jupyter_runs.capture.secrets import clean_arguments

    return clean_arguments(line)


def _label(run: Run) -> str:
    return f"run {run.number} {run.id}"


def _told(choices: Mapping[str, Any]) -> str:
    return ", ".join(f"{plain_name(k)}={v}" for k, v in choices.items())[:_OF_LOG]


def _say(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, flush=True)  # noqa: T201 - into the run's log


def main() -> None:
    """Do the sweep that the run's folder tells of."""
    secret = json.loads(os.environ.pop(HANDED_ON, "{}"))
    outlive._told = True  # whoever submitted the sweep was told
    run = Run.get_context(allow_offline=False)
    told = sweep_of(run._folder)
    if told is None:
        raise InvalidValueError(f"run {run.id} is no sweep")
    try:
        Sweep(run, told, secret).go()
    except InvalidValueError as error:
        run.fail(str(error), "AllFailed")
        sys.exit(1)


if __name__ == "__main__":
    main()
