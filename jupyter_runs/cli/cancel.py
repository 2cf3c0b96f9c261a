"""``jupyter runs cancel``: stop runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs.cli.text import printable, show_json
from jupyter_runs.cli.where import RUNS_HELP, add_where, run_named
from jupyter_runs.run import Run
from jupyter_runs.workspace import Workspace

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "cancel",
        help="cancel runs",
        description="Cancels runs: one that waits ends now, one that goes on is asked to stop. One that has ended is left alone.",
    )
    parser.add_argument("run", nargs="+", help=RUNS_HELP)
    add_where(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(do=cancel)


def cancel(args: argparse.Namespace) -> int:
    """Cancel runs."""
    told = []
    for folder in [run_named(args, asked) for asked in args.run]:
        run = Run._open(folder, Workspace._at(folder.path.parent.parent))
        ended = folder.ended
        if ended is None:
            run.cancel()
        told.append({"run": folder.id, "canceled": ended is None, "status": run.get_status()})
    if args.json:
        show_json({"runs": told})
        return 0
    for one in told:
        word = "" if one["canceled"] else "had ended: "
        print(f"{printable(one['run'])}: {word}{printable(one['status'])}")
    return 0
