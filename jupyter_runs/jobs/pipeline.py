"""Pipelines: steps that pass files or frames to each other, run as a parent run with a child run for each step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Optional

from jupyter_runs._settings import snapshot_limits
from jupyter_runs.capture.snapshot import take_snapshot
from jupyter_runs.errors import InvalidValueError, NotOfferedError
from jupyter_runs.jobs.capacity import PARENTS
from jupyter_runs.jobs.steps import (
    CommandStep,
    ExecutePythonScript,
    Frame,
    OutputFolder,
    PipelineData,
    PipelineParameter,
    PythonScriptStep,
    Step,
    StepSequence,
)
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run
    from jupyter_runs.workspace import Workspace

PIPELINE, STEP = "pipeline", "step"
MAIN = "jupyter_runs.jobs.pipeline_main"

__all__ = [
    "CommandStep",
    "ExecutePythonScript",
    "OutputFolder",
    "Pipeline",
    "PipelineData",
    "PipelineParameter",
    "PythonScriptStep",
    "StepSequence",
]


class Pipeline:
    """Steps, and the order that what they pass to each other gives.

    Parameters
    ----------
    workspace
        The workspace.
    steps
        The steps, or lists of them; in any order.

    Raises
    ------
    InvalidValueError
        If two have the same name, one needs what no other makes, or they wait for each other in a circle.
    """

    def __init__(
        self,
        workspace: Workspace,
        steps: Iterable[Any],
        description: str = "",
        **_: Any,
    ) -> None:
        self.workspace = workspace
        self.description = description
        self.steps = list(_flat(steps))
        self.validate()

    def validate(self) -> list[str]:
        """Check the steps; return no findings, as all are raised."""
        names = [step.name for step in self.steps]
        twice = sorted({name for name in names if names.count(name) > 1})
        if not names:
            raise InvalidValueError("a pipeline needs a step at least")
        if twice:
            raise InvalidValueError(
                f"two steps are called {twice[0]!r}; give them names of their own"
            )
        for step in self.steps:
            for each in step.inputs:
                if isinstance(each, Frame) and each.step not in self.steps:
                    raise InvalidValueError(
                        f"step {step.name!r} takes a frame of step {each.step.name!r}, which is not in the pipeline"
                    )
            for each in step.inputs:
                if isinstance(each, PipelineData) and not any(
                    each in other.made for other in self.steps
                ):
                    raise InvalidValueError(
                        f"step {step.name!r} reads {each.name!r}, which no step of the pipeline makes"
                    )
        self._in_order()
        return []

    def _in_order(self) -> list[Step]:
        done: list[Step] = []
        while len(done) < len(self.steps):
            ready = [
                step
                for step in self.steps
                if step not in done and all(each in done for each in step.needs(self.steps))
            ]
            if not ready:
                left = ", ".join(repr(step.name) for step in self.steps if step not in done)
                raise InvalidValueError(f"these steps wait for each other in a circle: {left}")
            done += ready
        return done

    def submit(self, experiment_name: str, **more: Any) -> Run:
        """Submit it to an experiment of its workspace; see `Experiment.submit`."""
        from jupyter_runs.experiment import Experiment

        return Experiment(self.workspace, experiment_name).submit(self, **more)  # type: ignore[arg-type]  # what submit takes it checks

    def submit_to(
        self,
        experiment: Experiment,
        tags: Optional[Mapping[str, Any]] = None,
        name: Optional[str] = None,
        parent: Optional[str] = None,
        pipeline_parameters: Optional[Mapping[str, Any]] = None,
        continue_on_step_failure: bool = False,
        pipeline_params: Optional[Mapping[str, Any]] = None,
        regenerate_outputs: bool = True,  # noqa: ARG002 - each run runs
        **more: Any,
    ) -> Run:
        """Submit it; what its steps run is copied now."""
        if more:
            raise InvalidValueError(f"submit has no parameter {next(iter(more))!r} for a pipeline")
        from jupyter_runs.jobs.enqueue import (
            checked_tags,
            enqueue,
            known_target,
            stored_environment,
        )

        given = self._parameters(pipeline_parameters or pipeline_params or {})
        workspace = experiment.workspace.folder
        payloads: dict[str, bytes] = {}
        told = []
        for step in self._in_order():
            config, folder = step.config, step.config.folder()
            what = step.told(payloads)
            told.append(
                {
                    **what,
                    "name": step.name,
                    "outputs": [data.name for data in step.made],
                    "needs": [each.name for each in step.needs(self.steps)],
                    "target": known_target(experiment, config.run_config.target),
                    "snapshot": take_snapshot(
                        folder, workspace / "snapshots", snapshot_limits(workspace)
                    ),
                    "source_directory": str(folder),
                    "environment": stored_environment(config),
                    "environment_variables": config.variables(),
                    "max_run_duration_seconds": config.limit(),
                }
            )
        return enqueue(
            experiment,
            {
                "module": MAIN,
                "steps": told,
                "parameters": given,
                "go_on": continue_on_step_failure,
            },
            kind=PIPELINE,
            target=PARENTS,
            tags=checked_tags(tags),
            params=given,
            facts={"steps": [step["name"] for step in told]},
            code=Path.cwd(),
            parent=parent,
            name=name,
            payloads=payloads,
            remarks=dict.fromkeys(
                text for step in self.steps for text in step.config.run_config.remarks()
            ),
        )

    def publish(self, *_: Any, **__: Any) -> NoReturn:
        """Not offered.

        Raises
        ------
        NotOfferedError
            Always.
        """
        raise NotOfferedError(
            "jupyter_runs does not offer Pipeline.publish, a service of Azure; submit the pipeline itself"
        )

    def _parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of all parameters.

        Raises
        ------
        InvalidValueError
            If one is given that no step has.
        """
        known: dict[str, Any] = {}
        for step in self.steps:
            for each in step.given():
                if isinstance(each, PipelineParameter):
                    known[each.name] = each.default_value
        for name in given:
            if name not in known:
                there = ", ".join(map(repr, known)) or "it has none"
                raise InvalidValueError(f"the pipeline has no parameter {name!r}; it has: {there}")
        return {**known, **given}


def _flat(steps: Any) -> Iterator[Step]:
    for each in steps:
        if isinstance(each, Step):
            yield each
        elif isinstance(each, (list, tuple)):
            yield from _flat(each)
        else:
            raise InvalidValueError(f"a pipeline is made of steps, not of {shown(each)}")
