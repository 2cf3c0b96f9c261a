"""Runs, live in a notebook.

A run is a folder, its journal is the truth, and everything shown is a view of it. ::

    from jupyter_runs import RunDetails, start_logging

    run = start_logging()
    run.log("loss", 0.5)
    RunDetails(run).show()

Importing the package is cheap on purpose: a training script pays for the journal's writer and no
more. Each public name is imported when it is first asked for (PEP 562).
"""

from __future__ import annotations

# Not typing's: importing `typing` alone would cost a training script milliseconds.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyter_runs.errors import RunsError, RunsWarning
    from jupyter_runs.experiment import Experiment
    from jupyter_runs.jobs.compute import ComputeTarget, LocalCompute
    from jupyter_runs.jobs.conda_dependencies import CondaDependencies
    from jupyter_runs.jobs.config import RunConfiguration, ScriptRunConfig
    from jupyter_runs.jobs.environment import Environment
    from jupyter_runs.model import Model
    from jupyter_runs.run import Run
    from jupyter_runs.widgets import RunDetails, compare
    from jupyter_runs.workspace import Workspace, start_logging

    VERSION: str
    __version__: str

_HOMES = {
    "ComputeTarget": "jupyter_runs.jobs.compute",
    "CondaDependencies": "jupyter_runs.jobs.conda_dependencies",
    "Environment": "jupyter_runs.jobs.environment",
    "Experiment": "jupyter_runs.experiment",
    "LocalCompute": "jupyter_runs.jobs.compute",
    "Model": "jupyter_runs.model",
    "Run": "jupyter_runs.run",
    "RunConfiguration": "jupyter_runs.jobs.config",
    "RunDetails": "jupyter_runs.widgets",
    "RunsError": "jupyter_runs.errors",
    "RunsWarning": "jupyter_runs.errors",
    "ScriptRunConfig": "jupyter_runs.jobs.config",
    "Workspace": "jupyter_runs.workspace",
    "compare": "jupyter_runs.widgets",
    "start_logging": "jupyter_runs.workspace",
}

__all__ = [
    "VERSION",
    "ComputeTarget",
    "CondaDependencies",
    "Environment",
    "Experiment",
    "LocalCompute",
    "Model",
    "Run",
    "RunConfiguration",
    "RunDetails",
    "RunsError",
    "RunsWarning",
    "ScriptRunConfig",
    "Workspace",
    "compare",
    "start_logging",
]


def __getattr__(name: str) -> Any:
    if name in {"VERSION", "__version__"}:
        value: Any = _installed_version()
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
    else:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    globals()[name] = value  # asked once: from now on a plain attribute
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _installed_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("jupyter-runs")
    except PackageNotFoundError:  # a bare copy of the folder, as lent to other interpreters
        return "0+unknown"


def load_ipython_extension(shell: Any) -> None:
    """Add the magics: ``%load_ext jupyter_runs``."""
    from jupyter_runs.magics import load

    load(shell)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter Server where our extension is; only a server calls this."""
    from jupyter_runs.server import RunsApp

    return [{"module": "jupyter_runs.server", "app": RunsApp}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell Jupyter where the prebuilt panel lies, for `jupyter labextension develop`."""
    return [{"src": "labextension", "dest": "jupyter-runs"}]
