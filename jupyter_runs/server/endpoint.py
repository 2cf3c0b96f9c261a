"""What an endpoint is: its address, what it takes and what it answers, and the function that does the work.

Handlers and the OpenAPI document are both made from these, so that they can't differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_runs.errors import RunsError
from jupyter_runs.journal import check_run_id
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyter_runs.journal import RunFolder

    from .params import Param
    from .shared import Shared

JSON = "application/json"
BYTES = "application/octet-stream"
Schema = dict[str, Any]


class TooLargeError(RunsError):
    """What was sent, or asked for, is larger than this server's settings allow."""

    http_status = 413


class NoSuchPartError(RunsError):
    """A part of a file was asked for that it does not have."""

    http_status = 416

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size:,} bytes")
        self.size = size


@dataclass(frozen=True)
class Endpoint:
    """One method of one address.

    Parameters
    ----------
    method, path
        Such as ``"GET"`` and ``"runs/{workspace}/{run}"``, below ``jupyter-runs/api/``.
    do
        Does the work, in a thread; what it raises becomes the answer.
    about
        One line.
    answer
        Schema of the JSON that is answered; the media types, where it is something else.
    query
        What may stand behind the ``?``.
    body
        Schema of the JSON that must be sent.
    status
        Of a good answer.
    refusals
        Statuses that it may be refused with, beside those of all: 400, 403, 404 with anything in the path.
    headers
        Headers of a good answer: the name, and what it says.
    """

    method: str
    path: str
    do: Callable[[Call], Any]
    about: str
    answer: Schema | tuple[str, ...]
    query: tuple[Param, ...] = ()
    body: Schema | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> list[str]:
        """The variables in the path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def topic(self) -> str:
        """What it is about, for the document."""
        return self.path.split("/")[0].partition(".")[0]


@dataclass(frozen=True)
class Call:
    """One request, its arguments read and checked."""

    shared: Shared
    path: Mapping[str, str]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    base_url: str = "/"
    user: str = ""

    def run(self) -> RunFolder:
        """Return the run that the path names.

        Raises
        ------
        RunsError
            If there is none.
        """
        return self.shared.run(self.path["workspace"], self.path["run"])


@dataclass(frozen=True)
class Sent:
    """An answer that is no JSON: bytes, or pieces as they are made.

    Parameters
    ----------
    data
        Sent piece by piece, each made in a thread.
    media
        Their type.
    name
        What a browser saves it as; "" for what is no file.
    headers
        More headers.
    """

    data: bytes | Iterator[bytes]
    media: str = BYTES
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SentFile:
    """A file, of which a part may be asked for; it is closed when it has been sent.

    Parameters
    ----------
    file
        Opened to read.
    name
        Its name, which says what type it is.
    """

    file: BinaryIO
    name: str
    download: bool = False


def run_of(text: str) -> tuple[str, str]:
    """Return workspace and id of a run that is named ``workspace/id``.

    Raises
    ------
    RunsError
        If it is not.
    """
    workspace, slash, run = text.partition("/")
    if not slash:
        raise RunsError(f"{shown(text)} names no run: give workspace/id")
    return workspace, check_run_id(run)
