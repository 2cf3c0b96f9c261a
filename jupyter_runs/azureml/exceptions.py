"""The names by which old code catches what we raise."""

from __future__ import annotations

from jupyter_runs.errors import (
    ComputeTargetException,
    ExperimentNotFoundError,
    InvalidValueError,
    MissingPackageError,
    MissingPathError,
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
ServiceException = RunsError
ExperimentExecutionException = RunsError
ActivityFailedException = RunFailedError
ExperimentNotFoundException = ExperimentNotFoundError
ImageException = NotOfferedError
ModelNotFoundException = ModelNotFoundError
ModelPathNotFoundException = MissingPathError
OptionalDependencyMissingException = MissingPackageError
RunConfigurationException = InvalidValueError
SnapshotException = SnapshotTooLargeError
TrainingException = RunFailedError
WebserviceException = NotOfferedError
WorkspaceException = WorkspaceNotFoundError


class AuthenticationException(RunsError):  # noqa: N818 - the name that scripts catch
    """Never raised: there is nothing to log in to."""


class UserAuthenticationException(AuthenticationException):
    """Never raised."""


class ActivityCanceledException(RunsError):  # noqa: N818 - the name that scripts catch
    """Never raised: waiting for a run that is canceled raises nothing."""


class DiscoveryUrlNotFoundException(RunsError):  # noqa: N818 - the name that scripts catch
    """Never raised: there is no service to discover."""


class DatasetTimestampMissingError(NotOfferedError):
    """Never raised: there are no datasets."""


__all__ = [
    "ActivityCanceledException",
    "ActivityFailedException",
    "AuthenticationException",
    "AzureMLException",
    "ComputeTargetException",
    "DatasetTimestampMissingError",
    "DiscoveryUrlNotFoundException",
    "ExperimentExecutionException",
    "ExperimentNotFoundException",
    "ImageException",
    "ModelNotFoundException",
    "ModelPathNotFoundException",
    "OptionalDependencyMissingException",
    "ProjectSystemException",
    "RunConfigurationException",
    "RunEnvironmentException",
    "ServiceException",
    "SnapshotException",
    "TrainingException",
    "UserAuthenticationException",
    "UserErrorException",
    "WebserviceException",
    "WorkspaceException",
]
