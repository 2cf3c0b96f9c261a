"""Diagnostics: nothing is ever sent from here."""

from __future__ import annotations

from typing import Any


def set_diagnostics_collection(
    send_diagnostics: bool = False,  # noqa: ARG001 - as that SDK has it
    verbose: bool = False,
    **_: Any,
) -> None:
    """Send no diagnostics, whatever is asked for."""
    if verbose:
        print("jupyter_runs sends no diagnostics")  # noqa: T201 - asked for
