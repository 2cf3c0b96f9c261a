"""Keep a copy of what a block of code prints.

`Tee` stands in for ``sys.stdout`` and ``sys.stderr`` while at least one block is open. What is
written goes on to where it went before, and also into the file of each block that the writer
belongs to: blocks entered in the same context (so nested blocks both get it, and a task of asyncio
takes its blocks along), and, for a thread, the blocks of whoever started it. What a thread that
was there before the block prints is not the block's. A block that is `alone` keeps its output: it does not go on
to where it went before, which for a thread would be whatever cell happens to run.

Text that never passes through ``sys.stdout`` is not seen: a subprocess's, or a C library's.
"""

from __future__ import annotations

import contextvars
import os
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any, Callable

from jupyter_runs.errors import warn

if TYPE_CHECKING:
    from pathlib import Path

_here: contextvars.ContextVar[tuple[OutputFile, ...]] = contextvars.ContextVar(
    "jupyter_runs_output", default=()
)
_ATTRIBUTE = "_jupyter_runs_output"
_LONGEST_PENDING = 8192  # characters of a line that are kept back at most
_lock = threading.RLock()
_files: weakref.WeakSet[OutputFile] = weakref.WeakSet()
_open_blocks = 0
_swapped: dict[str, tuple[Any, Tee]] = {}
_handlers: list[tuple[Any, Any, Tee]] = []


class OutputFile:
    """The file of one block; made at the first text, silent about everything that goes wrong."""

    def __init__(self, path: Path, *, alone: bool = False, run: Any = None) -> None:
        self.path = path
        self.alone = alone
        self.run = run
        self._descriptor = -1
        self._pending = ""
        self._closed = False
        self._lock = threading.Lock()
        _files.add(self)

    def write(self, text: str) -> None:
        """Add `text`; a full line is on its way to the disk when this returns."""
        with self._lock:
            if self._closed:
                return
            self._pending += text
            if "\n" in text or "\r" in text or len(self._pending) > _LONGEST_PENDING:
                self._store()

    def close(self) -> None:
        """Close the file; later text is dropped."""
        with self._lock:
            if not self._closed and self._pending:
                self._store()
            self._closed = True
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _store(self) -> None:
        data = self._pending.encode("utf-8", "replace")
        self._pending = ""
        try:
            if self._descriptor < 0:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
                self._descriptor = os.open(self.path, flags, 0o600)
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            self._closed = True  # once; a print must never raise because of us
            warn(f"{self.path} is no longer written: {error}")

    def forked(self) -> None:
        """In a forked child: what is pending is the parent's to write, and so may be the lock."""
        self._lock = threading.Lock()
        self._pending = ""


class Tee:
    """A text stream that hands on what it is given, and copies it to the blocks it belongs to."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._copies = True  # False when the last block is over, and someone still holds this

    def write(self, text: str) -> int:
        """Write `text` to the stream behind, and to the files of the open blocks."""
        blocks = _blocks_of_this_thread() if self._copies and isinstance(text, str) else ()
        for block in blocks:
            if text:
                block.write(text)
        if any(block.alone for block in blocks):
            return len(text)
        written = self._stream.write(text)
        return written if isinstance(written, int) else len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of `lines`."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Any:
        return iter(self._stream)


def _blocks_of_this_thread() -> tuple[OutputFile, ...]:
    blocks = _here.get()
    if blocks:
        return blocks
    inherited: tuple[OutputFile, ...] = getattr(threading.current_thread(), _ATTRIBUTE, ())
    return inherited


def current_run() -> Any:
    """Return the run that this thread was started as, or one of those that started it; None for most."""
    for block in reversed(_blocks_of_this_thread()):
        if block.run is not None:
            return block.run
    return None


class Capture:
    """Copies what one block prints into `path`, from `start` to `stop`.

    Parameters
    ----------
    path
        The file.
    alone
        What is printed goes nowhere else.
    run
        The run that the block's code is part of, for `current_run`.
    """

    def __init__(self, path: Path, *, alone: bool = False, run: Any = None) -> None:
        self._output = OutputFile(path, alone=alone, run=run)
        self._running = False

    def write(self, text: str) -> None:
        """Add text of our own to the file."""
        self._output.write(text)

    def start(self) -> None:
        """Begin, for the calling context and the threads that it starts from here on."""
        global _open_blocks
        with _lock:
            if self._running:
                return
            self._running = True
            _here.set((*_blocks_of_this_thread(), self._output))
            _open_blocks += 1
            if _open_blocks == 1:
                _install()

    def stop(self) -> None:
        """End, wherever this is called; what was there before stands again after the last block."""
        global _open_blocks
        with _lock:
            if not self._running:
                return
            self._running = False
            # by identity, not by token: a notebook may leave the block in another context
            _here.set(tuple(block for block in _here.get() if block is not self._output))
            _open_blocks -= 1
            if _open_blocks == 0:
                _remove()
        self._output.close()


def _install() -> None:
    _watch_threads()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name, None)
        if stream is None or isinstance(stream, Tee):
            continue
        tee = Tee(stream)
        _swapped[name] = (stream, tee)
        setattr(sys, name, tee)
    logging = sys.modules.get("logging")
    if logging is None:
        return
    # a logging handler made earlier holds the stream itself, and its lines belong to the block too
    for reference in list(getattr(logging, "_handlerList", [])):
        handler = reference() if callable(reference) else reference
        for stream, tee in _swapped.values():
            if getattr(handler, "stream", None) is stream and hasattr(handler, "setStream"):
                handler.stream = tee
                _handlers.append((handler, stream, tee))


def _remove() -> None:
    for handler, stream, tee in _handlers:
        if getattr(handler, "stream", None) is tee:
            handler.stream = stream
    _handlers.clear()
    for name, (stream, tee) in _swapped.items():
        tee._copies = False
        if getattr(sys, name, None) is tee:  # else someone put theirs over it: it stays, inert
            setattr(sys, name, stream)
    _swapped.clear()


def _watch_threads() -> None:
    """Let each thread know the blocks of the one that started it; costs nothing with none open."""
    start: Callable[..., Any] = threading.Thread.start
    if getattr(start, _ATTRIBUTE, False):
        return

    def start_in_block(self: threading.Thread, *args: Any, **kwargs: Any) -> Any:
        if _open_blocks:
            setattr(self, _ATTRIBUTE, _blocks_of_this_thread())
        return start(self, *args, **kwargs)

    setattr(start_in_block, _ATTRIBUTE, True)
    start_in_block.__doc__ = start.__doc__
    threading.Thread.start = start_in_block  # type: ignore[method-assign]


def _forked() -> None:
    global _lock
    _lock = threading.RLock()
    for file in list(_files):
        file.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
