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

DEBIAN = Path("/usr/lib/postgresql")  # where a folder for each version is, none of them on PATH
PLACE = "/tmp" if os.name == "posix" else None  # a socket's path must be short


def programs():
    """Return the folder of PostgreSQL's programs, None without them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = [program.parent for program in DEBIAN.glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


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
    # read by the user that the server runs as, wherever our own temporary folder is
    with tempfile.TemporaryDirectory(prefix="jupyter-runs-pg-", dir=PLACE) as place:
        options = as_server()
        if options:
            os.chown(place, options["user"], options["group"])
        data = f"{place}/data"
        made = ["-D", data, "-U", "runs", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        call([found / "initdb", *made], place, options)
        told, url = reached(place)
        start = ["-D", data, "-w", "-l", f"{place}/log", "-o", f"{told} -c fsync=off", "start"]
        call([found / "pg_ctl", *start], place, options)
        try:
            yield url
        finally:
            call([found / "pg_ctl", "-D", data, "-m", "immediate", "stop"], place, options)


def reached(place):
    """Return what tells a server where to listen, and its URL: a socket in its own folder, so no port is taken."""
    if hasattr(socket, "AF_UNIX"):
        told = f"-c listen_addresses='' -c unix_socket_directories={place}"
        return told, f"postgresql://runs@/postgres?host={place}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return (
        f"-c listen_addresses=127.0.0.1 -c port={port}",
        f"postgresql://runs@127.0.0.1:{port}/postgres",
    )


def call(command, place, options):
    """Run one of its programs; what it said is told when it fails."""
    # a server keeps what it is given open: no pipe, or we would wait for its end
    with Path(place, "said").open("wb") as said:
        status = subprocess.call(command, stdout=said, stderr=said, cwd=place, **options)
    if status:
        lines = [Path(place, name) for name in ("said", "log")]
        told = "".join(path.read_text(errors="replace") for path in lines if path.exists())
        pytest.fail(f"{command[0]} failed: {told}")
