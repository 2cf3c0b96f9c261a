"""The Logs tab: one file at a time, its end first, and then only what is new."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ipywidgets

from jupyter_runs.views.format import escape, size
from jupyter_runs.views.terminal import Terminal

from .kit import box, button, html, layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.views.model import LogPart
    from jupyter_runs.views.run_view import RunView

TAIL = 32_768  # bytes that are shown at first, and by each "Earlier"
STEP = 262_144  # bytes that one refresh brings at most
PARTS = 48  # so many pieces stand in the page before half of them are joined
MOST = 524_288  # characters that stand in the page before the oldest go
SEARCHED = 4_194_304  # bytes at a log's end that a search goes through
_FOLLOW = (
    '<button type="button" class="jpr-button" data-jpr="follow" title="Go to the newest line, and stay there">'
    "↓ Follow</button>"
)
FOUND = 500  # lines that a search shows at most, the newest


class LogsTab:
    """Shows a log; new lines are a new piece below, so what stands in the page is not sent again.

    The last lines are a piece of their own, which changes while a progress bar does. The style sheet turns
    the box around (`column-reverse`), so that it stays at its end while new lines come, and where it is when
    somebody has scrolled up. Until somebody chooses a file, the one that was begun last is shown.
    """

    def __init__(self, view: RunView, act: Callable[[Callable[[], None]], None]) -> None:
        self._view = view
        self._name = ""
        self._names: list[str] = []
        self._chose = self._choosing = False
        self._begin = self._end = self._size = 0
        self._pieces: list[tuple[int, str]] = []  # where in the file each begins, and its text
        self._terminal = Terminal()
        self._choice = ipywidgets.Dropdown(options=[], description="File", layout=layout())
        self._choice.observe(lambda _: act(self._chosen), "value")
        self._earlier = button("Earlier lines", "Show the part before this one")
        self._earlier.on_click(lambda _: act(self._show_earlier))
        self._find = ipywidgets.Text(placeholder="Find in the log…", layout=layout())
        self._find.observe(lambda _: act(self._search), "value")
        self._info = html("jpr-log-info")
        follow = html("jpr-follow", value=_FOLLOW)
        self._live = html("jpr-log-piece")
        self._lines = box(self._live, classes=("jpr-log-lines",))
        self._hits = html("jpr-log-lines", "jpr-log-piece")
        self._hits.layout = layout(display="none")
        log = box(self._lines, self._hits, classes=("jpr-log",))
        bar = box(self._choice, self._find, self._earlier, self._info, classes=("jpr-toolbar",))
        self.panel = box(bar, box(log, follow, classes=("jpr-log-frame",)), classes=("jpr-panel",))

    def refresh(self) -> None:
        """Show new files in the choice and new bytes of the file that is shown."""
        newest = [info.name for info in self._view.logs()]
        names = sorted(newest)
        if names != self._names:
            begun = next((name for name in newest if name not in self._names), None)
            self._names = names
            self._choosing = True  # by us, not by a person
            try:
                with self._choice.hold_sync():
                    self._choice.options = names
                    keep = self._name in names and (self._chose or begun is None)
                    wanted = self._name if keep else begun or (newest[0] if newest else None)
                    self._choice.value = wanted
            finally:
                self._choosing = False
        if self._choice.value is not None:
            self._read(self._choice.value)

    def _chosen(self) -> None:
        if self._choosing or self._choice.value is None:
            return
        self._chose = True
        self._read(self._choice.value)

    def _read(self, name: str) -> None:
        if name != self._name:
            self._start(name)
            return
        part = self._view.read_log(name, offset=self._end, limit=STEP, raw=True)
        if part.size < self._end or part.size - self._end > STEP:
            # written anew from its beginning, or faster than anybody reads: its end is what counts
            self._start(name)
        elif part.text:
            self._append(part)
            self._tell(part)
            self._search()

    def _start(self, name: str) -> None:
        part = self._view.read_log(name, limit=TAIL, raw=True)
        self._name, self._begin, self._terminal = name, part.start, Terminal()
        self._replace([])
        self._append(part)
        self._tell(part)
        self._search()

    def _append(self, part: LogPart) -> None:
        finished = self._terminal.feed(part.text)
        self._live.value = escape(self._terminal.live)
        self._end = part.end
        if finished:
            self._replace(_joined([*self._pieces, (part.start, finished)]))
        self._begin = self._pieces[0][0] if self._pieces else self._begin

    def _show_earlier(self) -> None:
        part = self._view.read_log(self._name, before=self._begin, limit=TAIL)
        if part.start < self._begin:
            self._begin = part.start
            self._replace([(part.start, part.text), *self._pieces])
            self._tell(part)

    def _replace(self, pieces: list[tuple[int, str]]) -> None:
        """Show these pieces; those that stand there already are kept."""
        known = dict(zip(self._pieces, self._lines.children))
        shown = [
            known.pop(one, None) or html("jpr-log-piece", value=escape(one[1])) for one in pieces
        ]
        self._pieces = pieces
        self._lines.children = [*shown, self._live]
        for piece in known.values():
            piece.close()

    def _search(self) -> None:
        """Show the lines that hold what is looked for; without it, the log as it stands."""
        wanted = self._find.value.strip()
        self._lines.layout = layout(display="none") if wanted else layout()
        self._hits.layout = layout() if wanted else layout(display="none")
        if not wanted or not self._name:
            self._hits.value = ""
            self._tell_shown()
            return
        start = max(0, self._size - SEARCHED)
        text = self._view.read_log(self._name, offset=start, limit=SEARCHED).text
        pattern = re.compile(re.escape(wanted), re.IGNORECASE)
        hits = [line for line in text.splitlines() if pattern.search(line)]
        self._hits.value = "\n".join(marked(line, pattern) for line in hits[-FOUND:])
        told = "no line" if not hits else "1 line" if len(hits) == 1 else f"{len(hits):,} lines"
        newest = f", the last {FOUND} shown" if len(hits) > FOUND else ""
        where = f" in the last {size(SEARCHED)}" if start else ""
        self._earlier.layout = layout(display="none")
        self._info.value = f"<span>{told} with it{where}{newest}</span>"

    def _tell(self, part: LogPart) -> None:
        self._size = part.size
        self._tell_shown()

    def _tell_shown(self) -> None:
        self._earlier.layout = layout() if self._begin > 0 else layout(display="none")
        shown = (
            f"last {size(self._end - self._begin)} of {size(self._size)}"
            if self._begin
            else size(self._size)
        )
        self._info.value = f"<span>{escape(shown)}</span>"


def _joined(pieces: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the pieces that stay in the page: not too many, and not too long together."""
    if len(pieces) > PARTS:
        half = len(pieces) // 2
        pieces = [(pieces[0][0], "".join(text for _, text in pieces[:half])), *pieces[half:]]
    length = sum(len(text) for _, text in pieces)
    while length > MOST and len(pieces) > 1:
        length -= len(pieces[0][1])
        pieces = pieces[1:]
    return pieces


def marked(line: str, pattern: re.Pattern[str]) -> str:
    """Return a line as HTML, what was looked for marked in it."""
    parts, at = [], 0
    for hit in pattern.finditer(line):
        parts += [escape(line[at : hit.start()]), f"<mark>{escape(hit.group())}</mark>"]
        at = hit.end()
    return "".join([*parts, escape(line[at:])])
