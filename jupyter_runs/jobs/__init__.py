"""From a script, a function or a cell to a finished process: snapshot, queue, environment, driver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional, Union

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run


def submit(
    experiment: Experiment,
    config: Any,
    args: Union[Iterable[Any], Mapping[str, Any]] = (),
    kwargs: Optional[Mapping[str, Any]] = None,
    where: str = "thread",
    tags: Optional[Mapping[str, Any]] = None,
    *,
    name: Optional[str] = None,
    parent: Optional[str] = None,
    **more: Any,
) -> Run:
    """Run a script, a command or a function as a run; see `Experiment.submit`."""
    from jupyter_runs.errors import InvalidValueError, RunsError
    from jupyter_runs.jobs.config import ScriptRunConfig

    try:
        if hasattr(config, "submit_to"):  # a pipeline, or what else knows how
            if isinstance(args, Mapping):
                tags = {**args, **(tags or {})}
            run: Run = config.submit_to(experiment, tags=tags, name=name, parent=parent, **more)
            return run
        if more:
            raise InvalidValueError(
                f"submit has no parameter {next(iter(more))!r} for {type(config).__name__}"
            )
        if isinstance(config, ScriptRunConfig):
            from jupyter_runs.jobs.enqueue import submit_script

            if isinstance(args, Mapping):  # submit(config, {"key": "value"}), as in that SDK
                tags = {**args, **(tags or {})}
            return submit_script(experiment, config, tags, parent=parent, name=name)
        from jupyter_runs.jobs.functions import submit_function

        return submit_function(
            experiment, config, args, kwargs, where, tags, parent=parent, name=name
        )
    except OSError as error:  # a full disk, a folder that may not be written to
        raise RunsError(f"the run can't be submitted: {error}; nothing was started") from error
