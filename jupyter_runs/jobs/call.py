"""A function in a process of its own: what its driver starts, ``python -m jupyter_runs.jobs.call <run folder>``."""

from __future__ import annotations

import pickle
import sys
import traceback
from pathlib import Path

from jupyter_runs.jobs.functions import CALL, leave_out_our_frames
from jupyter_runs.run import Run


def main() -> None:
    """Call the function that the run's folder holds."""
    folder = Path(sys.argv[1])
    whole = pickle.loads((folder / "payload" / CALL).read_bytes())  # noqa: S301 - ours, in the run's own folder
    for entry in whole["path"]:
        if entry not in sys.path:  # as the modules were found that it uses
            sys.path.append(entry)
    run = Run.get_context(allow_offline=False)
    function, args, kwargs = pickle.loads(whole["call"])  # noqa: S301 - as above
    try:
        function(*args, **kwargs)
    except Exception as error:
        leave_out_our_frames(error)
        run.fail(error)
        traceback.print_exception(type(error), error, error.__traceback__)
        sys.exit(1)


if __name__ == "__main__":
    main()
