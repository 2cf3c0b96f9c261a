"""Run a command, and take its whole process group down when whoever started it is gone.

Started as a script, by its path: ``shepherd.py <descriptor> <command…>``. The descriptor is the
reading end of a pipe whose other end only the builder holds, so it ends when the builder does,
however it dies.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading


def _watch(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.killpg(0, signal.SIGKILL)


def main() -> int:
    """Return the command's exit code."""
    threading.Thread(target=_watch, args=(int(sys.argv[1]),), daemon=True).start()
    try:
        code = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL)
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 - goes to the log
        return 127
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    # not sys.exit: the watching thread must not hold up the end
    os._exit(main())
