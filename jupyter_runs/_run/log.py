"""What a run logs: metrics of every kind, parameters, progress."""

from __future__ import annotations

import json
from struct import error as PackError  # noqa: N812  # it is a class
from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs._run.base import RunBase
from jupyter_runs._run.images import image_bytes
from jupyter_runs.errors import InvalidValueError
from jupyter_runs.journal import FEW, NO_STEP, shown

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping


class RunLogging(RunBase):
    """The methods that log."""

    def log(self, name: str, value: Any, description: str = "", step: Optional[int] = None) -> None:
        """Log one value.

        What was logged before this returns survives the death of the process.

        Parameters
        ----------
        name
            The metric; 1 to 255 characters without control characters. ``/`` groups.
        value
            An int, float, bool, str or None; a numpy or torch scalar; or an array, Series, tensor
            or list of exactly one element. The same name again makes a vector.
        description
            What it is.
        step
            Where on the x axis it belongs; steps may come in any order, or not at all.

        Raises
        ------
        InvalidNameError, InvalidValueError, KindError
            If the name can't be one, the value isn't one, or the name stands for another kind.
        """
        # The fast path: a float under a known name goes straight into the mapped page. Whatever is out of
        # the ordinary (new name, no map, other type, bad step) is the writer's business.
        if type(value) is float:
            pack, take, target, series, clock, ahead, mark = self._writer.hot
            try:
                number = series[name]
                slot = take()
            except StopIteration:
                if self._writer.turn():
                    self.log(name, value, description, step)
                    return
            except (KeyError, TypeError):
                pass
            else:
                where = NO_STEP if step is None else step
                try:
                    pack(target, slot, value, where, clock() + ahead, number, mark)
                    return
                except (PackError, TypeError, ValueError):  # no step, or a map closed a moment ago
                    self._writer.void(slot, target)
        self._writer.log(name, value, description, step)

    def log_metrics(self, metrics: Mapping[str, Any], step: Optional[int] = None) -> None:
        """Log many values of one step in one call.

        Parameters
        ----------
        metrics
            Values by name, each as for `log`.
        step
            Their step.
        """
        writer = self._writer
        slots, target, mark, clock, ahead, _, rows = writer.wide
        packed = None
        if type(metrics) is dict and len(metrics) <= FEW:
            packed = rows.get((None, *metrics, *map(type, metrics.values())))
        if packed is None:
            writer.log_metrics(metrics, step)
            return
        # The fast path for a few: names and types as once before, a slot for each value.
        packs, words, last, _ = packed
        where, now = NO_STEP if step is None else step, clock() + ahead
        word, slot = 0, -1
        try:
            # slots last: one is taken only for a value that is there
            for value, pack, word, slot in zip(metrics.values(), packs, words, slots):
                pack(target, slot, value, where, now, word, mark)
        except (PackError, TypeError, ValueError):  # too large, or a map closed a moment ago
            writer.void(slot, target)
            rest, again = words.index(word), writer.log_metrics
        else:
            if word == last:
                return
            rest = words.index(word) + 1 if word else 0
            again = self.log_metrics if writer.turn() else writer.log_metrics
        again(dict(list(metrics.items())[rest:]), step)

    def log_list(self, name: str, value: Iterable[Any], description: str = "") -> None:
        """Log a list of values; an empty list, and one of one element, are lists too.

        Parameters
        ----------
        name
            The metric.
        value
            Any iterable of scalars; a generator is used up.
        description
            What it is.
        """
        self._writer.log_list(name, value, description)

    def log_row(self, name: str, description: Optional[str] = None, **columns: Any) -> None:
        """Log one row of a table; rows may differ in their columns.

        Parameters
        ----------
        name
            The metric.
        description
            What it is.
        **columns
            One value for each column.
        """
        # The fast path: columns and types as once before, a slot for each cell.
        writer = self._writer
        slots, target, mark, clock, ahead, _, rows = writer.wide
        word, slot = 0, -1
        try:
            packs, words, last, numbers = rows[(name, *columns, *map(type, columns.values()))]
            number, now = next(numbers), clock() + ahead
            # slots last: one is taken only for a cell that is there
            for value, pack, word, slot in zip(columns.values(), packs, words, slots):
                pack(target, slot, value, number, now, word, mark)
            if word == last:
                return
            if writer.turn():
                self.log_row(name, description, **columns)
                return
        except KeyError:
            pass
        except (PackError, TypeError, ValueError):  # too large, or a map closed a moment ago
            writer.void(slot, target)
        writer.log_row(name, columns, description)

    def log_table(self, name: str, value: Any, description: str = "") -> None:
        """Log a table.

        Parameters
        ----------
        name
            The metric.
        value
            A dict of lists of one length, or a frame of pandas or polars.
        description
            What it is.
        """
        self._writer.log_table(name, value, description)

    def log_image(
        self,
        name: str,
        path: Union[str, os.PathLike[str], Any, None] = None,
        plot: Any = None,
        description: str = "",
        step: Optional[int] = None,
    ) -> None:
        """Log an image; the same name again makes a series.

        Parameters
        ----------
        name
            The metric.
        path
            A PNG, JPEG, GIF, WebP or SVG file.
        plot
            Instead of `path`: a matplotlib figure, axes, or ``pyplot`` itself (its current
            figure); a PIL image; or an array of shape (height, width), (height, width, 3) or
            (height, width, 4), of uint8, bool, or floats from 0 to 1.
        description
            What it is.
        step
            Where in the series it belongs.

        Raises
        ------
        InvalidValueError
            If not exactly one of both is given, or it is no image.
        """
        data, suffix = image_bytes(name, path, plot)
        self._writer.log_image(name, data, suffix, description, step)

    def log_confusion_matrix(
        self, name: str, value: Union[Mapping[str, Any], str], description: str = ""
    ) -> None:
        """Log a confusion matrix.

        Parameters
        ----------
        name
            The metric.
        value
            ``{"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data":
            {"class_labels": [...], "matrix": [[...], ...]}}``, or its JSON. Rows are true classes.
        description
            What it is.
        """
        self._writer.log_body("confusion_matrix", name, _body(name, value), description)

    def log_accuracy_table(
        self, name: str, value: Union[Mapping[str, Any], str], description: str = ""
    ) -> None:
        """Log an accuracy table, in the schema of the type ``accuracy_table``."""
        self._writer.log_body("accuracy_table", name, _body(name, value), description)

    def log_residuals(
        self, name: str, value: Union[Mapping[str, Any], str], description: str = ""
    ) -> None:
        """Log residuals, in the schema of the type ``residuals``."""
        self._writer.log_body("residuals", name, _body(name, value), description)

    def log_predictions(
        self, name: str, value: Union[Mapping[str, Any], str], description: str = ""
    ) -> None:
        """Log predictions, in the schema of the type ``predictions``."""
        self._writer.log_body("predictions", name, _body(name, value), description)

    def progress(self, done: float, total: Optional[float] = None, unit: str = "") -> None:
        """Say how far the run is; drives the progress bar and the time left.

        Parameters
        ----------
        done
            How much is done.
        total
            Of how much, if that is known.
        unit
            Of what, such as ``"epochs"``.

        Raises
        ------
        InvalidValueError
            If `done` or `total` is not a number from 0 on.
        """
        for what, number in (("done", done), ("total", total)):
            if number is None and what == "total":
                continue
            if isinstance(number, bool) or not _at_least_zero(number):
                raise InvalidValueError(
                    f"progress takes {what} as a number from 0 on, not {shown(number)}"
                )
        self._writer.event(
            "progress",
            done=_plain(done),
            total=None if total is None else _plain(total),
            unit=str(unit),
        )


def _at_least_zero(number: Any) -> bool:
    try:
        return 0 <= float(number) < float("inf")
    except (TypeError, ValueError, OverflowError):
        return False


def _plain(number: Any) -> Union[int, float]:
    value = float(number)
    return int(value) if value.is_integer() else value


def _body(name: str, value: Union[Mapping[str, Any], str]) -> Any:
    # that SDK takes the JSON as well
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise InvalidValueError(
            f"{name!r}: {shown(value)} is no JSON ({error}); give a dict"
        ) from None
