"""An experiment: runs that belong together, under one name."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._settings import read_json, write_json
from jupyter_runs.capture.names import check_experiment_name, did_you_mean
from jupyter_runs.errors import ExperimentNotFoundError, InvalidValueError
from jupyter_runs.journal.errors import shown
from jupyter_runs.journal.values import check_name
from jupyter_runs.workspace import Workspace, refuse_active

if TYPE_CHECKING:
    import builtins
    from pathlib import Path

    from jupyter_runs.jobs.config import ScriptRunConfig
    from jupyter_runs.run import Run

_VIEWS = ("ActiveOnly", "ArchivedOnly", "All")


class Experiment:
    """An experiment of a workspace; made if it is not there.

    Parameters
    ----------
    workspace
        The workspace.
    name
        Starts with one of A-Z a-z 0-9; holds letters, digits, ``_`` and ``-``; 1 to 255 characters.

    Raises
    ------
    ExperimentNameError
        If it can't have this name.
    """

    def __init__(self, workspace: Workspace, name: str) -> None:
        if not isinstance(workspace, Workspace):
            raise InvalidValueError(
                f"an experiment lies in a Workspace, not in {shown(workspace)}; "
                "Experiment(Workspace.from_config(), name)"
            )
        self._workspace = workspace
        self._name = check_experiment_name(name)
        self._folder = workspace.folder / "experiments" / self._name
        if not (self._folder / "experiment.json").exists() or _Notes(self._folder).deleted:
            self._make()
        self._id = str(read_json(self._folder / "experiment.json").get("id") or self._name)

    def _make(self) -> None:
        (self._folder / "numbers").mkdir(parents=True, exist_ok=True)
        if not (self._folder / "experiment.json").exists():
            facts = {"name": self._name, "id": os.urandom(16).hex(), "created": time.time()}
            write_json(self._folder / "experiment.json", facts)
        self._note("created")

    # -- what it is

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def id(self) -> str:
        """Its id."""
        return self._id

    @property
    def workspace(self) -> Workspace:
        """The workspace it lies in."""
        return self._workspace

    @property
    def tags(self) -> dict[str, Optional[str]]:
        """Its tags; a copy."""
        return _Notes(self._folder).tags

    @property
    def archived_time(self) -> Optional[datetime]:
        """When it was archived (UTC), None if it is not."""
        archived = _Notes(self._folder).archived
        return None if archived is None else datetime.fromtimestamp(archived, timezone.utc)

    # -- runs

    def start_logging(
        self,
        name: Optional[str] = None,
        run_id: Optional[str] = None,
        outputs: Union[str, os.PathLike[str], bool, None] = None,
        snapshot_directory: Union[str, os.PathLike[str], None] = ".",
        params: Optional[Mapping[str, Any]] = None,
        *,
        display_name: Optional[str] = None,
    ) -> Run:
        """Start a run that this process logs to; returns at once.

        The snapshot, the state of git and the list of packages are taken in the background. None
        of them can fail the run: a folder over the snapshot's limits is left out with a warning.

        Parameters
        ----------
        name
            A name to show; two words are made up if it has none.
        run_id
            The run's id, ``[A-Za-z0-9][A-Za-z0-9_-]{0,99}``; made if not given.
        outputs
            The folder whose new and changed files `Run.complete` takes up; ``./outputs`` by
            default, made if missing; False for none.
        snapshot_directory
            The folder to take a snapshot of; None for none.
        params
            What the run is given, as for `Run.log_params`.
        display_name
            The same as `name`.

        Raises
        ------
        RunExistsError
            If the workspace has a run of this id.
        """
        from jupyter_runs._run.start import start_run

        shown_name = name if name is not None else display_name
        return start_run(self, shown_name, run_id, outputs, snapshot_directory, params)

    def submit(
        self,
        config: Union[ScriptRunConfig, Callable[..., Any]],
        args: Union[Iterable[Any], Mapping[str, Any]] = (),
        kwargs: Optional[Mapping[str, Any]] = None,
        where: str = "thread",
        tags: Optional[Mapping[str, Any]] = None,
        *,
        name: Optional[str] = None,
        **more: Any,
    ) -> Run:
        """Run a script, a command, a function or a pipeline as a run; returns at once.

        A script runs in a copy of its folder as it is now, in a process that needs neither this kernel nor any server. Inside,
        ``Run.get_context()`` is the run.

        Parameters
        ----------
        config
            A `ScriptRunConfig`; or a function.
        args, kwargs
            What a function is called with.
        where
            Where a function runs: ``"thread"``, in the background of this process, with its output in the run's log; or
            ``"process"``, in one of its own that outlives this one.
        tags
            Tags to set on the run.
        name
            A name to show; two words are made up if it has none.
        **more
            For what is no script and no function, such as ``pipeline_parameters`` of a pipeline.

        Raises
        ------
        SnapshotTooLargeError
            If the folder is over the limits; its largest entries are named, and nothing was copied.
        MissingPathError, InvalidValueError
            If the script is not there, or the configuration can't be understood.
        ComputeTargetException
            If there is no such target; those that there are are named.
        """
        from jupyter_runs.jobs import submit

        return submit(self, config, args, kwargs, where, tags, name=name, **more)

    def get_runs(
        self,
        type: Optional[str] = None,  # noqa: A002 - the name that people know
        tags: Union[str, Mapping[str, Any], Iterable[str], None] = None,
        properties: Union[str, Mapping[str, Any], Iterable[str], None] = None,
        status: Union[str, Iterable[str], None] = None,
        include_children: bool = False,
    ) -> Iterator[Run]:
        """Yield the runs, newest first, as they are asked for.

        Parameters
        ----------
        type
            Only runs of this type.
        tags, properties
            A key that must be there, or a dict of keys and values (None: a tag without a value).
        status
            Only runs of this status, or of one of these.
        include_children
            Also runs that have a parent.

        Raises
        ------
        FilterError
            If a filter can't be understood; at the call, not at the first run.
        """
        from jupyter_runs.index import search_runs

        found = search_runs(
            self._workspace.folder,
            experiment=self._name,
            type=type,
            tags=tags,
            properties=properties,
            status=status,
            include_children=include_children,
        )
        return self._opened(found)

    def _opened(self, found: Iterator[Any]) -> Iterator[Run]:
        from jupyter_runs.run import Run

        for folder in found:
            yield Run._open(folder, self._workspace, self)

    @classmethod
    def list(
        cls,
        workspace: Workspace,
        experiment_name: Optional[str] = None,
        view_type: str = "ActiveOnly",
        tags: Union[str, Mapping[str, Any], None] = None,
    ) -> builtins.list[Experiment]:
        """Return the experiments of a workspace, by name.

        Parameters
        ----------
        workspace
            The workspace.
        experiment_name
            Only the one of this name.
        view_type
            ``"ActiveOnly"``, ``"ArchivedOnly"`` or ``"All"``.
        tags
            A key that must be there, or a dict of keys and values.
        """
        if view_type not in _VIEWS:
            raise InvalidValueError(
                f"view_type is one of {', '.join(_VIEWS)}, not {shown(view_type)}"
            )
        wanted = dict.fromkeys([tags]) if isinstance(tags, str) else dict(tags or {})
        found = []
        for name in names(workspace, view_type):
            if experiment_name not in (None, name):
                continue
            experiment = cls(workspace, name)
            there = experiment.tags if wanted else {}
            if all(
                key in there and (value is None or there[key] == str(value))
                for key, value in wanted.items()
            ):
                found.append(experiment)
        return found

    # -- tags and life

    def tag(self, key: str, value: Optional[object] = None) -> None:
        """Set a tag; its value is stored as str, or None."""
        self._note("tag", key=check_name(key, "tag"), value=None if value is None else str(value))

    def set_tags(self, tags: Mapping[str, Optional[object]]) -> None:
        """Set several tags, and leave the others as they are."""
        for key in tags:
            check_name(key, "tag")
        for key, value in tags.items():
            self.tag(key, value)

    def remove_tags(self, tags: Union[str, Iterable[str]]) -> None:
        """Remove tags by their keys; a key that is not there is nothing to worry about."""
        for key in [tags] if isinstance(tags, str) else tags:
            self._note("untag", key=check_name(key, "tag"))

    def archive(self) -> None:
        """Take it off the lists; its runs stay as they are."""
        self._note("archive")

    def reactivate(self) -> None:
        """Put it back on the lists."""
        self._note("reactivate")

    def delete(self: Union[Experiment, Workspace], experiment_id: Optional[str] = None) -> None:
        """Move all its runs to the workspace's ``trash/``, and forget its tags.

        As in that SDK, ``Experiment.delete(workspace, experiment_id)`` does the same. Its numbers
        stay taken: an experiment of that name made again goes on counting.

        Raises
        ------
        ActiveRunsError
            If runs are still going on in it.
        """
        if isinstance(self, Workspace):
            for name in names(self, "All"):
                experiment = Experiment(self, name)
                if experiment_id in (experiment.id, experiment.name):
                    experiment.delete()
                    return
            raise ExperimentNotFoundError(
                f"there is no experiment {experiment_id!r} in workspace {self.name!r}"
            )
        from jupyter_runs.index import find_runs

        workspace = self._workspace.folder
        what = f"experiment {self._name!r}"
        refuse_active(workspace, what, experiment=self._name)
        runs = list(find_runs(workspace, experiment=self._name, include_children=True))
        now = time.strftime("%Y%m%d-%H%M%S")
        trash = workspace / "trash" / f"{now}-{os.urandom(3).hex()}-{self._name[:100]}"
        (trash / "runs").mkdir(parents=True)
        told = {"what": "experiment", "name": self._name, "time": time.time(), "tags": self.tags}
        write_json(trash / "trash.json", {**told, "runs": [folder.id for folder in runs]})
        self._note("deleted")
        for folder in runs:
            folder.path.rename(trash / "runs" / folder.id)

    def _note(self, what: str, **fields: Any) -> None:
        line = json.dumps({"t": time.time(), "e": what, **fields}, ensure_ascii=False) + "\n"
        with (self._folder / "events.jsonl").open("ab", buffering=0) as file:
            file.write(line.encode("utf-8", "replace"))  # one write, so that no line is torn

    # -- how it shows

    def get_portal_url(self) -> str:
        """Return the address of its page, ``""`` while no server answers; ``jupyter runs portal`` starts one."""
        from jupyter_runs._html import portal_url

        return portal_url(self._workspace.name, experiment=self._name)

    def show(self, **options: Any) -> Any:
        """Show the table of its runs and their curves as a widget.

        Parameters
        ----------
        **options
            Handed to the widget.
        """
        from jupyter_runs.widgets import ExperimentDetails

        return ExperimentDetails(self, **options).show()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Experiment) and other._folder == self._folder

    def __hash__(self) -> int:
        return hash(self._folder)

    def __repr__(self) -> str:
        return f"Experiment(name={self._name!r}, workspace={self._workspace.name!r})"

    def _repr_html_(self) -> str:
        from jupyter_runs._html import experiment_html

        return experiment_html(self)


class Experiments(Mapping[str, Experiment]):
    """The experiments of a workspace by name; looked up as they are asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __getitem__(self, name: str) -> Experiment:
        known = names(self._workspace, "ActiveOnly")
        if name not in known and name not in names(self._workspace, "ArchivedOnly"):
            raise ExperimentNotFoundError(
                f"there is no experiment {name!r} in workspace {self._workspace.name!r}: "
                f"{did_you_mean(str(name), known)}; Experiment(workspace, {name!r}) makes it"
            )
        return Experiment(self._workspace, name)

    def __iter__(self) -> Iterator[str]:
        return iter(names(self._workspace, "ActiveOnly"))

    def __len__(self) -> int:
        return len(names(self._workspace, "ActiveOnly"))

    def __repr__(self) -> str:
        return f"Experiments({list(self)!r})"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)


