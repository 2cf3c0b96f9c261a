"""The web page that shows runs without JupyterLab: one document for all addresses, and the files it is made of.

Scripts and styles are built from ``labextension/`` into ``static/``. Everything in the document is relative to its own
address, so that a proxy may put anything before it.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

if TYPE_CHECKING:
    from collections.abc import Callable

STATIC = Path(__file__).parent / "static"
PARTS = ("theme.js", "portal.js", "style.css")
_PART = re.compile(r"\w+(\.\w+)+", re.ASCII)  # one flat folder: no way down, and none up
# addresses that there are; what is named there may still be missing, which the page says
_KNOWN = re.compile(
    r"jupyter-runs(/(compare|compute|trash|workspaces/[^/]+(/(runs|experiments)/[^/]+)?)?)?/?",
    re.ASCII,
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "frame-ancestors 'self'; form-action 'none'; base-uri 'none'"
)
_DOCUMENT = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Runs</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="{icon}">
<script src="{theme.js}"></script>
<link rel="stylesheet" href="{style.css}">
<script id="jupyter-runs-config" type="application/json">{config}</script>
<script defer src="{portal.js}"></script>
</head>
<body>
<noscript>This page shows runs with JavaScript, which is switched off in this browser.</noscript>
<div id="jp-portal"></div>
</body>
</html>
"""
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%231976d2' "
    "stroke-width='2.4' stroke-linecap='round' stroke-linejoin='round'%3E%3Cpath d='M3.5 3.5v17h17'/%3E"
    "%3Cpath d='M7 7c1 6 3.2 8.6 5.6 8.6S16 12 20.5 11'/%3E%3C/svg%3E"
)
_UNBUILT = "The web page is not built. In a clone of the repository: cd labextension && jlpm install && jlpm build"


def is_built() -> bool:
    """Tell whether the page's files are there; in a source tree they have to be built."""
    return all((STATIC / part).is_file() for part in PARTS)


class _Guarded(JupyterHandler):
    """Behind Jupyter's own login, and with headers as strict as the page allows."""

    auth_resource = "jupyter_runs"

    @property
    def content_security_policy(self) -> str:
        """What the page may load and do: its own parts, and nothing from elsewhere."""
        return POLICY

    def set_default_headers(self) -> None:
        """Add ours: no address of ours is told to others."""
        super().set_default_headers()
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 - as it is called
        """Say what is wrong in plain words: Jupyter's own error page has the token in it."""
        error = kwargs.get("exc_info", (None, None))[1]
        told = error.log_message if isinstance(error, web.HTTPError) else None
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(f"{told or self._reason}\n")


class PageHandler(_Guarded):
    """The document, at each address below ``jupyter-runs/`` that is not the API's."""

    def initialize(self, has_lab: Callable[[], bool]) -> None:
        """Keep what tells whether JupyterLab is served too, which tornado hands in."""
        self.has_lab = has_lab

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with the document."""
        if self.get_query_argument("token", None) is not None:
            self._drop_token()
            return
        if not is_built():
            raise web.HTTPError(503, _UNBUILT)
        self.xsrf_token  # noqa: B018 - sets the cookie that requests to the API have to show
        # as it was sent: a name may have a slash in it that is escaped
        self.set_status(200 if _KNOWN.fullmatch(self._below()) else 404)
        self.set_header("Cache-Control", "no-store")
        await self.finish(self._document())

    def _document(self) -> str:
        root = self._root()
        links = {part: f"{root}jupyter-runs/static/{part}?v={_version(part)}" for part in PARTS}
        # a script element ends at its first end tag, whatever stands around it
        config = json.dumps({"root": root, "lab": self.has_lab()}).replace("<", "\\u003c")
        text = _DOCUMENT.replace("{config}", config).replace("{icon}", escape(_ICON))
        for part, link in links.items():
            text = text.replace(f"{{{part}}}", escape(link))
        return text

    def _root(self) -> str:
        """Return the way from this address to the base URL, such as ``../../``."""
        return "../" * self._below().count("/") or "./"

    def _below(self) -> str:
        return self.request.path[len(self.base_url) :]

    def _drop_token(self) -> None:
        """Lead to the same address without the token: it is in a cookie now, and not in the history."""
        query = [
            (name, value.decode("utf-8", "replace"))
            for name, values in self.request.query_arguments.items()
            for value in values
            if name != "token"
        ]
        last = self.request.path.rpartition("/")[2]
        self.redirect(f"./{last}" + (f"?{urlencode(query)}" if query else ""))


class StaticHandler(_Guarded, web.StaticFileHandler):
    """Scripts and styles of the page."""

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:  # type: ignore[override]  # `include_body` is for HEAD alone
        """Send a file; one that is asked for by its version may be kept for ever."""
        if not _PART.fullmatch(path):
            raise web.HTTPError(404)
        await web.StaticFileHandler.get(self, path)

    def compute_etag(self) -> str:
        """Return a tag that changes with the file."""
        return f'"{_version(Path(self.absolute_path or "").name)}"'

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 - as it is called
        """Have it asked for again where no version was named."""
        if "v" not in self.request.arguments:
            self.set_header("Cache-Control", "no-cache")


def _version(part: str) -> str:
    told = (STATIC / part).stat()
    return _digest(STATIC / part, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=16)
def _digest(path: Path, *_told: int) -> str:
    # by content: installers may give files of two versions the same time
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def routes(has_lab: Callable[[], bool]) -> list[tuple[str, Any, dict[str, Any]]]:
    """Return the page's routes; they go after the API's."""
    return [
        (r"/jupyter-runs/static/(.*)", StaticHandler, {"path": str(STATIC)}),
        (r"/jupyter-runs(?:/.*)?", PageHandler, {"has_lab": has_lab}),
    ]
