"""``jupyter runs tail``: the last lines of a run's log, and what comes after them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.cli.text import lines, show_json
from jupyter_runs.cli.where import RUN_HELP, add_where, run_named
from jupyter_runs.errors import FileNotInRunError
from jupyter_runs.journal import TERMINAL, RunFolder, read_status

if TYPE_CHECKING:
    import argparse

_EVERY = 0.3  # seconds
_MOST = 1 << 20  # bytes


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "tail",
        help="show the end of a run's log, and follow it",
        description="Shows the last lines of a run's newest log. With --follow goes on until the run ends.",
    )
    parser.add_argument("run", help=RUN_HELP)
    add_where(parser)
    parser.add_argument("--file", help="this log, and not the newest")
    parser.add_argument("--lines", "-n", type=int, default=20, help="how many lines (20)")
    parser.add_argument("--follow", "-f", action="store_true", help="go on until the run ends")
    parser.add_argument(
        "--json", action="store_true", help="as JSON: text, and where it stands in the file"
    )
    parser.set_defaults(do=tail)


def tail(args: argparse.Namespace) -> int:
    """Show the end of a log."""
    from jupyter_runs.views.files import read_log
    from jupyter_runs.views.jsonable import jsonable

    folder = run_named(args, args.run)
    name = _newest(folder, args.file)
    while name is None and args.follow and not _over(folder):
        time.sleep(_EVERY)
        name = _newest(folder, args.file)
    if name is None:
        raise FileNotInRunError(
            f"run {folder.id} has no log{'' if args.file is None else f' {args.file!r}'}"
        )
    part = read_log(folder.logs, name, None, _MOST)
    last = "\n".join(part.text.rstrip("\n").split("\n")[-max(1, args.lines) :])
    if args.json:
        show_json({**jsonable(part), "text": last})
        return 0
    print(lines(last), flush=True)
    at = part.end
    while args.follow:
        over = _over(folder)
        part = read_log(folder.logs, name, at, _MOST)
        at = part.end
        if part.text:
            print(lines(part.text), end="", flush=True)
        elif over:
            break
        else:
            time.sleep(_EVERY)
    return 0


def _over(folder: RunFolder) -> bool:
    return read_status(folder).status in TERMINAL


def _newest(folder: RunFolder, name: Optional[str]) -> Optional[str]:
    from jupyter_runs.views.files import Listing

    names = [file.name for file in Listing(folder.logs).files()]
    if name is not None:
        return name if name in names else None
    # a driver's log says what the script does, whichever was written to last
    drivers = [one for one in names if one.startswith("70_")]
    return next(iter(drivers or names), None)
