"""The parameters of a run, as far as they stand among its script's arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Union

from jupyter_runs.capture.secrets import looks_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPTION = re.compile(r"--?([A-Za-z][\w.-]*)(?:=(.*))?\Z", re.DOTALL)
_WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,999})\Z", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)

Value = Union[str, int, float, bool]


def params_of(arguments: Sequence[str]) -> dict[str, Value]:
    """Return the options among arguments, by name.

    A name stands for ``--name value``, ``--name=value`` or ``-n value``; one without a value is True. Of one that is given
    twice the last counts, as most parsers have it. What looks like a secret's is left out.

    >>> params_of(["--lr", "0.1", "--epochs=3", "--amp", "data.csv"])
    {'lr': 0.1, 'epochs': 3, 'amp': 'data.csv'}
    """
    found: dict[str, Value] = {}
    name = None
    for argument in arguments:
        option = None if _NUMBER.match(argument) else _OPTION.match(argument)
        if option is None:
            if name is not None:
                found[name] = _value(argument)
            name = None
            continue
        name = option[1] if option[2] is None else None
        found[option[1]] = True if option[2] is None else _value(option[2])
    return {key: value for key, value in found.items() if not looks_secret(key)}


def _value(text: str) -> Value:
    if text in ("True", "true"):
        return True
    if text in ("False", "false"):
        return False
    # what a person would not write as a number is a text: 1_000, 007
    if _WHOLE.match(text):
        return int(text)
    if _NUMBER.match(text) and not text.lstrip("+-").isdigit():
        return float(text)
    return text[:10_000]
