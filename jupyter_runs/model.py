"""Models: files under a name, a version for each time that they are registered."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._registry import (
    FACTS,
    MODEL_NAME,
    has_all,
    model_names,
    pairs_of,
    register,
    texts,
    version_folders,
)
from jupyter_runs._settings import absolute, read_json, write_json
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import (
    FileInRunError,
    InvalidValueError,
    MissingPathError,
    ModelNotFoundError,
)
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    import builtins
    from pathlib import Path

    from jupyter_runs.run import Run
    from jupyter_runs.workspace import Workspace


StrPath = Union[str, "os.PathLike[str]"]


class Model:
    """A registered model, in one of its versions.

    Parameters
    ----------
    workspace
        The workspace.
    name
        The model's name; ``"name:3"`` names a version too.
    version
        By default the newest.

    Raises
    ------
    ModelNotFoundError
        If there is none; near names, or the versions that there are, are listed.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: Optional[str] = None,
        id: Optional[str] = None,  # noqa: A002 - the name that people know
        tags: Optional[Any] = None,
        properties: Optional[Any] = None,
        version: Union[str, int, None] = None,
        run_id: Optional[str] = None,
    ) -> None:
        given = id if name is None else name
        if not isinstance(given, str):
            raise InvalidValueError(f"a model is found by its name, a str, not by {shown(given)}")
        plain, _, of_name = given.partition(":")
        wanted = of_name or (None if version is None else str(version))
        found = Model.list(workspace, plain, tags, properties, run_id)
        if wanted is not None:
            found = [model for model in found if str(model.version) == wanted]
        if not found:
            raise ModelNotFoundError(_missing(workspace, plain, wanted))
        self._set_up(workspace, found[0]._folder)

    def _set_up(self, workspace: Workspace, folder: Path) -> None:
        self.workspace = workspace
        self._folder = folder
        self._facts = read_json(folder / FACTS)

    @classmethod
    def _at(cls, workspace: Workspace, folder: Path) -> Model:
        self = cls.__new__(cls)
        self._set_up(workspace, folder)
        return self

    # -- making and finding

    @staticmethod
    def register(
        workspace: Workspace,
        model_path: StrPath,
        model_name: str,
        tags: Optional[Mapping[str, Any]] = None,
        properties: Optional[Mapping[str, Any]] = None,
        description: Optional[str] = None,
        **kept: Any,
    ) -> Model:
        """Register a file or folder as the next version of a model.

        Parameters
        ----------
        workspace
            The workspace.
        model_path
            The file or folder; it is copied.
        model_name
            The name.
        tags, properties, description
            What it is found by.
        **kept
            More to keep with it, such as ``model_framework`` and ``model_framework_version``.

        Raises
        ------
        MissingPathError
            If there is no such file or folder.
        InvalidNameError
            If it can't have this name.
        """
        source = absolute(model_path)
        if not source.exists():
            raise MissingPathError(
                f"there is no file or folder {os.fspath(model_path)!r} to register"
            )
        folder = register(
            workspace.folder, source, model_name, tags, properties, description, **kept
        )
        return Model._at(workspace, folder)

    @staticmethod
    def list(
        workspace: Workspace,
        name: Optional[str] = None,
        tags: Optional[Any] = None,
        properties: Optional[Any] = None,
        run_id: Optional[str] = None,
        latest: bool = False,
    ) -> builtins.list[Model]:
        """Return the models of a workspace, the newest version of each first.

        Parameters
        ----------
        workspace
            The workspace.
        name
            Only the one of this name.
        tags, properties
            A key that must be there, or a list of keys and ``[key, value]`` pairs, or a dict.
        run_id
            Only those that this run has registered.
        latest
            Only the newest version of each.
        """
        place = workspace.folder / "models"
        wanted, fixed = pairs_of(tags), pairs_of(properties)
        found = []
        for model_name in [name] if name is not None else model_names(place):
            if not isinstance(model_name, str) or not MODEL_NAME.match(model_name):
                continue
            versions = [
                model
                for model in (
                    Model._at(workspace, each) for each in version_folders(place / model_name)
                )
                if has_all(model.tags, wanted)
                and has_all(model.properties, fixed)
                and run_id in (None, model.run_id)
            ]
            found += versions[:1] if latest else versions
        return found

    @staticmethod
    def get_model_path(
        model_name: str,
        version: Union[str, int, None] = None,
        _workspace: Optional[Workspace] = None,
    ) -> str:
        """Return where the files of a model lie, in the workspace of this process' run, else the one that is configured."""
        from jupyter_runs.workspace import Workspace

        return str(Model(_workspace or Workspace.from_config(), model_name, version=version).path)

    # -- what it is

    @property
    def name(self) -> str:
        """Its name."""
        return self._folder.parent.name

    @property
    def version(self) -> int:
        """Its version: 1, 2, 3 …."""
        return int(self._folder.name)

    @property
    def id(self) -> str:
        """``name:version``."""
        return f"{self.name}:{self.version}"

    @property
    def path(self) -> Path:
        """Its file or folder in the workspace."""
        return self._folder / "files" / str(self._facts.get("file", ""))

    @property
    def url(self) -> str:
        """The address of its file or folder on this machine."""
        return self.path.absolute().as_uri()

    @property
    def tags(self) -> dict[str, Optional[str]]:
        """Its tags; a copy."""
        return dict(self._facts.get("tags") or {})

    @property
    def properties(self) -> dict[str, str]:
        """Its properties, which never change; a copy."""
        return dict(self._facts.get("properties") or {})

    @property
    def description(self) -> str:
        """What it is."""
        return str(self._facts.get("description") or "")

    @property
    def created_time(self) -> datetime:
        """When it was registered (UTC)."""
        return datetime.fromtimestamp(float(self._facts.get("created") or 0.0), timezone.utc)

    @property
    def run_id(self) -> Optional[str]:
        """Id of the run that has registered it, None if none has."""
        found = self._facts.get("run_id")
        return found if isinstance(found, str) else None

    @property
    def run(self) -> Optional[Run]:
        """The run that has registered it, None if none has."""
        return None if self.run_id is None else self.workspace.get_run(self.run_id)

    def serialize(self) -> dict[str, Any]:
        """Return what there is to say of it, as plain values."""
        return {**self._facts, "name": self.name, "version": self.version, "id": self.id}

    # -- what can be done with it

    def download(
        self, target_dir: StrPath = ".", exist_ok: bool = False, exists_ok: Optional[bool] = None
    ) -> str:
        """Copy its file or folder, and return the copy's path.

        Parameters
        ----------
        target_dir
            The folder to put it into; made if missing.
        exist_ok
            Replace what is there under its name.

        Raises
        ------
        FileInRunError
            If there is something of that name, and `exist_ok` is false.
        """
        target = absolute(target_dir) / self.path.name
        if target.exists():
            if not (exist_ok or exists_ok):
                raise FileInRunError(
                    f"{target} is there already; say exist_ok=True, or choose another target_dir"
                )
            shutil.rmtree(target) if target.is_dir() else target.unlink()
        target.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_dir():
            shutil.copytree(self.path, target)
        else:
            shutil.copy2(self.path, target)
        return str(target)

    def add_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags, and leave the others as they are."""
        self.update(tags={**self.tags, **texts(tags)})

    def add_or_update_tag(self, key: str, value: Any) -> None:
        """Set a tag."""
        self.add_tags({key: value})

    def remove_tags(self, tags: Union[str, builtins.list[str]]) -> None:
        """Remove tags by their keys."""
        gone = {tags} if isinstance(tags, str) else set(tags)
        self.update(tags={key: value for key, value in self.tags.items() if key not in gone})

    def update(
        self, tags: Optional[Mapping[str, Any]] = None, description: Optional[str] = None
    ) -> None:
        """Give it other tags, or another description."""
        facts = read_json(self._folder / FACTS)
        if tags is not None:
            facts["tags"] = texts(tags)
        if description is not None:
            facts["description"] = str(description)
        write_json(self._folder / FACTS, facts)
        self._facts = facts

    def delete(self) -> None:
        """Move this version to the workspace's ``trash/``; its number is not used again."""
        trash = self.workspace.folder / "trash"
        now = time.strftime("%Y%m%d-%H%M%S")
        target = trash / f"{now}-{os.urandom(3).hex()}-{self.name[:80]}-{self.version}"
        target.mkdir(parents=True)
        told = {"what": "model", "name": self.name, "version": self.version, "time": time.time()}
        write_json(target / "trash.json", told)
        self._folder.rename(target / "model")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and other._folder == self._folder

    def __hash__(self) -> int:
        return hash(self._folder)

    def __repr__(self) -> str:
        return f"Model(name={self.name!r}, version={self.version}, tags={self.tags!r})"


class Models(Mapping[str, Model]):
    """The models of a workspace by name, each in its newest version."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __getitem__(self, name: str) -> Model:
        return Model(self._workspace, name)

    def __iter__(self) -> Iterator[str]:
        return iter([model.name for model in Model.list(self._workspace, latest=True)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return f"Models({list(self)!r})"


def _missing(workspace: Workspace, name: str, version: Optional[str]) -> str:
    there = [model.version for model in Model.list(workspace, name)]
    if there and version is not None:
        return f"model {name!r} has no version {version}; versions: {', '.join(map(str, there))}"
    known = list(Models(workspace))
    return (
        f"there is no model {name!r} in workspace {workspace.name!r}: {did_you_mean(name, known)}"
    )
