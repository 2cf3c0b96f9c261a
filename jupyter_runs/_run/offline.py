"""The run of this process: the one it was started as, or one that lies outside of any workspace."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from jupyter_runs._late import EchoWriter
from jupyter_runs.capture.output import current_run
from jupyter_runs.errors import RunEnvironmentException
from jupyter_runs.journal import RunFolder, Writer, new_writer_name
from jupyter_runs.workspace import Workspace

if TYPE_CHECKING:
    from jupyter_runs.run import Run

RUN_DIR = "JUPYTER_RUNS_RUN_DIR"
OFFLINE = "OfflineRun"
RANKS = ("RANK", "LOCAL_RANK", "WORLD_SIZE")

# by process, since a fork must not go on with the folder of its parent
_contexts: dict[tuple[int, Optional[str]], Run] = {}


def context(*, allow_offline: bool) -> Run:
    """Return the run of this process; see `Run.get_context`."""
    from jupyter_runs.run import Run

    mine = current_run()
    if mine is not None:
        return mine  # type: ignore[no-any-return]
    place = os.environ.get(RUN_DIR) or None
    if place is None and not allow_offline:
        raise RunEnvironmentException(
            f"this process was not started as a run ({RUN_DIR} is not set); start one with "
            "start_logging, or allow an offline run with Run.get_context(allow_offline=True)"
        )
    key = (os.getpid(), place)
    found = _contexts.get(key)
    if found is None:
        found = _offline() if place is None else _given(Path(place))
        _contexts[key] = found
    assert isinstance(found, Run)
    return found


def _given(place: Path) -> Run:
    from jupyter_runs.run import Run

    folder = RunFolder(place)
    folder.definition  # noqa: B018 - reads it: a clear error now rather than a strange one later
    run = Run._open(folder, Workspace._at(folder.path.parent.parent))
    ranks = {
        name.lower(): int(os.environ[name]) for name in RANKS if os.environ.get(name, "").isdigit()
    }
    run.__dict__["_writer"] = Writer(folder, role="main", facts=ranks)
    run._driven = bool(folder.definition.get("driver"))
    return run


def _offline() -> Run:
    from jupyter_runs.run import Run

    home = Path(tempfile.mkdtemp(prefix="jupyter_runs-offline-"))
    pid = os.getpid()

    def remove() -> None:
        if os.getpid() == pid:
            shutil.rmtree(home, ignore_errors=True)

    atexit.register(remove)
    workspace = Workspace.create("offline", home)
    owner = new_writer_name("main")
    folder = RunFolder.create(
        workspace.folder,
        f"{OFFLINE}_{os.urandom(8).hex()}",
        {
            "experiment": "offline",
            "number": 1,
            "name": "offline",
            "parent": None,
            "type": OFFLINE,
            "created": time.time(),
            "owner": owner,
        },
    )
    run = Run._open(folder, workspace)
    writer = EchoWriter(folder, role="main", name=owner)
    writer.event("facts", offline=True)
    run.__dict__["_writer"] = writer
    return run
