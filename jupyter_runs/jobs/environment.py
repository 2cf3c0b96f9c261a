"""An environment: which Python a run's script gets, with which packages and variables."""

from __future__ import annotations

import codecs
import io
import json
import platform
import sys
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._settings import absolute, read_json
from jupyter_runs.capture.secrets import KEPT_OUT, clean_url, looks_secret
from jupyter_runs.errors import ConflictError, InvalidValueError, MissingPathError
from jupyter_runs.jobs import registry
from jupyter_runs.jobs.build import definition_hash, find_environment, prepare
from jupyter_runs.jobs.capacity import LOCAL
from jupyter_runs.jobs.conda_dependencies import CondaDependencies
from jupyter_runs.jobs.lend import lend
from jupyter_runs.jobs.tickets import Queue
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    import builtins
    import os
    from collections.abc import Mapping

    from jupyter_runs.jobs.build import Interpreter
    from jupyter_runs.workspace import Workspace

_FILE = "environment.json"
_THEIR_FILE = "azureml_environment.json"
_PACKAGES_FILE = "conda_dependencies.yml"


class PythonSection:
    """How a script's Python is come by.

    Attributes
    ----------
    user_managed_dependencies
        Whether `interpreter_path` is used as it is, instead of building an environment.
    interpreter_path
        An interpreter, or ``"python"`` for the one that submits.
    conda_dependencies
        What an environment is built from.
    existing_conda_environment
        The name or folder of a conda environment to be used as it is.
    """

    __slots__ = (
        "conda_dependencies",
        "existing_conda_environment",
        "interpreter_path",
        "user_managed_dependencies",
    )

    def __init__(self) -> None:
        self.user_managed_dependencies = False
        self.interpreter_path = "python"
        self.conda_dependencies = CondaDependencies()
        self.existing_conda_environment: Optional[str] = None


class DockerSection:
    """What is asked of a container; kept and shown, and runs in containers are not offered yet.

    Attributes
    ----------
    enabled
        Whether the run is to go in a container; submitting it is an error then.
    base_image, base_image_registry, base_dockerfile, shared_volumes, shm_size, gpu_support, arguments
        Kept as they are given.
    """

    __slots__ = (
        "arguments",
        "base_dockerfile",
        "base_image",
        "base_image_registry",
        "enabled",
        "gpu_support",
        "shared_volumes",
        "shm_size",
    )

    def __init__(self) -> None:
        self.enabled = False
        self.base_image: Optional[str] = None
        self.base_image_registry: Optional[str] = None
        self.base_dockerfile: Optional[str] = None
        self.shared_volumes: Optional[bool] = None
        self.shm_size: Optional[str] = None
        self.gpu_support: Optional[bool] = None
        self.arguments: list[str] = []


