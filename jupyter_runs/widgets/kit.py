"""Small parts that every tab uses: plain HTML widgets and shared layouts."""

from __future__ import annotations

from typing import Any

import bqplot
import ipywidgets

_shared: dict[tuple[tuple[str, str], ...] | str, Any] = {}


def _living(key: tuple[tuple[str, str], ...] | str, make: Any) -> Any:
    """Return what is shared under a key; made anew when somebody has closed it (`Widget.close_all`)."""
    found = _shared.get(key)
    if found is None or found.comm is None:
        found = _shared[key] = make()
    return found


def layout(**settings: str) -> Any:
    """Return a layout; the same settings give the same object, so it is sent to the page once."""
    return _living(tuple(sorted(settings.items())), lambda: ipywidgets.Layout(**settings))


def _style() -> Any:
    return _living("style", lambda: ipywidgets.HTML(layout=layout()).style)


def unit_scale() -> Any:
    """Return a scale from 0 to 1, which each figure wants twice for what has a place on it."""
    return _living("unit", lambda: bqplot.LinearScale(min=0, max=1, allow_padding=False))


def html(*classes: str, value: str = "") -> Any:
    """Return a widget of HTML; whoever sets its value escapes what came from strangers."""
    return ipywidgets.HTML(value=value, layout=layout(), style=_style(), _dom_classes=classes)


def box(*children: Any, classes: tuple[str, ...] = ()) -> Any:
    """Return a box; the style sheet lays it out."""
    return ipywidgets.Box(children=list(children), layout=layout(), _dom_classes=classes)


def button(text: str, tip: str, *classes: str) -> Any:
    """Return a button with a text."""
    return ipywidgets.Button(
        description=text, tooltip=tip, layout=layout(), _dom_classes=("jpr-button", *classes)
    )


def close_all(widget: Any) -> None:
    """Close a widget and all within it, but for what others share."""
    parts = [*getattr(widget, "children", ())]
    if isinstance(widget, bqplot.Figure):
        parts += [*widget.marks, *widget.axes]
        parts += [scale for mark in widget.marks for scale in mark.scales.values()]
        parts += [widget.scale_x, widget.scale_y]
    parts += [getattr(widget, name, None) for name in ("body", "style", "layout")]
    shared = list(_shared.values())
    for part in parts:
        if isinstance(part, ipywidgets.Widget) and part not in shared:
            close_all(part)
    widget.close()
