"""A workspace: the folder that a person's experiments and runs lie in."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._config import find_config, save_config
from jupyter_runs._settings import (
    DEFAULT_WORKSPACE,
    WORKSPACE_FILE,
    absolute,
    home_dir,
    make_private,
    read_json,
    write_json,
)
from jupyter_runs.capture.names import check_workspace_name, did_you_mean
from jupyter_runs.errors import (
    ActiveRunsError,
    RunNotFoundError,
    RunsError,
    WorkspaceExistsError,
    WorkspaceNotFoundError,
    WorkspaceUnusableError,
)

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterator, Mapping

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.jobs.compute import ComputeTarget
    from jupyter_runs.jobs.environment import Environment
    from jupyter_runs.journal import RunFolder
    from jupyter_runs.model import Model
    from jupyter_runs.run import Run

_NO_CLOUD = "local"  # what stands for the cloud's names, which old notebooks put into messages
_CLOUD_NAMES = ("subscription_id", "resource_group")
_told: set[Path] = set()


class Workspace:
    """A workspace that is there.

    Parameters
    ----------
    name
        Its name. The workspace ``default`` is made when it is first opened; any other is made by
        `create`.
    location
        The folder that holds it; by default ``JUPYTER_RUNS_HOME``, else ``runs`` in Jupyter's data
        folder.

    Raises
    ------
    WorkspaceNotFoundError
        If there is none of this name; near names are listed.
    """

    def __init__(
        self, name: str = DEFAULT_WORKSPACE, location: Union[str, os.PathLike[str], None] = None
    ) -> None:
        check_workspace_name(name)
        home = _home(location)
        folder = home / name
        if not folder.is_dir():
            if name != DEFAULT_WORKSPACE:
                from jupyter_runs.index import workspace_folders

                known = [each.name for each in workspace_folders(home)]
                raise WorkspaceNotFoundError(
                    f"there is no workspace {name!r} in {home}: {did_you_mean(name, known)}; "
                    f"Workspace.create({name!r}) makes it"
                )
            _make(folder)
        self._folder = folder
        self._facts = read_json(folder / WORKSPACE_FILE)

    # -- opening and making

    @classmethod
    def create(
        cls,
        name: str,
        location: Union[str, os.PathLike[str], None] = None,
        exist_ok: bool = False,
        *,
        subscription_id: Optional[str] = None,
        resource_group: Optional[str] = None,
    ) -> Workspace:
        """Make a workspace.

        Parameters
        ----------
        name
            ASCII letters, digits, ``_`` and ``-``, the first a letter or digit.
        location
            The folder that is to hold it, made if missing.
        exist_ok
            Open it if it is already there.
        subscription_id, resource_group
            Kept as they are given; nothing here depends on them.

        Raises
        ------
        WorkspaceExistsError
            If it is already there and `exist_ok` is false.
        """
        check_workspace_name(name)
        folder = _home(location) / name
        if (folder.is_dir() and any(folder.iterdir())) and not exist_ok:
            raise WorkspaceExistsError(
                f"there is a workspace {name!r} in {folder.parent} already; "
                "open it with Workspace.get, or say exist_ok=True"
            )
        _make(folder, subscription_id=subscription_id, resource_group=resource_group)
        return cls(name, location)

    @classmethod
    def get(
        cls, name: str = DEFAULT_WORKSPACE, location: Union[str, os.PathLike[str], None] = None
    ) -> Workspace:
        """Open a workspace that is there; as the constructor does."""
        return cls(name, location)

    @classmethod
    def list(
        cls, location: Union[str, os.PathLike[str], None] = None
    ) -> dict[str, builtins.list[Workspace]]:
        """Return the workspaces of a location by name, each in a list of one, as that SDK does."""
        from jupyter_runs.index import workspace_folders

        return {folder.name: [cls._at(folder)] for folder in workspace_folders(_home(location))}

    @classmethod
    def from_config(cls, path: Union[str, os.PathLike[str], None] = None) -> Workspace:
        """Open the workspace that a configuration file names, else the default workspace.

        Looks in the folder and then its parents, in each for ``.jupyter_runs/config.json``, then
        ``.azureml/config.json``, then ``config.json``. A workspace that is named and not there yet
        is made.

        Parameters
        ----------
        path
            The file, or the folder to begin with; by default the current one.

        Raises
        ------
        MissingPathError
            If `path` is not there.
        InvalidValueError
            If the file found can't be read, or names no workspace.
        """
        config = find_config(path)
        if config is not None:
            return cls.create(
                config.name,
                config.location,
                exist_ok=True,
                subscription_id=config.subscription_id,
                resource_group=config.resource_group,
            )
        of_run = os.environ.get("JUPYTER_RUNS_RUN_DIR")
        if of_run:  # the script of a submitted run: its own workspace, wherever that lies
            return cls._at(Path(of_run).parent.parent)
        found = cls()
        if found.folder not in _told:
            _told.add(found.folder)
            print(f"Using the default workspace, in {found.folder}")  # noqa: T201 - for the person
        return found

    @classmethod
    def _at(cls, folder: Path) -> Workspace:
        """Open the workspace in `folder`, whatever holds it."""
        self = cls.__new__(cls)
        self._folder = folder
        self._facts = read_json(folder / WORKSPACE_FILE)
        return self

    # -- what it is

    @property
    def name(self) -> str:
        """Its name, which is the folder's."""
        return self._folder.name

    @property
    def location(self) -> str:
        """The folder that holds it."""
        return str(self._folder.parent)

    @property
    def folder(self) -> Path:
        """Its own folder."""
        return self._folder

    @property
    def id(self) -> str:
        """An id that stays with it when it is moved."""
        return str(self._facts.get("id") or self.name)

    @property
    def subscription_id(self) -> str:
        """What `create` was told, else ``"local"``."""
        return str(self._facts.get("subscription_id") or _NO_CLOUD)

    @property
    def resource_group(self) -> str:
        """What `create` was told, else ``"local"``."""
        return str(self._facts.get("resource_group") or _NO_CLOUD)

    @property
    def experiments(self) -> Mapping[str, Experiment]:
        """Its experiments by name, without the archived ones."""
        from jupyter_runs.experiment import Experiments

        return Experiments(self)

    @property
    def compute_targets(self) -> Mapping[str, ComputeTarget]:
        """Its compute targets by name; ``local`` is always there."""
        from jupyter_runs.jobs.compute import ComputeTargets

        return ComputeTargets(self)

    @property
    def models(self) -> Mapping[str, Model]:
        """Its models by name, each in its newest version."""
        from jupyter_runs.model import Models

        return Models(self)

    def get_default_compute_target(self, type: str = "CPU") -> ComputeTarget:  # noqa: A002, ARG002 - as that SDK has it
        """Return ``local``."""
        return self.compute_targets["local"]

    @property
    def environments(self) -> Mapping[str, Environment]:
        """Its environments by name, the newest version of each; the curated ones too."""
        from jupyter_runs.jobs.registry import Environments

        return Environments(self)

    def get_details(self) -> dict[str, Any]:
        """Return what there is to say of it, as a dict of plain values."""
        return {
            "id": self.id,
            "name": self.name,
            "location": self.location,
            "folder": str(self._folder),
            "subscription_id": self.subscription_id,
            "resource_group": self.resource_group,
            "created": self._facts.get("created"),
            "experiments": list(self.experiments),
            "settings": dict(self._facts.get("settings") or {}),
        }

    def get_run(self, run_id: str) -> Run:
        """Return a run of this workspace.

        Raises
        ------
        RunNotFoundError
            If there is none of this id; near ids are listed.
        """
        from jupyter_runs.run import Run

        return Run._open(self._run_folder(run_id), self)

    def _run_folder(self, run_id: str) -> RunFolder:
        from jupyter_runs.journal import RunFolder

        runs = self._folder / "runs"
        if isinstance(run_id, str) and run_id and Path(run_id).name == run_id:
            folder = RunFolder(runs / run_id)
            try:
                folder.definition  # noqa: B018 - reads it: a folder without one is no run
            except RunsError:
                pass
            else:
                return folder
        try:
            known = [each.name for each in os.scandir(runs) if not each.name.startswith(".")]
        except OSError:
            known = []
        raise RunNotFoundError(
            f"there is no run {run_id!r} in workspace {self.name!r}: "
            f"{did_you_mean(str(run_id), sorted(known))}"
        )

    def write_config(
        self, path: Union[str, os.PathLike[str], None] = None, file_name: Optional[str] = None
    ) -> None:
        """Write ``.jupyter_runs/config.json``, so that `from_config` finds this workspace.

        Parameters
        ----------
        path
            The folder to write into; by default the current one.
        file_name
            Another name for the file.
        """
        save_config(
            Path(path or "."),
            file_name or "config.json",
            self.name,
            None if self._folder.parent == home_dir() else self.location,
            {key: str(self._facts[key]) for key in _CLOUD_NAMES if self._facts.get(key)},
        )

    def delete(self) -> None:
        """Move the workspace, with all its runs, to ``.trash`` beside it.

        Raises
        ------
        ActiveRunsError
            If runs are still going on in it.
        """
        refuse_active(self._folder, f"workspace {self.name!r}")
        trash = self._folder.parent / ".trash"
        make_private(trash)
        self._folder.rename(
            trash / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(3).hex()}-{self.name}"
        )

    # -- how it shows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workspace) and other._folder == self._folder

    def __hash__(self) -> int:
        return hash(self._folder)

    def __repr__(self) -> str:
        return f"Workspace(name={self.name!r}, location={self.location!r})"

    def _repr_html_(self) -> str:
        from jupyter_runs._html import workspace_html

        return workspace_html(self)


