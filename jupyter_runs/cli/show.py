"""``jupyter runs show``: all there is to say of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs.cli.text import lines, printable, show_json, table
from jupyter_runs.cli.where import RUN_HELP, add_where, run_named

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "show",
        help="show a run: status, metrics, details, files",
        description="Shows how a run stands, its metrics with last, lowest and highest value, what is known of it, its files.",
    )
    parser.add_argument("run", help=RUN_HELP)
    add_where(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(do=show)


def show(args: argparse.Namespace) -> int:
    """Show a run."""
    from jupyter_runs.views import RunView
    from jupyter_runs.views.format import size
    from jupyter_runs.views.jsonable import jsonable
    from jupyter_runs.views.rows import metric_json
    from jupyter_runs.views.table_view import summary

    view = RunView(run_named(args, args.run))
    head = view.head()
    metrics = [
        metric_json(summary(metric, points=0))
        for metric in view.reader.metrics.values()
        if metric.kind != "image"
    ]
    files = [*view.outputs(), *view.logs()]
    if args.json:
        told = jsonable({"head": head, "sections": view.details(), "files": files})
        show_json({**told, "metrics": metrics})
        return 0
    print(f"{printable(head.title)} {printable(head.name)}: {head.icon} {printable(head.status)}")
    for text in (head.reason, head.error, head.progress and head.progress.text, head.waiting):
        if text:
            print(f"  {lines(text)}")
    if metrics:
        print()
        cells = [
            [m["name"], m["text"], _number(m["min"]), _number(m["max"]), m["count"]]
            for m in metrics
        ]
        print(table(cells, ("METRIC", "LAST", "LOWEST", "HIGHEST", "COUNT")))
    for section in view.details():
        print(f"\n{printable(section.title)}")
        for label, text in section.rows:
            print(f"  {printable(label)}: {lines(text)}")
    if files:
        print("\nFiles")
        print(table([["", file.name, size(file.size)] for file in files]))
    return 0


def _number(value: Any) -> str:
    from jupyter_runs.views.format import number

    return "" if value is None else number(value)
