"""Pipelines: steps that pass files or frames to each other, run as a parent run with a child run for each step."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._settings import snapshot_limits
from jupyter_runs.capture.snapshot import take_snapshot
from jupyter_runs.errors import InvalidValueError
from jupyter_runs.jobs.capacity import PARENTS
from jupyter_runs.jobs.config import RunConfiguration, ScriptRunConfig
from jupyter_runs.journal.errors import shown
from jupyter_runs.journal.values import check_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run
    from jupyter_runs.workspace import Workspace

PIPELINE, STEP = "pipeline", "step"
DATA, PARAMETER = "$data", "$parameter"  # what stands in arguments for what is known later
FRAMES = "jupyter_runs.jobs.frames"
MAIN = "jupyter_runs.jobs.pipeline_main"

StrPath = Union[str, "os.PathLike[str]"]


class PipelineParameter:
    """A value that is given when a pipeline is submitted.

    Parameters
    ----------
    name
        Its name.
    default_value
        What it is unless it is given.
    """

    def __init__(self, name: str, default_value: Any = None) -> None:
        self.name = check_name(name, "parameter")
        self.default_value = default_value


class PipelineData:
    """A folder by which one step hands files to others; as an argument, its path.

    Parameters
    ----------
    name
        Its name.
    """

    def __init__(self, name: str, *_: Any, **__: Any) -> None:
        self.name = check_name(name, "data")

    def as_input(self, *_: Any, **__: Any) -> PipelineData:
        """Return it: it is a folder of this machine for whoever reads it."""
        return self

    as_mount = as_download = as_upload = as_input

    def __repr__(self) -> str:
        return f"PipelineData({self.name!r})"


class Frame:
    """A frame that a step will have returned."""

    def __init__(self, step: ExecutePythonScript, index: int) -> None:
        self.step = step
        self.index = index


class Step:
    """What all steps share.

    Parameters
    ----------
    name
        Its name in the pipeline.
    config
        What it runs.
    inputs, outputs
        What it reads and makes, which gives the order.
    """

    def __init__(
        self,
        name: str,
        config: ScriptRunConfig,
        inputs: Iterable[Any] = (),
        outputs: Iterable[Any] = (),
    ) -> None:
        self.name = check_name(name, "step")
        self.config = config
        self.inputs = list(inputs)
        self.made = list(outputs)
        self._after: list[Step] = []

    def run_after(self, step: Step) -> None:
        """Have this step wait for another with which it shares nothing."""
        if not isinstance(step, Step):
            raise InvalidValueError(f"a step runs after another step, not after {shown(step)}")
        self._after.append(step)

    def needs(self, steps: Sequence[Step]) -> list[Step]:
        """Return those of `steps` that have to be done before."""
        read = [each for each in self._read() if isinstance(each, PipelineData)]
        return [
            step
            for step in steps
            if step is not self
            and (
                step in self._after
                or any(data in step.made for data in read)
                or any(isinstance(each, Frame) and each.step is step for each in self.inputs)
            )
        ]

    def _read(self) -> Iterator[Any]:
        arguments = self.config.arguments
        given = arguments if isinstance(arguments, (list, tuple)) else []
        yield from (each for each in (*self.inputs, *given) if each not in self.made)

    def told(self, payloads: dict[str, bytes]) -> dict[str, Any]:  # noqa: ARG002 - for frames
        """Return what its run is to do, as plain values; bodies go into `payloads`."""
        arguments = self.config.arguments
        if isinstance(arguments, (list, tuple)):
            plain = ScriptRunConfig(self.config.source_directory, self.config.script)
            return {**plain.what(), "arguments": [_plain(each) for each in arguments]}
        return self.config.what()


class PythonScriptStep(Step):
    """A step that runs a script.

    Parameters
    ----------
    script_name
        The script, relative to `source_directory`.
    name
        The step's name; by default the script's.
    arguments
        Its arguments; `PipelineData` stands for its path, `PipelineParameter` for its value.
    compute_target, runconfig
        Where and how it runs.
    inputs, outputs
        `PipelineData` that it reads and makes.
    source_directory
        The folder that is copied to where it runs.
    """

    def __init__(
        self,
        script_name: str,
        name: Optional[str] = None,
        arguments: Optional[Iterable[Any]] = None,
        compute_target: Any = None,
        runconfig: Optional[RunConfiguration] = None,
        runconfig_pipeline_params: Any = None,  # noqa: ARG002 - of that SDK's service
        inputs: Optional[Iterable[Any]] = None,
        outputs: Optional[Iterable[Any]] = None,
        params: Optional[Mapping[str, Any]] = None,
        source_directory: Optional[StrPath] = None,
        allow_reuse: bool = True,  # noqa: ARG002 - each run runs
        version: Any = None,  # noqa: ARG002
        **_: Any,
    ) -> None:
        given = [] if arguments is None else list(arguments)
        for key, value in (params or {}).items():
            given += [f"--{key}", value]
        config = ScriptRunConfig(
            source_directory, script_name, given, runconfig or RunConfiguration(), compute_target
        )
        super().__init__(name or script_name, config, inputs or (), outputs or ())


class ExecutePythonScript(Step):
    """A step that calls a script's ``azureml_main(dataframe1, dataframe2)``, as that SDK's designer does.

    Parameters
    ----------
    script
        The script's path.
    inputs
        At most two: pandas frames, or what other steps return (``step.outputs[0]``).
    name
        The step's name; by default the script's.
    compute_target, environment
        Where it runs; the interpreter needs pandas.
    """

    def __init__(
        self,
        script: StrPath,
        inputs: Iterable[Any] = (),
        name: Optional[str] = None,
        compute_target: Any = None,
        environment: Any = None,
    ) -> None:
        folder, file = os.path.split(os.fspath(script))
        config = ScriptRunConfig(
            folder or ".", file, None, RunConfiguration(), compute_target, environment
        )
        super().__init__(name or file, config, inputs)
        if len(self.inputs) > 2:
            raise InvalidValueError(
                f"azureml_main takes two frames at most, and {len(self.inputs)} were given"
            )
        for each in self.inputs:
            if not isinstance(each, Frame) and not hasattr(each, "columns"):
                raise InvalidValueError(
                    f"an input is a pandas frame or another step's outputs[…], not {shown(each)}"
                )
        self.outputs = [Frame(self, 0), Frame(self, 1)]

    def told(self, payloads: dict[str, bytes]) -> dict[str, Any]:
        """Return what its run is to do; the frames that are there already go into `payloads`."""
        frames: list[Any] = []
        for number, each in enumerate(self.inputs):
            if isinstance(each, Frame):
                frames.append({"step": each.step.name, "index": each.index})
                continue
            file = f"frame-{len(payloads)}-{number}.pkl"
            payloads[file] = pickle.dumps(each, protocol=4)
            frames.append({"payload": file})
        return {"script": self.config.what()["script"], "module": FRAMES, "frames": frames}


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

        return Experiment(self.workspace, experiment_name).submit(self, **more)  # type: ignore[arg-type]

    def submit_to(
        self,
        experiment: Experiment,
        tags: Optional[Mapping[str, Any]] = None,
        name: Optional[str] = None,
        parent: Optional[str] = None,
        pipeline_parameters: Optional[Mapping[str, Any]] = None,
        continue_on_step_failure: bool = False,
        **_: Any,
    ) -> Run:
        """Submit it; what its steps run is copied now."""
        from jupyter_runs.jobs.enqueue import (
            checked_tags,
            enqueue,
            known_target,
            stored_environment,
        )

        given = self._parameters(pipeline_parameters or {})
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
            arguments = step.config.arguments
            for each in arguments if isinstance(arguments, (list, tuple)) else ():
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


def _plain(argument: Any) -> Any:
    if isinstance(argument, PipelineData):
        return {DATA: argument.name}
    if isinstance(argument, PipelineParameter):
        return {PARAMETER: argument.name}
    return os.fspath(argument) if isinstance(argument, os.PathLike) else str(argument)
