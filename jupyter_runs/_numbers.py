"""Numbers that are given out once, whoever asks and from wherever."""

from __future__ import annotations

import os
from pathlib import Path

_HINT = "numbers.hint"
_EVERY = 16  # a hint is written for each 16th number: writing it costs more than taking a few

_taken: dict[str, int] = {}  # the last one that this process took, by folder


def take_number(folder: Path, owner: str) -> int:
    """Take the next number of an experiment: 1, 2, 3 …, never one that was taken before.

    A number is taken by making the file of its name, which only one process can do. A hint says
    where to begin, so that thousands need not be listed; without one they are.

    Parameters
    ----------
    folder
        The experiment's folder.
    owner
        Who takes it; written into the file, for people who look.
    """
    numbers = f"{folder}/numbers"
    last = _taken.get(numbers, 0)
    number = (last if last and os.path.exists(f"{numbers}/{last}") else _last(folder)) + 1  # noqa: PTH110 - half the price
    while True:
        try:
            descriptor = os.open(f"{numbers}/{number}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            break
        except FileExistsError:
            number += 1  # taken by another process, or since the hint
        except FileNotFoundError:
            Path(numbers).mkdir(parents=True, exist_ok=True)
    try:
        os.write(descriptor, owner.encode())
    finally:
        os.close(descriptor)
    _taken[numbers] = number
    if number % _EVERY == 0:
        _remember(folder, number)
    return number


def _last(folder: Path) -> int:
    try:
        hint = int((folder / _HINT).read_bytes())
    except (OSError, ValueError):
        hint = 0
    # a hint is believed if its number is really there
    if hint > 0 and (folder / "numbers" / str(hint)).exists():
        return hint
    try:
        names = [entry.name for entry in os.scandir(folder / "numbers")]
    except OSError:
        return 0
    return max((int(name) for name in names if name.isdigit()), default=0)


def _remember(folder: Path, number: int) -> None:
    part = folder / f".{_HINT}.{os.getpid()}.{number}"
    try:
        part.write_bytes(b"%d\n" % number)
        part.replace(folder / _HINT)
    except OSError:
        pass  # only a hint
