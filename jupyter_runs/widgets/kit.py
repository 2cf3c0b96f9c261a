"""Small parts that every tab uses: plain HTML widgets and shared layouts."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import ipywidgets


@lru_cache(maxsize=64)
def layout(**settings: str) -> Any:
    """Return a layout; the same settings give the same object, so it is sent to the page once."""
    return ipywidgets.Layout(**settings)


@lru_cache(maxsize=1)
def _style() -> Any:
    return ipywidgets.HTML().style


def html(*classes: str, value: str = "") -> Any:
    """Return a widget of HTML; whoever sets its value escapes what came from strangers."""
    widget = ipywidgets.HTML(value=value, layout=layout(), style=_style())
    widget._dom_classes = classes
    return widget


def box(*children: Any, classes: tuple[str, ...] = ()) -> Any:
    """Return a box; the style sheet lays it out."""
    widget = ipywidgets.Box(children=list(children), layout=layout())
    widget._dom_classes = classes
    return widget


def button(text: str, tip: str, *classes: str) -> Any:
    """Return a button with a text."""
    widget = ipywidgets.Button(description=text, tooltip=tip, layout=layout())
    widget._dom_classes = ("jpr-button", *classes)
    return widget
