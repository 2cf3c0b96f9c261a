"""The Images tab: a gallery, one card a metric, with a slider over its steps."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import ipywidgets

from jupyter_runs.views.format import escape, moment, size

from .kit import box, html, layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.views.model import ImageItem, ImageSeries
    from jupyter_runs.views.run_view import RunView

LARGEST = 16_000_000  # bytes of an image that is sent to the page
SERIES_SHOWN = 60


class _ImageCard:
    def __init__(self, act: Callable[[Callable[[], None]], None]) -> None:
        self._items: tuple[ImageItem, ...] = ()
        self._shown: object = None
        self._head = html("jpr-card-head")
        self._image = html("jpr-image")
        self._foot = html("jpr-card-foot")
        self._slider = ipywidgets.IntSlider(
            min=0,
            max=0,
            readout=False,
            description="Step",
            continuous_update=True,
            layout=layout(display="none"),
        )
        self._slider.observe(lambda _: act(self._show), "value")
        self.box = ipywidgets.VBox(
            children=[self._head, self._image, self._slider, self._foot], layout=layout()
        )
        self.box._dom_classes = ("jpr-card", "jpr-image-card")

    def update(self, series: ImageSeries) -> None:
        following = not self._items or self._slider.value == len(self._items) - 1
        self._items = series.items
        self._head.value = f'<span class="jpr-card-title" title="{escape(series.name)}">{escape(series.name)}</span>'
        last = len(self._items) - 1
        if self._slider.max != last:
            self._slider.max = max(0, last)
            self._slider.layout = layout() if last > 0 else layout(display="none")
        if following and last >= 0:
            self._slider.value = last
        self._show()

    def _show(self) -> None:
        if not self._items:
            return
        index = min(self._slider.value, len(self._items) - 1)
        item = self._items[index]
        if item != self._shown:
            self._shown = item
            self._image.value = self._image_html(item)
        self._foot.value = self._foot_html(index)

    @staticmethod
    def _image_html(item: ImageItem) -> str:
        # a data link in an <img>: an SVG in it can neither run a script nor load anything
        try:
            data = item.path.read_bytes() if item.path.stat().st_size <= LARGEST else None
        except OSError as error:
            return f'<p class="jpr-warning">⚠ {escape(error)}</p>'
        if data is None:
            return f'<p class="jpr-empty">Too large to show here: {escape(item.path)}</p>'
        mime = item.mime if item.mime.startswith("image/") else "application/octet-stream"
        source = f"data:{escape(mime)};base64,{base64.b64encode(data).decode()}"
        return f'<img src="{source}" alt="{escape(item.description or "logged image")}">'

    def _foot_html(self, index: int) -> str:
        item = self._items[index]
        where = f"step {item.step:,}" if item.step is not None else moment(item.time)
        parts = [where]
        if len(self._items) > 1:
            parts.append(f"{index + 1:,} of {len(self._items):,}")
        if item.width and item.height:
            parts.append(f"{item.width} × {item.height}")
        try:
            parts.append(size(item.path.stat().st_size))
        except OSError:
            pass
        if item.description:
            parts.append(item.description)
        return f'<span class="jpr-badge">{escape(" · ".join(parts))}</span>'


class ImagesTab:
    """Shows the images of a run; only those that are looked at are sent."""

    def __init__(self, view: RunView, act: Callable[[Callable[[], None]], None]) -> None:
        self._view = view
        self._act = act
        self._cards: dict[str, tuple[int, _ImageCard]] = {}
        self._grid: Any = box(classes=("jpr-grid", "jpr-gallery"))
        self.panel = box(self._grid, classes=("jpr-panel",))

    def refresh(self) -> None:
        """Show new images."""
        for series in self._view.images()[:SERIES_SHOWN]:
            version, card = self._cards.get(series.name, (-1, None))
            if version == series.version and card is not None:
                continue
            card = card or _ImageCard(self._act)
            card.update(series)
            self._cards[series.name] = (series.version, card)
        boxes = [card.box for _, card in self._cards.values()]
        if list(self._grid.children) != boxes:
            self._grid.children = boxes
