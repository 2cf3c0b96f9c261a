"""Every error that jupyter_runs raises, one hierarchy: the journal's, and those of the nouns.

Each class carries the HTTP status with which a server answers when it happens.
"""

from __future__ import annotations

from jupyter_runs.journal.errors import (
    InvalidNameError,
    InvalidPathError,
    InvalidValueError,
    KindError,
    RunCanceled,
    RunExistsError,
    RunNotFoundError,
    RunsError,
    RunsWarning,
    warn,
)


class WorkspaceNameError(InvalidNameError):
    """A workspace can't have this name."""


class ExperimentNameError(InvalidNameError):
    """An experiment can't have this name."""


class FilterError(InvalidValueError):
    """A filter on runs that can't be understood.

    Parameters
    ----------
    message
        What is wrong, and what was expected.
    column
        Where in the text of the filter, from 1; None where it is no text.
    """

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message if column is None else f"column {column}: {message}")
        self.column = column


class NotFoundError(RunsError, LookupError):
    """Something that was asked for by name is not there."""

    http_status = 404

    def __str__(self) -> str:
        # KeyError's own __str__, inherited by some of us, would show the message quoted
        return Exception.__str__(self)


class WorkspaceNotFoundError(NotFoundError):
    """No workspace has this name."""


class WorkspaceUnusableError(RunsError):
    """The folder for a workspace can't be written to."""

    http_status = 403


class EnvironmentNameError(InvalidNameError):
    """An environment can't have this name."""


class EnvironmentNotFoundError(NotFoundError, KeyError):
    """No environment has this name or version."""


class ExperimentNotFoundError(NotFoundError, KeyError):
    """No experiment of the workspace has this name."""


class ModelNotFoundError(NotFoundError, KeyError):
    """The workspace has no such model, or no such version of it."""


class FileNotInRunError(NotFoundError):
    """The run has no file of this name."""


class MissingPathError(NotFoundError):
    """A file or folder that was to be taken up is not there."""


class SnapshotNotFoundError(NotFoundError):
    """The run has no such snapshot."""


class ConflictError(RunsError):
    """What was asked for contradicts what already stands."""

    http_status = 409


class WorkspaceExistsError(ConflictError):
    """A workspace of this name is already there."""


class PropertyError(ConflictError):
    """A property, once set, keeps its value."""


class ParamError(ConflictError):
    """A parameter, once logged, keeps its value."""


class FileInRunError(ConflictError):
    """The run has another file of this name."""


class ActiveRunsError(ConflictError):
    """Runs that are still going on stand in the way."""


class SnapshotTooLargeError(RunsError):
    """A folder is over the limits for a snapshot."""

    http_status = 413


class MissingPackageError(RunsError, ImportError):
    """An optional package is needed for this."""

    http_status = 501


class NotOfferedError(RunsError, NotImplementedError):
    """A service of that SDK's cloud, which this machine does not have."""

    http_status = 501


class NotOfferedAttributeError(NotOfferedError, AttributeError):
    """The same, where an object is asked for something that it does not have: `hasattr` says no."""


class ComputeTargetException(RunsError):  # noqa: N818 - the name that scripts catch
    """A compute target is not there, or can't do what was asked of it."""

    http_status = 404


class BuildError(RunsError):
    """An environment can't be built.

    Parameters
    ----------
    reason
        In one line.
    details
        The end of the build's log.
    """

    http_status = 409

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(reason)
        self.details = details


class IndexUnusableError(RunsError):
    """The index can be neither opened nor made anew."""

    http_status = 503


class RunFailedError(RunsError):
    """The run that was waited for has failed."""

    http_status = 409


class RunEnvironmentException(RunsError):  # noqa: N818 - the name that scripts catch
    """The process was not started as a run."""

    http_status = 409


__all__ = [
    "ActiveRunsError",
    "BuildError",
    "ComputeTargetException",
    "ConflictError",
    "EnvironmentNameError",
    "EnvironmentNotFoundError",
    "ExperimentNameError",
    "ExperimentNotFoundError",
    "FileInRunError",
    "FileNotInRunError",
    "FilterError",
    "IndexUnusableError",
    "InvalidNameError",
    "InvalidPathError",
    "InvalidValueError",
    "KindError",
    "MissingPackageError",
    "MissingPathError",
    "ModelNotFoundError",
    "NotFoundError",
    "NotOfferedAttributeError",
    "NotOfferedError",
    "ParamError",
    "PropertyError",
    "RunCanceled",
    "RunEnvironmentException",
    "RunExistsError",
    "RunFailedError",
    "RunNotFoundError",
    "RunsError",
    "RunsWarning",
    "SnapshotNotFoundError",
    "SnapshotTooLargeError",
    "WorkspaceExistsError",
    "WorkspaceNameError",
    "WorkspaceNotFoundError",
    "WorkspaceUnusableError",
    "warn",
]
