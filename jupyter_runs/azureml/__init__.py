"""Code written for the Azure ML SDK v1 runs as it stands, on this machine.

``%load_ext jupyter_runs.azureml`` in a notebook's first cell, ``import jupyter_runs.azureml`` in a script's first line, or
``python -m jupyter_runs.azureml script.py``: from then on ``azureml.core`` and the rest are names of ours. A submitted script needs none of it.
Where the real SDK is installed, ours steps back unless it is asked for with `install` itself.
"""

from __future__ import annotations

from typing import Any

from jupyter_runs.azureml.finder import install, installed
from jupyter_runs.azureml.listing import offered

__all__ = ["install", "installed", "load_ipython_extension", "offered"]


def load_ipython_extension(shell: Any) -> None:
    """Make the names importable, and add the magics: ``%load_ext jupyter_runs.azureml``."""
    from jupyter_runs.magics import load

    install()
    load(shell)
    print("azureml.* is jupyter_runs from here on: runs stay on this machine")  # noqa: T201 - for the person


install(step_back=True)
