"""That this extension is here, and what it answers."""

from __future__ import annotations

from typing import Any

from .endpoint import Call, Endpoint
from .schemas import MAYBE, TEXT, obj


def _health(call: Call) -> dict[str, Any]:
    """Answer with the version and the page that shows runs, relative to the base URL."""
    from jupyter_runs import VERSION

    return {"name": "jupyter-runs", "version": VERSION, "page": call.shared.page}


def _document(call: Call) -> dict[str, Any]:
    from jupyter_runs import VERSION

    from .openapi import document
    from .table import ENDPOINTS

    return document(ENDPOINTS, call.shared.settings, call.base_url, VERSION)


ENDPOINTS = [
    Endpoint(
        "GET",
        "health",
        _health,
        "That this extension is here, its version, and the page to open",
        obj(name=TEXT, version=TEXT, page=MAYBE),
    ),
    Endpoint("GET", "openapi.json", _document, "This document", {"type": "object"}),
]
