"""The packages of an environment: conda's, pip's, and the channels that conda's come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._settings import absolute
from jupyter_runs.errors import InvalidValueError
from jupyter_runs.jobs.build.specs import canonical, conda_spec, pip_name
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from jupyter_runs.jobs.specification import Specification

_FILE = "conda_dependencies.yml"


class CondaDependencies:
    """What is to be installed; empty to begin with, which means Python alone.

    Parameters
    ----------
    conda_dependencies_file_path
        A conda specification to begin with.

    Raises
    ------
    MissingPathError, InvalidValueError
        If that file is not there, or is no specification; file and line are named.
    """

    def __init__(
        self, conda_dependencies_file_path: Union[str, os.PathLike[str], None] = None
    ) -> None:
        self._name: Optional[str] = None
        self._channels: list[str] = []
        self._conda: list[str] = []
        self._pip: list[str] = []
        if conda_dependencies_file_path is not None:
            from jupyter_runs.jobs.specification import read_specification

            self._take(read_specification(absolute(conda_dependencies_file_path)))

    @classmethod
    def from_specification(cls, said: Specification) -> CondaDependencies:
        """Make one of what a specification file says."""
        made = cls()
        made._take(said)
        return made

    def _take(self, said: Specification) -> None:
        self._name, self._channels = said.name, list(said.channels)
        self._conda, self._pip = list(said.conda), list(said.pip)

    @classmethod
    def create(
        cls,
        pip_indexurl: Optional[str] = None,
        pip_packages: Optional[Iterable[str]] = None,
        conda_packages: Optional[Iterable[str]] = None,
        python_version: Optional[str] = None,
        pin_sdk_version: bool = True,  # noqa: ARG003 - nothing of that SDK is installed
    ) -> CondaDependencies:
        """Make one of lists of packages.

        Parameters
        ----------
        pip_indexurl
            Another index for pip.
        pip_packages, conda_packages
            As the files of pip and conda have them: ``"torch>=2"``, ``"numpy=1.26"``.
        python_version
            Such as ``"3.11"``; by default that of the Python that submits.
        pin_sdk_version
            Taken, and without effect.
        """
        made = cls()
        if python_version is not None:
            made.set_python_version(python_version)
        for package in _listed(conda_packages, "conda_packages"):
            made.add_conda_package(package)
        made.set_pip_requirements(_listed(pip_packages, "pip_packages"))
        if pip_indexurl is not None:
            made.set_pip_index_url(f"--index-url {pip_indexurl}")
        return made

    # -- what is in it

    @property
    def conda_packages(self) -> list[str]:
        """What conda is to install, Python among them; a copy."""
        return list(self._conda)

    @property
    def pip_packages(self) -> list[str]:
        """What pip is to install; a copy."""
        return [line for line in self._pip if not line.startswith("-")]

    @property
    def pip_options(self) -> list[str]:
        """The lines for pip that are no packages, such as ``--index-url …``; a copy."""
        return [line for line in self._pip if line.startswith("-")]

    @property
    def conda_channels(self) -> list[str]:
        """Where conda looks, the first first; a copy."""
        return list(self._channels)

    @property
    def python_version(self) -> Optional[str]:
        """The version of Python asked for, None if any will do."""
        for text in self._conda:
            spec = conda_spec(text)
            if spec is not None and spec.name == "python":
                return spec.version.lstrip("=") or None
        return None

    def get_python_version(self) -> Optional[str]:
        """Return `python_version`."""
        return self.python_version

    # -- changing it

    def set_python_version(self, version: str) -> None:
        """Ask for a version of Python, such as ``"3.11"`` or ``">=3.10"``."""
        said = _one_line(version, "a version of Python")
        text = f"python{said}" if said[0] in "=<>!~" else f"python={said}"
        if conda_spec(text) is None:
            raise InvalidValueError(
                f"{shown(version)} is no version of Python; write it like '3.11'"
            )
        self._drop_conda("python")
        self._conda.insert(0, text)

    def add_conda_package(self, conda_package: str) -> None:
        """Add a package of conda's, in place of an earlier one of that name."""
        text = _one_line(conda_package, "a conda package")
        spec = conda_spec(text)
        if spec is None:
            raise InvalidValueError(
                f"{shown(conda_package)} is no conda package; write it like 'numpy=1.26'"
            )
        self._drop_conda(spec.name)
        self._conda.append(text)

    def remove_conda_package(self, conda_package: str) -> None:
        """Remove a package of conda's; nothing happens if it is not there."""
        spec = conda_spec(conda_package)
        self._drop_conda(conda_package if spec is None else spec.name)

    def add_pip_package(self, pip_package: str) -> None:
        """Add a package of pip's, in place of an earlier one of that name.

        Any line of a requirements file will do; a relative path is taken from the current folder.
        """
        from jupyter_runs.jobs.requirements import settled

        for line in settled([_one_line(pip_package, "a pip package")], Path.cwd()):
            if ";" not in line:  # one of several, for different Pythons or systems
                self._drop_pip(pip_name(line))
            self._pip.append(line)

    def remove_pip_package(self, pip_package: str) -> None:
        """Remove a package of pip's; nothing happens if it is not there."""
        self._drop_pip(pip_name(pip_package))

    def set_pip_requirements(self, pip_requirements: Iterable[str]) -> None:
        """Put these lines of a requirements file in place of all that is pip's."""
        from jupyter_runs.jobs.requirements import settled

        lines = _listed(pip_requirements, "pip_requirements")
        self._pip = settled([_one_line(line, "a pip package") for line in lines], Path.cwd())

    def set_pip_option(self, pip_option: str) -> None:
        """Add an option for pip, in place of the same option before."""
        line = _one_line(pip_option, "an option for pip")
        if not line.startswith("-"):
            raise InvalidValueError(
                f"{shown(pip_option)} is no option of pip's: an option begins with '-'"
            )
        option = line.replace("=", " ").split()[0]
        self._pip = [each for each in self._pip if each.replace("=", " ").split()[0] != option]
        self._pip.append(line)

    def set_pip_index_url(self, index_url: str) -> None:
        """Set the index that pip looks at: a URL, or the option with one."""
        self.set_pip_option(index_url if index_url.startswith("-") else f"--index-url {index_url}")

    def add_channel(self, channel: str) -> None:
        """Add a channel of conda's, after those that are there."""
        text = _one_line(channel, "a channel")
        if text not in self._channels:
            self._channels.append(text)

    def remove_channel(self, channel: str) -> None:
        """Remove a channel of conda's; nothing happens if it is not there."""
        self._channels = [each for each in self._channels if each != channel]

    def _drop_conda(self, name: str) -> None:
        kept = ((text, conda_spec(text)) for text in self._conda)
        self._conda = [text for text, spec in kept if spec is None or spec.name != name.lower()]

    def _drop_pip(self, name: Optional[str]) -> None:
        if name is not None:
            wanted = canonical(name)
            self._pip = [line for line in self._pip if pip_name(line) != wanted]

    # -- as plain values, and as a file

    def as_dict(self) -> dict[str, Any]:
        """Return it as conda's specification has it."""
        dependencies: list[Any] = list(self._conda)
        if self._pip:
            dependencies.append({"pip": list(self._pip)})
        name = {"name": self._name} if self._name else {}
        return {**name, "channels": list(self._channels), "dependencies": dependencies}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CondaDependencies:
        """Return what `as_dict` was made of."""
        made = cls()
        made._name = data.get("name")
        made._channels = list(data.get("channels") or ())
        for entry in data.get("dependencies") or ():
            if isinstance(entry, dict):
                made._pip += entry.get("pip") or ()
            else:
                made._conda.append(entry)
        return made

    def serialize_to_string(self) -> str:
        """Return it as the text of a conda specification."""
        from jupyter_runs.jobs.specification import write_yaml

        return write_yaml(self.as_dict())

    def save(self, path: Union[str, os.PathLike[str], None] = None) -> str:
        """Write it as a conda specification and return the file's path.

        Parameters
        ----------
        path
            The file, or a folder for ``conda_dependencies.yml``; by default the current one.
        """
        file = absolute(path or ".")
        if file.is_dir():
            file /= _FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.serialize_to_string(), encoding="utf-8")
        return str(file)

    def save_to_file(
        self,
        base_directory: Union[str, os.PathLike[str]],
        conda_file_path: Optional[str] = None,
    ) -> str:
        """Write it into a folder, as `save` does."""
        return self.save(Path(base_directory) / (conda_file_path or _FILE))

    def __repr__(self) -> str:
        return f"CondaDependencies(conda={self._conda!r}, pip={self._pip!r})"


def _listed(packages: Optional[Iterable[str]], name: str) -> list[str]:
    if isinstance(packages, str):
        raise InvalidValueError(f"{name} is a list of packages, not the str {shown(packages)}")
    return list(packages or ())


def _one_line(text: object, what: str) -> str:
    if not isinstance(text, str) or not text.strip() or "\n" in text.strip():
        raise InvalidValueError(f"{what} is one line of text, not {shown(text)}")
    return text.strip()
