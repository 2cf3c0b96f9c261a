"""``jupyter runs trash``: what was deleted, put back or deleted for good."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_runs import trash
from jupyter_runs.cli.text import printable, show_json, table
from jupyter_runs.cli.where import add_where, workspaces_of
from jupyter_runs.errors import NotFoundError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "trash",
        help="show the trash, put runs back, delete them for good",
        description="Shows what was deleted, and how much space it takes; with --restore puts it back, with --delete deletes it "
        "for good, with --empty deletes all of it.",
    )
    add_where(parser)
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--restore", metavar="ITEM", help="put this back")
    one.add_argument("--delete", metavar="ITEM", help="delete this for good")
    one.add_argument("--empty", action="store_true", help="delete all of it for good")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(do=do)


def do(args: argparse.Namespace) -> int:
    """Show the trash, or do what is asked for with what lies there."""
    from jupyter_runs.views.format import size

    spaces = workspaces_of(args)
    if args.restore:
        runs = trash.restore(_home_of(spaces, args.restore), args.restore)
        _tell(args, {"restored": runs}, f"put back: {', '.join(map(printable, runs)) or 'nothing'}")
    elif args.delete or args.empty:
        wanted = (
            {_home_of(spaces, args.delete): [args.delete]}
            if args.delete
            else {space: [item.item for item in trash.look(space).items] for space in spaces}
        )
        freed = sum(trash.delete(space, *items) for space, items in wanted.items())
        _tell(args, {"freed": freed}, f"{size(freed)} freed")
    else:
        _show(args, [trash.look(space) for space in spaces])
    return 0


def _show(args: argparse.Namespace, contents: list[trash.Content]) -> None:
    from jupyter_runs.views.format import moment, size

    items = [item for content in contents for item in content.items]
    frees = sum(content.frees for content in contents)
    if args.json:
        show_json({"items": [item._asdict() for item in items], "frees": frees})
    elif items:
        rows = [
            [
                one.item,
                one.workspace,
                f"{one.what} {one.name}",
                len(one.runs),
                size(one.frees),
                moment(one.time),
            ]
            for one in items
        ]
        print(table(rows, ("ITEM", "WORKSPACE", "WHAT", "RUNS", "FREES", "DELETED")))
        print(f"emptying it frees {size(frees)}; --restore ITEM, --delete ITEM, --empty")
    else:
        print("the trash is empty")


def _home_of(spaces: list[Path], item: str) -> Path:
    for space in spaces:
        with suppress(NotFoundError):
            trash.find(space, item)
            return space
    raise NotFoundError(f"there is no {item!r} in the trash")


def _tell(args: argparse.Namespace, data: dict[str, Any], text: str) -> None:
    if args.json:
        show_json(data)
    else:
        print(text)
