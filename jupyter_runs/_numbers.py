"""Numbers that are given out once, whoever asks and from wherever."""

from __future__ import annotations

import os
from pathlib import Path

_HINT = "numbers.hint"


def take_number(folder: Path, owner: str) -> int:
    """Take the next number of an experiment: 1, 2, 3 …, never one that was taken before.

    A number is taken by making the file of its name, which only one process can do. The last one
    known is kept as a hint, so that thousands need not be listed; without it they are.

    Parameters
    ----------
    folder
        The experiment's folder.
    owner
        Who takes it; written into the file, for people who look.
    """
    numbers = folder / "numbers"
    number = _last(folder, numbers) + 1
    while True:
        try:
            descriptor = os.open(numbers / str(number), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            break
        except FileExistsError:
            number += 1  # another process was faster than its hint
        except FileNotFoundError:
            numbers.mkdir(parents=True, exist_ok=True)
    try:
        os.write(descriptor, owner.encode())
    finally:
        os.close(descriptor)
    _remember(folder, number)
    return number


def _last(folder: Path, numbers: Path) -> int:
    try:
        hint = int((folder / _HINT).read_bytes())
    except (OSError, ValueError):
        hint = 0
    # a hint is believed if its number is really there
    if hint > 0 and (numbers / str(hint)).exists():
        return hint
    try:
        return max((int(name) for name in os.listdir(numbers) if name.isdigit()), default=0)
    except OSError:
        return 0


def _remember(folder: Path, number: int) -> None:
    part = folder / f".{_HINT}.{os.getpid()}.{number}"
    try:
        part.write_bytes(b"%d\n" % number)
        os.replace(part, folder / _HINT)
    except OSError:
        pass  # only a hint
