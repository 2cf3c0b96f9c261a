"""``jupyter runs portal``: a server that shows runs, and nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jupyter_runs.cli.text import show_json
from jupyter_runs.cli.where import add_where, home_of, workspaces_of
from jupyter_runs.errors import MissingPackageError

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "portal",
        help="start a server that shows runs, and open its pages",
        description="Starts a Jupyter server with this extension and opens its pages in the browser. It listens on this machine "
        "alone, behind Jupyter's own login. Ctrl-C ends it.",
    )
    add_where(parser)
    parser.add_argument(
        "--port", type=int, default=8890, help="the port, or the next that is free (8890)"
    )
    parser.add_argument("--no-browser", action="store_true", help="open nothing")
    parser.add_argument(
        "--allow-root",
        action="store_true",
        help="start as root too, which Jupyter refuses otherwise: in a container there is often no one else",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="tell how it would be started, as JSON, and start nothing",
    )
    parser.set_defaults(do=portal)


def portal(args: argparse.Namespace) -> int:
    """Start the server; returns when it has ended."""
    workspaces_of(args)  # one that is not there is told now
    command = arguments(args)
    if args.json:
        show_json({"command": ["jupyter", "server", *command]})
        return 0
    try:
        from jupyter_server.serverapp import ServerApp
    except ImportError:
        raise MissingPackageError(
            "the portal needs jupyter_server: pip install jupyter_server"
        ) from None
    if args.home:
        os.environ["JUPYTER_RUNS_HOME"] = str(home_of(args))
    ServerApp.launch_instance(argv=command)
    return 0


def arguments(args: argparse.Namespace) -> list[str]:
    """Return what the server is started with; the extensions that Jupyter's own settings switch on come too."""
    return [
        "--ServerApp.jpserver_extensions={'jupyter_runs': True}",
        f"--ServerApp.port={args.port}",
        f"--ServerApp.open_browser={not args.no_browser}",
        "--ServerApp.default_url=/jupyter-runs/",
        *(["--ServerApp.allow_root=True"] if args.allow_root else []),
        *([f"--RunsApp.home={home_of(args)}"] if args.home else []),
    ]
