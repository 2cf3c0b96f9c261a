"""``jupyter runs doctor``: look for damage in runs, and mend what can be mended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.cli.text import printable
from jupyter_runs.cli.where import add_where, run_named, workspaces_of
from jupyter_runs.errors import RunsError
from jupyter_runs.journal import RunFolder

if TYPE_CHECKING:
    import argparse

    from jupyter_runs.journal.doctor import Finding, WriterLook

MOST_SHOWN = 20  # findings of one run


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="look for damage in runs, and mend what can be mended",
        description="Looks every journal over, byte by byte. Says what is damaged and what a killed process left "
        "unfinished. With --repair, sets damaged parts aside in the run's folder 'damaged' (nothing is ever deleted) "
        "and seals what is whole. Runs that are going on are looked at, and left alone.",
        epilog="Exit status: 0 nothing is wrong (any more), 1 something is damaged, 2 a wrong call.",
    )
    parser.add_argument("run", nargs="*", help="run ids or run folders; by default all runs")
    add_where(parser)
    parser.add_argument("--repair", action="store_true", help="mend what can be mended")
    parser.add_argument("--json", action="store_true", help="tell all that was found, as JSON")
    parser.set_defaults(do=doctor)


def doctor(args: argparse.Namespace) -> int:
    """Look runs over, and mend them if asked to."""
    told: list[dict[str, Any]] = []
    for folder in _runs(args):
        one = _examined(folder, repair=args.repair)
        told.append(one)
        if not args.json:
            _show(one)
    damaged = [one for one in told if any(f["kind"] == "damage" for f in one["findings"])]
    if args.json:
        print(json.dumps({"runs": told}, indent=1))
    else:
        _sum_up(told, damaged, repaired=args.repair)
    return 1 if damaged else 0


def _runs(args: argparse.Namespace) -> list[RunFolder]:
    """Return the runs that are asked for.

    Raises
    ------
    RunsError
        If one of them is not there.
    """
    if args.run:
        return [run_named(args, asked) for asked in args.run]
    return [
        RunFolder(path.parent)
        for space in workspaces_of(args)
        for path in sorted(space.glob("runs/*/run.json"))
    ]


def _examined(folder: RunFolder, *, repair: bool) -> dict[str, Any]:
    from jupyter_runs.journal.doctor import examine

    mended: list[tuple[Finding, str]] = []
    try:
        looks = examine(folder)
        if repair and any(one.findings for one in looks):
            from jupyter_runs.journal.repair import repair as mend

            mended = mend(folder)
            looks = examine(folder) if mended else looks
    except (RunsError, OSError) as error:
        lost = {
            "kind": "damage",
            "file": "",
            "offset": 0,
            "size": 0,
            "text": str(error),
            "values": None,
            "writer": "",
        }
        return {
            "run": folder.id,
            "folder": str(folder.path),
            "values": 0,
            "writers": {},
            "findings": [lost],
            "mended": [],
        }
    return {
        "run": folder.id,
        "folder": str(folder.path),
        "values": sum(one.values for one in looks),
        "writers": {one.name: one.state for one in looks if one.name},
        "findings": [_told(finding, one) for one in looks for finding in one.findings],
        "mended": [{**_told(finding, None), "how": how} for finding, how in mended],
    }


def _told(finding: Finding, one: Optional[WriterLook]) -> dict[str, Any]:
    told = {key: value for key, value in finding._asdict().items() if key != "what"}
    return told if one is None else {**told, "writer": one.name}


def _show(one: dict[str, Any]) -> None:
    """Print what is to be said of a run; nothing of one that is well."""
    if not one["findings"] and not one["mended"]:
        return
    print(f"{printable(one['run'])}  {printable(one['folder'])}")
    for mended in one["mended"]:
        print(f"  mended   {printable(mended['file'])}: {printable(mended['text'])}")
        print(f"           {printable(mended['how'])}")
    for finding in one["findings"][:MOST_SHOWN]:
        where = printable(finding["file"])
        if finding["size"]:
            where += f", byte {finding['offset']:,}"
        many = finding["values"]
        count = "" if many is None else f" ({many:,} value{'s' * (many != 1)})"
        print(f"  {finding['kind']:8} {where}:")
        print(f"           {printable(finding['text'])}{count}")
    if len(one["findings"]) > MOST_SHOWN:
        print(f"  … and {len(one['findings']) - MOST_SHOWN:,} more; --json tells all")
    alive = [name for name, state in one["writers"].items() if state == "alive"]
    if alive and one["findings"]:
        print("  going on: what its processes write now is left alone")
    if "elsewhere" in one["writers"].values():
        print("  written on another machine: run the doctor there, or once its process has ended")


def _sum_up(told: list[dict[str, Any]], damaged: list[dict[str, Any]], *, repaired: bool) -> None:
    values = sum(one["values"] for one in told)
    runs = f"{len(told):,} run{'s' * (len(told) != 1)}, {values:,} values"
    unfinished = [one for one in told if one["findings"] and one not in damaged]
    if not damaged and not unfinished:
        print(f"{runs}: all well.")
        return
    parts = [f"{len(damaged):,} damaged"] if damaged else ["nothing is damaged"]
    if unfinished:
        parts.append(f"{len(unfinished):,} left unfinished by processes that ended")
    print(f"{runs}: {', '.join(parts)}.")
    if not repaired:
        print("'jupyter runs doctor --repair' mends what can be mended; nothing is deleted.")
    elif damaged:
        print(
            "What is still told above can't be mended: those values are lost, all others are read."
        )
