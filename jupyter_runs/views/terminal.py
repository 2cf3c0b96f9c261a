"""Logs as a terminal would show them, without colours.

Progress bars go back to the beginning of their line, and several at once go up to the line of another.
So the last lines of what was written are kept until nothing can change them any more.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\x1b\[(?P<given>[0-?]*)[ -/]*(?P<order>[@-~])"  # an order with numbers: colours, the cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/][0-~]|\x1b[@-Z\\-_]"  # titles, character sets
    r"|(?P<control>[\r\n\b])|(?P<text>[^\x1b\r\n\b]+)|\x1b"
)
_UNFINISHED = re.compile(r"\x1b(?:[ -/]|\[[0-?]*[ -/]*|\][^\x07\x1b]{0,200})?\Z")
_KEEP = 2  # finished lines that are kept: a first bar may be followed by others at any moment
_BARS = 24  # and so many once something went up
_WIDE = 10_000  # columns that a cursor may be sent to


class Terminal:
    """Takes what was written in pieces, and gives what is shown of it."""

    def __init__(self) -> None:
        self._lines = [""]
        self._row = self._column = 0
        self._keep = _KEEP
        self._held = ""

    @property
    def live(self) -> str:
        """The last lines, which may still change."""
        return "\n".join(self._lines)

    def feed(self, text: str) -> str:
        """Take text; return the lines that nothing will change any more."""
        text = self._held + text
        cut = _UNFINISHED.search(text)
        self._held = "" if cut is None else text[cut.start() :]
        for token in _TOKEN.finditer(text, 0, len(text) if cut is None else cut.start()):
            if token["text"] is not None:
                self._write(token["text"])
            elif token["control"] is not None:
                self._control(token["control"])
            elif token["order"] is not None:
                self._obey(token["order"], token["given"])
        done = min(len(self._lines) - 1 - self._keep, self._row)
        if done <= 0:
            return ""
        finished, self._lines = self._lines[:done], self._lines[done:]
        self._row -= done
        return "\n".join([*finished, ""])

    def _write(self, text: str) -> None:
        line, at = self._lines[self._row], self._column
        if at == len(line):
            self._lines[self._row] = line + text
        else:
            self._lines[self._row] = line[:at].ljust(at) + text + line[at + len(text) :]
        self._column = at + len(text)

    def _control(self, control: str) -> None:
        if control == "\n":
            self._row += 1
            if self._row == len(self._lines):
                self._lines.append("")
        self._column = max(0, self._column - 1) if control == "\b" else 0

    def _obey(self, order: str, given: str) -> None:
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
        steps = min(max(1, number), _WIDE)
        if order == "A":
            self._keep = _BARS
            self._row = max(0, self._row - steps)
        elif order == "B":
            self._row = min(len(self._lines) - 1, self._row + steps)
        elif order == "C":
            self._column = min(_WIDE, self._column + steps)
        elif order == "D":
            self._column = max(0, self._column - steps)
        elif order == "G":
            self._column = steps - 1
        elif order == "K":
            self._erase(number)

    def _erase(self, what: int) -> None:
        """Erase a line from the cursor on (0), up to it (1), or all of it (2)."""
        line, at = self._lines[self._row], self._column
        self._lines[self._row] = (
            line[:at] if what == 0 else " " * at + line[at:] if what == 1 else ""
        )


def plain(text: str) -> str:
    """Return a whole text as a terminal would show it."""
    if "\r" not in text and "\x1b" not in text and "\b" not in text:
        return text
    terminal = Terminal()
    return terminal.feed(text) + terminal.live
