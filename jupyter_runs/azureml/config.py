"""Configurations as that SDK calls them: what has no meaning here is kept, and nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.jobs import config as ours

if TYPE_CHECKING:
    from jupyter_runs.jobs.conda_dependencies import CondaDependencies

DEFAULT_CPU_IMAGE = "local/cpu"
DEFAULT_GPU_IMAGE = "local/gpu"


class DockerConfiguration:
    """What is asked of a container: kept, and runs in containers are not offered yet.

    Parameters
    ----------
    use_docker
        Whether the run is to go in a container; that nothing of this is done is said at the submit.
    """

    def __init__(self, use_docker: bool = False, **kept: Any) -> None:
        self.use_docker = use_docker
        self.kept = kept


class RunConfiguration(ours.RunConfiguration):
    """How a script is run."""

    def __init__(
        self,
        script: Any = None,
        arguments: Any = None,
        framework: Optional[str] = None,
        communicator: Optional[str] = None,
        conda_dependencies: Optional[CondaDependencies] = None,
        **kept: Any,
    ) -> None:
        known = {
            key: kept.pop(key)
            for key in ("command", "environment", "target", "max_run_duration_seconds")
            if key in kept
        }
        super().__init__(script, arguments, **known)
        self.framework = framework or "Python"
        self.communicator = communicator or "None"
        self.node_count = 1
        self.auto_prepare_environment = True
        self.kept = kept
        if conda_dependencies is not None:
            self.environment.python.conda_dependencies = conda_dependencies


class ScriptRunConfig(ours.ScriptRunConfig):
    """A script in its folder, and how to run it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        names = (
            "resume_from",
            "distributed_job_config",
            "docker_runtime_config",
            "_telemetry_values",
        )
        self.kept = {name: more.pop(name) for name in names if name in more}
        if more.get("run_config") is None and len(args) < 4:
            more["run_config"] = RunConfiguration()
        super().__init__(*args, **more)
