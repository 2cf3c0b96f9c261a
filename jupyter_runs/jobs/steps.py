"""What pipelines are made of: steps, and what they pass on to each other."""

from __future__ import annotations

import copy
import os
import pickle
import shlex
from typing import TYPE_CHECKING, Any, NoReturn, Optional, Union

from jupyter_runs.errors import InvalidValueError, NotOfferedError
from jupyter_runs.jobs.config import RunConfiguration, ScriptRunConfig
from jupyter_runs.journal.errors import shown
from jupyter_runs.journal.values import check_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

DATA, PARAMETER = "$data", "$parameter"  # what stands in arguments for what is known later
FRAMES = "jupyter_runs.jobs.frames"

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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PipelineData) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def as_dataset(self) -> NoReturn:
        """Not offered.

        Raises
        ------
        NotOfferedError
            Always.
        """
        raise NotOfferedError(
            "jupyter_runs does not offer datasets of steps; hand on a folder, and read the files in it"
        )

    parse_parquet_files = parse_delimited_files = read_delimited_files = as_dataset

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class OutputFolder(PipelineData):
    """The same by the name of its later kind, ``OutputFileDatasetConfig``: what a step is given as an argument, it makes.

    Parameters
    ----------
    name
        Its name; made up by default.
    """

    def __init__(self, name: Optional[str] = None, *_: Any, **__: Any) -> None:
        super().__init__(name or f"output_{os.urandom(4).hex()}")

    def as_input(self, *_: Any, **__: Any) -> PipelineData:
        """Return it as what a step reads."""
        return PipelineData(self.name)

    read_delimited_files = register_on_complete = PipelineData.as_dataset


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
        folders = [each for each in self.given() if isinstance(each, OutputFolder)]
        self.made = [*outputs, *folders]
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
        yield from (each for each in (*self.inputs, *self.given()) if each not in self.made)

    def given(self) -> list[Any]:
        """Return what it is given as arguments or command, where that is a list."""
        given = self.config.command or self.config.arguments
        return list(given) if isinstance(given, (list, tuple)) else []

    def told(self, payloads: dict[str, bytes]) -> dict[str, Any]:  # noqa: ARG002 - for frames
        """Return what its run is to do, as plain values; bodies go into `payloads`."""
        if not self.given():
            return self.config.what()
        given = [_plain(each) for each in self.given()]
        if self.config.command:
            return {"command": given}
        plain = ScriptRunConfig(self.config.source_directory, self.config.script)
        return {**plain.what(), "arguments": given}


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
        version: Any = None,  # noqa: ARG002 - as that SDK has it
        **_: Any,
    ) -> None:
        given = [] if arguments is None else list(arguments)
        for key, value in (params or {}).items():
            given += [f"--{key}", value]
        config = ScriptRunConfig(
            source_directory, script_name, given, _own(runconfig), compute_target
        )
        super().__init__(name or script_name, config, inputs or (), outputs or ())


class CommandStep(Step):
    """A step that runs a command.

    Parameters
    ----------
    command
        A list of arguments, or a str for the shell; by default that of `runconfig`.
    name
        The step's name; by default what the command begins with.
    compute_target, runconfig
        Where and how it runs; a `ScriptRunConfig` will do.
    inputs, outputs
        `PipelineData` that it reads and makes.
    source_directory
        The folder that is copied to where it runs.
    """

    def __init__(
        self,
        command: Union[str, Iterable[Any], None] = None,
        name: Optional[str] = None,
        compute_target: Any = None,
        runconfig: Union[RunConfiguration, ScriptRunConfig, None] = None,
        runconfig_pipeline_params: Any = None,  # noqa: ARG002 - of that SDK's service
        inputs: Optional[Iterable[Any]] = None,
        outputs: Optional[Iterable[Any]] = None,
        params: Optional[Mapping[str, Any]] = None,
        source_directory: Optional[StrPath] = None,
        allow_reuse: bool = True,  # noqa: ARG002 - each run runs
        version: Any = None,  # noqa: ARG002 - as that SDK has it
        **_: Any,
    ) -> None:
        whole, how = (
            (runconfig, runconfig.run_config)
            if isinstance(runconfig, ScriptRunConfig)
            else (None, runconfig)
        )
        given = command if command is not None else (whole or how or RunConfiguration()).command
        if not given:
            raise InvalidValueError("a CommandStep needs a command, its own or its runconfig's")
        listed = given if isinstance(given, str) else list(given)
        for key, value in (params or {}).items():
            if isinstance(listed, str):
                listed += f" --{key} {shlex.quote(str(value))}"
            else:
                listed += [f"--{key}", value]
        if source_directory is None and whole is not None:
            source_directory = whole.source_directory
        config = ScriptRunConfig(
            source_directory, None, None, _own(how), compute_target, command=listed
        )
        first = (listed.split() if isinstance(listed, str) else listed)[0]
        super().__init__(name or str(first), config, inputs or (), outputs or ())


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


class StepSequence(list[Step]):
    """Steps that run one after the other.

    Parameters
    ----------
    steps
        The steps, in their order.
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        super().__init__(steps)
        for before, step in zip(self, self[1:]):
            step.run_after(before)


def _own(config: Optional[RunConfiguration]) -> RunConfiguration:
    """Return a configuration that may be given a target of its own: one is often shared by several steps."""
    return RunConfiguration() if config is None else copy.copy(config)


def _plain(argument: Any) -> Any:
    if isinstance(argument, PipelineData):
        return {DATA: argument.name}
    if isinstance(argument, PipelineParameter):
        return {PARAMETER: argument.name}
    return os.fspath(argument) if isinstance(argument, os.PathLike) else str(argument)
