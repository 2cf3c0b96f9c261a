"""How the nouns show in a notebook, and where their pages are; both come from other rooms."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Callable, Optional
from urllib.parse import quote

if TYPE_CHECKING:
    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run
    from jupyter_runs.workspace import Workspace

_NEWEST = 10


def portal_url(
    workspace: str, *, experiment: Optional[str] = None, run_id: Optional[str] = None
) -> str:
    """Return the address of a page of the portal, ``""`` while no server answers."""
    try:
        from jupyter_runs.portal import portal_base
    except ImportError:
        return ""
    base = portal_base()
    if not base:
        return ""
    parts = ["workspaces", workspace]
    if experiment is not None:
        parts += ["experiments", experiment]
    if run_id is not None:
        parts += ["runs", run_id]
    return base.rstrip("/") + "/" + "/".join(quote(part, safe="") for part in parts)


def run_html(run: Run) -> str:
    """Return the table that stands for a run."""

    def table() -> str:
        from jupyter_runs.views import reprs

        return reprs.run_html(run._folder, run.get_portal_url())

    return _or_repr(run, table)


def experiment_html(experiment: Experiment) -> str:
    """Return the table of an experiment's latest runs."""

    def table() -> str:
        from jupyter_runs.views import reprs

        folders = [run._folder for run in experiment.get_runs()]
        return reprs.experiment_html(
            experiment.name,
            experiment.workspace.name,
            folders[:_NEWEST],
            experiment.get_portal_url(),
            len(folders),
        )

    return _or_repr(experiment, table)


def workspace_html(workspace: Workspace) -> str:
    """Return the table that stands for a workspace."""

    def table() -> str:
        from jupyter_runs.views import reprs

        names = list(workspace.experiments)
        return reprs.workspace_html(workspace.name, workspace.location, names)

    return _or_repr(workspace, table)


def _or_repr(noun: object, table: Callable[[], str]) -> str:
    try:
        return table()
    except Exception:
        # numpy is not here, or a run is damaged beyond reading: no reason to break a cell
        return f"<pre>{escape(repr(noun))}</pre>"
