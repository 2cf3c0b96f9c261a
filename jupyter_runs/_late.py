"""Writers that stand in for a run's own: after the run's end, and outside of any run."""

from __future__ import annotations

from typing import Any, Callable

from jupyter_runs.errors import warn
from jupyter_runs.journal import RunFolder, Writer
from jupyter_runs.journal.errors import shown

_LONGEST = 2000  # characters of a value that an offline run prints


class _Observed(Writer):
    """A writer that has a word to say about each call that logs."""

    def _observe(self, what: str, name: Any, value: Any, step: Any = None) -> None:
        raise NotImplementedError

    def log(self, name: Any, value: Any, description: Any = "", step: Any = None) -> None:
        super().log(name, value, description, step)
        self._observe("scalar", name, value, step)

    def log_metrics(self, metrics: Any, step: Any = None) -> None:
        super().log_metrics(metrics, step)
        for name, value in dict(metrics).items():
            self._observe("scalar", name, value, step)

    def log_row(self, name: Any, cells: Any, description: Any = None) -> None:
        super().log_row(name, cells, description)
        self._observe("row", name, dict(cells))

    def log_list(self, name: Any, values: Any, description: Any = "") -> None:
        values = values if isinstance(values, (list, tuple, str)) else _listed(values)
        super().log_list(name, values, description)
        self._observe("list", name, values)

    def log_table(self, name: Any, table: Any, description: Any = "") -> None:
        super().log_table(name, table, description)
        self._observe("table", name, table)

    def log_image(
        self, name: Any, data: Any, suffix: Any, description: Any = "", step: Any = None
    ) -> None:
        super().log_image(name, data, suffix, description, step)
        self._observe("image", name, f"{suffix[1:].upper()}, {len(data):,} bytes", step)

    def log_body(self, kind: Any, name: Any, value: Any, description: Any = "") -> None:
        super().log_body(kind, name, value, description)
        self._observe(kind, name, value)


class LateWriter(_Observed):
    """Writes on in a run that has ended: all of it is kept, and logging is warned of once.

    Parameters
    ----------
    folder
        The run's.
    """

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(folder, role="guest")
        self._told = False

    def _observe(self, what: str, name: Any, value: Any, step: Any = None) -> None:  # noqa: ARG002 - for children
        if not self._told:
            self._told = True
            warn(
                f"run {self.folder.id}: {what} {shown(name)} was logged after the run's end; it is kept"
            )


class EchoWriter(_Observed):
    """Prints what it is told, and keeps it too: the writer of a run outside of any workspace."""

    def _heat(self) -> None:
        """Never hand out the fast path, which prints nothing."""

    def _observe(self, what: str, name: Any, value: Any, step: Any = None) -> None:
        at = "" if step is None else f" (step {step})"
        print(f"{what} {name}{at}: {shown(value, _LONGEST)}")  # noqa: T201 - what it is for

    def event(self, kind: str, **fields: Any) -> None:
        """Note an event, and print those that a person asked for."""
        super().event(kind, **fields)
        tell = _TOLD.get(kind)
        if tell is not None:
            print(tell(fields))  # noqa: T201 - what it is for


def _listed(values: Any) -> Any:
    """Return what a generator yields, so that it can be stored and told; anything else as it is."""
    return list(values) if hasattr(values, "__next__") else values


_TOLD: dict[str, Callable[[dict[str, Any]], str]] = {
    "tag": lambda f: f"tag {f['key']}" + ("" if f["value"] is None else f": {f['value']}"),
    "untag": lambda f: f"tag {f['key']} removed",
    "property": lambda f: f"property {f['key']}: {f['value']}",
    "param": lambda f: f"param {f['key']}: {f['value']}",
    "file": lambda f: f"file {f['name']}: {f['size']:,} bytes",
    "progress": lambda f: (
        f"progress {f['done']}"
        + ("" if f["total"] is None else f" of {f['total']}")
        + (f" {f['unit']}" if f["unit"] else "")
    ),
}
