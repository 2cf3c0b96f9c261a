"""``jupyter runs tag``: set, remove and show a run's tags."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from jupyter_runs.cli.text import printable, show_json
from jupyter_runs.cli.where import RUN_HELP, add_where, run_named
from jupyter_runs.journal import RunReader, Writer, check_name

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "tag",
        help="set, remove and show a run's tags",
        description="Sets tags of a run, also of one that has ended, and shows those that it has.",
    )
    parser.add_argument("run", help=RUN_HELP)
    parser.add_argument("tag", nargs="*", metavar="KEY[=VALUE]", help="a tag to set")
    parser.add_argument(
        "--remove",
        "-r",
        action="append",
        default=[],
        metavar="KEY",
        help="a tag to remove; may be repeated",
    )
    add_where(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(do=tag)


def tag(args: argparse.Namespace) -> int:
    """Set and remove tags, and show what there are then."""
    folder = run_named(args, args.run)
    pairs = [text.partition("=") for text in args.tag]
    wanted = [(check_name(key, "tag"), value if sign else None) for key, sign, value in pairs]
    removed = [check_name(key, "tag") for key in args.remove]
    if wanted or removed:
        with closing(Writer(folder, role="guest")) as writer:
            for key, value in wanted:
                writer.event("tag", key=key, value=value)
            for key in removed:
                writer.event("untag", key=key)
    reader = RunReader(folder, plain=True)
    reader.poll()
    reader.close()
    if args.json:
        show_json({"run": folder.id, "tags": reader.tags})
        return 0
    for key, value in reader.tags.items():
        print(printable(key) if value is None else f"{printable(key)}={printable(value)}")
    return 0
