"""From a request to an endpoint's function and back: arguments read and checked, work done in a thread, errors answered.

All need the server's own login. An error is answered as ``{"message": …}`` with its status.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any, TypeVar

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

from jupyter_runs.errors import RunsError
from jupyter_runs.journal.errors import shown

from .endpoint import BYTES, JSON, Call, Endpoint, NoSuchPartError, Sent, SentFile, TooLargeError
from .params import QueryError
from .schemas import whole
from .sending import FILE_POLICY, disposition, pieces, range_of, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .app import RunsApp

    T = TypeVar("T")

# what goes on by itself is no change; that it is known, or no longer, is one
_LIVE = frozenset({"elapsed", "eta"})


class EndpointHandler(APIHandler):
    """All methods of one address."""

    # a panel that polls is nobody at work: it must not keep an idle server from being culled
    _track_activity = False
    auth_resource = "jupyter_runs"

    def initialize(self, app: RunsApp, endpoints: Mapping[str, Endpoint]) -> None:
        """Keep the extension and the endpoints by method, which tornado hands in."""
        self.app = app
        self.endpoints = endpoints

    def compute_etag(self) -> str | None:
        """Leave it to us."""
        return None

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Do work that reads files off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.app.pool, work, *args)

    @web.authenticated
    @authorized
    async def get(self, *path: str) -> None:
        """Answer."""
        await self._do(path)

    @web.authenticated
    @authorized
    async def post(self, *path: str) -> None:
        """Do what is asked for."""
        await self._do(path)

    @web.authenticated
    @authorized
    async def delete(self, *path: str) -> None:
        """Delete for good."""
        await self._do(path)

    async def _do(self, path: tuple[str, ...]) -> None:
        endpoint = self.endpoints.get(self.request.method or "")
        if not self.endpoints:
            raise web.HTTPError(404)
        if endpoint is None:
            raise web.HTTPError(405)
        call = self._call(endpoint, path)
        answer = await self.in_thread(endpoint.do, call)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        if isinstance(answer, SentFile):
            await self._send_file(answer)
        elif isinstance(answer, Sent):
            await self._send(answer)
        else:
            await self._send_json(endpoint, answer)

    # -- arguments

    def _call(self, endpoint: Endpoint, path: tuple[str, ...]) -> Call:
        settings = self.app.limits
        query = {
            param.name: param.read(self.get_query_arguments(param.name, strip=False), settings)
            for param in endpoint.query
        }
        if any("\0" in part for part in path):
            raise QueryError("the address has a NUL in it")
        return Call(
            shared=self.app.shared,
            path=dict(zip(endpoint.names, path, strict=True)),
            query=query,
            body=self._body(endpoint),
            base_url=self.base_url,
            user=getattr(self.current_user, "username", "") or "",
        )

    def _body(self, endpoint: Endpoint) -> Any:
        raw = self.request.body
        if endpoint.body is None:
            return None
        most = self.app.max_body_bytes
        if len(raw) > most:
            raise TooLargeError(f"{len(raw):,} bytes were sent, and {most:,} is the most")
        try:
            body = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise QueryError(f"what was sent is no JSON: {shown(str(error), 100)}") from None
        wrong = best_match(Draft202012Validator(whole(endpoint.body)).iter_errors(body))
        if wrong is not None:
            where = "/".join(str(part) for part in wrong.absolute_path) or "what was sent"
            raise QueryError(f"{shown(where, 60).strip(chr(39))}: {_cut(wrong.message)}")
        return body

    # -- answers

    async def _send_json(self, endpoint: Endpoint, data: Any) -> None:
        text, tag = await self.in_thread(_encoded, data)
        self.set_header("Cache-Control", "no-store")
        self.set_status(endpoint.status)
        if endpoint.method == "GET":
            self.set_header("Etag", tag)
            if self._known(tag):
                return
        await self.finish(text)

    def _known(self, tag: str) -> bool:
        """Answer 304 if who asks has what there is."""
        told = self.request.headers.get("If-None-Match", "")
        if tag not in [one.strip() for one in told.split(",")]:
            return False
        self.set_status(304)
        self.finish()
        return True

    async def _send(self, answer: Sent) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", FILE_POLICY)
        for name, value in answer.headers.items():
            self.set_header(name, value)
        if answer.name:
            self.set_header("Content-Disposition", disposition(answer.name, attachment=True))
        if isinstance(answer.data, bytes):
            await self.finish(answer.data, set_content_type=answer.media)
        else:
            await self._stream(answer.data, answer.media)

    async def _send_file(self, answer: SentFile) -> None:
        with answer.file as file:
            told = await self.in_thread(lambda: _stat(file))
            size, modified = told
            media, attachment = type_of(answer.name)
            tag = f'"{modified:x}-{size:x}"'
            self.set_header("Cache-Control", "private, no-cache")
            self.set_header("Content-Security-Policy", FILE_POLICY)
            self.set_header("Accept-Ranges", "bytes")
            self.set_header("Etag", tag)
            attachment = attachment or answer.download
            self.set_header("Content-Disposition", disposition(answer.name, attachment=attachment))
            if self._known(tag):
                return
            headers = self.request.headers
            asked = headers.get("Range") if headers.get("If-Range", tag) == tag else None
            part = range_of(asked, size)
            if part is None:
                raise NoSuchPartError(size)
            start, end = part
            if asked and (start, end) != (0, size):
                self.set_status(206)
                self.set_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
            self.set_header("Content-Length", str(end - start))
            await self._stream(pieces(file, start, end), media)

    async def _stream(self, data: Iterator[bytes], media: str) -> None:
        self.set_header("Content-Type", media)
        done = b""
        try:
            while (piece := await self.in_thread(next, data, done)) is not done:
                self.write(piece)
                await self.flush()
            await self.finish(set_content_type=media)
        except StreamClosedError:  # who asked has gone
            pass
        finally:
            close = getattr(data, "close", None)
            if close is not None:
                await self.in_thread(close)

    # -- errors

    def log_exception(self, *exc_info: Any) -> None:
        """Spare the log the traceback of a caller's mistake."""
        if not isinstance(exc_info[1], (RunsError, FileNotFoundError)):
            super().log_exception(*exc_info)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Give our own errors their status; tornado calls this for whatever a handler raised."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, FileNotFoundError):
            status_code = 404
        super().send_error(getattr(error, "http_status", status_code), **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Turn whatever was raised into an answer; the one place where that happens."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, RunsError):
            message = str(error)
        elif isinstance(error, FileNotFoundError):
            # one of ours says what is missing; the system's tells where it lies
            message = str(error) if error.errno is None else "it is not there (any more)"
        elif isinstance(error, web.HTTPError) and error.log_message:
            message = error.log_message
        elif status_code >= 500:
            message = "The server could not answer; its log says why."
        else:
            message = self._reason
        message = message.encode("utf-8", "replace").decode()
        if status_code == 405:
            self.set_header("Allow", ", ".join(self.endpoints))
        if isinstance(error, NoSuchPartError):
            self.set_header("Content-Range", f"bytes */{error.size}")
        self.finish(json.dumps({"message": message}), set_content_type=JSON)


def _encoded(data: Any) -> tuple[str, str]:
    """Return strict JSON (no NaN, which browsers refuse), and a tag that changes when what it says does."""
    text = json.dumps(data, allow_nan=False, ensure_ascii=False)
    lasting = json.dumps(_lasting(data), ensure_ascii=False)
    digest = hashlib.sha256(lasting.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return text.encode("utf-8", "replace").decode(), f'W/"{digest}"'


def _lasting(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: value is not None if key in _LIVE else _lasting(value)
            for key, value in data.items()
        }
    if isinstance(data, list) and data and isinstance(data[0], (dict, list)):
        return [_lasting(value) for value in data]
    return data


def _stat(file: Any) -> tuple[int, int]:
    import os

    told = os.fstat(file.fileno())
    return told.st_size, told.st_mtime_ns


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _cut(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"


__all__ = ["BYTES", "EndpointHandler"]
