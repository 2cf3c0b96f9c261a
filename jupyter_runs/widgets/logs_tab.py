"""The Logs tab: one file at a time, its end first, and then only what is new."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import ipywidgets

from jupyter_runs.views.format import escape, size

from .kit import box, button, html, layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.views.model import LogPart
    from jupyter_runs.views.run_view import RunView

TAIL = 32_768  # bytes that are shown at first, and by each "Earlier"
STEP = 262_144  # bytes that one refresh brings at most
PARTS = 48  # so many pieces stand in the page before they are joined
SEARCHED = 4_194_304  # bytes at a log's end that a search goes through
FOUND = 500  # lines that a search shows at most, the newest


class LogsTab:
    """Shows a log; new bytes are a new piece below, so what stands in the page is not sent again.

    The style sheet turns the box around (`column-reverse`), so that it stays at its end while new lines
    come, and where it is when somebody has scrolled up.
    """

    def __init__(self, view: RunView, act: Callable[[Callable[[], None]], None]) -> None:
        self._view = view
        self._name = ""
        self._begin = self._end = self._size = 0
        self._texts: list[str] = []
        self._choice = ipywidgets.Dropdown(options=[], description="File", layout=layout())
        self._choice.observe(lambda _: act(self._chosen), "value")
        self._earlier = button("Earlier lines", "Show the part before this one")
        self._earlier.on_click(lambda _: act(self._show_earlier))
        self._find = ipywidgets.Text(placeholder="Find in the log…", layout=layout())
        self._find.observe(lambda _: act(self._search), "value")
        self._info = html("jpr-log-info")
        self._lines = box(classes=("jpr-log-lines",))
        self._hits = html("jpr-log-lines", "jpr-log-piece")
        self._hits.layout = layout(display="none")
        log = box(self._lines, self._hits, classes=("jpr-log",))
        bar = box(self._choice, self._find, self._earlier, self._info, classes=("jpr-toolbar",))
        self.panel = box(bar, log, classes=("jpr-panel",))

    def refresh(self) -> None:
        """Show new files in the choice and new bytes of the file that is shown."""
        names = [info.name for info in self._view.logs()]
        if list(self._choice.options) != names:
            keep = self._name if self._name in names else (names[0] if names else None)
            with self._choice.hold_sync():
                self._choice.options = names
                if keep is not None:
                    self._choice.value = keep
        if self._choice.value is not None:
            self._read(self._choice.value)

    def _chosen(self) -> None:
        if self._choice.value is not None:
            self._read(self._choice.value)

    def _read(self, name: str) -> None:
        if name != self._name:
            self._start(name, self._view.read_log(name, limit=TAIL))
            return
        part = self._view.read_log(name, offset=self._end, limit=STEP)
        if part.size < self._end:  # written anew from its beginning
            self._start(name, self._view.read_log(name, limit=TAIL))
        elif part.text:
            self._end = part.end
            self._append(part.text)
            self._tell(part)
            self._search()

    def _start(self, name: str, part: LogPart) -> None:
        self._name, self._begin, self._end = name, part.start, part.end
        self._texts = [part.text]
        self._lines.children = [self._piece(part.text)]
        self._tell(part)
        self._search()

    def _append(self, text: str) -> None:
        self._texts.append(text)
        if len(self._texts) > PARTS:
            self._replace(["".join(self._texts)])
        else:
            self._lines.children = [*self._lines.children, self._piece(text)]

    def _show_earlier(self) -> None:
        start = max(0, self._begin - TAIL)
        part = self._view.read_log(self._name, offset=start, limit=self._begin - start)
        self._begin = part.start
        self._replace([part.text, *self._texts])
        self._tell(part)

    def _replace(self, texts: list[str]) -> None:
        old = self._lines.children
        self._texts = texts
        self._lines.children = [self._piece(text) for text in texts]
        for piece in old:
            piece.close()

    @staticmethod
    def _piece(text: str) -> Any:
        return html("jpr-log-piece", value=escape(text))

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


def marked(line: str, pattern: re.Pattern[str]) -> str:
    """Return a line as HTML, what was looked for marked in it."""
    parts, at = [], 0
    for hit in pattern.finditer(line):
        parts += [escape(line[at : hit.start()]), f"<mark>{escape(hit.group())}</mark>"]
        at = hit.end()
    return "".join([*parts, escape(line[at:])])
