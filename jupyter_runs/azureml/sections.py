"""Parts of that SDK's run configurations which have no meaning on one machine: kept as they are given, and nothing more."""

from __future__ import annotations

from typing import Any, Optional

DEFAULT_CPU_IMAGE = "local/cpu"
DEFAULT_GPU_IMAGE = "local/gpu"


class Kept:
    """Holds whatever it is told."""

    def __init__(self, **kept: Any) -> None:
        self.__dict__.update(kept)

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({said})"


class HistoryConfiguration(Kept):
    """What was to be kept of a run: here all of it always is."""

    def __init__(self) -> None:
        super().__init__(
            output_collection=True, snapshot_project=True, directories_to_watch=["logs"]
        )


class AmlComputeConfiguration(Kept):
    """The cluster that was to be made for a run."""

    def __init__(self) -> None:
        super().__init__(
            vm_size=None, vm_priority=None, cluster_max_node_count=1, retain_cluster=False
        )


class DockerConfiguration(Kept):
    """What is asked of a container.

    Parameters
    ----------
    use_docker
        Whether the run is to go in a container: kept; runs in containers are not offered.
    """

    def __init__(
        self,
        use_docker: bool = False,
        shared_volumes: bool = True,
        arguments: Optional[list[str]] = None,
        shm_size: Optional[str] = None,
    ) -> None:
        super().__init__(
            use_docker=use_docker,
            shared_volumes=shared_volumes,
            arguments=arguments or [],
            shm_size=shm_size,
        )


class Distributed(Kept):
    """A job of several processes.

    Parameters
    ----------
    process_count
        How many processes there are to be in all.
    """

    def __init__(self, process_count: int = 1, **kept: Any) -> None:
        super().__init__(process_count=process_count, **kept)


class MpiConfiguration(Distributed):
    """Processes that MPI connects."""

    def __init__(self, process_count_per_node: int = 1, node_count: int = 1) -> None:
        super().__init__(
            process_count_per_node * node_count,
            process_count_per_node=process_count_per_node,
            node_count=node_count,
        )


class PyTorchConfiguration(Distributed):
    """Processes of torch.distributed."""

    def __init__(
        self,
        communication_backend: str = "Nccl",
        process_count: Optional[int] = None,
        node_count: int = 1,
    ) -> None:
        super().__init__(
            process_count or node_count,
            communication_backend=communication_backend,
            node_count=node_count,
        )


class TensorflowConfiguration(Distributed):
    """Workers and parameter servers of TensorFlow."""

    def __init__(self, worker_count: int = 1, parameter_server_count: int = 0) -> None:
        super().__init__(
            worker_count + parameter_server_count,
            worker_count=worker_count,
            parameter_server_count=parameter_server_count,
        )


class ParallelTaskConfiguration(Distributed):
    """Tasks that run at once."""

    def __init__(
        self,
        max_retries_per_worker: int = 0,
        worker_count_per_node: int = 1,
        max_worker_count: int = 1,
    ) -> None:
        super().__init__(
            max_worker_count,
            max_retries_per_worker=max_retries_per_worker,
            worker_count_per_node=worker_count_per_node,
        )
