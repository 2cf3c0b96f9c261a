"""What all endpoints share: where runs lie, the settings, and the views that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_runs._settings import home_dir
from jupyter_runs.errors import RunNotFoundError, WorkspaceNotFoundError
from jupyter_runs.index import workspace_folders
from jupyter_runs.journal import RunFolder, check_run_id
from jupyter_runs.journal.errors import shown

from .endpoint import run_of
from .kept import KeptViews
from .listing import Listing
from .page import is_built

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Shared:
    """What all endpoints share; used by several threads at once.

    Parameters
    ----------
    home
        Folder that holds the workspaces; by default the one that kernels use too.
    settings
        The limits of the server, by name.
    """

    def __init__(self, home: str | None, settings: Mapping[str, int]) -> None:
        self._home = home
        self.settings = settings
        self.listing = Listing(home)
        self.views = KeptViews(settings["kept_runs"], self.listing.figures)

    @property
    def page(self) -> str | None:
        """The path of the page that shows runs, relative to the base URL; None where there is none."""
        return "jupyter-runs" if is_built() else None

    @property
    def home(self) -> Path:
        """Folder that holds the workspaces."""
        return Path(self._home).expanduser() if self._home else home_dir()

    def workspaces(self, name: str | None = None) -> list[Path]:
        """Return the folders of all workspaces, or of the one with a name.

        Raises
        ------
        WorkspaceNotFoundError
            If there is none of that name.
        """
        return workspace_folders(self.home) if name is None else [self.workspace(name)]

    def workspace(self, name: str) -> Path:
        """Return the folder of a workspace.

        Raises
        ------
        WorkspaceNotFoundError
            If there is none of that name.
        """
        # found, not put together: what a stranger sends never becomes a path
        for folder in workspace_folders(self.home):
            if folder.name == name:
                return folder
        raise WorkspaceNotFoundError(f"there is no workspace {shown(name)} here")

    def run(self, workspace: str, run_id: str) -> RunFolder:
        """Return the folder of a run.

        Raises
        ------
        RunsError
            If there is none.
        """
        folder = RunFolder(self.workspace(workspace) / "runs" / check_run_id(run_id))
        try:
            folder.definition  # noqa: B018 - reads it: a folder without one is no run
        except RunNotFoundError:
            raise RunNotFoundError(
                f"there is no run {run_id!r} in workspace {workspace!r} (any more)"
            ) from None
        return folder

    def runs(self, names: Iterable[str]) -> list[RunFolder]:
        """Return the folders of runs that are named ``workspace/id``.

        Raises
        ------
        RunsError
            If one of them is not there.
        """
        return [self.run(*run_of(name)) for name in names]
