"""What is read from a run: metrics, details, logs."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs._run.base import RunBase
from jupyter_runs._run.files import RunFiles, files_below
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import InvalidValueError, MissingPackageError, NotFoundError
from jupyter_runs.journal import SYSTEM

if TYPE_CHECKING:
    import os
    from typing import Union

    import pandas as pd

    from jupyter_runs.jobs.environment import Environment


class RunReading(RunBase):
    """The methods that read."""

    def get_metrics(
        self,
        name: Optional[str] = None,
        recursive: bool = False,
        run_type: Optional[str] = None,
        populate: bool = False,  # noqa: ARG002 - nothing is fetched from afar
    ) -> dict[str, Any]:
        """Return what was logged.

        Parameters
        ----------
        name
            Only this metric.
        recursive
            Of the run and all below it, by run id.
        run_type
            With `recursive`: only of children of this type.
        populate
            Of no effect here.

        Returns
        -------
        dict
            By name: a scalar logged once as itself, several times as a list; a list as a list; a
            row logged once as a dict, several times, or a table, as a dict of lists. Each value has
            the type that was logged. ``{}`` if there is nothing of that name. With `recursive`
            such a dict by run id. What a submitted run uses of the machine (``system/…``) is given
            by name alone.
        """
        own = self._metrics(name)
        if not recursive:
            return own
        from jupyter_runs.index import find_children

        found = {self.id: own}
        for folder in find_children(self._folder, recursive=True, type=run_type):
            child = type(self)._open(folder, self._workspace)  # type: ignore[attr-defined]
            found[folder.id] = child._metrics(name)
        return found

    def _metrics(self, name: Optional[str]) -> dict[str, Any]:
        with self._reading() as reader:
            asked = [
                metric
                for metric in list(reader.metrics.values())
                if (metric.name == name if name is not None else not self._of_machine(metric.name))
                and (metric.count or metric.kind not in ("scalar", "row"))
            ]
            reader.load(asked)
            return {metric.name: metric.result() for metric in asked}

    def _of_machine(self, name: str) -> bool:
        """Tell whether a metric says what the script of a submitted run uses, and nothing that it logged."""
        return bool(self._definition("driver")) and name.startswith(f"{SYSTEM}/")

    def get_metric_frame(self, name: str) -> pd.DataFrame:
        """Return one metric as a pandas DataFrame.

        Parameters
        ----------
        name
            A metric that was logged as scalars, a list, rows or a table.

        Returns
        -------
        pandas.DataFrame
            Of a scalar or list: ``step`` (nullable integers), ``time`` (UTC) and ``value``, in
            order. Of rows and tables: their columns.

        Raises
        ------
        NotFoundError
            If there is no such metric; near names are listed.
        InvalidValueError
            If it is of a kind that is no table.
        MissingPackageError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise MissingPackageError(
                "get_metric_frame needs pandas: pip install pandas; get_metrics does without"
            ) from None
        from jupyter_runs.journal import RunReader

        reader = RunReader(self._folder, names=[name])  # with numpy, which pandas brings
        reader.poll()
        metric = reader.metrics.get(name)
        if metric is None:
            with self._reading() as whole:
                near = did_you_mean(str(name), whole.metrics)
            raise NotFoundError(f"run {self.id} has no metric {name!r}: {near}")
        try:
            if metric.kind in ("row", "table"):
                return pd.DataFrame(metric.columns())
            if metric.kind not in ("scalar", "list"):
                raise InvalidValueError(
                    f"{name!r} is a {metric.kind.replace('_', ' ')}, which is no table; "
                    f"get_metrics({name!r}) gives it"
                )
            arrays = metric.arrays()
            values: Any = arrays.value if metric.is_float() else metric.values()
            kinds = {float} if metric.is_float() else set(map(type, values))
            if len(kinds) > 1 or kinds - {int, float, bool}:
                values = pd.Series(values, dtype=object)  # each value keeps its type
            columns = {
                "step": _steps(metric),
                "time": _moments(arrays.time),
                "value": values,
            }
            return pd.DataFrame(columns, copy=False)  # the arrays are nobody else's
        finally:
            reader.close()

    # -- details

    def get_environment(self) -> Environment:
        """Return the environment that the run was submitted with; of any other run, its own interpreter."""
        from jupyter_runs.jobs.environment import Environment

        told = self._definition("definition") or {}
        if told.get("environment"):
            return Environment.from_dict(told["environment"])
        with self._reading() as reader:
            python = told.get("python") or reader.facts.get("executable") or "python"
        found = Environment("interpreter")
        found.python.user_managed_dependencies = True
        found.python.interpreter_path = str(python)
        return found

    def get_details(self) -> dict[str, Any]:
        """Return what there is to say of the run, as a dict of plain values.

        ``runId``, ``target``, ``status``, ``startTimeUtc``, ``endTimeUtc``, ``error``, ``warnings``,
        ``properties``, ``tags``, ``params``, ``runDefinition``, ``logFiles``, ``submittedBy`` and more.
        """
        from jupyter_runs.journal import read_status

        with self._reading() as reader:
            status = read_status(self._folder, reader)
            definition = reader.definition
            details: dict[str, Any] = {
                "runId": self.id,
                "name": reader.name,
                "number": definition.get("number"),
                "experiment": definition.get("experiment"),
                "type": definition.get("type"),
                "target": definition.get("target") or "local",
                "status": status.status,
                "reason": status.reason,
                "startTimeUtc": _utc(status.started),
                "endTimeUtc": _utc(status.ended),
                "error": None,
                "warnings": [{"message": text} for _, text in reader.warnings],
                "properties": dict(reader.properties),
                "tags": dict(reader.tags),
                "params": dict(reader.params),
                "inputDatasets": [],
                "outputDatasets": [],
                "runDefinition": definition.get("definition") or {},
                "facts": dict(reader.facts),
                "submittedBy": definition.get("creator"),
                "folder": str(self.folder),
            }
        if status.status == "Failed":
            details["error"] = {
                "error": {
                    "code": status.code or "UserError",
                    "message": status.message,
                    "details": status.details,
                }
            }
        details["logFiles"] = {
            file.relative_to(self.folder).as_posix(): str(file)
            for file in files_below(self._folder.logs)
        }
        return details

    def get_details_with_logs(self) -> dict[str, Any]:
        """Return the details, with the logs' content in place of their paths."""
        details = self.get_details()
        details["logFiles"] = {
            name: Path(path).read_text(encoding="utf-8", errors="replace")
            for name, path in details["logFiles"].items()
        }
        return details

    def get_all_logs(self, destination: Optional[Union[str, os.PathLike[str]]] = None) -> list[str]:
        """Copy all logs into a folder, and return the paths of the copies.

        Parameters
        ----------
        destination
            The folder, made if missing; by default one named after the run in the current folder.
        """
        target = Path(destination if destination is not None else self.id)
        copied = []
        for name in self.get_details()["logFiles"]:
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            RunFiles.download_file(self, name, copy)  # type: ignore[arg-type]
            copied.append(str(copy))
        return copied


def _steps(metric: Any) -> Any:
    """Return steps as nullable integers, exactly."""
    import numpy as np
    import pandas as pd

    known = metric.whole_steps()
    if known is None:
        return pd.array(metric.steps(), dtype="Int64")
    steps, missing = known
    return pd.arrays.IntegerArray(np.where(missing, 0, steps), missing)


def _moments(seconds: Any) -> Any:
    """Return seconds since 1970 as moments in UTC; `pandas.to_datetime` takes ten times as long."""
    import pandas as pd

    moments = pd.DatetimeIndex((seconds * 1e9).astype("datetime64[ns]")).tz_localize("UTC")
    return moments.array  # an index would be copied


def _utc(seconds: Optional[float]) -> Optional[str]:
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
