"""Configurations as that SDK calls them: what has no meaning here is kept, and nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.azureml.sections import (
    AmlComputeConfiguration,
    DockerConfiguration,
    HistoryConfiguration,
)
from jupyter_runs.errors import NotOfferedError
from jupyter_runs.jobs import config as ours
from jupyter_runs.jobs.capacity import LOCAL
from jupyter_runs.jobs.config import target_name
from jupyter_runs.jobs.environment import Environment

if TYPE_CHECKING:
    from jupyter_runs.jobs.conda_dependencies import CondaDependencies

_KNOWN = ("command", "environment", "target", "max_run_duration_seconds")


class RunConfiguration(ours.RunConfiguration):
    """How a script is run."""

    _folder = ".azureml"

    def __init__(
        self,
        script: Any = None,
        arguments: Any = None,
        framework: Optional[str] = None,
        communicator: Optional[str] = None,
        conda_dependencies: Optional[CondaDependencies] = None,
        _history_enabled: Any = None,
        _path: Any = None,
        _name: Any = None,
        **kept: Any,
    ) -> None:
        known = {key: kept.pop(key) for key in _KNOWN if key in kept}
        super().__init__(script, arguments, **known)
        self.framework = framework or "Python"
        self.communicator = communicator or "None"
        self.node_count = 1
        self.auto_prepare_environment = True
        self.history = HistoryConfiguration()
        self.docker: Any = DockerConfiguration()
        self.amlcompute = AmlComputeConfiguration()
        self.data_references: dict[str, Any] = {}
        self.data: dict[str, Any] = {}
        self.output_data: dict[str, Any] = {}
        self.kept = kept
        if conda_dependencies is not None:
            self.environment.python.conda_dependencies = conda_dependencies

    def chosen_environment(self) -> Optional[Environment]:
        """Return the environment; on what was a cluster, where that SDK had a container for each run, without one."""
        found = super().chosen_environment()
        if not self._asks_for_container(found):
            return found
        copy = Environment.from_dict((found or Environment("default")).to_dict())
        copy.docker.enabled = target_name(self.target) == LOCAL  # which is refused at the submit
        nothing_else = _but_docker(copy) == _but_docker(Environment(copy.name))
        return None if nothing_else and not copy.docker.enabled else copy

    def remarks(self) -> list[str]:
        """Return what is to be noted on the run."""
        name = target_name(self.target)
        if name == LOCAL or not self._asks_for_container(super().chosen_environment()):
            return []
        return [
            f"a container was asked for: runs of {name!r} have their environment here, and none"
        ]

    def _asks_for_container(self, environment: Optional[Environment]) -> bool:
        mine = getattr(self.docker, "use_docker", False) is True
        return mine or (environment is not None and bool(environment.docker.enabled))


def _but_docker(environment: Environment) -> dict[str, Any]:
    return {**environment.to_dict(), "docker": None, "version": None}


class ScriptRunConfig(ours.ScriptRunConfig):
    """A script in its folder, and how to run it.

    Parameters
    ----------
    *args, **more
        As that SDK has them.
    distributed_job_config
        Kept; several processes are not offered.
    docker_runtime_config
        Asks for a container, as ``environment.docker.enabled`` does.
    resume_from
        Not offered.
    """

    def __init__(
        self,
        *args: Any,
        distributed_job_config: Any = None,
        docker_runtime_config: Any = None,
        resume_from: Any = None,
        _telemetry_values: Any = None,
        **more: Any,
    ) -> None:
        processes = getattr(distributed_job_config, "process_count", 1)
        if isinstance(processes, int) and processes > 1:
            raise NotOfferedError(
                f"jupyter_runs does not offer runs of several processes ({distributed_job_config!r}); "
                "without distributed_job_config the run is one process"
            )
        if resume_from is not None:
            raise NotOfferedError(
                "jupyter_runs does not offer ScriptRunConfig(resume_from=…); "
                "give the script the path of the files that it goes on from"
            )
        if more.get("run_config") is None and len(args) < 4:
            more["run_config"] = RunConfiguration()
        command = more.get("command")
        if isinstance(command, list) and len(command) == 1 and " " in str(command[0]):
            more["command"] = str(command[0])  # a whole line in a list: that SDK gave it to a shell
        super().__init__(*args, **more)
        self.distributed_job_config = distributed_job_config
        if docker_runtime_config is not None and isinstance(self.run_config, RunConfiguration):
            self.run_config.docker = docker_runtime_config
