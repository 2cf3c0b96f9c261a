"""``jupyter runs list``: the runs there are, the newest first."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.cli.text import show_json, table
from jupyter_runs.cli.where import add_where, workspaces_of
from jupyter_runs.errors import InvalidValueError
from jupyter_runs.index import find_runs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_METRICS = 3


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "list",
        help="list runs, the newest first",
        description="Lists runs of all workspaces, the newest first.",
    )
    add_where(parser)
    parser.add_argument("--experiment", "-e", help="only of this experiment")
    parser.add_argument(
        "--status", "-s", action="append", help="only of this status; may be repeated"
    )
    parser.add_argument(
        "--tag", "-t", action="append", default=[], metavar="KEY[=VALUE]", help="only with this tag"
    )
    parser.add_argument("--limit", "-n", type=int, default=20, help="how many at most (20)")
    parser.add_argument("--children", action="store_true", help="also runs that have a parent")
    parser.add_argument("--archived", action="store_true", help="also runs taken off the lists")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(do=show)


def show(args: argparse.Namespace) -> int:
    """List runs."""
    if args.limit < 1:
        raise InvalidValueError(f"--limit {args.limit}: give a number from 1 on")
    rows = list(islice(_rows(args), args.limit))
    if args.json:
        show_json({"runs": rows})
    elif rows:
        print(
            table(
                [_told(row) for row in rows],
                ("ID", "EXPERIMENT", "NAME", "STATUS", "TOOK", "METRICS"),
            )
        )
    else:
        print("no runs")
    return 0


def _rows(args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from jupyter_runs.views import RunView
    from jupyter_runs.views.rows import row_of, unreadable

    found = find_runs(
        workspaces_of(args),
        experiment=args.experiment,
        status=args.status,
        tags=tags_of(args.tag),
        include_children=args.children,
    )
    for folder in found:
        try:
            view = RunView(folder)
            row = row_of(view)
            view.reader.close()
        except Exception as error:  # one run that can't be read must not hide the others
            row = unreadable(folder, error)
        if args.archived or not row["archived"]:
            yield row


def tags_of(given: list[str]) -> Any:
    """Return what `find_runs` takes: keys with a value, or any value where one is given alone."""
    if not given:
        return None
    pairs = [text.partition("=") for text in given]
    if all(not sign for _, sign, _ in pairs):
        return [key for key, _, _ in pairs]
    if any(not sign for _, sign, _ in pairs):
        raise InvalidValueError("--tag: give all with a value (KEY=VALUE), or all without")
    return {key: value for key, _, value in pairs}


def _told(row: dict[str, Any]) -> list[str]:
    from jupyter_runs.views.format import shorten

    number = "" if row["number"] is None else f" {row['number']}"
    metrics = [f"{one['name']}={one['text']}" for one in row["metrics"][:_METRICS]]
    return [
        row["id"],
        f"{shorten(row['experiment'], 30)}{number}",
        shorten(row["name"], 30),
        f"{row['icon']} {row['status']}",
        took(row["elapsed"]),
        shorten("  ".join(metrics), 60),
    ]


def took(seconds: Optional[float]) -> str:
    """Return a duration, "" where it is not known."""
    from jupyter_runs.views.format import duration

    return duration(seconds)
