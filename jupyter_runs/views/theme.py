"""Colours and inline styles of everything static: legible on light and on dark pages alike.

A static picture is shown by hosts that we don't control, and each strips something else:

* JupyterLab cleans the output of a notebook that is not trusted: no ``<style>``, no inline ``<svg>``,
  no ``var()`` in inline styles; but ``<img>`` with a data URI and plain inline styles stay.
* GitHub's viewer drops styles, and keeps text, tables and images.
* nbconvert and VS Code keep all, on a page of their own colours.

So there is one markup without any style sheet or script: charts are images with the SVG in a data URI
(an SVG in an ``<img>`` can run nothing and load nothing), text keeps the page's own colour, what is
secondary is faded rather than grey, lines and borders are translucent, and the few real colours are of
middle lightness: a contrast of at least 3.3 on white and on ``#1e1e1e``. Where Lab's variables exist they
refine a colour that stands before them, for hosts that drop them.
"""

from __future__ import annotations

from urllib.parse import quote

from .format import escape

# told apart by most kinds of colour blindness (after Okabe and Ito), lightness fit for both themes
PALETTE = (
    "#1f7fc4",
    "#d55e00",
    "#119e72",
    "#b5679f",
    "#a6761d",
    "#8a6fdf",
    "#1a9aa8",
    "#c2507a",
)
GREY = "#7a7a7a"
GRID = "#808080"

BORDER = "border:1px solid rgba(128,128,128,.32);"
SOFT = "background:rgba(128,128,128,.09);"
FADED = "opacity:.72;"
SANS = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-family:var(--jp-ui-font-family,system-ui,sans-serif);"
MONO = "font-family:ui-monospace,Menlo,Consolas,monospace;font-family:var(--jp-code-font-family,ui-monospace,monospace);"
CUT = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap;"

_ACTIVE = ("#1f7fc4", "rgba(31,127,196,.15)")
_WAITING = ("#7a7a7a", "rgba(128,128,128,.16)")
_GOOD = ("#119e72", "rgba(17,158,114,.15)")
_BAD = ("#e04b43", "rgba(224,75,67,.14)")
_WARN = ("#c07800", "rgba(192,120,0,.15)")

# status: icon, (text colour, background); the word always stands beside the icon
_STATUS = {
    "NotStarted": ("○", _WAITING),
    "Queued": ("◌", _WAITING),
    "Preparing": ("◔", _ACTIVE),
    "Provisioning": ("◔", _ACTIVE),
    "Starting": ("◔", _ACTIVE),
    "Running": ("◐", _ACTIVE),
    "CancelRequested": ("◑", _WARN),
    "Finalizing": ("◕", _ACTIVE),
    "Completed": ("✓", _GOOD),
    "Failed": ("✕", _BAD),
    "Canceled": ("⊘", _WAITING),
    "NotResponding": ("?", _WARN),
}
_WORDS = {
    "NotStarted": "Not started",
    "CancelRequested": "Cancel requested",
    "NotResponding": "Not responding",
}
ERROR = _BAD[0]
WARNING = _WARN[0]


def icon(status: str) -> str:
    """Return the character that stands for a status."""
    return _STATUS.get(status, ("○", _WAITING))[0]


def word(status: str) -> str:
    """Return a status in words: ``Cancel requested``."""
    return _WORDS.get(status, status)


def status_colors(status: str) -> tuple[str, str]:
    """Return the colour of a status's text and of its background."""
    return _STATUS.get(status, ("○", _WAITING))[1]


def color(index: int) -> str:
    """Return the colour of the line with an index."""
    return PALETTE[index % len(PALETTE)]


def pill(status: str) -> str:
    """Return a status as icon and word, in HTML."""
    text, back = status_colors(status)
    return (
        f'<span style="display:inline-block;padding:1px 9px;border-radius:10px;color:{text};'
        f'background:{back};font-weight:600;white-space:nowrap;">{icon(status)} {escape(word(status))}</span>'
    )


def image(svg: str, width: int, height: int, alt: str, style: str = "") -> str:
    """Return an ``<img>`` that holds the SVG itself."""
    # percent-encoded, not base64: smaller, and a diff of the notebook stays readable; the text in it is
    # escaped, so that each double quote is markup of ours
    data = quote(svg.replace('"', "'"), safe=" ='()/:;,.-_~!*@$+?")
    return (
        f'<img src="data:image/svg+xml,{data}" width="{width}" height="{height}" '
        f'alt="{escape(alt)}" style="{style}">'
    )
