"""Runs as TensorBoard shows them: exported as event files, and TensorBoard started over them."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.errors import InvalidValueError, MissingPackageError
from jupyter_runs.experiment import Experiment
from jupyter_runs.journal.errors import shown
from jupyter_runs.run import Run

if TYPE_CHECKING:
    import os
    from typing import Union

_HOW = "pip install jupyter-runs[tensorboard]"


def export_to_tensorboard(
    run_data: Any,
    logdir: Union[str, os.PathLike[str]],
    logger: Any = None,  # noqa: ARG001 - errors are raised
    recursive: bool = True,
) -> list[str]:
    """Write the numbers of runs as TensorBoard's event files.

    Parameters
    ----------
    run_data
        A run, several, or an experiment.
    logdir
        The folder; each run gets one in it.
    recursive
        Also the runs below them.

    Returns
    -------
    list of str
        The folders of the runs.

    Raises
    ------
    MissingPackageError
        If tensorboardX is not installed.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        raise MissingPackageError(f"event files are written by tensorboardX: {_HOW}") from None
    folders = []
    for run in _runs(run_data, recursive):
        folder = Path(logdir) / run.id
        with SummaryWriter(str(folder)) as writer, run._reading() as reader:
            metrics = list(reader.metrics.values())
            reader.load(metrics)
            for metric in metrics:
                _export(writer, metric)
        folders.append(str(folder))
    return folders


def _export(writer: Any, metric: Any) -> None:
    if metric.kind in ("scalar", "list"):
        series = {metric.name: (metric.values(), metric.steps())}
    elif metric.kind in ("row", "table"):
        series = {
            f"{metric.name}/{column}": (values, [None] * len(values))
            for column, values in metric.columns().items()
        }
    else:
        return
    for name, (values, steps) in series.items():
        for index, (value, step) in enumerate(zip(values, steps)):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                writer.add_scalar(name, value, index if step is None else step)


def _runs(run_data: Any, recursive: bool) -> list[Run]:
    if isinstance(run_data, Experiment):
        found = list(run_data.get_runs())
    elif isinstance(run_data, Run):
        found = [run_data]
    elif isinstance(run_data, Iterable) and not isinstance(run_data, (str, bytes)):
        found = list(run_data)
    else:
        found = [run_data]
    for run in found:
        if not isinstance(run, Run):
            raise InvalidValueError(f"runs are exported, or an experiment, not {shown(run)}")
    below = (
        [child for run in found for child in run.get_children(recursive=True)] if recursive else []
    )
    return [*found, *below]


class Tensorboard:
    """TensorBoard over runs, or over a folder.

    Parameters
    ----------
    runs
        Runs to export first.
    local_root
        The folder; a temporary one by default.
    port
        Where it answers.
    """

    def __init__(self, runs: Any, local_root: Optional[str] = None, port: int = 6006) -> None:
        self._root = local_root or tempfile.mkdtemp(prefix="jupyter_runs-tensorboard-")
        self._port = port
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._runs = runs

    def start(self, start_browser: bool = False) -> str:  # noqa: ARG002 - the address is returned
        """Start it, and return its address.

        Raises
        ------
        MissingPackageError
            If TensorBoard is not installed.
        """
        if importlib.util.find_spec("tensorboard") is None:
            raise MissingPackageError("TensorBoard is not installed: pip install tensorboard")
        if self._runs:
            export_to_tensorboard(self._runs, self._root)
        if self._process is None:
            with socket.socket() as probe:  # taken by another: the next that is free
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    probe.close()
                    self._port = _free_port()
            command = [sys.executable, "-m", "tensorboard.main", "--logdir", self._root]
            self._process = subprocess.Popen(
                [*command, "--port", str(self._port)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        return f"http://localhost:{self._port}/"

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
