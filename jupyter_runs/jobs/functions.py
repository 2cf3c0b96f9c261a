"""Functions and cells as runs: in a thread of this process, or in a process of their own."""

from __future__ import annotations

import contextvars
import inspect
import sys
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional

from jupyter_runs._run.life import USER_LOG, trace
from jupyter_runs._run.start import start_run
from jupyter_runs.capture.notebook import LONGEST_CELL
from jupyter_runs.capture.output import Capture
from jupyter_runs.errors import InvalidValueError, MissingPackageError, RunCanceled
from jupyter_runs.jobs.capacity import LOCAL
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_runs.experiment import Experiment
    from jupyter_runs.run import Run

FUNCTION = "function"
CALL = "call.pkl"  # in the run's payload/
WHERE = ("thread", "process")
_OURS = str(Path(__file__).parent)
_LOOK = 0.5  # seconds between two looks whether someone has canceled


def submit_function(
    experiment: Experiment,
    function: Callable[..., Any],
    args: Iterable[Any] = (),
    kwargs: Optional[Mapping[str, Any]] = None,
    where: str = "thread",
    tags: Optional[Mapping[str, Any]] = None,
    *,
    parent: Optional[str] = None,
    name: Optional[str] = None,
    source: Optional[str] = None,
    kind: str = FUNCTION,
) -> Run:
    """Run a function as a run; see `Experiment.submit`."""
    if where not in WHERE:
        raise InvalidValueError(f"where is {' or '.join(map(repr, WHERE))}, not {shown(where)}")
    positional, named = tuple(args), dict(kwargs or {})
    params = _params(function, positional, named)
    facts = {"function": getattr(function, "__qualname__", shown(function))}
    code = source if source is not None else _source(function)
    if code:
        facts["function_source"] = code
    from jupyter_runs.jobs.enqueue import checked_tags, enqueue

    checked = checked_tags(tags)
    if where == "process":
        return enqueue(
            experiment,
            {"module": "jupyter_runs.jobs.call", "cwd": str(Path.cwd())},
            kind=kind,
            target=LOCAL,
            tags=checked,
            params=params,
            facts=facts,
            code=Path.cwd(),
            parent=parent,
            name=name,
            payloads={CALL: pickled(function, positional, named)},
        )
    run = start_run(
        experiment,
        name,
        outputs=False,
        snapshot_directory=None,
        params=params,
        kind=kind,
        parent=parent,
        stoppable=True,
        facts=facts,
    )
    run.set_tags(checked)
    start_thread(run, lambda: function(*positional, **named))
    return run


def start_thread(run: Run, work: Callable[[], Any]) -> threading.Thread:
    """Do `work` as `run` in a thread whose output is the run's own."""
    log = Capture(run._folder.logs / USER_LOG, alone=True, run=run)

    def whole() -> None:
        log.start()
        stop = _Stop(run)
        stop.watch()
        try:
            work()
        except RunCanceled:
            log.stop()
            run.complete()  # somebody asked for it, which complete knows
        except BaseException as error:
            leave_out_our_frames(error)
            log.write(trace(error))
            log.stop()
            if run._folder.ended is None:
                run._finish_with(error)
        else:
            log.stop()
            if run._folder.ended is None:
                run.complete()
        finally:
            stop.over()

    # a copy: what the cell has set (a request's parent, decimal's precision) holds in it, too
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(whole,), name=f"run {run.id}", daemon=True)
    thread.start()
    return thread


class _Stop:
    """Has the run's next `log` or `progress` raise `RunCanceled` once somebody has canceled it."""

    def __init__(self, run: Run) -> None:
        self._run = weakref.ref(run)
        self._folder = run._folder
        self._over = threading.Event()

    def watch(self) -> None:
        threading.Thread(target=self._watch, name="jupyter_runs cancel", daemon=True).start()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK):
            if self._folder.cancel_requested is not None:
                run = self._run()
                if run is not None:  # again and again, should it be caught and gone over
                    run._writer.halt()

    def over(self) -> None:
        self._over.set()


def leave_out_our_frames(error: BaseException) -> None:
    """Have the traceback of an exception begin in the person's own code."""
    at = error.__traceback__
    while at is not None and at.tb_frame.f_code.co_filename.startswith(_OURS):
        at = at.tb_next
    if at is not None:
        error.__traceback__ = at


def pickled(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Return a call as bytes that another process of this Python can read.

    Raises
    ------
    MissingPackageError
        If cloudpickle is not installed.
    InvalidValueError
        If something in it can't be sent to another process; it is named.
    """
    try:
        import cloudpickle
    except ImportError:
        raise MissingPackageError(
            "a function goes to another process by cloudpickle: pip install cloudpickle; "
            "where='thread' does without"
        ) from None
    try:
        call = cloudpickle.dumps((function, args, kwargs))
        return bytes(cloudpickle.dumps({"path": list(sys.path), "call": call}))
    except Exception as error:
        raise InvalidValueError(
            f"{shown(function)} or what it uses can't be sent to another process "
            f"({type(error).__name__}: {error}); make it inside the function, or say where='thread'"
        ) from None


def _params(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return those arguments of a call that are plain values, by name.

    Raises
    ------
    InvalidValueError
        If it can't be called so.
    """
    if not callable(function):
        raise InvalidValueError(
            f"submit takes a ScriptRunConfig or a function, not {shown(function)}"
        )
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except ValueError:  # of C, and tells nothing of itself
        given = dict(kwargs)
    except TypeError as error:
        raise InvalidValueError(f"{shown(function)} can't be called so: {error}") from None
    else:
        bound.apply_defaults()
        given = {}
        for name, value in bound.arguments.items():
            kind = bound.signature.parameters[name].kind
            given.update(value if kind is inspect.Parameter.VAR_KEYWORD else {name: value})
    plain = (bool, int, float, str)
    return {
        name: value
        for name, value in given.items()
        if type(value) in plain and len(str(value)) <= 1000
    }


def _source(function: Callable[..., Any]) -> Optional[str]:
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return None
    return source if len(source) <= LONGEST_CELL else None


__all__ = ["CALL", "start_thread", "submit_function"]
