"""Run the first notebook for real, and say what came of it: ``hatch run demo``.

The notebook is executed in a kernel of this very interpreter, and its runs are kept where JupyterLab
will look for them too. The executed copy goes to ``notebooks/executed/``, which git ignores.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs import Experiment, Run

HERE = Path(__file__).resolve().parent
CELL_TIMEOUT = 300  # seconds; a cell here takes two at most
LOOK_EVERY = 0.25  # seconds between two looks for new runs


class DemoError(Exception):
    """The notebook didn't come to its end; the message says why."""


def main(arguments: list[str] | None = None) -> int:
    """Execute the notebook, and print what it does and what it did."""
    parser = argparse.ArgumentParser(prog="hatch run demo", description=__doc__)
    parser.add_argument("--notebook", type=Path, default=HERE / "01-first-run.ipynb")
    parser.add_argument("--into", type=Path, default=HERE / "executed", metavar="FOLDER")
    options = parser.parse_args(arguments)
    try:
        demo(options.notebook.resolve(), options.into.resolve())
    except ModuleNotFoundError as missing:
        print(f"\nNo module named {missing.name} here; `hatch run demo` brings all that is needed.")
        return 1
    except DemoError as problem:
        print(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The runs that were completed are kept.")
        return 130
    return 0


def demo(notebook: Path, into: Path) -> None:
    """Execute one notebook; `DemoError` if that fails."""
    from jupyter_runs import Experiment, Workspace

    with contextlib.redirect_stdout(None):  # says itself, below, where the runs lie
        workspace = Workspace.from_config(path=str(notebook.parent))
    experiment = Experiment(workspace, notebook.stem)
    known = {run.id for run in experiment.get_runs()}
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    print(f"{short(notebook)}, in a kernel of its own ({python}, {sys.executable})\n", flush=True)

    begin = time.monotonic()
    try:
        executed = asyncio.run(_execute_and_watch(notebook, experiment, known))
    except StoppedError as stopped:
        kept, _ = save(stopped.notebook, into / notebook.name)
        raise DemoError(f"{stopped}\nThe notebook as far as it came: {kept}") from None
    copy, page = save(executed, into / notebook.name)

    runs = [run for run in experiment.get_runs() if run.id not in known]
    seconds = time.monotonic() - begin
    print(f"\nDone in {seconds:.0f} s: {_count(runs)} in experiment {experiment.name}.")
    scored = [run for run in runs if "mse" in run.get_metrics()]
    if scored:
        best = min(scored, key=lambda run: run.get_metrics()["mse"])
        alpha, error = (best.get_metrics()[name] for name in ("alpha", "mse"))
        print(
            f"The best: run {best.number}, {best.name}, alpha {alpha:g}, mean squared error {error:.1f}"
        )
    if runs:
        print(f"\n  run folders   {runs[0].folder.parent}")
    print(f"  notebook      {copy}  (with its pictures)")
    print(f"  web page      {page}")
    print("\nhatch run lab   opens JupyterLab on it, with the same runs in the sidebar.")


# -- executing ---------------------------------------------------------------------------------


class StoppedError(DemoError):
    """A cell raised, took too long, or the kernel died; `notebook` has what there is."""

    def __init__(self, message: str, notebook: Any) -> None:
        super().__init__(message)
        self.notebook = notebook


async def execute(path: Path, *, before_cell: Callable[[int, int, str], None] | None = None) -> Any:
    """Execute a notebook in a kernel of this interpreter and return it with its outputs.

    Parameters
    ----------
    path
        The notebook, which itself is left as it is. Its folder is the kernel's working directory.
    before_cell
        Called with the number of the code cell, how many there are, and the heading above it.

    Raises
    ------
    StoppedError
        A cell raised or took longer than `CELL_TIMEOUT`, or the kernel died.
    """
    import nbformat
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    headings = _headings(notebook.cells)

    def starting(cell: Any, cell_index: int) -> None:
        del cell
        if before_cell and cell_index in headings:
            before_cell(list(headings).index(cell_index) + 1, len(headings), headings[cell_index])

    # Without any folder to search in, "python3" can only be the interpreter we are in ourselves,
    # whatever kernel of that name is installed for the user.
    manager = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[])
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=CELL_TIMEOUT,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=starting,
        extra_arguments=["--log-level=ERROR"],  # that it speaks over TCP is no news here
    )
    # a Jupyter server tells its kernels so which notebook is theirs
    environment = {**os.environ, "JPY_SESSION_NAME": str(path)}
    try:
        return await client.async_execute(env=environment)
    except CellExecutionError as error:
        lines = "\n".join(_plain(error.traceback).splitlines()[-12:])
        raise StoppedError(f"A cell of {path.name} failed:\n\n{lines}\n", notebook) from None
    except CellTimeoutError:
        message = f"A cell of {path.name} took more than {CELL_TIMEOUT} s, and was stopped."
        raise StoppedError(message, notebook) from None
    except DeadKernelError:
        raise StoppedError(f"The kernel died while it ran {path.name}.", notebook) from None


