"""All endpoints there are, and where tornado finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import about, actions, again, charts, compare, compute, files, run, runs, snapshot, trash
from .handlers import EndpointHandler

if TYPE_CHECKING:
    from .app import RunsApp
    from .endpoint import Endpoint

_TOPICS = (about, runs, run, charts, files, snapshot, actions, again, compare, compute, trash)
ENDPOINTS: list[Endpoint] = [one for topic in _TOPICS for one in topic.ENDPOINTS]
_LONG = frozenset({"path", "key", "name"})  # may have slashes in them


def routes(app: RunsApp) -> list[tuple[str, Any, dict[str, Any]]]:
    """Return a route for each address, those that say more before those that may hold anything."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return [
        (
            rf"/jupyter-runs/api/{_pattern(path)}/?"
            if "." not in path
            else rf"/jupyter-runs/api/{_pattern(path)}",
            EndpointHandler,
            {"app": app, "endpoints": methods},
        )
        for path, methods in by_path.items()
    ] + [(r"/jupyter-runs/api/.*", EndpointHandler, {"app": app, "endpoints": {}})]


def _pattern(path: str) -> str:
    parts = []
    for part in path.split("/"):
        if part.startswith("{"):
            parts.append("(.+)" if part[1:-1] in _LONG else "([^/]+)")
        else:
            parts.append(part.replace(".", r"\."))
    return "/".join(parts)
