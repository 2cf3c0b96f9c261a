"""A step of frames: calls ``azureml_main`` of its script, and keeps what that returns for the steps that need it."""

from __future__ import annotations

import pickle
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

from jupyter_runs.errors import InvalidValueError
from jupyter_runs.jobs.functions import leave_out_our_frames
from jupyter_runs.jobs.pipeline_main import data_folder
from jupyter_runs.journal import RunFolder
from jupyter_runs.journal.errors import shown
from jupyter_runs.run import Run


def main() -> None:
    """Do the step whose run's folder is the first argument."""
    folder = RunFolder(Path(sys.argv[1]))
    parent = folder.path.parent / str(folder.definition["parent"])
    told = folder.definition["definition"]
    run = Run.get_context(allow_offline=False)
    try:
        frames = [_frame(parent, each) for each in told["frames"]]
        result = _function(str(told["script"]))(*frames, *[None] * (2 - len(frames)))
        for index, frame in enumerate(_returned(result)):
            file = _file(parent, str(folder.definition["name"]), index)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(pickle.dumps(frame, protocol=4))
    except Exception as error:
        leave_out_our_frames(error)
        run.fail(error)
        traceback.print_exception(type(error), error, error.__traceback__)
        sys.exit(1)


def _function(script: str) -> Any:
    sys.path.insert(0, str(Path.cwd()))
    names = runpy.run_path(script, run_name=Path(script).stem)
    found = names.get("azureml_main")
    if not callable(found):
        raise InvalidValueError(
            f"{script} defines no function azureml_main(dataframe1, dataframe2), which is what is called"
        )
    return found


def _frame(parent: Path, told: dict[str, Any]) -> Any:
    file = (
        parent / "payload" / told["payload"]
        if "payload" in told
        else _file(parent, told["step"], told["index"])
    )
    if not file.exists():
        raise InvalidValueError(
            f"step {told['step']!r} returned no frame {told['index'] + 1}: return a tuple of frames from azureml_main"
        )
    return pickle.loads(file.read_bytes())  # noqa: S301 - ours, from the pipeline's own folder


def _returned(result: Any) -> list[Any]:
    """Return the frames that a script has returned: one, a tuple or list of at most two, or none."""
    frames = list(result) if isinstance(result, (tuple, list)) else [result]
    frames = [frame for frame in frames if frame is not None]
    if len(frames) > 2 or not all(hasattr(frame, "columns") for frame in frames):
        raise InvalidValueError(
            f"azureml_main returns a tuple of at most two pandas frames, not {shown(result)}"
        )
    return frames


def _file(parent: Path, step: str, index: int) -> Path:
    return data_folder(parent, step) / f"frame{index + 1}.pkl"


if __name__ == "__main__":
    main()
