"""A notebook's cell as a run: in a thread it shares the notebook's names, in a process it gets copies of those it uses."""

from __future__ import annotations

import ast
import inspect
import pickle
import sys
from types import CodeType
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs._run.start import start_run
from jupyter_runs.capture.notebook import LONGEST_CELL
from jupyter_runs.errors import InvalidValueError
from jupyter_runs.jobs.functions import start_thread, submit_function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run

CELL = "cell"
_NAME = "<submitted cell>"


def submit_cell(
    experiment: Experiment,
    source: str,
    namespace: dict[str, Any],
    where: str = "thread",
    tags: Optional[Mapping[str, Any]] = None,
    *,
    name: Optional[str] = None,
) -> Run:
    """Run a cell as a run.

    Parameters
    ----------
    experiment
        What it is a run of.
    source
        The cell's code, of Python alone.
    namespace
        The notebook's names.
    where
        ``"thread"``: the cell sees and sets them; ``"process"``: it gets copies of those it uses.
    tags, name
        As for `Experiment.submit`.

    Raises
    ------
    InvalidValueError
        If the code is none.
    """
    code = compiled(source)
    kept = source[:LONGEST_CELL]
    if where == "process":
        sent = (source, _copied(code, namespace))
        return submit_function(
            experiment, run_copy, sent, None, where, tags, name=name, source=kept, kind=CELL
        )
    run = start_run(
        experiment,
        name,
        outputs=False,
        snapshot_directory=None,
        kind=CELL,
        stoppable=True,
        facts={"function_source": kept},
    )
    run.set_tags(dict(tags or {}))
    start_thread(run, lambda: execute(code, namespace))
    return run


def compiled(source: str) -> CodeType:
    """Return the code of a cell.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    try:
        code: CodeType = compile(
            source, _NAME, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )
    except (SyntaxError, ValueError) as error:
        raise InvalidValueError(f"the cell is no Python: {error}") from None
    # so that a traceback shows the lines of the cell
    import linecache

    linecache.cache[_NAME] = (len(source), None, source.splitlines(keepends=True), _NAME)
    return code


def execute(code: CodeType, namespace: dict[str, Any]) -> None:
    """Execute the code of a cell, which may wait for something at its top level."""
    if code.co_flags & inspect.CO_COROUTINE:
        import asyncio

        asyncio.run(eval(code, namespace))  # noqa: S307 - the person's own code, which is what they ask for
    else:
        exec(code, namespace)  # noqa: S102 - as above


def names_in(code: CodeType) -> set[str]:
    """Return the names that code may look up outside of itself, also in the functions that it defines."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= names_in(constant)
    return found


def _copied(code: CodeType, namespace: dict[str, Any]) -> dict[str, Any]:
    """Return what the cell uses of the notebook, each by itself: one that can't be sent need not be needed."""
    import cloudpickle

    sent: dict[str, Any] = {}
    for name in sorted(names_in(code) & set(namespace)):
        try:
            sent[name] = cloudpickle.dumps(namespace[name])
        except Exception as error:
            sent[name] = f"{type(error).__name__}: {error}"
    return sent


def run_copy(source: str, sent: dict[str, Any]) -> None:
    """Run a cell in a process of its own."""
    main = sys.modules["__main__"]
    namespace = main.__dict__
    for name, value in sent.items():
        if isinstance(value, bytes):
            namespace[name] = pickle.loads(value)  # noqa: S301 - ours, from the run's own folder
        else:
            print(f"{name!r} can't be sent to another process and is missing here ({value})")  # noqa: T201 - into the log
    execute(compiled(source), namespace)