def _home(location: Union[str, os.PathLike[str], None]) -> Path:
    if location is None:
        return home_dir()
    return absolute(location)


def _make(folder: Path, **facts: Optional[str]) -> None:
    known = {key: value for key, value in facts.items() if value}
    about = {"name": folder.name, "id": os.urandom(16).hex(), "created": time.time(), **known}
    try:
        make_private(folder.parent)
        make_private(folder)
        if not (folder / WORKSPACE_FILE).exists():
            write_json(folder / WORKSPACE_FILE, about)
    except OSError as error:
        raise WorkspaceUnusableError(
            f"workspace {folder.name!r} can't be made in {folder.parent}: {error}; set "
            "JUPYTER_RUNS_HOME to a folder that you may write to"
        ) from None


def active_runs(workspace: Path, **wanted: Any) -> Iterator[RunFolder]:
    """Yield the runs that have not ended."""
    from jupyter_runs.index import find_runs
    from jupyter_runs.journal import TERMINAL, read_status

    for folder in find_runs(workspace, include_children=True, **wanted):
        if read_status(folder).status not in TERMINAL:
            yield folder


def refuse_active(workspace: Path, what: str, **wanted: Any) -> None:
    """Raise `ActiveRunsError` if runs are going on in the way of `what`."""
    active = [folder.id for folder in active_runs(workspace, **wanted)]
    if active:
        shown = ", ".join(active[:5]) + (f" and {len(active) - 5} more" if len(active) > 5 else "")
        raise ActiveRunsError(
            f"{what} has runs that are still going on: {shown}; complete or cancel them first"
        )


def start_logging(
    name: Optional[str] = None,
    run_id: Optional[str] = None,
    outputs: Union[str, os.PathLike[str], bool, None] = None,
    snapshot_directory: Union[str, os.PathLike[str], None] = ".",
    params: Optional[Mapping[str, Any]] = None,
    *,
    experiment: Optional[str] = None,
    workspace: Optional[Workspace] = None,
) -> Run:
    """Start a run in an experiment named after the notebook or script that calls this.

    Parameters
    ----------
    name, run_id, outputs, snapshot_directory, params
        As for `Experiment.start_logging`.
    experiment
        Name of another experiment.
    workspace
        By default what `Workspace.from_config` finds.
    """
    from jupyter_runs.capture.notebook import default_experiment_name
    from jupyter_runs.experiment import Experiment

    home = workspace if workspace is not None else Workspace.from_config()
    return Experiment(home, experiment or default_experiment_name()).start_logging(
        name, run_id, outputs, snapshot_directory, params
    )
