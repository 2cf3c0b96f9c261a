"""The endpoints: read the arguments, have the work done in a thread, answer in JSON.

================================  ==================================================================
``GET jupyter-runs/api/health``   that this extension is here, its version, and the page to open
``GET jupyter-runs/api/runs``     the newest runs; ``limit`` (how many), ``after`` (id of the last one
                                  that the caller has)
``GET jupyter-runs/…``            the page of a workspace, experiment or run: for now JupyterLab with the
                                  runs panel open
================================  ==================================================================

All need the server's own login. An error is answered as ``{"message": …}`` with its status.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from jupyter_runs.errors import RunsError
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from .app import RunsApp

    T = TypeVar("T")

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class QueryError(RunsError):
    """An argument in a request's query makes no sense."""


class RunsAPIHandler(APIHandler):
    """What all endpoints share."""

    # a panel that polls is nobody at work: it must not keep an idle server from being culled
    _track_activity = False

    def initialize(self, app: RunsApp) -> None:
        """Keep the extension, which tornado hands in."""
        self.app = app

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Do work that reads files off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.app.pool, work, *args)

    def answer(self, data: dict[str, Any]) -> None:
        """Answer with strict JSON: no NaN, which browsers refuse."""
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(data, allow_nan=False, ensure_ascii=False))

    def log_exception(self, *exc_info: Any) -> None:
        """Spare the log the traceback of a caller's mistake."""
        if not isinstance(exc_info[1], RunsError):
            super().log_exception(*exc_info)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Give our own errors their status; tornado calls this for whatever a handler raised."""
        error = kwargs.get("exc_info", (None, None))[1]
        super().send_error(getattr(error, "http_status", status_code), **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Turn whatever was raised into an answer; the one place where that happens."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, RunsError):
            message = str(error)
        elif isinstance(error, web.HTTPError) and error.log_message:
            message = error.log_message
        elif status_code >= 500:
            message = "The server could not answer; its log says why."
        else:
            message = self._reason
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": message}))

    def whole_number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a query argument that is a whole number within bounds."""
        text = self.get_query_argument(name, str(default))
        if re.fullmatch(r"[0-9]{1,9}", text) and low <= int(text) <= high:
            return int(text)
        raise QueryError(f"{name}={shown(text, 40)} is not a whole number from {low} to {high}.")

    def run_id(self, name: str) -> str | None:
        """Return a query argument that is a run's id, None where there is none."""
        text = self.get_query_argument(name, "")
        if not text or RUN_ID.fullmatch(text):
            return text or None
        raise QueryError(
            f"{name}={shown(text, 40)} is not the id of a run: letters, digits, '_' and '-', 100 at most."
        )


class HealthHandler(RunsAPIHandler):
    """Says that the extension is here."""

    @web.authenticated
    async def get(self) -> None:
        """Answer with the version and the page that shows runs, relative to the base URL."""
        from jupyter_runs import VERSION

        page = "jupyter-runs" if self.app.has_lab() else None
        self.answer({"name": "jupyter-runs", "version": VERSION, "page": page})


class RunsHandler(RunsAPIHandler):
    """The newest runs."""

    @web.authenticated
    async def get(self) -> None:
        """Answer with one page of runs, newest first."""
        most = self.app.max_page_size
        limit = self.whole_number("limit", min(self.app.page_size, most), 1, most)
        after = self.run_id("after")
        self.answer(await self.in_thread(self.app.newest.page, limit, after))


class PageHandler(JupyterHandler):
    """The addresses that `get_portal_url` gives; they stay when pages of their own stand there."""

    @web.authenticated
    async def get(self, path: str | None) -> None:
        """Open JupyterLab with its runs panel, and point at the run that the address ends with."""
        parts = (path or "").strip("/").split("/")
        run = parts[-1] if parts[-2:-1] == ["runs"] and RUN_ID.fullmatch(parts[-1]) else ""
        self.redirect(url_path_join(self.base_url, "lab") + f"?jupyter-run={run}")
