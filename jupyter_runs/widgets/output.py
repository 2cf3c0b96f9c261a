"""What `show()` puts into a cell: the widget, and beside it what stays when the kernel is gone.

One output holds the widget, a static picture (HTML), a line of text, and the run's address as
`application/vnd.jupyter-runs+json`. The picture is renewed while the run goes on, seldom, and at its end;
the page then draws the output anew, and `Stage` moves what is seen into it as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MIME = "application/vnd.jupyter-runs+json"
SECONDS = 60.0  # between two renewals at least
SHARE = 0.02  # and this part of the time since it was shown, so that a run of a week renews some hundred times
KEPT = 4  # places that are renewed, when the same widget is shown again and again


class Output:
    """The outputs that show one widget.

    Parameters
    ----------
    bundle
        Gives the whole bundle as of now.
    clock
        Gives seconds that never go backwards.
    """

    def __init__(self, bundle: Callable[[], dict[str, Any]], clock: Callable[[], float]) -> None:
        self._bundle = bundle
        self._clock = clock
        self._handles: list[Any] = []
        self._shown = self._renewed = clock()
        self._version: object = None
        self._first = True

    @property
    def shown(self) -> bool:
        """Whether the widget stands in an output."""
        return bool(self._handles)

    def show(self, version: object) -> None:
        """Display the widget where the caller stands."""
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        bundle = self._bundle()
        if get_ipython() is None:  # a plain script: nobody would see a widget
            print(bundle["text/plain"])  # noqa: T201 - what it is for
            return
        handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        self._handles = [*self._handles, handle][-KEPT:]
        self._version = version
        self._shown = self._renewed = self._clock()
        self._first = True

    def outdated(self, version: object) -> bool:
        """Whether something has changed since the picture was made."""
        return self.shown and version != self._version

    def due(self, version: object) -> bool:
        """Whether the picture is old enough, and shows something that has changed."""
        now = self._clock()
        least = max(SECONDS, (now - self._shown) * SHARE)
        return self.shown and version != self._version and now - self._renewed >= least

    def stale(self, version: object) -> bool:
        """Whether the picture is still the one of `show`, and something has changed since."""
        return self.shown and self._first and version != self._version

    def renew(self, version: object) -> None:
        """Put the picture as of now into the outputs."""
        bundle = self._bundle()
        for handle in self._handles:
            handle.update(bundle, raw=True)
        self._version = version
        self._first = False
        self._renewed = self._clock()
