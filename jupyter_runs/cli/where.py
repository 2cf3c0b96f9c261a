"""Which runs a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_runs._settings import home_dir
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import RunsError
from jupyter_runs.index import workspace_folders
from jupyter_runs.journal import RunFolder

if TYPE_CHECKING:
    import argparse


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
    """Return the run that is asked for: by its id, by ``workspace/id``, by its folder.

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
        known = [path.parent.name for space in spaces for path in space.glob("runs/*/run.json")]
        raise RunsError(
            f"there is no run {asked!r}, neither in {home} nor as a folder: {did_you_mean(asked, known)}; "
            "give a run's id or its folder"
        )
    if len(there) > 1:
        told = ", ".join(f"{place.parent.parent.name}/{place.name}" for place in there)
        raise RunsError(f"there are several runs {asked!r}: say which of {told}")
    return RunFolder(there[0])
