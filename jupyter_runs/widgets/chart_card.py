"""A card with one chart that has lines: title, legend, last value, plot, badge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import bqplot
import ipywidgets
import numpy as np

from jupyter_runs.views.format import escape
from jupyter_runs.views.theme import GREY, PALETTE

from .drawn import DOTS_UP_TO, MARKS_SENT, Drawn
from .html_parts import rows_html, texts_html
from .kit import html, layout, unit_scale

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyter_runs.views.model import Chart, Floats, Line

    from .curve import Growth

HEIGHT, TALLER = "150px", "196px"  # shares and distributions want a plot that is less flat
ARROWS = {"up": "↑", "down": "↓"}


def line_color(index: int) -> str:
    """Return the colour of the line with this number."""
    return PALETTE[index % len(PALETTE)]


def _is_log(chart: Chart, log_y: bool) -> bool:
    return log_y and chart.frame is None and any(np.any(line.y > 0) for line in chart.lines)


def _extent(parts: Sequence[Floats]) -> tuple[float, float] | None:
    low, high = math.inf, -math.inf
    for part in parts:
        finite = part[np.isfinite(part)]
        if len(finite):
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low <= high else None


def _y_frame(lines: Sequence[Line], log: bool) -> tuple[float, float]:
    parts = [p for line in lines for p in (line.y, line.faint) if p is not None]
    if log:
        extent = _extent([part[part > 0] for part in parts]) or (1.0, 10.0)
        margin = max((extent[1] / extent[0]) ** 0.05, 1.05)
        return extent[0] / margin, extent[1] * margin
    low, high = _extent(parts) or (0.0, 1.0)
    margin = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    low, high = low - margin, high + margin
    return (low, high) if math.isfinite(low) and math.isfinite(high) else (-1e308, 1e308)


def _x_frame(chart: Chart) -> tuple[float, float]:
    marked = [np.array([x for x, _ in line.marks], dtype=float) for line in chart.lines]
    low, high = _extent([line.x for line in chart.lines] + marked) or (0.0, 1.0)
    if low == high:
        return low - 1.0, high + 1.0
    few = max(len(line.x) for line in chart.lines) <= DOTS_UP_TO
    margin = (high - low) * (0.02 if few else 0.0)
    return low - margin, high + margin


class ChartCard:
    """Draws a `Chart` of kind "line"; keeps zoom and hidden lines while the chart grows.

    Parameters
    ----------
    ident
        Names the card for the page.
    on_zoom
        Called when the person zoomed or came back; then `window` says which part is looked at.
    """

    def __init__(self, ident: str, on_zoom: Callable[[ChartCard], None]) -> None:
        self.ident = ident
        self.window: tuple[float, float] | None = None
        self._on_zoom = on_zoom
        self._log: bool | None = None
        self._drawn: dict[str, Drawn] = {}
        self._compared: list[Any] = []
        self._hidden: set[str] = set()
        self._texts: dict[str, Any] = {}
        self._figure: Any = None
        self._frame: Any = None
        self._scale_x: Any = None
        self._scale_y: Any = None
        self._chart: Any = None
        self.info: dict[str, Any] = {}
        classes = ("jpr-card", f"jpr-card-{ident}")
        self.box = ipywidgets.VBox(layout=layout(), _dom_classes=classes)

    # -- drawing ------------------------------------------------------------------------------------

    def update(
        self, chart: Chart, *, log_y: bool = False, colors: Sequence[str] = ()
    ) -> list[Growth]:
        """Show the chart as it is now; sends only what differs, and returns what is to be sent with others."""
        log = _is_log(chart, log_y)
        if self._figure is None or log != self._log:
            self._build(log)
        grown = self._draw(chart, colors)
        parts = [
            self._text("head", self._head_html(chart)),
            self._text("value", self._value_html(chart)),
            *([self._text("y", escape(chart.y_label))] if chart.frame is not None else []),
            self._figure,
            self._text("foot", self._foot_html(chart)),
        ]
        if more := self._more_html(chart):
            parts.append(self._text("more", more))
        if list(self.box.children) != parts:
            self.box.children = parts
        self.info = self._info(chart, log)
        return grown

    def _text(self, part: str, value: str) -> Any:
        """Return the widget of a part, with this text; it is made with its first."""
        widget = self._texts.get(part)
        if widget is None:
            widget = self._texts[part] = html(f"jpr-card-{part}", value=value)
        widget.value = value
        return widget

    def _build(self, log: bool) -> None:
        was = None if self._figure is None else (self._scale_x.min, self._scale_x.max)
        self._hidden = {key for key, drawn in self._drawn.items() if not drawn.line.visible}
        self._log = log
        self._scale_x = bqplot.LinearScale(allow_padding=False)
        scale = bqplot.LogScale if log else bqplot.LinearScale
        self._scale_y = scale(allow_padding=False)
        if was is not None:
            self._scale_x.min, self._scale_x.max = was
        self._scale_x.observe(self._zoomed, ["min", "max"])
        self._axis_x = bqplot.Axis(scale=self._scale_x, grid_lines="none")
        self._axis_y = bqplot.Axis(scale=self._scale_y, side="left", grid_lines="solid")
        self._drawn = {}
        self._compared = []
        self._figure = self._frame = None  # made with what they show

    def _show(self, marks: list[Any], *, flat: bool) -> None:
        if self._figure is not None:
            if list(self._figure.marks) != marks:
                self._figure.marks = marks
            return
        self._figure = bqplot.Figure(
            marks=marks,
            scale_x=unit_scale(),
            scale_y=unit_scale(),
            axes=[self._axis_x, self._axis_y],
            fig_margin={"top": 8, "bottom": 20, "left": 50, "right": 12},
            padding_y=0.0,
            animation_duration=0,
            background_style={"fill": "none"},
            display_toolbar=False,
            layout=layout(height=HEIGHT if flat else TALLER, width="100%", min_width="0"),
            _dom_classes=("jpr-plot",),
        )

    def _draw(self, chart: Chart, colors: Sequence[str]) -> list[Growth]:
        scales = {"x": self._scale_x, "y": self._scale_y}
        drawn: dict[str, Drawn] = {}
        grown: list[Growth] = []
        for index, line in enumerate(chart.lines):
            color = colors[index] if index < len(colors) else line_color(index)
            old = self._drawn.get(line.key)
            one = old if old is not None and old.color == color else Drawn(color, scales, line)
            if line.key in self._hidden:
                one.line.visible = False
                self._hidden.discard(line.key)
            if one is not old:
                one.line.observe(self._toggled, "visible")
            grown += one.draw(line)
            drawn[line.key] = one
        self._drawn = drawn
        self._chart = chart
        self._reframe()
        # what is faint first, so that it lies under all lines
        under = [mark for one in drawn.values() for mark in one.under]
        marks = [self._frame, *under, *self._guides(chart)]
        marks += [mark for one in drawn.values() for mark in one.marks if mark not in under]
        self._show(marks, flat=chart.frame is None)
        return grown

    def _guides(self, chart: Chart) -> list[Any]:
        """Return the dashed lines to compare with."""
        scales = {"x": self._scale_x, "y": self._scale_y}
        for guide in chart.guides[len(self._compared) :]:
            self._compared.append(
                bqplot.Lines(
                    x=guide.x,
                    y=guide.y,
                    scales=scales,
                    colors=[GREY],
                    line_style="dashed",
                    stroke_width=1,
                    preserve_domain={"x": True, "y": True},
                )
            )
        del self._compared[len(chart.guides) :]
        for mark, guide in zip(self._compared, chart.guides):
            if list(mark.x) != list(guide.x) or list(mark.y) != list(guide.y):
                with mark.hold_sync():
                    mark.x, mark.y = guide.x, guide.y
        return self._compared

    def resend(self, model: str) -> None:
        """Send all points of a line, if it is one of these."""
        for one in self._drawn.values():
            for curve in (one.line, one.faint):
                if curve is not None and curve.model_id == model:
                    curve.send_state(["x", "y"])

    def _reframe(self) -> None:
        """Fit the axes to the lines that are shown."""
        chart, drawn = self._chart, self._drawn
        shown = [line for line in chart.lines if drawn[line.key].line.visible] or chart.lines
        if chart.frame is not None:
            x, y = chart.frame[:2], chart.frame[2:]
        else:
            x, y = _x_frame(chart), _y_frame(shown, bool(self._log))
        if self._frame is None:
            scales = {"x": self._scale_x, "y": self._scale_y}
            self._frame = bqplot.Lines(x=np.array(x), y=np.array(y), scales=scales, visible=False)
            return
        if self.window is not None and self._scale_x.min is not None:
            x = (float(self._frame.x[0]), float(self._frame.x[1]))  # the way back stays as wide
        if list(self._frame.x) != list(x) or list(self._frame.y) != list(y):
            with self._frame.hold_sync():
                self._frame.x, self._frame.y = np.array(x), np.array(y)

    def _zoomed(self, _change: object) -> None:
        self.look_at((self._scale_x.min, self._scale_x.max))

    def look_at(self, part: Any) -> None:
        """Draw a part of the x axis, None for the whole; what is no part of one is ignored: pages are not trusted."""
        window = None
        if isinstance(part, (list, tuple)) and len(part) == 2 and None not in part:
            try:
                window = (float(part[0]), float(part[1]))
            except (TypeError, ValueError):
                return
        if window != self.window:
            self.window = window
            self._on_zoom(self)

    def reset_zoom(self) -> None:
        """Show everything again: a zoom in steps means nothing in seconds."""
        self.window = None
        for scale in (self._scale_x, self._scale_y):
            with scale.hold_sync():
                scale.min = scale.max = None

    def _toggled(self, _change: object) -> None:
        if all(line.key in self._drawn for line in self._chart.lines):
            self._reframe()

    # -- text ---------------------------------------------------------------------------------------

    def _info(self, chart: Chart, log: bool) -> dict[str, Any]:
        lines = [
            {
                "models": [mark.model_id for mark in drawn.marks],
                "label": line.label or chart.title,
                "color": drawn.color,
                "marks": list(line.marks[:MARKS_SENT]),
                **({} if line.edges is None else {"edges": line.edges.tolist()}),
            }
            for line, drawn in zip(chart.lines, self._drawn.values())
        ]
        return {
            "x": self._scale_x.model_id,
            "y": self._scale_y.model_id,
            "frame": self._frame.model_id,
            "axes": [self._axis_x.model_id, self._axis_y.model_id],
            "lines": lines,
            "x_kind": chart.x_kind,
            "x_label": chart.x_label,
            "log": log,
            "ticks": 3 if chart.frame is None else 4,
        }

    def _head_html(self, chart: Chart) -> str:
        title = f'<span class="jpr-card-title" title="{escape(chart.description or chart.key)}">'
        title += f"{escape(chart.title)}</span>"
        guides = "".join(
            f'<span class="jpr-guide"><i></i><span>{escape(guide.label)}</span></span>'
            for guide in chart.guides
        )
        if len(chart.lines) < 2:
            return f'{title}<span class="jpr-legend">{guides}</span>' if guides else title
        keys = "".join(
            f'<button type="button" class="jpr-key" data-jpr="line" data-line="{index}" '
            f'aria-pressed="true" title="Hide or show {escape(line.label)}">'
            f'<i class="jpr-swatch" style="background:{drawn.color}"></i>{escape(line.label)}</button>'
            for index, (line, drawn) in enumerate(zip(chart.lines, self._drawn.values()))
        )
        return f'{title}<span class="jpr-legend">{keys}{guides}</span>'

    @staticmethod
    def _value_html(chart: Chart) -> str:
        arrow = ARROWS.get(chart.trend, "")
        return f"<b>{escape(chart.last_text)}</b> {arrow}" if chart.last_text else ""

    @staticmethod
    def _foot_html(chart: Chart) -> str:
        return (
            f'<span class="jpr-badge" title="{escape(chart.badge)}">{escape(chart.badge)}</span>'
            '<button type="button" class="jpr-reset" data-jpr="reset" '
            'title="Show everything again (double click, or 0)">⤢ Reset zoom</button>'
            f'<span class="jpr-x-label">{escape(chart.x_label)}</span>'
        )

    def _more_html(self, chart: Chart) -> str:
        parts = ""
        if chart.table is not None:
            parts += rows_html(chart.table, keep=f"table-{self.ident}", folded=True)
        if chart.texts:
            parts += texts_html(chart.texts, keep=f"texts-{self.ident}", folded=True)
        return parts

    def close(self) -> None:
        """Close the card's widgets."""
        for widget in (*self._texts.values(), self.box):
            widget.close()
