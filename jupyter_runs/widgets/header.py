"""The header: which run, how it stands, how far it is, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs.views.format import about, duration, escape, moment
from jupyter_runs.views.theme import word

from .kit import box, button, html, layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.views.model import Head

_TONES = {
    "Completed": "good",
    "Failed": "bad",
    "Canceled": "dull",
    "CancelRequested": "dull",
    "NotResponding": "warn",
    "Running": "live",
    "Finalizing": "live",
}


def pill(head: Head) -> str:
    """Return the status as an icon and a word, in the colour of its kind."""
    tone = _TONES.get(head.status, "wait")
    why = f' title="{escape(head.reason)}"' if head.reason else ""
    return f'<span class="jpr-pill jpr-{tone}"{why}><i aria-hidden="true">{escape(head.icon)}</i> {escape(word(head.status))}</span>'


class Header:
    """Title row, progress bar, times, and the error of a failed run.

    Parameters
    ----------
    interval
        Seconds between two looks at the run, as the person asked.
    on_cancel, on_refresh, on_again
        Called when the buttons are pressed.
    """

    def __init__(
        self,
        interval: float,
        on_cancel: Callable[[], None],
        on_refresh: Callable[[], None],
        on_again: Callable[[], None],
    ) -> None:
        self._interval = interval
        self._title = html("jpr-title-row")
        self._links = html("jpr-links")
        self.cancel = button("■ Cancel", "Ask this run to stop", "jpr-cancel")
        self.refresh = button("↻ Refresh", "Look again now")
        self.again = button("↺ Run again…", "Its code to copy, or submit it anew", "jpr-again-open")
        self.again.on_click(lambda _: on_again())
        self.cancel.on_click(lambda _: on_cancel())
        self.refresh.on_click(lambda _: on_refresh())
        self._bar = html("jpr-progress")
        self._times = html("jpr-times")
        self._notes = html("jpr-notes")
        self._error = html("jpr-failure")
        actions = box(self.cancel, self.refresh, self.again, self._links, classes=("jpr-actions",))
        top = box(self._title, actions, classes=("jpr-head",))
        self.panel = box(
            top, self._bar, self._times, self._notes, self._error, classes=("jpr-header",)
        )

    def update(self, head: Head, *, fault: str = "") -> None:
        """Show the header as it is now."""
        self._title.value = (
            f'<span class="jpr-title" title="{escape(head.id)}">{escape(head.title)}</span>'
            f'<span class="jpr-name">{escape(head.name)}</span>{pill(head)}'
        )
        self._links.value = self._links_html(head)
        asked = head.status == "CancelRequested"
        self.cancel.layout = layout() if head.active else layout(display="none")
        self.refresh.layout = layout() if head.active else layout(display="none")
        self.cancel.disabled = asked
        self.cancel.description = "■ Canceling…" if asked else "■ Cancel"
        self.cancel.tooltip = "It was asked to stop" if asked else "Ask this run to stop"
        self._bar.value = self._bar_html(head)
        self._times.value = self._times_html(head)
        self._notes.value = self._notes_html(head, fault)
        self._error.value = self._error_html(head)

    @staticmethod
    def clock(head: Head, now: float) -> dict[str, Any]:
        """Return what the page needs to go on counting by itself."""
        return {
            "updated": now,
            "active": head.active,
            "elapsed": head.elapsed,
            "left": head.eta,
        }

    @staticmethod
    def _links_html(head: Head) -> str:
        parts = ""
        if head.portal_url and head.portal_url.startswith(("http://", "https://", "/")):
            parts += f'<a class="jpr-button" href="{escape(head.portal_url)}" target="_blank" rel="noopener">↗ Portal</a>'
        elif head.portal_url == "":  # asked for, and none answers
            parts += (
                '<button type="button" class="jpr-button" data-jpr="copy" data-text="jupyter runs portal" '
                'title="No server shows runs now. Copy the command that starts one: jupyter runs portal">↗ Portal…</button>'
            )
        return parts + (
            f'<button type="button" class="jpr-button" data-jpr="copy" data-text="{escape(head.id)}" '
            f'title="Copy the run id: {escape(head.id)}">Copy id</button>'
        )

    @staticmethod
    def _bar_html(head: Head) -> str:
        progress = head.progress
        if progress is None or progress.fraction is None or not head.active:
            return ""
        percent = min(100.0, max(0.0, progress.fraction * 100))
        return (
            f'<div class="jpr-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
            f'aria-valuenow="{percent:.0f}" aria-label="{escape(progress.text)}">'
            f'<i style="width:{percent:.2f}%"></i></div>'
        )

    def _times_html(self, head: Head) -> str:
        parts = [f'<b class="jpr-waits">{escape(head.waiting)}</b>'] if head.waiting else []
        if head.progress is not None:
            parts.append(escape(head.progress.text))
        if head.active:
            if head.elapsed is not None:
                parts.append(f'<span data-jpr="elapsed">{duration(head.elapsed)}</span> elapsed')
            if head.eta is not None:
                parts.append(f'<span data-jpr="left">about {about(head.eta)} left</span>')
            every = f"{self._interval:g} s"
            right = f'updated <span data-jpr="ago">just now</span> · every {every}'
        else:
            if head.elapsed is not None and head.status != "Failed":  # that line says it itself
                parts.append(f"took {duration(head.elapsed)}")
            right = f"ended {escape(moment(head.ended))}" if head.ended else ""
        if head.last_step is not None and head.progress is None and head.status != "Failed":
            parts.append(f"step {head.last_step:,}")
        left = "".join(f"<span>{part}</span>" for part in parts)
        return f'<div class="jpr-left">{left}</div><div class="jpr-right">{right}</div>'

    @staticmethod
    def _notes_html(head: Head, fault: str) -> str:
        busy = (
            "The kernel is busy. Tabs, legend, values under the pointer and zoom work; "
            "smoothing, search, exact points and Cancel wait for it."
        )
        notes = [f'<p class="jpr-busy" role="status">{busy}</p>']
        if fault:
            notes.append(f'<p class="jpr-warning">⚠ {escape(fault)}</p>')
        if head.reason and head.status in ("NotResponding", "Canceled"):
            notes.append(f'<p class="jpr-warning">{escape(head.reason)}</p>')
        notes += [f'<p class="jpr-warning">⚠ {escape(text)}</p>' for text in head.warnings[-3:]]
        if len(head.warnings) > 3:
            notes.append(
                f'<p class="jpr-warning">and {len(head.warnings) - 3:,} more, under Details</p>'
            )
        return "".join(notes)

    @staticmethod
    def _error_html(head: Head) -> str:
        if head.status != "Failed":
            return ""
        error = head.error or head.reason or "The run failed."
        where = [f"after {duration(head.elapsed)}"] if head.elapsed is not None else []
        if head.last_step is not None:
            where.append(f"at step {head.last_step:,}")
        parts = (
            f'<p class="jpr-error" role="alert"><b>{escape(error)}</b>'
            f"<span>{escape(', '.join(where))}</span></p>"
        )
        tail = head.log_tail
        if tail is not None and tail.text.strip():
            parts += (
                f'<div class="jpr-tail"><h4>Last lines of {escape(tail.name)}</h4>'
                f'<pre tabindex="0">{escape(tail.text.rstrip())}</pre></div>'
            )
        elif head.error_details:
            parts += (
                '<div class="jpr-tail"><h4>What was raised</h4>'
                f'<pre tabindex="0">{escape(head.error_details.rstrip())}</pre></div>'
            )
        return parts
