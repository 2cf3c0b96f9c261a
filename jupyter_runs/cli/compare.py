"""``jupyter runs compare``: what differs between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs.cli.text import lines, printable, show_json, table
from jupyter_runs.cli.where import RUNS_HELP, add_where, run_named
from jupyter_runs.errors import InvalidValueError

if TYPE_CHECKING:
    import argparse

    from jupyter_runs.views import RunView


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "compare",
        help="show what differs between runs",
        description="Shows the parameters that differ between runs and the last values of their metrics; of two runs also "
        "what differs in code, environment and packages.",
    )
    parser.add_argument("run", nargs="+", help=RUNS_HELP)
    add_where(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(do=compare)


def compare(args: argparse.Namespace) -> int:
    """Compare runs."""
    from jupyter_runs.views import ComparisonView
    from jupyter_runs.views.diff import differences
    from jupyter_runs.views.jsonable import jsonable

    if len(args.run) < 2:
        raise InvalidValueError("compare takes two runs at least")
    view = ComparisonView([run_named(args, asked) for asked in args.run])
    found, both = view.table, view.views
    diff = differences(_told(both[0]), _told(both[1])) if len(both) == 2 else None
    if args.json:
        show_json({**jsonable(found), "diff": diff})
        return 0
    labels = [row.label for row in found.rows]
    params = [[name, *(row.params.get(name, "") for row in found.rows)] for name in found.differing]
    metrics = [
        [name, *(row.metrics[name].text if name in row.metrics else "" for row in found.rows)]
        for name in found.metrics
    ]
    print(
        table(
            [
                ["params that differ", *labels],
                *params,
                ["", *("" for _ in labels)],
                ["metrics", *labels],
                *metrics,
            ]
        )
    )
    for title in ("environment", "packages"):
        changes = diff[title] if diff else []
        if changes:
            print(f"\n{title}")
            print(
                table(
                    [
                        ["", one["name"], _short(one["before"]), "→", _short(one["after"])]
                        for one in changes
                    ]
                )
            )
    for file in diff["files"] if diff else []:
        print(
            f"\n{file['change']}: {printable(file['name'])}{' (' + file['note'] + ')' if file['note'] else ''}"
        )
        if file["diff"]:
            print(lines(file["diff"]))
    return 0


def _short(value: Any) -> str:
    from jupyter_runs.views.format import shorten

    return "–" if value is None else shorten(value, 60)


def _told(view: RunView) -> Any:
    from jupyter_runs.views.diff import Told, archive_of

    return Told.of(view.reader, archive_of(view))
