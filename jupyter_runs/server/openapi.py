"""The OpenAPI document, made from the same endpoints that are mounted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .schemas import NAME, SCHEMAS, ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .endpoint import Endpoint

_WORDS = {
    400: "What was asked for makes no sense.",
    403: "Not without a login, or not allowed.",
    404: "It is not there (any more).",
    405: "This address has no such method.",
    409: "It contradicts what already stands.",
    413: "It is larger than this server's settings allow.",
    416: "The file has no such part.",
}
_PATH = {
    "workspace": {"type": "string", "minLength": 1, "maxLength": 255},
    "run": {"type": "string", "pattern": f"^{NAME}$"},
    "index": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    "item": {"type": "string", "minLength": 1, "maxLength": 255},
}
_ANY = {"type": "string", "minLength": 1}


def document(
    endpoints: Iterable[Endpoint], settings: Mapping[str, int], base_url: str, version: str
) -> dict[str, Any]:
    """Return the document.

    Parameters
    ----------
    endpoints
        All of them.
    settings
        The server's limits, which some arguments are bound by.
    base_url
        The server's.
    version
        Of this package.
    """
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        told = paths.setdefault(f"/{endpoint.path}", {})
        told[endpoint.method.lower()] = _operation(endpoint, settings)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jupyter_runs",
            "version": version,
            "description": "Runs of this machine. Times are seconds since 1970 (UTC), durations are seconds.",
        },
        "servers": [{"url": f"{base_url.rstrip('/')}/jupyter-runs/api"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`token …`; or the cookie of a login, with X-XSRFToken where something is changed.",
                }
            },
        },
    }


def _operation(endpoint: Endpoint, settings: Mapping[str, int]) -> dict[str, Any]:
    at_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _PATH.get(name, _ANY),
        }
        for name in endpoint.names
    ]
    in_query = [
        {
            "name": param.name,
            "in": "query",
            "description": param.about,
            "required": param.required,
            "schema": param.schema(settings),
        }
        for param in endpoint.query
    ]
    found: dict[str, Any] = {
        "operationId": f"{endpoint.method.lower()}-{endpoint.path.replace('{', '').replace('}', '').replace('/', '-')}",
        "tags": [endpoint.topic],
        "summary": endpoint.about,
        "parameters": [*at_path, *in_query],
        "responses": {str(endpoint.status): _answer(endpoint), **_refusals(endpoint)},
    }
    if endpoint.body is not None:
        content = {"application/json": {"schema": endpoint.body}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    if isinstance(endpoint.answer, dict):
        content: dict[str, Any] = {"application/json": {"schema": endpoint.answer}}
    else:
        content = {media: {"schema": {"type": "string"}} for media in endpoint.answer}
    found: dict[str, Any] = {"description": endpoint.about, "content": content}
    if endpoint.headers:
        found["headers"] = {
            name: {"description": about, "required": True, "schema": {"type": "string"}}
            for name, about in endpoint.headers
        }
    return found


def _refusals(endpoint: Endpoint) -> dict[str, Any]:
    statuses = {400, 403, *endpoint.refusals}
    if endpoint.names:
        statuses.add(404)
    if endpoint.body is not None:
        statuses.add(413)
    error = {"application/json": {"schema": ref("Error")}}
    found: dict[str, Any] = {
        str(status): {"description": _WORDS[status], "content": error}
        for status in sorted(statuses)
    }
    in_parts = 416 in endpoint.refusals
    if in_parts:
        found["206"] = {**_answer(endpoint), "description": "The part that Range asks for."}
    if in_parts or (endpoint.method == "GET" and isinstance(endpoint.answer, dict)):
        found["304"] = {"description": "Nothing has changed since the answer with that ETag."}
    return found
