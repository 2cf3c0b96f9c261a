"""Where a run stands in the queue of its compute target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from .folder import RunFolder


def queue_place(folder: RunFolder) -> Optional[int]:  # noqa: ARG001 - runs of this process wait for nothing
    """Return the place of a run in the queue of its target: 1 is next; None while it waits in none."""
    return None
