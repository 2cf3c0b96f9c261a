"""A card that needs no axes: a confusion matrix, a table, texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from jupyter_runs.views.format import escape

from .html_parts import matrix_html, parallel_html, rows_html, texts_html
from .kit import html, layout

if TYPE_CHECKING:
    from jupyter_runs.views.model import Chart


class HtmlCard:
    """Draws a `Chart` of kind "matrix", "table" or "text"."""

    window = None

    def __init__(self, ident: str) -> None:
        self.ident = ident
        self.info: dict[str, Any] = {}
        self._head = html("jpr-card-head")
        self._value = html("jpr-card-value")
        self._body = html("jpr-card-body")
        self._foot = html("jpr-card-foot")
        self.box = ipywidgets.VBox(
            children=[self._head, self._value, self._body, self._foot], layout=layout()
        )
        self.box._dom_classes = ("jpr-card", f"jpr-card-{ident}")

    def update(self, chart: Chart) -> None:
        """Show the chart as it is now."""
        self.box._dom_classes = ("jpr-card", f"jpr-card-{self.ident}", f"jpr-card-of-{chart.kind}")
        title = f'<span class="jpr-card-title" title="{escape(chart.description or chart.key)}">'
        self._head.value = f"{title}{escape(chart.title)}</span>"
        self._value.value = (
            f"<b>{escape(chart.last_text)}</b>" if chart.kind != "text" and chart.last_text else ""
        )
        self._body.value = self._body_html(chart)
        self._foot.value = f'<span class="jpr-badge">{escape(chart.badge)}</span>'

    def _body_html(self, chart: Chart) -> str:
        if chart.parallel is not None:
            return parallel_html(chart)
        if chart.matrix is not None:
            return matrix_html(chart.matrix)
        if chart.table is not None:
            return rows_html(chart.table, keep=f"table-{self.ident}")
        return texts_html(chart.texts, keep=f"texts-{self.ident}")

    def close(self) -> None:
        """Close the card's widgets."""
        for widget in (self._head, self._value, self._body, self._foot, self.box):
            widget.close()
