"""Which runs a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_runs._settings import home_dir
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import RunsError
from jupyter_runs.index import find_runs, workspace_folders
from jupyter_runs.journal import RunFolder

if TYPE_CHECKING:
    import argparse

RUN_HELP = "a run's id or how it begins, workspace/id, experiment/number, or folder"
RUNS_HELP = "runs: ids or how they begin, workspace/id, experiment/number, or folders"
_BEGINNING = 4  # letters of an id, at least
_SHOWN = 10


def add_where(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where runs lie."""
    parser.add_argument("--workspace", "-w", help="only this workspace's runs")
    parser.add_argument(
        "--home", type=Path, help="where workspaces lie, if not where JUPYTER_RUNS_HOME says"
    )


def home_of(args: argparse.Namespace) -> Path:
    """Return the folder that holds the workspaces."""
    home: Path = args.home or home_dir()
    return home.absolute()


def workspaces_of(args: argparse.Namespace) -> list[Path]:
    """Return the folders of the workspaces that are asked for.

    Raises
    ------
    RunsError
        If the one that is named is not there.
    """
    home = home_of(args)
    if not args.workspace:
        return workspace_folders(home)
    if not (home / args.workspace).is_dir():
        raise RunsError(f"there is no workspace {args.workspace!r} in {home}")
    return [home / args.workspace]


def run_named(args: argparse.Namespace, asked: str) -> RunFolder:
    """Return the run that is asked for: see `RUN_HELP`.

    Raises
    ------
    RunsError
        If it is not there, or in several workspaces.
    """
    home, spaces = home_of(args), workspaces_of(args)
    places = [space / "runs" / asked for space in spaces] if Path(asked).name == asked else []
    workspace, slash, run_id = asked.partition("/")
    if slash and "/" not in run_id:
        places += [space / "runs" / run_id for space in spaces if space.name == workspace]
    places.append(Path(asked).absolute())
    there = [place for place in dict.fromkeys(places) if (place / "run.json").is_file()]
    if not there:
        runs = list(find_runs(spaces, include_children=True))
        there = [folder.path for folder in runs if _is_meant(folder, asked)]
        if not there:
            known = [folder.id for folder in runs]  # the newest first
            raise RunsError(
                f"there is no run {asked!r}, neither in {home} nor as a folder: {did_you_mean(asked, known)}; "
                "give a run's id, its experiment/number or its folder"
            )
    if len(there) > 1:
        told = ", ".join(f"{place.parent.parent.name}/{place.name}" for place in there[:_SHOWN])
        more = f" and {len(there) - _SHOWN:,} more" if len(there) > _SHOWN else ""
        raise RunsError(f"there are several runs {asked!r}: say which of {told}{more}")
    return RunFolder(there[0])


def _is_meant(folder: RunFolder, asked: str) -> bool:
    """Tell whether that is how a run's id begins, or its experiment and number."""
    if len(asked) >= _BEGINNING and folder.id.startswith(asked):
        return True
    definition = folder.definition
    return asked == f"{definition.get('experiment')}/{definition.get('number')}"