async def _execute_and_watch(path: Path, experiment: Experiment, known: set[str]) -> Any:
    """Execute, and tell about cells and about runs while it goes on."""
    seen = set(known)

    async def watch() -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            _tell_of_new_runs(experiment, seen)

    watching = asyncio.create_task(watch())
    try:
        return await execute(path, before_cell=_tell_of_cell)
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        _tell_of_new_runs(experiment, seen)


def _tell_of_cell(number: int, count: int, heading: str) -> None:
    print(f"  cell {number:2} of {count}   {heading}".rstrip(), flush=True)


def _tell_of_new_runs(experiment: Experiment, seen: set[str]) -> None:
    new = [run for run in experiment.get_runs() if run.id not in seen]
    for run in reversed(new):
        if run.get_status() != "Completed":
            continue  # told of when it is
        seen.add(run.id)
        print(f"       run {run.number:<4} {run.name:<16} {_numbers(run)}", flush=True)


def _numbers(run: Run) -> str:
    metrics = {name: value for name, value in run.get_metrics().items() if isinstance(value, float)}
    return "  ".join(f"{name} {value:<9.6g}" for name, value in list(metrics.items())[:3])


def _count(runs: list[Run]) -> str:
    return "1 run" if len(runs) == 1 else f"{len(runs)} runs"


def _headings(cells: list[Any]) -> dict[int, str]:
    """For each code cell's index, the heading right above it, empty for those that follow."""
    found, heading = {}, ""
    for index, cell in enumerate(cells):
        if cell.cell_type == "code" and cell.source.strip():
            found[index], heading = heading, ""
        elif match := re.search(r"^#+ +(.+)$", cell.source, re.MULTILINE):
            heading = match[1]
    return found


# -- keeping -----------------------------------------------------------------------------------


def save(notebook: Any, path: Path) -> tuple[Path, Path]:
    """Write an executed notebook, and beside it a web page that needs no network for its pictures."""
    import nbformat

    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    page = path.with_suffix(".html")
    page.write_text(to_html(notebook, path.stem), encoding="utf-8")
    return path, page


def to_html(notebook: Any, title: str) -> str:
    """Return the web page as ``jupyter nbconvert --to html`` makes it, less the scripts from elsewhere."""
    from nbconvert import HTMLExporter

    logging.getLogger("traitlets").setLevel(logging.ERROR)  # pictures without alternative text
    page, _ = HTMLExporter().from_notebook_node(notebook, resources={"metadata": {"name": title}})
    return re.sub(r'<script src="https?://[^"]*">\s*</script>', "", page)


def short(path: Path) -> str:
    """Return the path as seen from here, where that is shorter."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


if __name__ == "__main__":
    sys.exit(main())
