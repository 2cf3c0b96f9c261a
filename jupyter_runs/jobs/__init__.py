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
) -> Run:
    """Run a script, a command or a function as a run; see `Experiment.submit`."""
    from jupyter_runs.errors import RunsError
    from jupyter_runs.jobs.config import ScriptRunConfig

    try:
        # submit(config, {"key": "value"}), as in that SDK
        noted = {**args, **(tags or {})} if isinstance(args, Mapping) else tags
        if hasattr(config, "submit_to"):  # a sweep and the like know how they are submitted
            run: Run = config.submit_to(experiment, noted, parent=parent, name=name)
            return run
        if isinstance(config, ScriptRunConfig):
            from jupyter_runs.jobs.enqueue import submit_script

            return submit_script(experiment, config, noted, parent=parent, name=name)
        from jupyter_runs.jobs.functions import submit_function

        return submit_function(
            experiment, config, args, kwargs, where, tags, parent=parent, name=name
        )
    except OSError as error:  # a full disk, a folder that may not be written to
        raise RunsError(f"the run can't be submitted: {error}; nothing was started") from error
