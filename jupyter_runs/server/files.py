"""A run's files and logs."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_runs.errors import FileNotInRunError
from jupyter_runs.journal import RunsError, open_below, safe_path
from jupyter_runs.journal.errors import shown
from jupyter_runs.views.jsonable import jsonable

from .endpoint import BYTES, Call, Endpoint, Sent, SentFile, TooLargeError
from .params import Flag, Whole
from .schemas import many, obj, ref
from .sending import PICTURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_runs.views import FileInfo, RunView

ZIP = "application/zip"
_BLOCK = 1 << 18


def file_json(view: RunView, file: FileInfo) -> dict[str, Any]:
    """Return what is told of a file; ``path`` is where it stands in the run, and what to ask for it with."""
    try:
        path = file.path.relative_to(view.folder.path).as_posix()
    except ValueError:  # a link of the run's folder
        path = file.name
    return jsonable({"name": file.name, "path": path, "size": file.size, "mtime": file.mtime})  # type: ignore[no-any-return]  # a dict stays one


def _files(call: Call) -> dict[str, Any]:
    with call.shared.views.of(call.run()) as view:
        return {"files": [file_json(view, file) for file in view.outputs()]}


def _file(call: Call) -> SentFile:
    folder, path = call.run(), call.path["path"]
    first = path.partition("/")[0]
    if first not in ("outputs", "logs"):
        with call.shared.views.of(folder) as view:
            known = path in view.reader.files
        if not known:
            raise FileNotInRunError(f"run {folder.id} has no file {shown(path)}")
    file = os.fdopen(open_below(folder.path, path), "rb")
    return SentFile(file, path, download=call.query["download"])


def _zip(call: Call) -> Sent:
    folder = call.run()
    with call.shared.views.of(folder) as view:
        files = [file_json(view, file) for file in view.outputs()]
    size, most = sum(file["size"] for file in files), call.shared.settings["max_zip_bytes"]
    if size > most:
        raise TooLargeError(
            f"the files have {size:,} bytes together, and {most:,} is the most for one zip file: get them one by one"
        )
    return Sent(zipped(folder.path, [file["path"] for file in files]), ZIP, f"{folder.id}.zip")


def zipped(folder: Path, names: list[str]) -> Iterator[bytes]:
    """Give a zip file of files below a folder, piece by piece; what can't be read is left out."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]  # a pipe writes and does not seek
        for name in names:
            try:
                file = os.fdopen(open_below(folder, name), "rb")
            except (OSError, RunsError):
                continue
            # a name with `..` or a backslash is refused above: it might leave the folder where somebody unpacks it
            info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode())
            info.compress_type = zipfile.ZIP_DEFLATED
            with file, archive.open(info, "w", force_zip64=True) as packed, suppress(OSError):
                while block := file.read(_BLOCK):
                    packed.write(block)
                    yield from pipe.taken()
    yield from pipe.taken()


class _Pipe:
    """Holds what a zip file writes until it is taken."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: it is asked for what it holds."""

    def taken(self) -> Iterator[bytes]:
        """Give what was written since the last call, if it is anything."""
        held, self._held = b"".join(self._held), []
        if held:
            yield held


def _logs(call: Call) -> dict[str, Any]:
    with call.shared.views.of(call.run()) as view:
        return {"files": [file_json(view, file) for file in view.logs()]}


def _log(call: Call) -> dict[str, Any]:
    folder, name, asked = call.run(), call.path["path"], call.query
    safe_path(folder.logs, name)
    os.close(open_below(folder.path, f"logs/{name}"))  # no link anywhere on the way
    with call.shared.views.of(folder) as view:
        part = view.read_log(
            name, asked["from"], asked["limit"], before=asked["before"], raw=asked["raw"]
        )
    return jsonable(part)  # type: ignore[no-any-return]  # a dict stays one


ENDPOINTS = [
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/logs",
        _logs,
        "The log files, the newest first",
        obj(files=many(ref("File"))),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/logs/{path}",
        _log,
        "A piece of a log; its last lines if nothing else is asked for",
        ref("LogPart"),
        query=(
            Whole("from", "Begin at this byte.", high=2**53),
            Whole("before", "The lines that end at this byte.", high=2**53),
            Whole("limit", "How many bytes at most.", 65_536, low=1, high=1_000_000),
            Flag("raw", "As it was written, and not as a terminal would show it."),
        ),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/files",
        _files,
        "The files that a run keeps",
        obj(files=many(ref("File"))),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/files/{path}",
        _file,
        "A file by its path in the run, such as outputs/model.pkl or logs/user_log.txt; parts by Range",
        ("text/plain", *PICTURES, BYTES),
        query=(Flag("download", "To be saved, whatever it is."),),
        refusals=(416,),
    ),
    Endpoint(
        "GET",
        "runs/{workspace}/{run}/files.zip",
        _zip,
        "All files that a run keeps, as one zip file",
        (ZIP,),
        refusals=(413,),
    ),
]