class Environment:
    """An environment that scripts run in; built when it is first needed, and then reused.

    Parameters
    ----------
    name
        Starts with a letter or digit; holds these, ``_``, ``.`` and ``-``; at most 255 characters.

    Attributes
    ----------
    python : PythonSection
        Which Python, with which packages.
    environment_variables : dict
        Variables for the script. The values of those whose names look like a secret's reach the
        script and are never stored: an environment that was registered or saved has None there,
        which stands for the value that the submitting process has.
    docker : DockerSection
        Kept and shown.

    Raises
    ------
    EnvironmentNameError
        If it can't have this name.
    """

    def __init__(self, name: str) -> None:
        self.name = registry.check_environment_name(name)
        self.version: Optional[str] = None
        self.python = PythonSection()
        self.environment_variables: dict[str, Optional[str]] = {}
        self.docker = DockerSection()

    # -- making one

    @classmethod
    def from_conda_specification(
        cls, name: str, file_path: Union[str, os.PathLike[str]]
    ) -> Environment:
        """Make one of a conda specification, a YAML file.

        Raises
        ------
        MissingPathError, InvalidValueError
            If the file is not there, or is no specification; file and line are named.
        """
        from jupyter_runs.jobs.specification import read_specification

        made = cls(name)
        said = read_specification(absolute(file_path))
        made.python.conda_dependencies = CondaDependencies.from_specification(said)
        made.environment_variables.update(said.variables)
        return made

    @classmethod
    def from_pip_requirements(
        cls, name: str, file_path: Union[str, os.PathLike[str]]
    ) -> Environment:
        """Make one of a requirements file; the files that it includes are read too.

        Raises
        ------
        MissingPathError, InvalidValueError
            If a file is not there, or can't be read.
        """
        from jupyter_runs.jobs.requirements import read_requirements

        made = cls(name)
        lines = read_requirements(absolute(file_path))
        made.python.conda_dependencies.set_pip_requirements(lines)
        return made

    @classmethod
    def from_existing_conda_environment(cls, name: str, conda_environment_name: str) -> Environment:
        """Make one that uses a conda environment of this machine as it is.

        Parameters
        ----------
        name
            The new one's name.
        conda_environment_name
            The conda environment's name or folder.

        Raises
        ------
        EnvironmentNotFoundError
            If there is no such conda environment; those known are listed.
        """
        made = cls(name)
        find_environment(conda_environment_name)
        made.python.existing_conda_environment = conda_environment_name
        return made

    def clone(self, new_name: str) -> Environment:
        """Return a copy under another name, not registered yet.

        Raises
        ------
        EnvironmentNameError
            If it can't have this name, or the name is reserved.
        """
        registry.check_environment_name(new_name, new=True)
        return Environment.from_dict({**self.to_dict(), "name": new_name, "version": None})

    # -- registered ones

    @staticmethod
    def get(workspace: Workspace, name: str, version: Union[str, int, None] = None) -> Environment:
        """Return an environment that is registered or curated.

        Parameters
        ----------
        workspace
            The workspace it is registered in.
        name, version
            The newest version by default.

        Raises
        ------
        EnvironmentNotFoundError
            If there is none; near names, or the versions that there are, are listed.
        """
        return Environment.from_dict(registry.get(workspace, name, version))

    @staticmethod
    def list(workspace: Workspace) -> dict[str, Environment]:
        """Return the newest version of each environment of a workspace by name, curated ones too."""
        return dict(registry.Environments(workspace))

    def register(self, workspace: Workspace) -> Environment:
        """Keep this definition in a workspace as the next version of its name.

        The same definition again is the version that it already is. Values of variables that look
        like secrets are not kept, nor are passwords in URLs.

        Returns
        -------
        Environment
            As it was registered; this one takes its version.

        Raises
        ------
        EnvironmentNameError
            If the name begins with ``AzureML`` or ``Microsoft``, which are reserved.
        """
        self.version = registry.register(workspace, self.to_dict(stored=True))
        return Environment.get(workspace, self.name, self.version)

    def build(self, workspace: Workspace, show_output: bool = True) -> Interpreter:
        """Build it now, as the first submit would; interrupt it to stop.

        Parameters
        ----------
        workspace
            The workspace to keep it in.
        show_output
            Print the whole log, and not just what is being done.

        Returns
        -------
        Interpreter
            Its `python` runs a script by hand as a submitted run would have it, this package included.

        Raises
        ------
        BuildError
            If it can't be built.
        """
        built = prepare(
            self.to_dict(),
            registry.store(workspace),
            _Printed() if show_output else io.BytesIO(),  # type: ignore[arg-type]  # either can be written to
            lambda: False,
            lambda text: print(f"{text} …"),  # noqa: T201 - for the person
        )
        lend(built, Queue(workspace.folder, LOCAL).lent())
        return built

    # -- as files

    def save_to_directory(
        self, path: Union[str, os.PathLike[str]], overwrite: bool = False
    ) -> None:
        """Write it into a folder: ``environment.json`` and ``conda_dependencies.yml``.

        Raises
        ------
        ConflictError
            If the folder has one already and `overwrite` is false.
        """
        folder = absolute(path)
        if (folder / _FILE).exists() and not overwrite:
            raise ConflictError(f"{folder} has an {_FILE} already; overwrite=True replaces it")
        data = self.to_dict(stored=True)
        packages = CondaDependencies.from_dict(data["python"].pop("conda_dependencies"))
        folder.mkdir(parents=True, exist_ok=True)
        packages.save(folder / _PACKAGES_FILE)
        text = json.dumps(data, indent=2, ensure_ascii=False)
        (folder / _FILE).write_text(text + "\n", encoding="utf-8")

    @staticmethod
    def load_from_directory(path: Union[str, os.PathLike[str]]) -> Environment:
        """Read what `save_to_directory` wrote, here or in the SDK whose names we share.

        Raises
        ------
        MissingPathError, InvalidValueError
            If the folder has no such files, or they can't be read.
        """
        folder = absolute(path)
        file = next(
            (folder / each for each in (_FILE, _THEIR_FILE) if (folder / each).exists()), None
        )
        if file is None:
            raise MissingPathError(f"there is no {_FILE} in {folder}")
        data = read_json(file)
        if not isinstance(data.get("name"), str):
            raise InvalidValueError(f"{file} is no environment: it needs a 'name'")
        if file.name == _THEIR_FILE:
            data = _ours(data)
        made = Environment.from_dict(data)
        packages = folder / _PACKAGES_FILE
        if packages.exists():
            made.python.conda_dependencies = CondaDependencies(packages)
        return made

    # -- as plain values

    def to_dict(self, stored: bool = False) -> dict[str, Any]:
        """Return the definition as plain values.

        Parameters
        ----------
        stored
            Whether it is to be written somewhere: without the values of secrets and without
            passwords in URLs, and without what only holds for this process.
        """
        python = self.python
        none = python.conda_dependencies is None  # as a person may have set it
        packages = (CondaDependencies() if none else python.conda_dependencies).as_dict()
        section: dict[str, Any] = {
            "user_managed_dependencies": bool(python.user_managed_dependencies),
            "interpreter_path": str(python.interpreter_path),
            "existing_conda_environment": python.existing_conda_environment,
            "conda_dependencies": _without_passwords(packages) if stored else packages,
        }
        if not stored:
            section["default_interpreter"] = sys.executable
            section["default_version"] = platform.python_version()
        variables = {
            _variable_name(key): None
            if value is None or (stored and looks_secret(key))
            else str(value)
            for key, value in (self.environment_variables or {}).items()
        }
        return {
            "name": self.name,
            "version": self.version,
            "python": section,
            "environment_variables": variables,
            "docker": {name: getattr(self.docker, name) for name in DockerSection.__slots__},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Environment:
        """Return what `to_dict` was made of."""
        made = cls(data["name"])
        version = data.get("version")
        made.version = None if version is None else str(version)
        python = data.get("python") or {}
        made.python.user_managed_dependencies = bool(python.get("user_managed_dependencies"))
        made.python.interpreter_path = python.get("interpreter_path") or "python"
        made.python.existing_conda_environment = python.get("existing_conda_environment")
        made.python.conda_dependencies = CondaDependencies.from_dict(
            python.get("conda_dependencies") or {}
        )
        made.environment_variables = dict(data.get("environment_variables") or {})
        for name, value in (data.get("docker") or {}).items():
            if name in DockerSection.__slots__:
                setattr(made.docker, name, value)
        return made

    @property
    def definition_hash(self) -> str:
        """What its build is found by: depends on what is built, not on names or variables."""
        return definition_hash(self.to_dict())

    def __repr__(self) -> str:
        version = "" if self.version is None else f", version={self.version!r}"
        docker = ", docker enabled" if self.docker.enabled else ""
        return f"Environment(name={self.name!r}{version}{docker})"

    def __str__(self) -> str:
        data = self.to_dict(stored=True)
        hidden = {
            key: KEPT_OUT if value is None else value
            for key, value in data["environment_variables"].items()
        }
        return json.dumps({**data, "environment_variables": hidden}, indent=2, ensure_ascii=False)


class _Printed:
    """A log that is printed as it grows."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: bytes) -> None:
        print(self._decoder.decode(data), end="")  # noqa: T201 - for the person

    def flush(self) -> None:
        pass


def _variable_name(name: object) -> str:
    if not isinstance(name, str) or not name or "=" in name or "\0" in name:
        raise InvalidValueError(
            f"{shown(name)} can't name an environment variable: a name is a str without '='"
        )
    return name


def _without_passwords(packages: dict[str, Any]) -> dict[str, Any]:
    return {
        **packages,
        "channels": [clean_url(each) for each in packages["channels"]],
        "dependencies": [
            {"pip": [clean_url(line) for line in each["pip"]]} if isinstance(each, dict) else each
            for each in packages["dependencies"]
        ],
    }


def _ours(theirs: builtins.dict[str, Any]) -> dict[str, Any]:
    """Return that SDK's file in our words."""
    python = theirs.get("python") or {}
    docker = theirs.get("docker") or {}
    return {
        "name": theirs["name"],
        "version": None,
        "python": {
            "user_managed_dependencies": python.get("userManagedDependencies"),
            "interpreter_path": python.get("interpreterPath"),
            "conda_dependencies": python.get("condaDependencies"),
        },
        "environment_variables": theirs.get("environmentVariables"),
        "docker": {
            "enabled": bool(docker.get("enabled")),
            "base_image": docker.get("baseImage"),
            "base_dockerfile": docker.get("baseDockerfile"),
        },
    }
