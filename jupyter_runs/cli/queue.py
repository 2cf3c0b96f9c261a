"""``jupyter runs queue``: what the compute targets are doing, and which runs wait."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from jupyter_runs.cli.text import printable
from jupyter_runs.cli.where import add_where, workspaces_of
from jupyter_runs.jobs.capacity import capacity
from jupyter_runs.jobs.compute import active_runs, names
from jupyter_runs.jobs.tickets import Queue, run_of
from jupyter_runs.journal import RunFolder, RunsError, read_status

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "queue",
        help="show active and queued runs",
        description="Shows each compute target of this machine: how many runs it runs at a time, those that are active, "
        "and those that wait, the next first. A queue that nobody serves is served again.",
    )
    add_where(parser)
    parser.add_argument("--target", "-t", help="only this target")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(do=show)


def show(args: argparse.Namespace) -> int:
    """Show the queues."""
    told = [
        _target(space, name)
        for space in workspaces_of(args)
        for name in names(space)
        if args.target in (None, name)
    ]
    if args.target and not told:
        raise RunsError(f"there is no compute target {args.target!r}")
    if args.json:
        print(json.dumps({"targets": told}, indent=1))
        return 0
    shown = [one for one in told if one["active"] or one["queued"] or args.target]
    for one in shown:
        busy = (
            f"{len(one['active'])} of {one['max_nodes']} places taken, {len(one['queued'])} waiting"
        )
        print(f"{printable(one['workspace'])} / {printable(one['target'])}: {busy}")
        for place, run in enumerate([*one["active"], *one["queued"]], 1 - len(one["active"])):
            first = f"{place}." if place > 0 else "▶"
            what = f"{printable(run['experiment'])} / {printable(run['name'])}"
            print(f"  {first:>4} {printable(run['run']):24} {run['status']:16} {_ago(run)} {what}")
    if not shown:
        print("no runs are active or wait")
    return 0


def _target(workspace: Path, name: str) -> dict[str, Any]:
    queue = Queue(workspace, name)
    if queue.needs_service():
        queue.serve()
    waiting = [RunFolder(workspace / "runs" / run_of(ticket)) for ticket in queue.waiting()]
    return {
        "workspace": workspace.name,
        "target": name,
        "max_nodes": capacity(workspace, name),
        "active": [_run(folder) for folder in active_runs(workspace, name)],
        "queued": [_run(folder) for folder in waiting],
    }


def _run(folder: RunFolder) -> dict[str, Any]:
    try:
        said, status = folder.definition, read_status(folder)
    except (OSError, RunsError):  # deleted while we looked
        return {"run": folder.id, "experiment": "", "name": "", "status": "", "since": None}
    return {
        "run": folder.id,
        "experiment": said.get("experiment"),
        "name": said.get("name"),
        "status": status.status,
        "since": status.started or said.get("created"),
    }


def _ago(run: dict[str, Any]) -> str:
    if run["since"] is None:
        return f"{'':>8}"
    seconds = max(0, int(time.time() - run["since"]))
    hours, rest = divmod(seconds, 3600)
    return f"{hours:>2}:{rest // 60:02}:{rest % 60:02}"
