"""What a pipeline's driver starts: its steps one after the other, independent ones at once, as their targets have places."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from jupyter_runs._run.start import start_run
from jupyter_runs.jobs.arguments import params_of
from jupyter_runs.jobs.enqueue import enqueue
from jupyter_runs.jobs.environment import Environment
from jupyter_runs.jobs.pipeline import STEP
from jupyter_runs.jobs.steps import DATA, PARAMETER
from jupyter_runs.journal import TERMINAL
from jupyter_runs.run import Run

_LOOK = 0.2  # seconds


class Pipeline:
    """A pipeline that goes on.

    Parameters
    ----------
    run
        Its run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        told = run._definition("definition")
        self.steps: dict[str, dict[str, Any]] = {step["name"]: step for step in told["steps"]}
        self.parameters: dict[str, Any] = told["parameters"]
        self.go_on = bool(told["go_on"])
        self.runs: dict[str, Run] = {}
        self.ended: dict[str, str] = {}

    def go(self) -> list[str]:
        """Run all steps; return the names of those that failed."""
        while len(self.ended) < len(self.steps):
            self._look()
            for name, step in self.steps.items():
                if name not in self.runs and all(need in self.ended for need in step["needs"]):
                    self._start(name, step)
            self.run.progress(len(self.ended), len(self.steps), "steps")
            if len(self.ended) < len(self.steps):
                time.sleep(_LOOK)
        return [name for name, status in self.ended.items() if status != "Completed"]

    def _look(self) -> None:
        for name, run in self.runs.items():
            if name not in self.ended:
                status = run.get_status()
                if status in TERMINAL:
                    self.ended[name] = status
                    print(f"{name}: {status}", flush=True)  # noqa: T201 - into the log

    def _start(self, name: str, step: dict[str, Any]) -> None:
        failed = [need for need in step["needs"] if self.ended[need] != "Completed"]
        others = [each for each, status in self.ended.items() if status == "Failed"]
        if failed or (others and not self.go_on):
            because = (failed or others)[0]
            self._skip(name, f"skipped, since step {because!r} {self.ended[because].lower()}")
            return
        definition = {key: step[key] for key in _OF_A_SCRIPT if key in step}
        command = step.get("command")
        given = command if isinstance(command, list) else step.get("arguments", [])
        arguments = [self._argument(each) for each in given]
        if isinstance(command, list):
            definition["command"] = arguments
        elif command is None:
            definition["arguments"] = arguments
        environment = step.get("environment")
        if environment:
            definition["environment"] = Environment.from_dict(environment)
        self.runs[name] = enqueue(
            self.run.experiment,
            definition,
            kind=STEP,
            target=step["target"],
            tags={},
            params=params_of(arguments),
            facts={
                "snapshot": step["snapshot"],
                "snapshot_folder": step["source_directory"],
                "script": step.get("script"),
            },
            code=Path(step["source_directory"]),
            parent=self.run.id,
            name=name,
        )
        print(f"{name}: {self.runs[name].id}", flush=True)  # noqa: T201 - into the log

    def _skip(self, name: str, reason: str) -> None:
        child = start_run(
            self.run.experiment,
            name,
            outputs=False,
            snapshot_directory=None,
            kind=STEP,
            parent=self.run.id,
        )
        child._finish("Canceled", message=reason)
        self.runs[name], self.ended[name] = child, "Canceled"
        print(f"{name}: {reason}", flush=True)  # noqa: T201 - into the log

    def _argument(self, argument: Any) -> str:
        if isinstance(argument, dict) and DATA in argument:
            place = data_folder(self.run.folder, str(argument[DATA]))
            place.mkdir(parents=True, exist_ok=True)
            return str(place)
        if isinstance(argument, dict) and PARAMETER in argument:
            return str(self.parameters[argument[PARAMETER]])
        return str(argument)


_OF_A_SCRIPT = (
    "script",
    "command",
    "outputs",
    "module",
    "frames",
    "snapshot",
    "source_directory",
    "environment_variables",
    "max_run_duration_seconds",
)


def data_folder(run: Path, name: str) -> Path:
    """Return where a pipeline keeps what its steps pass on under a name."""
    return run / "outputs" / "data" / name.replace("/", "_")


def main() -> None:
    """Run the pipeline whose run's folder is the first argument."""
    run = Run.get_context(allow_offline=False)
    pipeline = Pipeline(run)
    failed = pipeline.go()
    if failed:
        status = pipeline.runs[failed[0]]._status()
        why = status.message or "no reason was given"
        run.fail(f"step {failed[0]!r} {status.status.lower()}: {why}", "StepFailed")
        sys.exit(1)


if __name__ == "__main__":
    main()
