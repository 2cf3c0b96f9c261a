"""The Children tab: the runs below a run in a table, and one of them opened below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs.journal import TERMINAL, RunFolder, pulse, read_status
from jupyter_runs.views import ComparisonView, SweepView
from jupyter_runs.views.format import escape, shorten

from .kit import box, close_all, html, layout
from .runs_table import differing_metrics, leader, table_html, tag_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.views import RunView, TableView

    from .live import Live

NEWEST = 100  # children that are in the table


class ChildrenTab:
    """Shows the children of a run; they are read only while somebody looks at them.

    Parameters
    ----------
    view
        The run's.
    looked_at
        Whether the tab is the open one.
    details
        Makes the widget of a child.
    """

    def __init__(
        self,
        view: RunView,
        looked_at: Callable[[], bool],
        details: Callable[[RunFolder], Live],
    ) -> None:
        self._view = view
        self._looked_at = looked_at
        self._details = details
        self._rows = ComparisonView([])
        self._ended: set[str] = set()
        self._seen: object = None
        self._drawn = ""
        self._opened: Live | None = None
        self._opened_id = ""
        self._table = html("jpr-runs")
        self._note = html("jpr-lead")
        self._below = box(classes=("jpr-below",))
        self._below.layout = layout(display="none")
        self.panel = box(self._note, self._table, self._below, classes=("jpr-panel",))

    # -- what is new ----------------------------------------------------------------------------------

    def active(self) -> bool:
        """Whether a child is still going on."""
        for folder in self._view.children():
            if folder.id in self._ended:
                continue
            if folder.ended is None and read_status(folder).status not in TERMINAL:
                return True
            self._ended.add(folder.id)
        return False

    def beat(self) -> object:
        """Return something cheap that differs after this process has logged to a child in the table."""
        if not self._looked_at():
            return None
        return tuple(pulse(view.folder.path) for view in self._rows.views)

    def refresh(self) -> None:
        """Show the children as they are now."""
        folders = self._view.children()
        if not self._looked_at() or not (folders or self._drawn):
            return
        shown = [folder.id for folder in folders[:NEWEST]]
        if shown != self._seen:
            self._rows.set_runs(folders[:NEWEST], len(folders))
            self._seen = shown
        self._rows.refresh()
        table = self._table_now()
        drawn = table_html(
            table,
            {},
            tags=tag_columns(table.rows),
            sort="children",
            opened=self._opened_id,
            ways=self._ways(),
        )
        if drawn != self._drawn:
            self._table.value = self._drawn = drawn
        self._note.value = self._lead()

    def _table_now(self) -> TableView:
        table, view = self._rows.table, self._view
        return view.at_their_best(table) if isinstance(view, SweepView) else table

    def _ways(self) -> dict[str, str]:
        """Return which values of the metric that counts are better, where that was said."""
        view = self._view
        return {view.metric: view.way} if isinstance(view, SweepView) else {}

    def _lead(self) -> str:
        if self._view.has_steps:
            return ""  # each does something else: none of them is the best
        table, ways = self._table_now(), self._ways()
        run, how = leader(table.rows, tuple(ways) or differing_metrics(table), ways)
        row = next((row for row in table.rows if row.head.id == run), None)
        if row is None or not how:
            return ""
        metric = row.metrics[how.partition(" ")[2]]
        return (
            f"<p>★ <b>{escape(shorten(row.label, 60))}</b> has the {escape(shorten(how, 80))}: "
            f"{escape(shorten(metric.text, 40))}</p>"
        )

    # -- one child below ------------------------------------------------------------------------------

    def open(self, run_id: str) -> None:
        """Show a child below the table; the one that is shown is taken away."""
        folder = next((one for one in self._view.children() if one.id == run_id), None)
        again = run_id == self._opened_id
        self._close()
        if folder is not None and not again:
            self._opened, self._opened_id = self._details(folder), run_id
            self._below.children = [self._opened.widget]
            self._below.layout = layout()
        self.refresh()

    def _close(self) -> None:
        opened, self._opened, self._opened_id = self._opened, None, ""
        self._below.children = []
        self._below.layout = layout(display="none")
        if opened is not None:
            widget: Any = opened.widget
            opened.close()
            close_all(widget.body)

    def close(self) -> None:
        """Stop looking at the child that is shown."""
        if self._opened is not None:
            self._opened.close()
