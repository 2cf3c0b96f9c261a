"""Text for a terminal."""

from __future__ import annotations

from typing import Any


def printable(text: Any) -> str:
    """Return text for a terminal: names come from strangers, and what moves the cursor is spelt out."""
    return "".join(
        c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in str(text)
    )
