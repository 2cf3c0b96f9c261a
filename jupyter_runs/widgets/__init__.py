"""Runs as widgets in a notebook: one run live, and several beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .compare import Comparison as Comparison
    from .compare import ExperimentDetails as ExperimentDetails
    from .compare import compare as compare
    from .details import RunDetails as RunDetails

__all__ = ["Comparison", "ExperimentDetails", "RunDetails", "compare"]

_HOME = {
    "RunDetails": "details",
    "Comparison": "compare",
    "ExperimentDetails": "compare",
    "compare": "compare",
}


def __getattr__(name: str) -> Any:
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = found
    return found
