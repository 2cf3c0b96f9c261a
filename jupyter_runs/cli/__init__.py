"""The command line: ``jupyter runs …``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Optional

from jupyter_runs.cli import (
    cancel,
    compare,
    delete,
    doctor,
    export,
    list,  # noqa: A004 - the command's name
    portal,
    queue,
    show,
    tag,
    tail,
    trash,
)
from jupyter_runs.cli.text import printable
from jupyter_runs.errors import RunsError

if TYPE_CHECKING:
    from collections.abc import Sequence


_COMMANDS = (list, show, tail, compare, cancel, tag, export, delete, trash, doctor, queue, portal)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Do what the arguments say; return the exit status: 0 well, 1 something is wrong, 2 a wrong call."""
    parser = argparse.ArgumentParser(
        prog="jupyter runs", description="Runs on this machine, from the command line."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in _COMMANDS:
        command.add(commands)
    args = parser.parse_args(argv)
    if args.command is None:  # who asks for nothing wants to know what there is
        parser.print_help(sys.stderr)
        return 2
    try:
        status: int = args.do(args)
    except RunsError as error:
        print(f"error: {printable(error)}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        return 0
    return status
