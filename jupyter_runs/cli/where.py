"""Which runs a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_runs._settings import home_dir
from jupyter_runs.errors import RunsError
from jupyter_runs.index import workspace_folders

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
