"""Where a person can look at runs in a browser, if anywhere: a link is given only while it works."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT = 0.3
KEPT_SECONDS = 30.0

_lock = threading.Lock()
_kept: tuple[float, Optional[str]] = (-KEPT_SECONDS, None)


def portal_base() -> Optional[str]:
    """Return the address of a running server's page that shows runs, None where there is none.

    The servers of this user on this machine are asked (0.3 s at most each, answers are kept for
    30 s). The server that started this kernel comes first. The address carries no token, so it
    opens for who is logged in, and nobody else.

    Returns
    -------
    str or None
        For example ``http://localhost:8888/user/ada/jupyter-runs``.
    """
    global _kept
    with _lock:
        asked, address = _kept
        if time.monotonic() - asked >= KEPT_SECONDS:
            address = next(_addresses(), None)
            _kept = (time.monotonic(), address)
        return address


def forget() -> None:
    """Ask again at the next call; for a server that has just been started or stopped."""
    global _kept
    with _lock:
        _kept = (-KEPT_SECONDS, None)


def _addresses() -> Iterator[str]:
    for server in _servers():
        try:
            page = _ask(server).get("page")
        except (OSError, ValueError, AttributeError):
            continue  # no answer, or no JSON object: not one of ours
        if isinstance(page, str):
            yield str(server["url"]) + page


def _servers() -> list[dict[str, Any]]:
    """Return what the running servers say of themselves, the likeliest first."""
    try:
        from jupyter_server.serverapp import list_running_servers
    except ImportError:  # a kernel's environment need not have a server
        return []
    parent = os.environ.get("JPY_PARENT_PID")
    try:
        found = [server for server in list_running_servers() if isinstance(server.get("url"), str)]
    except (OSError, ValueError, AttributeError):
        return []
    return sorted(
        (server for server in found if server["url"].startswith(("http://", "https://"))),
        key=lambda server: str(server.get("pid")) != parent,
    )


def _ask(server: dict[str, Any]) -> Any:
    # the token goes to its own server in a header, and nowhere else
    request = urllib.request.Request(  # noqa: S310 - http(s) by _servers
        server["url"] + "jupyter-runs/api/health",
        headers={"Authorization": f"token {server.get('token', '')}"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    with opener.open(request, timeout=TIMEOUT) as answer:
        return json.loads(answer.read(10_000))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect leads to a login page or elsewhere, and would take the token along."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none."""
