"""The Details tab: all that is known of the run besides what it logged, and its tags to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets

from jupyter_runs.views.format import escape

from .kit import box, button, html, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_runs.views.run_view import RunView


class Tagger(Protocol):
    """Who changes tags."""

    def tags(self) -> Mapping[str, str | None]:
        """Return the tags as they are."""

    def tag(self, key: str, value: str | None) -> None:
        """Set one, anew or to another value."""

    def untag(self, key: str) -> None:
        """Remove one."""


def _text(text: str) -> str:
    """Return a text as HTML; one of several lines keeps them."""
    if "\n" not in text:
        return escape(text)
    return f'<pre class="jpr-code" tabindex="0">{escape(text)}</pre>'


class DetailsTab:
    """Sections of labels and texts, and the tags."""

    def __init__(
        self, view: RunView, tagger: Tagger, act: Callable[[Callable[[], None]], None]
    ) -> None:
        self._view = view
        self._tagger = tagger
        self._seen = -1  # the view's version that is shown
        self._tags = html("jpr-tags")
        self._key = ipywidgets.Text(placeholder="tag", layout=layout())
        self._value = ipywidgets.Text(placeholder="value (may be empty)", layout=layout())
        self._add = button("+ Add tag", "Add this tag, or give it another value")
        self._add.on_click(lambda _: act(self._added))
        self._said = html("jpr-said")
        edit = box(self._key, self._value, self._add, self._said, classes=("jpr-toolbar",))
        self._sections: Any = html("jpr-sections")
        self.panel = box(self._tags, edit, self._sections, classes=("jpr-panel",))

    def refresh(self) -> None:
        """Show what changed."""
        if self._seen == self._view.version:
            return
        self._seen = self._view.version
        tags = self._tagger.tags()
        chips = "".join(
            f'<span class="jpr-chip">{escape(key)}{"" if value is None else f": <b>{escape(value)}</b>"}'
            f'<button type="button" data-jpr="untag" data-key="{escape(key)}" '
            f'aria-label="Remove the tag {escape(key)}" title="Remove">×</button></span>'
            for key, value in tags.items()
        )
        self._tags.value = f"<h4>Tags</h4>{chips or '<span class=jpr-dim>none yet</span>'}"
        self._sections.value = "".join(
            f"<section><h4>{escape(section.title)}</h4><dl>"
            + "".join(
                f"<dt>{escape(label)}</dt><dd>{_text(text)}</dd>" for label, text in section.rows
            )
            + "</dl></section>"
            for section in self._view.details()
            if section.rows and section.title != "Tags"
        )

    def _added(self) -> None:
        key = self._key.value.strip()
        if not key:
            self._said.value = '<span class="jpr-warning">a tag needs a name</span>'
            return
        try:
            self._tagger.tag(key, self._value.value.strip() or None)
        except Exception as error:  # what is wrong with the tag is for the person who typed it
            self._said.value = f'<span class="jpr-warning">{escape(error)}</span>'
            return
        self._said.value = ""
        self._key.value = self._value.value = ""
        self.refresh()

    def remove(self, key: str) -> None:
        """Remove a tag."""
        self._tagger.untag(key)
        self.refresh()
