"""``jupyter runs export``: a run as one file."""

from __future__ import annotations

import csv
import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_runs.cli.text import printable, show_json
from jupyter_runs.cli.where import RUN_HELP, add_where, run_named
from jupyter_runs.errors import InvalidValueError
from jupyter_runs.journal import RunReader

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from jupyter_runs.journal import RunFolder

_KINDS = (".zip", ".csv", ".json")


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "export",
        help="write a run to one file",
        description="Writes a run to a file. '.zip': its whole folder, which unpacked into the runs/ of any workspace is that run "
        "again. '.csv': each point of its metrics as a line (metric, step, time, value). '.json': its metrics, params, tags, "
        "properties and details.",
    )
    parser.add_argument("run", help=RUN_HELP)
    add_where(parser)
    parser.add_argument("--output", "-o", type=Path, help="the file; <run id>.zip by default")
    parser.add_argument("--json", action="store_true", help="tell what was written as JSON")
    parser.set_defaults(do=export)


def export(args: argparse.Namespace) -> int:
    """Write a run to a file."""
    from jupyter_runs.views.format import size

    folder = run_named(args, args.run)
    target: Path = args.output or Path(f"{folder.id}.zip")
    kind = target.suffix.lower()
    if kind not in _KINDS:
        raise InvalidValueError(
            f"{str(target)!r}: what is written is told by the end of the name: {', '.join(_KINDS)}"
        )
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        {".zip": _zip, ".csv": _csv, ".json": _json}[kind](folder, part)
        part.replace(target)
    except OSError as error:
        raise InvalidValueError(f"{str(target)!r} can't be written: {error}") from None
    finally:
        part.unlink(missing_ok=True)
    written = target.stat().st_size
    if args.json:
        show_json({"run": folder.id, "file": str(target.absolute()), "size": written})
    else:
        print(f"{printable(target)}: {size(written)}")
    return 0


def _zip(folder: RunFolder, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for base, folders, names in os.walk(folder.path):  # follows no links
            folders.sort()
            for name in sorted(names):
                path = Path(base, name)
                if path.is_file() and not path.is_symlink():
                    archive.write(path, f"{folder.id}/{path.relative_to(folder.path).as_posix()}")


def _csv(folder: RunFolder, target: Path) -> None:
    with target.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("metric", "step", "time", "value"))
        out.writerows(_points(folder))


def _points(folder: RunFolder) -> Iterator[tuple[Any, ...]]:
    reader = RunReader(folder)
    reader.poll()
    for name, metric in reader.metrics.items():
        if metric.kind in ("scalar", "list"):
            yield from zip(
                [name] * metric.count, metric.steps(), metric.times(), metric.values(), strict=False
            )
        elif metric.kind in ("row", "table"):
            times = metric.times()
            for column, values in metric.columns().items():
                for i, value in enumerate(values):
                    yield f"{name}/{column}", i, times[i] if i < len(times) else None, value
    reader.close()


def _json(folder: RunFolder, target: Path) -> None:
    from jupyter_runs.run import Run
    from jupyter_runs.views.jsonable import jsonable
    from jupyter_runs.workspace import Workspace

    run = Run._open(folder, Workspace._at(folder.path.parent.parent))
    told = {"details": run.get_details(), "metrics": run.get_metrics()}
    target.write_text(json.dumps(jsonable(told), indent=1), encoding="utf-8")
