"""The root of what `show()` displays: it holds the body, and runs what the browser does alone.

ipywidgets and bqplot draw everything. What they can't do without asking the kernel (values under the
pointer, a zoom box, hiding a line, the clock, copying, sorting) is a little JavaScript in `browser/`,
carried by anywidget. It also keeps the body alive when Lab renders the output anew, which it does each
time the static picture in the output is renewed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

_HERE = Path(__file__).parent / "browser"
# in the order in which they build on each other: together they are one module
_PARTS = ("format", "ticks", "body", "charts", "grow", "pointer", "page", "stage")


def _script() -> str:
    return "\n".join((_HERE / f"{part}.js").read_text("utf-8") for part in _PARTS)


class Stage(anywidget.AnyWidget):  # type: ignore[misc]
    """Holds the body of a widget and talks with its page.

    Attributes
    ----------
    body
        The widget with everything that is seen.
    charts
        What the page must know of each chart, by the id of its card: ids of the models of its scales,
        axes and lines, and how to label them.
    clock
        ``updated`` (epoch seconds), ``elapsed`` and ``left`` (seconds, or None), ``active``.
    sight
        Set by the page: ids of the cards in sight.
    ui
        Set by the page: what it must find again after a reload (how tables are sorted).
    """

    _esm = _script()
    _css = (_HERE / "style.css").read_text("utf-8")

    body = traitlets.Instance(ipywidgets.Widget).tag(sync=True, **ipywidgets.widget_serialization)
    charts: Any = traitlets.Dict().tag(sync=True)
    clock: Any = traitlets.Dict().tag(sync=True)
    sight: Any = traitlets.List().tag(sync=True)
    ui: Any = traitlets.Dict().tag(sync=True)
