"""A run: one go of a training, and all that is known of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._run.children import RunChildren
from jupyter_runs._run.life import RunLife
from jupyter_runs._run.log import RunLogging
from jupyter_runs._run.models import RunModels
from jupyter_runs._run.notes import RunNotes
from jupyter_runs._run.read import RunReading
from jupyter_runs.errors import InvalidValueError, RunNotFoundError
from jupyter_runs.journal import RunFolder, Writer
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyter_runs._run.own import Own
    from jupyter_runs.experiment import Experiment
    from jupyter_runs.workspace import Workspace


class Run(RunLogging, RunNotes, RunModels, RunChildren, RunLife, RunReading):
    """A run that is there; new ones are made by `Experiment.start_logging`.

    Any process may open a run by its id, read it, and add to it, also while another logs.

    Parameters
    ----------
    experiment
        Its experiment.
    run_id
        Its id.

    Raises
    ------
    RunNotFoundError
        If the experiment has no run of this id; near ids are listed.
    """

    def __init__(self, experiment: Experiment, run_id: str) -> None:
        from jupyter_runs.experiment import Experiment

        if not isinstance(experiment, Experiment):
            raise InvalidValueError(
                f"a run is opened by its Experiment and id, not by {shown(experiment)}; "
                "with a workspace alone use workspace.get_run(run_id)"
            )
        folder = experiment.workspace._run_folder(run_id)
        theirs = folder.definition.get("experiment")
        if theirs != experiment.name:
            raise RunNotFoundError(
                f"run {run_id!r} is one of experiment {theirs!r}, not of {experiment.name!r}"
            )
        self._set_up(folder, experiment.workspace, experiment)

    @classmethod
    def _open(
        cls, folder: RunFolder, workspace: Workspace, experiment: Optional[Experiment] = None
    ) -> Run:
        self = cls.__new__(_class_of(folder) if cls is Run else cls)
        self._set_up(folder, workspace, experiment)
        return self

    @classmethod
    def _owned(
        cls,
        folder: RunFolder,
        workspace: Workspace,
        experiment: Experiment,
        own: Own,
        writer: Writer,
    ) -> Run:
        self = cls.__new__(cls)
        self._set_up(folder, workspace, experiment, own)
        self.__dict__["_writer"] = writer
        return self

    # -- finding

    @staticmethod
    def get(workspace: Workspace, run_id: str) -> Run:
        """Return a run of a workspace by its id."""
        return workspace.get_run(run_id)

    @staticmethod
    def list(
        experiment: Experiment,
        type: Optional[str] = None,  # noqa: A002 - the name that people know
        tags: Union[str, Mapping[str, Any], Iterable[str], None] = None,
        properties: Union[str, Mapping[str, Any], Iterable[str], None] = None,
        status: Union[str, Iterable[str], None] = None,
        include_children: bool = False,
    ) -> Iterator[Run]:
        """Yield the runs of an experiment, newest first; see `Experiment.get_runs`."""
        return experiment.get_runs(type, tags, properties, status, include_children)

    @staticmethod
    def get_context(allow_offline: bool = True) -> Run:
        """Return the run that this process was started as.

        Parameters
        ----------
        allow_offline
            Where there is none, return a run that prints what it is told, and keeps its metrics
            until the process ends; else raise.

        Raises
        ------
        RunEnvironmentException
            If there is none, and `allow_offline` is false.
        """
        from jupyter_runs._run.offline import context

        return context(allow_offline=allow_offline)

    # -- what it is

    @property
    def number(self) -> Optional[int]:
        """Its number in its experiment: 1, 2, 3 …, never given twice."""
        number = self._definition("number")
        return number if isinstance(number, int) else None

    @property
    def type(self) -> Optional[str]:
        """What kind of run it is, such as ``"interactive"``."""
        kind = self._definition("type")
        return kind if isinstance(kind, str) else None

    @property
    def experiment(self) -> Experiment:
        """The experiment it is one of."""
        if self._experiment is None:
            from jupyter_runs.experiment import Experiment

            self._experiment = Experiment(
                self._workspace, str(self._definition("experiment") or "default")
            )
        return self._experiment

    @property
    def workspace(self) -> Workspace:
        """The workspace it lies in."""
        return self._workspace

    @property
    def parent(self) -> Optional[Run]:
        """The run it is a child of, None for most."""
        parent = self._definition("parent")
        return self._workspace.get_run(parent) if isinstance(parent, str) else None

    def submit_child(
        self,
        config: Any,
        args: Union[Iterable[Any], Mapping[str, Any]] = (),
        kwargs: Optional[Mapping[str, Any]] = None,
        where: str = "thread",
        tags: Optional[Mapping[str, Any]] = None,
        *,
        name: Optional[str] = None,
    ) -> Run:
        """Submit a run that is a child of this one; the parameters are those of `Experiment.submit`."""
        from jupyter_runs.jobs import submit

        return submit(self.experiment, config, args, kwargs, where, tags, name=name, parent=self.id)

    def get_portal_url(self) -> str:
        """Return the address of its page, ``""`` while no server answers; ``jupyter runs portal`` starts one."""
        from jupyter_runs._html import portal_url

        return portal_url(self._workspace.name, run_id=self.id)

    # -- how it shows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other._folder.path == self._folder.path

    def __hash__(self) -> int:
        return hash(self._folder.path)

    def __repr__(self) -> str:
        return f"Run(experiment={self._definition('experiment')!r}, number={self.number}, id={self.id!r})"

    def _repr_html_(self) -> str:
        from jupyter_runs._html import run_html

        return run_html(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # in another process it is a guest of the same folder
        return _reopen, (os.fspath(self._folder.path),)


def _class_of(folder: RunFolder) -> type[Run]:
    """Return the class of a run: those of some types have more to tell than others."""
    kind = folder.definition.get("type")
    if kind == "hyperdrive":
        from jupyter_runs.jobs.sweep_run import HyperDriveRun

        return HyperDriveRun
    if kind in ("pipeline", "step"):
        from jupyter_runs.jobs.pipeline_run import PipelineRun, StepRun

        return PipelineRun if kind == "pipeline" else StepRun
    return Run


def _reopen(path: str) -> Run:
    from jupyter_runs.workspace import Workspace

    folder = RunFolder(Path(path))
    return Run._open(folder, Workspace._at(folder.path.parent.parent))
