"""A PostgreSQL server of the tests' own, where one is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest


def programs():
    """Return the folder of PostgreSQL's programs, None without them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


def as_server():
    """Return what makes the server run as a user that it accepts: it refuses root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def server():
    """Give the URL of a server that is this block's."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    pytest.importorskip("psycopg")
    with tempfile.TemporaryDirectory(prefix="jupyter-runs-pg-") as place:
        options = as_server()
        if options:
            os.chown(place, options["user"], options["group"])
        data = f"{place}/data"
        quiet = {"stdout": subprocess.DEVNULL, "cwd": place, **options}
        subprocess.run(
            [
                found / "initdb",
                "-D",
                data,
                "-U",
                "runs",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            **quiet,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        told = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={place} -c fsync=off"
        subprocess.run(
            [found / "pg_ctl", "-D", data, "-w", "-l", f"{place}/log", "-o", told, "start"],
            check=True,
            **quiet,
        )
        try:
            yield f"postgresql://runs@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run(
                [found / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, **quiet
            )
