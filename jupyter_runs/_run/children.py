"""Children of a run: how they are made and found, and how they end with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._run import at_exit
from jupyter_runs._run.base import RunBase
from jupyter_runs.errors import InvalidValueError
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jupyter_runs.run import Run

# what a child that is open when its parent ends is told
_REASONS = {"Canceled": "its parent was canceled", "Failed": "its parent failed"}


class RunChildren(RunBase):
    """The methods for runs below a run."""

    def child_run(self, name: Optional[str] = None) -> Run:
        """Start a run below this one, in the same experiment; this process logs to it.

        A child that is still open when its parent ends, ends with it: it is completed with it, and
        canceled when the parent is canceled or fails.

        Parameters
        ----------
        name
            A name to show; two words are made up if it has none.
        """
        from jupyter_runs._run.start import start_run

        return start_run(
            self.experiment,  # type: ignore[attr-defined]
            name,
            outputs=False,
            snapshot_directory=None,
            parent=self.id,
        )

    def create_children(
        self,
        count: Optional[int] = None,
        tag_key: Optional[str] = None,
        tag_values: Optional[Sequence[object]] = None,
    ) -> list[Run]:
        """Start several runs below this one.

        Parameters
        ----------
        count
            How many; as many as there are `tag_values` by default.
        tag_key, tag_values
            A tag that tells them apart, and its value for each.

        Raises
        ------
        InvalidValueError
            If it can't be told how many there are to be.
        """
        values = None if tag_values is None else _values(tag_values)
        if (tag_key is None) != (values is None):
            raise InvalidValueError("tag_key and tag_values go together: give both, or neither")
        if count is None:
            if values is None:
                raise InvalidValueError(
                    "create_children() does not know how many: give count, or tag_key and tag_values"
                )
            count = len(values)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise InvalidValueError(f"count is a whole number of 0 or more, not {shown(count)}")
        if values is not None and len(values) != count:
            raise InvalidValueError(
                f"there are {len(values)} tag_values for {count} children: leave count out, or give as many"
            )
        children = []
        for index in range(count):
            child = self.child_run()
            if tag_key is not None and values is not None:
                child.tag(tag_key, values[index])
            children.append(child)
        return children

    def get_children(
        self,
        recursive: bool = False,
        tags: Union[str, Mapping[str, Any], Iterable[str], None] = None,
        properties: Union[str, Mapping[str, Any], Iterable[str], None] = None,
        type: Optional[str] = None,  # noqa: A002 - the name that people know
        status: Union[str, Iterable[str], None] = None,
    ) -> Iterator[Run]:
        """Yield the runs below this one, newest first, as they are asked for.

        Parameters
        ----------
        recursive
            Also the children of children.
        tags, properties, type, status
            As for `Experiment.get_runs`; of children that are passed over, the children are not.

        Raises
        ------
        FilterError
            If a filter can't be understood; at the call, not at the first run.
        """
        from jupyter_runs.index import search_children

        found = search_children(
            self._folder,
            recursive=recursive,
            tags=tags,
            properties=properties,
            type=type,
            status=status,
        )
        return self._opened(found)

    def _opened(self, found: Iterator[Any]) -> Iterator[Run]:
        from jupyter_runs.run import Run

        for folder in found:
            yield Run._open(folder, self._workspace)

    def _end_children(self, status: str) -> None:
        """End what is still open below this run, which ends with this status.

        What other processes run goes on when this run completes: it has not ended.
        """
        message = _REASONS.get(status)
        for run in at_exit.open_runs():
            if run._definition("parent") == self.id and run._workspace == self._workspace:
                if message is None:
                    run.complete()
                else:
                    run._finish("Canceled", message=message)
        if message is None:
            return
        from jupyter_runs.journal import Children

        for child in self._opened(iter(Children(self._folder).folders())):
            if child._folder.ended is not None:
                continue
            if child._definition("driver"):
                child.cancel()
            else:
                child._finish("Canceled", message=message)


def _values(tag_values: Any) -> list[object]:
    if isinstance(tag_values, (str, bytes)) or not hasattr(tag_values, "__iter__"):
        raise InvalidValueError(
            f"tag_values is a list with a value for each child, not {shown(tag_values)}"
        )
    return list(tag_values)
