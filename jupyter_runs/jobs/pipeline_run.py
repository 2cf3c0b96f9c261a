"""The runs of a pipeline and of its steps: what a person asks of them beside what any run tells."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any, NoReturn, Optional

from jupyter_runs._run.files import files_below
from jupyter_runs._settings import absolute
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import FileNotInRunError, NotFoundError, NotOfferedError
from jupyter_runs.journal import Children
from jupyter_runs.run import Run

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path


class _Timed(Run):
    """A run for which one may wait for a limited time."""

    def wait_for_completion(
        self,
        show_output: bool = False,
        wait_post_processing: bool = False,  # noqa: ARG002 - as for any run
        raise_on_error: bool = True,
        timeout_seconds: Optional[float] = None,
    ) -> dict[str, Any]:
        """Wait as `Run.wait_for_completion` does, and no longer than `timeout_seconds`."""
        begun = time.monotonic()
        for pause in self._waiting(show_output):
            left = None if timeout_seconds is None else timeout_seconds - (time.monotonic() - begun)
            if left is not None and left <= 0:
                return self.get_details()
            time.sleep(pause if left is None else min(pause, left))
        return self._ended(raise_on_error)


class PipelineRun(_Timed):
    """A run of a pipeline; its children are the runs of its steps."""

    def get_steps(self) -> Iterator[StepRun]:
        """Yield the runs of its steps, in the order in which they were started."""
        for folder in sorted(Children(self._folder).folders(), key=_number):
            yield StepRun._open(folder, self._workspace, self.experiment)  # type: ignore[misc]  # a run of this kind

    def find_step_run(self, name: str) -> list[StepRun]:
        """Return the runs of the steps that are called so; none while the step has not been started."""
        return [step for step in self.get_steps() if step._definition("name") == name]

    def publish_pipeline(self, *_: Any, **__: Any) -> NoReturn:
        """Not offered.

        Raises
        ------
        NotOfferedError
            Always.
        """
        raise NotOfferedError(
            "jupyter_runs does not offer publish_pipeline, a service of Azure; submit the pipeline itself"
        )


class StepRun(_Timed):
    """The run of a pipeline's step."""

    def get_job_log(self, *_: Any, **__: Any) -> str:
        """Return what its script has printed."""
        from jupyter_runs.jobs.driver import DRIVER_LOG

        try:
            return (self._folder.logs / DRIVER_LOG).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""  # it has not been started, or was skipped

    get_stdout_log = get_stderr_log = get_job_log  # both go into the one log, in their order

    def get_outputs(self) -> dict[str, StepOutput]:
        """Return what it hands on, by name."""
        told = self._definition("definition") or {}
        return {name: self.get_output_data(name) for name in told.get("outputs") or ()}

    def get_output_data(self, name: str) -> StepOutput:
        """Return what it hands on under a name.

        Raises
        ------
        NotFoundError
            If it hands on nothing of that name.
        """
        from jupyter_runs.jobs.pipeline_main import data_folder

        known = (self._definition("definition") or {}).get("outputs") or ()
        if name not in known:
            raise NotFoundError(
                f"step {self._definition('name')!r} hands on nothing called {name!r}: {did_you_mean(str(name), known)}"
            )
        pipeline = self._folder.path.parent / str(self._definition("parent"))
        return StepOutput(name, data_folder(pipeline, name))


class StepOutput:
    """A folder that a step has handed on.

    Parameters
    ----------
    name
        Its name.
    path
        Where it lies.
    """

    datastore_name = "local"

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path

    @property
    def path_on_datastore(self) -> str:
        """Where it lies."""
        return str(self.path)

    def get_port_data_reference(self) -> StepOutput:
        """Return it."""
        return self

    def download(
        self,
        local_path: os.PathLike[str] | str,
        path_prefix: Optional[str] = None,
        overwrite: bool = False,
        **_: Any,
    ) -> int:
        """Copy its files into a folder, and return how many there were.

        Parameters
        ----------
        local_path
            The folder, made if missing.
        path_prefix
            Only files whose path in it begins so.
        overwrite
            Whether files that are there already are replaced.

        Raises
        ------
        FileInRunError
            If a file is there already, and `overwrite` is false.
        """
        from jupyter_runs.errors import FileInRunError

        if not self.path.is_dir():
            raise FileNotInRunError(f"{self.name!r} holds nothing: its step has not made it")
        files = [
            file
            for file in files_below(self.path)
            if file.relative_to(self.path).as_posix().startswith(path_prefix or "")
        ]
        target = absolute(local_path)
        for file in files:
            copy = target / file.relative_to(self.path)
            if copy.exists() and not overwrite:
                raise FileInRunError(f"{copy} is there already; say overwrite=True")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        return len(files)

    def __repr__(self) -> str:
        return f"StepOutput({self.name!r}, {str(self.path)!r})"


def _number(folder: Any) -> tuple[int, str]:
    number = folder.definition.get("number")
    return (number if isinstance(number, int) else 0, folder.id)
