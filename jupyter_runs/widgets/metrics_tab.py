"""The Metrics tab: what to look for, tiles, and a grid of cards that grows as one scrolls."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np

from jupyter_runs.views.format import escape
from jupyter_runs.views.model import ChartOptions

from .chart_card import ChartCard
from .html_card import HtmlCard
from .kit import box, button, html, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    from jupyter_runs.views.model import Chart, Tile

    from .curve import Growth
    from .stage import Stage

    class Source(Protocol):
        """What charts come from: a run's view, or a comparison's."""

        def tiles(self, search: str = "") -> list[Tile]:
            """Return the metrics with one value."""

        def chart_keys(self, search: str = "") -> list[str]:
            """Return the keys of the charts, in order."""

        def load(self, keys: Iterable[str]) -> None:
            """Read what these charts need, all at once."""

        def chart_version(self, key: str) -> int:
            """Return what differs after the chart has changed."""

        def chart(self, key: str, options: ChartOptions | None = None) -> Chart:
            """Return one chart, drawn as asked."""


PAGE = 12  # cards made at a time
BATCH = 6  # cards drawn before the page is told of them: it draws them while the next are made
BUDGET = 12  # cards out of sight that one refresh draws
TILES_SHOWN = 60


class MetricsTab:
    """Shows the metrics of a source.

    Parameters
    ----------
    source
        A view with tiles and charts.
    stage
        Told which charts there are; tells which are in sight.
    act
        Runs a function under the owner's lock, with its faults caught.
    colors
        Gives the colours of a chart's lines; by default they go through the palette.
    """

    def __init__(
        self,
        source: Source,
        stage: Callable[[], Stage | None],
        act: Callable[[Callable[[], None]], None],
        colors: Callable[[Chart], list[str]] | None = None,
    ) -> None:
        self._source = source
        self._stage = stage
        self._act = act
        self._colors = colors
        self._limit = PAGE
        self._cards: dict[str, ChartCard | HtmlCard] = {}
        self._drawn: dict[str, tuple[int, ChartOptions]] = {}
        self._grown: list[Growth] = []
        self._headings: dict[str, Any] = {}
        self._next = 0
        self._tools()
        self._tiles = html("jpr-tiles")
        self._empty = html("jpr-empty")
        self._grid = box(classes=("jpr-grid",))
        self._more = button("Show more", "Show more charts", "jpr-more")
        self._more.layout = layout(
            display="none"
        )  # until there is more: the page presses it on sight
        self._more.on_click(lambda _: act(self._show_more))
        self.panel = box(
            self._bar, self._tiles, self._empty, self._grid, self._more, classes=("jpr-panel",)
        )

    def _tools(self) -> None:
        self._search = ipywidgets.Text(placeholder="Find a metric…", layout=layout())
        self._smoothing = ipywidgets.FloatSlider(
            value=0.0,
            min=0.0,
            max=0.99,
            step=0.01,
            description="Smoothing",
            continuous_update=False,
            layout=layout(),
        )
        self._x = ipywidgets.ToggleButtons(
            options=["step", "time", "relative"], description="X", layout=layout()
        )
        self._log = ipywidgets.Checkbox(description="log y", indent=False, layout=layout())
        self._bar = box(self._search, self._smoothing, self._x, self._log, classes=("jpr-toolbar",))
        self._search.observe(lambda _: self._act(self._searched), "value")
        self._x.observe(lambda _: self._act(self._x_changed), "value")
        for control in (self._smoothing, self._log):
            control.observe(lambda _: self._act(self.refresh), "value")

    # -- what the person does -----------------------------------------------------------------------

    def _searched(self) -> None:
        self._limit = PAGE
        self.refresh()

    def _show_more(self) -> None:
        self._limit += PAGE
        self.refresh()

    def _x_changed(self) -> None:
        for card in self._cards.values():
            if isinstance(card, ChartCard):
                card.reset_zoom()
        self.refresh()

    def _zoomed(self, card: ChartCard) -> None:
        key = next((key for key, known in self._cards.items() if known is card), None)
        if key is not None:
            self._act(lambda: self._draw(key))
            self._act(self._tell)

    # -- drawing ------------------------------------------------------------------------------------

    def options(self, window: tuple[float, float] | None = None) -> ChartOptions:
        """How the person wants the charts."""
        return ChartOptions(
            x=self._x.value,
            smoothing=float(self._smoothing.value),
            log_y=bool(self._log.value),
            window=window,
        )

    def refresh(self, *, everything: bool = False) -> None:
        """Show what changed; ``everything`` also draws all that is out of sight."""
        search = self._search.value.strip()
        keys, groups = _grouped(self._source.chart_keys(search))
        shown = keys[: self._limit]
        due = self._due(shown, everything=everything)
        self._source.load(due)
        tiles = self._source.tiles(search)
        self._tiles.value = self._tiles_html(tiles)
        self._empty.value = "" if tiles or keys else self._empty_html(search)
        for number, key in enumerate(due, start=1):
            self._draw(key)
            if number % BATCH == 0:
                self._lay_out(shown, groups)
                self._tell()
        self._lay_out(shown, groups)
        rest = len(keys) - len(shown)
        self._more.description = f"Show {min(PAGE, rest)} more of {rest:,}"
        self._more.layout = layout() if rest else layout(display="none")
        usable = any(isinstance(card, ChartCard) for card in self._cards.values()) or bool(
            search or rest
        )
        self._bar.layout = layout() if usable or tiles else layout(display="none")
        self._tell()

    def _due(self, shown: list[str], *, everything: bool) -> list[str]:
        """Return the charts to draw now: new ones, those in sight, and some of the others in turn."""
        stage = self._stage()
        sight = set(stage.sight) if stage is not None else set()
        near: list[str] = []
        far: list[str] = []
        for key in shown:
            card = self._cards.get(key)
            if card is not None and self._drawn.get(key) == self._wanted(key, card):
                continue
            (near if card is None or not sight or card.ident in sight else far).append(key)
        if everything:
            return near + far
        return near + far[:BUDGET]

    def _wanted(self, key: str, card: ChartCard | HtmlCard | None) -> tuple[int, ChartOptions]:
        return self._source.chart_version(key), self.options(
            card.window if card is not None else None
        )

    def _draw(self, key: str) -> None:
        card = self._cards.get(key)
        wanted = self._wanted(key, card)
        chart = self._source.chart(key, wanted[1])
        kind = ChartCard if chart.kind == "line" else HtmlCard
        if not isinstance(card, kind):
            if card is not None:
                card.close()
            self._next += 1
            ident = str(self._next)
            card = ChartCard(ident, self._zoomed) if kind is ChartCard else HtmlCard(ident)
            self._cards[key] = card
        if isinstance(card, ChartCard):
            colors = self._colors(chart) if self._colors else ()
            self._grown += card.update(chart, log_y=wanted[1].log_y, colors=colors)
            wanted = (wanted[0], self.options(card.window))
        else:
            card.update(chart)
        self._drawn[key] = wanted

    def _lay_out(self, shown: list[str], groups: dict[str, str]) -> None:
        children: list[Any] = []
        group = ""
        for key in shown:
            prefix = groups[key]
            if prefix != group:
                group = prefix
                if prefix:
                    children.append(self._heading(prefix))
            if key in self._cards:
                children.append(self._cards[key].box)
        if list(self._grid.children) != children:
            self._grid.children = children

    def _heading(self, prefix: str) -> Any:
        if prefix not in self._headings:
            self._headings[prefix] = html("jpr-group", value=f"<h4>{escape(prefix)}</h4>")
        return self._headings[prefix]

    def _tell(self) -> None:
        stage = self._stage()
        grown, self._grown = self._grown, []
        if stage is None:
            return
        if grown:
            buffers = [np.ascontiguousarray(part) for one in grown for part in (one.x, one.y)]
            stage.send({"kind": "grow", "lines": [one.about for one in grown]}, buffers)
        charts = {card.ident: card.info for card in self._cards.values() if card.info}
        if stage.charts != charts:
            stage.charts = charts

    def zoom(self, ident: str, window: Any) -> None:
        """Look at a part of a chart, or at the whole; the scales say so too, and may come later."""
        for card in self._cards.values():
            if isinstance(card, ChartCard) and card.ident == ident:
                card.look_at(window)

    def resend(self, model: str) -> None:
        """Send all points of a line to a page that holds others than it should."""
        for card in self._cards.values():
            if isinstance(card, ChartCard):
                card.resend(model)

    # -- text ---------------------------------------------------------------------------------------

    @staticmethod
    def _tiles_html(tiles: list[Tile]) -> str:
        parts = [
            f'<div class="jpr-tile" title="{escape(tile.name)}: {escape(tile.text)}">'
            f"<span>{escape(tile.name)}</span><b>{escape(tile.text)}</b></div>"
            for tile in tiles[:TILES_SHOWN]
        ]
        if len(tiles) > TILES_SHOWN:
            parts.append(
                f'<div class="jpr-tile-rest">and {len(tiles) - TILES_SHOWN:,} more: search for them</div>'
            )
        return "".join(parts)

    def _empty_html(self, search: str) -> str:
        if search:
            return f"<p>No metric has <code>{escape(search)}</code> in its name.</p>"
        head = getattr(self._source, "head", None)  # runs that are compared have none
        if head is not None and not head().active:
            return "<p>This run has logged no metrics.</p>"
        return (
            '<p>Nothing logged yet.</p><p><code>run.log("loss", 0.5)</code> shows here at once.</p>'
        )


def _grouped(keys: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the keys with those of a group together, and the group of each.

    A prefix is a group when it has two charts at least: one alone needs no heading.
    """
    prefixes = {key: key.partition("/")[0] if "/" in key.strip("/") else "" for key in keys}
    counts = Counter(prefixes.values())
    groups = {key: prefix if counts[prefix] > 1 else "" for key, prefix in prefixes.items()}
    order = {
        group: place
        for place, group in enumerate(["", *dict.fromkeys(g for g in groups.values() if g)])
    }
    return sorted(keys, key=lambda key: order[groups[key]]), groups
