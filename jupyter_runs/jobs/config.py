"""What to run, and how: a script in its folder, with its arguments, environment and target."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._settings import absolute
from jupyter_runs.errors import InvalidPathError, InvalidValueError, MissingPathError
from jupyter_runs.jobs.capacity import LOCAL
from jupyter_runs.journal import safe_path
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Self

    from jupyter_runs.jobs.compute import ComputeTarget
    from jupyter_runs.jobs.environment import Environment

LONGEST_RUN = 2_592_000  # seconds: thirty days

StrPath = Union[str, "os.PathLike[str]"]
Arguments = Union[str, Iterable[Any], None]


class RunConfiguration:
    """How a script is run, apart from where its files lie.

    Parameters
    ----------
    script
        The script, relative to the source folder.
    arguments
        Its arguments.
    command
        What to run in place of a script.
    environment
        Where it runs; the submitter's own interpreter by default.
    target
        Name of a compute target, or the target itself.
    max_run_duration_seconds
        The longest that it may run.
    """

    def __init__(
        self,
        script: Optional[StrPath] = None,
        arguments: Arguments = None,
        *,
        command: Union[str, Iterable[Any], None] = None,
        environment: Optional[Environment] = None,
        target: Union[str, ComputeTarget, None] = None,
        max_run_duration_seconds: Optional[float] = None,
    ) -> None:
        self.script = script
        self.arguments = arguments
        self.command = command
        self._environment = environment
        self._untouched: Optional[dict[str, Any]] = None
        self.environment_variables: dict[str, str] = {}
        self.target: Union[str, ComputeTarget, None] = target or LOCAL
        self.max_run_duration_seconds = max_run_duration_seconds

    @property
    def environment(self) -> Environment:
        """Where it runs; one to be filled in, unless it was given."""
        if self._environment is None:
            from jupyter_runs.jobs.environment import Environment

            self._environment = Environment("default")
            self._untouched = self._environment.to_dict()
        return self._environment

    @environment.setter
    def environment(self, value: Optional[Environment]) -> None:
        self._environment, self._untouched = value, None

    def chosen_environment(self) -> Optional[Environment]:
        """Return the environment, None where nobody has given one, or filled it in."""
        if self._environment is None or self._environment.to_dict() == self._untouched:
            return None
        return self._environment

    def remarks(self) -> list[str]:
        """Return what is to be noted on the run as a warning."""
        return []

    # -- as a file

    _folder = ".jupyter_runs"

    def save(self, path: Optional[StrPath] = None, name: Optional[str] = None, **_: Any) -> None:
        """Write it as YAML: ``<path>/.jupyter_runs/<name>.runconfig``.

        Parameters
        ----------
        path
            The project's folder, by default the current one; or, without a `name`, a file that ends in ``.runconfig``.
        name
            Its name.
        """
        from jupyter_runs.jobs import runconfig

        runconfig.write(self, runconfig.file_to_save(path, name, self._folder))

    @classmethod
    def load(cls, path: Optional[StrPath] = None, name: Optional[str] = None) -> Self:
        """Read what `save` wrote, here or in the SDK whose names we share.

        Parameters
        ----------
        path, name
            As for `save`; looked for in ``.jupyter_runs``, ``.azureml``, ``aml_config`` and the folder itself.

        Raises
        ------
        MissingPathError, InvalidValueError
            If there is no such file, or it can't be read.
        """
        from jupyter_runs.jobs import runconfig

        made = cls()
        runconfig.read(made, runconfig.file_to_load(path, name))
        return made

    def __repr__(self) -> str:
        return f"RunConfiguration(script={self.script!r}, target={target_name(self.target)!r})"


class ScriptRunConfig:
    """A script in its folder, and how to run it.

    Parameters
    ----------
    source_directory
        The folder that is copied, whole, to where the script runs.
    script
        The script, relative to that folder.
    arguments
        What it is given, each argument as it stands, spaces included; a str is split as a shell does.
    run_config
        The rest, where it was set up before; what is given here goes before it.
    compute_target
        A target, or its name; ``"local"`` by default.
    environment
        Where it runs; the interpreter of this process by default.
    command
        What to run in place of a script: a list of arguments, or a str for the shell.
    max_run_duration_seconds
        The longest that it may run; a run that goes on is canceled then.
    """

    def __init__(
        self,
        source_directory: Optional[StrPath] = None,
        script: Optional[StrPath] = None,
        arguments: Arguments = None,
        run_config: Optional[RunConfiguration] = None,
        compute_target: Union[str, ComputeTarget, None] = None,
        environment: Optional[Environment] = None,
        command: Union[str, Iterable[Any], None] = None,
        max_run_duration_seconds: Optional[float] = LONGEST_RUN,
    ) -> None:
        given = run_config if run_config is not None else RunConfiguration()
        if not isinstance(given, RunConfiguration):
            raise InvalidValueError(
                f"run_config is a RunConfiguration, not {shown(run_config)}; leave it out, and give "
                "script, arguments and environment themselves"
            )
        self.source_directory: StrPath = "." if source_directory is None else source_directory
        self.script = script if script is not None else given.script
        self.arguments = arguments if arguments is not None else given.arguments
        self.command = command if command is not None else given.command
        self.run_config = given
        if compute_target is not None:
            given.target = compute_target
        if environment is not None:
            given.environment = environment
        limit = given.max_run_duration_seconds
        self.max_run_duration_seconds = max_run_duration_seconds if limit is None else limit

    @property
    def environment(self) -> Environment:
        """The same as ``run_config.environment``."""
        return self.run_config.environment

    @environment.setter
    def environment(self, value: Optional[Environment]) -> None:
        self.run_config.environment = value

    def __repr__(self) -> str:
        what = f"command={self.command!r}" if self.command else f"script={self.script!r}"
        return f"ScriptRunConfig(source_directory={str(self.source_directory)!r}, {what})"

    # -- checked

    def folder(self) -> Path:
        """Return the source folder.

        Raises
        ------
        MissingPathError
            If it is not there.
        """
        folder = absolute(self.source_directory)
        if not folder.is_dir():
            raise MissingPathError(
                f"source_directory {os.fspath(self.source_directory)!r} is no folder (it would be {folder})"
            )
        return folder

    def what(self) -> dict[str, Any]:
        """Return what to run: ``script`` and ``arguments``, or ``command``.

        Raises
        ------
        InvalidValueError
            If neither or both are given, or an argument can't be one.
        MissingPathError
            If the script is not in the folder; scripts that are there are named.
        """
        if (self.script is None) == (not self.command):
            raise InvalidValueError(
                "a ScriptRunConfig needs a script or a command, and not both: "
                f"script={shown(self.script)}, command={shown(self.command)}"
            )
        if self.command:
            if self.arguments:
                raise InvalidValueError(
                    "arguments belong to a script; put those of a command into the command"
                )
            command: Any = self.command
            return {"command": command if isinstance(command, str) else _listed(command, "command")}
        return {"script": self._script(), "arguments": _listed(self.arguments, "arguments")}

    def _script(self) -> str:
        folder, script = self.folder(), os.fspath(self.script)  # type: ignore[arg-type]  # it is given
        if os.path.isabs(script) or script.startswith("./"):  # noqa: PTH117 - a str
            # as people write it; what counts is that it lies in the folder
            script = os.path.relpath(absolute(folder / script), folder)
        try:
            path = safe_path(folder, script.replace(os.sep, "/"))
        except InvalidPathError as error:
            raise InvalidValueError(
                f"script {shown(self.script)} is to lie in source_directory {folder}: {error}"
            ) from None
        if not path.is_file():
            near = sorted(file.name for file in folder.glob("*.py"))[:8]
            there = f"scripts in it: {', '.join(near)}" if near else "there is no script in it"
            raise MissingPathError(f"there is no {script!r} in {folder}; {there}")
        return script

    def limit(self) -> Optional[float]:
        """Return the longest that it may run, in seconds; None for as long as it likes.

        Raises
        ------
        InvalidValueError
            If it is no number above 0.
        """
        limit = self.max_run_duration_seconds
        if limit is None:
            return None
        if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not limit > 0:
            raise InvalidValueError(
                f"max_run_duration_seconds is a number of seconds above 0, or None, not {shown(limit)}"
            )
        return limit

    def variables(self) -> dict[str, str]:
        """Return the variables that were set on the configuration itself."""
        given = self.run_config.environment_variables
        if not isinstance(given, Mapping):
            raise InvalidValueError(f"environment_variables is a dict, not {shown(given)}")
        return {str(name): str(value) for name, value in given.items()}


def _listed(given: Arguments, what: str) -> list[str]:
    if given is None:
        return []
    if isinstance(given, str):
        try:
            return shlex.split(given)
        except ValueError as error:
            raise InvalidValueError(f"{what} {shown(given)} can't be split: {error}") from None
    if not isinstance(given, Iterable):
        raise InvalidValueError(f"{what} is a list, not {shown(given)}")
    listed = [os.fspath(each) if isinstance(each, os.PathLike) else str(each) for each in given]
    for each in listed:
        if "\0" in each:
            raise InvalidValueError(f"{what}: {shown(each)} holds a NUL, which no argument can")
    return listed


def target_name(target: Any) -> str:
    """Return the name of a target, given as such or as a name.

    Raises
    ------
    InvalidValueError
        If it is neither.
    """
    name = getattr(target, "name", target) or LOCAL
    if not isinstance(name, str):
        raise InvalidValueError(f"a compute target is named by a str, not {shown(target)}")
    return name
