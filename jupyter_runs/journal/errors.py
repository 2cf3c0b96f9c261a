"""What can go wrong while a run is written or read: one base, each message with the value and the way out."""

from __future__ import annotations

import sys
import warnings
from typing import Any

_OURS = f"{__name__.partition('.')[0]}."


class RunsWarning(UserWarning):
    """A fault of the tracker's own, or an oddity worth a line; never a reason to stop a training."""


class RunsError(Exception):
    """Base of every error that this package raises on purpose.

    ``http_status`` is what a server answers when the error ends a request.
    """

    http_status = 400


class InvalidNameError(RunsError, ValueError):
    """A name that cannot be used: empty, too long, or with control characters."""


class InvalidValueError(RunsError, ValueError, TypeError):
    """A value of a type or shape that cannot be logged under the kind asked for."""


class InvalidPathError(RunsError, ValueError):
    """A path that leaves the folder it must stay in, or cannot be a path at all."""

    http_status = 404


class KindError(RunsError, ValueError):
    """A name was logged as one kind and is now logged as another."""

    http_status = 409


class RunExistsError(RunsError):
    """A run of that id exists already."""

    http_status = 409


class RunNotFoundError(RunsError, LookupError):
    """There is no run in that folder."""

    http_status = 404


class RunCanceled(BaseException):
    """Raised in a function that runs as a run when somebody has canceled it.

    Not an `Exception`, so that a training's own ``except Exception`` does not swallow it.
    """


def shown(value: Any, limit: int = 80) -> str:
    """Return ``repr(value)`` cut to ``limit`` characters, and never raise: values come from strangers."""
    try:
        text = repr(value)
    except Exception:  # a broken __repr__ must not hide the error that wants to be told
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def warn(text: str) -> None:
    """Warn with a :class:`RunsWarning`, in the name of the first caller that is none of ours."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_OURS):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, RunsWarning, stacklevel=level)
