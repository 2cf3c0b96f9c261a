"""``jupyter runs delete``: move runs to the trash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs import trash
from jupyter_runs.cli.text import printable, show_json
from jupyter_runs.cli.where import RUNS_HELP, add_where, run_named

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "delete",
        help="move runs to the trash",
        description="Moves runs, and all below them, to the trash of their workspace. 'jupyter runs trash' shows what lies there, "
        "puts it back, or deletes it for good. Runs that are going on are left alone.",
    )
    parser.add_argument("run", nargs="+", help=RUNS_HELP)
    add_where(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(do=delete)


def delete(args: argparse.Namespace) -> int:
    """Move runs to the trash."""
    from jupyter_runs.views.format import size

    folders = [run_named(args, asked) for asked in args.run]  # all are there, or none is moved
    moved = [
        trash.move(folder) for folder in folders if folder.path.is_dir()
    ]  # else its parent took it along
    if args.json:
        show_json({"items": [item._asdict() for item in moved]})
        return 0
    for item in moved:
        print(
            f"{printable(item.item)}: {len(item.runs)} run{'s' * (len(item.runs) != 1)}, {size(item.size)}"
        )
    print("'jupyter runs trash' shows what lies in the trash")
    return 0