class _Notes:
    """What an experiment's ``events.jsonl`` comes to."""

    def __init__(self, folder: Path) -> None:
        self.tags: dict[str, Optional[str]] = {}
        self.archived: Optional[float] = None
        self.deleted = False
        try:
            lines = (folder / "events.jsonl").read_bytes().split(b"\n")
        except OSError:
            return
        for line in lines:
            try:
                event = json.loads(line)
                self._take(event["e"], event)
            except (ValueError, LookupError, TypeError):
                continue  # an empty or torn line

    def _take(self, what: str, event: dict[str, Any]) -> None:
        if what == "tag":
            self.tags[event["key"]] = event["value"]
        elif what == "untag":
            self.tags.pop(event["key"], None)
        elif what == "archive":
            self.archived = float(event["t"])
        elif what == "reactivate":
            self.archived = None
        elif what == "deleted":
            self.tags, self.archived, self.deleted = {}, None, True
        elif what == "created":
            self.deleted = False


def names(workspace: Workspace, view_type: str) -> list[str]:
    """Return the names of the experiments that are active, archived, or both."""
    try:
        entries = sorted(entry.name for entry in os.scandir(workspace.folder / "experiments"))
    except OSError:
        return []
    found = []
    for name in entries:
        folder = workspace.folder / "experiments" / name
        if name.startswith(".") or not (folder / "experiment.json").exists():
            continue
        notes = _Notes(folder)
        archived = notes.archived is not None
        if not notes.deleted and view_type in ("All", "ArchivedOnly" if archived else "ActiveOnly"):
            found.append(name)
    return found
