"""Text for a terminal."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def printable(text: Any) -> str:
    """Return text for a terminal: names come from strangers, and what moves the cursor is spelt out."""
    return "".join(
        c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in str(text)
    )


def lines(text: str) -> str:
    """Return text of several lines for a terminal; a lone carriage return would hide what stands before it."""
    return "\n".join(printable(line.replace("\t", "    ")) for line in text.split("\n"))


def show_json(data: Any) -> None:
    """Print what a program is to read."""
    print(json.dumps(data, indent=1, ensure_ascii=True))


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def table(rows: Sequence[Sequence[Any]], head: Sequence[str] = ()) -> str:
    """Return rows as lined up columns."""
    told = [[printable(cell) for cell in row] for row in ([list(head)] if head else []) + [*rows]]
    if not told:
        return ""
    widths = [max(width(row[i]) for row in told) for i in range(len(told[0]))]
    return "\n".join(
        "  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip()
        for row in told
    )
