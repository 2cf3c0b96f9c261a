"""The code that a run was started from, and what differs from another run's."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from jupyter_runs.errors import FileNotInRunError, SnapshotNotFoundError
from jupyter_runs.journal.errors import shown
from jupyter_runs.views.diff import Told, archive_of, differences
from jupyter_runs.views.jsonable import jsonable

from .endpoint import BYTES, Call, Endpoint, Sent, SentFile, TooLargeError, run_of
from .files import ZIP
from .params import Text
from .schemas import COUNT, MAYBE, TEXT, YES, many, obj, ref
from .sending import PICTURES, type_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_runs.views import RunView

_MOST = 10_000  # files that are listed


def _archive(view: RunView) -> Path:
    archive = archive_of(view)
    if archive is None:
        raise SnapshotNotFoundError(f"run {view.folder.id} has no snapshot")
    return archive


def _snapshot(call: Call) -> dict[str, Any]:
    with call.shared.views.of(call.run()) as view:
        archive = _archive(view)
    with _opened(archive) as source:
        files = [
            {"name": jsonable(info.filename), "size": info.file_size}
            for info in source.infolist()[:_MOST]
            if not info.is_dir()
        ]
    return {"id": archive.stem, "files": files}


def _opened(archive: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(archive)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise SnapshotNotFoundError(f"snapshot {archive.stem} can't be read: {error}") from None


def _file(call: Call) -> Sent:
    path, most = call.path["path"], call.shared.settings["max_shown_bytes"]
    with call.shared.views.of(call.run()) as view:
        archive = _archive(view)
    with _opened(archive) as source:
        try:
            with source.open(path) as packed:
                data = packed.read(most + 1)  # its own word on its size is not taken
        except KeyError:
            raise FileNotInRunError(f"the snapshot has no file {shown(path)}") from None
        except (
            OSError,
            ValueError,
            RuntimeError,
            EOFError,
            NotImplementedError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            raise SnapshotNotFoundError(f"{shown(path)} can't be read: {error}") from None
    if len(data) > most:
        raise TooLargeError(f"{shown(path)} is larger than {most:,} bytes: get the whole snapshot")
    media, attachment = type_of(path)
    return Sent(data, media, path if attachment else "")


def _zip(call: Call) -> SentFile:
    with call.shared.views.of(call.run()) as view:
        archive = _archive(view)
    return SentFile(archive.open("rb"), archive.name, download=True)


def _diff(call: Call) -> dict[str, Any]:
    after, before = call.run(), call.shared.run(*run_of(call.query["with"]))
    with call.shared.views.comparing([before, after]) as both:
        told = [Told.of(view.reader, archive_of(view)) for view in both.views]
    return differences(told[0], told[-1])


ENDPOINTS = [
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/snapshot",
        _snapshot,
        "The files of the code that a run was started from",
        obj(id=TEXT, files=many(obj(name=TEXT, size=COUNT))),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/snapshot/{path}",
        _file,
        "One file of it",
        ("text/plain", *PICTURES, BYTES),
        refusals=(413,),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/snapshot.zip",
        _zip,
        "All of it, as one zip file",
        (ZIP, BYTES),
        refusals=(416,),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/diff",
        _diff,
        "What is other in this run than in another one",
        obj(
            files=many(
                obj(
                    name=TEXT,
                    change={"enum": ["added", "removed", "changed"]},
                    diff=MAYBE,
                    note=MAYBE,
                )
            ),
            snapshots=obj(before=YES, after=YES),
            params=many(ref("Change")),
            environment=many(ref("Change")),
            packages=many(ref("Change")),
        ),
        query=(Text("with", "The other run: workspace/id.", required=True, most=400),),
    ),
]
