"""The names by which old code catches what we raise."""

from __future__ import annotations

from jupyter_runs.errors import (
    ComputeTargetException,
    ExperimentNotFoundError,
    ModelNotFoundError,
    NotOfferedError,
    RunEnvironmentException,
    RunFailedError,
    RunsError,
    SnapshotTooLargeError,
    WorkspaceNotFoundError,
)

AzureMLException = RunsError
UserErrorException = RunsError
ProjectSystemException = RunsError
ExperimentExecutionException = RunsError
ActivityFailedException = RunFailedError
ExperimentNotFoundException = ExperimentNotFoundError
ModelNotFoundException = ModelNotFoundError
SnapshotException = SnapshotTooLargeError
WebserviceException = NotOfferedError
WorkspaceException = WorkspaceNotFoundError

__all__ = [
    "ActivityFailedException",
    "AzureMLException",
    "ComputeTargetException",
    "ExperimentExecutionException",
    "ExperimentNotFoundException",
    "ModelNotFoundException",
    "ProjectSystemException",
    "RunEnvironmentException",
    "SnapshotException",
    "UserErrorException",
    "WebserviceException",
    "WorkspaceException",
]
